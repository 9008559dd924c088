"""Broken data and broken models: what stops a run, what is told, and what is left alone."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from crmclean.errors import ModelError
from crmclean.match import match_parties
from crmclean.match.model import PERSON
from crmclean.match.plausible import _LETTERS, Doubt, _lacking, check_model, refuse
from crmclean.messages import say
from tests.match.builders import FAMILY, GIVEN, address, addresses, contact, contacts, crowd, parties, party


def codes(matches) -> set[tuple[str, str]]:
    """Issue codes with their field."""
    return set(zip(matches.issues["code"], matches.issues["field"].fillna(""), strict=True))


def sound():
    """A crowd with e-mail addresses of their names: nothing is wrong with it."""
    people, homes = crowd()
    reach = [
        contact(f"crowd:{i:04d}", "email", f"{p['given_name']}.{p['family_name']}{i}@post.example".lower())
        for i, p in enumerate(people)
    ]
    return people, homes, reach


def test_sound_data_are_not_doubted():
    """No doubt about a crowd in which everything is as it should be."""
    people, homes, reach = sound()
    found = match_parties(parties(*people), contacts(*reach), addresses(*homes))
    assert not {code for code, _ in codes(found)} & {
        "field_constant",
        "numbers_not_unique",
        "values_misplaced",
        "cluster_implausible",
    }


@pytest.mark.parametrize("field", ["birth_date", "customer_no"])
def test_constant_column(field):
    """A column with one value for all says nothing: told, left out, and nobody is merged by it."""
    people, homes, reach = sound()
    people = [{**p, field: "1971-05-17" if field == "birth_date" else "4711"} for p in people]
    found = match_parties(parties(*people), contacts(*reach), addresses(*homes))
    assert ("field_constant", "birth" if field == "birth_date" else field) in codes(found)
    assert found.clusters["cluster"].nunique() == len(people)


def test_one_phone_for_all():
    """One telephone number for all: told, left out, and the one true pair is still found."""
    people, homes, reach = sound()
    people.append(party("crm:1", given_name=people[0]["given_name"], family_name=people[0]["family_name"]))
    reach.append({**reach[0], "party": "crm:1/person"})
    phones = [contact(str(p["party"]).rpartition("/")[0], "phone", "+492215551234") for p in people]
    found = match_parties(parties(*people), contacts(*reach, *phones), addresses(*homes))
    assert ("field_constant", "phone") in codes(found)
    cluster = found.clusters.set_index("party")["cluster"]
    assert cluster["crm:1/person"] == cluster["crowd:0000/person"]
    assert cluster.nunique() == len(people) - 1


def test_one_address_for_all():
    """One address for all says nothing: told, left out, and nobody is merged or made a household by it."""
    people, _, reach = sound()
    homes = [address(str(p["party"]).rpartition("/")[0], "Weg", "1", "10000", "Ort") for p in people]
    found = match_parties(parties(*people), contacts(*reach), addresses(*homes))
    assert ("field_constant", "address") in codes(found)
    assert found.clusters["cluster"].nunique() == len(people)
    assert not len(found.relations)


def test_a_house_of_many_is_sound():
    """A quarter of the people in one house is a home, and no doubt."""
    people, homes, reach = sound()
    homes = [
        {**h, **{k: homes[0][k] for k in ("street", "postal_code", "city")}, "house_number": "1"}
        if i % 4 == 0
        else h
        for i, h in enumerate(homes)
    ]
    found = match_parties(parties(*people), contacts(*reach), addresses(*homes))
    assert ("field_constant", "address") not in codes(found)


def test_postcode_and_town_swapped():
    """Towns that are numbers, without a postcode beside them, stop the run where they are many."""
    people, homes, reach = sound()
    swapped = [
        {**h, "postal_code": None, "city": h["postal_code"]} if i % 2 else h for i, h in enumerate(homes)
    ]
    with pytest.raises(ModelError, match="wrong columns"):
        match_parties(parties(*people), contacts(*reach), addresses(*swapped))


def test_ids_repeated_over_unlike_people():
    """Customer numbers that start again at 1 in every branch are told and left out."""
    people, homes, reach = sound()
    people = [{**p, "customer_no": str(1000 + i % 37)} for i, p in enumerate(people)]
    found = match_parties(parties(*people), contacts(*reach), addresses(*homes))
    assert ("numbers_not_unique", "customer_no") in codes(found)
    assert found.clusters["cluster"].nunique() == len(people)


def test_ids_of_copies_are_kept():
    """Numbers that repeat on copies of one person are evidence and no doubt."""
    people, homes, reach = sound()
    people = [{**p, "customer_no": str(1000 + i)} for i, p in enumerate(people)]
    copies = [
        {**p, "party": f"crm:{i}/person", "source": "crm", "record_id": str(i)}
        for i, p in enumerate(people[:40])
    ]
    found = match_parties(parties(*people, *copies), contacts(*reach), addresses(*homes))
    assert not {c for c, _ in codes(found)} & {"numbers_not_unique", "field_constant"}
    assert found.clusters["cluster"].nunique() == len(people)


def shifted_homes(homes, share):
    """Addresses of which every nth has its values one column too far to the right."""
    return [
        {**h, "street": h["postal_code"], "postal_code": h["city"], "city": str(10_000 + i)}
        if i % share == 0
        else h
        for i, h in enumerate(homes)
    ]


def test_shifted_rows():
    """Half of the rows shifted by a column stop the run; a tenth is told and goes on."""
    people, homes, reach = sound()
    with pytest.raises(ModelError, match="shifted") as stopped:
        match_parties(parties(*people), contacts(*reach), addresses(*shifted_homes(homes, 2)))
    assert stopped.value.exit_code == 5
    found = match_parties(parties(*people), contacts(*reach), addresses(*shifted_homes(homes, 10)))
    assert ("values_misplaced", "") in codes(found)


def test_names_shifted_against_the_rest():
    """Names pasted one row too low fit the e-mail address of the row before: the run stops."""
    people, homes, _ = sound()
    families = [f"{family}{i}" for i, family in enumerate(["kaufhold", "brechtel", "sondermann"] * 40)]
    letters = str.maketrans("0123456789", "abcdefghij")
    families = [f.translate(letters) for f in families]
    reach = [contact(f"crowd:{i:04d}", "email", f"x.{f}@post.example") for i, f in enumerate(families)]
    people = [{**p, "family_name": families[i - 1]} for i, p in enumerate(people)]
    with pytest.raises(ModelError, match="some rows away"):
        match_parties(parties(*people), contacts(*reach), addresses(*homes))


def test_broken_models_are_refused():
    """A prior of 0.9, of 0, and a probability above 1 end the run before anything is merged."""
    people, homes, reach = sound()
    tables = (parties(*people), contacts(*reach), addresses(*homes))
    first = PERSON.comparisons[0]
    wrong = replace(first, levels=(first.levels[0], replace(first.levels[1], m=1.7), *first.levels[2:]))
    for model in (
        replace(PERSON, prior_match=0.9),
        replace(PERSON, prior_kin=0.0),
        replace(PERSON, comparisons=(wrong, *PERSON.comparisons[1:])),
    ):
        with pytest.raises(ModelError, match="implausible"):
            match_parties(*tables, models={"person": model})


def test_prior_must_fit_the_size():
    """A prior that expects a hundred duplicates of every record is out of range."""
    assert check_model(replace(PERSON, prior_match=0.01), 10_000)
    assert not check_model(replace(PERSON, prior_match=1e-4), 10_000)


def test_field_that_decides_alone():
    """A model in which one mailbox outweighs different people, places and dates is refused."""
    people, homes = [], []
    for i in range(120):
        names = {
            "given_name": GIVEN[i % 20],
            "family_name": f"{'abcdefghijkl'[i // 10]}u{'bdfglmnrst'[i % 10]}e",
        }
        people.append(party(f"a:{i}", birth_date=f"{1930 + i % 60}-0{1 + i % 9}-1{i % 7}", **names))
        homes.append(address(f"a:{i}", f"Weg {i}", str(i), f"{10000 + 97 * i}", f"Ort {i}"))
    reach = [contact(f"a:{i}", "email", f"box{1111 * (i // 2):06d}@post.example") for i in range(120)]
    email = next(c for c in PERSON.comparisons if c.name == "email")
    levels = tuple(
        replace(level, u=1e-30, kin=1e-30, associate=1e-30) if level.name in {"equal", "shared"} else level
        for level in email.levels
    )
    comparisons = tuple(replace(email, levels=levels) if c is email else c for c in PERSON.comparisons)
    with pytest.raises(ModelError, match="decides alone: email"):
        match_parties(
            parties(*people),
            contacts(*reach),
            addresses(*homes),
            models={"person": replace(PERSON, comparisons=comparisons)},
        )


@pytest.mark.parametrize("kind", ["person", "organization"])
def test_names_alone_are_told(kind):
    """A list of names and nothing else is said to be uncertain; with towns it is not."""
    rows = [
        party(f"a:{i}", kind=kind, **_named(kind, f"{FAMILY[i % 14]}{GIVEN[i % 20].lower()}", GIVEN[i % 20]))
        for i in range(60)
    ]
    assert ("names_alone", kind) in codes(match_parties(parties(*rows), contacts(), addresses()))
    homes = [address(f"a:{i}", "", "", f"{10000 + i}", f"Ort {i}", owner=kind) for i in range(60)]
    assert ("names_alone", kind) not in codes(match_parties(parties(*rows), contacts(), addresses(*homes)))


def _named(kind: str, name: str, given: str) -> dict[str, object]:
    return {"organization": name} if kind == "organization" else {"family_name": name, "given_name": given}


def test_records_without_anything_are_told():
    """Records without name and fact are no names alone: there is nothing to match."""
    found = match_parties(parties(*(party(f"crm:{i}") for i in range(30))), contacts(), addresses())
    assert ("facts_missing", "person") in codes(found)
    assert "names_alone" not in {code for code, _ in codes(found)}


@pytest.mark.parametrize(
    "code", ["model_implausible", "field_decides", "values_misplaced", "names_shifted", "cluster_implausible"]
)
def test_a_refusal_speaks_both_languages(code):
    """Every reason to end a run has a sentence and a hint in English and in German."""
    with pytest.raises(ModelError) as told:
        refuse([Doubt(code, "birth", 0.25, 1234, broken=True)])
    error = told.value
    for key, english in ((error.key, error.message), (f"{error.key}.hint", error.hint)):
        assert say(key, "en", **error.values) == english != say(key, "de", **error.values)
    assert "{{" not in error.hint


def test_texts_without_a_letter_are_found_by_their_first_byte_or_not():
    """A letter anywhere counts, of any alphabet; missing texts are neither with nor without one."""
    texts = pa.array(["Ulm", "12", "", None, "1 a", "Ü", "-"], pa.large_string())
    found = _lacking(texts, r"\pL", _LETTERS)
    assert found.to_pylist() == [False, True, True, None, False, False, True]
    assert _lacking(texts[2:5], r"\pL", _LETTERS).to_pylist() == [True, None, False]
    assert _lacking(texts[:0], r"\pL", _LETTERS).to_pylist() == []

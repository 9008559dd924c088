"""Names in several fields: what clerks put into the wrong one, and the fast path."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.data import read_table
from crmclean.normalize import person as module
from crmclean.normalize.person import Person, normalize_person
from crmclean.normalize.person_fast import read_plain_fields
from crmclean.normalize.salutation import normalize_salutation


def one(**fields: str) -> Person:
    people = normalize_person(**fields).value
    assert people is not None
    assert len(people) == 1
    return people[0]


def codes(**fields: str) -> set[str]:
    return {f.code for f in normalize_person(**fields).issues}


def test_plain_fields_are_taken_over():
    """Nothing to report on a plain row."""
    cleaned = normalize_person(salutation="Herr", given_name="Uwe", family_name="Lindhoff")
    assert cleaned.value == (Person(salutation="mr", given_name="Uwe", family_name="Lindhoff", gender="m"),)
    assert (cleaned.status, cleaned.issues, cleaned.raw) == ("ok", (), "Herr Uwe Lindhoff")


MISPLACED = [
    ({"given_name": "Uwe", "family_name": "Herr Lindhoff"}, "salutation", "mr"),
    ({"given_name": "Dr. med. Uwe", "family_name": "Lindhoff"}, "title", "Dr. med."),
    ({"given_name": "Uwe von", "family_name": "Lindhoff"}, "name_prefix", "von"),
    ({"given_name": "Uwe", "middle_names": "von der", "family_name": "Lindhoff"}, "name_prefix", "von der"),
    ({"given_name": "Uwe", "family_name": "von Lindhoff"}, "name_prefix", "von"),
    ({"given_name": "Uwe", "family_name": "Lindhoff jun."}, "name_suffix", "jun."),
    ({"given_name": "Eva", "family_name": "Lindhoff geb. Borstel"}, "birth_name", "Borstel"),
    ({"salutation": "Frau Dr.", "given_name": "Eva", "family_name": "Lindhoff"}, "title", "Dr."),
    ({"given_name": "Hans Peter", "family_name": "Lindhoff"}, "middle_names", "Peter"),
    ({"given_name": "Eva", "family_name": "Müller - Lindhoff"}, "family_name", "Müller-Lindhoff"),
]


@pytest.mark.parametrize(("fields", "part", "value"), MISPLACED)
def test_what_stands_in_the_wrong_field_is_moved(fields, part, value):
    """Salutation, title, particle, suffix and birth name leave the name fields."""
    person = one(**fields)
    assert getattr(person, part) == value
    assert person.family_name in {"Lindhoff", "Müller-Lindhoff"}


def test_a_whole_name_in_one_of_two_fields_is_split():
    """Both columns are filled from the one that holds everything."""
    for fields in (
        {"family_name": "Petra Lindhoff"},
        {"family_name": "Lindhoff, Petra"},
        {"given_name": "Petra Schneider"},
    ):
        person = one(**fields)
        assert person.given_name == "Petra"
        assert person.family_name in {"Lindhoff", "Schneider"}


def test_swapped_fields_are_a_proposal_only():
    """The value stays as the source has it; the finding carries the proposal."""
    cleaned = normalize_person(given_name="Schneider", family_name="Katja")
    assert cleaned.value is not None
    assert cleaned.value[0].given_name == "Schneider"
    found = next(f for f in cleaned.issues if f.code == "name_order_unclear")
    assert found.proposal == "Katja Schneider"
    assert found.confidence is not None
    assert "name_order_unclear" not in codes(given_name="M.", family_name="Peter")


def test_couple_in_two_fields():
    """Hans und Petra | Lindhoff are two persons."""
    people = normalize_person(given_name="Hans und Petra", family_name="Lindhoff").value
    assert people is not None
    assert [(p.given_name, p.family_name) for p in people] == [("Hans", "Lindhoff"), ("Petra", "Lindhoff")]
    both = normalize_person(salutation="Herr und Frau", family_name="Lindhoff").value
    assert both is not None
    assert [p.gender for p in both] == ["m", "f"]


def test_placeholders_in_one_field_are_left_out():
    """k.A. as given name is missing, the family name stays."""
    person = one(given_name="k.A.", family_name="Lindhoff")
    assert (person.given_name, person.family_name) == (None, "Lindhoff")
    assert "placeholder" in codes(given_name="k.A.", family_name="Lindhoff")
    assert normalize_person(given_name="-", family_name="n/a").value is None


def test_no_name_at_all():
    """Empty is empty, a salutation without a name is no person."""
    assert normalize_person().status == "empty"
    assert normalize_person(given_name="", family_name=" ").value is None
    assert normalize_person(salutation="Herr", title="Dr.").value is None


def test_salutations():
    """Codes, genders and titles of a salutation field."""
    found = {
        t: normalize_salutation(t).value
        for t in ("Herrn", "Fr.", "Frau Prof. Dr.", "Eheleute", "Firma", "Divers", "Mme")
    }
    assert {t: (v.code, v.gender) for t, v in found.items() if v} == {
        "Herrn": ("mr", "m"), "Fr.": ("ms", "f"), "Frau Prof. Dr.": ("ms", "f"), "Eheleute": ("family", None),
        "Firma": ("company", None), "Divers": ("diverse", None), "Mme": ("ms", "f"),
    }  # fmt: skip
    titled = found["Frau Prof. Dr."]
    assert titled is not None
    assert titled.titles == "Prof. Dr."
    assert normalize_salutation("zyx").issues[0].code == "salutation_unknown"


GIVEN = [row[0] for row in read_table("given_names.txt")]
FAMILY = [
    "Lindhoff",
    "Maurer",
    "Ritter",
    "von Berg",
    "Ek",
    "Bau",
    "Junior",
    "King",
    "Test",
    "Peter",
    "Van",
    "Müller-Xy",
]


ODD = [
    "Hans-J.", "H.-Dieter", "DDenise", "McDonald", "O'Neill", "eLon", "Karl--Hans", "García López", "Koch II", "Dussen van",
    "van der Der", "Auch Lindhoff", "Graf Koks", "Jacobi Bau", "Co Kg", "E. V.", "Max Mustermann", "Van Der Linden", "St. Clair",
    "und Petra", "Dr Lindhoff", "Lindhoff Jun", "Peter Lindhoff", "Lindhoff Peter", "Inh. Lindhoff", "Xx Xx", "Frau Lindhoff", "J.", "Ab",
]  # fmt: skip


@pytest.mark.parametrize("family_name", ["", "Lindhoff", "PETER", *ODD])
@pytest.mark.parametrize("given_name", ["", "Uwe", "Uwe Karl", "Sebold", *ODD])
def test_odd_spellings_say_what_the_full_path_says(given_name, family_name):
    """Odd words in name fields are taken as they stand only where the full path does so, too."""
    fast = normalize_person(given_name=given_name, family_name=family_name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_plain_fields", lambda *_: None)
        assert normalize_person(given_name=given_name, family_name=family_name) == fast


def test_odd_spellings_are_known():
    """Doubled capitals, initials in double names and two family names need no full reading."""
    for fields in (("DDenise", "Lindhoff"), ("Hans-J.", "Lindhoff"), ("Uwe", "García López")):
        assert read_plain_fields(*fields) is not None


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(GIVEN),
    st.sampled_from(FAMILY + GIVEN),
    st.sampled_from(["", "Herr", "Frau Dr."]),
    st.integers(0, 9),
)
def test_the_fast_path_agrees_with_the_full_path(given_name, family_name, salutation, case):
    """Plain names read fast mean what the full reading says, in fields and in one text."""
    if case == 0:
        given_name, family_name = given_name.upper(), family_name.upper()
    fast = normalize_person(salutation=salutation, given_name=given_name, family_name=family_name)
    text = " ".join(w for w in (salutation, given_name, family_name) if w)
    fast_text = normalize_person(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_plain_fields", lambda *_: None)
        patch.setattr(module, "read_plain_text", lambda _: None)
        module._from_text.cache_clear()
        assert normalize_person(salutation=salutation, given_name=given_name, family_name=family_name) == fast
        assert normalize_person(text) == fast_text
        module._from_text.cache_clear()

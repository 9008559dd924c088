"""Namesakes: how common they are is learned from the table, and records that fit two stay apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crmclean.match import match_parties
from crmclean.match.compare import compare_pairs
from crmclean.match.features import features_of
from crmclean.match.model import NAMESAKES_IN_TOWN, PERSON
from crmclean.match.namesakes import REVIEW
from crmclean.match.score import score_pairs
from tests.match.builders import FAMILY, GIVEN, address, addresses, contact, contacts, crowd, parties, party

HOME = ("Hauptstr.", "5", "50667", "Köln")
PLACE = ("", "", "50667", "Köln")


def levels(people, homes=(), reach=()) -> dict[str, str]:
    """Comparison -> level of the first two people among a crowd."""
    others, houses = crowd()
    features = features_of("person", parties(*others, *people), contacts(*reach), addresses(*houses, *homes))
    rows = [list(features.parties).index(person["party"]) for person in people[:2]]
    a, b = sorted(rows)
    compared = compare_pairs(PERSON, features, np.array([a]), np.array([b]))
    return {
        c.name: c.levels[int(level)].name
        for c, level in zip(PERSON.comparisons, compared.levels[0], strict=True)
    }


def two_of_each_name(*, agree: bool):
    """Sixty names twice each in one town, with dates that agree or differ, and nothing else."""
    people, homes = [], []
    for i in range(60):
        names = {
            "given_name": GIVEN[i % 20],
            "family_name": FAMILY[i % 14] + ("berg", "feld", "hof", "mann")[i % 4],
        }
        for copy in range(2):
            off = 0 if agree else copy
            date = f"{1940 + i % 50 + 7 * off}-{1 + (i + 5 * off) % 12:02d}-{1 + (i + 11 * off) % 28:02d}"
            key = f"erp:{i:03d}{copy}"
            people.append(party(key, birth_date=date, **names))
            homes.append(
                address(key, f"Weg {i}" if copy else "", "3" if copy else "", f"{10000 + i}", f"Ort {i}")
            )
    return people, homes


@pytest.mark.parametrize("agree", [True, False])
def test_caution_follows_the_table(agree):
    """Where equal names of one town mostly have other birth dates, names count for less."""
    others, houses = crowd()
    people, homes = two_of_each_name(agree=agree)
    model = match_parties(parties(*others, *people), contacts(), addresses(*houses, *homes)).models["person"]
    assert (model.town < NAMESAKES_IN_TOWN) if agree else (model.town > NAMESAKES_IN_TOWN + 1)


def test_slips_of_dates_are_learned_from_equal_names():
    """In a list of names and dates a slip in the date does not keep copies apart."""
    people = []
    for i in range(400):
        names = {
            "given_name": GIVEN[i % 20] + "abcdefgh"[i % 8],
            "family_name": FAMILY[(i // 20) % 14] + "xyzuvw"[i % 6],
        }
        date = f"{1931 + (i * 7) % 70}-{1 + i % 12:02d}-{10 + (i * 3) % 18}"
        people.append(party(f"a:{i}", birth_date=date, **names))
        if i % 4 == 0:
            people.append(party(f"b:{i}", birth_date=date[:-1] + str((int(date[-1]) + 4) % 10), **names))
    found = match_parties(parties(*people), contacts(), addresses())
    typo = next(c for c in found.models["person"].comparisons if c.name == "birth")
    assert typo.levels[typo.index("typo")].m > 0.08
    cluster = found.clusters.set_index("party")["cluster"]
    merged = [cluster[f"a:{i}/person"] == cluster[f"b:{i}/person"] for i in range(0, 400, 4)]
    assert np.mean(merged) > 0.8


def test_a_record_between_father_and_son_stays_alone():
    """Name and address fit both, the dates of the two differ: nothing says whose record it is."""
    others, houses = crowd()
    names = {"given_name": "Paul", "family_name": "Jankewitz"}
    people = [
        party("erp:1", birth_date="1957-01-15", **names),
        party("erp:2", birth_date="1980-05-16", **names),
        party("erp:3", **names),
    ]
    homes = [address(f"erp:{i}", *HOME) for i in (1, 2, 3)]
    clusters = match_parties(parties(*others, *people), contacts(), addresses(*houses, *homes)).clusters
    own = clusters[clusters["party"].isin([f"erp:{i}/person" for i in (1, 2, 3)])]
    assert own["cluster"].nunique() == 3


def scored_with(town: float, *, mailboxes: tuple[str, str]) -> float:
    """Bits that one pair of equal names in one town lacks for joining, in a table that shows namesakes so."""
    others, houses = crowd()
    people = [party(f"erp:{i}", given_name="Paul", family_name="Jankewitz") for i in (1, 2)]
    reach = [contact(f"erp:{i + 1}", "email", mailbox) for i, mailbox in enumerate(mailboxes) if mailbox]
    homes = [address(f"erp:{i}", *PLACE) for i in (1, 2)]
    features = features_of("person", parties(*others, *people), contacts(*reach), addresses(*houses, *homes))
    left, right = sorted(list(features.parties).index(f"erp:{i}/person") for i in (1, 2))
    model = replace(PERSON, town=town)
    scored = score_pairs(model, compare_pairs(model, features, np.array([left]), np.array([right])))
    return float(scored.weight[0] - scored.joining[0])


def test_names_do_not_outvote_a_mailbox_where_namesakes_are_common():
    """Names alone need as many bits more as the table shows namesakes, and twice that against a fact."""
    two = ("kater71@web.example", "ofen_p@mail.example")
    assert scored_with(NAMESAKES_IN_TOWN, mailboxes=two) == pytest.approx(0.0)
    assert scored_with(NAMESAKES_IN_TOWN + 3, mailboxes=("", "")) == pytest.approx(3.0)
    assert scored_with(NAMESAKES_IN_TOWN + 3, mailboxes=two) == pytest.approx(6.0)


@pytest.mark.parametrize(
    ("middle", "seniority", "kept"), [("", "", True), ("Egon", "", False), ("Egon", "jun.", True)]
)
def test_another_date_under_the_same_full_name_is_damage(middle, seniority, kept):
    """Father and son share a name and an address; the middle name too, and no jun., is one person."""
    people = [
        party("erp:1", given_name="Paul", family_name="Jankewitz", birth_date="1957-01-15"),
        party("erp:2", given_name="Paul", family_name="Jankewitz", birth_date="1980-05-26"),
    ]
    for person in people:
        person["middle_names"] = middle or None
    people[1]["name_suffix"] = seniority or None
    others, houses = crowd()
    homes = [address(f"erp:{i}", *HOME) for i in (1, 2)]
    features = features_of("person", parties(*others, *people), contacts(), addresses(*houses, *homes))
    left, right = sorted(list(features.parties).index(f"erp:{i}/person") for i in (1, 2))
    scored = score_pairs(PERSON, compare_pairs(PERSON, features, np.array([left]), np.array([right])))
    assert bool(scored.contradicts[0]) == kept
    assert (scored.weight[0] <= REVIEW) == kept


def test_towns_by_slip_and_by_beginning():
    """A town with a slip, and one that begins the other, are one place where nothing else is known."""
    people = [party("erp:1", family_name="Sander"), party("crm:1", family_name="Sander")]
    for one, two, level in (
        ("Pforzheim", "Poerzheim", "place"),
        ("Frankfurt", "Frankfurt am Main", "place"),
        ("Bonn", "Born", "different"),
    ):
        homes = [address("erp:1", "", "", "", one), address("crm:1", "", "", "", two)]
        assert (
            levels(people, [{**h, "street": None, "house_number": None, "postal_code": None} for h in homes])[
                "address"
            ]
            == level
        )


def test_numbers_of_different_kinds_are_not_compared():
    """A mobile number and a landline of one person differ always; two mobile numbers that differ tell."""
    people = [party("erp:1", family_name="Sander"), party("crm:1", family_name="Sander")]
    landline = contact("erp:1", "phone", "+492215551234", type="landline")
    mobile = contact("crm:1", "phone", "+4917155512345", type="mobile")
    other = contact("erp:1", "phone", "+4916055598765", type="mobile")
    assert levels(people, reach=[landline, mobile])["phone"] == "missing"
    assert levels(people, reach=[other, mobile])["phone"] == "different"


def test_extensions_tell_colleagues_apart():
    """Behind one number sit many: only the same extension is the same line."""
    people = [party("erp:1", family_name="Sander"), party("crm:1", family_name="Sander")]
    lines = [contact(k, "phone", "+492215551234", extension=x) for k, x in (("erp:1", "23"), ("crm:1", "47"))]
    assert levels(people, reach=lines)["phone"] == "trunk"
    lines[1]["extension"] = "23"
    assert levels(people, reach=lines)["phone"] in {"landline", "mobile"}


def test_two_mailboxes_of_one_name():
    """ida.sander@ and ida_sander@ are two mailboxes, not one with a slip, if the name is the same."""
    people = [party(k, given_name="Ida", family_name="Sander") for k in ("erp:1", "crm:1")]
    reach = [contact("erp:1", "email", "ida.sander@web.de"), contact("crm:1", "email", "ida_sander@web.de")]
    assert levels(people, reach=reach)["email"] == "different"


def test_ten_birth_dates_are_no_customer():
    """Ten years of birth behind one mailbox and number: taken apart and told, the rest goes on."""
    others, houses = crowd()
    names = {"given_name": "Ida", "family_name": "Gruberin"}
    people = [party(f"erp:{i}", birth_date=f"{1950 + 4 * i}-0{1 + i % 9}-1{i}", **names) for i in range(10)]
    reach = [
        contact(f"erp:{i}", kind, value)
        for i in range(10)
        for kind, value in (("email", "ida.gruberin77@post.example"), ("phone", "+4917155512345"))
    ]
    homes = [address(f"erp:{i}", *HOME) for i in range(10)]
    found = match_parties(parties(*others, *people), contacts(*reach), addresses(*houses, *homes))
    cluster = found.clusters.set_index("party")["cluster"]
    assert cluster[[f"erp:{i}/person" for i in range(10)]].nunique() == 10


def test_equal_names_of_companies_are_one_where_nothing_else_is_known():
    """A list of company names alone is merged by equal distinctive names."""
    rows = []
    for i in range(120):
        name = f"{FAMILY[i % 14]}{GIVEN[i % 20]} {('Bau', 'Metall', 'Druck')[i % 3]}{i}"
        rows.append(party(f"a:{i}", kind="organization", organization=name, org_base=name, legal_form="GmbH"))
        if i % 3 == 0:
            rows.append(
                party(f"b:{i}", kind="organization", organization=name, org_base=name, legal_form="GmbH")
            )
    cluster = match_parties(parties(*rows), contacts(), addresses()).clusters.set_index("party")["cluster"]
    assert all(cluster[f"a:{i}/organization"] == cluster[f"b:{i}/organization"] for i in range(0, 120, 3))
    assert cluster.nunique() == 120


def test_one_name_for_all_is_told():
    """A column of given names with one value is broken, and said to be."""
    people, homes = crowd()
    found = match_parties(
        parties(*[{**p, "given_name": "Max"} for p in people]), contacts(), addresses(*homes)
    )
    told = set(zip(found.issues["code"], found.issues["field"].fillna(""), strict=True))
    assert ("field_constant", "given") in told


def test_a_company_and_its_acronym():
    """One line and one house join a company to its acronym; another company there stays apart."""
    rows = [
        party(f"c:{i}", kind="organization", organization=f"{FAMILY[i % 14]} {GIVEN[i % 20]} Bau {i}")
        for i in range(60)
    ]
    rows += [
        party("a:1", kind="organization", organization="Bayrische Holz Werke"),
        party("b:1", kind="organization", organization="BHW"),
        party("d:1", kind="organization", organization="Seeblick"),
    ]
    reach = [contact(k, "phone", "+498955512345", owner="organization") for k in ("a:1", "b:1")]
    homes = [address(k, *HOME, owner="organization") for k in ("a:1", "b:1", "d:1")]
    found = match_parties(parties(*rows), contacts(*reach), addresses(*homes))
    cluster = found.clusters.set_index("party")["cluster"]
    assert cluster["a:1/organization"] == cluster["b:1/organization"] != cluster["d:1/organization"]
    pair = found.scores[found.scores["party_l"].eq("a:1/organization")]
    assert pair["levels"].str.contains("name=near").any()


@pytest.mark.parametrize("given", [("Max", "Eva"), (None, None)])
def test_two_people_of_one_row_are_two(given):
    """A couple on one row shares name, house, mailbox and number; a copy of the row does not join them."""
    others, houses = crowd()
    people, reach, homes = [], [], []
    for key in ("erp:1", "crm:1"):
        for name, second in zip(given, ("", "2"), strict=True):
            person = party(key, family_name="Jankewitz", given_name=name)
            points = [
                contact(key, "email", "jankewitz@mail.example"),
                contact(key, "phone", "+4917155512345"),
            ]
            home = address(key, *HOME)
            for row in (person, *points, home):
                row["party"] += second
            people.append(person)
            reach += points
            homes.append(home)
    found = match_parties(parties(*others, *people), contacts(*reach), addresses(*houses, *homes))
    cluster = found.clusters.set_index("party")["cluster"]
    for key in ("erp:1", "crm:1"):
        assert cluster[f"{key}/person"] != cluster[f"{key}/person2"]

"""The matching stage as a whole: who becomes one customer, and who must not."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from crmclean.config import MatchConfig
from crmclean.match import Matches, match_parties
from crmclean.match.model import PERSON
from crmclean.match.parties import gather, match_gathered
from crmclean.match.train import with_gaps
from crmclean.match.used import Tables
from crmclean.tables import DECISIONS
from tests.match.builders import address, addresses, contact, contacts, crowd, parties, party

Rows = list[dict[str, object]]


def matched(people: Rows, homes: Rows = (), reach: Rows = (), **options: object) -> Matches:
    """The outcome for these people among a crowd."""
    others, houses = crowd()
    return match_parties(parties(*others, *people), contacts(*reach), addresses(*houses, *homes), **options)


def one(matches: Matches, *keys: str, kind: str = "person") -> bool:
    """Whether these records are one customer."""
    found = matches.clusters.set_index("party")["cluster"]
    return len({found[f"{key}/{kind}"] for key in keys}) == 1


HOME = ("Hauptstr.", "5", "50667", "Köln")


def test_spelling_variants_of_one_person_meet():
    """Meyer and Maier with one address and birth date are one customer."""
    people = [
        party("erp:1", given_name="Hans-Peter", family_name="Meyer", birth_date="1961-04-12"),
        party("crm:1", given_name="Hans-Peter", family_name="Maier", birth_date="1961-04-12"),
    ]
    homes = [address("erp:1", *HOME), address("crm:1", "Hauptstraße", "5", "50667", "Koeln")]
    assert one(matched(people, homes), "erp:1", "crm:1")


def test_couple_stays_two():
    """Spouses share surname, address, landline and mailbox and are two customers, related."""
    people = [
        party("erp:1", given_name="Peter", family_name="Schmidt"),
        party("erp:2", given_name="Petra", family_name="Schmidt"),
    ]
    homes = [address("erp:1", *HOME), address("erp:2", *HOME)]
    reach = [
        contact(key, kind, value)
        for key in ("erp:1", "erp:2")
        for kind, value in (("phone", "+492215551234"), ("email", "familie.schmidt@web.de"))
    ]
    found = matched(people, homes, reach)
    assert not one(found, "erp:1", "erp:2")
    assert found.relations["kind"].tolist() == ["household"]


def test_twins_and_father_and_son_stay_two():
    """An equal birth date does not join twins, an equal name does not join father and son."""
    people = [
        party("a:1", given_name="Lukas", family_name="Behrens", birth_date="2001-05-05"),
        party("a:2", given_name="Jonas", family_name="Behrens", birth_date="2001-05-05"),
        party("a:3", given_name="Karl", family_name="Wagenknecht", birth_date="1950-01-02"),
        party("a:4", given_name="Karl", family_name="Wagenknecht", birth_date="1979-09-30"),
    ]
    homes = [address(f"a:{i}", *HOME) for i in (1, 2)] + [
        address(f"a:{i}", "Am Hang", "2", "80331", "München") for i in (3, 4)
    ]
    found = matched(people, homes)
    assert not one(found, "a:1", "a:2")
    assert not one(found, "a:3", "a:4")


def test_shared_mailbox_does_not_chain_a_couple():
    """A nameless record with the family's mailbox never pulls the couple together."""
    people = [
        party("erp:1", given_name="Peter", family_name="Schmidt"),
        party("erp:2", given_name="Monika", family_name="Schmidt"),
        party("news:1"),
    ]
    homes = [address("erp:1", *HOME), address("erp:2", *HOME)]
    reach = [contact(k, "email", "schmidts@web.de") for k in ("erp:1", "erp:2", "news:1")]
    assert not one(matched(people, homes, reach), "erp:1", "erp:2")


def test_own_mailbox_joins_a_nameless_record():
    """A mailbox that one person uses brings the nameless sign-up to that person."""
    people = [party("erp:1", given_name="Monika", family_name="Feldkamp"), party("news:1")]
    reach = [contact(k, "email", "m.feldkamp@web.de") for k in ("erp:1", "news:1")]
    assert one(matched(people, [], reach), "erp:1", "news:1")


def test_test_rows_meet_nobody():
    """Two test rows with equal facts stay alone."""
    people = [party(f"a:{i}", given_name="Max", family_name="Mustermann", is_test=True) for i in (1, 2)]
    reach = [contact(f"a:{i}", "email", "test@test.de") for i in (1, 2)]
    assert not one(matched(people, [], reach), "a:1", "a:2")


def test_companies_meet_by_distinctive_words():
    """A slip in the name with one switchboard is one company; common words are not enough."""
    firms = [
        party(
            "erp:1",
            kind="organization",
            organization="Kranich Bau GmbH",
            org_base="Kranich Bau",
            legal_form="GmbH",
        ),
        party("crm:1", kind="organization", organization="Kranch Bau", org_base="Kranch Bau"),
        party(
            "erp:2",
            kind="organization",
            organization="Adler Bau GmbH",
            org_base="Adler Bau",
            legal_form="GmbH",
        ),
    ]
    reach = [contact(k, "phone", "+493012345670", owner="organization") for k in ("erp:1", "crm:1")]
    homes = [address(k, *HOME, owner="organization") for k in ("erp:1", "crm:1", "erp:2")]
    found = matched(firms, homes, reach)
    assert one(found, "erp:1", "crm:1", kind="organization")
    assert not one(found, "erp:1", "erp:2", kind="organization")


def test_stewards_are_obeyed():
    """A decision "different" parts what matches, "same" joins what does not."""
    people = [
        party("a:1", given_name="Ulrike", family_name="Sander", birth_date="1970-02-03"),
        party("b:1", given_name="Ulrike", family_name="Sander", birth_date="1970-02-03"),
        party("b:2", given_name="Gerd", family_name="Zimmer"),
    ]
    homes = [address(k, *HOME) for k in ("a:1", "b:1")]
    assert one(matched(people, homes), "a:1", "b:1")
    rows = [("a:1", "b:1", "different"), ("a:1", "b:2", "same")]
    said = [
        {"party_l": f"{a}/person", "party_r": f"{b}/person", "decision": d, "at": "2024-01-01"}
        for a, b, d in rows
    ]
    found = matched(people, homes, decisions=DECISIONS.check(pd.DataFrame(said)))
    assert not one(found, "a:1", "b:1")
    assert one(found, "a:1", "b:2")


def test_later_decision_wins():
    """The last word of a steward holds."""
    people = [
        party("a:1", given_name="Ulrike", family_name="Sander"),
        party("b:1", given_name="Ulrike", family_name="Sander"),
    ]
    said = [
        {"party_l": "a:1/person", "party_r": "b:1/person", "decision": d, "at": at}
        for d, at in (("same", "2024-02-01"), ("different", "2024-01-01"))
    ]
    assert one(matched(people, decisions=DECISIONS.check(pd.DataFrame(said))), "a:1", "b:1")


def test_source_without_duplicates_keeps_its_rows_apart():
    """Two rows of a source that is said to be free of duplicates are two customers."""
    people = [
        party(f"erp:{i}", given_name="Ulrike", family_name="Sander", birth_date="1970-02-03") for i in (1, 2)
    ]
    homes = [address(f"erp:{i}", *HOME) for i in (1, 2)]
    assert one(matched(people, homes), "erp:1", "erp:2")
    assert not one(matched(people, homes, config=MatchConfig(no_duplicates=("erp",))), "erp:1", "erp:2")


def test_row_order_does_not_matter():
    """Shuffled input gives the same bytes."""
    people, homes = crowd()
    people += [party("erp:1", given_name="Anna", family_name="Adler", birth_date="1940-01-01")]
    first = match_parties(parties(*people), contacts(), addresses(*homes))
    second = match_parties(parties(*people[::-1]), contacts(), addresses(*homes[::-1]))
    pd.testing.assert_frame_equal(first.scores, second.scores)
    pd.testing.assert_frame_equal(first.clusters, second.clusters)


def test_relations_are_left_out_where_nobody_asks():
    """Without relations scores and clusters are the same."""
    others, houses = crowd()
    pair = [
        party(f"erp:{i}", given_name=name, family_name="Schmidt") for i, name in enumerate(("Peter", "Petra"))
    ]
    table = parties(*others, *pair)
    facts = (table, contacts(), addresses(*houses, address("erp:0", *HOME), address("erp:1", *HOME)))
    every = match_parties(*facts)
    bare = match_gathered(gather(Tables(*facts)), table, related=False)
    assert len(every.relations)
    assert not len(bare.relations)
    pd.testing.assert_frame_equal(every.scores, bare.scores)
    pd.testing.assert_frame_equal(every.clusters, bare.clusters)
    pd.testing.assert_frame_equal(every.issues, bare.issues)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_tiny_tables_work(count):
    """No rows, one row and two rows are fine."""
    rows = [party(f"a:{i}", given_name="Eva", family_name="Roth") for i in range(count)]
    table = parties(*rows) if rows else parties(party("a:1")).iloc[:0]
    found = match_parties(table, contacts(), addresses())
    assert len(found.clusters) == count


def test_oversize_cluster_goes_to_review():
    """A cluster larger than the limit is dissolved and reported, and the run goes on."""
    people = [
        party(f"a:{i}", given_name="Rita", family_name="Sonntag", birth_date="1980-03-03") for i in range(8)
    ]
    reach = [contact(f"a:{i}", "email", "rita@sonntag.de") for i in range(8)]
    found = matched(people, [], reach, config=MatchConfig(max_cluster=5))
    assert not one(found, "a:0", "a:1")
    assert "cluster_implausible" in set(found.issues["code"])


def home_levels(**m: float):
    """The levels of addresses with these shares among pairs of one customer."""
    start = next(c for c in PERSON.comparisons if c.name == "address")
    levels = tuple(replace(v, m=m.get(v.name, v.m)) for v in start.levels)
    return {v.name: v for v in with_gaps(levels, start)}


def test_households_of_half_empty_addresses():
    """Where most addresses have gaps, those of households have them too; elsewhere nothing changes."""
    thin = home_levels(full=0.07, near=0.15, place=0.5)
    assert thin["place"].kin > thin["near"].kin > thin["full"].kin
    assert thin["place"].kin + thin["near"].kin + thin["full"].kin == pytest.approx(0.95)
    whole = home_levels()
    assert whole["full"].kin == 0.78
    no_streets = home_levels(full=0.01, near=0.001, place=0.7)
    assert no_streets["place"].kin == 0.08

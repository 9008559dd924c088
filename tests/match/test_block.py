"""Blocking rules: thin and misspelt records still meet."""

from __future__ import annotations

from crmclean.match.block import candidate_pairs, rules_for
from crmclean.match.features import features_of
from crmclean.tables import Addresses, Parties
from tests.match.builders import address, addresses, contacts, parties, party


def meet(people: Parties, homes: Addresses | None = None) -> int:
    """Candidate pairs of a few persons."""
    features = features_of("person", people, contacts(), homes if homes is not None else addresses())
    return len(candidate_pairs(features, rules_for("person"), cap=100).left)


def test_day_and_month_in_the_other_order_meet() -> None:
    """Both names misspelt, the birth date swapped: the sorted date and the initial bring them together."""
    one = party("a:1", given_name="Janet", family_name="Collins", birth_date="1950-11-04")
    two = party("a:2", given_name="Jmnet", family_name="Kwalzins", birth_date="1950-04-11")
    assert meet(parties(one, two)) == 1
    assert meet(parties(one, {**two, "birth_date": "1950-05-11"})) == 0
    assert meet(parties(one, {**two, "birth_date": "1950-11"})) == 0


def test_beginnings_of_names_meet_at_one_house_number() -> None:
    """Names, street and town misspelt: their beginnings and the house number are enough."""
    people = parties(
        party("a:1", given_name="Patsb", family_name="Bartah"),
        party("a:2", given_name="Patsy", family_name="Bartsch"),
    )
    there = address("a:1", "Gartenstbrasse", "9915", "", "Srgans")
    assert meet(people, addresses(there, address("a:2", "Gartenstraße", "9915", "", "Sargans"))) == 1
    assert meet(people, addresses(there, address("a:2", "Gartenstraße", "9916", "", "Sargans"))) == 0


def test_companies_meet_by_the_beginning_of_the_name_at_one_number() -> None:
    """Company name, street and town misspelt behind their beginnings."""
    people = parties(
        party("a:1", kind="organization", organization="Pohlheimer Gruppe"),
        party("a:2", kind="organization", organization="Pohlhememr Grupe"),
    )
    homes = [
        address(f"a:{i}", s, "7797", "", c, "organization")
        for i, s, c in ((1, "Friedrichweg", "Stockach"), (2, "Fridrichwg", "tockach"))
    ]
    features = features_of("organization", people, contacts(), addresses(*homes))
    assert len(candidate_pairs(features, rules_for("organization"), cap=100).left) == 1

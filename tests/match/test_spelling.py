"""German spellings of one name, and names that look alike and are two."""

from __future__ import annotations

import numpy as np
import pytest

from crmclean.match import match_parties
from crmclean.match.compare import compare_pairs
from crmclean.match.features import features_of
from crmclean.match.model import PERSON
from tests.match.builders import address, addresses, contacts, crowd, parties, party

SAME_FAMILY = [
    ("Meyer", "Meier"), ("Meyer", "Maier"), ("Meyer", "Mayr"), ("Meier", "Mayer"), ("Schmidt", "Schmitt"),
    ("Schmidt", "Schmid"), ("Schmitt", "Schmid"), ("Schulz", "Schultz"), ("Schulze", "Schultze"), ("Fischer", "Vischer"),
    ("Jäger", "Jaeger"), ("Weiß", "Weiss"), ("Müller", "Mueller"), ("Groß", "Gross"), ("Hofmann", "Hoffmann"),
    ("Mayr", "Meier"), ("Weiß", "Weiß"), ("Bäumer", "Baeumer"), ("Schröder", "Schroeder"), ("Strauß", "Strauss"),
    ("Böhm", "Boehm"), ("Kühn", "Kuehn"), ("Nüßlein", "Nuesslein"), ("Ulrich", "Ullrich"), ("Rot", "Roth"),
    ("Claus", "Klaus"), ("Franz", "Frantz"), ("Schwarz", "Schwartz"), ("Dietrich", "Diedrich"), ("Lenz", "Lentz"),
    ("Bauer", "Baur"), ("Pfeiffer", "Pfeifer"), ("Walter", "Walther"), ("Kaiser", "Kayser"), ("Köhler", "Koehler"),
]  # fmt: skip
SAME_GIVEN = [
    ("Philipp", "Filip"), ("Stefan", "Stephan"), ("Katharina", "Catharina"), ("Günther", "Guenter"), ("Jörg", "Joerg"),
    ("Christoph", "Kristof"), ("Karl", "Carl"), ("Jürgen", "Juergen"), ("Sophie", "Sofie"), ("Ralf", "Ralph"), ("Thorsten", "Torsten"),
]  # fmt: skip
TWO = [
    ("Becker", "Bäcker"), ("Koch", "Kock"), ("Lang", "Lange"), ("Hahn", "Huhn"), ("Braun", "Brauner"), ("Wolf", "Wolff"),
    ("Berg", "Berger"), ("Fuchs", "Fux"),
]  # fmt: skip
ONE_NAME = {"equal", "spelling", "typo", "nickname"}
"""Levels that count as one name; lists of short forms hold spellings too (Stefan, Stephan)."""


def level(field: str, left: str, right: str) -> str:
    """The level of two names on two records among a crowd."""
    people, homes = crowd()
    other = {"given_name": "Ida"} if field == "family_name" else {"family_name": "Sander"}
    people += [party(f"erp:{i}", **{field: name}, **other) for i, name in enumerate((left, right))]
    features = features_of("person", parties(*people), contacts(), addresses(*homes))
    rows = [features.parties.index(f"erp:{i}/person") for i in (0, 1)]
    compared = compare_pairs(PERSON, features, np.array(rows[:1]), np.array(rows[1:]))
    number = next(i for i, c in enumerate(PERSON.comparisons) if c.name == field.removesuffix("_name"))
    return PERSON.comparisons[number].levels[int(compared.levels[0, number])].name


@pytest.mark.parametrize(("left", "right"), SAME_FAMILY)
def test_family_name_in_two_spellings(left, right):
    """Spellings of one family name score as the same name."""
    assert level("family_name", left, right) in ONE_NAME


@pytest.mark.parametrize(("left", "right"), SAME_GIVEN)
def test_given_name_in_two_spellings(left, right):
    """Spellings of one given name score as the same name."""
    assert level("given_name", left, right) in ONE_NAME


@pytest.mark.parametrize(("left", "right"), [*SAME_FAMILY, *TWO])
def test_two_people_stay_two(left, right):
    """Alike names with different given names, dates and homes are two customers."""
    people, homes = crowd()
    people += [
        party("erp:1", given_name="Ida", family_name=left, birth_date="1960-03-04"),
        party("crm:1", given_name="Ole", family_name=right, birth_date="1985-11-20"),
    ]
    homes += [
        address("erp:1", "Hauptstr.", "5", "50667", "Köln"),
        address("crm:1", "Am Hang", "2", "80331", "München"),
    ]
    clusters = match_parties(parties(*people), contacts(), addresses(*homes)).clusters
    cluster = clusters.set_index("party")["cluster"]
    assert cluster["erp:1/person"] != cluster["crm:1/person"]


@pytest.mark.parametrize(("left", "right"), TWO)
def test_alike_names_with_different_evidence_stay_apart(left, right):
    """One given name and one town do not join Becker and Bäcker of different dates and streets."""
    people, homes = crowd()
    people += [
        party("erp:1", given_name="Ida", family_name=left, birth_date="1960-03-04"),
        party("crm:1", given_name="Ida", family_name=right, birth_date="1985-11-20"),
    ]
    homes += [
        address("erp:1", "Hauptstr.", "5", "50667", "Köln"),
        address("crm:1", "Am Hang", "2", "50667", "Köln"),
    ]
    clusters = match_parties(parties(*people), contacts(), addresses(*homes)).clusters
    cluster = clusters.set_index("party")["cluster"]
    assert cluster["erp:1/person"] != cluster["crm:1/person"]

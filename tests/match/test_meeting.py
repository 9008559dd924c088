"""Blocking rules: what brings two together, and what facts and rules are called."""

from __future__ import annotations

import pytest

from crmclean.match import match_parties
from crmclean.match.block import rules_for
from crmclean.match.features import features_of
from crmclean.match.meeting import meetings
from crmclean.match.model import ORGANIZATION, PERSON
from crmclean.messages import say
from tests.match.builders import FAMILY, GIVEN, address, addresses, contact, contacts, parties, party


@pytest.mark.parametrize("model", [PERSON, ORGANIZATION], ids=["person", "organization"])
def test_every_fact_has_a_name(model):
    """Each fact of a blocking rule and each comparison is named in both languages."""
    facts = {fact for rule in rules_for(model.kind) for fact in rule.facts}
    for fact in facts | {comparison.name for comparison in model.comparisons}:
        assert say(f"explain.fact.{fact}", "en")
        assert say(f"explain.fact.{fact}", "de")


ACRONYMS = [
    ("VAG", "Verkehrs-Aktiengesellschaft Nürnberg", "90429", "Nürnberg"),
    ("BRW", "Bergische Rohr- und Walzwerke", "42103", "Wuppertal"),
    ("HKL", "Handels-Kontor für Landtechnik", "39104", "Magdeburg"),
]


def companies(**shared: str):
    """A crowd of companies, and three under their acronym and their long name that share a town and, at will, a number."""
    rows, homes, reach = [], [], []
    for i in range(80):
        key = f"crowd:{i:03d}"
        rows.append(party(key, kind="organization", organization=f"{FAMILY[i % 14]} {GIVEN[i % 20]} {i}bau"))
        homes.append(address(key, f"Weg {i}", "1", f"{10000 + i}", f"Ort {i}", owner="organization"))
        reach.append(contact(key, "phone", f"+4930555{i:04d}", owner="organization"))
    for i, (short, long, postal_code, city) in enumerate(ACRONYMS):
        for key, name in ((f"a:{i}", short), (f"b:{i}", long)):
            rows.append(party(key, kind="organization", organization=name))
            homes.append(
                address(
                    key,
                    "Kanalufer" if key[0] == "a" else "Marktplatz",
                    str(3 + 40 * i),
                    postal_code,
                    city,
                    owner="organization",
                )
            )
            number = (
                f"+4991127100{i}"
                if shared.get("phone")
                else f"+49911{(3 if key[0] == 'a' else 8) * 111111 + i * 7919}"
            )
            reach.append(contact(key, "phone", number, owner="organization"))
    return parties(*rows), contacts(*reach), addresses(*homes)


def test_an_acronym_meets_its_long_name_in_town():
    """In one town a company's acronym and its long name are compared; a shared number makes them one, the town does not."""
    tables = companies()
    features = features_of("organization", *tables)
    at = {party: i for i, party in enumerate(features.parties)}
    for i in range(len(ACRONYMS)):
        met = meetings(features, at[f"a:{i}/organization"], at[f"b:{i}/organization"], cap=100)
        assert {m.rule for m in met if m.met} >= {"acronym+place", "acronym+city"}
    apart = match_parties(*tables).clusters.set_index("party")["cluster"]
    one = match_parties(*companies(phone="same")).clusters.set_index("party")["cluster"]
    for i in range(len(ACRONYMS)):
        assert apart[f"a:{i}/organization"] != apart[f"b:{i}/organization"]
        assert one[f"a:{i}/organization"] == one[f"b:{i}/organization"]

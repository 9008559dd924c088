"""What an increment does with the ids of customers that it only asks about."""

from __future__ import annotations

import pandas as pd

from crmclean.increment.base import Base
from crmclean.increment.reach import members_now, reach_of
from crmclean.match.touched import Touched
from crmclean.normalize.records import Normalized
from crmclean.tables import ADDRESSES, CONTACTS, IDENTITIES, ISSUES, MEMBERS, RELATIONS, SCORES, Parties
from tests.merge.tables import AT, clusters, parties, person

LATER = "2026-02-28T00:00:00Z"


def member(customer, party):
    """A party of a customer."""
    source, record = party.split("/")[0].split(":")
    return {
        "customer_id": customer,
        "party": party,
        "kind": "person",
        "source": source,
        "record_id": record,
        "is_primary": True,
    }


def issued(customer, anchor, into=None):
    """An id of the registry: active, or merged into another."""
    return {
        "customer_id": customer,
        "kind": "person",
        "anchor": anchor,
        "status": "merged" if into else "active",
        "merged_into": into,
        "valid_from": AT,
        "valid_to": AT if into else None,
    }


def test_customer_outside_keeps_its_id():
    """A changed record once had an id that leads to somebody of whom nothing changed: that customer stays."""
    table = parties(person("a:1"), person("b:1"), person("c:1"))
    known = IDENTITIES.check(
        pd.DataFrame(
            [issued("A", "a:1/person", into="X"), issued("X", "b:1/person"), issued("Z", "c:1/person")]
        )
    )
    before = MEMBERS.check(
        pd.DataFrame([member("X", "b:1/person"), member("Z", "a:1/person"), member("Z", "c:1/person")])
    )
    normal = Normalized(table, CONTACTS.empty(), ADDRESSES.empty(), ISSUES.empty())
    changed = pd.Series(["a:1/person"], dtype="str")
    base = Base(normal, table, before, changed, changed)
    own = Parties(table[table["party"] != "b:1/person"].reset_index(drop=True))
    found = Touched(
        clusters(own, [["a:1", "c:1"]]), SCORES.empty(), RELATIONS.empty(), ISSUES.empty(), (), 0.5
    )

    reach = reach_of(base, found, known, at=LATER)

    registry = reach.registry.set_index("customer_id")
    assert registry.loc["X", ["status", "anchor"]].tolist() == ["active", "b:1/person"]
    assert pd.isna(registry.loc["X", "valid_to"])
    assert registry.loc["Z", "status"] == "active"
    assert registry.loc["A", "merged_into"] == "Z"  # an ended id leads to whoever has its anchor
    now = members_now(base, reach)
    assert dict(zip(now["party"], now["customer_id"], strict=True)) == {
        "a:1/person": "Z",
        "b:1/person": "X",
        "c:1/person": "Z",
    }

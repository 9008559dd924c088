"""Small tables for the tests of merge, store and view: invented people, one line each."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from crmclean.merge import identify_clusters
from crmclean.tables import (
    ADDRESSES,
    CLUSTERS,
    CONTACTS,
    PARTIES,
    Addresses,
    Clusters,
    Contacts,
    Customers,
    Identities,
    Members,
    Parties,
)

AT = "2026-01-31T00:00:00Z"


def person(record, /, **facts):
    """A person of a record written source:record_id."""
    source, record_id = record.split(":")
    return {"party": f"{record}/person", "source": source, "record_id": record_id, "kind": "person", **facts}


def company(record, /, **facts):
    """An organization of a record."""
    row = person(record, **facts)
    return {**row, "party": f"{record}/organization", "kind": "organization"}


def parties(*rows) -> Parties:
    """The parties table of these rows."""
    return PARTIES.check(pd.DataFrame(list(rows))) if rows else PARTIES.empty()


def contacts(*rows) -> Contacts:
    """Contacts written (record, kind, value, further)."""
    made = []
    for record, kind, value, *rest in rows:
        further = rest[0] if rest else {}
        party = record if "/" in record else f"{record}/person"
        row = {
            "party": party,
            "kind": kind,
            "value": value,
            "key": value,
            "raw": value,
            "field": kind,
            "valid": True,
        }
        made.append({**row, **further})
    return CONTACTS.check(pd.DataFrame(made)) if made else CONTACTS.empty()


def addresses(*rows) -> Addresses:
    """Addresses written (record, street, house_number, postal_code, city, further)."""
    made = []
    for record, street, number, code, city, *rest in rows:
        further = rest[0] if rest else {}
        party = record if "/" in record else f"{record}/person"
        parts = {"street": street, "house_number": number, "postal_code": code, "city": city}
        made.append({"party": party, **parts, "field": "", "raw": "", **further})
    return ADDRESSES.check(pd.DataFrame(made)) if made else ADDRESSES.empty()


def clusters(table: pd.DataFrame, groups: Iterable[Iterable[str]] | None = None) -> Clusters:
    """All parties of a kind in one cluster, or the groups of records given; the rest stands alone."""
    rows = []
    chosen = [set(group) for group in groups] if groups is not None else None
    for party, kind in zip(table["party"], table["kind"], strict=True):
        record = party.rsplit("/", 1)[0]
        if chosen is None:
            mates = [p for p, k in zip(table["party"], table["kind"], strict=True) if k == kind]
        else:
            group = next((g for g in chosen if record in g), {record})
            mates = [
                p
                for p, k in zip(table["party"], table["kind"], strict=True)
                if k == kind and p.rsplit("/", 1)[0] in group
            ]
        rows.append({"party": party, "cluster": min(mates)})
    return CLUSTERS.check(pd.DataFrame(rows)) if rows else CLUSTERS.empty()


def identified(table: Parties, groups: Iterable[Iterable[str]] | None = None) -> tuple[Members, Identities]:
    """Members and identities of a first run."""
    return identify_clusters(clusters(table, groups), table, at=AT)


def primary(customers: Customers) -> dict[str, str]:
    """The primary values of the only customer."""
    shown = customers[customers["is_primary"]]
    return dict(zip(shown["field"], shown["value"], strict=True))


def others(customers: Customers, field: str) -> list[str]:
    """The values of a field beside the primary one."""
    return customers.loc[customers["field"].eq(field) & ~customers["is_primary"], "value"].tolist()

"""Everything known of each customer as one nested document: the rows of customers.jsonl."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from crmclean.tables import (
    Addresses,
    Contacts,
    Customers,
    Members,
    Orders,
    Permissions,
    Relations,
    Touchpoints,
)

__all__ = ["customer_documents"]

_VALUE = (
    "value",
    "is_primary",
    "type",
    "source",
    "record_id",
    "source_field",
    "rule",
    "first_seen",
    "last_seen",
    "records",
)
_CONTACT = ("kind", "value", "raw", "type", "extension", "valid", "field", "source", "record_id")
_ADDRESS = (
    "type", "care_of", "street", "house_number", "addition", "po_box", "postal_code", "city", "district",
    "region", "country", "valid_from", "field", "source", "record_id",
)  # fmt: skip
_PERMISSION = (
    "channel",
    "purpose",
    "contact_point",
    "allowed",
    "reason",
    "basis",
    "since",
    "valid_until",
    "as_of",
    "policy",
)
_TOUCHPOINT = ("touchpoint_id", "source", "at", "channel", "direction", "identifier", "subject", "agent")
_ORDER = ("order_id", "source", "at", "amount", "currency", "status", "sales_channel")


def customer_documents(  # noqa: PLR0913  one argument per table; all but the first two optional
    customers: Customers,
    members: Members,
    *,
    contacts: Contacts | None = None,
    addresses: Addresses | None = None,
    relations: Relations | None = None,
    permissions: Permissions | None = None,
    touchpoints: Touchpoints | None = None,
    orders: Orders | None = None,
) -> Iterator[dict[str, Any]]:
    """One JSON-able dictionary per customer, by id.

    Keys: customer_id, kind; `primary` (field -> value); `values` (field -> all values with their
    origin); members; and, where the table is given, contacts (also invalid ones), addresses as
    read, relations, permissions, touchpoints, orders. Missing parts are left out, empty lists too.

    Args:
        customers: The long table.
        members: Who belongs to whom.
        contacts: Of the parties.
        addresses: Of the parties.
        relations: Between customers.
        permissions: Decisions.
        touchpoints: Attached ones.
        orders: Attached ones.
    """
    heads = members.drop_duplicates("customer_id").sort_values("customer_id")
    ids, kinds = heads["customer_id"].tolist(), heads["kind"].tolist()
    place = pd.Index(heads["customer_id"])
    owner = pd.Series(members["customer_id"].array, index=pd.Index(members["party"]))
    origin = members.drop_duplicates("party").set_index("party")[["source", "record_id"]]
    lists = {
        "members": _Lists(
            members, members["customer_id"], place, ("source", "record_id", "party", "is_primary")
        ),
        "contacts": _of_parties(contacts, owner, origin, place, _CONTACT),
        "addresses": _of_parties(addresses, owner, origin, place, _ADDRESS),
        "relations": _relations(relations, place),
        "permissions": _of_customers(permissions, place, _PERMISSION),
        "touchpoints": _of_customers(touchpoints, place, _TOUCHPOINT),
        "orders": _of_customers(orders, place, _ORDER),
    }
    values = _Lists(customers, customers["customer_id"], place, ("field", *_VALUE))
    for number, customer_id in enumerate(ids):
        document: dict[str, Any] = {"customer_id": customer_id, "kind": kinds[number]}
        document.update(_values(values.of(number)))
        document.update({name: rows for name, table in lists.items() if (rows := table.of(number))})
        yield document


def _values(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    fields: dict[str, list[dict[str, Any]]] = {}
    primary = {}
    for row in rows:
        field = row.pop("field")
        if row.pop("is_primary"):
            primary[field] = row["value"]
            row["primary"] = True
        fields.setdefault(field, []).append(row)
    return {"primary": primary, "values": fields}


class _Lists:
    """Rows of a table by customer: sorted once, then cut out one customer at a time."""

    def __init__(
        self,
        frame: pd.DataFrame | None,
        customer: pd.Series[str] | None,
        place: pd.Index,
        names: Sequence[str],
    ) -> None:
        self.names = list(names)
        self.columns: list[list[Any]] = []
        self.starts = np.zeros(len(place) + 1, dtype=np.int64)
        if frame is None or customer is None or not len(frame):
            return
        row = place.get_indexer(pd.Index(customer))
        order = np.argsort(row, kind="stable")
        order = order[row[order] >= 0]
        self.starts = np.searchsorted(row[order], np.arange(len(place) + 1))
        chosen = frame.iloc[order]
        self.columns = [
            chosen[n].astype("object").where(chosen[n].notna(), None).tolist() for n in self.names
        ]

    def of(self, number: int) -> list[dict[str, Any]]:
        """The rows of a customer, missing values left out."""
        if not self.columns:
            return []
        begin, end = self.starts[number], self.starts[number + 1]
        rows = zip(*(column[begin:end] for column in self.columns), strict=True)
        return [{n: v for n, v in zip(self.names, row, strict=True) if v is not None} for row in rows]


def _of_parties(
    frame: pd.DataFrame | None,
    owner: pd.Series[str],
    origin: pd.DataFrame,
    place: pd.Index,
    names: Sequence[str],
) -> _Lists:
    if frame is None:
        return _Lists(None, None, place, names)
    keyed = frame.join(origin, on="party").sort_values(["source", "record_id", *names[:-2]], kind="stable")
    return _Lists(keyed, keyed["party"].map(owner), place, names)


def _of_customers(frame: pd.DataFrame | None, place: pd.Index, names: Sequence[str]) -> _Lists:
    if frame is None:
        return _Lists(None, None, place, names)
    keyed = frame.sort_values([n for n in names if n != "allowed"], kind="stable")
    return _Lists(keyed, keyed["customer_id"], place, names)


def _relations(frame: Relations | None, place: pd.Index) -> _Lists:
    names = ("kind", "customer_id", "side", "evidence", "records")
    if frame is None:
        return _Lists(None, None, place, names)
    # side: where the other customer stands: "right" for the employer of a person
    forth = frame.assign(owner=frame["left"], customer_id=frame["right"], side="right")
    back = frame.assign(owner=frame["right"], customer_id=frame["left"], side="left")
    both = pd.concat([forth, back], ignore_index=True).sort_values(["owner", "kind", "customer_id", "side"])
    return _Lists(both, both["owner"], place, names)

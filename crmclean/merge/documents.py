"""Everything known of each customer as one nested document: the rows of customers.jsonl."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from crmclean.merge.columns import positions, ranks
from crmclean.merge.rules import Ints
from crmclean.schema import codes_of, frame_of_rows
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

__all__ = ["Part", "customer_documents", "document_tables"]

Part = tuple[pd.DataFrame | pa.Table, Ints, Ints | None]
"""Rows, the customer of each in order, and where in the table they stand; None: one behind the other."""
_MEMBER = ("source", "record_id", "party", "is_primary")

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
    "region", "country", "valid_from", "valid_to", "field", "source", "record_id",
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
    heads, parts = document_tables(
        customers,
        members,
        contacts=contacts,
        addresses=addresses,
        relations=relations,
        permissions=permissions,
        touchpoints=touchpoints,
        orders=orders,
    )
    lists = {name: _Lists(*part, len(heads)) for name, part in parts.items()}
    values = lists.pop("values")
    for number, head in enumerate(zip(*(heads[name].tolist() for name in heads.columns), strict=True)):
        document: dict[str, Any] = dict(zip(heads.columns, head, strict=True))
        document.update(_values(values.of(number)))
        document.update({name: rows for name, table in lists.items() if (rows := table.of(number))})
        yield document


def document_tables(  # noqa: PLR0913  as `customer_documents`
    customers: Customers | pa.Table,
    members: Members,
    *,
    contacts: Contacts | None = None,
    addresses: Addresses | None = None,
    relations: Relations | None = None,
    permissions: Permissions | pa.Table | None = None,
    touchpoints: Touchpoints | None = None,
    orders: Orders | None = None,
) -> tuple[pd.DataFrame, dict[str, Part]]:
    """What the documents are made of: customer_id and kind, and the rows of each list in order.

    Returns:
        A row per customer, by id; by name (`values` first) the rows of a list with the columns that it shows,
        and the number of the customer of each row, rising. Lists without rows are left out.
    """
    heads = members[["customer_id", "kind"]].drop_duplicates("customer_id")
    heads = heads.iloc[np.argsort(ranks(heads["customer_id"]), kind="stable")].reset_index(drop=True)
    ids = heads["customer_id"]
    found = {"values": _golden(customers, ids)}
    owner = positions(members["customer_id"], ids)
    lists = {
        "members": _part(members, owner, _MEMBER),
        "contacts": _of_parties(contacts, members, owner, _CONTACT),
        "addresses": _of_parties(addresses, members, owner, _ADDRESS),
        "relations": _relations(relations, ids),
        "permissions": _of_customers(permissions, ids, _PERMISSION),
        "touchpoints": _of_customers(touchpoints, ids, _TOUCHPOINT),
        "orders": _of_customers(orders, ids, _ORDER),
    }
    found.update({name: part for name, part in lists.items() if part is not None and len(part[1])})
    return heads, found


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
    """Rows of a table by customer: cut out one customer at a time."""

    def __init__(self, rows: pd.DataFrame | pa.Table, owner: Ints, order: Ints | None, count: int) -> None:
        frame = frame_of_rows(rows) if isinstance(rows, pa.Table) else rows
        frame = frame if order is None else frame.iloc[order]
        self.names = [str(name) for name in frame.columns]
        self.starts = np.searchsorted(owner, np.arange(count + 1))
        self.columns = [frame[n].astype("object").where(frame[n].notna(), None).tolist() for n in self.names]

    def of(self, number: int) -> list[dict[str, Any]]:
        """The rows of a customer, missing values left out."""
        begin, end = self.starts[number], self.starts[number + 1]
        rows = zip(*(column[begin:end] for column in self.columns), strict=True)
        return [{n: v for n, v in zip(self.names, row, strict=True) if v is not None} for row in rows]


def _golden(customers: Customers | pa.Table, ids: pd.Series[str]) -> Part:
    """The values of each customer; codes stay codes where they are in order already."""
    names = ("field", *_VALUE)
    if isinstance(customers, pd.DataFrame):
        return _part(customers, positions(customers["customer_id"], ids), names)
    coded = customers["customer_id"].combine_chunks()
    place = positions(pd.Series(pd.array(coded.dictionary, dtype="str")), ids)
    owner = place[coded.indices.to_numpy()]
    if (owner < 0).any() or (np.diff(owner) < 0).any():
        return _part(frame_of_rows(customers), owner, names)
    return customers.select(names), owner, None


def _part(
    frame: pd.DataFrame | pa.Table, owner: Ints, names: Sequence[str], keys: Sequence[str] = ()
) -> Part:
    """The rows that have a customer, by customer and then by keys; equal ones stay in their order."""
    rows = np.flatnonzero(owner >= 0)
    if (np.diff(owner[rows]) < 0).any():
        rows = rows[np.argsort(owner[rows], kind="stable")]
    rows = _ordered(frame, rows, owner[rows], keys)
    whole = len(rows) == len(frame) and bool((np.diff(rows) == 1).all())
    shown = frame.select(names) if isinstance(frame, pa.Table) else frame[list(names)]
    return shown, owner[rows], None if whole else rows


def _ordered(frame: pd.DataFrame | pa.Table, rows: Ints, group: Ints, keys: Sequence[str]) -> Ints:
    """Rows in order of keys within each group; a key is asked only where those before leave rows equal."""
    begins = np.ones(len(rows), dtype=bool)
    begins[1:] = group[1:] != group[:-1]
    for key in keys:
        at = np.flatnonzero(~begins | np.append(~begins[1:], False))
        if not len(at):
            break
        column = frame[key]
        rank = _key(column.iloc[rows[at]]) if isinstance(column, pd.Series) else _coded_key(column, rows[at])
        if (~begins[at[1:]] & (rank[1:] < rank[:-1])).any():
            order = np.lexsort((rank, np.cumsum(begins)[at]))
            rows[at], rank = rows[at][order], rank[order]
        begins[at[1:]] |= rank[1:] != rank[:-1]
    return rows


def _key(column: pd.Series[Any]) -> Ints:
    """A number per value that sorts as the values do; missing comes last."""
    if isinstance(column.dtype, pd.StringDtype):
        rank = ranks(column)
    else:
        rank = pd.factorize(column, sort=True)[0].astype(np.int64)
    found: Ints = np.where(rank < 0, np.iinfo(np.int64).max, rank)
    return found


def _coded_key(column: pa.ChunkedArray, rows: Ints) -> Ints:
    """As `_key`, of rows of a coded column."""
    codes, texts = codes_of(column)
    rank = np.append(ranks(pd.Series(pd.array(texts, dtype="str"))), np.iinfo(np.int64).max)
    found: Ints = rank[codes[rows]]
    return found


def _of_parties(
    frame: pd.DataFrame | None, members: Members, customer: Ints, names: Sequence[str]
) -> Part | None:
    """The rows of parties; `customer` is that of each member."""
    if frame is None:
        return None
    row = positions(frame["party"], members["party"])
    owner = np.append(customer, -1)[row]
    origin = {name: members[name].array.take(row, allow_fill=True) for name in ("source", "record_id")}
    return _part(frame.assign(**origin), owner, names, ("source", "record_id", *names[:-2]))


def _of_customers(
    frame: pd.DataFrame | pa.Table | None, ids: pd.Series[str], names: Sequence[str]
) -> Part | None:
    if frame is None:
        return None
    keys = [name for name in names if name != "allowed"]
    if isinstance(frame, pd.DataFrame):
        return _part(frame, positions(frame["customer_id"], ids), names, keys)
    codes, customers = codes_of(frame["customer_id"])
    place = np.append(positions(pd.Series(pd.array(customers, dtype="str")), ids), -1)
    return _part(frame, place[codes], names, keys)


def _relations(frame: Relations | None, ids: pd.Series[str]) -> Part | None:
    if frame is None:
        return None
    # side: where the other customer stands: "right" for the employer of a person
    forth = frame.assign(owner=frame["left"], customer_id=frame["right"], side="right")
    back = frame.assign(owner=frame["right"], customer_id=frame["left"], side="left")
    both = pd.concat([forth, back], ignore_index=True)
    names = ("kind", "customer_id", "side", "evidence", "records")
    return _part(both, positions(both["owner"], ids), names, ("kind", "customer_id", "side"))

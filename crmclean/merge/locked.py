"""Locked values and cleared fields, put over the values that the rules chose.

Only the customers that have a lock are looked at: of a million with a hundred locks, a hundred.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.merge.address import PARTS
from crmclean.merge.columns import Book
from crmclean.merge.locks import CLEARED, FIELDS, GROUPS, LOCKED, PART_OF, pinned_parties
from crmclean.schema import coded_rows, joined_rows, plain_rows
from crmclean.tables import CUSTOMERS, ISSUES, Addresses, Issues, Locks
from crmclean.text.fold import fold_umlaut

__all__ = ["apply_locks"]

Row = dict[str, Any]
_PLACE = {field: place for place, field in enumerate(FIELDS)}


@dataclass(frozen=True, slots=True)
class _Pinned:
    """The pinned records, and what they say of parts of groups.

    Args:
        there: (customer, source, record) -> positions of its parties.
        says: (customer, source, record, field) -> the value; missing where it says nothing.
    """

    there: Mapping[tuple[str, str, str], Sequence[int]]
    says: Mapping[tuple[str, str, str, str], str]


def apply_locks(rows: pa.Table, book: Book, addresses: Addresses, locks: Locks) -> tuple[pa.Table, Issues]:
    """The customers with the locked values first and cleared fields empty; and what contradicts a lock.

    Args:
        rows: Customers as the rules made them, texts as codes, pins obeyed; sorted by customer.
        book: The parties.
        addresses: For parts of an address pinned by their record.
        locks: Those that hold; of customers that are not there they have no effect.
    """
    number = {customer: n for n, customer in enumerate(book.customers)}
    said = locks.sort_values(["customer_id", "field"]).to_dict("records")
    said = [lock for lock in said if lock["customer_id"] in number]
    if not said:
        return rows, ISSUES.empty()
    owner = rows["customer_id"].combine_chunks()
    customer = owner.dictionary.take(owner.indices) if len(rows) else owner
    asked = pc.is_in(customer, pa.array(sorted({lock["customer_id"] for lock in said}), customer.type))
    mine = asked.to_numpy(zero_copy_only=False)
    values: dict[str, list[Row]] = {lock["customer_id"]: [] for lock in said}
    for row in plain_rows(rows.filter(asked)).to_pylist():
        values[row["customer_id"]].append(row)
    pinned = _pinned(book, addresses, locks)
    told = [issue for lock in said for issue in _obey(values[lock["customer_id"]], lock, pinned)]
    changed = [row for of_one in values.values() for row in sorted(of_one, key=_in_order)]
    issues = ISSUES.check(pd.DataFrame(told)) if told else ISSUES.empty()
    if not changed:
        return rows, issues
    new = coded_rows(CUSTOMERS.check(pd.DataFrame(changed)))
    place = [number[row["customer_id"]] for row in changed]
    kept = rows.filter(pa.array(~mine))
    before = np.array([number[one] for one in owner.dictionary.to_pylist()], dtype=np.int64)
    places = np.concatenate([before[owner.indices.to_numpy()[~mine]], np.array(place, dtype=np.int64)])
    return joined_rows([kept, new]).take(np.argsort(places, kind="stable")), issues


def _in_order(row: Row) -> tuple[int, bool]:
    """By field, the primary value first."""
    return _PLACE.get(row["field"], len(_PLACE)), not row["is_primary"]


def _pinned(book: Book, addresses: Addresses, locks: Locks) -> _Pinned:
    """The pinned records, each found once for all locks.

    Only parts of groups are looked for: of other fields the chain put the pinned record first.
    """
    there = pinned_parties(book, locks)
    whole = sorted({row for rows in there.values() for row in rows})
    given = book.given.iloc[book.rows[whole]]
    place = dict(zip(whole, range(len(whole)), strict=True))
    places = addresses[addresses["party"].isin(given["party"])]
    says: dict[tuple[str, str, str, str], str] = {}
    for lock in locks[locks["record_id"].notna() & locks["field"].isin(PART_OF)].to_dict("records"):
        key = (lock["customer_id"], lock["source"], lock["record_id"])
        own = given.iloc[[place[row] for row in there.get(key, [])]]
        table = places[places["party"].isin(own["party"])] if lock["field"] in PARTS else own
        said = table[lock["field"]].dropna().astype("str")
        if len(said):
            says[(*key, lock["field"])] = str(said.iloc[0])
    return _Pinned(there, says)


def _obey(rows: list[Row], lock: Mapping[Any, Any], pinned: _Pinned) -> list[Row]:
    """Changes the values of a customer as a lock says; answers what contradicts it."""
    field, key = str(lock["field"]), (lock["customer_id"], lock["source"], lock["record_id"])
    if lock["state"] == CLEARED:
        _clear(rows, GROUPS.get(field, (field,)), str(lock["at"]))
        return []
    by_record = isinstance(lock["record_id"], str)
    if by_record and key not in pinned.there:
        return [_stale(lock)]
    if field in GROUPS:
        return []  # the chain did it
    if by_record and field not in PART_OF:
        shown = [
            (row["source"], row["record_id"]) for row in rows if row["field"] == field and row["is_primary"]
        ]
        return [] if key[1:] in shown else [_stale(lock)]
    value = pinned.says.get((*key, field)) if by_record else lock["value"]
    if not isinstance(value, str):
        return [_stale(lock)]
    _put_first(rows, lock, value)
    return _contradictions(rows, lock, value)


def _put_first(rows: list[Row], lock: Mapping[Any, Any], value: str) -> None:
    """Puts a value first: the one that is there, or a new one that only the steward said."""
    own = [row for row in rows if row["field"] == lock["field"]]
    for row in own:
        row["is_primary"] = False
    same = [row for row in own if fold_umlaut(row["value"]) == fold_umlaut(value)]
    if same:
        first = next((row for row in same if row["value"] == value), same[0])
        first |= {"is_primary": True, "rule": LOCKED, "value": value}
        return
    rows.append({
        "customer_id": lock["customer_id"], "field": lock["field"], "value": value, "is_primary": True,
        "source": lock["source"], "record_id": lock["record_id"], "source_field": lock["field"], "rule": LOCKED,
        "first_seen": lock["at"], "last_seen": lock["at"], "records": 0,
    })  # fmt: skip


def _clear(rows: list[Row], fields: Sequence[str], at: str) -> None:
    """Takes the first place from what nobody said since."""
    for row in rows:
        if row["field"] in fields and row["is_primary"] and not (row["last_seen"] or "") > at:
            row |= {"is_primary": False, "rule": CLEARED}


def _contradictions(rows: list[Row], lock: Mapping[Any, Any], value: str) -> list[Row]:
    newer = [
        row for row in rows
        if row["field"] == lock["field"] and not row["is_primary"]
        and (row["last_seen"] or "") > str(lock["at"]) and fold_umlaut(row["value"]) != fold_umlaut(value)
    ]  # fmt: skip
    return [
        {
            "source": row["source"], "record_id": row["record_id"], "field": row["source_field"],
            "code": "lock_contradicted", "severity": "warning", "raw": row["value"], "proposal": value,
            "detail": f"customer={lock['customer_id']} locked={lock['at']} seen={row['last_seen']}",
        }
        for row in newer
    ]  # fmt: skip


def _stale(lock: Mapping[Any, Any]) -> Row:
    return {
        "source": lock["source"], "record_id": lock["record_id"], "field": lock["field"], "code": "lock_stale",
        "severity": "warning", "detail": f"customer={lock['customer_id']} locked={lock['at']}",
    }  # fmt: skip

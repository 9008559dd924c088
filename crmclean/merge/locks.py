"""What a steward pinned: locked values, pinned records and clearings, obeyed in every merge.

A pinned record goes before all rules of its group or field (a link at the head of the chain). A
locked value takes the first place afterwards, whatever the records say. A clearing takes the first
place from all values that no record has said since. All of them stay until they are freed or
expire; nothing is deleted, the other values are kept beside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmclean.errors import ConfigError
from crmclean.merge.address import PARTS
from crmclean.merge.columns import Book
from crmclean.merge.groups import COMPANY, NAME
from crmclean.merge.rules import Evidence, Ints, Rule
from crmclean.merge.single import CONTACT_FIELDS, SINGLE
from crmclean.tables import CUSTOMERS, ISSUES, Addresses, Customers, Issues, Locks
from crmclean.text.fold import fold_umlaut

__all__ = ["GROUPS", "Pins", "apply_locks", "check_locks", "pins_of", "with_pins"]

GROUPS: Mapping[str, tuple[str, ...]] = {
    "name": NAME,
    "company": COMPANY,
    "employer": tuple(f for f in COMPANY if f != "org_base"),
    "address": PARTS,
}
_PART_OF = {part: group for group, parts in GROUPS.items() if group != "employer" for part in parts}
FIELDS = tuple(dict.fromkeys([*NAME, *COMPANY, *PARTS, *CONTACT_FIELDS, *SINGLE, "revenue", "is_test"]))
LOCKED, CLEARED = "locked", "cleared"


@dataclass(frozen=True, slots=True)
class Pins:
    """Parties that a steward pinned, and when a field was cleared, by chain.

    Args:
        best: Chain -> party positions that go first.
        since: Chain -> position in the times of the book up to which a value is cleared, per
            customer; -1 where it is not.
    """

    best: Mapping[str, Ints]
    since: Mapping[str, Ints]


def check_locks(locks: Locks) -> None:
    """Each lock names a field or group that can be locked so.

    Raises:
        ConfigError: It does not.
    """
    known = {*FIELDS, *GROUPS}
    for field, state, record in zip(locks["field"], locks["state"], locks["record_id"], strict=True):
        if field not in known:
            raise ConfigError(
                f"lock of an unknown field {field!r}", hint=f"one of {', '.join(sorted(known))}"
            )
        if field in GROUPS and state == LOCKED and pd.isna(record):
            parts = ", ".join(GROUPS[field])
            raise ConfigError(
                f"{field!r} is a group: a record is needed, not a value", hint=f"or lock {parts}"
            )


def pins_of(book: Book, locks: Locks) -> Pins:
    """The locks that work inside the chains: pinned records, clearings."""
    if not len(locks):
        return Pins({}, {})
    customer = pd.Index(book.customers).get_indexer(pd.Index(locks["customer_id"]))
    here = locks.assign(customer=customer)[customer >= 0]
    record = pd.MultiIndex.from_frame(book.parties[["source", "record_id"]])
    best: dict[str, Ints] = {}
    since: dict[str, Ints] = {}
    for lock in here.to_dict("records"):
        chain, owner = str(lock["field"]), int(lock["customer"])
        if chain in _PART_OF:
            continue  # parts of a group are chosen as a whole; see apply_locks
        if lock["state"] == CLEARED:
            times = since.setdefault(chain, np.full(len(book.customers), -1, dtype=np.int64))
            times[owner] = (
                np.searchsorted(np.array(book.times, dtype=object), str(lock["at"]), side="right") - 1
            )
        elif isinstance(lock["record_id"], str):
            pinned = (book.customer == owner) & record.isin([(lock["source"], lock["record_id"])])
            found = np.flatnonzero(pinned).astype(np.int64)
            best[chain] = np.concatenate([best.get(chain, np.empty(0, dtype=np.int64)), found])
    return Pins(best, since)


def with_pins(
    chains: Mapping[str, Sequence[str]], rules: Mapping[str, Rule], pins: Pins
) -> tuple[dict[str, Sequence[str]], dict[str, Rule]]:
    """Chains and rules in which pins come first; the link of a chain is named after it."""
    links: dict[str, Sequence[str]] = dict(chains)
    known = dict(rules)
    for chain, parties in pins.best.items():
        known[f"{LOCKED} {chain}"] = _first(parties)
        links[chain] = (f"{LOCKED} {chain}", *links[chain])
    for chain, times in pins.since.items():
        if chain in links:
            known[f"{CLEARED} {chain}"] = _newer(times)
            links[chain] = (f"{CLEARED} {chain}", *links[chain])
    return links, known


def _first(parties: Ints) -> Rule:
    def pinned_first(evidence: Evidence) -> Ints:
        """Values of the pinned record first."""
        return 1 - np.isin(evidence.record, parties).astype(np.int64)

    return pinned_first


def _newer(times: Ints) -> Rule:
    def newer_first(evidence: Evidence) -> Ints:
        """Values said since the field was cleared first."""
        since = times[evidence.customer]
        return ((since >= 0) & (evidence.time <= since)).astype(np.int64)

    return newer_first


def apply_locks(
    customers: Customers, book: Book, addresses: Addresses, locks: Locks
) -> tuple[Customers, Issues]:
    """The customers with the locked values first and cleared fields empty; and what contradicts a lock.

    Args:
        customers: As the rules made them, pins obeyed.
        book: The parties.
        addresses: For parts of an address pinned by their record.
        locks: Those that hold; of customers that are not there they have no effect.
    """
    chosen = customers["customer_id"].isin(set(locks["customer_id"]))
    part = customers[chosen]
    by_customer = {str(customer): rows for customer, rows in part.groupby("customer_id", sort=False)}
    changed: list[pd.DataFrame] = []
    found: list[dict[str, object]] = []
    there = set(book.customers)
    for customer, said in locks.sort_values(["customer_id", "field"]).groupby("customer_id"):
        if customer not in there:
            continue
        rows = by_customer.get(str(customer), pd.DataFrame(CUSTOMERS.empty()))
        for lock in said.to_dict("records"):
            rows, told = _obeyed(rows, lock, book, addresses)
            found.extend(told)
        changed.append(_in_order(rows))
        by_customer.pop(str(customer), None)
    issues = ISSUES.check(pd.DataFrame(found)) if found else ISSUES.empty()
    if not changed:
        return customers, issues
    kept = customers[~chosen] if not by_customer else pd.concat([customers[~chosen], *by_customer.values()])
    whole = pd.concat([kept, *changed], ignore_index=True)
    order = np.argsort(pd.factorize(whole["customer_id"], sort=True)[0], kind="stable")
    return CUSTOMERS.check(whole.iloc[order]), issues


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """By field, the primary value first."""
    place = rows["field"].map({field: n for n, field in enumerate(FIELDS)}).to_numpy()
    return rows.iloc[np.lexsort((~rows["is_primary"].to_numpy(dtype=bool), place))]


def _obeyed(
    rows: pd.DataFrame, lock: Mapping[Any, Any], book: Book, addresses: Addresses
) -> tuple[pd.DataFrame, list[dict[str, object]]]:
    field = str(lock["field"])
    if lock["state"] == CLEARED:
        return _cleared(rows, GROUPS.get(field, (field,)), str(lock["at"])), []
    pinned = not pd.isna(lock["record_id"])
    if pinned and not _is_there(book, lock):
        return rows, [_stale(lock)]
    if field in GROUPS:
        return rows, []  # the chain did it
    if pinned and field not in _PART_OF:
        shown = rows[rows["field"].eq(field) & rows["is_primary"]]
        hit = shown["source"].eq(lock["source"]) & shown["record_id"].eq(lock["record_id"])
        return rows, [] if hit.any() else [_stale(lock)]
    value = _value_of(book, addresses, lock) if pinned else lock["value"]
    if value is None or pd.isna(value):
        return rows, [_stale(lock)]
    rows = _with_value(rows, lock, str(value))
    return rows, _contradictions(rows, lock, str(value))


def _is_there(book: Book, lock: Mapping[Any, Any]) -> bool:
    return len(_positions(book, lock)) > 0


def _positions(book: Book, lock: Mapping[Any, Any]) -> Ints:
    mine = book.customer == book.customers.index(lock["customer_id"])
    parties = book.parties
    found = mine & parties["source"].eq(lock["source"]) & parties["record_id"].eq(lock["record_id"])
    return np.flatnonzero(found).astype(np.int64)


def _value_of(book: Book, addresses: Addresses, lock: Mapping[Any, Any]) -> str | None:
    """What the pinned record says of a field; None where it says nothing.

    Only parts of groups are looked for: of other fields the chain put the pinned record first.
    """
    field = str(lock["field"])
    parties = book.given.iloc[book.rows[_positions(book, lock)]]
    if field in PARTS:
        values = addresses.loc[addresses["party"].isin(parties["party"]), field]
    else:
        values = parties[field]
    said = values.dropna().astype("str")
    return str(said.iloc[0]) if len(said) else None


def _with_value(rows: pd.DataFrame, lock: Mapping[Any, Any], value: str) -> pd.DataFrame:
    """The rows with a value first: the one that is there, or a new one that only the steward said."""
    own = rows["field"].eq(lock["field"])
    rows = rows.assign(is_primary=rows["is_primary"] & ~own)
    same = own & rows["value"].map(fold_umlaut).eq(fold_umlaut(value))
    if same.any():
        exact = own & rows["value"].eq(value)
        first = np.arange(len(rows)) == int((exact if exact.any() else same).to_numpy().argmax())
        return rows.assign(
            is_primary=rows["is_primary"] | first,
            rule=rows["rule"].mask(first, LOCKED),
            value=rows["value"].mask(first, value),
        )
    new = {
        "customer_id": lock["customer_id"], "field": lock["field"], "value": value, "is_primary": True,
        "source": lock["source"], "record_id": lock["record_id"], "source_field": lock["field"], "rule": LOCKED,
        "first_seen": lock["at"], "last_seen": lock["at"], "records": 0,
    }  # fmt: skip
    return pd.concat([rows, CUSTOMERS.check(pd.DataFrame([new]))], ignore_index=True)


def _cleared(rows: pd.DataFrame, fields: Sequence[str], at: str) -> pd.DataFrame:
    old = rows["field"].isin(fields) & ~(rows["last_seen"].fillna("") > at) & rows["is_primary"]
    return rows.assign(is_primary=rows["is_primary"] & ~old, rule=rows["rule"].mask(old, CLEARED))


def _contradictions(rows: pd.DataFrame, lock: Mapping[Any, Any], value: str) -> list[dict[str, object]]:
    own = rows[rows["field"].eq(lock["field"]) & ~rows["is_primary"]]
    newer = own[
        (own["last_seen"].fillna("") > str(lock["at"])) & own["value"].map(fold_umlaut).ne(fold_umlaut(value))
    ]
    return [
        {
            "source": row.source, "record_id": row.record_id, "field": row.source_field, "code": "lock_contradicted",
            "severity": "warning", "raw": row.value, "proposal": value,
            "detail": f"customer={lock['customer_id']} locked={lock['at']} seen={row.last_seen}",
        }
        for row in newer.itertuples(index=False)
    ]  # fmt: skip


def _stale(lock: Mapping[Any, Any]) -> dict[str, object]:
    return {
        "source": lock["source"], "record_id": lock["record_id"], "field": lock["field"], "code": "lock_stale",
        "severity": "warning", "detail": f"customer={lock['customer_id']} locked={lock['at']}",
    }  # fmt: skip

"""What a steward pinned, as it works inside the chains of rules, in every merge.

A pinned record goes before all rules of its group or field (a link at the head of the chain). A
locked value takes the first place afterwards, whatever the records say (`locked`). A clearing takes
the first place from all values that no record has said since. All of them stay until they are freed
or expire; nothing is deleted, the other values are kept beside.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmclean.errors import ConfigError
from crmclean.merge.address import PARTS
from crmclean.merge.columns import Book
from crmclean.merge.groups import COMPANY, NAME
from crmclean.merge.rules import Evidence, Ints, Rule
from crmclean.merge.single import CONTACT_FIELDS, SINGLE
from crmclean.tables import Locks

__all__ = [
    "CLEARED",
    "FIELDS",
    "GROUPS",
    "LOCKED",
    "PART_OF",
    "Pins",
    "check_locks",
    "pinned_parties",
    "pins_of",
    "with_pins",
]

GROUPS: Mapping[str, tuple[str, ...]] = {
    "name": NAME,
    "company": COMPANY,
    "employer": tuple(f for f in COMPANY if f != "org_base"),
    "address": PARTS,
}
PART_OF = {part: group for group, parts in GROUPS.items() if group != "employer" for part in parts}
FIELDS = tuple(dict.fromkeys([*NAME, *COMPANY, *PARTS, *CONTACT_FIELDS, *SINGLE, "revenue", "is_test"]))
LOCKED = "locked"
CLEARED = "cleared"


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


def pinned_parties(book: Book, locks: Locks) -> dict[tuple[str, str, str], list[int]]:
    """The positions of the parties of each pinned record: (customer, source, record) -> positions."""
    pinned = locks[locks["record_id"].notna()]
    if not len(pinned):
        return {}
    wanted = set(zip(pinned["customer_id"], pinned["source"], pinned["record_id"], strict=True))
    found: dict[tuple[str, str, str], list[int]] = {}
    rows = np.flatnonzero(book.parties["record_id"].isin(set(pinned["record_id"])).to_numpy())
    records = book.parties[["source", "record_id"]].iloc[rows].itertuples(index=False, name=None)
    for row, record in zip(rows.tolist(), records, strict=True):
        key = (book.customers[book.customer[row]], *record)
        if key in wanted:
            found.setdefault(key, []).append(row)
    return found


def pins_of(book: Book, locks: Locks) -> Pins:
    """The locks that work inside the chains: pinned records, clearings."""
    if not len(locks):
        return Pins({}, {})
    customer = pd.Index(book.customers).get_indexer(pd.Index(locks["customer_id"]))
    here = locks.assign(customer=customer)[customer >= 0]
    parties = pinned_parties(book, locks)
    best: dict[str, list[int]] = {}
    since: dict[str, Ints] = {}
    for lock in here.to_dict("records"):
        chain = str(lock["field"])
        if chain in PART_OF:
            continue  # parts of a group are chosen as a whole; see `locked`
        if lock["state"] == CLEARED:
            times = since.setdefault(chain, np.full(len(book.customers), -1, dtype=np.int64))
            times[int(lock["customer"])] = bisect_right(book.times, str(lock["at"])) - 1
        elif isinstance(lock["record_id"], str):
            pinned = parties.get((lock["customer_id"], lock["source"], lock["record_id"]), [])
            best.setdefault(chain, []).extend(pinned)
    return Pins({chain: np.array(found, dtype=np.int64) for chain, found in best.items()}, since)


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

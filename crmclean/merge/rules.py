"""Survivorship rules: which of a customer's values wins.

A rule turns the evidence for one field into a key per row, smaller is better; a chain of rules is
compared link by link. The last link, the order of the records (rank of the source, source,
record, value), is never equal, so that the order of rows decides nothing. The catalogue follows
what master data systems offer: docs/merge.md.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmclean.errors import ConfigError

__all__ = [
    "MADE",
    "RULES",
    "SPECIAL",
    "Evidence",
    "Ints",
    "Ranking",
    "Rule",
    "check_chain",
    "rank",
    "rows_of_several",
    "uniques",
    "votes",
]

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The values of one field, a row for each record that has one; codes of whole columns.

    Rows are ordered by customer and, within it, by the last link of every chain.

    Args:
        customer: The customer.
        record: Party the value was read from: position in the ordered parties.
        same: Class of values that are equal when folded.
        source: Source, in alphabetical order.
        source_rank: Rank of the source, 0 is best; sources without a rank share the last.
        time: Rank of the time the value was written; -1 where unknown.
        valid: 1 where the value is known to be good.
        parts: How complete it is: filled parts of a group, letters of a single value.
        letters: Length of the value.
        order: Rank of the value itself, as number or text.
        written: 0 best: mixed case and umlauts; greater for capitals only and transcribed umlauts.
        place: Rank of the type (home before work ...), 0 is best.
        common: How many records of all customers have it; of a name, its rarer part.
        code: Position of the value in listed.
        listed: The distinct values as text; of names and addresses, which are groups, there are none.
        ended: Of addresses 1 where it is said that it holds no longer.
    """

    customer: Ints
    record: Ints
    same: Ints
    source: Ints
    source_rank: Ints
    time: Ints
    valid: Ints
    parts: Ints
    letters: Ints
    order: Ints
    written: Ints
    place: Ints
    common: Ints
    code: Ints | None = None
    listed: Sequence[str] = ()
    ended: Ints | None = None

    def take(self, rows: Ints) -> Evidence:
        """The evidence of some rows only."""
        perhaps = {name: getattr(self, name) for name in ("code", "ended")}
        whole = [name for name in self.__slots__ if name not in (*perhaps, "listed")]
        some = {name: getattr(self, name)[rows] for name in whole}
        some |= {name: column[rows] for name, column in perhaps.items() if column is not None}
        return Evidence(**some, listed=self.listed)


Rule = Callable[[Evidence], Ints]


def source_priority(evidence: Evidence) -> Ints:
    """The best ranked source first."""
    return evidence.source_rank


def current_first(evidence: Evidence) -> Ints:
    """Addresses that hold before those that are said to have ended."""
    return np.zeros(len(evidence.customer), dtype=np.int64) if evidence.ended is None else evidence.ended


def most_recent(evidence: Evidence) -> Ints:
    """The latest time first; an unknown time counts as the oldest."""
    return -evidence.time


def oldest(evidence: Evidence) -> Ints:
    """The earliest time first; an unknown time comes last."""
    return np.where(evidence.time < 0, np.iinfo(np.int64).max, evidence.time)


def most_frequent(evidence: Evidence) -> Ints:
    """The value most sources agree on first; each source has one vote."""
    return -votes(evidence.customer, evidence.same, evidence.source)


def most_records(evidence: Evidence) -> Ints:
    """The value that stands in most records of the customer first."""
    if not len(evidence.customer):
        return evidence.customer
    value = pd.factorize(evidence.customer * (evidence.same.max() + 2) + evidence.same)[0]
    return -np.bincount(value)[value].astype(np.int64)


def most_complete(evidence: Evidence) -> Ints:
    """The value or group with most filled parts first."""
    return -evidence.parts


def longest(evidence: Evidence) -> Ints:
    """The longest value first."""
    return -evidence.letters


def shortest(evidence: Evidence) -> Ints:
    """The shortest value first."""
    return evidence.letters


def validated_first(evidence: Evidence) -> Ints:
    """Values known to be good before all others."""
    return -evidence.valid


def best_written(evidence: Evidence) -> Ints:
    """Müller before Mueller, Mueller before MUELLER."""
    return evidence.written


def preferred_type(evidence: Evidence) -> Ints:
    """A person's home before its work place, a company's mail box before a delivery address."""
    return evidence.place


def most_common(evidence: Evidence) -> Ints:
    """The value more records of all customers have first: Bauer before the typing error Bauet."""
    return -evidence.common


def smallest(evidence: Evidence) -> Ints:
    """The smallest number, the earliest date."""
    return evidence.order


def greatest(evidence: Evidence) -> Ints:
    """The greatest number, the latest date."""
    return -evidence.order


RULES: Mapping[str, Rule] = {
    "best_written": best_written,
    "current_first": current_first,
    "longest": longest,
    "max": greatest,
    "min": smallest,
    "most_common": most_common,
    "most_complete": most_complete,
    "most_frequent": most_frequent,
    "most_recent": most_recent,
    "most_records": most_records,
    "oldest": oldest,
    "preferred_type": preferred_type,
    "shortest": shortest,
    "source_priority": source_priority,
    "validated_first": validated_first,
}
SPECIAL = ("concat", "sum", "union")  # say what is kept, not what is best
MADE = ("follow", "ladder", "trust_decay")  # made for the data at hand: `derived`


def check_chain(field: str, chain: Sequence[str], rules: Mapping[str, Rule]) -> None:
    """Every link is a known rule.

    Raises:
        ConfigError: It is not; with the nearest known one.
    """
    known = [*rules, *SPECIAL, *MADE]
    for link in chain:
        name = link.partition("(")[0]
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(sorted(known))}"
            raise ConfigError(f"merge.rules.{field}: no rule {name!r}", hint=hint)


def votes(customer: Ints, same: Ints, source: Ints) -> Ints:
    """For each row the number of sources in which the customer has its value."""
    if not len(customer):
        return customer
    value = pd.factorize(customer * (same.max() + 2) + same)[0]
    width = int(source.max()) + 1
    counts = np.bincount(uniques(value * width + source) // width)
    return counts[value].astype(np.int64)


def uniques(numbers: Ints) -> Ints:
    """The distinct numbers, sorted. Sorting is twice as fast as the hashing of np.unique here."""
    ordered = np.sort(numbers)
    keep = np.ones(len(ordered), dtype=bool)
    keep[1:] = ordered[1:] != ordered[:-1]
    return ordered[keep]


def rows_of_several(customer: Ints) -> Ints:
    """Positions of the rows whose customer has more than one row; customers are in order."""
    if not len(customer):
        return np.empty(0, dtype=np.int64)
    equal = customer[1:] == customer[:-1]
    several = np.zeros(len(customer), dtype=bool)
    several[1:] |= equal
    several[:-1] |= equal
    return np.flatnonzero(several).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The rows of an evidence, the best first within each customer.

    Args:
        order: Positions in the evidence.
        keys: Per link of the chain the key of each row; only rows of customers with several.
        place: Where a row stands in the keys; -1 for the only row of a customer.
        names: The links.
    """

    order: Ints
    keys: tuple[Ints, ...]
    place: Ints
    names: tuple[str, ...]

    def decided(self, winner: Ints, other: Ints) -> Ints:
        """The first link in which two rows of a customer differ; past the end for the last link."""
        link = np.full(len(winner), len(self.keys), dtype=np.int64)
        for position in range(len(self.keys) - 1, -1, -1):
            key = self.keys[position]
            link[key[self.place[winner]] != key[self.place[other]]] = position
        return link


def rank(evidence: Evidence, chain: Sequence[str], rules: Mapping[str, Rule]) -> Ranking:
    """The rows in order of a chain of rules; only customers with several rows are sorted.

    Args:
        evidence: In its order (customer, last link).
        chain: Names of rules; "union" and "sum" decide nothing.
        rules: The rules by name.
    """
    names = tuple(name for name in chain if name not in SPECIAL)
    order = np.arange(len(evidence.customer), dtype=np.int64)
    place = np.full(len(order), -1, dtype=np.int64)
    rows = rows_of_several(evidence.customer)
    part = evidence.take(rows)
    keys = tuple(rules[name](part) for name in names) if len(rows) else ()
    if len(rows):
        place[rows] = np.arange(len(rows))
        inner = np.lexsort((*reversed(keys), part.customer))  # stable: the last link is the given order
        order[rows] = rows[inner]
    return Ranking(order, keys, place, names)

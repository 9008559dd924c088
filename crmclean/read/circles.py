"""Whose customer numbers are whose: sources that number their customers by themselves.

A ``Kundennummer`` that identifies the rows of a shop is not the number of the ERP. Where two sources
are keyed by customer numbers, use the same numbers and mean different customers by them, only the
source whose numbers other files cite keeps them as a field for matching (else the larger source).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from crmclean.text.fold import tokens

__all__ = ["Circle", "foreign_numbers"]

_NAMES = ("family_name", "organization", "full_name", "email", "given_name")
_LEAST, _AGREE, _LOOK = 5, 0.3, 500


@dataclass(frozen=True, slots=True)
class Circle:
    """A source keyed by its customer number.

    Args:
        source: Its name.
        rows: Names and mail addresses (canonical columns), index is the number.
    """

    source: str
    rows: pd.DataFrame


def foreign_numbers(circles: Sequence[Circle], cited: pd.Index) -> set[str]:
    """Sources whose customer numbers mean other customers than those of a better source.

    Args:
        circles: Sources keyed by customer numbers.
        cited: Customer numbers that orders and other files cite.
    """
    rank = {c.source: (-_citations(c, cited), -len(c.rows), c.source) for c in circles}
    ordered = sorted(circles, key=lambda c: rank[c.source])
    foreign: set[str] = set()
    for better, worse in combinations(ordered, 2):
        if better.source not in foreign and _contradict(better, worse):
            foreign.add(worse.source)
    return foreign


def _citations(circle: Circle, cited: pd.Index) -> int:
    return int(cited.isin(circle.rows.index).sum())


def _contradict(left: Circle, right: Circle) -> bool:
    """Whether both use the same numbers for rows that have no name and no address in common."""
    both = left.rows.index[left.rows.index.isin(right.rows.index)].unique().sort_values()[:_LOOK]
    if len(both) < _LEAST:
        return False
    mine, theirs = _words(left.rows, both), _words(right.rows, both)
    pairs = [(mine[n], theirs[n]) for n in both if mine.get(n) and theirs.get(n)]
    return len(pairs) >= _LEAST and sum(bool(a & b) for a, b in pairs) < _AGREE * len(pairs)


def _words(rows: pd.DataFrame, numbers: pd.Index) -> Mapping[str, set[str]]:
    some = rows.loc[rows.index.isin(numbers), [c for c in _NAMES if c in rows]].fillna("")
    text = some.agg(" ".join, axis=1) if len(some.columns) else pd.Series("", index=some.index)
    return {str(n): {w for w in tokens(str(t)) if len(w) > 2} for n, t in zip(text.index, text, strict=True)}

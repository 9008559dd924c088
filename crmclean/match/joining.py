"""Groups of records grow by their strongest pairs; what keeps two groups apart is written down.

Five things do. A contradiction: two of their records cannot be one. An undecided record: it fits two
that cannot be one equally well. Rivals: the pair rests on names, and another fits them as well. One
to one: both hold a record of a source without duplicates. A weak bridge: of the pairs across, few
speak for one customer and all together speak against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crmclean.match.codes import Ints

__all__ = ["Edges", "Grounds", "Kept", "Spans", "grow", "is_weak_bridge", "partners", "spans_of"]

Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Foes = Mapping[int, set[int]]
UNDECIDED = 2.0
"""Bits within which two joins are equally good: the better one would be right four times of five."""
BRIDGE, FEW, AGAINST, SURE = 4, 0.25, -5.0, 3.0
"""A join of two groups of two records or more is a weak bridge where its own weight is less than `SURE` bits over
the threshold, and of the pairs across in which both are named (`BRIDGE` at least) at most the share `FEW` would
join and the average is below `AGAINST`. On eleven tables with truth nine of ten such joins were wrong; of single
records that join a group in this way most are right: they are old or thin."""
LOUDEST = 30.0
"""Bits up to which a pair counts for or against a bridge."""
_NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Edges:
    """Pairs to cluster by.

    Args:
        left: Smaller row.
        right: Greater row.
        weight: Match weight, prior included.
        contradicts: Whether the pair must not be in one cluster.
        forced: Whether a steward said "same".
        weak: Whether a join rests on so little that a rival on either side forbids it.
        rival: Whether the two are rivals: kept apart by weak joins, not by strong ones.
        named: Whether both have names, dates or numbers that say who they are.
    """

    left: Ints
    right: Ints
    weight: Doubles
    contradicts: Flags
    forced: Flags
    weak: Flags
    rival: Flags
    named: Flags


@dataclass(frozen=True, slots=True)
class Kept:
    """A pair that is strong enough to join and did not.

    Args:
        rule: contradiction, undecided, rival, one_to_one or bridge.
        left: Smaller row of the pair.
        right: Greater row.
        one: A row of the two groups that says so, with `two`: the pair that cannot be one.
        two: The other such row.
        weight: Of the pair.
    """

    rule: str
    left: int
    right: int
    one: int
    two: int
    weight: float


@dataclass(frozen=True, slots=True)
class Spans:
    """Weights of the pairs among which weak bridges are looked for, by sorted key."""

    n: int
    keys: Ints
    weight: Doubles

    def between(self, one: list[int], two: list[int]) -> Doubles:
        """The weights of the known pairs across two groups; there must be some."""
        a, b = np.repeat(one, len(two)), np.tile(two, len(one))
        wanted = np.minimum(a, b).astype(np.int64) * self.n + np.maximum(a, b)
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.asarray(self.weight[at[self.keys[at] == wanted]])


def spans_of(edges: Edges, at: Ints, n: int) -> Spans:
    """The weights of these edges.

    Args:
        edges: All edges.
        at: Positions of those that count.
        n: Number of rows.
    """
    keys = edges.left[at].astype(np.int64) * n + edges.right[at]
    order = np.argsort(keys, kind="stable")
    return Spans(n, keys[order], np.clip(edges.weight[at[order]], -LOUDEST, LOUDEST))


def is_weak_bridge(across: Doubles, threshold: float) -> bool:
    """Whether a join of two groups is a weak bridge.

    Args:
        across: Weights of the pairs across in which both are named, the join among them.
        threshold: Weight from which a pair joins.
    """
    if len(across) < BRIDGE or float(across.max()) >= threshold + SURE:
        return False
    return int((across >= threshold).sum()) <= FEW * len(across) and float(across.mean()) < AGAINST


@dataclass(frozen=True, slots=True)
class Grounds:
    """On what grounds groups stay apart.

    Args:
        enemies: Row -> rows it must not meet through any join.
        opponents: The same through a weak join.
        own: Exclusive source per row, -1 without one.
        spans: Weights of the pairs where weak bridges are possible.
        threshold: Match weight from which a pair joins.
    """

    enemies: Foes
    opponents: Foes
    own: Ints
    spans: Spans
    threshold: float


def partners(edges: Edges, at: Ints) -> dict[int, set[int]]:
    """Row -> rows it is paired with by these edges."""
    found: dict[int, set[int]] = {}
    for a, b in zip(edges.left[at].tolist(), edges.right[at].tolist(), strict=True):
        found.setdefault(a, set()).add(b)
        found.setdefault(b, set()).add(a)
    return found


def grow(edges: Edges, joins: Ints, grounds: Grounds, label: Ints) -> list[Kept]:
    """Joins edges, strong ones by weight, then weak ones, unless there are grounds against it.

    Args:
        edges: All edges.
        joins: Positions of those that may join.
        grounds: On what grounds groups stay apart.
        label: Cluster per row; changed in place.

    Returns:
        What was not joined, and why.
    """
    members: dict[int, list[int]] = {}
    kept = _undecided(edges, joins, grounds.enemies)
    own = grounds.own
    sources = dict(zip(np.flatnonzero(own >= 0).tolist(), own[own >= 0].tolist(), strict=True))
    keys = (edges.right, edges.left, -edges.weight, edges.weak, ~edges.forced)
    order = np.lexsort(tuple(key[joins] for key in keys))
    for at in joins[order].tolist():
        left, right = int(edges.left[at]), int(edges.right[at])
        a, b = int(label[left]), int(label[right])
        if a == b or at in kept:
            continue
        one, two = members.get(a, [a]), members.get(b, [b])
        found = _foes(one, two, grounds, weak=bool(edges.weak[at]))
        if found is None and not edges.forced[at]:
            found = _one_source(sources, one, two) or _bridge(grounds, one, two, (left, right))
        if found is not None:
            kept[at] = Kept(found[0], left, right, *found[1], float(edges.weight[at]))
            continue
        keep, gone = min(a, b), max(a, b)
        members[keep] = sorted(one + two)
        members.pop(gone, None)
        label[members[keep]] = keep
    return [kept[at] for at in sorted(kept)]


Found = tuple[str, tuple[int, int]]


def _foes(one: list[int], two: list[int], grounds: Grounds, *, weak: bool) -> Found | None:
    """Two rows of the groups that must not meet."""
    hated = grounds.opponents if weak else grounds.enemies
    small, large = (one, two) if len(one) <= len(two) else (two, one)
    inside = set(large)
    for row in small:
        found = hated.get(row, _NOBODY)
        if not found or found.isdisjoint(inside):
            continue
        other = min(found & inside)
        rule = "contradiction" if other in grounds.enemies.get(row, _NOBODY) else "rival"
        return rule, (min(row, other), max(row, other))
    return None


def _one_source(sources: Mapping[int, int], one: list[int], two: list[int]) -> Found | None:
    """Two rows of the groups that are of the same exclusive source."""
    if not sources:
        return None
    first = {sources[row]: row for row in reversed(one) if row in sources}
    for row in two:
        if sources.get(row, -1) in first:
            other = first[sources[row]]
            return "one_to_one", (min(row, other), max(row, other))
    return None


def _bridge(grounds: Grounds, one: list[int], two: list[int], pair: tuple[int, int]) -> Found | None:
    """The pair itself, if it is a weak bridge between the groups."""
    if min(len(one), len(two)) < 2 or not len(grounds.spans.keys):
        return None
    weak = is_weak_bridge(grounds.spans.between(one, two), grounds.threshold)
    return ("bridge", pair) if weak else None


def _undecided(edges: Edges, joins: Ints, enemies: Foes) -> dict[int, Kept]:
    """Joins of rows that fit two rows equally well which cannot be one: father or son, husband or wife.

    Half of such joins would be wrong; the row stays by itself, and a steward is asked.
    """
    found: dict[int, list[tuple[float, int, int]]] = {}
    for at in joins[~edges.forced[joins]].tolist():
        a, b, weight = int(edges.left[at]), int(edges.right[at]), float(edges.weight[at])
        found.setdefault(a, []).append((weight, b, at))
        found.setdefault(b, []).append((weight, a, at))
    near = {
        row: [(other, at) for weight, other, at in fits if weight > max(fits)[0] - UNDECIDED]
        for row, fits in found.items()
    }
    odds = {row: _at_odds({other for other, _ in fits}, enemies) for row, fits in near.items()}
    kept: dict[int, Kept] = {}
    for row, rivals in odds.items():
        for other, at in near[row] if rivals is not None else ():
            if rivals is not None and odds.get(other) is None:
                pair = int(edges.left[at]), int(edges.right[at])
                kept[at] = Kept("undecided", *pair, *rivals, float(edges.weight[at]))
    return kept


def _at_odds(rows: set[int], enemies: Foes) -> tuple[int, int] | None:
    """Two of the rows that cannot be one."""
    for row in sorted(rows):
        foes = enemies.get(row, _NOBODY)
        if foes and not foes.isdisjoint(rows):
            return row, min(foes & rows)
    return None

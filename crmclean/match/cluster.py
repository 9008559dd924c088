"""Pairs become clusters, without chaining.

Strong pairs join first. Two clusters join only if none of their members contradict each other: a
contradiction is a pair whose personal facts (given name, birth date, seniority, identity number)
speak against one person, a steward's "different", or two records of a source that has no
duplicates. So a family mailbox never pulls a couple together, and what was kept apart is listed.
Clusters that no customer base explains (too many records, too many birth dates) go to review.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crmclean.match.codes import Ints

__all__ = ["Clustered", "Edges", "cluster_edges", "components", "pairs_within"]

Doubles = npt.NDArray[np.float64]


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
    """

    left: Ints
    right: Ints
    weight: Doubles
    contradicts: npt.NDArray[np.bool_]
    forced: npt.NDArray[np.bool_]
    weak: npt.NDArray[np.bool_]
    rival: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Clustered:
    """The outcome.

    Args:
        label: Cluster per row: the smallest row in it.
        apart: Positions of edges over the threshold whose ends stayed apart.
        implausible: Labels before dissolution of clusters that were too large, with their size.
    """

    label: Ints
    apart: Ints
    implausible: Mapping[int, int]


def components(n: int, left: Ints, right: Ints) -> Ints:
    """Connected component per row, labelled by its smallest row."""
    label = np.arange(n, dtype=np.int64)
    while True:
        one, two = label[left], label[right]  # smallest rows so far
        apart = one != two
        if not apart.any():
            return label
        left, right, one, two = left[apart], right[apart], one[apart], two[apart]
        np.minimum.at(label, np.maximum(one, two), np.minimum(one, two))
        _follow(label)


def _follow(label: Ints) -> None:
    """Every row gets the label that its label has, to the end; in place."""
    while True:
        further = label[label]
        if (further == label).all():
            return
        label[:] = further


def pairs_within(label: Ints, *, smallest: int, largest: int) -> tuple[Ints, Ints]:
    """All pairs of rows with one label, for labels with that many rows; left < right."""
    order = np.argsort(label, kind="stable")
    ordered = label[order]
    starts = (
        np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        if len(order)
        else np.empty(0, dtype=np.int64)
    )
    sizes = np.diff(np.r_[starts, len(ordered)])
    lefts, rights = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for size in np.unique(sizes[(sizes >= smallest) & (sizes <= largest)]):
        at = order[starts[sizes == size][:, None] + np.arange(size)]
        first, second = np.triu_indices(int(size), 1)
        a, b = at[:, first].ravel(), at[:, second].ravel()
        lefts.append(np.minimum(a, b))
        rights.append(np.maximum(a, b))
    return np.concatenate(lefts), np.concatenate(rights)


def cluster_edges(
    n: int, edges: Edges, *, threshold: float, largest: int, exclusive: Ints | None = None
) -> Clustered:
    """The clusters of n rows.

    Args:
        n: Number of rows.
        edges: All scored pairs, among them every pair within a component that was scored.
        threshold: Match weight from which a pair joins.
        largest: Clusters above this size are dissolved into their forced pairs.
        exclusive: Source per row of those sources of which a cluster holds one row at most; -1 for
            rows of other sources. Links are made best first.
    """
    joins = ((edges.weight >= threshold) | edges.forced) & ~edges.contradicts
    label = components(n, edges.left[joins], edges.right[joins])
    broken = np.zeros(n, dtype=bool)
    inside = label[edges.left] == label[edges.right]
    hesitant = np.zeros(n, dtype=bool)
    hesitant[label[edges.left[joins & edges.weak]]] = True
    rivals = edges.rival & inside & hesitant[label[edges.left]]
    against = edges.contradicts & inside
    broken[label[edges.left[against | rivals]]] = True
    own = np.full(n, -1, dtype=np.int64) if exclusive is None else exclusive
    broken[_crowded(label, own)] = True
    again = broken[label]
    if again.any():
        label = label.copy()
        label[again] = np.flatnonzero(again)
        enemies = _partners(edges, np.flatnonzero(against))
        opponents = _partners(edges, np.flatnonzero(against | rivals))
        told = joins & again[edges.left]
        told[_undecided(edges, np.flatnonzero(told), enemies)] = False
        _grow(edges, np.flatnonzero(told), (enemies, opponents), label, own)
    implausible = _dissolve(label, edges, largest)
    over = np.flatnonzero((edges.weight >= threshold) & (label[edges.left] != label[edges.right]))
    return Clustered(label, over, implausible)


def _partners(edges: Edges, at: Ints) -> dict[int, set[int]]:
    """Row -> rows it is paired with by these edges."""
    found: dict[int, set[int]] = {}
    for a, b in zip(edges.left[at].tolist(), edges.right[at].tolist(), strict=True):
        found.setdefault(a, set()).add(b)
        found.setdefault(b, set()).add(a)
    return found


def _undecided(edges: Edges, joins: Ints, enemies: Mapping[int, set[int]]) -> Ints:
    """Joins of rows that fit two rows equally well which cannot be one: father or son, husband or wife.

    Half of such joins would be wrong; the row stays by itself, and a steward is asked.
    """
    partners: dict[int, list[tuple[float, int, int]]] = {}
    for at in joins[~edges.forced[joins]].tolist():
        a, b, weight = int(edges.left[at]), int(edges.right[at]), float(edges.weight[at])
        partners.setdefault(a, []).append((weight, b, at))
        partners.setdefault(b, []).append((weight, a, at))
    near = {
        row: [(other, at) for weight, other, at in found if weight > max(found)[0] - UNDECIDED]
        for row, found in partners.items()
    }
    split = {row for row, found in near.items() if _at_odds({other for other, _ in found}, enemies)}
    dropped = {at for row in split for other, at in near[row] if other not in split}
    return np.array(sorted(dropped), dtype=np.int64)


def _at_odds(rows: set[int], enemies: Mapping[int, set[int]]) -> bool:
    return any(not enemies.get(row, _NOBODY).isdisjoint(rows) for row in rows)


UNDECIDED = 2.0
"""Bits within which two joins are equally good: the better one would be right four times of five."""


def _crowded(label: Ints, own: Ints) -> Ints:
    """Labels that hold two rows of one exclusive source."""
    rows = np.flatnonzero(own >= 0)
    if not len(rows):
        return rows
    keys, times = np.unique(np.stack([label[rows], own[rows]], axis=1), axis=0, return_counts=True)
    return np.asarray(keys[times > 1, 0], dtype=np.int64)


def _grow(
    edges: Edges, joins: Ints, foes: tuple[dict[int, set[int]], dict[int, set[int]]], label: Ints, own: Ints
) -> None:
    """Joins edges, strong ones by weight, then weak ones, skipping those that unite foes.

    Args:
        edges: All edges.
        joins: Positions of those that may join.
        foes: Rows that must not meet through any join, and through a weak one.
        label: Cluster per row; changed in place.
        own: Exclusive source per row, -1 without one.
    """
    members: dict[int, list[int]] = {}
    sources = dict(zip(np.flatnonzero(own >= 0).tolist(), own[own >= 0].tolist(), strict=True))
    keys = (edges.right, edges.left, -edges.weight, edges.weak, ~edges.forced)
    order = np.lexsort(tuple(key[joins] for key in keys))
    for at in joins[order].tolist():
        a, b = int(label[edges.left[at]]), int(label[edges.right[at]])
        if a == b:
            continue
        one, two = members.get(a, [a]), members.get(b, [b])
        small, large = (one, two) if len(one) <= len(two) else (two, one)
        inside, hated = set(large), foes[int(edges.weak[at])]
        if any(not hated.get(m, _NOBODY).isdisjoint(inside) for m in small):
            continue
        if not edges.forced[at] and _meet(sources, small, large):
            continue
        keep, gone = min(a, b), max(a, b)
        members[keep] = sorted(one + two)
        members.pop(gone, None)
        label[members[keep]] = keep


_NOBODY: frozenset[int] = frozenset()


def _meet(sources: Mapping[int, int], one: list[int], two: list[int]) -> bool:
    """Whether both hold a row of the same exclusive source."""
    if not sources:
        return False
    return not {sources[m] for m in one if m in sources}.isdisjoint(sources[m] for m in two if m in sources)


def _dissolve(label: Ints, edges: Edges, largest: int) -> dict[int, int]:
    """Takes clusters above the size apart, forced pairs excepted; returns label -> size."""
    names, sizes = np.unique(label, return_counts=True)
    huge = names[sizes > largest]
    result = dict(zip(huge.tolist(), sizes[sizes > largest].tolist(), strict=True))
    if result:
        inside = np.isin(label, huge)
        label[inside] = np.flatnonzero(inside)
        kept = edges.forced & inside[edges.left] & inside[edges.right]
        if kept.any():
            label[inside] = components(len(label), edges.left[kept], edges.right[kept])[inside]
    return result

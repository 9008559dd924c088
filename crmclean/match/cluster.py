"""Pairs become clusters, without chaining.

Strong pairs join first. Two clusters join only if none of their members contradict each other: a
contradiction is a pair whose personal facts (given name, birth date, seniority, identity number)
speak against one person, a steward's "different", or two records of a source that has no
duplicates. So a family mailbox never pulls a couple together; weak bridges are cut (`joining`). What was kept apart
is listed.
Clusters that no customer base explains (too many records, too many birth dates) go to review.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crmclean.match.codes import Ints
from crmclean.match.joining import AGAINST, BRIDGE, Edges, Grounds, Kept, grow, partners, spans_of

__all__ = ["Clustered", "cluster_edges", "components", "pairs_within"]

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Clustered:
    """The outcome.

    Args:
        label: Cluster per row: the smallest row in it.
        kept: Pairs over the threshold whose ends stayed apart, and why.
        implausible: Labels before dissolution of clusters that were too large, with their size.
    """

    label: Ints
    kept: tuple[Kept, ...]
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
    several = np.flatnonzero((np.bincount(label) >= smallest)[label]) if len(label) else label
    order = several[np.argsort(label[several], kind="stable")]
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
    own = np.full(n, -1, dtype=np.int64) if exclusive is None else exclusive
    inside = label[edges.left] == label[edges.right]
    against = edges.contradicts & inside
    rivals = _rivals(edges, joins, label) & inside
    spanned = _spanned(edges, label, inside)
    broken = np.zeros(n, dtype=bool)
    broken[label[edges.left[against | rivals | spanned]]] = True
    broken[_crowded(label, own)] = True
    again = broken[label]
    kept: list[Kept] = []
    if again.any():
        label = label.copy()
        label[again] = np.flatnonzero(again)
        enemies = partners(edges, np.flatnonzero(against))
        opponents = partners(edges, np.flatnonzero(against | rivals))
        spans = spans_of(edges, np.flatnonzero(spanned & edges.named), n)
        grounds = Grounds(enemies, opponents, own, spans, threshold)
        kept = grow(edges, np.flatnonzero(joins & again[edges.left]), grounds, label)
    implausible = _dissolve(label, edges, largest)
    return Clustered(label, _apart(edges, kept, (label, own), threshold), implausible)


def _rivals(edges: Edges, joins: Flags, label: Ints) -> Flags:
    """Pairs of rivals in components that a weak pair holds together."""
    hesitant = np.zeros(len(label), dtype=bool)
    hesitant[label[edges.left[joins & edges.weak]]] = True
    return np.asarray(edges.rival & hesitant[label[edges.left]])


def _spanned(edges: Edges, label: Ints, inside: Flags) -> Flags:
    """Pairs of components in which there may be weak bridges: large enough, and some pair speaks against."""
    doubtful = inside & edges.named & (edges.weight < AGAINST)
    if not doubtful.any():
        return doubtful
    suspect = np.zeros(len(label), dtype=bool)
    suspect[label[edges.left[doubtful]]] = True
    suspect &= np.bincount(label, minlength=len(label)) >= BRIDGE
    return np.asarray(inside & suspect[label[edges.left]])


def _apart(edges: Edges, kept: list[Kept], rows: tuple[Ints, Ints], threshold: float) -> tuple[Kept, ...]:
    """What stayed apart in the end: pairs that contradict themselves, and those that grounds kept."""
    label, own = rows
    strong = edges.contradicts & (edges.weight >= threshold)
    for at in np.flatnonzero(strong & (label[edges.left] != label[edges.right])).tolist():
        a, b = int(edges.left[at]), int(edges.right[at])
        rule = "one_to_one" if own[a] >= 0 and own[a] == own[b] else "contradiction"
        kept.append(Kept(rule, a, b, a, b, float(edges.weight[at])))
    apart = [pair for pair in kept if label[pair.left] != label[pair.right]]
    return tuple(sorted(apart, key=lambda pair: (pair.left, pair.right)))


def _crowded(label: Ints, own: Ints) -> Ints:
    """Labels that hold two rows of one exclusive source."""
    rows = np.flatnonzero(own >= 0)
    if not len(rows):
        return rows
    keys, times = np.unique(np.stack([label[rows], own[rows]], axis=1), axis=0, return_counts=True)
    return np.asarray(keys[times > 1, 0], dtype=np.int64)


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

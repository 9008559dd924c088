"""What an id stood for before: so that clusters that come again have the ids they had.

Where known customers are joined or divided, the registry notes which parties each of them had
(`stood_for`). A join or division that is taken back, at once or later, by a steward or by the data, then
finds all ids where they were.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmclean.merge.rules import Ints
from crmclean.merge.uuids import resolve_ids
from crmclean.tables import Identities

__all__ = ["Found", "Recalled", "final_ids", "recall"]

_KEPT = 32
"""How many sets of parties are remembered of an id: those it stood for last."""
Digests = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Found:
    """Known ids inside the new clusters, one row per pair.

    Args:
        cluster: Code of the cluster.
        known: Code of the id.
        count: Parties of the id in the cluster.
        anchored: Whether the id's anchor is among them.
    """

    cluster: Ints
    known: Ints
    count: Ints
    anchored: Ints


@dataclass(frozen=True, slots=True)
class Recalled:
    """What is known of the clusters' past.

    Args:
        id_of: For each cluster the id that stood for the same parties before; -1 where there is none.
        stood_for: The column of the registry, brought up to date.
    """

    id_of: Ints
    stood_for: pd.api.extensions.ExtensionArray


def final_ids(registry: pd.DataFrame) -> Ints:
    """For each id of the registry the one that stands for it now."""
    index = pd.Index(registry["customer_id"])
    target = np.arange(len(index), dtype=np.int64)
    final = resolve_ids(Identities(registry))
    if final:
        target[index.get_indexer(pd.Index(list(final)))] = index.get_indexer(pd.Index(list(final.values())))
    return target


def recall(
    frame: pd.DataFrame, cluster: Ints, registry: pd.DataFrame, found: Found, came: Ints, anchor: Ints
) -> Recalled:
    """Which clusters there were before, and what is to be remembered of this run.

    Clusters that only grew or shrank keep their id and are not asked about.

    Args:
        frame: Column party, by party.
        cluster: Cluster of each party.
        registry: The registry, by id.
        found: Known ids inside the clusters.
        came: Id of each party in the run before; -1: none.
        anchor: Row of each id's anchor; -1: not there.
    """
    size = int(cluster.max()) + 1 if len(cluster) else 0
    nothing = np.full(size, -1, dtype=np.int64)
    moved = _moved(found, size, len(registry))
    if not moved.any():
        return Recalled(nothing, registry["stood_for"].array)
    now, then = _digests(frame["party"], cluster, came, moved, len(registry))
    stood = [text.split(" ") if isinstance(text, str) else [] for text in registry["stood_for"].tolist()]
    owner = {digest: (k, place) for k, digests in enumerate(stood) for place, digest in enumerate(digests)}
    place = np.where(anchor >= 0, cluster[anchor], -1)
    claims = [
        (owner[digest][1], c, owner[digest][0])
        for c, digest in now.items()
        if digest in owner and place[owner[digest][0]] == c
    ]
    for _, c, k in sorted(claims):  # of several sets that an id stood for, the last
        nothing[nothing == k] = -1
        nothing[c] = k
    return Recalled(nothing, _remembered(stood, then))


def _moved(found: Found, size: int, known: int) -> NDArray[np.bool_]:
    """The clusters in which known customers were joined or divided."""
    ids = np.bincount(found.cluster, minlength=size)
    parts = np.bincount(found.known, minlength=known)
    moved = ids > 1
    moved[found.cluster[parts[found.known] > 1]] = True
    return moved


def _digests(
    party: pd.Series[str], cluster: Ints, came: Ints, moved: NDArray[np.bool_], known: int
) -> tuple[dict[int, str], dict[int, str]]:
    """A digest of the parties of each cluster that moved, and of those that each id in them had."""
    rows = np.flatnonzero(moved[cluster])
    raw = b"".join(hashlib.blake2b(p.encode("utf-8"), digest_size=8).digest() for p in party.iloc[rows])
    each = np.frombuffer(raw, dtype="<u8").astype(np.uint64)
    of_cluster, of_id = np.zeros(len(moved), dtype=np.uint64), np.zeros(known + 1, dtype=np.uint64)
    np.add.at(of_cluster, cluster[rows], each)  # the sum of digests is the same in any order
    np.add.at(of_id, came[rows], each)  # the last is that of no id
    now = {int(c): f"{of_cluster[c]:016x}" for c in np.unique(cluster[rows])}
    then = {int(k): f"{of_id[k]:016x}" for k in np.unique(came[rows]) if k >= 0}
    return now, then


def _remembered(stood: list[list[str]], then: Mapping[int, str]) -> Any:
    """The column with what ids stood for until now; a set of parties is remembered of the last id alone."""
    fresh = set(then.values())
    kept = [[digest for digest in digests if digest not in fresh] for digests in stood]
    for k, digest in then.items():
        kept[k] = [*kept[k], digest][-_KEPT:]
    return pd.array([" ".join(digests) or None for digests in kept], dtype="str")

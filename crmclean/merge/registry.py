"""The registry of customer ids, carried on from run to run.

Everything is calculated on codes: clusters in the order of their smallest party, known ids in the
order of the ids. The rules are those of docs/merge.md, "Ids that stay".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmclean.merge.rules import Ints
from crmclean.merge.uuids import customer_ids, resolve_ids
from crmclean.tables import Identities, Members

__all__ = ["carry_on"]


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


def carry_on(
    frame: pd.DataFrame, heads: pd.DataFrame, known: Identities, before: Members, at: str
) -> tuple[list[str], pd.DataFrame]:
    """The id of each cluster, in the order of `heads`, and the registry brought up to date.

    Args:
        frame: Columns party, cluster; sorted by party.
        heads: Columns party (the smallest of the cluster), kind; index cluster, sorted by party.
        known: The registry so far.
        before: The members of the run before.
        at: Time of this run.
    """
    registry = pd.DataFrame(known).sort_values("customer_id", ignore_index=True)
    old = registry["customer_id"].tolist()
    cluster = pd.factorize(frame["cluster"])[0].astype(np.int64)  # parties are sorted: codes follow heads
    anchor = pd.Index(frame["party"]).get_indexer(pd.Index(registry["anchor"]))
    found = _found(frame, cluster, registry, before, anchor)
    parent = _parents(registry)
    kept, merged = _kept(found, registry, parent, len(heads))
    at_home = np.zeros(len(old), dtype=bool)
    at_home[found.known] = True
    place = np.where(anchor >= 0, cluster[anchor] if len(cluster) else -1, -1)
    revived, yielded = _revive(kept, registry, place, at_home, found)
    merged += yielded
    origins = _origins(found, revived)
    registry = _yielding(registry, kept, revived, origins, np.bincount(cluster, minlength=len(heads)))
    ids = [old[k] if k >= 0 else None for k in kept.tolist()]
    created = _issue(frame, heads, np.array([i is None for i in ids], dtype=bool), set(old))
    fresh = iter(created["customer_id"].tolist())
    named = [next(fresh) if i is None else i for i in ids]
    from_ = _origins(found, np.flatnonzero(kept < 0)).tolist()
    created["split_from"] = [old[origin] if origin >= 0 else None for origin in from_]
    into = {old[k]: old[kept[c]] for k, c in merged}
    alive = set(named)
    status = registry["status"].tolist()
    for k in np.flatnonzero((place >= 0) & ~at_home).tolist():
        # its records were gone and its anchor came back as part of another customer
        if status[k] != "merged" and old[k] not in alive:
            into[old[k]] = named[place[k]]
    registry = _anchored(registry, heads, kept, place)
    updated = _updated(registry, into, alive, at)
    return named, pd.concat([updated, created.assign(valid_from=at, status="active")], ignore_index=True)


def _found(
    frame: pd.DataFrame, cluster: Ints, registry: pd.DataFrame, before: Members, anchor: Ints
) -> Found:
    index = pd.Index(registry["customer_id"])
    final = resolve_ids(Identities(registry))
    target = np.arange(len(index), dtype=np.int64)
    if final:
        target[index.get_indexer(pd.Index(list(final)))] = index.get_indexer(pd.Index(list(final.values())))
    member = index.get_indexer(pd.Index(before["customer_id"]))
    member = np.where(member >= 0, target[member] if len(target) else -1, -1)
    row = pd.Index(before["party"]).get_indexer(pd.Index(frame["party"]))
    known = np.where(row >= 0, member[row] if len(member) else -1, -1)
    here = np.flatnonzero(known >= 0)
    width = len(index) + 1
    pairs, count = np.unique(cluster[here] * width + known[here], return_counts=True)
    which, owner = pairs // width, pairs % width
    spot = anchor[owner]
    anchored = (spot >= 0) & (known[spot] == owner) & (cluster[spot] == which) if len(pairs) else pairs > 0
    return Found(which, owner, count.astype(np.int64), anchored.astype(np.int64))


def _parents(registry: pd.DataFrame) -> Ints:
    """The id that each id was split from, as it is called now; -1 where there is none."""
    rows = np.flatnonzero(registry["split_from"].notna())
    parent = np.full(len(registry), -1, dtype=np.int64)
    if len(rows):
        index = pd.Index(registry["customer_id"])
        final = resolve_ids(Identities(registry))
        parent[rows] = index.get_indexer(registry["split_from"].iloc[rows].replace(final))
    return parent


def _kept(
    found: Found, registry: pd.DataFrame, parent: Ints, size: int
) -> tuple[Ints, list[tuple[int, int]]]:
    """The id that each cluster keeps (-1: none), and the ids merged: (id, cluster)."""
    # an id stays where its anchor is, else where most of its parties are
    order = np.lexsort((found.cluster, -found.count, -found.anchored, found.known))
    home = order[np.unique(found.known[order], return_index=True)[1]]
    # of several ids the one known for longest survives, then the one with most parties; what was
    # split from another one yields to it
    since = pd.factorize(registry["valid_from"], sort=True)[0][found.known[home]]
    where = np.full(len(registry) + 1, -1, dtype=np.int64)  # the last is that of no parent
    where[found.known[home]] = found.cluster[home]
    where[-1] = -1
    yields = where[parent[found.known[home]]] == found.cluster[home]
    home = home[np.lexsort((found.known[home], -found.count[home], since, yields, found.cluster[home]))]
    first = np.unique(found.cluster[home], return_index=True)[1]
    kept = np.full(size, -1, dtype=np.int64)
    kept[found.cluster[home[first]]] = found.known[home[first]]
    others = np.delete(home, first)
    return kept, list(zip(found.known[others].tolist(), found.cluster[others].tolist(), strict=True))


def _revive(
    kept: Ints, registry: pd.DataFrame, place: Ints, at_home: NDArray[np.bool_], found: Found
) -> tuple[Ints, list[tuple[int, int]]]:
    """Gives clusters without an id the one that ended last of those whose anchor they hold and that have no members.

    An id that leads to a customer from which nothing came into the cluster stays where it leads: else a
    split that is taken back would leave it, and what was said of it, with another customer than before.

    Returns:
        These clusters; and the ids that yielded in them, with their clusters.
    """
    idle = np.flatnonzero((place >= 0) & ~at_home)
    idle = idle[_leads_here(idle, kept, place, registry, found)]
    since, until = (pd.factorize(registry[name], sort=True)[0][idle] for name in ("valid_from", "valid_to"))
    idle = idle[np.lexsort((idle, since, -until, place[idle]))]
    taken = idle[np.unique(place[idle], return_index=True)[1]]
    yielded = [(int(kept[place[k]]), int(place[k])) for k in taken.tolist() if kept[place[k]] >= 0]
    kept[place[taken]] = taken
    return place[taken], yielded


def _leads_here(
    idle: Ints, kept: Ints, place: Ints, registry: pd.DataFrame, found: Found
) -> NDArray[np.bool_]:
    """Whether an id may be taken up where its anchor is.

    Where no id stays: if it leads to a customer of which parties are there; or nowhere; or nobody knows them.
    Where one stays that was split from it: if parties of another customer, to which it leads, are there, too.
    """
    index = pd.Index(registry["customer_id"])
    leads = resolve_ids(Identities(registry)) if len(idle) else {}
    final: Ints = index.get_indexer(pd.Index([leads.get(one, one) for one in index[idle]])).astype(np.int64)
    width = len(index) + 1
    came = np.isin(place[idle] * width + final, found.cluster * width + found.known)
    unknown = np.isin(place[idle], found.cluster, invert=True)
    stays = kept[place[idle]]
    origin = np.append(index.get_indexer(pd.Index(registry["split_from"])), -1)[stays]
    free: NDArray[np.bool_] = (stays < 0) & (came | unknown | (final == idle))
    yields: NDArray[np.bool_] = (stays >= 0) & (origin == idle) & came & (final != stays) & (final != idle)
    return free | yields


def _yielding(registry: pd.DataFrame, kept: Ints, revived: Ints, origins: Ints, sizes: Ints) -> pd.DataFrame:
    """The registry in which an id taken up again yields to the id it comes from, if by age it would not.

    So a split that is taken back leaves the id as it was before.
    """
    if not len(revived):
        return registry
    since = pd.factorize(registry["valid_from"], sort=True)[0]
    cluster_of = {k: c for c, k in enumerate(kept.tolist()) if k >= 0}
    ids, column = registry["customer_id"].tolist(), registry["split_from"].tolist()
    ended = registry["merged_into"].notna().to_numpy()
    step = dict(zip(registry["customer_id"][ended], registry["merged_into"][ended], strict=True))
    for cluster, origin in zip(revived.tolist(), origins.tolist(), strict=True):
        one = int(kept[cluster])
        if origin not in cluster_of or origin == one:
            continue
        keys = [(since[k], -sizes[cluster_of[k]], k) for k in (one, origin)]
        back = _passes(column[origin], ids[one], step)
        if back or keys[0] < keys[1]:
            column[one] = ids[origin]
            column[origin] = None if back else column[origin]
    return registry.assign(split_from=pd.array(column, dtype="str"))


def _passes(start: object, one: str, step: Mapping[str, str]) -> bool:
    """Whether the way of an id to the one that stands for it passes another."""
    here, seen = start, set[str]()
    while isinstance(here, str) and here not in seen:
        if here == one:
            return True
        seen.add(here)
        here = step.get(here)
    return False


def _anchored(registry: pd.DataFrame, heads: pd.DataFrame, kept: Ints, place: Ints) -> pd.DataFrame:
    """The registry in which an id that lives on without its anchor has the smallest of its parties for it.

    Else a merge that is taken back could not tell which part the id came from.
    """
    clusters = np.flatnonzero(kept >= 0)
    left = clusters[place[kept[clusters]] != clusters]
    if not len(left):
        return registry
    anchor = registry["anchor"].to_numpy(dtype=object, copy=True)
    anchor[kept[left]] = heads["party"].to_numpy(dtype=object)[left]
    return registry.assign(anchor=pd.array(anchor, dtype="str"))


def _issue(
    frame: pd.DataFrame, heads: pd.DataFrame, wanted: NDArray[np.bool_], taken: set[str]
) -> pd.DataFrame:
    """New ids for the clusters that have none."""
    fresh = heads[wanted].rename(columns={"party": "anchor"})
    fresh["customer_id"] = pd.Series(
        customer_ids((fresh["kind"] + ":" + fresh["anchor"]).tolist()), fresh.index, dtype="str"
    )
    for cluster in fresh.index[fresh["customer_id"].isin(taken)]:
        # rare: the record that once made an id came back, its customer lives on without it
        kind = str(fresh.loc[cluster, "kind"])
        parties = frame.loc[frame["cluster"].eq(cluster), "party"].tolist()
        keys = [(p, f"{kind}:{p}") for p in parties]
        keys += [(parties[0], f"{kind}:{parties[0]}#{n}") for n in range(2, len(taken) + 3)]
        anchor, new = next((p, i) for p, k in keys if (i := customer_ids([k])[0]) not in taken)
        fresh.loc[cluster, ["anchor", "customer_id"]] = [anchor, new]
        taken = taken | {new}
    return fresh.reset_index(drop=True)


def _origins(found: Found, clusters: Ints) -> Ints:
    """For each cluster the known id that most of its parties had; -1 where there is none."""
    order = np.lexsort((found.known, -found.count, found.cluster))
    first = order[np.unique(found.cluster[order], return_index=True)[1]]
    origin = dict(zip(found.cluster[first].tolist(), found.known[first].tolist(), strict=True))
    return np.array([origin.get(c, -1) for c in clusters.tolist()], dtype=np.int64)


def _updated(registry: pd.DataFrame, into: dict[str, str], alive: set[str], at: str) -> pd.DataFrame:
    ids = registry["customer_id"]
    active, joined = ids.isin(alive), ids.isin(into)
    gone = ~active & ~joined & registry["status"].eq("active")
    status = registry["status"].mask(active, "active").mask(gone, "retired").mask(joined, "merged")
    target = registry["merged_into"].mask(active | joined).fillna(ids.map(into).astype("str"))
    until = registry["valid_to"].mask(active).mask(gone | joined, at)
    return registry.assign(status=status, merged_into=target, valid_to=until)

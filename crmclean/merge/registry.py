"""The registry of customer ids, carried on from run to run.

Everything is calculated on codes: clusters in the order of their smallest party, known ids in the
order of the ids. The rules are those of docs/merge.md, "Ids that stay".
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmclean.merge.regrouped import Found, final_ids, recall
from crmclean.merge.rules import Ints
from crmclean.merge.uuids import customer_ids, resolve_ids
from crmclean.tables import Identities, Members

__all__ = ["carry_on"]


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
    found, came = _found(frame, cluster, registry, before, anchor)
    recalled = recall(frame, cluster, registry, found, came, anchor)
    kept, merged = _kept(found, registry, _parents(registry), recalled.id_of)
    at_home = np.zeros(len(old), dtype=bool)
    at_home[found.known] = True
    place = np.where(anchor >= 0, cluster[anchor] if len(cluster) else -1, -1)
    _revive(kept, registry, place, at_home)
    ids = [old[k] if k >= 0 else None for k in kept.tolist()]
    created = _issue(frame, heads, np.array([i is None for i in ids], dtype=bool), set(old))
    fresh = iter(created["customer_id"].tolist())
    named = [next(fresh) if i is None else i for i in ids]
    from_ = _origins(found, np.flatnonzero(kept < 0)).tolist()
    created["split_from"] = [old[origin] if origin >= 0 else None for origin in from_]
    into = {old[k]: named[c] for k, c in merged}
    alive = set(named)
    for k in np.flatnonzero((place >= 0) & ~at_home).tolist():
        if old[k] not in alive:  # an ended id leads to whoever has its anchor
            into[old[k]] = named[place[k]]
    registry = registry.assign(stood_for=recalled.stood_for)
    registry = _anchored(registry, heads, kept, place)
    updated = _updated(registry, into, alive, at)
    return named, pd.concat([updated, created.assign(valid_from=at, status="active")], ignore_index=True)


def _found(
    frame: pd.DataFrame, cluster: Ints, registry: pd.DataFrame, before: Members, anchor: Ints
) -> tuple[Found, Ints]:
    """Known ids in the clusters, and the id of each party in the run before (-1: none)."""
    index = pd.Index(registry["customer_id"])
    target = final_ids(registry)
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
    return Found(which, owner, count.astype(np.int64), anchored.astype(np.int64)), known


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
    found: Found, registry: pd.DataFrame, parent: Ints, recalled: Ints
) -> tuple[Ints, list[tuple[int, int]]]:
    """The id that each cluster keeps (-1: none), and the ids merged: (id, cluster)."""
    # an id stays where it stood for the same parties before, else where its anchor is, else where most of its parties are
    again = recalled[found.cluster] == found.known
    order = np.lexsort((found.cluster, -found.count, -found.anchored, ~again, found.known))
    home = order[np.unique(found.known[order], return_index=True)[1]]
    # of several ids the one known for longest survives, then the one with most parties; what was
    # split from another one yields to it
    since = pd.factorize(registry["valid_from"], sort=True)[0][found.known[home]]
    where = np.full(len(registry) + 1, -1, dtype=np.int64)  # the last is that of no parent
    where[found.known[home]] = found.cluster[home]
    where[-1] = -1
    yields = where[parent[found.known[home]]] == found.cluster[home]
    keys = (found.known[home], -found.count[home], since, yields, ~again[home], found.cluster[home])
    home = home[np.lexsort(keys)]
    first = np.unique(found.cluster[home], return_index=True)[1]
    kept = np.full(len(recalled), -1, dtype=np.int64)
    kept[found.cluster[home[first]]] = found.known[home[first]]
    kept = np.where(recalled >= 0, recalled, kept)
    ended = home[kept[found.cluster[home]] != found.known[home]]
    return kept, list(zip(found.known[ended].tolist(), found.cluster[ended].tolist(), strict=True))


def _revive(kept: Ints, registry: pd.DataFrame, place: Ints, at_home: NDArray[np.bool_]) -> None:
    """Gives clusters without an id the one that ended last of those whose anchor they hold and that have no members."""
    ids = np.flatnonzero((place >= 0) & ~at_home)
    ids = ids[kept[place[ids]] < 0]
    since, until = (pd.factorize(registry[name], sort=True)[0][ids] for name in ("valid_from", "valid_to"))
    ids = ids[np.lexsort((ids, since, -until, place[ids]))]
    taken = ids[np.unique(place[ids], return_index=True)[1]]
    kept[place[taken]] = taken


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
    until = registry["valid_to"].mask(active).mask(gone | (joined & registry["merged_into"].isna()), at)
    return registry.assign(status=status, merged_into=target, valid_to=until)

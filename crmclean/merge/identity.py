"""Customer ids: made once from an anchor party, kept as long as anything of the customer is there.

An id is the uuid5 of the kind and the anchor party, so the same records give the same ids on every
machine. The anchor of a new customer is its smallest party key. A later run matches its clusters to
the registry of all ids ever issued (`identities`): an id stays where its anchor is; of several ids
in one cluster the oldest survives and the others point to it; what is split off gets an id of its
own; what vanished is retired and never given to other records. An id whose anchor stands alone
again is taken up again, so that a merge that is undone gives back the old ids.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable

import numpy as np
import pandas as pd

from crmclean.tables import IDENTITIES, MEMBERS, Clusters, Identities, Members, Parties

__all__ = ["NAMESPACE", "customer_ids", "identify_clusters", "resolve_ids"]

NAMESPACE = uuid.UUID("6f1c1d0e-3b52-5a0f-9c1e-8f0b7d2c4a61")


def customer_ids(keys: Iterable[str]) -> list[str]:
    """The uuid5 (RFC 9562) of each key in our namespace.

    Example:
        >>> customer_ids(["person:erp:1/person"]) == [str(uuid.uuid5(NAMESPACE, "person:erp:1/person"))]
        True
    """
    start = hashlib.sha1(NAMESPACE.bytes, usedforsecurity=False)
    raw = bytearray()
    for key in keys:
        digest = start.copy()
        digest.update(key.encode("utf-8"))
        raw += digest.digest()[:16]
    table = np.frombuffer(raw, dtype=np.uint8).reshape(-1, 16).copy()
    table[:, 6] = (table[:, 6] & 0x0F) | 0x50
    table[:, 8] = (table[:, 8] & 0x3F) | 0x80
    text = table.tobytes().hex()
    return [
        f"{text[i : i + 8]}-{text[i + 8 : i + 12]}-{text[i + 12 : i + 16]}-{text[i + 16 : i + 20]}-{text[i + 20 : i + 32]}"
        for i in range(0, len(text), 32)
    ]


def resolve_ids(known: Identities) -> dict[str, str]:
    """Each merged id and the id that stands for it now, along the whole chain."""
    merged = known[known["merged_into"].notna()]
    step = dict(zip(merged["customer_id"].tolist(), merged["merged_into"].tolist(), strict=True))
    final = {}
    for start, target in step.items():
        seen, here = {start}, target
        while here in step and here not in seen:
            seen.add(here)
            here = step[here]
        final[start] = here
    return final


def identify_clusters(
    clusters: Clusters,
    parties: Parties,
    *,
    known: Identities | None = None,
    known_members: Members | None = None,
    at: str,
) -> tuple[Members, Identities]:
    """The customer of each party, and the registry of ids brought up to date.

    Rules: see the module and docs/merge.md. A record counts in the crosswalk for the customer of
    its (first) person, or of its organization where it names no person.

    Args:
        clusters: Party and cluster; parties without a row belong to no customer.
        parties: Uses party, source, record_id, kind.
        known: The registry of the run before; None on a first run.
        known_members: The members of the run before.
        at: Time of this run, written to the registry.
    """
    wanted = parties[["party", "source", "record_id", "kind"]]
    frame = clusters[["party", "cluster"]].merge(wanted, on="party").sort_values("party", ignore_index=True)
    heads = frame.drop_duplicates("cluster").set_index("cluster")[["party", "kind"]]
    if known is None or not len(known):
        ids = pd.Series(
            customer_ids((heads["kind"] + ":" + heads["party"]).tolist()), heads.index, dtype="str"
        )
        registry = _created(ids, heads, at)
    else:
        before = known_members if known_members is not None else MEMBERS.empty()
        ids, registry = _carry_on(frame, heads, known, before, at)
    frame["customer_id"] = frame["cluster"].map(ids)
    frame["is_primary"] = _primary(frame)
    members = frame.drop(columns="cluster").sort_values(["customer_id", "party"])
    return MEMBERS.check(members), IDENTITIES.check(registry.sort_values("customer_id"))


def _primary(frame: pd.DataFrame) -> pd.Series[bool]:
    # "/person" sorts before "/person2", so the first person of a couple comes first
    ordered = frame.assign(second=frame["kind"].ne("person")).sort_values(
        ["source", "record_id", "second", "party"]
    )
    return ~ordered.duplicated(["source", "record_id"]).reindex(frame.index)


def _created(ids: pd.Series[str], heads: pd.DataFrame, at: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": ids.to_numpy(),
            "kind": heads["kind"].to_numpy(),
            "anchor": heads["party"].to_numpy(),
            "status": "active",
            "valid_from": at,
        },
    )


def _carry_on(
    frame: pd.DataFrame, heads: pd.DataFrame, known: Identities, before: Members, at: str
) -> tuple[pd.Series[str], pd.DataFrame]:
    found = _found(frame, known, before)
    home = found.sort_values(
        ["old", "anchored", "n", "head"], ascending=[True, False, False, True]
    ).drop_duplicates("old")
    home = home.sort_values(["cluster", "valid_from", "n", "old"], ascending=[True, True, False, True])
    kept = home.drop_duplicates("cluster").set_index("cluster")["old"]
    merged = home[home.duplicated("cluster")].set_index("old")["cluster"].map(kept)
    orphans = heads[~heads.index.isin(kept.index)]
    revived = _revived(frame, known[~known["customer_id"].isin(home["old"])], orphans)
    fresh = orphans[~orphans.index.isin(revived.index)]
    issued = _issue(frame, fresh, set(known["customer_id"].tolist()))
    ids = pd.concat([kept, revived, issued["customer_id"]]).reindex(heads.index).astype("str")
    created = _created(issued["customer_id"], issued, at)
    parts = found.sort_values(["cluster", "n", "old"], ascending=[True, False, True]).drop_duplicates(
        "cluster"
    )
    created["split_from"] = parts.set_index("cluster")["old"].reindex(issued.index).to_numpy()
    lost = _late_merges(frame, ids, known[~known["customer_id"].isin(home["old"])])
    registry = _updated(known, pd.concat([merged, lost]), set(ids.tolist()), at)
    return ids, pd.concat([registry, created], ignore_index=True)


def _found(frame: pd.DataFrame, known: Identities, before: Members) -> pd.DataFrame:
    """Old ids inside the new clusters, with the number of their parties there."""
    old = before.set_index("party")["customer_id"]
    old = old.replace(resolve_ids(known)) if known["merged_into"].notna().any() else old
    here = frame[["party", "cluster"]].assign(old=frame["party"].map(old)).dropna(subset="old")
    registry = known.set_index("customer_id")[["anchor", "valid_from"]]
    here = here.join(registry, on="old", how="inner")
    here["anchored"] = here["party"].eq(here["anchor"])
    return here.groupby(["cluster", "old"], as_index=False, sort=True).agg(
        n=("party", "size"),
        head=("party", "min"),
        anchored=("anchored", "max"),
        valid_from=("valid_from", "first"),
    )


def _revived(frame: pd.DataFrame, idle: pd.DataFrame, orphans: pd.DataFrame) -> pd.Series[str]:
    """Ids without members whose anchor is in a cluster that has no id: cluster -> id."""
    place = frame.set_index("party")["cluster"]
    idle = idle.assign(cluster=idle["anchor"].map(place))
    idle = idle[idle["cluster"].isin(orphans.index)]
    idle = idle.sort_values(["cluster", "valid_from", "customer_id"]).drop_duplicates("cluster")
    return idle.set_index("cluster")["customer_id"]


def _issue(frame: pd.DataFrame, fresh: pd.DataFrame, taken: set[str]) -> pd.DataFrame:
    """New ids: index cluster, columns customer_id, kind, party (the anchor)."""
    issued = fresh.assign(customer_id=customer_ids((fresh["kind"] + ":" + fresh["party"]).tolist()))
    clash = issued.index[issued["customer_id"].isin(taken)]
    for cluster in clash:  # rare: the record that once made an id came back, its customer lives on without it
        kind = str(issued.loc[cluster, "kind"])
        parties = frame.loc[frame["cluster"].eq(cluster), "party"].tolist()
        keys = [(p, f"{kind}:{p}") for p in parties]
        keys += [(parties[0], f"{kind}:{parties[0]}#{n}") for n in range(2, len(taken) + 3)]
        anchor, new = next((p, i) for p, k in keys if (i := customer_ids([k])[0]) not in taken)
        issued.loc[cluster, ["party", "customer_id"]] = [anchor, new]
        taken = taken | {new}
    return issued


def _late_merges(frame: pd.DataFrame, ids: pd.Series[str], idle: pd.DataFrame) -> pd.Series[str]:
    """Ids without members whose anchor came back as part of another customer: id -> that customer."""
    lost = idle[idle["status"].ne("merged")].set_index("customer_id")
    place = frame.set_index("party")["cluster"]
    now = lost["anchor"].map(place).map(ids).dropna()
    return now[now.ne(pd.Series(now.index, now.index))]


def _updated(known: Identities, merged: pd.Series[str], alive: set[str], at: str) -> pd.DataFrame:
    registry = known.set_index("customer_id", drop=False)
    status = registry["status"].copy()
    active = registry.index.isin(alive)
    gone = ~active & status.eq("active") & ~registry.index.isin(merged.index)
    joined = registry.index.isin(merged.index)
    status[active], status[gone], status[joined] = "active", "retired", "merged"
    into = registry["merged_into"].astype("object")
    into[active] = None
    into[joined] = merged.reindex(registry.index[joined]).to_numpy()
    until = registry["valid_to"].astype("object")
    until[active] = None
    until[gone | joined] = at
    return registry.assign(status=status, merged_into=into, valid_to=until).reset_index(drop=True)

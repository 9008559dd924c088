"""Customer ids: made once from an anchor party, kept as long as anything of the customer is there.

An id is the uuid5 of the kind and the anchor party, so the same records give the same ids on every
machine. The anchor of a new customer is its smallest party key. A later run matches its clusters to
the registry of all ids ever issued (`identities`): an id stays where its anchor is; of several ids
in one cluster the oldest survives and the others point to it; what is split off gets an id of its
own; what vanished is retired and never given to other records. An id whose anchor stands alone
again is taken up again, so that a merge that is undone gives back the old ids.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmclean.merge.columns import accounts, positions, ranks
from crmclean.merge.registry import carry_on
from crmclean.merge.uuids import customer_ids
from crmclean.tables import IDENTITIES, MEMBERS, Clusters, Identities, Members, Parties

__all__ = ["identify_clusters"]

Bools = NDArray[np.bool_]


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
    row = positions(clusters["party"], parties["party"])
    frame: pd.DataFrame = parties[["party", "source", "record_id", "kind"]].iloc[row[row >= 0]]
    frame = frame.assign(cluster=clusters["cluster"][row >= 0].array)
    frame = _sorted(frame, "party")
    number = pd.factorize(frame["cluster"])[0].astype(np.int64)
    first = np.flatnonzero(np.diff(np.maximum.accumulate(number), prepend=-1))
    heads = frame.iloc[first].set_index("cluster")[["party", "kind"]]
    if known is None or not len(known):
        ids = pd.Series(
            customer_ids((heads["kind"] + ":" + heads["party"]).tolist()), heads.index, dtype="str"
        )
        registry = _created(ids, heads, at)
    else:
        before = known_members if known_members is not None else MEMBERS.empty()
        named, registry = carry_on(frame, heads, known, before, at)
        ids = pd.Series(named, heads.index, dtype="str")
    frame["customer_id"] = ids.array.take(number)
    frame["is_primary"] = _primary(frame)
    members = frame.drop(columns="cluster").iloc[np.argsort(ranks(ids)[number], kind="stable")]
    return MEMBERS.check(members), IDENTITIES.check(_sorted(registry, "customer_id"))


def _sorted(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """The rows by a text column, numbered from 0."""
    order = ranks(frame[name])
    if (np.diff(order) >= 0).all():
        return frame.reset_index(drop=True)
    return frame.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


def _primary(frame: pd.DataFrame) -> Bools:
    """Whether a party is the one its record counts for; parties are sorted by name.

    "/person" sorts before "/person2", so the first person of a couple is the first here too.
    """
    record = accounts(frame)
    second = frame["kind"].ne("person").to_numpy()
    order = np.lexsort((second, record))
    first = np.zeros(len(frame), dtype=bool)
    first[order[np.unique(record[order], return_index=True)[1]]] = True
    return first


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

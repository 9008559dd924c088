"""Customer ids: made once from an anchor party, kept as long as anything of the customer is there.

An id is the uuid5 of the kind and the anchor party, so the same records give the same ids on every
machine. The anchor of a new customer is its smallest party key. A later run matches its clusters to
the registry of all ids ever issued (`identities`): an id stays where its anchor is; of several ids
in one cluster the oldest survives and the others point to it; what is split off gets an id of its
own; what vanished is retired and never given to other records. An ended id leads to whoever has its
anchor. Parties that are a customer again have the id they had (`regrouped.py`), so that whatever is taken
back gives back the old ids.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crmclean.merge.columns import accounts, positions, ranks
from crmclean.merge.registry import carry_on
from crmclean.merge.uuids import made_ids
from crmclean.tables import IDENTITIES, MEMBERS, Clusters, Identities, Members, Parties

__all__ = ["identify_clusters", "named_parties"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


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
    frame, number, first = _clustered(clusters, parties)
    heads = frame.iloc[first].set_index("cluster")[["party", "kind"]]
    if known is None or not len(known):
        texts, rank = made_ids(heads["kind"] + ":" + heads["party"])
        ids = pd.Series(pd.array(texts, dtype="str"), heads.index)
        registry = _created(ids, heads, at).iloc[np.argsort(rank)].reset_index(drop=True)
    else:
        before = known_members if known_members is not None else MEMBERS.empty()
        named, registry = carry_on(frame, heads, known, before, at)
        ids = pd.Series(named, heads.index, dtype="str")
        rank, registry = ranks(ids), _sorted(registry, "customer_id")
    members = _with_ids(frame, ids.array, number)
    members = members.iloc[np.argsort(rank[number], kind="stable")]
    return MEMBERS.check(members), IDENTITIES.check(registry)


def named_parties(clusters: Clusters, parties: Parties) -> tuple[Members, int]:
    """The customer of each party on a first run, as by `identify_clusters`; sorted by party.

    Args:
        clusters: Party and cluster; parties without a row belong to no customer.
        parties: Uses party, source, record_id, kind.

    Returns:
        The members, and the number of customers that are the one of some record.
    """
    frame, number, first = _clustered(clusters, parties)
    heads = frame.iloc[first]
    texts, _ = made_ids(heads["kind"] + ":" + heads["party"])
    members = MEMBERS.check(_with_ids(frame, pd.array(texts, dtype="str"), number))
    counted = np.bincount(number[members["is_primary"].to_numpy(dtype=np.bool_)], minlength=len(first))
    return members, int(np.count_nonzero(counted))


def _clustered(clusters: Clusters, parties: Parties) -> tuple[pd.DataFrame, Ints, Ints]:
    """The parties with their clusters, by party; number of each one's cluster, and its first party's row."""
    row = positions(clusters["party"], parties["party"])
    here = row >= 0
    frame = _rows(parties[["party", "source", "record_id", "kind"]], row[here])
    frame = frame.assign(cluster=clusters["cluster"].array if here.all() else clusters["cluster"][here].array)
    frame = _sorted(frame, "party")
    number = pd.factorize(frame["cluster"])[0].astype(np.int64)
    return frame, number, np.flatnonzero(np.diff(np.maximum.accumulate(number), prepend=-1))


def _with_ids(frame: pd.DataFrame, ids: Any, number: Ints) -> pd.DataFrame:
    """The parties with the id and the mark of their record, without their clusters."""
    return frame.assign(customer_id=ids.take(number), is_primary=_primary(frame)).drop(columns="cluster")


def _rows(frame: pd.DataFrame, rows: Ints) -> pd.DataFrame:
    """These rows; the frame itself where they are all in their order."""
    if len(rows) == len(frame) and bool((rows == np.arange(len(rows))).all()):
        return frame
    return frame.iloc[rows]


def _sorted(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """The rows by a text column, numbered from 0."""
    texts = pa.array(frame[name].array, type=pa.large_string())
    if len(texts) < 2 or pc.all(pc.less_equal(texts[:-1], texts[1:])).as_py():
        return frame.reset_index(drop=True)
    return frame.iloc[np.argsort(ranks(frame[name]), kind="stable")].reset_index(drop=True)


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
            "customer_id": ids.array,
            "kind": heads["kind"].array,
            "anchor": heads["party"].array,
            "status": "active",
            "valid_from": at,
        },
    )

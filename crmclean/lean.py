"""Matching alone needs little of what was read: the rest is let go of before it begins.

The raw rows, and the facts that only golden records are made of, take room that pairs need.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crmclean.config import LimitsConfig
from crmclean.match.features import needed
from crmclean.match.parties import Gathered, gather
from crmclean.normalize.admission import AGE_AND_QUALITY, Admitted
from crmclean.read import ReadResult
from crmclean.tables import ADDRESSES, CONTACTS, RECORDS, Addresses, Contacts, Parties

__all__ = ["for_matching", "gathered", "let_go"]


def for_matching(
    parties: Parties, contacts: Contacts, addresses: Addresses
) -> tuple[Parties, Contacts, Addresses]:
    """The columns that matching asks for, and by which records are admitted.

    Spellings serve matching as the order of several contact points or addresses of a party, and as a sign
    of shifted rows where a mailbox has no @ (`match.plausible.check_rows`): elsewhere they are left out.
    """
    own, points, places = needed(parties, contacts, addresses)
    asked = {*own.columns, *AGE_AND_QUALITY}
    kept = Parties(parties[[c for c in parties.columns if c in asked]])
    several, homes = _several(points, ["party", "kind"]), _several(places, ["party"])
    raw = several | (points["kind"].eq("email") & ~points["raw"].str.contains("@", regex=False)).to_numpy(
        dtype=np.bool_
    )
    told = {name: points[name].where(several) for name in ("field", "value")}
    points = Contacts(points.assign(**told, raw=points["raw"].where(raw)))
    places = Addresses(places.assign(**{name: places[name].where(homes) for name in ("field", "raw")}))
    return kept, points, places


def _several(frame: pd.DataFrame, group: list[str]) -> NDArray[np.bool_]:
    """Which rows of a frame, sorted by group, are not the only ones of theirs."""
    several = np.zeros(len(frame), dtype=np.bool_)
    if len(frame) > 1:
        same = pa.array(np.ones(len(frame) - 1, dtype=np.bool_))
        for name in group:
            texts = pa.array(frame[name].array).cast(pa.large_string())
            same = pc.and_(same, pc.equal(texts[1:], texts[:-1]))
        several[1:] = same.to_numpy(zero_copy_only=False)
        several[:-1] |= several[1:]
    return several


def let_go(read: ReadResult, admitted: Admitted) -> tuple[ReadResult, Admitted]:
    """The same without records and frames, and with the columns alone that matching asks for."""
    normal = admitted.normal
    parties, contacts, addresses = needed(normal.parties, normal.contacts, normal.addresses)
    normal = replace(normal, parties=parties, contacts=contacts, addresses=addresses)
    return replace(read, records=RECORDS.empty(), frames={}), replace(admitted, normal=normal)


def gathered(admitted: Admitted, limits: LimitsConfig, *, lean: bool) -> tuple[Gathered, Admitted]:
    """What matching knows of the parties, and the same records; lean: with what customer ids ask for alone.

    Args:
        admitted: The records.
        limits: Threads.
        lean: Let go of contacts, addresses and facts of parties: matching has made its own of them.
    """
    normal = admitted.normal
    known = gather(normal.parties, normal.contacts, normal.addresses, limits=limits)
    if not lean:
        return known, admitted
    own = normal.parties[[c for c in normal.parties.columns if c in _KEYS]]
    normal = replace(normal, parties=Parties(own), contacts=CONTACTS.empty(), addresses=ADDRESSES.empty())
    return known, replace(admitted, normal=normal)


_KEYS = frozenset({"party", "source", "record_id", "kind"})

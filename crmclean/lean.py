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

from crmclean.match.features import needed
from crmclean.match.parties import READERS
from crmclean.match.used import Tables
from crmclean.normalize.admission import AGE_AND_QUALITY, Admitted
from crmclean.read import ReadResult
from crmclean.tables import ADDRESSES, CONTACTS, RECORDS, Addresses, Contacts, Parties

__all__ = ["for_matching", "let_go"]


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


def let_go(read: ReadResult, admitted: Admitted, *, lean: bool) -> tuple[ReadResult, Admitted, Tables]:
    """The same, and the tables that matching asks for.

    Args:
        read: What was read.
        admitted: The records.
        lean: Without records and frames, and with what customer ids ask for alone; the tables go one by one,
            as soon as matching has made its own of them.
    """
    normal = admitted.normal
    if not lean:
        return read, admitted, Tables(normal.parties, normal.contacts, normal.addresses)
    tables = Tables(*needed(normal.parties, normal.contacts, normal.addresses), readers=READERS)
    own = Parties(normal.parties[[c for c in normal.parties.columns if c in _KEYS]])
    normal = replace(normal, parties=own, contacts=CONTACTS.empty(), addresses=ADDRESSES.empty())
    return replace(read, records=RECORDS.empty(), frames={}), replace(admitted, normal=normal), tables


_KEYS = frozenset({"party", "source", "record_id", "kind"})

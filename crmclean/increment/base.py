"""The parties of the store with the new ones in the place of those that changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crmclean.comparing import Compared, compare_records, modes_of
from crmclean.config import Config
from crmclean.normalize.records import Normalized
from crmclean.read import ReadResult
from crmclean.schema import Table
from crmclean.store import Store
from crmclean.tables import (
    ADDRESSES,
    CONTACTS,
    ISSUES,
    PARTIES,
    RECORDS,
    Members,
    Parties,
)

__all__ = ["Base", "among", "base_of", "delivered", "records_of", "rows_of"]

_TEXT = pa.large_string()
_MOST = 50_000
"""Records of a source that are looked up one by one; of more the whole source is read."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Base:
    """What is known of all customers.

    Args:
        normal: All parties, contacts and addresses as they are now.
        before: The parties of the run before.
        members: The members of the run before.
        fresh: Parties of new and changed records.
        gone: Parties of changed and gone records, as they were.
    """

    normal: Normalized
    before: Parties
    members: Members
    fresh: pd.Series[str]
    gone: pd.Series[str]


def delivered(store: Store, read: ReadResult, config: Config) -> Compared:
    """What the files bring beside what the store holds of the same records, and of whole snapshots.

    Raises:
        GateError: A snapshot loses more of its records than it may.
    """
    modes = modes_of(read, config.read)
    ids = read.records.groupby("source")["record_id"].unique()
    wanted = {str(source): sorted(found) for source, found in ids.items()}
    parts = []
    for source in sorted({*wanted, *(s for s, mode in modes.items() if mode == "snapshot")}):
        where = {"source": [source]}
        if modes.get(source) != "snapshot" and len(wanted[source]) <= _MOST:
            where["record_id"] = wanted[source]
        parts.append(store.load("records", where=where))
    stored = RECORDS.check(pd.concat(parts, ignore_index=True)) if parts else RECORDS.empty()
    return compare_records(read, stored, config.read, lang=config.lang)


def base_of(store: Store, normal: Normalized, changed: pd.DataFrame) -> Base:
    """All parties as they are now.

    Args:
        store: The run before.
        normal: Parties of new and changed records.
        changed: source, record_id of the stored records that are changed or gone.
    """
    before = Parties(store.load("parties"))
    old = pd.Series(dtype="str")
    if len(changed):
        records = pa.array((changed["source"] + ":" + changed["record_id"]).array, _TEXT)
        at = pc.is_in(records_of(before["party"]), value_set=_flat(records))
        old = before["party"][at.to_numpy(zero_copy_only=False)]
    tables = (
        _over(PARTIES, before, normal.parties, old),
        _over(CONTACTS, store.load("contacts"), normal.contacts, old),
        _over(ADDRESSES, store.load("addresses"), normal.addresses, old),
    )
    members = Members(store.load("members"))
    return Base(Normalized(*tables, ISSUES.empty()), before, members, normal.parties["party"], old)


def _over(table: Table[T], stored: pd.DataFrame, fresh: object, old: pd.Series[str]) -> T:
    """The stored rows without those of these parties, and the fresh ones."""
    rows = stored[~among(stored["party"], old)] if len(old) else stored
    return cast("T", pd.concat([rows, cast("pd.DataFrame", fresh)[table.names]], ignore_index=True))


def records_of(parties: pd.Series[str]) -> pa.Array:
    """source:record_id of each party."""
    return _flat(pc.replace_substring_regex(pa.array(parties.array, _TEXT), "/[^/]*$", ""))


def among(texts: pd.Series[str] | pa.Array, wanted: Iterable[str]) -> NDArray[np.bool_]:
    """Whether each text is one of others; pandas asks in Python, text by text."""
    column = texts if isinstance(texts, pa.Array | pa.ChunkedArray) else pa.array(texts.array, _TEXT)
    if isinstance(wanted, pd.Series | pd.Index):
        known = pa.array(wanted.array, _TEXT)
    else:
        known = wanted if isinstance(wanted, pa.Array | pa.ChunkedArray) else pa.array(list(wanted), _TEXT)
    found: NDArray[np.bool_] = (
        pc.is_in(column, value_set=_flat(known)).to_numpy(zero_copy_only=False)
        if isinstance(column, pa.Array)
        else pc.is_in(column, value_set=_flat(known)).to_numpy()
    )
    return found


def _flat(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def rows_of(normal: Normalized, parties: pd.Series[str]) -> Normalized:
    """The rows of some parties."""
    tables = [
        frame[among(frame["party"], parties)].reset_index(drop=True)
        for frame in (normal.parties, normal.contacts, normal.addresses)
    ]
    return Normalized(
        PARTIES.check(tables[0]), CONTACTS.check(tables[1]), ADDRESSES.check(tables[2]), ISSUES.empty()
    )

"""Which rows of the tables belong to which party, in an order that the order of the input does not change."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.match.codes import Ints, texts_of
from crmclean.tables import Parties

__all__ = ["ORDER", "Columns", "chosen_rows", "picked", "places_in", "places_of"]

ORDER = ("field", "value", "raw", "street", "postal_code", "city")
"""Columns by which several rows of one party are put in order."""


def chosen_rows(kind: str, parties: Parties) -> tuple[Ints, pa.Array]:
    """Rows and keys of the parties of a kind that are no test rows, sorted by key."""
    own = ((parties["kind"] == kind) & ~parties["is_test"]).to_numpy(dtype=bool)
    rows = np.flatnonzero(own)
    names = texts_of(parties["party"])
    names = names if own.all() else names.take(pa.array(rows))
    if len(names) > 1 and not pc.all(pc.less(names[:-1], names[1:])).as_py():
        order = pc.sort_indices(names)
        rows, names = rows[order.to_numpy()], names.take(order)
    return rows, names


def picked(frame: pd.DataFrame, rows: Ints) -> pd.DataFrame:
    """These rows in this order; the frame itself where that is what it is."""
    if len(rows) == len(frame) and bool((rows == np.arange(len(rows))).all()):
        return frame.reset_index(drop=True)
    return frame.iloc[rows].reset_index(drop=True)


def places_of(frame: pd.DataFrame, index: pa.Array) -> tuple[Ints, Ints]:
    """Places in the frame of the rows of these parties, in an order that no input order changes; and whose."""
    found = _rows_of(texts_of(frame["party"]), index)
    at = np.flatnonzero(found >= 0)
    row = found[at]
    group = row * 16
    if "kind" in frame and len(at):  # kinds are looked at one by one
        group += _sorted_codes(texts_of(frame["kind"]))[at] % 16
    if (np.diff(group) < 0).any():
        order = np.argsort(group, kind="stable")
        at, row, group = at[order], row[order], group[order]
    return _in_order(frame, at, group), row


def _sorted_codes(texts: pa.Array) -> Ints:
    """A number per text that sorts as the few distinct texts do; -1 for a missing one."""
    coded = texts.dictionary_encode()
    order = pc.sort_indices(coded.dictionary).to_numpy()
    rank = np.full(len(order) + 1, -1, dtype=np.int64)
    rank[order] = np.arange(len(order))
    return np.asarray(rank[coded.indices.fill_null(-1).to_numpy()])


def _rows_of(names: pa.Array, index: pa.Array) -> Ints:
    """The place of each name; a name that stands in a row several times is looked up once."""
    if len(names) < 2:
        return places_in(names, index)
    begins = np.ones(len(names), dtype=bool)
    begins[1:] = pc.not_equal(names[1:], names[:-1]).fill_null(fill_value=True).to_numpy(zero_copy_only=False)
    first = np.flatnonzero(begins)
    if len(first) == len(names):
        return places_in(names, index)
    return np.repeat(places_in(names.take(pa.array(first)), index), np.diff(np.r_[first, len(names)]))


def places_in(names: pa.Array, among: pa.Array) -> Ints:
    """The place of each name among distinct sorted names; -1 where it is not there."""
    if names.equals(among):
        return np.arange(len(among), dtype=np.int64)
    found = _by_beginning(names, among)
    if found is None:
        found = pc.index_in(names, value_set=among).fill_null(-1).to_numpy()
    return np.asarray(found.astype(np.int64))


def _by_beginning(names: pa.Array, among: pa.Array) -> Ints | None:
    """Places by the bytes in which the sorted names differ first: no table of all names; None where they are many.

    What all names begin with is what the first and the last of them do.
    """
    if not len(among) or names.null_count or among.null_count:
        return None
    first, last = (among[i].as_py().encode("utf-8") for i in (0, len(among) - 1))
    skipped = next(
        (i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last))
    )
    keys = _keys(among, skipped)
    if not (keys[1:] > keys[:-1]).all():
        return None
    place = np.searchsorted(keys, _keys(names, skipped))
    place[place == len(among)] = 0
    same = pc.equal(among.take(pa.array(place)), names).to_numpy(zero_copy_only=False)
    return np.where(same, place, -1)


def _keys(names: pa.Array, skipped: int) -> npt.NDArray[np.uint64]:
    """Eight bytes of each name as a number that sorts as they do."""
    _, places, data = names.buffers()
    ends = np.frombuffer(places, dtype=np.int64)[names.offset : names.offset + len(names) + 1]
    letters = np.frombuffer(data, dtype=np.uint8) if data is not None else np.empty(0, dtype=np.uint8)
    key = np.zeros(len(names), dtype=np.uint64)
    for place in range(skipped, skipped + 8):
        at = ends[:-1] + place
        there = at < ends[1:]
        key <<= np.uint64(8)
        if there.all():
            key |= letters[at]
        else:
            key[there] |= letters[at[there]]
    return key


def _in_order(frame: pd.DataFrame, at: Ints, group: Ints) -> Ints:
    """The rows with those of each group sorted by what they say; most groups have one row."""
    again = np.zeros(len(group), dtype=bool)
    again[1:] = group[1:] == group[:-1]
    again[:-1] |= again[1:]
    if not again.any():
        return at
    keys = [c for c in ORDER if c in frame]
    several = frame[keys].iloc[at[again]].assign(_group=group[again], _at=at[again])
    result = at.copy()
    result[again] = several.sort_values(["_group", *keys], kind="stable")["_at"].to_numpy()
    return result


class Columns:
    """Columns of the chosen rows, each made when it is asked for.

    Args:
        frame: The table.
        rows: Places of the rows.
    """

    __slots__ = ("frame", "rows", "whole")

    def __init__(self, frame: pd.DataFrame, rows: Ints) -> None:
        self.frame, self.rows = frame, rows
        self.whole = len(rows) == len(frame) and bool((rows == np.arange(len(rows))).all())

    def __getitem__(self, name: str) -> pa.Array:
        texts = texts_of(self.frame[name])
        if texts.null_count == len(texts):
            return texts[: len(self.rows)]
        return texts if self.whole else texts.take(pa.array(self.rows))

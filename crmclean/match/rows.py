"""Which rows of the tables belong to which party, in an order that the order of the input does not change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.match.codes import Ints, texts_of
from crmclean.tables import Parties

__all__ = ["ORDER", "Columns", "chosen_rows", "picked", "places_of"]

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
    found = pc.index_in(texts_of(frame["party"]), value_set=index).fill_null(-1).to_numpy()
    at = np.flatnonzero(found >= 0)
    row = found[at].astype(np.int64)
    group = row * 16
    if "kind" in frame and len(at):  # kinds are looked at one by one
        group += pd.factorize(frame["kind"], sort=True)[0][at] % 16
    if (np.diff(group) < 0).any():
        order = np.argsort(group, kind="stable")
        at, row, group = at[order], row[order], group[order]
    return _in_order(frame, at, group), row


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

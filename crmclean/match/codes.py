"""Columns as codes: each distinct value once, the rows as whole numbers.

Everything downstream (blocking, comparison, term frequencies) works on the codes; strings are
touched once per distinct value or distinct pair of values. Values are sorted, so that codes do
not depend on the order of the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["Codes", "Ints", "combine", "encode", "on_distinct_pairs", "recode", "slots"]

Ints = npt.NDArray[np.int64]
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Codes:
    """A column (n,) or several slots of one fact (n, k); -1 is missing.

    Args:
        codes: Position in `values` per row (and slot), int64.
        values: Distinct values, sorted.
        counts: Rows per value, a row with the value in two slots counted twice.
    """

    codes: Ints
    values: tuple[str, ...]
    counts: Ints

    @property
    def present(self) -> npt.NDArray[np.bool_]:
        """Which rows have a value (in the first slot)."""
        first = self.codes if self.codes.ndim == 1 else self.codes[:, 0]
        return np.asarray(first >= 0)

    def frequency(self) -> npt.NDArray[np.float64]:
        """Share of each value among the rows that have one."""
        return self.counts / max(1, int(self.counts.sum()))


def encode(values: pd.Series[Any], fold: Callable[[str], str] | None = None) -> Codes:
    """The codes of a text column, after folding each distinct value; "" becomes missing."""
    raw, uniques = pd.factorize(values)
    folded = [fold(str(v)) if fold else str(v) for v in uniques]
    names = sorted({f for f in folded if f})
    position = {name: i for i, name in enumerate(names)}
    table = np.array([position.get(f, -1) for f in folded] + [-1], dtype=np.int64)
    codes = table[raw]
    return Codes(codes, tuple(names), _counts(codes, len(names)))


def recode(column: Codes, fold: Callable[[str], str]) -> Codes:
    """The codes after a further, coarser folding of the distinct values."""
    folded = [fold(v) for v in column.values]
    names = sorted({f for f in folded if f})
    position = {name: i for i, name in enumerate(names)}
    table = np.array([position.get(f, -1) for f in folded] + [-1], dtype=np.int64)
    codes = table[column.codes]
    return Codes(codes, tuple(names), _counts(codes, len(names)))


def slots(rows: Ints, column: Codes, n: int, width: int) -> Codes:
    """Several values per row as a matrix: the first `width` distinct values of each row.

    Args:
        rows: Row that each value belongs to.
        column: Codes of the values, as long as `rows`.
        n: Number of rows.
        width: Slots kept; further values are not used for matching.
    """
    frame = pd.DataFrame({"row": rows, "code": column.codes})
    frame = frame[frame["code"] >= 0].drop_duplicates()
    frame["slot"] = frame.groupby("row").cumcount()
    used = int(min(width, frame["slot"].max() + 1)) if len(frame) else 1
    frame = frame[frame["slot"] < used]
    matrix = np.full((n, used), -1, dtype=np.int64)
    matrix[frame["row"].to_numpy(), frame["slot"].to_numpy()] = frame["code"].to_numpy()
    return Codes(matrix, column.values, _counts(matrix, len(column.values)))


def combine(*columns: Ints) -> Ints:
    """One key per row from several code columns; missing (-1) where any is missing.

    Keys are 63-bit hashes: two different combinations meet with negligible probability and would
    only cost a comparison.
    """
    key = np.zeros(len(columns[0]), dtype=np.uint64)
    missing = np.zeros(len(columns[0]), dtype=bool)
    for place, column in enumerate(columns):
        missing |= column < 0
        key ^= (column.astype(np.uint64) + np.uint64(place + 1)) * _MIX
        key ^= key >> np.uint64(29)
        key *= np.uint64(0xBF58476D1CE4E5B9)
        key ^= key >> np.uint64(32)
    result = (key >> np.uint64(1)).astype(np.int64)
    result[missing] = -1
    return result


def on_distinct_pairs(
    left: Ints,
    right: Ints,
    width: int,
    compare: Callable[[Ints, Ints], npt.NDArray[Any]],
) -> npt.NDArray[Any]:
    """A symmetric comparison, computed once per distinct pair of codes and spread over all pairs.

    Args:
        left: Codes, none missing.
        right: Codes, as many.
        width: Number of distinct codes.
        compare: Gets distinct code pairs, the smaller code first.
    """
    low, high = np.minimum(left, right), np.maximum(left, right)
    keys, inverse = np.unique(low * np.int64(width) + high, return_inverse=True)
    return compare(keys // width, keys % width)[inverse]


def take(values: Sequence[str], codes: Ints) -> list[str]:
    """The values of these codes."""
    return [values[i] for i in codes.tolist()]


def _counts(codes: Ints, size: int) -> Ints:
    flat = codes.ravel()
    return np.bincount(flat[flat >= 0], minlength=size).astype(np.int64)

r"""Text columns as Arrow arrays and back, for what is done with whole columns at once.

pandas keeps its text columns in Arrow, so both ways cost next to nothing. Regular expressions run
in RE2 here: ``\d``, ``\s`` and ``\b`` mean ASCII only, which makes a column's pattern narrower
than the same one in Python; what it leaves out takes the path value by value.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = [
    "Bools",
    "Ints",
    "constant",
    "flags",
    "is_whole",
    "join",
    "matches",
    "picked",
    "replaced",
    "rows_of",
    "series",
    "stacked",
    "taken",
    "texts",
    "thinned",
]

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def texts(column: pd.Series[Any] | Sequence[str | None]) -> Any:
    """The column as one Arrow array of texts; missing is null."""
    if not isinstance(column, pd.Series):
        return pa.array(column, type=pa.large_string())
    if not isinstance(column.dtype, pd.StringDtype):
        if column.dtype == object:
            with suppress(pa.ArrowInvalid, pa.ArrowTypeError):  # something else than texts: pandas knows how
                return pa.array(column.to_numpy(), type=pa.large_string(), from_pandas=True)
        column = column.astype("str")
    array = pa.array(column.array, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array if array.type == pa.large_string() else array.cast(pa.large_string())


def series(array: Any) -> pd.Series[Any]:
    """The array as a text column of pandas."""
    return pd.Series(array, dtype="str")


def thinned(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame whose text columns that say nothing share one array."""
    empty = series(pa.nulls(len(frame), pa.large_string()))
    nothing = [name for name in frame.columns if frame[name].dtype == "str" and not frame[name].notna().any()]
    return frame.assign(**{str(name): empty for name in nothing})


def stacked(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """The frames, of the same columns, one below the other; the list is emptied.

    Each column is let go of in the frames as soon as it is joined, so that one column at a time is
    there twice.
    """
    if len(frames) == 1:
        return frames.pop()
    parts = [{str(name): frame[name].array for name in frame.columns} for frame in frames]
    empty = pa.nulls(sum(map(len, frames)), pa.large_string())
    frames.clear()
    data = {}
    for name in list(parts[0]):
        pieces = [part.pop(name) for part in parts]
        if pieces[0].dtype == "str":
            data[name] = series(_joined([texts(pd.Series(piece)) for piece in pieces], empty))
        else:
            data[name] = pd.Series(np.concatenate([np.asarray(piece) for piece in pieces]))
        del pieces
    return pd.DataFrame(data, copy=False)


def _joined(arrays: list[Any], empty: Any) -> Any:
    """The arrays as one; columns that say nothing share one array."""
    if all(a.null_count == len(a) for a in arrays):
        return empty
    return pa.concat_arrays(arrays)


def taken(array: Any, codes: Ints) -> Any:
    """The entries at these places; null where the place is -1."""
    return array.take(pa.array(codes, mask=codes < 0))


def picked(values: Sequence[str | None] | Any, codes: Ints) -> pd.Series[Any]:
    """A text column from distinct values and their place per row; missing at -1 and for no text."""
    array = values if isinstance(values, pa.Array) else texts([v or None for v in values])
    if array.null_count == len(array):
        return series(constant(None, len(codes)))
    return series(taken(array, codes))


def is_whole(rows: Ints, size: int) -> bool:
    """Whether these are all rows in their order."""
    return len(rows) == size and bool((rows == np.arange(size)).all())


def rows_of(column: pd.Series[Any], rows: Ints) -> pd.Series[Any]:
    """The values of these rows; the column itself where these are all in their order."""
    if is_whole(rows, len(column)):
        return column.reset_index(drop=True)
    return column.take(rows).reset_index(drop=True)


def constant(value: str | None, size: int) -> Any:
    """An array that says the same everywhere."""
    if value is None:
        return pa.nulls(size, pa.large_string())
    return pa.repeat(pa.scalar(value, pa.large_string()), size)


def flags(mask: Any) -> Bools:
    """A boolean array as numpy's; null is False."""
    return np.asarray(pc.fill_null(mask, False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def matches(array: Any, pattern: str) -> Bools:
    """Which texts hold the pattern (RE2)."""
    return flags(pc.match_substring_regex(array, pattern))


def replaced(array: Any, pattern: str, by: str) -> Any:
    """The texts with every match of the pattern (RE2) replaced."""
    return pc.replace_substring_regex(array, pattern, by)


def join(arrays: Sequence[Any], separator: str) -> Any:
    """The texts of several arrays joined row by row; null and empty ones are left out."""
    filled = [pc.if_else(pc.equal(a, ""), pa.scalar(None, pa.large_string()), a) for a in arrays]
    start, end = pa.scalar("", pa.large_string()), pa.scalar(separator, pa.large_string())
    # the empty start keeps rows of nothing but nulls, which Arrow (26) leaves out altogether
    joined = pc.binary_join_element_wise(start, *filled, end, null_handling="skip")
    return pc.utf8_slice_codeunits(joined, start=len(separator))

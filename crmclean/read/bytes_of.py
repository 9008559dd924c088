"""Text columns by their bytes: what a look over all cells tells without making strings of them.

pandas keeps text columns in Arrow memory, all cells of a piece in one stretch of bytes. Searching and
hashing that stretch takes milliseconds for a million cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["begins", "byte_count", "content_hashes", "has_exponent", "is_rising", "is_unique"]

_MIX = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93)
_WORD = 8
_MASKS = np.array([(1 << (8 * n)) - 1 for n in range(_WORD)] + [2**64 - 1], dtype=np.uint64)


def _texts(column: pd.Series[Any]) -> pa.ChunkedArray:
    """The column as Arrow texts; missing is null."""
    found = pa.chunked_array(pa.array(column.astype("str"), from_pandas=True))
    return found if found.type == pa.large_string() else found.cast(pa.large_string())


def _pieces(column: pd.Series[Any]) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.int64]]]:
    """The bytes of each piece of a column, and where its cells begin; one more place marks the end."""
    for chunk in _texts(column).chunks:
        _, ends, data = chunk.buffers()
        if not len(chunk):
            continue
        at = np.frombuffer(ends, dtype=np.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
        held = np.empty(0, dtype=np.uint8) if data is None else np.frombuffer(data, dtype=np.uint8)
        yield held[at[0] : at[-1]], at - at[0]


def byte_count(column: pd.Series[Any]) -> int:
    """Bytes of all cells together."""
    return sum(len(data) for data, _ in _pieces(column))


def begins(column: pd.Series[Any], signs: bytes) -> bool:
    """Whether a cell begins with one of these bytes."""
    for data, at in _pieces(column):
        first = data[at[:-1][np.diff(at) > 0]]
        if any(bool((first == sign).any()) for sign in signs):
            return True
    return False


def has_exponent(column: pd.Series[Any]) -> bool:
    """Whether an e stands before a plus somewhere; where two cells meet counts too, so a yes is a perhaps."""
    for data, _ in _pieces(column):
        plus = np.flatnonzero(data == ord("+"))
        if ((data[plus[plus > 0] - 1] | 0x20) == ord("e")).any():
            return True
    return False


def is_rising(column: pd.Series[Any]) -> bool:
    """Whether each cell has a text that sorts behind the one before, as numbered rows have."""
    texts = _texts(column)
    if texts.null_count or not len(texts):
        return False
    return bool(pc.all(pc.less(texts[:-1], texts[1:]), min_count=0).as_py())


def is_unique(column: pd.Series[Any]) -> bool:
    """Whether no text stands twice; missing cells do not count."""
    return is_rising(column) or pc.count_distinct(_texts(column)).as_py() == int(column.notna().sum())


def content_hashes(column: pd.Series[Any]) -> NDArray[np.uint64]:
    """A number per cell made of its text alone: of its length and the bytes at its ends and in the middle.

    Serves drawing rows whatever their order; two texts that differ elsewhere may share a number.
    """
    found = [_hashed(data, at) for data, at in _pieces(column)]
    return np.concatenate(found) if found else np.empty(0, dtype=np.uint64)


def _hashed(data: NDArray[np.uint8], at: NDArray[np.int64]) -> NDArray[np.uint64]:
    padded = np.zeros(len(data) + _WORD, dtype=np.uint8)
    padded[: len(data)] = data
    words = np.ndarray((len(data) + 1,), dtype="<u8", buffer=padded, strides=(1,))
    start, length = at[:-1], np.diff(at)
    mask = _MASKS[np.minimum(length, _WORD)]
    spare = np.maximum(length - _WORD, 0)
    total = (length.astype(np.uint64) + np.uint64(1)) * np.uint64(_MIX[3])
    for place, factor in zip((start, start + spare // 2, start + spare), _MIX, strict=False):
        total = (total ^ (words[place] & mask)) * np.uint64(factor)
        total ^= total >> np.uint64(31)
    return total

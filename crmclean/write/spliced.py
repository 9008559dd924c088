"""Text put together from numbered pieces: the bytes of a file without a Python object per row.

A table says the same things over and over. Each distinct piece of text is kept once under a number;
what a file holds is a list of numbers, and its bytes are the pieces one behind the other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["Ints", "Pieces", "bytes_in", "coded", "json_inner", "json_texts"]

Ints = NDArray[np.int64]
_ESCAPED = r'[\x00-\x1f\\"]'
_SPECIAL = re.compile(_ESCAPED)
_TEXT = pa.large_string()
_FIRST_PLAIN = 0x20


class Pieces:
    """Pieces of text under numbers; number 0 is nothing."""

    def __init__(self) -> None:
        self._parts: list[pa.Array] = [pa.array([""], _TEXT)]
        self._count = 1

    def add(self, texts: pa.Array | Sequence[str]) -> int:
        """Takes texts in; the number of the first of them, the others follow."""
        part = texts if isinstance(texts, pa.Array) else pa.array(texts, _TEXT)
        first = self._count
        self._parts.append(part.cast(_TEXT))
        self._count += len(part)
        return first

    def further(self) -> Pieces:
        """The same pieces, to which others are added without changing these."""
        self._joined()
        found = Pieces()
        found._parts, found._count = list(self._parts), self._count
        return found

    def _joined(self) -> pa.Array:
        if len(self._parts) > 1:
            self._parts = [pa.concat_arrays(self._parts)]
        return self._parts[0]

    def bytes_of(self, numbers: NDArray[np.integer[Any]]) -> memoryview:
        """The pieces of these numbers one behind the other, in UTF-8."""
        whole = self._joined()
        found = whole.take(pa.array(numbers))
        data = found.buffers()[2]
        return memoryview(b"") if data is None else memoryview(data)[: _length(found)]


def _length(texts: pa.Array) -> int:
    """Bytes of all texts; what they were taken into may be longer."""
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int64)
    return int(offsets[texts.offset + len(texts)]) if len(texts) else 0


def coded(column: pd.Series) -> tuple[Ints, pa.Array]:
    """The number of each row's text, -1 where it has none, and the distinct texts."""
    found = pa.Array.from_pandas(column, type=_TEXT)
    flat = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    encoded = flat.dictionary_encode()
    codes: Ints = pc.fill_null(encoded.indices, -1).to_numpy().astype(np.int64)
    return codes, encoded.dictionary


def json_texts(texts: pa.Array) -> pa.Array:
    """Texts as JSON strings, other letters than ASCII as they are."""
    special = pc.match_substring_regex(texts, _ESCAPED)
    mark = pa.scalar('"', _TEXT)
    quoted = pc.binary_join_element_wise(mark, texts, mark, pa.scalar("", _TEXT))
    if not pc.any(special).as_py():
        return quoted
    escaped = [json.dumps(t, ensure_ascii=False) for t in texts.filter(special).to_pylist()]
    return pc.replace_with_mask(quoted, special, pa.array(escaped, _TEXT))


def json_inner(texts: pa.Array) -> pa.Array:
    """Texts as they stand between the quotes of JSON strings; missing ones stay missing."""
    if not _needs_escapes(texts):
        return texts
    special = pc.fill_null(pc.match_substring_regex(texts, _ESCAPED), fill_value=False)
    escaped = [json.dumps(t, ensure_ascii=False)[1:-1] for t in texts.filter(special).to_pylist()]
    return pc.replace_with_mask(texts, special, pa.array(escaped, _TEXT)) if escaped else texts


def _needs_escapes(texts: pa.Array) -> bool:
    """Whether any byte of the texts may need one; told of all of them at once."""
    data = bytes_in(texts)
    if not len(data):
        return False
    return bool(data.min() < _FIRST_PLAIN or (data == ord('"')).any() or (data == ord("\\")).any())


def bytes_in(texts: pa.Array) -> NDArray[np.uint8]:
    """The bytes of all texts one behind the other, where they lie."""
    _, offsets, data = texts.buffers()
    if not len(texts) or data is None:
        return np.zeros(0, dtype=np.uint8)
    kind = np.int64 if texts.type == _TEXT else np.int32
    first, last = np.frombuffer(offsets, dtype=kind)[[texts.offset, texts.offset + len(texts)]]
    found: NDArray[np.uint8] = np.frombuffer(data, dtype=np.uint8)[first:last]
    return found

"""Rows of a table as JSON objects, put together of numbered pieces (`crmclean.write.spliced`).

A column is prepared once for all rows. One that says few different things is kept as numbers of texts, and
neighbours of that kind are one piece per combination; of the others the texts are taken as they stand, some
rows at a time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crmclean.write.spliced import Ints, Pieces, json_inner, json_texts

__all__ = ["FEW", "Column", "Few", "Many", "Objects", "column_of"]

FEW = 4096
"""Combinations of neighbouring columns that are written down as one piece each."""
_SAMPLE = 8192
_TEXT = pa.large_string()
Rows = slice | Ints


@dataclass(frozen=True, slots=True)
class Few:
    """A column of few different values: the number of each row's JSON text, -1 where it has none."""

    name: str
    codes: NDArray[np.int16]
    texts: list[str]


@dataclass(frozen=True, slots=True)
class Many:
    """A column of many: its texts, which may be codes of distinct ones; in quotes unless they are numbers."""

    name: str
    texts: pa.Array
    quoted: bool = True

    def of(self, rows: Rows) -> tuple[pa.Array, NDArray[np.bool_] | None]:
        """The insides of the JSON texts of some rows; which rows have one, None: all."""
        found = self.texts[rows] if isinstance(rows, slice) else self.texts.take(pa.array(rows))
        if pa.types.is_dictionary(found.type):
            found = found.dictionary.take(found.indices)
        has = found.is_valid().to_numpy(zero_copy_only=False) if found.null_count else None
        return (json_inner(found) if self.quoted else found), has


Column = Few | Many


def column_of(name: str, values: pd.Series[Any] | pa.ChunkedArray, *, few: int | None = None) -> Column:
    """A column of texts (or codes of them), numbers or flags, prepared.

    Args:
        name: Its key in the objects.
        values: The column.
        few: Different values up to which it is one of few.
    """
    most = FEW if few is None else few
    flat = _flat(values)
    if pa.types.is_boolean(flat.type):
        flags = flat.to_numpy(zero_copy_only=False).astype(np.int16)
        return _of_codes(name, flags, pa.array(["false", "true"], _TEXT), most)
    if not pa.types.is_large_string(flat.type) and not pa.types.is_dictionary(flat.type):
        return _of_codes(name, *_numbers(flat.to_numpy(zero_copy_only=False)), most)
    if pa.types.is_large_string(flat.type):
        if _varied(flat, most):
            return Many(name, flat)
        flat = flat.dictionary_encode()
    if len(flat.dictionary) >= most:
        return Many(name, flat)
    return Few(name, _codes(flat), json_texts(flat.dictionary).to_pylist())


def _flat(values: pd.Series[Any] | pa.ChunkedArray) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        return values.combine_chunks()
    if pd.api.types.is_bool_dtype(values.dtype) or pd.api.types.is_numeric_dtype(values.dtype):
        return pa.array(values.to_numpy(), from_pandas=False)
    found = pa.Array.from_pandas(values.astype("str"), type=_TEXT)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def _numbers(values: NDArray[Any]) -> tuple[NDArray[Any], pa.Array]:
    """The number of each row's JSON text, -1 where it is not a number, and the texts."""
    bits = values.view(np.int64) if values.dtype == np.float64 else values  # 0.0 and -0.0 are two texts
    codes, distinct = pd.factorize(bits)
    numbers = distinct.view(values.dtype).tolist()
    codes = np.where(np.isnan(values), -1, codes) if values.dtype == np.float64 else codes
    return codes, pa.array([json.dumps(number) for number in numbers], _TEXT)


def _varied(texts: pa.Array, most: int) -> bool:
    """Whether the first rows say so many things that all of them will say more than a few."""
    first = texts[:_SAMPLE]
    distinct = len(first.unique())
    return distinct >= most or 2 * distinct > max(len(first), 256)


def _codes(coded: pa.DictionaryArray) -> NDArray[np.int16]:
    found: NDArray[np.int16] = pc.fill_null(coded.indices, -1).to_numpy().astype(np.int16)
    return found


def _of_codes(name: str, codes: NDArray[Any], texts: pa.Array, most: int) -> Column:
    if len(texts) < most:
        return Few(name, codes.astype(np.int16), texts.to_pylist())
    numbers = pa.array(codes.astype(np.int32), mask=codes < 0)
    return Many(name, pa.DictionaryArray.from_arrays(numbers, texts), quoted=False)


class Objects:
    """The insides of the objects of a table, of which some rows are written at a time.

    Args:
        pieces: Takes what all rows have in common.
        columns: In the order of the keys.
        started: Whether something stands in the object before the first of them.
        few: Combinations of columns that are written down.
    """

    def __init__(
        self, pieces: Pieces, columns: Sequence[Column], *, started: bool = False, few: int | None = None
    ) -> None:
        self._started = started
        self._groups: list[tuple[list[Few] | Many, int]] = []
        most = FEW if few is None else few
        at = 0
        while at < len(columns):
            column = columns[at]
            if isinstance(column, Many):
                self._groups.append((column, pieces.add(_ends(column))))
                at += 1
                continue
            group, size = [column], len(column.texts) + 1
            at += 1
            while at < len(columns):
                further = columns[at]
                if isinstance(further, Many) or size * (len(further.texts) + 1) > most:
                    break
                group.append(further)
                size *= len(further.texts) + 1
                at += 1
            self._groups.append((group, pieces.add(_combinations(group))))

    def of(self, pieces: Pieces, rows: Rows, count: int) -> list[NDArray[Any]]:
        """The numbers of the pieces of some rows, part by part; 0 where there is nothing.

        Args:
            pieces: Takes the texts of these rows.
            rows: Which.
            count: How many.
        """
        begun: NDArray[np.bool_] = np.full(count, self._started)
        found: list[NDArray[Any]] = []
        for group, first in self._groups:
            if isinstance(group, Many):
                texts, has = group.of(rows)
                found += _alone(pieces, first, (texts, has), begun, quoted=group.quoted)
                begun = np.ones(count, dtype=bool) if has is None else begun | has
                continue
            codes = [column.codes[rows] for column in group]
            found.append(_together(group, codes, first, begun))
            for code in codes:
                begun = begun | (code >= 0)
        return [np.broadcast_to(np.asarray(part), (count,)) for part in found]


def _combinations(group: Sequence[Few]) -> list[str]:
    """The text of every combination, and once more with a comma in front."""
    entries = [["", *(f"{json.dumps(c.name)}: {text}" for text in c.texts)] for c in group]
    texts = [", ".join(entry for entry in row if entry) for row in product(*entries)]
    return [*texts, *(f", {text}" if text else "" for text in texts)]


def _together(
    group: Sequence[Few], codes: Sequence[NDArray[np.int16]], first: int, begun: NDArray[np.bool_]
) -> NDArray[Any]:
    size = 1
    mixed = np.zeros(len(codes[0]), dtype=np.int32)
    for column, code in zip(group, codes, strict=True):
        mixed = mixed * np.int32(len(column.texts) + 1) + code + np.int32(1)
        size *= len(column.texts) + 1
    found: NDArray[Any] = mixed + (np.asarray(begun, dtype=np.int32) * np.int32(size) + np.int32(first))
    return found


def _ends(column: Many) -> list[str]:
    """What stands before and behind a text, with a comma and without."""
    mark = '"' if column.quoted else ""
    key = f"{json.dumps(column.name)}: {mark}"
    return [key, f", {key}", mark]


def _alone(
    pieces: Pieces,
    first: int,
    own: tuple[pa.Array, NDArray[np.bool_] | None],
    begun: NDArray[np.bool_],
    *,
    quoted: bool,
) -> list[NDArray[Any]]:
    """A column with many different values."""
    texts, has = own
    numbers = np.arange(len(texts), dtype=np.int32) + np.int32(pieces.add(texts))
    opening = np.asarray(begun, dtype=np.int32) + np.int32(first)
    parts = [opening, numbers, np.asarray(first + 2, dtype=np.int32)] if quoted else [opening, numbers]
    return parts if has is None else [np.where(has, part, np.int32(0)) for part in parts]

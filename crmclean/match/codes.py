"""Columns as codes: each distinct value once, the rows as whole numbers.

Everything downstream (blocking, comparison, term frequencies) works on the codes; strings are
touched once per distinct value or distinct pair of values. Values are sorted, or stand as they come
in the sorted rows, so that codes do not depend on the order of the input. They stay in Arrow memory: a million e-mail addresses as
Python strings would take a tenth of a gigabyte per column.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from threading import RLock
from typing import Any, TypeVar, overload

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.text.columns import fold_column

__all__ = [
    "Codes",
    "Ints",
    "Unnamed",
    "Values",
    "arrow_of",
    "combine",
    "distinct",
    "encode",
    "in_common",
    "looked_up",
    "numbered",
    "on_distinct_pairs",
    "recode",
    "recode_texts",
    "same_shape",
    "slots",
    "take",
]

Ints = npt.NDArray[np.signedinteger[Any]]
"""Codes are int32, rows and keys int64."""
_MIX = np.uint64(0x9E3779B97F4A7C15)
_PAGE, _KEPT = 65_536, 262_144
_NO_TEXTS = pa.array([], pa.large_string())
T = TypeVar("T")


class Values(Sequence[str]):
    """Texts in Arrow memory that read like a tuple of strings.

    Args:
        array: The texts, none missing.
    """

    __slots__ = ("array", "strings")

    def __init__(self, array: pa.Array) -> None:
        self.array = array
        self.strings: npt.NDArray[Any] | None = None

    def __len__(self) -> int:
        return len(self.array)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [str(v) for v in self.array[at].to_pylist()]
        return str(self.array[at].as_py())

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self.array), _PAGE):
            yield from self.array[start : start + _PAGE].to_pylist()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(str.__eq__, self, other))

    def __hash__(self) -> int:
        return hash((len(self), *self[:8]))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:  # noqa: FBT001  numpy calls it so
        """The texts as strings, for numpy and pandas."""
        return np.array(self.array.to_pylist(), dtype=object if dtype is None else dtype)

    def take(self, codes: Ints) -> list[str]:
        """The texts at these places; short lists of values are kept as strings."""
        if len(self.array) > _KEPT:
            return list(pc.take(self.array, pa.array(codes)).to_pylist())
        if self.strings is None:
            self.strings = np.array(self.array.to_pylist(), dtype=object)
        return list(self.strings[codes].tolist())


class Unnamed(Sequence[str]):
    """The values of a column of which nobody asks the texts: so many empty ones.

    Args:
        size: How many.
    """

    __slots__ = ("size",)

    def __init__(self, size: int) -> None:
        self.size = size

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        places = range(self.size)[at]
        return "" if isinstance(places, int) else [""] * len(places)


@dataclass(frozen=True, slots=True)
class Codes:
    """A column (n,) or several slots of one fact (n, k); -1 is missing.

    Args:
        codes: Position in `values` per row (and slot), int32.
        values: Distinct values, sorted.
        counts: Rows per value, a row with the value in two slots counted twice.
        tables: What was worked out once per distinct value; see `memo`.
        lock: Held while such a table is made.
    """

    codes: Ints
    values: Sequence[str]
    counts: Ints
    tables: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)
    lock: RLock = field(default_factory=RLock, repr=False, compare=False)

    @property
    def present(self) -> npt.NDArray[np.bool_]:
        """Which rows have a value (in the first slot)."""
        first = self.codes if self.codes.ndim == 1 else self.codes[:, 0]
        return np.asarray(first >= 0)

    @property
    def slots(self) -> list[Ints]:
        """The slots of the fact, each a column by itself; rows are picked from one three times as fast."""
        if self.codes.ndim == 1:
            return [self.codes]
        width = range(self.codes.shape[1])
        return self.memo("slots", lambda: [np.ascontiguousarray(self.codes[:, slot]) for slot in width])

    def frequency(self) -> npt.NDArray[np.float64]:
        """Share of each value among the rows that have one."""
        return self.counts / max(1, int(self.counts.sum()))

    def memo(self, name: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, worked out on first use and kept under the name."""
        if name not in self.tables:
            with self.lock:  # several threads ask at once
                if name not in self.tables:
                    self.tables[name] = make()
        found: T = self.tables[name]
        return found

    def shapes(self, fold: Callable[[str], str]) -> Ints:
        """A number per distinct value, equal where `fold` gives the same text; -1 where it gives ""."""
        return self.memo(("shapes", fold), lambda: _numbers(fold_column(arrow_of(self.values), fold)))


def _numbers(texts: pa.Array) -> Ints:
    """A number per text, equal for equal ones; -1 for an empty one."""
    encoded = pc.if_else(pc.equal(texts, ""), None, texts).dictionary_encode()
    return np.asarray(encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32))


def same_shape(column: Codes, fold: Callable[[str], str], left: Ints, right: Ints) -> npt.NDArray[np.bool_]:
    """Whether `fold` gives the same text, and one that is not empty, for two codes of a column."""
    shape = column.shapes(fold)
    one = shape.take(left)
    return np.asarray((one == shape.take(right)) & (one >= 0))


def in_common(
    one: Codes, other: Codes, fold: Callable[[str], str] | None = None
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Numbers per distinct value of two columns that are equal where the (folded) texts are.

    The last entry of each table serves missing values (code -1): -1 in the first, -2 in the second.
    """

    def make() -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], object]:
        texts = [arrow_of(column.values) for column in (one, other)]
        folded = texts if fold is None else [fold_column(part, fold) for part in texts]
        number = pa.concat_arrays(folded).dictionary_encode().indices.to_numpy().astype(np.int32)
        first, second = number[: len(texts[0])], number[len(texts[0]) :]
        # the other column's tables are kept, so that no other column can ever have their id
        return np.append(first, np.int32(-1)), np.append(second, np.int32(-2)), other.tables

    return one.memo(("common", id(other.tables), fold), make)[:2]


def texts_of(values: pd.Series[Any]) -> pa.Array:
    """A text column as one Arrow array; missing is null."""
    array = pa.array(values, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks() if array.num_chunks else pa.array([], array.type)
    return array if pa.types.is_large_string(array.type) else pc.cast(array, pa.large_string())


def encode(
    values: pd.Series[Any] | pa.Array, fold: Callable[[str], str] | None = None, *, in_order: bool = True
) -> Codes:
    """The codes of a text column, after folding each distinct value; "" becomes missing.

    Args:
        values: The column.
        fold: Made of each distinct value.
        in_order: Whether the values are sorted; else they stand as they come first.
    """
    texts = values if isinstance(values, pa.Array) else texts_of(values)
    if texts.null_count == len(texts):
        return Codes(_nothing(len(texts)), Values(_NO_TEXTS), np.empty(0, dtype=np.int64))
    encoded = texts.dictionary_encode()
    at = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    distinct = encoded.dictionary
    if not in_order and fold is None and not pc.any(pc.equal(distinct, ""), min_count=0).as_py():
        return Codes(at.astype(np.int32, copy=False), Values(distinct), _counts(at, len(distinct)))
    return _coded(at, fold_column(distinct, fold) if fold else distinct)


@lru_cache(maxsize=1)
def _nothing(n: int) -> Ints:
    """The codes of columns without values, which share them; nobody may write there."""
    codes = np.full(n, -1, dtype=np.int32)
    codes.flags.writeable = False
    return codes


def recode(column: Codes, fold: Callable[[str], str]) -> Codes:
    """The codes after a further, coarser folding of the distinct values."""
    if not len(column.values):
        return column
    return _coded(column.codes, fold_column(arrow_of(column.values), fold))


def recode_texts(column: Codes, fold: Callable[[pa.Array], pa.Array]) -> Codes:
    """As `recode`, for a folding of all distinct values at once by Arrow; null and "" become missing.

    The values stand in the order of those they came from; sorting them would tell nothing more.
    """
    if not len(column.values):
        return column
    folded = fold(arrow_of(column.values))
    encoded = pc.if_else(pc.equal(folded, ""), None, folded).dictionary_encode()
    table = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    codes = looked_up(np.append(table, np.int32(-1)).astype(np.int32), column.codes)
    return Codes(codes, Values(encoded.dictionary), _counts(codes, len(encoded.dictionary)))


def arrow_of(values: Sequence[str]) -> pa.Array:
    """Values of a column as one Arrow array."""
    return values.array if isinstance(values, Values) else pa.array(list(values), pa.large_string())


def _coded(at: Ints, folded: pa.Array) -> Codes:
    """Codes from places in a list of texts that may repeat, be empty or null."""
    encoded = folded.dictionary_encode()
    names, number = encoded.dictionary, encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    order = pc.sort_indices(names).to_numpy(zero_copy_only=False)
    names = names.take(pa.array(order))
    empty = int(len(names) > 0 and names[0].as_py() == "")
    rank = np.full(len(order) + 1, -1, dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32) - np.int32(empty)
    codes = looked_up(np.append(rank[number], np.int32(-1)), at)
    values = names[empty:]
    return Codes(codes, Values(values), _counts(codes, len(values)))


def looked_up(table: Ints, codes: Ints) -> Ints:
    """What a table says of each code; its last entry is for missing ones."""
    return table.take(codes) if codes.ndim == 1 else table.take(codes.T).T


def slots(rows: Ints, column: Codes, n: int, width: int) -> Codes:
    """Several values per row as a matrix: the first `width` distinct values of each row.

    Args:
        rows: Row that each value belongs to, ascending.
        column: Codes of the values, as long as `rows`.
        n: Number of rows.
        width: Slots kept; further values are not used for matching.
    """
    if not len(column.values):
        return Codes(_nothing(n)[:, None], column.values, column.counts)
    there = column.codes >= 0
    row, code = rows[there], column.codes[there]
    if (row[1:] == row[:-1]).any():
        key = row.astype(np.int64) * max(1, len(column.values)) + code
        _, first = np.unique(key, return_index=True)
        first.sort()
        row, code = row[first], code[first]
    starts = np.flatnonzero(np.r_[True, row[1:] != row[:-1]]) if len(row) else np.empty(0, dtype=np.int64)
    slot = np.arange(len(row)) - np.repeat(starts, np.diff(np.r_[starts, len(row)]))
    used = int(min(width, slot.max() + 1)) if len(row) else 1
    kept = slot < used
    matrix = np.full((n, used), -1, dtype=np.int32, order="F")
    matrix[row[kept], slot[kept]] = code[kept]
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
    low, high = np.minimum(left, right).astype(np.int64), np.maximum(left, right)
    keys, inverse = numbered(low * np.int64(width) + high)
    first = keys // width
    return compare(first, keys - first * width)[inverse]


def numbered(keys: Ints) -> tuple[Ints, Ints]:
    """The distinct keys as they come first, and the place of each key among them."""
    encoded = pa.array(keys).dictionary_encode()
    return encoded.dictionary.to_numpy(), encoded.indices.to_numpy()


def distinct(keys: Ints) -> Ints:
    """The distinct keys, sorted: by sorting, which is several times faster here than numpy's hashing."""
    ordered = np.sort(keys)
    return ordered[np.r_[True, ordered[1:] != ordered[:-1]]] if len(ordered) else ordered


def take(values: Sequence[str], codes: Ints) -> list[str]:
    """The values of these codes."""
    return values.take(codes) if isinstance(values, Values) else [values[i] for i in codes.tolist()]


def _counts(codes: Ints, size: int) -> Ints:
    flat = codes.ravel(order="K")
    return np.bincount(flat + 1, minlength=size + 1)[1:].astype(np.int64, copy=False)

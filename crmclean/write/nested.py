"""Tables to nested documents, one JSON object a line, without a Python object per row.

The same bytes as `json.dumps` of the documents, of which `crmclean.merge.customer_documents` has one per
customer; made of pieces (`crmclean.write.json_objects`), some thousand customers at a time.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from crmclean.write.json_objects import Few, Many, Objects, column_of
from crmclean.write.spliced import Ints, Pieces, coded, json_texts

__all__ = ["Owned", "document_lines", "object_lines"]

Owned = tuple[pd.DataFrame | pa.Table, Ints, Ints | None]
"""Rows of a table (texts may be codes), the number of the head that each belongs to, rising, and where the
rows stand in the table; None: one behind the other."""
Block = tuple[
    Ints, list[NDArray[Any]]
]  # numbers of heads, and the numbers of each row's pieces, part by part
_HEADS = 4096
_ROWS = 50_000
_FEW: int | None = None  # as in `json_objects`
_SPECIAL = ("field", "value", "is_primary")


def document_lines(
    heads: pd.DataFrame, values: Owned, parts: Mapping[str, Owned], *, threads: int = 2
) -> Iterator[memoryview]:
    """The lines of all documents, in the order of their heads, some at a time.

    Args:
        heads: A row per document; its columns come first.
        values: Rows with field, value, is_primary and further columns: shown as `primary` (field to value)
            and `values` (field to all of its rows).
        parts: Name of a list to the rows of it.
        threads: How many stretches are worked on at once.
    """
    pieces = Pieces()
    every: list[_Heads | _Values | _List] = [_Heads(pieces, heads), _Values(pieces, values)]
    every += [_List(pieces, name, part) for name, part in parts.items() if len(part[1])]
    end = pieces.add(["}\n"])

    def lines(first: int, last: int) -> memoryview:
        own, count = pieces.further(), last - first
        blocks = [block for part in every for block in part.blocks(own, first, last)]
        blocks.append((np.arange(count), [np.full(count, end)]))
        return own.bytes_of(_interleaved(blocks, count))

    pieces.further()  # joined once, before threads ask for it
    waiting: deque[Future[memoryview]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for first in range(0, len(heads), _HEADS):
            waiting.append(pool.submit(lines, first, min(first + _HEADS, len(heads))))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def object_lines(frame: pd.DataFrame) -> Iterator[memoryview]:
    """Each row as a JSON object without what is missing, some rows at a time."""
    if not len(frame):
        return
    pieces = Pieces()
    ends = pieces.add(["{", "}\n"])
    objects = _objects(pieces, frame, [str(name) for name in frame.columns])
    for first in range(0, len(frame), _ROWS):
        last = min(first + _ROWS, len(frame))
        own, count = pieces.further(), last - first
        parts = objects.of(own, slice(first, last), count)
        block = (np.arange(count), [np.full(count, ends), *parts, np.full(count, ends + 1)])
        yield own.bytes_of(_interleaved([block], count))


def _objects(
    pieces: Pieces, rows: pd.DataFrame | pa.Table, names: Sequence[str], *further: Few, started: bool = False
) -> Objects:
    columns = [*(column_of(name, rows[name], few=_FEW) for name in names), *further]
    return Objects(pieces, columns, started=started, few=_FEW)


def _names(rows: pd.DataFrame | pa.Table) -> list[str]:
    return [str(name) for name in (rows.columns if isinstance(rows, pd.DataFrame) else rows.column_names)]


@dataclass(frozen=True, slots=True)
class _Some:
    """The rows of a table that belong to some heads: where they stand, and the number of the head of each."""

    at: slice | Ints
    owner: Ints

    @classmethod
    def of(cls, part: Owned, first: int, last: int) -> _Some:
        _, owner, order = part
        begin, end = (int(place) for place in np.searchsorted(owner, [first, last]))
        at = slice(begin, end) if order is None else order[begin:end]
        return cls(at, owner[begin:end] - first)


class _Heads:
    """What stands first in every document."""

    def __init__(self, pieces: Pieces, heads: pd.DataFrame) -> None:
        self._begin = pieces.add(["{", ', "primary": {'])
        self._objects = _objects(pieces, heads, _names(heads))

    def blocks(self, pieces: Pieces, first: int, last: int) -> Iterator[Block]:
        """The numbers of some heads."""
        count = last - first
        body = self._objects.of(pieces, slice(first, last), count)
        yield np.arange(count), [np.full(count, self._begin), *body, np.full(count, self._begin + 1)]


class _Values:
    """The primary value of each field, and all values by field."""

    def __init__(self, pieces: Pieces, values: Owned) -> None:
        rows = values[0]
        self._part = values
        self._fields, names = _coded(rows["field"])
        self._said = _texts(rows["value"])
        self._primary = _flags(rows["is_primary"])
        keys = json_texts(names).to_pylist()
        self._keys = len(keys)
        self._shown = pieces.add([text for key in keys for text in (f'{key}: "', f', {key}: "')])
        self._middle = pieces.add(['}, "values": {', "}]}", "}", '"'])
        again = '}, {"value": "'
        self._open = pieces.add(
            [f'{begin}{key}: [{{"value": "' for key in keys for begin in ("", "}], ")] + [again]
        )
        flag = Few("primary", np.where(self._primary, 0, -1).astype(np.int16), ["true"])
        rest = [name for name in _names(rows) if name not in _SPECIAL]
        self._objects = _objects(pieces, rows, rest, flag, started=True)

    def blocks(self, pieces: Pieces, first: int, last: int) -> Iterator[Block]:
        """The numbers of the values of some heads."""
        some = _Some.of(self._part, first, last)
        at, owner = self._by_field(some.at, some.owner)
        fields, primary = self._fields[at].astype(np.int64), self._primary[at]
        texts, _ = self._said.of(at)
        numbers = np.arange(len(texts)) + pieces.add(texts)
        shown = self._shown + 2 * fields[primary] + ~_begins(owner[primary])
        quote = np.full(len(owner), self._middle + 3)
        yield owner[primary], [shown, numbers[primary], quote[primary]]
        every = np.arange(last - first)
        yield every, [np.full(last - first, self._middle)]
        again = ~_begins(owner, fields)
        opening = self._open + np.where(again, 2 * self._keys, 2 * fields + ~_begins(owner))
        yield owner, [opening, numbers, quote, *self._objects.of(pieces, at, len(owner))]
        has = np.bincount(owner, minlength=last - first) > 0
        yield every, [np.where(has, self._middle + 1, self._middle + 2)]

    def _by_field(self, at: slice | Ints, owner: Ints) -> tuple[slice | Ints, Ints]:
        """The rows with those of one field together, in the order of the first of each."""
        fields = self._fields[at].astype(np.int64)
        key = owner * self._keys + fields
        if not len(key) or np.bincount(key[_begins(owner, fields)]).max() == 1:
            return at, owner
        _, begins, number = np.unique(key, return_index=True, return_inverse=True)
        order = np.lexsort((begins[number], owner))
        rows = np.arange(at.start, at.stop) if isinstance(at, slice) else at
        return rows[order], owner[order]


class _List:
    """The rows of a table as a list of objects; no list where there are none."""

    def __init__(self, pieces: Pieces, name: str, part: Owned) -> None:
        self._part = part
        self._begin = pieces.add([f", {json.dumps(name)}: [{{", "}, {", "}]"])
        self._objects = _objects(pieces, part[0], _names(part[0]))

    def blocks(self, pieces: Pieces, first: int, last: int) -> Iterator[Block]:
        """The numbers of the lists of some heads."""
        some = _Some.of(self._part, first, last)
        if not len(some.owner):
            return
        body = self._objects.of(pieces, some.at, len(some.owner))
        yield some.owner, [np.where(_begins(some.owner), self._begin, self._begin + 1), *body]
        has = np.bincount(some.owner, minlength=last - first) > 0
        yield np.arange(last - first), [np.where(has, self._begin + 2, 0)]


def _coded(column: pd.Series[Any] | pa.ChunkedArray) -> tuple[NDArray[np.int16], pa.Array]:
    """The number of each row's field, and the fields."""
    if isinstance(column, pd.Series):
        codes, names = coded(column)
        return codes.astype(np.int16), names
    flat = column.combine_chunks()
    flat = flat if pa.types.is_dictionary(flat.type) else flat.dictionary_encode()
    return flat.indices.to_numpy().astype(np.int16), flat.dictionary


def _texts(column: pd.Series[Any] | pa.ChunkedArray) -> Many:
    found = column_of("value", column, few=0)
    assert isinstance(found, Many)  # nothing is few here
    return found


def _flags(column: pd.Series[Any] | pa.ChunkedArray) -> NDArray[np.bool_]:
    if isinstance(column, pd.Series):
        return column.to_numpy(dtype=bool)
    found: NDArray[np.bool_] = column.to_numpy().astype(bool)
    return found


def _begins(owner: Ints, *codes: Ints) -> NDArray[np.bool_]:
    """Whether each row is the first of its owner (and code)."""
    first = np.ones(len(owner), dtype=bool)
    first[1:] = owner[1:] != owner[:-1]
    for code in codes:
        first[1:] |= code[1:] != code[:-1]
    return first


def _interleaved(blocks: Sequence[Block], heads: int) -> NDArray[np.int32]:
    """The numbers of all blocks, head by head and in each in the order of the blocks."""
    counts = [np.bincount(owner, minlength=heads) * len(parts) for owner, parts in blocks]
    ends = np.cumsum(np.sum(counts, axis=0))
    start = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1]])
    found = np.zeros(int(ends[-1]) if heads else 0, dtype=np.int32)
    for (owner, parts), count in zip(blocks, counts, strict=True):
        width = len(parts)
        before = np.cumsum(count) - count  # numbers of this block that stand before the head's
        place = start[owner] - before[owner] + np.arange(len(owner)) * width
        for at, part in enumerate(parts):
            found[place + at] = part
        start = start + count
    numbers: NDArray[np.int32] = found[found > 0]
    return numbers

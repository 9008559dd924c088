"""Tables to nested documents, one JSON object a line, without a Python object per row.

The same bytes as `json.dumps` of the documents, of which `crmclean.merge.customer_documents` has one per
customer; made of pieces (`crmclean.write.spliced`), some thousand customers at a time, in two threads.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crmclean.schema import frame_of_rows
from crmclean.write.spliced import Ints, Pieces, coded, json_texts

__all__ = ["Owned", "document_lines", "object_lines"]

Owned = tuple[pd.DataFrame | pa.Table, Ints, Ints | None]
"""Rows of a table (texts may be codes), the number of the head that each belongs to, rising, and where the
rows stand in the table; None: one behind the other."""
_Part = tuple[pd.DataFrame, Ints]
Block = tuple[Ints, Ints]  # numbers of heads, and per row the numbers of its pieces
_HEADS = 4096
_ROWS = 50_000
_FEW = 4096  # combinations of neighbouring columns that are written down as one piece
_TEXT = pa.large_string()


@dataclass(frozen=True, slots=True)
class _Column:
    """A column as JSON: the number of each row's text, -1 where it has none, and the texts."""

    name: str
    codes: Ints
    texts: pa.Array


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
    stretches = ((first, min(first + _HEADS, len(heads))) for first in range(0, len(heads), _HEADS))
    waiting: deque[Future[memoryview]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for first, last in stretches:
            own = {name: _stretch(part, first, last) for name, part in parts.items()}
            waiting.append(pool.submit(_lines, heads.iloc[first:last], _stretch(values, first, last), own))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def object_lines(frame: pd.DataFrame) -> Iterator[memoryview]:
    """Each row as a JSON object without what is missing, some rows at a time."""
    for first in range(0, len(frame), _ROWS):
        part = frame.iloc[first : first + _ROWS]
        pieces = Pieces()
        ends = pieces.add(["{", "}\n"])
        body = _objects(pieces, [_column(part[name]) for name in part.columns])
        table = np.column_stack([np.full(len(part), ends), body, np.full(len(part), ends + 1)])
        yield pieces.bytes_of(table[table > 0])


def _stretch(part: Owned, first: int, last: int) -> _Part:
    rows, owner, order = part
    begin, end = np.searchsorted(owner, [first, last])
    if isinstance(rows, pd.DataFrame):
        return rows.iloc[slice(begin, end) if order is None else order[begin:end]], owner[begin:end] - first
    part_of = rows.slice(begin, end - begin) if order is None else rows.take(order[begin:end])
    return frame_of_rows(part_of), owner[begin:end] - first


def _lines(heads: pd.DataFrame, values: _Part, parts: Mapping[str, _Part]) -> memoryview:
    pieces = Pieces()
    every = np.arange(len(heads), dtype=np.int64)
    blocks = [
        (every, _heads(pieces, heads)),
        *_values(pieces, values, every),
    ]
    for name, (frame, owner) in parts.items():
        blocks += _listed(pieces, name, frame, owner, every)
    blocks.append((every, np.full((len(heads), 1), pieces.add(["}\n"]))))
    return pieces.bytes_of(_interleaved(blocks, len(heads)))


def _heads(pieces: Pieces, heads: pd.DataFrame) -> Ints:
    begin = pieces.add(["{", ', "primary": {'])
    body = _objects(pieces, [_column(heads[name]) for name in heads.columns])
    return np.column_stack([np.full(len(heads), begin), body, np.full(len(heads), begin + 1)])


def _values(pieces: Pieces, values: _Part, every: Ints) -> list[Block]:
    """The primary value of each field, and all values by field."""
    frame, owner = values
    fields, names = coded(frame["field"])
    frame, owner, fields = _by_field(frame, owner, fields)
    said = _column(frame["value"])
    numbers = said.codes + pieces.add(said.texts)
    primary = frame["is_primary"].to_numpy(dtype=bool)
    keys = json_texts(names).to_pylist()
    shown = pieces.add([text for key in keys for text in (f"{key}: ", f", {key}: ")])
    first = _begins(owner[primary])
    blocks: list[Block] = [
        (owner[primary], np.column_stack([shown + 2 * fields[primary] + ~first, numbers[primary]]))
    ]
    middle = pieces.add(['}, "values": {', "}]}", "}"])
    blocks.append((every, np.full((len(every), 1), middle)))
    open_ = pieces.add(
        [f'{begin}{key}: [{{"value": ' for key in keys for begin in ("", "}], ")] + ['}, {"value": ']
    )
    fresh, again = _begins(owner), ~_begins(owner, fields)
    opening = np.where(again, open_ + 2 * len(keys), open_ + 2 * fields + ~fresh)
    flag = _Column("primary", np.where(primary, 0, -1), pa.array(["true"], _TEXT))
    rest = [_column(frame[name]) for name in frame.columns if name not in ("field", "value", "is_primary")]
    body = _objects(pieces, [*rest, flag], started=True)
    blocks.append((owner, np.column_stack([opening, numbers, body])))
    has = np.bincount(owner, minlength=len(every)) > 0
    blocks.append((every, np.where(has, middle + 1, middle + 2)[:, None]))
    return blocks


def _by_field(frame: pd.DataFrame, owner: Ints, fields: Ints) -> tuple[pd.DataFrame, Ints, Ints]:
    """The rows with those of one field together, in the order of the first of each."""
    width = int(fields.max(initial=0)) + 1
    key = owner * width + fields
    _, begins, number = np.unique(key, return_index=True, return_inverse=True)
    place = begins[number]
    if not (np.diff(place) < 0).any():
        return frame, owner, fields
    order = np.lexsort((place, owner))
    return frame.iloc[order], owner[order], fields[order]


def _listed(pieces: Pieces, name: str, frame: pd.DataFrame, owner: Ints, every: Ints) -> list[Block]:
    """The rows of a table as a list of objects; no list where there are none."""
    if not len(frame):
        return []
    begin = pieces.add([f", {json.dumps(name)}: [{{", "}, {", "}]"])
    body = _objects(pieces, [_column(frame[column]) for column in frame.columns])
    opening = np.where(_begins(owner), begin, begin + 1)
    has = np.bincount(owner, minlength=len(every)) > 0
    return [(owner, np.column_stack([opening, body])), (every, np.where(has, begin + 2, 0)[:, None])]


def _begins(owner: Ints, *codes: Ints) -> NDArray[np.bool_]:
    """Whether each row is the first of its owner (and code)."""
    first = np.ones(len(owner), dtype=bool)
    first[1:] = owner[1:] != owner[:-1]
    for code in codes:
        first[1:] |= code[1:] != code[:-1]
    return first


def _column(values: pd.Series) -> _Column:
    """A column as JSON; texts, numbers and flags."""
    name = str(values.name)
    if pd.api.types.is_bool_dtype(values.dtype):
        return _Column(name, values.to_numpy(dtype=np.int64), pa.array(["false", "true"], _TEXT))
    if pd.api.types.is_numeric_dtype(values.dtype):
        codes, numbers = pd.factorize(values.to_numpy())
        texts = pa.array([json.dumps(number) for number in numbers.tolist()], _TEXT)
        return _Column(name, codes.astype(np.int64), texts)
    codes, distinct = coded(values.astype("str"))
    return _Column(name, codes, json_texts(distinct))


def _objects(pieces: Pieces, columns: Sequence[_Column], *, started: bool = False) -> Ints:
    """The inside of each row's object as numbers of pieces; 0 where there is nothing.

    Neighbouring columns that say few different things together are one piece.
    """
    rows = len(columns[0].codes)
    begun = np.full(rows, started)
    found: list[Ints] = []
    at = 0
    while at < len(columns):
        group, size = [columns[at]], len(columns[at].texts) + 1
        while at + len(group) < len(columns) and size * (len(columns[at + len(group)].texts) + 1) <= _FEW:
            size *= len(columns[at + len(group)].texts) + 1
            group.append(columns[at + len(group)])
        at += len(group)
        found += _together(pieces, group, begun) if size <= _FEW else _alone(pieces, group[0], begun)
        for column in group:
            begun = begun | (column.codes >= 0)
    return np.column_stack(found)


def _together(pieces: Pieces, group: Sequence[_Column], begun: NDArray[np.bool_]) -> list[Ints]:
    """Columns as one piece per combination that occurs."""
    mixed = begun.astype(np.int64)
    for column in group:
        mixed = mixed * (len(column.texts) + 1) + column.codes + 1
    known, number = np.unique(mixed, return_inverse=True)
    said = [column.texts.to_pylist() for column in group]
    texts = []
    for combination in known.tolist():
        entries: list[str] = []
        left = combination
        for column, options in zip(reversed(group), reversed(said), strict=True):
            left, code = divmod(left, len(options) + 1)
            if code:
                entries.insert(0, f"{json.dumps(column.name)}: {options[code - 1]}")
        texts.append((", " if left and entries else "") + ", ".join(entries))
    return [number.astype(np.int64) + pieces.add(texts)]


def _alone(pieces: Pieces, column: _Column, begun: NDArray[np.bool_]) -> list[Ints]:
    """A column with many different values."""
    has = column.codes >= 0
    key = pa.scalar(f"{json.dumps(column.name)}: ", _TEXT)
    numbers = np.where(has, column.codes + pieces.add(_glued(key, column.texts)), 0)
    return [np.where(has & begun, pieces.add([", "]), 0), numbers] if begun.any() else [numbers]


def _glued(key: pa.Scalar, texts: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(key, texts, pa.scalar("", _TEXT))


def _interleaved(blocks: Sequence[Block], heads: int) -> Ints:
    """The numbers of all blocks, head by head and in each in the order of the blocks."""
    counts = [np.bincount(owner, minlength=heads) * table.shape[1] for owner, table in blocks]
    ends = np.cumsum(np.sum(counts, axis=0))
    start = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1]])
    found = np.zeros(int(ends[-1]) if heads else 0, dtype=np.int64)
    for (owner, table), count in zip(blocks, counts, strict=True):
        width = table.shape[1]
        before = np.cumsum(count) - count  # numbers of this block that stand before the head's
        place = start[owner] - before[owner] + np.arange(len(owner)) * width
        for at in range(width):
            found[place + at] = table[:, at]
        start = start + count
    numbers: Ints = found[found > 0]
    return numbers

"""The body of a text table through Arrow: a million rows in well under a second.

Rows of another length than the rest are handed back with their line, for `csv_rows` to repair.
Gives up (None) wherever Arrow would read something else than `csv_rows` does: quotes that do not
pair, zero bytes, unusual dialects, too many ragged rows. Nothing is repaired here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from crmclean.read.dialect import Dialect

__all__ = ["Fast", "read_fast"]

_BLOCK = 8 << 20
_LONGEST = 200
_RAGGED = 20_000
_COLUMN = "\x1f"
"""Delimiter of a single column: a character that text does not hold (checked)."""


@dataclass(frozen=True, slots=True)
class Fast:
    """What Arrow read.

    Args:
        columns: Text columns of the rows of the expected length; empty cells are null.
        lines: The line each row begins on.
        ragged: The other rows as text, with their lines.
    """

    columns: list[pa.ChunkedArray]
    lines: np.ndarray
    ragged: list[tuple[int, str]] = field(default_factory=list)


def read_fast(body: memoryview, dialect: Dialect, columns: int, first: int) -> Fast | None:
    """The rows of the body, or None where Arrow is not safe.

    Args:
        body: UTF-8 bytes behind the header: the end of a bytes object, not a copy.
        dialect: How they are written.
        columns: Number of cells of each row.
        first: Line number of the first byte.
    """
    quotes = _count(body, dialect.quote)
    if quotes % 2 or not _fits(body, dialect):
        return None
    ragged: list[tuple[int, str]] = []
    try:
        table = _parse(body, dialect, columns, None, quoted=quotes > 0)
    except (pa.ArrowException, ValueError, OverflowError):
        try:
            table = _parse(body, dialect, columns, ragged, quoted=quotes > 0)
        except (pa.ArrowException, ValueError, OverflowError):
            return None
    return _placed(body, table, ragged, first)


def _parse(
    body: memoryview, dialect: Dialect, columns: int, ragged: list[tuple[int, str]] | None, *, quoted: bool
) -> pa.Table:
    """The table; with a list given, rows of another length go there with their number.

    Without a quote in the body no cell holds a line end.

    Raises:
        ArrowInvalid: A row of another length and no list given, or too many of them.
    """

    def keep(row: arrow_csv.InvalidRow) -> str:
        if ragged is None or len(ragged) >= _RAGGED:
            return "error"
        ragged.append((row.number, row.text))
        return "skip"

    names = [str(i) for i in range(columns)]
    return arrow_csv.read_csv(
        pa.BufferReader(pa.py_buffer(body)),
        read_options=arrow_csv.ReadOptions(
            column_names=names, block_size=min(_BLOCK, len(body) + 1), use_threads=ragged is None
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=dialect.delimiter or _COLUMN,
            quote_char=dialect.quote or False,
            double_quote=bool(dialect.quote),
            newlines_in_values=quoted,
            invalid_row_handler=keep,
        ),
        convert_options=arrow_csv.ConvertOptions(
            check_utf8=False,
            column_types=dict.fromkeys(names, pa.large_string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )


def _fits(body: memoryview, dialect: Dialect) -> bool:
    delimiter = dialect.delimiter or _COLUMN
    if len(body) == 0 or len(delimiter) > 1 or not delimiter.isascii() or delimiter in "\r\n":
        return False
    if dialect.escape or dialect.skip_blanks or _holds(body, "\0"):
        return False
    if not dialect.delimiter and _holds(body, _COLUMN):
        return False
    return not _holds(body, "\r") or _count(body, "\r") == _count(body, "\r\n")


def _holds(body: memoryview, text: str) -> bool:
    """Whether an ASCII text stands in the bytes."""
    whole = body.obj
    assert isinstance(whole, bytes)
    return whole.find(text.encode(), len(whole) - len(body)) >= 0


def _count(body: memoryview, text: str) -> int:
    """How often an ASCII text stands in the bytes; 0 for the empty text."""
    if not text:
        return 0
    whole = body.obj
    assert isinstance(whole, bytes)
    return whole.count(text.encode(), len(whole) - len(body))


def _placed(body: memoryview, table: pa.Table, ragged: list[tuple[int, str]], first: int) -> Fast | None:
    """The rows with their lines; None where these cannot be told."""
    total = table.num_rows + len(ragged)
    regular = np.ones(total, dtype=bool)
    regular[[number - 1 for number, _ in ragged]] = False
    starts = _starts(body, table.columns, ragged, regular)
    if starts is None:
        return None
    lines = starts + first
    odd = [(int(lines[number - 1]), text) for number, text in ragged]
    return Fast(table.columns, lines[regular], odd)


def _starts(
    body: memoryview, columns: list[pa.ChunkedArray], ragged: list[tuple[int, str]], regular: np.ndarray
) -> np.ndarray | None:
    """Line of each row from 0: one per row, unless cells hold breaks or lines are blank."""
    physical = _count(body, "\n") + int(body[-1] != 10)
    total = len(regular)
    if physical == total:
        return np.arange(total, dtype=np.int64)
    breaks = np.zeros(total, dtype=np.int64)
    for column in columns:
        counts = pc.fill_null(pc.count_substring(column, "\n"), 0).to_numpy().astype(np.int64)
        if counts.max(initial=0) > _LONGEST:
            return None
        breaks[regular] += counts
    for number, text in ragged:
        breaks[number - 1] = text.count("\n")
    if physical == total + int(breaks.sum()):
        return np.arange(total, dtype=np.int64) + np.concatenate(([0], np.cumsum(breaks)[:-1]))
    return None if breaks.any() else _filled_lines(np.frombuffer(body, dtype=np.uint8), physical, total)


def _filled_lines(data: np.ndarray, physical: int, total: int) -> np.ndarray | None:
    """The lines that are not blank, if there are as many as rows."""
    ends = np.flatnonzero(data == 10)
    starts = np.concatenate(([0], ends + 1))[:physical]
    lengths = np.concatenate((ends, [len(data)]))[:physical] - starts
    carriage = (lengths == 1) & (data[np.minimum(starts, len(data) - 1)] == 13)
    filled = np.flatnonzero((lengths > 0) & ~carriage)
    return filled.astype(np.int64) if len(filled) == total else None

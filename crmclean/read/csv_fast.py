"""The body of a clean text table through Arrow: a million rows in about half a second.

Gives up (None) wherever Arrow would read something else than `csv_rows` does: ragged rows, quotes
that do not pair, zero bytes, unusual dialects. Nothing is repaired here.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from crmclean.read.dialect import Dialect

__all__ = ["read_fast"]

_BLOCK = 8 << 20
_LONGEST = 200


def read_fast(
    body: memoryview, dialect: Dialect, columns: int, first: int
) -> tuple[list[pa.ChunkedArray], np.ndarray] | None:
    """The columns of the body and the line each row begins on; None where Arrow is not safe.

    Args:
        body: UTF-8 bytes behind the header.
        dialect: How they are written.
        columns: Number of cells of each row.
        first: Line number of the first byte.
    """
    if not _fits(body, dialect):
        return None
    quoted = _count(body, dialect.quote) > 0
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(body)),
            read_options=arrow_csv.ReadOptions(
                column_names=[str(i) for i in range(columns)], block_size=min(_BLOCK, max(len(body), 1) + 1)
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=dialect.delimiter or "\x1f",
                quote_char=dialect.quote or False,
                double_quote=bool(dialect.quote),
                newlines_in_values=bool(quoted),
            ),
            convert_options=arrow_csv.ConvertOptions(
                check_utf8=False,
                column_types={str(i): pa.large_string() for i in range(columns)},
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError, ValueError, OverflowError):
        return None
    arrays = table.columns
    lines = _lines(body, arrays, table.num_rows, first)
    return None if lines is None else (arrays, lines)


def _fits(body: memoryview, dialect: Dialect) -> bool:
    delimiter = dialect.delimiter or "\x1f"
    if len(body) == 0 or len(delimiter) > 1 or not delimiter.isascii() or delimiter in "\r\n":
        return False
    if dialect.escape or dialect.skip_blanks or _count(body, "\0"):
        return False
    if not dialect.delimiter and _count(body, "\x1f"):
        return False
    if _count(body, "\r") != _count(body, "\r\n"):
        return False
    return _count(body, dialect.quote) % 2 == 0


def _count(body: memoryview, text: str) -> int:
    """How often an ASCII text stands in the bytes; 0 for the empty text."""
    if not text:
        return 0
    if len(text) == 1:
        return int(np.count_nonzero(np.frombuffer(body, dtype=np.uint8) == ord(text)))
    data = np.frombuffer(body, dtype=np.uint8)
    return int(np.count_nonzero((data[:-1] == ord(text[0])) & (data[1:] == ord(text[1]))))


def _lines(body: memoryview, arrays: list[pa.ChunkedArray], rows: int, first: int) -> np.ndarray | None:
    """The line each row begins on: one line per row, unless cells hold breaks or lines are blank."""
    data = np.frombuffer(body, dtype=np.uint8)
    ends = np.flatnonzero(data == 10)
    physical = len(ends) + int(len(data) > 0 and data[-1] != 10)
    if physical == rows:
        return np.arange(first, first + rows, dtype=np.int64)
    breaks = np.zeros(rows, dtype=np.int64)
    for array in arrays:
        counts = pc.fill_null(pc.count_substring(array, "\n"), 0).to_numpy().astype(np.int64)
        if counts.max(initial=0) > _LONGEST:
            return None
        breaks += counts
    if physical == rows + int(breaks.sum()):
        return first + np.arange(rows, dtype=np.int64) + np.concatenate(([0], np.cumsum(breaks)[:-1]))
    if breaks.any():
        return None
    starts = np.concatenate(([0], ends + 1))[:physical]
    stops = np.concatenate((ends, [len(data)]))[:physical]
    lengths = stops - starts
    carriage = (lengths == 1) & (data[np.minimum(starts, len(data) - 1)] == 13)
    filled = np.flatnonzero((lengths > 0) & ~carriage)
    return (first + filled).astype(np.int64) if len(filled) == rows else None

"""The rows of a text table behind its header: Arrow first, ragged rows repaired, footers cut."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from crmclean.read.csv_fast import Fast, read_fast
from crmclean.read.csv_rows import Rows, numbered, square
from crmclean.read.csv_sniff import Sniffed
from crmclean.read.dialect import lines_of
from crmclean.read.layout import footer_length

__all__ = ["Columns", "read_body"]

Columns = Sequence[pa.ChunkedArray] | Sequence[Sequence[str | None]]
Finding = dict[str, object]
Row = tuple[int, list[str]]
_TAIL = 7
_REPORTED = 50
_USUAL = 0.2
"""Share of short rows from which they are taken for the file's way of leaving out empty cells."""


def read_body(sniffed: Sniffed, findings: list[Finding]) -> tuple[Columns, np.ndarray]:
    """Columns of ``sniffed.width`` cells per row and the line each row begins on.

    Args:
        sniffed: What was found out about the file.
        findings: What is repaired or left out is added here.
    """
    width = sniffed.width
    body = memoryview(sniffed.decoded.data)[sniffed.body :]
    fast = read_fast(body, sniffed.dialect, width, sniffed.line)
    if fast is None:
        return _slow(bytes(body).decode(), sniffed, width, findings)
    stray: list[Finding] = []
    ragged = [
        (line + at, row)
        for line, text in fast.ragged
        for at, row in numbered(lines_of(text), sniffed.dialect, width, stray, first=0)
    ]
    fast, ragged = _without_footer(fast, ragged, width, findings)
    join = len(ragged) <= max(2, _USUAL * len(fast.lines))
    out = square(ragged, width, sniffed.dialect.delimiter, join=join)
    findings += stray[:_REPORTED] + out.findings
    return _merged(fast, out) if out.lines else (fast.columns, fast.lines)


def _merged(fast: Fast, out: Rows) -> tuple[list[pa.ChunkedArray], np.ndarray]:
    """Regular and repaired rows in the order of their lines."""
    lines = np.concatenate((fast.lines, np.array(out.lines, dtype=np.int64)))
    order = np.argsort(lines, kind="stable")
    repaired = [
        pa.array([cell or None for cell in cells], pa.large_string())
        for cells in zip(*out.cells, strict=True)
    ]
    columns = [
        pa.chunked_array([*column.chunks, extra], pa.large_string()).take(pa.array(order))
        for column, extra in zip(fast.columns, repaired, strict=True)
    ]
    return columns, lines[order]


def _without_footer(
    fast: Fast, ragged: list[Row], width: int, findings: list[Finding]
) -> tuple[Fast, list[Row]]:
    count = len(fast.lines)
    tail = [column.slice(max(count - _TAIL, 0)).to_pylist() for column in fast.columns]
    rows = [[cell or "" for cell in row] for row in zip(*tail, strict=True)]
    last: list[Row] = [
        *zip(fast.lines[max(count - _TAIL, 0) :].tolist(), rows, strict=True),
        *ragged[-_TAIL:],
    ]
    last = sorted(last, key=lambda item: item[0])[-_TAIL:]
    cut = footer_length([row for _, row in last], width)
    if not cut:
        return fast, ragged
    findings += _footer_findings(last[-cut:])
    from_line = last[-cut][0]
    keep = int(np.searchsorted(fast.lines, from_line))
    columns = [column.slice(0, keep) for column in fast.columns]
    return Fast(columns, fast.lines[:keep]), [item for item in ragged if item[0] < from_line]


def _slow(text: str, sniffed: Sniffed, width: int, findings: list[Finding]) -> tuple[Columns, np.ndarray]:
    stray: list[Finding] = []
    rows = list(numbered(lines_of(text), sniffed.dialect, width, stray, first=sniffed.line))
    cut = footer_length([row for _, row in rows[-_TAIL:]], width)
    if cut:
        findings += _footer_findings(rows[-cut:])
        rows = rows[:-cut]
    join = sum(0 < len(row) < width for _, row in rows) <= max(2, _USUAL * len(rows))
    out = square(rows, width, sniffed.dialect.delimiter, join=join)
    findings += stray[:_REPORTED] + out.findings
    columns: list[Sequence[str | None]] = list(zip(*out.cells, strict=True))
    return columns or [[]] * width, np.array(out.lines, dtype=np.int64)


def _footer_findings(rows: Sequence[Row]) -> list[Finding]:
    return [
        {"code": "footer_row", "row": line, "raw": " ".join(cell for cell in row if cell)[:200]}
        for line, row in rows
        if any(row)
    ]

"""Rows of a damaged or unusual text table, one by one: slower than Arrow, and nothing is lost.

Repairs, each with a finding: a quote that is never closed swallows lines (it is read as a plain
character), a row with too few cells is filled up, the surplus of a row with too many is joined to
its last cell, a row broken by a line break without quotes is put together again.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from crmclean.read.dialect import Dialect, records_of

__all__ = ["Rows", "numbered", "square"]

Finding = dict[str, object]
_LONGEST = 200
"""A cell of more lines than this was opened by a stray quote."""
_REPORTED = 50


@dataclass(slots=True)
class Rows:
    """Rows of equal length with the line each began on, and what was noticed."""

    cells: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def numbered(
    lines: Sequence[str], dialect: Dialect, columns: int, findings: list[Finding], first: int = 1
) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line they begin on; blank lines come out as empty rows.

    Args:
        lines: Physical lines with their line ends.
        dialect: How they are written.
        columns: Expected number of cells, to tell a stray quote.
        findings: Stray quotes are added here.
        first: Number of the first line.
    """
    start = 0
    while start < len(lines):
        reader = records_of((lines[i] for i in range(start, len(lines))), dialect)
        done = start
        try:
            for row in reader:
                end = start + _line_number(reader)
                if dialect.quote and end - done > 1 and _stray(lines[done:end], row, dialect, columns):
                    break
                yield first + done, row
                done = end
            else:
                return
        except csv.Error:
            pass  # a cell beyond the limit of the csv module: as with a stray quote
        findings.append({"code": "quote_unclosed", "row": first + done})
        yield first + done, _literal(lines[done], dialect)
        start = done + 1


def _line_number(reader: object) -> int:
    return int(getattr(reader, "line_num"))  # noqa: B009  typed as a plain iterator


def _literal(line: str, dialect: Dialect) -> list[str]:
    """The cells of one line when quotes are plain characters."""
    try:
        row = next(iter(records_of([line], replace(dialect, quote="", escape=""))), [])
    except csv.Error:
        return [line.rstrip("\r\n")]
    quote = dialect.quote
    return [c[1:-1] if len(c) > 1 and c[0] == quote == c[-1] else c for c in row]


def _stray(lines: Sequence[str], row: list[str], dialect: Dialect, columns: int) -> bool:
    if len(lines) > _LONGEST:
        return True
    if sum(line.count(dialect.quote) for line in lines) % 2 and not dialect.escape:
        return True
    return len(row) != columns and len(_literal(lines[0], dialect)) == columns


def square(rows: Iterable[tuple[int, list[str]]], columns: int, delimiter: str, *, join: bool = True) -> Rows:
    """Rows of exactly `columns` cells; blank ones are dropped, ragged ones reported.

    Args:
        rows: Rows with their lines, in order.
        columns: Number of cells each gets.
        delimiter: Joins the surplus of a row that is too long to its last cell.
        join: Whether short rows that follow one another and make up a whole row are one row broken
            by a line break; wrong where short rows are usual (empty cells at the end left out).
    """
    out = Rows()
    ragged = 0
    short: list[tuple[int, list[str]]] = []
    for line, row in rows:
        count = len(row)
        if count == columns:
            ragged += _fill(short, columns, out)
            out.cells.append(row)
            out.lines.append(line)
        elif not any(cell.strip() for cell in row):
            continue
        elif count > columns:
            ragged += _fill(short, columns, out)
            ragged += _cut(line, row, columns, delimiter, out)
        else:
            ragged += _collect(short, (line, row), columns if join else 0, out)
            if not join:
                ragged += _fill(short, columns, out)
    ragged += _fill(short, columns, out)
    if ragged > _REPORTED:
        out.findings.append({"code": "ragged_rows", "row": 0, "detail": f"rows={ragged} columns={columns}"})
    return out


def _collect(short: list[tuple[int, list[str]]], item: tuple[int, list[str]], columns: int, out: Rows) -> int:
    """Keep a short row until it is clear whether its neighbours complete it; rows reported."""
    reported = 0
    if short and item[0] != short[-1][0] + 1:
        reported = _fill(short, columns, out)
    short.append(item)
    width = sum(len(row) for _, row in short) - len(short) + 1
    if len(short) > 1 and width == columns:
        line, whole = short[0][0], list(short[0][1])
        for _, row in short[1:]:
            whole[-1] += "\n" + row[0]
            whole += row[1:]
        _report(out, line, f"broken lines={len(short)}")
        out.cells.append(whole)
        out.lines.append(line)
        short.clear()
        return reported + 1
    if width > columns:
        last = short.pop()
        reported += _fill(short, columns, out)
        short.append(last)
    return reported


def _fill(short: list[tuple[int, list[str]]], columns: int, out: Rows) -> int:
    for line, row in short:
        _report(out, line, f"short cells={len(row)} columns={columns}")
        out.cells.append(row + [""] * (columns - len(row)))
        out.lines.append(line)
    count = len(short)
    short.clear()
    return count


def _cut(line: int, row: list[str], columns: int, delimiter: str, out: Rows) -> int:
    """The row without its surplus; an empty surplus is told too, for the cells may be shifted."""
    _report(out, line, f"long cells={len(row)} columns={columns}")
    if any(cell.strip() for cell in row[columns:]):
        row = [*row[: columns - 1], delimiter.join(row[columns - 1 :])]
    out.cells.append(row[:columns])
    out.lines.append(line)
    return 1


def _report(out: Rows, line: int, detail: str) -> None:
    if sum(f["code"] == "ragged_rows" for f in out.findings[-_REPORTED:]) < _REPORTED:
        out.findings.append({"code": "ragged_rows", "row": line, "detail": detail})

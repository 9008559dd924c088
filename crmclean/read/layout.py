"""Where the table stands in its rows: lines above it, its header, lines below it.

Works on rows of any format that has no types of its own (csv, sheets). A header is a row of names:
filled, without mail addresses, dates and numbers, its cells not repeated below. Rows above it that
fill only a few cells are a preamble; short remarks and sums at the end are a footer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crmclean.text.fold import collapse, visible

__all__ = ["Layout", "find_layout", "footer_length", "name_columns"]

Finding = dict[str, object]
_VALUE = re.compile(
    r"""\s*(?: [^\s@]+@[^\s@]+\.\w{2,}                   # a mail address
    | (?:https?://|www\.)\S+
    | [+-]?[\d.,'\s]*\d\s?[%€$]?                         # a number
    | \d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:[T\s]\d.*)?      # a date
    | \d{1,2}:\d\d(?::\d\d)?
    | [+(]\d[\d\s()/.-]{5,}                              # a telephone number
    )\s*""",
    re.VERBOSE,
)
_YEAR = re.compile(r"\s*(?:19|20)\d\d\s*")
_FOOTER = re.compile(
    r"""\s*[-=*_\#(]*\s*(?:
      (?:(?:gesamt|zwischen|end)?summe|gesamt(?:betrag|ergebnis|anzahl)?|total|anzahl(?:\s+datens[aä]tze)?)
      \s*(?:[:=(].*|[\d.,]+.*)?                                        # not Total Energies GmbH
    | (?:ende\s(?:der|des|vom)|end\sof|seite\s\d+|page\s\d+|druckdatum|erstellt\s(?:am|von)|exportiert\s)\b.*
    | (?:stand|generated|rows|records|zeilen|datens[aä]tze)\s*:.*
    | \d+\s(?:rows?|zeilen?|datens[aä]tze?|records?|eintr[aä]ge?|treffer)\b.*
    )\s*""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_RULE = re.compile(r"\s*[-=*_#]{3,}\s*")
_DATEV = frozenset({"EXTF", "DTVF"})
"""First cell of the line that DATEV writes above its header, however many cells it has."""
_LOOK = 60
_FOOTER_ROWS = 6


@dataclass(frozen=True, slots=True)
class Layout:
    """Where header and body are, as indexes into the rows looked at.

    Args:
        header: Index of the header row; None where the first row is data already.
        body: Index of the first data row (header rows that repeat are behind us).
    """

    header: int | None
    body: int


def find_layout(rows: Sequence[Sequence[str]], columns: int) -> Layout:
    """The layout of a table from its first rows.

    Args:
        rows: First rows, blank ones included as empty lists or empty cells.
        columns: Most frequent number of cells of the data rows.
    """
    start = _first_full(rows, columns)
    if start is None:
        return Layout(None, len(rows))
    head = _names(rows[start])
    body = start + 1
    while body < len(rows) and _names(rows[body]) == head and any(head):
        body += 1
    below = [row for row in rows[body : body + 200] if _names(row) != head]
    if _is_data(rows[start], below, columns):
        return Layout(None, start)
    return Layout(start, body)


def _first_full(rows: Sequence[Sequence[str]], columns: int) -> int | None:
    first = None
    for index, row in enumerate(rows[:_LOOK]):
        filled = _filled(row)
        if not filled or row[0].strip() in _DATEV:
            continue
        if first is None:
            first = index
        near = len(row) == columns or (abs(len(row) - columns) <= 1 and filled >= columns - 2)
        if filled >= columns or (near and filled >= max(2, 0.5 * columns)):
            return index
    return first


def _is_data(row: Sequence[str], below: Sequence[Sequence[str]], columns: int) -> bool:
    cells = [cell for cell in row if cell.strip()]
    values = [c for c in cells if _VALUE.fullmatch(c) and not _YEAR.fullmatch(c)]
    if any("@" in c for c in values) or len(values) > 0.2 * len(cells):
        return True
    if columns < 2 or not below:
        return False
    again = sum(
        bool(cell.strip()) and sum(len(other) > i and other[i] == cell for other in below) >= 2
        for i, cell in enumerate(row)
    )
    return again >= max(1, 0.3 * len(cells))


def footer_length(rows: Sequence[Sequence[str]], columns: int) -> int:
    """How many rows at the end are sums and remarks, not data (blank rows among them count).

    A row with a single cell that goes on like the column above it is a cut row, not a footer.
    """
    count = 0
    spaced = any(" " in row[0].strip() for row in rows if _filled(row) > 1)
    for offset, row in enumerate(reversed(rows[-_FOOTER_ROWS:]), 1):
        if not _filled(row):
            continue
        before = rows[-offset - 1] if len(rows) > offset else []
        if not _is_footer(row, columns, apart=not _filled(before), spaced=spaced):
            break
        count = offset
    return count


def _is_footer(row: Sequence[str], columns: int, *, apart: bool, spaced: bool) -> bool:
    """Whether it is a rule, a sum, or a remark alone in the first column.

    Args:
        row: Its cells.
        columns: Cells of a data row.
        apart: Whether a blank row is above it.
        spaced: Whether data rows have words with blanks in the first column too.
    """
    filled = [cell for cell in row if cell.strip()]
    first = filled[0]
    if _RULE.fullmatch(first) and len(filled) == 1:
        return True
    sums = all(_VALUE.fullmatch(cell) for cell in filled[1:])
    if _FOOTER.fullmatch(first) and (sums or len(filled) <= columns // 2):
        return columns > 1 or first.lstrip().startswith("(")
    remark = apart or ":" in first or (" " in first.strip() and not spaced)
    alone = len(filled) == 1 and len(row) != columns and bool(row[0].strip())
    return columns >= 3 and alone and remark


def _filled(row: Iterable[str]) -> int:
    return sum(bool(cell and cell.strip()) for cell in row)


def _names(row: Iterable[str]) -> list[str]:
    return [collapse(visible(cell or "")).encode("utf-8", "replace").decode() for cell in row]


def name_columns(header: Sequence[str], columns: int) -> tuple[list[str], list[Finding]]:
    """Unique column names, and findings where the header did not give them.

    Blanks and line breaks around and within are made one blank. An empty header becomes
    ``column_3`` (counted from 1), the second column of a name ``Name.2``.

    Args:
        header: Header cells as read; empty for a table without a header.
        columns: Number of columns to name.
    """
    names: list[str] = []
    findings: list[Finding] = []
    taken: set[str] = set()
    given = _names(header)
    for index in range(columns):
        name = given[index] if index < len(given) else ""
        if not name:
            name = f"column_{index + 1}"
            if header:
                findings.append({"code": "empty_header", "field": name, "detail": f"column={index + 1}"})
        elif name in taken:
            unique = _unique(name, taken | set(given))
            detail = f"column={index + 1} header={name}"
            findings.append({"code": "duplicate_header", "field": unique, "detail": detail})
            name = unique
        if name in taken:
            name = _unique(name, taken | set(given))
        taken.add(name)
        names.append(name)
    return names, findings


def _unique(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name}.{number}" in taken:
        number += 1
    return f"{name}.{number}"

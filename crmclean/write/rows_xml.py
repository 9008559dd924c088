"""The rows of a sheet as XML, put together column by column, and their place in a finished workbook.

xlsxwriter writes a cell at a time, which is most of the work where a workbook has a million of them.
It writes the header and the last row of a sheet here, with all that surrounds them; the rows between,
in the very form in which it would have written them, are put in their place afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray
from xlsxwriter.utility import xl_col_to_name

from crmclean.write.cells import Cells
from crmclean.write.spliced import Ints, Pieces

__all__ = ["Rows", "fill_in"]

Style = Callable[[Cells, "str | float"], Any]
_CHUNK = 8192
_MANY = 15_000_000
_ROW_END = b"</row>"
_EDGE = re.compile(r"^\s|\s$")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
_LITERAL = re.compile(r"(_x[0-9a-fA-F]{4}_)")


@dataclass(frozen=True, slots=True)
class _Put:
    """Pieces of a sheet and the numbers of the first of each kind; values by column."""

    pieces: Pieces
    numbers: int
    opens: int
    cells: int
    values: list[int]


class Rows:
    """Rows of a sheet between its header and its last row.

    Args:
        columns: The columns of the table.
        first: Row of the table that stands below the header.
        last: Row of the table behind those given here.
        style: The format of a value of a column.
    """

    def __init__(self, columns: Sequence[Cells], first: int, last: int, style: Style) -> None:
        self._columns = columns
        self._first, self._last = first, last
        self._shapes = [[style(column, value) for value in column.distinct] for column in columns]
        self._formats = self._format_numbers(self._shapes)

    def _put_down(self) -> _Put:
        """The pieces that the rows are made of."""
        pieces = Pieces()
        return _Put(
            pieces=pieces,
            numbers=pieces.add([str(n) for n in range(2, self._last - self._first + 2)]),
            opens=pieces.add(['<row r="', '">', "</row>"]),
            cells=pieces.add([f'<c r="{xl_col_to_name(at)}' for at, _ in enumerate(self._columns)]),
            values=[
                pieces.add(
                    [
                        _cell(value, self._formats.get(id(shape), 0))
                        for value, shape in zip(column.distinct, own, strict=True)
                    ]
                )
                for column, own in zip(self._columns, self._shapes, strict=True)
            ],
        )

    def _format_numbers(self, shapes: Sequence[Sequence[Any]]) -> dict[int, int]:
        """The numbers of the formats, given in the order in which their first cells stand in the sheet."""
        begins: dict[int, tuple[int, Any]] = {}
        for at, (column, own) in enumerate(zip(self._columns, shapes, strict=True)):
            codes = column.codes[self._first : self._last]
            known, place = np.unique(codes, return_index=True)
            for code, row in zip(known.tolist(), place.tolist(), strict=True):
                if code >= 0:
                    shape, here = own[code], row * len(self._columns) + at
                    begins[id(shape)] = min(begins.get(id(shape), (here, shape)), (here, shape), key=_first)
        ordered = [shape for _, shape in sorted(begins.values(), key=_first)]
        return {id(shape): shape._get_xf_index() for shape in ordered}  # noqa: SLF001  no public way to learn it

    @property
    def many(self) -> bool:
        """Whether the XML may be larger than what a member of a plain archive holds."""
        return (self._last - self._first) * len(self._columns) > _MANY

    def __iter__(self) -> Iterator[memoryview]:
        """The XML, some rows at a time."""
        put = self._put_down()  # and let go when the sheet is written
        for start in range(self._first, self._last, _CHUNK):
            yield put.pieces.bytes_of(self._numbered(put, start, min(start + _CHUNK, self._last)))

    def _numbered(self, put: _Put, start: int, end: int) -> Ints:
        """The numbers of the pieces of some rows; rows without a cell are left out."""
        row = np.arange(start - self._first, end - self._first, dtype=np.int64) + put.numbers
        table = np.zeros((end - start, 4 + 3 * len(self._columns)), dtype=np.int64)
        said: NDArray[np.bool_] = np.zeros(end - start, dtype=bool)
        for at, column in enumerate(self._columns):
            codes = column.codes[start:end]
            has = codes >= 0
            said |= has
            table[:, 3 + 3 * at] = np.where(has, put.cells + at, 0)
            table[:, 4 + 3 * at] = np.where(has, row, 0)
            table[:, 5 + 3 * at] = np.where(has, codes + put.values[at], 0)
        table[:, 0], table[:, 1], table[:, 2] = put.opens, row, put.opens + 1
        table[:, -1] = put.opens + 2
        found = table[said].ravel()
        numbers: Ints = found[found > 0]
        return numbers


def _first(begin: tuple[int, Any]) -> int:
    return begin[0]


def _cell(value: str | float, number: int) -> str:
    """What stands behind the number of the row in a cell of a format."""
    if not isinstance(value, str):
        return f'" s="{number}"><v>{value:.16G}</v></c>'
    text = _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", _LITERAL.sub(r"_x005F\1", value))
    text = text.replace("\ufffe", "_xFFFE_").replace("\uffff", "_xFFFF_")
    kept = ' xml:space="preserve"' if _EDGE.search(text) else ""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'" s="{number}" t="inlineStr"><is><t{kept}>{text}</t></is></c>'


def fill_in(small: Path, target: Path, rows: Mapping[str, Rows]) -> None:
    """A workbook with its rows.

    Args:
        small: The workbook without them.
        target: File to write.
        rows: Rows of sheets by the name of the sheet's file; they follow its first row.
    """
    with ZipFile(small) as before, ZipFile(target, "w", ZIP_DEFLATED) as after:
        for member in before.infolist():
            body = before.read(member)
            info = ZipInfo(member.filename, member.date_time)
            info.compress_type, info.external_attr = member.compress_type, member.external_attr
            info.create_system = member.create_system
            if member.filename not in rows:
                after.writestr(info, body)
                continue
            cut = body.index(_ROW_END) + len(_ROW_END)
            with after.open(info, "w", force_zip64=rows[member.filename].many) as file:
                file.write(body[:cut])
                for part in rows[member.filename]:
                    file.write(part)
                file.write(body[cut:])

"""Sheets to an xlsx workbook, streamed some rows at a time, the same bytes for the same tables.

Every text is a text cell with the text format ``@``: never a formula, a link or a number. The
header is frozen and filtered. A table longer than a sheet goes on in further sheets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from crmclean.messages import Lang, say
from crmclean.write.cells import Cells, cells_of
from crmclean.write.rows_xml import Rows, fill_in
from crmclean.write.words import title

__all__ = ["MOST_ROWS", "Sheet", "write_workbook"]

MOST_ROWS = 1_048_575  # below the header
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # fixed, or no two workbooks would have the same bytes
_PLACES = {"weight": "0.0", "probability": "0.000", "quality": "0.00", "confidence": "0.00"}
_DAY = {"de": "dd.mm.yyyy", "en": "yyyy-mm-dd"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of the workbook.

    Args:
        name: Title of the sheet, at most 25 characters.
        frame: Its rows; column titles come from the catalogue.
        about: A sentence on what it holds.
        file: The csv file that has the same rows.
        rows: Rows that the table had before it was cut to what the workbook takes; 0: not cut.
    """

    name: str
    frame: pd.DataFrame
    about: str
    file: str = ""
    rows: int = 0


def write_workbook(
    path: Path, sheets: Sequence[Sheet], lang: Lang, *, most_rows: int = MOST_ROWS, notes: Sequence[str] = ()
) -> None:
    """Writes the sheets and, behind them, one that says what each holds.

    Args:
        path: File to write, replaced if it exists.
        sheets: In order.
        lang: Language of titles, words and date format.
        most_rows: Rows on one sheet.
        notes: Sentences for the last sheet.

    Raises:
        OSError: The file cannot be written.
    """
    with TemporaryDirectory(dir=path.parent, prefix=".sheets-") as folder:
        small = Path(folder) / "small.xlsx"
        book = xlsxwriter.Workbook(str(small), {"constant_memory": True, "tmpdir": folder})
        try:
            rows = _fill(book, sheets, lang, most_rows, notes)
            book.close()
            fill_in(small, path, rows)
        except FileCreateError as error:
            raise OSError(*getattr(error.args[0], "args", ())) from error
        finally:
            book.fileclosed = True  # after a failure its destructor would try again
            for sheet in book.worksheets():
                sheet._opt_close()  # noqa: SLF001  no public way to let go of its temporary file


def _fill(
    book: Any, sheets: Sequence[Sheet], lang: Lang, most_rows: int, notes: Sequence[str]
) -> dict[str, Rows]:
    """Everything but most of the rows; these by the file of their sheet."""
    book.use_zip64()
    book.set_properties({"title": "crmclean", "created": _CREATED})
    formats = _Formats(book, lang)
    said: list[str] = []
    rows: dict[str, Rows] = {}
    for sheet in sheets:
        columns = [cells_of(sheet.frame.iloc[:, i], lang) for i in range(sheet.frame.shape[1])]
        parts = list(_parts(len(sheet.frame), most_rows))
        for number, (first, last) in enumerate(parts, start=1):
            name = sheet.name if number == 1 else f"{sheet.name} ({number})"
            page = book.add_worksheet(name)
            _write_sheet(page, columns, formats, (first, last))
            between = _write_rows(page, columns, formats, (first, last))
            if between is not None:
                rows[f"xl/worksheets/sheet{page.index + 1}.xml"] = between
        said += _notes(sheet, columns, len(parts), lang)
    _about(book, sheets, formats, [*notes, *said])
    return rows


def _parts(rows: int, most_rows: int) -> Iterator[tuple[int, int]]:
    for first in range(0, max(rows, 1), most_rows):
        yield first, min(first + most_rows, rows)


def _notes(sheet: Sheet, columns: Sequence[Cells], parts: int, lang: Lang) -> list[str]:
    said: list[str] = []
    if parts > 1:
        said.append(say("write.about.split", lang, sheet=sheet.name, sheets=parts))
    if sheet.rows > len(sheet.frame):
        shown = {"shown": len(sheet.frame), "rows": sheet.rows}
        said.append(say("write.about.cut", lang, sheet=sheet.name, file=sheet.file, **shown))
    shortened = sum(column.shortened for column in columns)
    if shortened:
        said.append(say("write.about.long", lang, sheet=sheet.name, cells=shortened, file=sheet.file))
    return said


class _Formats:
    """The cell formats of a workbook."""

    def __init__(self, book: Any, lang: Lang) -> None:
        day = _DAY[lang]
        self.lang = lang
        self.header = book.add_format(
            {"bold": True, "bg_color": "#E3EAF2", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        self.text = book.add_format({"num_format": "@"})
        self.wrapped = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self.day = book.add_format({"num_format": day, "align": "left"})
        self.time = book.add_format({"num_format": f"{day} hh:mm", "align": "left"})
        self.integer = book.add_format({"num_format": "0"})
        self.decimal = book.add_format({"num_format": "0.00"})
        self.places = {name: book.add_format({"num_format": form}) for name, form in _PLACES.items()}

    def of(self, column: Cells) -> Any:
        """The format of a column of text or numbers."""
        if column.kind == "decimal":
            return self.places.get(column.name, self.decimal)
        return self.integer if column.kind == "integer" else self.text

    def of_value(self, column: Cells, value: str | float) -> Any:
        """The format of one of its values: a day, a time, or that of the column."""
        if column.kind != "date" or isinstance(value, str):
            return self.of(column)
        return self.day if float(value).is_integer() else self.time


def _write_sheet(sheet: Any, columns: Sequence[Cells], formats: _Formats, rows: tuple[int, int]) -> None:
    first, last = rows
    end = max(len(columns) - 1, 0)
    for place, column in enumerate(columns):
        heading = title(column.name, formats.lang)
        sheet.set_column(place, place, min(max(column.width, len(heading) + 3), 60), formats.of(column))
        sheet.write_string(0, place, heading, formats.header)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last - first, end)
    sheet.ignore_errors({"number_stored_as_text": _area(last - first, end)})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _write_rows(
    sheet: Any, columns: Sequence[Cells], formats: _Formats, rows: tuple[int, int]
) -> Rows | None:
    """Writes the last row that has a cell; gives those before it, None where there are none."""
    first, last = rows
    filled = [np.flatnonzero(column.codes[first:last] >= 0) for column in columns]
    end = max((int(places[-1]) for places in filled if len(places)), default=-1)
    if end < 0:
        return None
    formats.header._get_xf_index()  # noqa: SLF001  formats have numbers in the order of their first cells
    between = Rows(columns, first, first + end, formats.of_value) if end else None
    for place, column in enumerate(columns):
        code = int(column.codes[first + end])
        if code < 0:
            continue
        value = column.distinct[code]
        write = sheet.write_string if isinstance(value, str) else sheet.write_number
        write(end + 1, place, value, formats.of_value(column, value))
    return between


def _area(rows: int, end: int) -> str:
    return str(xlsxwriter.utility.xl_range(0, 0, max(rows, 1), end))


def _about(book: Any, sheets: Sequence[Sheet], formats: _Formats, notes: Sequence[str]) -> None:
    sheet, lang = book.add_worksheet(say("write.sheet.notes", formats.lang)), formats.lang
    for place, (key, width) in enumerate((("sheet", 22), ("rows", 10), ("content", 100))):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, say(f"write.about.{key}", lang), formats.header)
    for row, item in enumerate(sheets, start=1):
        sheet.write_string(row, 0, item.name, formats.wrapped)
        sheet.write_number(row, 1, max(item.rows, len(item.frame)), formats.integer)
        sheet.write_string(row, 2, item.about, formats.wrapped)
    said = [say("write.about.text", lang), say("write.about.times", lang), *notes]
    for row, note in enumerate(said, start=len(sheets) + 2):
        sheet.write_string(row, 0, say("write.about.note", lang), formats.wrapped)
        sheet.write_string(row, 2, note, formats.wrapped)

"""Rows that are put together are those that the library would write cell by cell."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
import xlsxwriter

from crmclean.write.cells import cells_of
from crmclean.write.rows_xml import Rows, fill_in

FRAME = pd.DataFrame(
    {
        "given_name": ["Erika", None, " x ", "<a&b>", "", "_x000D_", 'say "Ä"', None, "last"],
        "birth_date": ["1980-05-04", "1980", None, "2024-02-03T10:30:00Z", "1899-01-01", None, "", None, "1980-05-04"],
        "quality": [0.5, np.nan, 1 / 3, 1e-7, -2.0, 12345678.25, 0.0, np.nan, 1.0],
        "records": [1, 2, 3, 4, 5, 6, 7, 8, 10**12],
        "valid": [True, False] * 4 + [True],
    }
)  # fmt: skip


def _book(path: Path) -> tuple[xlsxwriter.Workbook, dict[str, object]]:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})  # else the time of day
    forms = {"text": "@", "integer": "0", "decimal": "0.00", "day": "dd.mm.yyyy", "time": "hh:mm"}
    return book, {name: book.add_format({"num_format": form}) for name, form in forms.items()}


@pytest.mark.parametrize("columns", [list(FRAME.columns), ["given_name", "birth_date"], ["quality"]])
def test_rows_are_as_the_library_writes_them(tmp_path: Path, columns: list[str]) -> None:
    """Texts with marks, blanks and markup, days, times, numbers, empty cells: the same bytes of every member."""
    cells = [cells_of(FRAME[name], "en") for name in columns]
    last = len(FRAME) - 1

    def style(formats: dict[str, object], kind: str, value: str | float) -> object:
        if isinstance(value, str):
            return formats["text"]
        return formats[kind] if kind != "date" else formats["day" if float(value).is_integer() else "time"]

    def write(page: object, formats: dict[str, object], rows: range) -> None:
        for row in rows:
            for at, column in enumerate(cells):
                if column.codes[row] >= 0:
                    value = column.distinct[column.codes[row]]
                    put = page.write_string if isinstance(value, str) else page.write_number
                    put(row + 1, at, value, style(formats, column.kind, value))

    book, formats = _book(tmp_path / "whole.xlsx")
    page = book.add_worksheet()
    page.write_string(0, 0, "head")
    write(page, formats, range(len(FRAME)))
    book.close()
    book, formats = _book(tmp_path / "small.xlsx")
    page = book.add_worksheet()
    page.write_string(0, 0, "head")
    rows = Rows(cells, 0, last, lambda column, value: style(formats, column.kind, value))
    write(page, formats, range(last, last + 1))
    book.close()
    fill_in(tmp_path / "small.xlsx", tmp_path / "filled.xlsx", {"xl/worksheets/sheet1.xml": rows})
    whole, filled = (ZipFile(tmp_path / name) for name in ("whole.xlsx", "filled.xlsx"))
    with whole, filled:
        for name in whole.namelist():
            assert filled.read(name) == whole.read(name), name

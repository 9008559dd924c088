"""Workbooks become tables of text."""

from __future__ import annotations

import datetime as dt
import io

import pytest
import xlsxwriter

from crmclean.errors import ReadError
from crmclean.read.excel import read_excel
from crmclean.read.files import Blob
from crmclean.read.sound import is_sound
from tests.read.old_workbooks import ODS, XLS


def workbook(sheets, *, hidden=()):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "default_date_format": "dd.mm.yyyy"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if isinstance(value, str) and value.startswith("="):
                        sheet.write_formula(r, c, value, None, "#N/A")
                    elif isinstance(value, str):
                        sheet.write_string(r, c, value)
                    else:
                        sheet.write(r, c, value)
            if name in hidden:
                sheet.hide()
    return Blob(stream.getvalue(), "messe.xlsx", "", "0")


def cells(table):
    return table.frame.fillna("").to_numpy().tolist()


def test_cells_become_text():
    """Text keeps its zeros, whole numbers have no fraction, dates are ISO, errors are missing."""
    rows = [
        ["Nr", "PLZ", "Umsatz", "Seit", "Zeit", "Aktiv", "Fehler"],
        [10503, "01067", 12.5, dt.date(2024, 5, 1), dt.datetime(2024, 5, 1, 13, 30), True, "=NA()"],  # noqa: DTZ001  sheets know no zone
    ]
    [table] = read_excel(workbook({"Leads": rows}))
    assert cells(table) == [["10503", "01067", "12.5", "2024-05-01", "2024-05-01T13:30:00", "true", ""]]
    assert (table.format, table.sheet, table.lines.tolist()) == ("excel", "Leads", [2])


def test_sheets_become_tables():
    """Each visible sheet with data is a table; hidden and empty ones are reported."""
    tables = read_excel(
        workbook({"A": [["x"], ["1"]], "B": [["y"], ["2"]], "C": [], "D": [["z"], ["3"]]}, hidden=("D",))
    )
    assert [(t.sheet, cells(t)) for t in tables] == [("A", [["1"]]), ("B", [["2"]])]
    assert [(f["code"], f["detail"]) for f in tables[0].findings] == [
        ("sheet_skipped", "sheet=D hidden"), ("sheet_skipped", "sheet=C empty"),
    ]  # fmt: skip


def test_preamble_blank_rows_and_footer():
    """Title lines, blank rows and the sum at the end are no rows; line numbers are the sheet's."""
    rows = [
        ["Messe Ulm 2024"], [], ["Nr", "Name", "Ort"], ["1", "Ida", "Ulm"], [], ["2", "Ole", "Bonn"], [],
        ["Summe: 2 Einträge"],
    ]  # fmt: skip
    [table] = read_excel(workbook({"A": rows}))
    assert (cells(table), table.lines.tolist()) == ([["1", "Ida", "Ulm"], ["2", "Ole", "Bonn"]], [4, 6])
    assert [(f["code"], f["row"]) for f in table.findings] == [("preamble_skipped", 1), ("footer_row", 8)]


def test_what_types_tell():
    """Numbers in a telephone column have lost their zero; numbers as text among numbers are told."""
    rows = [["Telefon", "Umsatz"], [1711234567, 10], ["0171 999", "1.234,50"], [1719876543, 11.5]]
    [table] = read_excel(workbook({"A": rows}))
    assert [(f["code"], f["field"], f["row"]) for f in table.findings] == [
        ("leading_zeros_lost", "Telefon", 2), ("numbers_as_text", "Umsatz", 3),
    ]  # fmt: skip


def test_header_only_is_a_finding():
    """A sheet with a header alone gives a table of no rows."""
    [table] = read_excel(workbook({"A": [["Nr", "Name"]]}))
    assert (table.frame.shape, [f["code"] for f in table.findings]) == ((0, 2), ["no_rows"])


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.99])
def test_cut_workbook_is_refused(keep):
    """A workbook that was cut off is an error with a hint."""
    blob = workbook({"A": [["x"], ["1"]]})
    with pytest.raises(ReadError) as caught:
        read_excel(Blob(blob.data[: int(len(blob.data) * keep)], "messe.xlsx", "", "0"))
    assert caught.value.key == "read.format.workbook_broken"


def test_empty_workbook_is_refused():
    """A workbook without any data is an error."""
    with pytest.raises(ReadError, match="no sheet"):
        read_excel(workbook({"A": [], "B": []}))


def test_old_excel_and_libreoffice():
    """Workbooks of older Excel and of LibreOffice read like new ones."""
    [table] = read_excel(Blob(XLS, "alt.xls", "", "0"))
    assert (list(table.frame.columns), cells(table)) == (
        ["Nr", "PLZ", "Geb", "Umsatz", "Aktiv"], [["10503", "01067", "1980-05-01", "12.5", "true"]],
    )  # fmt: skip
    [table] = read_excel(Blob(ODS, "alt.ods", "", "0"))
    assert cells(table) == [["10503", "01067", "1980-05-01"]]


def test_sectors_in_a_circle_are_refused():
    """An old workbook whose sectors never end would eat all memory; it is not opened."""
    assert is_sound(XLS)
    damaged = bytearray(XLS)
    fat = (int.from_bytes(XLS[76:80], "little") + 1) * 512
    damaged[fat : fat + 4] = (0).to_bytes(4, "little")
    assert not is_sound(bytes(damaged))
    with pytest.raises(ReadError):
        read_excel(Blob(bytes(damaged), "alt.xls", "", "0"))


def test_cells_far_apart_are_refused():
    """A sheet that spreads over millions of columns times rows is not laid out in memory."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Name")
        sheet.write(1_048_575, 16_383, "x")
    assert not is_sound(stream.getvalue())
    with pytest.raises(ReadError):
        read_excel(Blob(stream.getvalue(), "weit.xlsx", "", "0"))

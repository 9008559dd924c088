"""The workbook as a spreadsheet program reads it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.utils.escape import unescape

from crmclean.write import Sheet, result_sheets, write_workbook

CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["c1", "c2"],
        "kind": ["person", "organization"],
        "given_name": ["Erika", None],
        "family_name": ["=cmd|' /C calc'!A0", None],
        "organization": [None, "Weber GmbH"],
        "postal_code": ["01067", "80331"],
        "phone": ["+493512345678", "@x"],
        "birth_date": ["1980-05-04", "1980-05"],
        "last_seen": ["2024-02-03T10:30:00Z", "1899-01-01"],
        "records": [2, 1],
        "quality": [0.5, float("nan")],
    }
)
PAIRS = pd.DataFrame(
    [
        ("erp", "1", "shop", "9", 12.5, 0.9998, "match", "same address"),
        ("erp", "1", "shop", "8", 4.5, 0.95, "match", "same name"),
        ("erp", "2", "shop", "7", 1.0, 0.6, "review", "alike"),
        ("erp", "3", "shop", "7", 2.0, 0.7, "review", "alike"),
    ],
    columns=["source_l", "record_id_l", "source_r", "record_id_r", "weight", "probability", "band", "reason"],
)
PARTIES = pd.DataFrame(
    [
        ("c1", "organization", "erp", "1", None, None, "Weber GmbH"),
        ("c1", "person", "erp", "1", "Erika", "Weber", "Weber GmbH"),
        ("c2", "organization", "shop", "9", None, None, "Weber GmbH"),
    ],
    columns=["customer_id", "kind", "source", "record_id", "given_name", "family_name", "organization"],
)
ISSUES = pd.DataFrame(
    [
        ("erp", "1", "phone", "bom", "info", None, "text"),
        ("erp", "2", "email", "email_no_at", "error", "x", "text"),
    ],
    columns=["source", "record_id", "field", "code", "severity", "raw", "message"],
)
CONSENT = pd.DataFrame(
    [("c1", "email", "marketing.offers", None, True, "CONSENT", "2024-02-03T10:00:00Z", "2026-06-30")],
    columns=["customer_id", "channel", "purpose", "contact_point", "allowed", "reason", "since", "as_of"],
)
TABLES = {"customers": CUSTOMERS, "pairs": PAIRS, "parties": PARTIES, "issues": ISSUES, "consent": CONSENT}


def _book(tmp_path: Path, sheets: list[Sheet], **options: int) -> openpyxl.Workbook:
    write_workbook(tmp_path / "x.xlsx", sheets, "de", **options)
    return openpyxl.load_workbook(tmp_path / "x.xlsx")


def _column(sheet: openpyxl.worksheet.worksheet.Worksheet, heading: str) -> list[openpyxl.cell.Cell]:
    place = [cell.value for cell in sheet[1]].index(heading)
    return [row[place] for row in sheet.iter_rows(min_row=2)]


def test_identifiers_are_text_cells_and_never_formulas(tmp_path: Path) -> None:
    """A postcode keeps its zero, a name that looks like a formula stays a name."""
    sheet = _book(tmp_path, result_sheets(TABLES, "de"))["Kunden"]
    for heading in ("PLZ", "Telefon", "Nachname", "Kunden-ID"):
        for cell in _column(sheet, heading):
            if cell.value is not None:
                assert (cell.data_type, cell.number_format) == ("s", "@")
    assert [c.value for c in _column(sheet, "PLZ")] == ["01067", "80331"]
    assert _column(sheet, "Nachname")[0].value == "=cmd|' /C calc'!A0"


def test_dates_are_real_and_what_is_none_stays_text(tmp_path: Path) -> None:
    """A partial date and one before 1900 have no day number."""
    sheet = _book(tmp_path, result_sheets(TABLES, "de"))["Kunden"]
    whole, partial = _column(sheet, "Geburtsdatum")
    assert whole.value == dt.datetime(1980, 5, 4)  # noqa: DTZ001  cells have no zone
    assert (whole.number_format, partial.value) == ("dd.mm.yyyy", "1980-05")
    time, early = _column(sheet, "Zuletzt gesehen")
    assert time.value == dt.datetime(2024, 2, 3, 10, 30)  # noqa: DTZ001  as above
    assert early.value == "1899-01-01"


def test_header_is_frozen_and_filtered(tmp_path: Path) -> None:
    """On every sheet of rows."""
    book = _book(tmp_path, result_sheets(TABLES, "de"))
    assert book.sheetnames == ["Kunden", "Dubletten", "Zu prüfen", "Befunde", "Einwilligungen", "Hinweise"]
    for sheet in book.worksheets[:-1]:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions


def test_pairs_show_names_and_the_riskiest_first(tmp_path: Path) -> None:
    """Merged pairs by rising weight, pairs to review by falling weight."""
    book = _book(tmp_path, result_sheets(TABLES, "de"))
    merged, review = book["Dubletten"], book["Zu prüfen"]
    assert [c.value for c in _column(merged, "Trefferstärke")] == [4.5, 12.5]
    assert [c.value for c in _column(review, "Trefferstärke")] == [2, 1]
    assert [c.value for c in _column(merged, "Name 1")] == ["Erika Weber, Weber GmbH"] * 2
    assert [c.value for c in _column(merged, "Name 2")] == [None, "Weber GmbH"]


def test_codes_are_words_for_people(tmp_path: Path) -> None:
    """The csv files carry the codes, the workbook the words of its language."""
    book = _book(tmp_path, result_sheets(TABLES, "de"))
    assert [c.value for c in _column(book["Befunde"], "Schwere")] == ["Fehler", "Hinweis"]
    row = [cell.value for cell in book["Einwilligungen"][2]]
    assert row[:6] == ["Erika =cmd|' /C calc'!A0", "E-Mail", "Angebote", None, "ja", "Einwilligung"]


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(tmp_path: Path) -> None:
    """With a note on the last sheet."""
    sheet = Sheet("Kunden", pd.DataFrame({"city": list("abcde")}), "", "customers.csv")
    book = _book(tmp_path, [sheet], most_rows=2)
    assert book.sheetnames == ["Kunden", "Kunden (2)", "Kunden (3)", "Hinweise"]
    assert [c.value for c in _column(book["Kunden (2)"], "Ort")] == ["c", "d"]
    assert any("3 Blättern" in str(cell.value) for cell in book["Hinweise"]["C"])


def test_a_table_cut_to_the_limit_says_so(tmp_path: Path) -> None:
    """All rows are in the csv file, and the note says in which."""
    book = _book(tmp_path, result_sheets(TABLES, "de", rows=1))
    assert book["Kunden"].max_row == 2
    assert any(
        "customers.csv" in str(cell.value) and "1 von 2" in str(cell.value) for cell in book["Hinweise"]["C"]
    )


def test_texts_that_no_cell_can_hold_are_shortened_with_a_note(tmp_path: Path) -> None:
    """Excel repairs files with longer texts by throwing them away."""
    frame = pd.DataFrame({"city": ["x" * 40_000, "😀" * 20_000, "y" * 32_767]})
    book = _book(tmp_path, [Sheet("Kunden", frame, "", "customers.csv")])
    first, second, third = (str(c.value) for c in _column(book["Kunden"], "Ort"))
    assert first.endswith("…")
    assert second.endswith("😀…")
    assert third == "y" * 32_767
    assert any("2 Texte" in str(cell.value) for cell in book["Hinweise"]["C"])


def test_characters_that_no_workbook_may_hold_are_left_out(tmp_path: Path) -> None:
    """The file opens without repair; what looks like an escape is kept as text."""
    frame = pd.DataFrame({"city": ["a\x00\x07b\ufffe", "_x0041_", "zwei\nZeilen", "<r>&</r>"]})
    book = _book(tmp_path, [Sheet("Kunden", frame, "", "")])
    shown = [unescape(c.value) for c in _column(book["Kunden"], "Ort")]
    assert shown == ["ab", "_x0041_", "zwei\nZeilen", " <r>&</r>"]


def test_empty_tables_make_sheets_with_headers(tmp_path: Path) -> None:
    """A steward sees that there is nothing, not that something is missing."""
    book = _book(tmp_path, result_sheets({"customers": CUSTOMERS.head(0)}, "de"))
    assert next(cell.value for cell in book["Kunden"][1]) == "Art"
    assert book["Dubletten"].max_row == 1


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    """No date of creation, no order of a set."""
    write_workbook(tmp_path / "1.xlsx", result_sheets(TABLES, "en"), "en")
    write_workbook(tmp_path / "2.xlsx", result_sheets(TABLES, "en"), "en")
    assert (tmp_path / "1.xlsx").read_bytes() == (tmp_path / "2.xlsx").read_bytes()


def test_a_workbook_that_cannot_be_written_raises_an_os_error(tmp_path: Path) -> None:
    """The folder turns it into a sentence; no temporary file is left."""
    (tmp_path / "x.xlsx").mkdir()
    with pytest.raises(OSError, match=r".") as caught:
        write_workbook(tmp_path / "x.xlsx", result_sheets(TABLES, "en"), "en")
    assert caught.value.errno is not None

"""Text tables are read right, and what was repaired or skipped is said."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.errors import ReadError
from crmclean.read.csv_files import read_csv
from crmclean.read.csv_sniff import sniff_csv
from crmclean.read.files import Blob
from crmclean.read.load import load_tables
from crmclean.write import write_csv


def read(text, *, encoding="utf-8", **how):
    data = text if isinstance(text, bytes) else text.encode(encoding)
    return read_csv(Blob(data, "kunden.csv", "", "0"), **how)


def cells(table):
    return table.frame.fillna("").to_numpy().tolist()


def codes(table):
    return [finding["code"] for finding in table.findings]


def test_plain_table():
    """Text stays text: leading zeros, NA and None are values; an empty cell is missing."""
    table = read("Nr;PLZ;Name\n007;01067;NA\n008;;None\n")
    assert list(table.frame.columns) == ["Nr", "PLZ", "Name"]
    assert cells(table) == [["007", "01067", "NA"], ["008", "", "None"]]
    assert table.frame["PLZ"].isna().tolist() == [False, True]
    assert all(isinstance(dtype, pd.StringDtype) for dtype in table.frame.dtypes)
    assert (table.lines.tolist(), table.delimiter, table.format, codes(table)) == ([2, 3], ";", "csv", [])


def test_lines_count_breaks_in_cells_and_blank_lines():
    """The line of a row is that of the file, whatever stands between."""
    assert read('a,b\n1,"x\ny"\n2,z\n').lines.tolist() == [2, 4]
    assert read("a,b\r\n1,x\r\n\r\n2,z\r\n").lines.tolist() == [2, 4]
    assert read('a,b\n\n1,"x\ny"\n\n2,z\n').lines.tolist() == [3, 6]


def test_sep_line_preamble_and_footer():
    """The line sep=, lines above the header and sums below are left out and reported."""
    table = read("sep=;\nKundenliste Muster GmbH\n\nNr;Name;Umsatz\n1;Ida;5,00\n2;Ole;6,00\n\nSumme;;11,00\n")
    assert cells(table) == [["1", "Ida", "5,00"], ["2", "Ole", "6,00"]]
    assert table.lines.tolist() == [5, 6]
    assert [(f["code"], f["row"]) for f in table.findings] == [
        ("sep_line", 1), ("preamble_skipped", 2), ("footer_row", 8),
    ]  # fmt: skip


def test_file_without_header():
    """A first row of values is data; the columns get numbers."""
    table = read("1;ida@example.org;01.02.1980\n2;ole@example.org;03.04.1990\n")
    assert list(table.frame.columns) == ["column_1", "column_2", "column_3"]
    assert (len(table.frame), codes(table)) == (2, ["header_missing"])


def test_headers_twice_and_empty():
    """Equal headers get a number, empty ones a name, and both are reported in the header's line."""
    table = read("Name;Name;;Ort\n1;2;3;4\n5;6;7;8\n")
    assert list(table.frame.columns) == ["Name", "Name.2", "column_3", "Ort"]
    assert [(f["code"], f["field"], f["row"]) for f in table.findings] == [
        ("duplicate_header", "Name.2", 1), ("empty_header", "column_3", 1),
    ]  # fmt: skip


def test_header_pasted_in_the_middle():
    """A header that stands in the file again is no customer."""
    table = read("Nr;Name\n1;Ida\nNr;Name\n2;Ole\n")
    assert (cells(table), table.lines.tolist()) == ([["1", "Ida"], ["2", "Ole"]], [2, 4])
    assert [(f["code"], f["row"]) for f in table.findings] == [("header_repeated", 3)]


def test_trailing_delimiters_make_no_column():
    """A delimiter at the end of each line is not a column without a name."""
    table = read("a;b;\n1;2;\n3;4;\n")
    assert (list(table.frame.columns), codes(table)) == (["a", "b"], [])


def test_ragged_rows_lose_nothing():
    """Short rows are filled up, the surplus of long ones is joined, and each is named."""
    body = "".join(f"{i};Ida;Ulm\n" for i in range(30))
    table = read(f"Nr;Name;Ort\n{body}77;Ole\n88;Eva;Bonn;Süd;3\n{body}")
    assert cells(table)[30:32] == [["77", "Ole", ""], ["88", "Eva", "Bonn;Süd;3"]]
    assert [(f["code"], f["row"]) for f in table.findings] == [("ragged_rows", 32), ("ragged_rows", 33)]
    assert table.lines.tolist() == list(range(2, 64))


def test_shifted_row_is_told():
    """One delimiter too many shifts the cells; that the surplus is empty does not hide it."""
    body = "".join(f"{i};Ida;Ulm;\n" for i in range(30))
    table = read(f"Nr;Name;Ort;Tel\n{body}77;;Ole;Bonn;\n{body}")
    assert [(f["code"], f["row"]) for f in table.findings] == [("ragged_rows", 32)]


def test_row_broken_by_a_line_break_is_joined():
    """A line break without quotes does not make two customers of one."""
    body = "".join(f"{i};Ida;Weg 1;Ulm\n" for i in range(30))
    table = read(f"Nr;Name;Straße;Ort\n{body}77;Ole;Hof\n3;Bonn\n{body}")
    assert cells(table)[30] == ["77", "Ole", "Hof\n3", "Bonn"]
    assert len(table.frame) == 61
    assert codes(table) == ["ragged_rows"]


def test_missing_cells_at_the_end_are_no_broken_rows():
    """Where empty cells at the end are left out everywhere, rows are not joined."""
    table = read("a;b;c;d;e\n1;2;3\n4;5;6\n7;8;9\n1;2;3;4;5\n")
    assert cells(table) == [
        ["1", "2", "3", "", ""],
        ["4", "5", "6", "", ""],
        ["7", "8", "9", "", ""],
        list("12345"),
    ]


def test_stray_quote_does_not_swallow_lines():
    """A quote that is never closed is a character; the rows below it stay rows."""
    body = "".join(f"{i};Ida;Ulm\n" for i in range(20))
    table = read(f'Nr;Name;Ort\n66;"Eva; Ida";Ulm\n{body}77;"Ole;Bonn\n{body}')
    assert len(table.frame) == 42
    assert cells(table)[21] == ["77", '"Ole', "Bonn"]
    assert [(f["code"], f["row"]) for f in table.findings] == [("quote_unclosed", 23)]


@pytest.mark.parametrize(
    "text",
    [
        "Kunde\nNr;Name;Ort\n",
        "Nr#Name;Ort\n",
        "Nr Name  Ort\n1 Ida  Ulm\n2 Ole  Bonn\n",
    ],
)
def test_one_column_is_never_silent(text):
    """Where something may have been the delimiter, a single column is an error finding."""
    table = read(text)
    assert len(table.frame.columns) > 1 or "delimiter_not_found" in codes(table)


def test_forced_delimiter():
    """The configured delimiter holds; if it separates nothing, that is said."""
    assert list(read("a,b;c\n1,2;3\n", delimiter=",").frame.columns) == ["a", "b;c"]
    assert "delimiter_not_found" in codes(read("a,b\n1,2\n", delimiter=";"))


def test_numbers_of_a_spreadsheet():
    """Powers of ten and lost zeros are found per column, with the first line."""
    rows = "".join(f"{50000 + i};0171{i:06d}\n" for i in range(60))
    table = read(f"PLZ;Mobil\n{rows}1067;4,9E+10\n")
    assert [(f["code"], f["field"], f["row"]) for f in table.findings] == [
        ("leading_zeros_lost", "PLZ", 62), ("scientific_notation", "Mobil", 62),
    ]  # fmt: skip
    rows = "".join(f"{i};{1711000000 + i}\n" for i in range(9))
    assert codes(read(f"Nr;Telefon\n{rows}")) == ["leading_zeros_lost"]


def test_header_only_is_a_finding():
    """A header without rows gives a table of no rows."""
    table = read("Nr;Name;Ort\n")
    assert (table.frame.shape, list(table.frame.columns)) == ((0, 3), ["Nr", "Name", "Ort"])
    assert codes(table) == ["no_rows"]


@pytest.mark.parametrize(
    "data", [b"\n\n", b"\xef\xbb\xbf", b"\x00\x01\x02\x03" * 50, bytes(range(1, 9)) * 40]
)
def test_nothing_and_binary_are_refused(data):
    """Blank files and binary data are errors, not tables."""
    with pytest.raises(ReadError):
        read(data)


def test_sniffing_reports_the_dialect():
    """Encoding, delimiter and columns are known before the body is read."""
    sniffed = sniff_csv("Größe;Straße\r\n1;Weg\r\n".encode("cp1252"))
    assert (sniffed.decoded.encoding, sniffed.dialect.delimiter, sniffed.dialect.columns) == (
        "cp1252",
        ";",
        2,
    )
    assert sniffed.header == ("Größe", "Straße")


def test_unusual_delimiter_is_said():
    """A delimiter other than comma, semicolon and tab is reported as a guess."""
    assert codes(read("a^b\n1^2\n3^4\n")) == ["delimiter_guessed"]


def test_fast_and_slow_path_agree(monkeypatch):
    """Arrow and the row reader read the same cells and lines."""
    rng = np.random.default_rng(5)
    words = ["", "Ida", "Größe", "a;b", 'x "y"', "Zeile\nzwei", " ", "0171", "'"]
    rows = [["Nr", "Wort", "Rest"]] + [[str(i), *rng.choice(words, 2)] for i in range(500)]
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=";").writerows(rows)
    fast = read(stream.getvalue())
    monkeypatch.setattr("crmclean.read.csv_body.read_fast", lambda *_: None)
    slow = read(stream.getvalue())
    pd.testing.assert_frame_equal(fast.frame, slow.frame)
    assert fast.lines.tolist() == slow.lines.tolist()
    assert cells(fast) == rows[1:]


CELL = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), max_size=8
)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(CELL, CELL, CELL), min_size=3, max_size=8),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_written_tables_come_back(rows, delimiter, end):
    """What a csv writer wrote with all cells quoted is read back cell by cell."""
    head = ["Kundennummer", "Nachname", "Wohnort"]
    stream = io.StringIO(newline="")
    body = [[f"K{i}", *row] for i, row in enumerate(rows)]
    csv.writer(stream, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(
        [[*head, "x"], *body]
    )
    table = read(stream.getvalue())
    assert cells(table) == [list(row) for row in body]


GUARDED = [
    ["Kd-Nr", "PLZ", "Telefon", "Name", "Hausnr"],
    ["000123", "01067", "+49 351 1234567", 'Kern "Bau"; Söhne', "3-5"],
    ["4711", "8001", "0049 41 12", "=SUMME(A1)", "12 a"],
    ["1E10", "06406", "+41 44 1", "O'Neill", "10/2"],
    ["-", "=", "'x", "1. Mai", "wahr"],
]


@pytest.mark.parametrize("form", ["excel-de", "standard"])
def test_what_we_write_for_spreadsheets_reads_back(tmp_path, form):
    """Cells guarded as ="01067" are the text again; nothing else changes."""
    frame = pd.DataFrame(GUARDED[1:], columns=GUARDED[0], dtype="str")
    write_csv(frame, tmp_path / "a.csv", form)
    [table] = load_tables([tmp_path / "a.csv"])
    assert table.frame.columns.tolist() == GUARDED[0]
    assert table.frame.to_numpy().tolist() == GUARDED[1:]
    assert "leading_zeros_lost" not in {f["code"] for f in table.findings}


def test_guards_of_other_programs(tmp_path):
    """Unquoted ="..." as other exporters write it."""
    path = tmp_path / "a.csv"
    path.write_bytes(b'Nr;PLZ;Ort\n="01";="01067";Dresden\n="02";="06406";Bernburg\n')
    [table] = load_tables([path])
    assert table.frame.to_numpy().tolist() == [["01", "01067", "Dresden"], ["02", "06406", "Bernburg"]]

"""How the cells of a text table are told apart."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.read.dialect import find_dialect, lines_of, records_of

ROWS = [
    ["Nr", "Name", "Firma", "Umsatz", "Seit"],
    ["10503", "Müller, Hans", "Bau & Co. KG", "1.234,50", "01.02.2020"],
    ["10504", "Schäfer", "Sanitär; Heizung", "99,00", "12.12.2019"],
    ["10505", "O'Neil", 'Haus "Alte Post"', "0,50", ""],
    ["10506", "", "Zeile 1\nZeile 2", "12,00", "03.03.2021"],
]


def written(rows, **how):
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator=how.pop("end", "\r\n"), **how).writerows(rows)
    return stream.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~", ":", "\x1f"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_delimiters_line_ends_and_quoting(delimiter, end, quoting):
    """Every usual delimiter is found with every line end, sparsely or fully quoted."""
    rows = ROWS if end != "\r" else ROWS[:-1]  # before 3.13 the writer leaves other line breaks bare
    text = written(rows, delimiter=delimiter, end=end, quoting=quoting)
    dialect = find_dialect(text)
    assert (dialect.delimiter, dialect.columns) == (delimiter, 5)
    assert list(records_of(text, dialect)) == rows


@pytest.mark.parametrize("delimiter", ["||", "~|~", "::"])
def test_delimiters_of_several_characters(delimiter):
    """Delimiters of two or three characters are found too."""
    text = "\n".join(delimiter.join(row) for row in [["a", "b", "c"], ["1", "x", "y"], ["2", "v", "w"]])
    dialect = find_dialect(text)
    assert (dialect.delimiter, dialect.columns) == (delimiter, 3)
    assert list(records_of(text, dialect))[1] == ["1", "x", "y"]


def test_single_quotes():
    """Cells in single quotes are understood; apostrophes in words are not quotes."""
    text = "id,name\n1,'Meyer, Hans'\n2,'Schulz, Eva'\n3,O'Neil\n"
    dialect = find_dialect(text)
    assert (dialect.quote, dialect.columns) == ("'", 2)


def test_escaped_quotes():
    """A backslash before a quote inside a cell is an escape."""
    text = 'id,text\n1,"48\\" rund, neu"\n2,"x"\n3,"30\\" breit, alt"\n'
    dialect = find_dialect(text)
    assert dialect.escape == "\\"
    assert list(records_of(text, dialect))[1] == ["1", '48" rund, neu']


def test_blanks_after_the_delimiter():
    """A blank before a quote does not make the quote part of the cell."""
    text = 'a, b, c\n1, "x, y", 3\n2, "z", 4\n'
    dialect = find_dialect(text)
    assert dialect.skip_blanks
    assert list(records_of(text, dialect))[1] == ["1", "x, y", "3"]


def test_decimal_commas_are_no_delimiters():
    """German numbers in a semicolon file do not make the comma win."""
    text = "Betrag;Steuer;Datum\n1,50;0,24;01.01.2024\n2,75;0,44;02.01.2024\n3,10;0,50;03.01.2024\n"
    assert find_dialect(text).delimiter == ";"


@pytest.mark.parametrize(
    "text",
    [
        "Ort\nKöln\nMünster\n",
        "Firma\nMüller Bau GmbH & Co. KG\nStadtwerke Ulm\nHotel zur Post, Bonn\nSanitär Meyer\n",
        "email\na@example.org\nb.c@example.com\n",
        "Nur ein Satz.\n",
    ],
)
def test_one_column_stays_one(text):
    """A single column is not cut at blanks, commas or signs that stand in some rows."""
    dialect = find_dialect(text)
    assert (dialect.delimiter, dialect.columns) == ("", 1)


def test_given_delimiter_is_kept():
    """A delimiter that is given is not argued with."""
    assert find_dialect("a;b,c\n1;2,3\n", delimiter=",").delimiter == ","


def test_lines_break_only_at_line_ends():
    """Separators of Unicode and form feeds are text."""
    assert lines_of("a\u2028b\x0c\nc\rd\r\ne") == ["a\u2028b\x0c\n", "c\r", "d\r\n", "e"]


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_has_a_dialect(text):
    """Nothing is raised whatever the sample holds."""
    assert find_dialect(text).columns >= 1


def test_names_with_a_comma_are_one_column() -> None:
    """A list of full names under one word is no table of two columns."""
    names = "Name\r\nMüller, Hans\r\nSchmidt, Petra\r\nWeiß, Änne\r\n"
    assert find_dialect(names).columns == 1
    assert find_dialect(names.replace("Name", "Nachname, Vorname")).columns == 2

"""Values tell what a column holds."""

from __future__ import annotations

import pandas as pd
import pytest

from crmclean.read.content import LONGEST, ROWS, Content, date_order, read_contents


def content(*values: str) -> Content:
    """The content of a column with these values."""
    return read_contents(pd.DataFrame({"x": pd.Series(values, dtype="str")}))[0]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("email", ["ida@web.de", "O.Berg@firma.example", "<a@b.at>"]),
        ("phone", ["030 998408-0", "+43 662 2343120", "(0231) 55 201", "555-123-4567"]),
        ("date", ["07.07.2011", "2011-04-26T12:29:23Z", "06/27/2006", "2012-09-24 16:55"]),
        ("date", ["Nov 13, 1984", "March 5th, 2001", "Sept. 9 1999", "13 Nov 1984"]),
        ("compact_date", ["19421221", "20010131"]),
        ("postcode", ["01067", "5020", "D-44287", "SW1A 1AA", "98101-1234"]),
        ("street", ["Moosweg 15", "Ulrich-von-Hutten-Straße 115", "chewings street", "12 Oak Ave"]),
        ("address", ["Am Park 16, 44287 Dortmund", "Ring 3\n1010 Wien"]),
        ("company", ["Groth GmbH", "Prolog KG", "Acme Ltd"]),
        ("salutation", ["Herr", "Frau", "Mrs", "Fr."]),
        ("title", ["Dr.", "Prof. Dr.", "Dipl.-Ing."]),
        ("given", ["Anna", "Karl-Heinz", "Lukas"]),
        ("full_name", ["Anna Berg", "Berg, Anna", "Herr Dr. Peter Fels"]),
        ("country", ["Deutschland", "AT", "Schweiz", "United Kingdom"]),
        ("iban", ["DE89 3704 0044 0532 0130 00"]),
        ("vat", ["DE123456789", "ATU12345678"]),
        ("flag", ["ja", "N", "true", "0"]),
        ("money", ["2.480,19", "15,33", "1,234.50 €"]),
        ("ip", ["167.128.0.0"]),
        ("text", ["Kunde hat dreimal angerufen und wartet"]),
    ],
)
def test_kinds(kind, values):
    """Usual spellings of a kind are recognised."""
    assert content(*values).share(kind) == 1.0


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("phone", ["25.09.1980", "167.128.0.0", "10189", "ABC"]),
        ("email", ["info(at)firma.de", "kein at", "@handle"]),
        ("date", ["030 998", "12345", "Montag"]),
        ("full_name", ["Anna", "Hauptstraße 5"]),
        ("address", ["Nov 13, 1984", "Jun 27, 1967"]),
    ],
)
def test_not_a_kind(kind, values):
    """Dates and network addresses are no telephone numbers, and so on."""
    assert content(*values).share(kind) <= 0.25


def test_placeholders_are_not_values():
    """What stands for nothing is not judged."""
    assert content("k.A.", "-", "n/a", "").empty


def test_a_damaged_cell_of_thousands_of_digits_is_judged_by_its_beginning():
    """Patterns never run over a whole torn file that landed in one cell: that took seconds per column."""
    frame = pd.DataFrame({"x": ["9" * 20_000 + "|", "ida@" + "9" * 20_000]}, dtype="str")
    content = read_contents(frame)[0]
    assert max(len(value) for value in content.sample) == LONGEST
    assert content.share("address") == 0.0


def test_sample_does_not_depend_on_row_order():
    """A long table gives the same sample shuffled."""
    rows = ROWS * 2
    frame = pd.DataFrame(
        {"a": [f"person{i}@web.de" for i in range(rows)], "b": [f"{i % 977:05d}" for i in range(rows)]},
        dtype="str",
    )
    shuffled = frame.sample(frac=1, random_state=3).reset_index(drop=True)
    assert read_contents(frame) == read_contents(shuffled)


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["01.02.2020", "03.04.2021"], "DMY"),
        (["06/27/2006", "02/04/1998"], "MDY"),
        (["27/06/2006", "02/04/1998"], "DMY"),
        (["2006-06-27", "19980204"], "YMD"),
        (["01/02/2006"], ""),
        (["2024-05-01", "07.07.2020 18:53"], "DMY"),
    ],
)
def test_date_order(values, order):
    """Dots say day first, a part above twelve is the day, ISO alone is year first."""
    assert date_order([content(*values)]) == order

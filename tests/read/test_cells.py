"""Single cells and names of columns."""

from __future__ import annotations

import datetime as dt
import decimal

import numpy as np
import pandas as pd
import pytest

from crmclean.read.cells import cell_text, text_frame
from crmclean.read.layout import find_layout, footer_length, name_columns


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1067.0, "1067"),
        (0.1 + 0.2, "0.3"),
        (1e16, "10000000000000000"),
        (float("nan"), None),
        (float("inf"), None),
        (np.float32(2), "2"),
        (np.int64(7), "7"),
        (decimal.Decimal("1.50"), "1.50"),
        (True, "true"),
        ("01067", "01067"),
        ("", None),
        (None, None),
        (pd.NaT, None),
        (pd.NA, None),
        (dt.date(1980, 5, 1), "1980-05-01"),
        (dt.datetime(1980, 5, 1, tzinfo=dt.UTC), "1980-05-01T00:00:00+00:00"),
        (np.datetime64("1980-05-01"), "1980-05-01"),
        (dt.time(9, 5), "09:05:00"),
        (dt.timedelta(hours=30, minutes=1), "30:01:00"),
        (b"x", "x"),
    ],
)
def test_cells_as_text(value, text):
    """Numbers without a needless fraction, ISO dates, nothing for nothing."""
    assert cell_text(value) == text


def test_frame_of_lists():
    """Empty texts are missing, half surrogates are replaced."""
    frame = text_frame(["a", "b"], [["x", ""], [None, "\ud800"]])
    assert frame.isna().to_numpy().tolist() == [[False, True], [True, False]]
    assert frame["b"].tolist()[1] == "\ufffd"


def test_layout_of_rows():
    """Title rows are above the header; years are names, dates and addresses are not."""
    rows = [["Liste", "", ""], [], ["Nr", "2023", "2024"], ["1", "5", "6"]]
    assert (find_layout(rows, 3).header, find_layout(rows, 3).body) == (2, 3)
    assert find_layout([["1", "ida@example.org"], ["2", "ole@example.org"]], 2).header is None
    words = [["Herr", "Ole", "Ulm"], ["Frau", "Ida", "Bonn"], ["Herr", "Jan", "Ulm"], ["Herr", "Max", "Ulm"]]
    assert find_layout(words, 3).header is None
    assert find_layout([], 3).header is None


def test_footers_and_cut_rows():
    """Sums and remarks at the end are a footer; a row that was cut off is not."""
    body = [["1", "Ida", "5,00"], ["2", "Ole", "6,00"]]
    assert footer_length([*body, ["Summe", "", "11,00"]], 3) == 1
    assert footer_length([*body, [], ["Stand: 01.02.2024"]], 3) == 1
    assert footer_length([*body, ["(2 Zeilen)"], ["----"]], 3) == 2
    assert footer_length([*body, ["3"]], 3) == 0
    for customer in (["Gesamtschule", "Ulm", "Bonn"], ["Total Energies GmbH", "", ""], ["", "Ida Meier"]):
        assert footer_length([*body, customer], 3) == 0


def test_names_are_unique_even_beside_numbered_ones():
    """A name that is already numbered in the header is not given twice."""
    assert name_columns(["a", "a", "a.2", ""], 4)[0] == ["a", "a.3", "a.2", "column_4"]

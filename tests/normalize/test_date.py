"""Dates and times: as exact as the source is, nothing off the clock."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmclean.normalize.date import normalize_date
from crmclean.normalize.date_order import date_order_of
from crmclean.normalize.time import normalize_time


def codes(cleaned):
    return [f.code for f in cleaned.issues]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2021-03-04", "2021-03-04"),
        ("4.3.2021", "2021-03-04"),
        ("20210304", "2021-03-04"),
        ("4. März 2021", "2021-03-04"),
        ("4. Jänner 2021", "2021-01-04"),
        ("Donnerstag, den 4. Mrz. 2021", "2021-03-04"),
        ("March 4th, 2021", "2021-03-04"),
        ("4 mars 2021", "2021-03-04"),
        ("4 marzo 2021", "2021-03-04"),
        ("2021-W09-4", "2021-03-04"),
        ("2021-063", "2021-03-04"),
        ("44259", "2021-03-04"),
        ("04.03.2021 um 17:30 Uhr", "2021-03-04"),
        ("03.2021", "2021-03"),
        ("März 2021", "2021-03"),
        ("2021", "2021"),
        ("00.03.2021", "2021-03"),
    ],
)
def test_notations(text, value):
    """Digits, names, weeks, serials and partial dates are read."""
    assert normalize_date(text).value == value


@pytest.mark.parametrize(
    "text", ["29.02.2023", "31.04.2021", "00.00.0000", "gestern", "32.1.2020", "k.A.", "4.3."]
)
def test_refused(text):
    """Days that never were and words are no dates."""
    assert normalize_date(text).value is None


def test_excel_serials():
    """Serial 60 is a day that never was; serial 59 lies before the gap, 61 behind it."""
    assert normalize_date("59", order="EXCEL").value == "1900-02-28"
    assert codes(normalize_date("60", order="EXCEL")) == ["date_excel_1900_bug"]
    assert normalize_date("61", order="EXCEL").value == "1900-03-01"


def test_order():
    """With slashes both readings may exist: flagged, unless the source says how it writes."""
    open_question = normalize_date("05/06/2021")
    assert (open_question.value, open_question.status) == ("2021-06-05", "ambiguous")
    assert normalize_date("05/06/2021", order="MDY").value == "2021-05-06"
    assert normalize_date("06/17/2021").value == "2021-06-17"
    assert normalize_date("05.06.2021").status == "ok"


def test_two_digit_years():
    """Excel's window, and for births never the future."""
    assert normalize_date("24.12.58").value == "1958-12-24"
    assert normalize_date("24.12.24").value == "2024-12-24"
    assert normalize_date("24.12.24", kind="birth", today="2023-01-01").value == "1924-12-24"


def test_fillers_are_no_birth_dates():
    """01.01.1900 is a date, but nobody's birthday."""
    assert normalize_date("01.01.1900").value == "1900-01-01"
    birth = normalize_date("01.01.1900", kind="birth")
    assert (birth.value, codes(birth)) == (None, ["date_placeholder"])


def test_future_and_age():
    """Births in the future are refused, minors are flagged."""
    assert codes(normalize_date("2030-01-01", kind="birth", today="2026-06-30")) == ["date_future"]
    assert codes(normalize_date("2010-07-01", kind="birth", today="2026-06-30")) == ["minor"]
    assert normalize_date("0972-05-01", kind="birth", today="2026-06-30").value is None


@given(st.dates(dt.date(1850, 1, 1)), st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%Y%m%d", "%Y/%m/%d"]))
def test_round_trip(day, form):
    """Every day in every usual form comes back."""
    text = day.strftime(form)
    assert normalize_date(text).value == day.isoformat()


@given(st.text(max_size=20))
def test_any_text_is_accepted(text):
    """Dirty data is a finding, never an exception."""
    cleaned = normalize_date(text)
    assert cleaned.raw == text
    assert cleaned.value or cleaned.issues
    assert normalize_time(text, timezone="Europe/Berlin").raw == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2024-07-01T12:00:00", "2024-07-01T10:00:00Z"),
        ("2024-01-01 12:00", "2024-01-01T11:00:00Z"),
        ("2024-07-01T12:00:00+00:00", "2024-07-01T12:00:00Z"),
        ("01.07.2024 12:00:05 Uhr", "2024-07-01T10:00:05Z"),
        ("7/14/2024 3:05 PM", "2024-07-14T13:05:00Z"),
        ("20240701T120000Z", "2024-07-01T12:00:00Z"),
        ("45474.5", "2024-07-01T10:00:00Z"),
        ("1719828000", "2024-07-01T10:00:00Z"),
        ("01.07.2024", "2024-07-01"),
    ],
)
def test_times(text, value):
    """Local times become UTC, a date without time stays a date."""
    assert normalize_time(text, timezone="Europe/Berlin").value == value


def test_order_of_a_column():
    """A column tells its order by days above twelve; a contradiction tells nothing."""
    assert date_order_of(["05/13/2024", "06/07/2024"]) == "MDY"
    assert date_order_of(["13/05/2024"]) == "DMY"
    assert date_order_of(["05/13/2024", "13/05/2024"]) is None
    assert date_order_of(["05/06/2024"]) is None


def test_a_month_above_twelve_stands_in_the_days_place():
    """2023-16-01 has one reading; 2023-16-13 and 29 February of a common year have none."""
    swapped = normalize_date("2023-16-01")
    assert (swapped.value, swapped.status, codes(swapped)) == (
        "2023-01-16",
        "ambiguous",
        ["date_ambiguous_order"],
    )
    assert normalize_date("2023-16-13").value is None
    assert normalize_date("2023-02-29").value is None


def test_year_first_says_nothing_of_dates_that_end_with_it():
    """In a source of ISO dates 09-27-1982 has one reading, and 05-04-1982 two."""
    assert normalize_date("09-27-1982", order="YMD").value == "1982-09-27"
    assert codes(normalize_date("05-04-1982", order="YMD")) == ["date_ambiguous_order"]
    assert normalize_date("09-27-1982", order="DMY").value is None

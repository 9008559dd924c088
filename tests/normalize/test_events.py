"""Contact points of unknown kind, and the tables beside the customer records."""

from __future__ import annotations

import pandas as pd
import pytest

from crmclean.normalize.contact_point import contact_points, normalize_contact_point
from crmclean.normalize.events import (
    normalize_consents,
    normalize_opportunities,
    normalize_orders,
    normalize_qualifications,
    normalize_tasks,
    normalize_touchpoints,
)


def raw(**columns):
    """A raw table: texts, None where missing, with source, file and row."""
    n = len(next(iter(columns.values())))
    frame = pd.DataFrame(columns, dtype="str")
    frame = frame.assign(file="events.csv", row=range(2, n + 2))
    return frame if "source" in frame else frame.assign(source="events")


@pytest.mark.parametrize(
    ("text", "kind", "key"),
    [
        ("Eva@Firma.ORG", "email", "eva@firma.org"),
        ("0171/3920060", "phone", "+491713920060"),
        ("+41446681800", "phone", "+41446681800"),
        ("10522", "customer_no", "10522"),
        ("Kundennummer: 10522", "customer_no", "10522"),
        ("@Turbo_77", "handle", "turbo_77"),
        ("whatsapp:+491713920060", "phone", "+491713920060"),
        ("0151 2757567", "phone", "+491512757567"),
        ("k.A.", None, None),
        ("eva@firma..org", "email", "eva@firma.org"),
    ],
)
def test_kind_is_read_off_the_value(text, kind, key):
    """Address, number, handle and customer number are told apart."""
    found = normalize_contact_point(text, country="DE")
    assert (found.kind, found.key) == (kind, key)


def test_contact_points_of_a_column():
    """One row per row; the country may differ by row; the index stays."""
    series = pd.Series(["01 5321234", "01 5321234", None], index=[7, 3, 5], dtype="str")
    found = contact_points(series, country=pd.Series(["AT", None, "AT"], index=[7, 3, 5], dtype="str"))
    assert found.index.tolist() == [7, 3, 5]
    assert found["key"].fillna("").tolist() == ["+4315321234", "", ""]


def test_consents():
    """Times become UTC, contact points their normalised form, words stay as written."""
    table, issues = normalize_consents(
        raw(
            source_event_id=["1", "2", "3"],
            at=["2024-07-01 12:00:00", "01.07.2024 12:00:00", "irgendwann"],
            contact_point=["0171/3920060", "Eva@googlemail.com", None],
            channel=["Telefon", "E-Mail", "Brief"],
            event=["granted", "withdrawn", "objected"],
        )
    )
    assert table["at"].fillna("").tolist() == ["2024-07-01T10:00:00Z", "2024-07-01T10:00:00Z", ""]
    assert table["contact_point"].fillna("").tolist() == ["+491713920060", "Eva@googlemail.com", ""]
    assert table["contact_key"].fillna("").tolist() == ["+491713920060", "eva@gmail.com", ""]
    assert table["channel"].tolist() == ["Telefon", "E-Mail", "Brief"]
    assert issues[["code", "row"]].values.tolist() == [["phone_region_assumed", 0], ["consent_bad_date", 4]]


def test_unreadable_contact_point_is_not_lost():
    """An objection stays tied to what was written."""
    table, _ = normalize_consents(
        raw(at=["2024-07-01"], contact_point=["eva@firma..org"], event=["objected"])
    )
    assert table["contact_point"].tolist() == ["eva@firma..org"]


def test_zone_of_a_file_that_keeps_utc():
    """Where a file's times with offset all say UTC, its other times are UTC too."""
    table, issues = normalize_consents(raw(at=["2024-07-01T12:00:00", "2024-07-01T12:00:00+00:00"]))
    assert table["at"].tolist() == ["2024-07-01T12:00:00Z", "2024-07-01T12:00:00Z"]
    assert issues["code"].tolist() == ["time_zone_of_file"]
    assert issues["severity"].tolist() == ["info"]


def test_touchpoints():
    """Kind and key of the identifier are added, the identifier stays as the channel knows it."""
    table, issues = normalize_touchpoints(
        raw(
            touchpoint_id=["T1", "T2", "T3"],
            at=["2024-07-01 12:00", "2024-07-02 12:00", None],
            identifier=["0049 171 3920060", "10522", None],
            direction=["eingehend", "out", None],
            subject=[None, None, "Kundennummer 10522"],
        )
    )
    assert table["identifier_kind"].fillna("").tolist() == ["phone", "customer_no", ""]
    assert table["key"].fillna("").tolist() == ["+491713920060", "10522", ""]
    assert table["identifier"].fillna("").tolist() == ["0049 171 3920060", "10522", ""]
    assert table["direction"].fillna("").tolist() == ["in", "out", ""]
    assert issues.empty


def test_orders():
    """Amounts are numbers, credit notes negative; an unreadable amount is a finding."""
    table, issues = normalize_orders(
        raw(
            order_id=["A1", "A2", None],
            at=["20.07.2012", "2012-07-21", "06/17/2012"],
            amount=["1.371,25", "-86,01", "gratis"],
            currency=["EUR", "€", "chf"],
        )
    )
    assert table["order_id"].tolist() == ["A1", "A2", "row-4"]
    assert table["amount"].tolist()[:2] == [1371.25, -86.01]
    assert table["currency"].tolist() == ["EUR", "EUR", "CHF"]
    assert issues[["code", "raw", "record_id"]].fillna("").values.tolist() == [
        ["amount_unreadable", "gratis", ""]
    ]


def test_opportunities():
    """60 %, 60 and 0,6 are one probability."""
    table, _ = normalize_opportunities(
        raw(opportunity_id=["1", "2", "3"], probability=["60 %", "60", "0,6"], volume=["1.000,00", "5", None])
    )
    assert table["probability"].tolist() == [0.6, 0.6, 0.6]
    assert table["volume"].tolist()[:2] == [1000.0, 5.0]


@pytest.mark.parametrize(
    "stage",
    [
        normalize_consents,
        normalize_touchpoints,
        normalize_orders,
        normalize_opportunities,
        normalize_tasks,
        normalize_qualifications,
    ],
)
def test_empty_tables_and_untouched_input(stage):
    """An empty table works, and the input is not changed."""
    empty = pd.DataFrame(
        {"source": pd.Series(dtype="str"), "file": pd.Series(dtype="str"), "row": pd.Series(dtype="int64")}
    )
    table, issues = stage(empty)
    assert len(table) == 0
    assert len(issues) == 0
    frame = raw(at=["1.1.2024"], due_from=["1.1.2024"], customer_no=["10522"])
    copy = frame.copy()
    stage(frame)
    pd.testing.assert_frame_equal(frame, copy)


_NUMBERS = pd.DataFrame(
    {
        "source": ["crm", "crm", "crm", "crm"],
        "record_id": ["swiss", "german", "both", "both"],
        "number": ["+41791234567", "+4930123456", "+41791234567", "+49791234567"],
    }
)


@pytest.mark.parametrize(
    ("record", "country", "written", "point"),
    [
        ("nobody", "CH", "079 123 45 67", "+41791234567"),  # the row's country
        ("swiss", None, "079 123 45 67", "+41791234567"),  # the person's own number
        ("swiss", None, "791234567", "+41791234567"),
        ("swiss", None, "044 668 18 00", "044 668 18 00"),  # a Swiss person's other number: in no country
        ("swiss", "DE", "079 1234567", "+49791234567"),  # the row is asked first
        ("both", None, "079 123 45 67", "079 123 45 67"),  # the same digits in two countries
        ("german", None, "079 1234567", "+49791234567"),  # the default, which is theirs
        ("nobody", None, "079 1234567", "+49791234567"),
        ("swiss", None, "0041 79 123 45 67", "+41791234567"),
        ("swiss", None, "eva@web.de", "eva@web.de"),
    ],
)
def test_national_numbers_of_an_event(record, country, written, point):
    """A number without country code is read by the row, by the person on it, else by the default."""
    events = raw(record_id=[record], country=[country], contact_point=[written], identifier=[written])
    events = events.assign(source="crm")
    table, _ = normalize_consents(events.drop(columns="identifier"), numbers=_NUMBERS)
    assert table["contact_point"].tolist() == [point]
    assert "country" not in table
    touch, _ = normalize_touchpoints(events.drop(columns="contact_point"), numbers=_NUMBERS)
    assert touch["key"].fillna(written).tolist() == [point]
    assert touch["identifier"].tolist() == [written]


def test_an_assumed_country_is_said_per_file():
    """Numbers read by the default are counted; those with a country, or whose person has them, are not."""
    events = raw(
        record_id=["swiss", "german", None, None],
        country=[None, None, None, "AT"],
        identifier=["0791234567", "030123456", "030123457", "01 5321234"],
    ).assign(source="crm")
    _, issues = normalize_touchpoints(events, numbers=_NUMBERS)
    told = issues[issues["code"].eq("phone_region_assumed")]
    assert told[["field", "detail"]].to_numpy().tolist() == [["identifier", "country=DE rows=1"]]


def test_without_a_default_no_country_is_assumed():
    """An empty default leaves a national number as written, with a finding."""
    table, issues = normalize_consents(raw(contact_point=["030123457"]), default_country=None)
    assert table["contact_point"].tolist() == ["030123457"]
    assert issues["code"].tolist() == ["phone_region_missing"]

"""Identifiers, amounts and countries."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmclean.normalize.amount import normalize_amount
from crmclean.normalize.country import normalize_country
from crmclean.normalize.identifier import normalize_identifier


@pytest.mark.parametrize(
    ("text", "kind", "country", "compact"),
    [
        ("USt-IdNr.: DE 136 695 976", "vat", None, "DE136695976"),
        ("136695976", "vat", "DE", "DE136695976"),
        ("ATU 13585627", "vat", None, "ATU13585627"),
        ("U13585627", "vat", "AT", "ATU13585627"),
        ("CHE-107.787.577 MWST", "vat", "CH", "CHE107787577MWST"),
        ("IBAN: DE89 3704 0044 0532 0130 00", "iban", None, "DE89370400440532013000"),
        ("Amtsgericht Köln, HRB 49263", "register", "DE", "Köln HRB 49263"),
        ("HRB 49263 (AG Köln)", "register", "DE", "Köln HRB 49263"),
        ("FN 122119 m", "register", "AT", "122119m"),
        ("CHE-100.155.212 MWST", "register", "CH", "CHE100155212"),
        ("St.-Nr. 181/815/08155", "tax", "DE", "18181508155"),
        ("756.9217.0769.85", "national", "CH", "7569217076985"),
        ("Kd.-Nr. 10522", "customer_no", None, "10522"),
        ("10522.0", "customer_no", None, "10522"),
        ("00010522", "customer_no", None, "00010522"),
    ],
)
def test_compact(text, kind, country, compact):
    """Labels and separators go, the number stays."""
    assert normalize_identifier(text, kind=kind, country=country).value.compact == compact


@pytest.mark.parametrize(
    ("text", "kind", "country", "code"),
    [
        ("DE136695979", "vat", None, "id_checksum"),
        ("DE89 3704 0044 0532 0130 01", "iban", None, "id_checksum"),
        ("213800KUD8LXJWSQ9D15", "lei", None, "id_checksum"),
        ("k.A.", "vat", "DE", "placeholder"),
        ("0000", "customer_no", None, "placeholder"),
    ],
)
def test_refused(text, kind, country, code):
    """A wrong check digit or a filler gives no identifier."""
    cleaned = normalize_identifier(text, kind=kind, country=country)
    assert cleaned.value is None
    assert cleaned.issues[-1].code == code


def test_court_missing():
    """A register number without its court is kept and flagged."""
    cleaned = normalize_identifier("HRB 49263", kind="register", country="DE")
    assert cleaned.value.compact == "HRB 49263"
    assert [f.code for f in cleaned.issues] == ["id_court_missing"]


def test_country_mismatch():
    """The number's own country wins over the row's, flagged."""
    cleaned = normalize_identifier("ATU13585627", kind="vat", country="DE")
    assert cleaned.value.country == "AT"
    assert [f.code for f in cleaned.issues] == ["id_country_mismatch"]


@given(
    st.text(max_size=25),
    st.sampled_from(["vat", "iban", "register", "lei", "tax", "customer_no", "national", "other"]),
)
def test_any_text_is_accepted(text, kind):
    """Dirty data is a finding, never an exception."""
    for country in (None, "DE", "AT", "CH"):
        cleaned = normalize_identifier(text, kind=kind, country=country)
        assert cleaned.raw == text
        assert cleaned.value or cleaned.issues


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1739,04", "1739.04"),
        ("-86,01 €", "-86.01"),
        ("86,01-", "-86.01"),
        ("CHF 1’234.50", "1234.50"),
        ("5,-", "5"),
        ("1.234.567", "1234567"),
        ("12", "12"),
    ],
)
def test_amounts(text, value):
    """German, English and Swiss writing give one number."""
    assert normalize_amount(text).value == Decimal(value)


def test_ambiguous_amount():
    """1.234 alone may be either; it is read the German way and flagged."""
    cleaned = normalize_amount("1.234")
    assert (cleaned.value, cleaned.status) == (Decimal(1234), "ambiguous")
    assert normalize_amount("abc").value is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("D", "DE"), ("A", "AT"), ("FL", "LI"), ("BRD", "DE"), ("Oesterreich", "AT"), ("OSTERREICH", "AT"),
        ("Grossbritannien", "GB"), ("Tschechei", "CZ"), ("Suisse", "CH"), ("Germania", "DE"), ("che", "CH"),
        ("Republik Österreich", "AT"), ("Deutschland (DE)", "DE"), ("CH-Schweiz", "CH"), ("U.S.A.", "US"),
    ],
)  # fmt: skip
def test_countries(text, code):
    """Names in four languages, codes, vehicle signs and old names are known."""
    assert normalize_country(text).value == code


@pytest.mark.parametrize("text", ["Bayern", "Europa", "", "k. A.", "Deutschland (AT)"])
def test_no_countries(text):
    """States, fillers and contradictions are no country."""
    assert normalize_country(text).value is None


@given(st.text(max_size=20))
def test_country_of_any_text(text):
    """Any text is accepted; a code is its own code."""
    code = normalize_country(text).value
    assert code is None or normalize_country(code).value == code


@pytest.mark.parametrize(
    ("text", "compact"),
    [
        ("St. Ingbert HRA 61755", "St. Ingbert (St Ingbert) HRA 61755"),
        ("AG Frankfurt am Main, HRB 12345", "Frankfurt am Main HRB 12345"),
        ("HRB 12345, Amtsgericht Frankfurt a. M.", "Frankfurt am Main HRB 12345"),
        ("Amtsgericht Freiburg i. Br. HRB 700123", "Freiburg HRB 700123"),
        ("HRB 1234 Bad Homburg v. d. Höhe", "Bad Homburg v.d.H. HRB 1234"),
        ("Registergericht am Amtsgericht Köln HRB 17", "Köln HRB 17"),
    ],
)
def test_courts_as_people_write_them(text, compact):
    """Saints, rivers and little words belong to the court's name."""
    value = normalize_identifier(text, kind="register", country="DE").value
    assert value is not None
    assert value.compact == compact


def test_a_number_of_an_unknown_register_is_kept_and_flagged():
    """Companies House and SIREN where no country is named; a sentence or half a German number is none."""
    for text, value in (("SC123456", "SC123456"), ("552 081 317", "552081317")):
        found = normalize_identifier(text, kind="register")
        assert found.value is not None
        assert (found.value.compact, [f.code for f in found.issues]) == (value, ["id_type_unclear"])
    for text in ("HRB 1234X5", "siehe 12345", "Berlin HRB"):
        assert normalize_identifier(text, kind="register").value is None

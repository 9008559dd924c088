"""Headers are compared in one form, whatever their spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmclean.read.headers import parse_header, split_place, without_noise


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("E-Mail: Adresse", "eMailAdresse"),
        ("Straße geschäftlich", "STRASSE_GESCHAEFTLICH"),
        ("\ufeffKunden-Nr.", "kundennr"),
        ("billingFirstName", "billing_first_name"),
        ("Größe", "GROESSE"),
    ],
)
def test_spelling_does_not_matter(left, right):
    """Case, umlauts, camel case, punctuation and a byte order mark are no difference."""
    assert parse_header(left).compact == parse_header(right).compact


@pytest.mark.parametrize("header", ["", "column_3", "Spalte 7", "Unnamed: 0", "12", "  "])
def test_a_header_may_say_nothing(header):
    """Made-up names of columns without a header carry no meaning."""
    assert parse_header(header).nameless


def test_words_and_trailing_number():
    """Camel case separates words; a trailing number is known apart from the stem."""
    header = parse_header("telefonNummer2")
    assert header.words[0] == "telefon"
    assert (header.stem, header.number) == ("telefonnummer", 2)


@pytest.mark.parametrize(
    ("header", "reading"),
    [
        ("Telefon (privat)", ("home_", "telefon")),
        ("Business Street", ("work_", "street")),
        ("Rechnungsstraße", ("billing_", "strasse")),
        ("shipping_address_city", ("delivery_", "city")),
        ("Ort geschäftlich", ("work_", "ort")),
    ],
)
def test_places_come_off(header, reading):
    """A place is a word of its own or grown together with the rest."""
    assert reading in split_place(parse_header(header))


@pytest.mark.parametrize(
    ("header", "form"),
    [
        ("customer_first_name", "firstname"),
        ("E-Mail des Kunden", "email"),
        ("customer.address.zipCode", "zipcode"),
    ],
)
def test_words_that_only_say_whose_come_off(header, form):
    """Customer, contact and the like do not change what a column holds."""
    assert form in without_noise(parse_header(header))


@given(st.text(max_size=30))
def test_any_header_is_parsed(text):
    """No header breaks the parser, and its compact form is stable."""
    header = parse_header(text)
    assert parse_header(header.compact).compact == header.compact
    split_place(header)
    without_noise(header)

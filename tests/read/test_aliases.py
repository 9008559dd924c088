"""The alias lists know the usual headers and contradict themselves nowhere."""

from __future__ import annotations

import re

import pytest

from crmclean.data import read_list
from crmclean.fields import FIELDS
from crmclean.read.aliases import (
    AMBIGUOUS,
    KNOWN_UNUSED,
    aliases,
    ambiguous_word,
    find_alias,
    find_spelling,
    find_tail,
)
from crmclean.read.headers import parse_header
from crmclean.read.roles import ROLES
from crmclean.tables import TABLES


def test_no_word_means_two_fields():
    """Each word stands once per table, and no ambiguous word is in the customers' list."""
    section, seen = "", {}
    for line in (*read_list("column_aliases.txt"), *read_list("column_aliases_eu.txt")):
        if line.startswith("["):
            section = line.strip("[]")
            continue
        field, _, words = line.partition(": ")
        for word in words.split(" | "):
            key = (section, re.sub(r"[^a-z0-9]", "", word))
            assert seen.setdefault(key, field) == field, key
    assert not set(aliases()) & set(AMBIGUOUS)


def test_every_field_exists():
    """Aliases of customers lead to canonical fields, those of other tables to declared columns.

    The country of an event has no column: it tells how the row's number is read.
    """
    assert set(aliases().values()) <= set(FIELDS) | {KNOWN_UNUSED}
    columns = {table.name: set(table.names) for table in TABLES}
    for role in ROLES[1:-1]:
        assert set(aliases(role).values()) <= columns[role] | {"source_event_id", "country"}


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Kd.-Nr.", "customer_no"),
        ("Straße geschäftlich", "work_street"),
        ("Land/Region privat", "home_country"),
        ("Telefon privat", "phone_home"),
        ("Fax geschäftlich", "fax"),
        ("given_name", "given_name"),
        ("soc_sec_id", "national_id"),
        ("address_1", "street"),
        ("street_number", "house_number"),
        ("suburb", "city"),
        ("unit_number", "address_addition"),
        ("middle_initial", "middle_names"),
        ("Anschrift gültig ab", "address_valid_from"),
        ("Anschrift gültig bis", "address_valid_to"),
        ("customer.address.zipCode", "postal_code"),
        ("shipping_first_name", KNOWN_UNUSED),
        ("Letzter Kontakt", KNOWN_UNUSED),
        ("E-Mail: Angezeigter Name", KNOWN_UNUSED),
        ("Prénom", "given_name"),
        ("Cognome", "family_name"),
        ("fecha_nacimiento", "birth_date"),
        ("Doğum Tarihi", "birth_date"),
        ("kod pocztowy", "postal_code"),
        ("Woonplaats", "city"),
        ("Umsatz 2023", "revenue"),
    ],
)
def test_usual_headers(header, field):
    """German, English and Swiss headers, with places and numbers, are found."""
    hit = find_alias(parse_header(header))
    assert hit is not None
    assert hit.field == field


@pytest.mark.parametrize("header", ["Lagerbestand", "sku", "Betreuer E-Mail", "column_4"])
def test_other_headers_are_not_forced(header):
    """What is no word of ours is left to the values."""
    assert find_alias(parse_header(header)) is None


def test_misspelt_headers():
    """A near spelling is taken with less confidence."""
    hit = find_spelling(parse_header("Nachnahme"))
    assert hit is not None
    assert (hit.field, hit.confidence) == ("family_name", 0.7)


def test_ambiguous_words_stay_ambiguous_behind_noise():
    """``customer_title`` asks the same question as ``title``."""
    assert ambiguous_word(parse_header("customer_title")) == "title"
    assert ambiguous_word(parse_header("Vorname")) == ""


def test_the_number_of_a_thing_is_not_the_thing():
    """default_address_id numbers an address; res_city_desc still describes a city."""
    assert find_tail(parse_header("default_address_id")) is None
    hit = find_tail(parse_header("res_city_desc"))
    assert hit is not None
    assert hit.field == "city"


@pytest.mark.parametrize(
    "header", ["Site name", "School Name", "Hotel name", "Name der Einrichtung", "Patentinhaber"]
)
def test_names_of_places_of_work_are_organizations(header):
    """What a list of sites, schools or hotels calls a name is the name of an organization."""
    found = find_alias(parse_header(header))
    assert found is not None
    assert found.field == "organization"

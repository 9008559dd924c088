"""Export profiles are recognised by their signature."""

from __future__ import annotations

import pytest

from crmclean.fields import is_field
from crmclean.read.headers import parse_header
from crmclean.read.profiles import detect_profile, profiles


def test_fields_of_profiles_exist():
    """Each profile leads to canonical fields or leaves the column out, and needs at most what it lists."""
    for profile in profiles():
        assert all(field == "" or is_field(field) for field in profile.fields.values()), profile.name
        assert 0 < profile.need <= len(profile.signature)


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        (["Anrede", "Weitere Vornamen", "Straße geschäftlich", "E-Mail-Adresse"], "outlook_de"),
        (["Title", "Business Street", "E-mail Address", "TTY/TDD Phone"], "outlook_en"),
        (["First Name", "Last Name", "E-mail 1 - Value", "Phone 1 - Value"], "google_new"),
        (["Konto", "Name (Adressattyp Unternehmen)", "Adressattyp", "Ort"], "datev_debitoren"),
        (["KUNNR", "NAME1", "ORT01", "MANDT"], "sap_kna1"),
        (["UID", "FN", "N.family", "N.given"], "vcard"),
        (["EMAIL", "OPT_IN", "EMAIL_BLACKLISTED", "ADDED_TIME"], "brevo"),
    ],
)
def test_signatures(columns, name):
    """Three signature columns are enough."""
    found = detect_profile(columns)
    assert found is not None
    assert found.name == name


def test_plain_table_has_no_profile():
    """Ordinary headers are no program's export."""
    assert detect_profile(["Vorname", "Nachname", "PLZ", "Ort"]) is None


def test_numbered_columns_of_a_profile():
    """The second telephone of a vCard is what the first one is."""
    found = detect_profile(["UID", "FN", "N.family"])
    assert found is not None
    assert found.field_of(parse_header("TEL.cell.2")) == "mobile"
    assert found.field_of(parse_header("X-COLOUR")) is None

"""The law of the value functions, for all at once.

Any string is accepted; `raw` is the input; no value only with a finding; every finding has a
registered code; normalising the display form again changes nothing.
"""

from __future__ import annotations

from dataclasses import astuple, is_dataclass

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crmclean import normalize
from crmclean.data import read_table
from crmclean.issues import CODES
from crmclean.normalize.layout import address_lines
from crmclean.normalize.person import display_name
from crmclean.text.phonetics import cologne_phonetics, match_rating, metaphone, nysiis, soundex
from crmclean.values import Cleaned

FUNCTIONS = {
    "person": normalize.normalize_person,
    "person_fields": lambda t: normalize.normalize_person(given_name=t, family_name=t, salutation=t),
    "salutation": normalize.normalize_salutation,
    "company": normalize.normalize_company,
    "phone": lambda t: normalize.normalize_phone(t, country="DE"),
    "phone_anywhere": normalize.normalize_phone,
    "email": normalize.normalize_email,
    "date": normalize.normalize_date,
    "time": lambda t: normalize.normalize_time(t, timezone="Europe/Berlin"),
    "vat": lambda t: normalize.normalize_identifier(t, kind="vat"),
    "iban": lambda t: normalize.normalize_identifier(t, kind="iban"),
    "customer_no": lambda t: normalize.normalize_identifier(t, kind="customer_no"),
    **{
        f"{kind}_{country}": lambda t, k=kind, c=country: normalize.normalize_identifier(t, kind=k, country=c)
        for kind, country in (
            ("bic", None),
            ("lei", None),
            ("isin", None),
            ("wkn", None),
            ("leitweg", None),
            ("eic", None),
            ("register", "DE"),
            ("register", "AT"),
            ("register", "CH"),
            ("tax", "DE"),
            ("tax", "AT"),
            ("national", "DE"),
            ("national", "CH"),
            ("other", None),
        )
    },
    **{
        f"date_{order}": lambda t, o=order: normalize.normalize_date(
            t, order=o, kind="birth", today="2026-06-30"
        )
        for order in ("DMY", "MDY", "YMD", "EXCEL")
    },
    "amount": normalize.normalize_amount,
    "country": normalize.normalize_country,
    "text": normalize.repair_text,
    "address": normalize.normalize_address,
    "address_us": lambda t: normalize.normalize_address(t, country="US"),
    "street": lambda t: normalize.normalize_address(street=t),
    "postcode": normalize.postcode_info,
    "postcode_de": lambda t: normalize.postcode_info(t, "DE"),
    "house_number": normalize.normalize_house_number,
}
DISPLAY = {
    "company": lambda v: v.name,
    "person": lambda v: display_name(v[0]),
    **{
        name: lambda v: v.compact
        for name in FUNCTIONS
        if name.partition("_")[0] in {"bic", "lei", "isin", "iban"}
    },
    "postcode": lambda v: v.code,
    "postcode_de": lambda v: v.code,
    "house_number": lambda v: v.text,
    "country": lambda v: v,
    "text": lambda v: v,
    "date": lambda v: v,
    "vat": lambda v: v.compact,
    "iban": lambda v: v.compact,
    "customer_no": lambda v: v.compact,
    "phone": lambda v: v[0].e164,
    "phone_anywhere": lambda v: v[0].e164,
    "email": lambda v: v[0].address,
}
WORDS = st.sampled_from(
    [
        "Müller",
        "Straße",
        "Str.",
        "weg",
        "12",
        "a",
        "5-7",
        "10115",
        "8010",
        "D-",
        "Berlin",
        "Wien",
        ",",
        ";",
        "\n",
        "/",
        "&",
        "GmbH",
        "Herr",
        "Frau",
        "Dr.",
        "von",
        "c/o",
        "Postfach",
        "17",
        "@",
        "beispiel.de",
        "+49",
        "0171",
        "1234567",
        "01.02.1980",
        "2024-02-30",
        "k.A.",
        "DE123456789",
        "1.234,56",
        "€",
        "St",
        "90210",
        "SW1A",
        "1AA",
    ]
)
DIRTY = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=9).map(" ".join))


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=120, deadline=None)
@given(text=DIRTY)
@example(text="")
@example(text="\x00\ud800")
@example(text="-")
def test_any_string_has_an_answer(name, text):
    """Nothing raises; the raw text is kept; what has no value has a finding; codes are registered."""
    cleaned = FUNCTIONS[name](text)
    assert isinstance(cleaned, Cleaned)
    if name not in {"person_fields", "street"}:
        assert cleaned.raw == text
    assert (cleaned.value is None) <= bool(cleaned.issues)
    assert (cleaned.status in {"empty", "invalid"}) == (cleaned.value is None)
    assert {f.code for f in cleaned.issues} <= set(CODES)


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=60, deadline=None)
@given(text=DIRTY)
def test_same_text_same_answer(name, text):
    """The answer depends on the text alone, not on what was asked before."""
    first = FUNCTIONS[name](text)
    FUNCTIONS[name]("Müller 12345 Berlin")
    assert FUNCTIONS[name](text) == first


@given(st.text("Ã¼ä\xadâ€™\u200bÂ\xa0ö©a\x9f‚¬œÅ", max_size=12))
@example("\xac\x9f\xac\u200b\xe4\xbc")
def test_repaired_text_is_whole(text):
    """Mojibake that lies bare only once a soft hyphen is gone is repaired in the same go."""
    value = normalize.repair_text(text).value
    if value is not None:
        assert normalize.repair_text(value).value == value


@pytest.mark.parametrize("name", DISPLAY)
@settings(max_examples=120, deadline=None)
@given(text=DIRTY)
def test_normal_form_stays(name, text):
    """Normalising the display form gives the same value again."""
    value = FUNCTIONS[name](text).value
    if value:
        shown = DISPLAY[name](value)
        again = FUNCTIONS[name](shown).value
        assert again is not None
        assert DISPLAY[name](again) == shown


@settings(max_examples=200, deadline=None)
@given(text=DIRTY)
def test_address_parts_stay(text):
    """The parts of an address, given in their fields, come out as they went in.

    But for a street that holds its own house number: there the number is taken as said twice.
    """
    value = normalize.normalize_address(text).value
    if value is None or not (value.street and value.house_number and value.postal_code and value.city):
        return
    if value.house_number in value.street:
        return
    again = normalize.normalize_address(
        street=value.street, house_number=value.house_number, postal_code=value.postal_code, city=value.city,
        country=value.country,
    ).value  # fmt: skip
    assert (again.street, again.house_number, again.postal_code, again.city) == (
        value.street, value.house_number, value.postal_code, value.city,
    )  # fmt: skip


@given(text=DIRTY)
def test_lines_of_any_address(text):
    """Every address can be printed, without empty lines."""
    value = normalize.normalize_address(text).value
    if value is not None:
        assert all(line.strip() for line in address_lines(value))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_values_are_plain(name):
    """A value is a text, a number, a dataclass of texts, or a tuple of these: no pandas, no surprise."""
    value = FUNCTIONS[name]("Müller 12345 Berlin").value
    for item in value if isinstance(value, tuple) else (value,):
        if is_dataclass(item):
            assert all(isinstance(v, str | bool | float | tuple | None) for v in astuple(item))


def test_public_names():
    """Every public name loads, is documented, and the list is sorted."""
    assert normalize.__all__ == sorted(normalize.__all__)
    for name in normalize.__all__:
        assert getattr(normalize, name).__doc__


@pytest.mark.parametrize("code", [cologne_phonetics, soundex, metaphone, nysiis, match_rating])
@settings(max_examples=60, deadline=None)
@given(text=DIRTY)
def test_any_text_has_a_code(code, text):
    """Any text has a phonetic code, the same each time and no longer than the text."""
    found = code(text)
    assert found == code(text)
    assert len(found) <= max(2 * len(text), 4)


@settings(max_examples=120, deadline=None)
@given(text=DIRTY)
@example(text="GmbH & Co")
def test_legal_forms_are_their_own(text):
    """The short form of a legal form is itself a legal form: the same one."""
    short = normalize.normalize_legal_form(text)
    assert short is None or normalize.normalize_legal_form(short) == short


@pytest.mark.parametrize("short", [row[0] for row in read_table("legal_forms.txt")])
def test_every_short_form_is_known(short):
    """What the list shows it also reads."""
    assert normalize.normalize_legal_form(short) is not None

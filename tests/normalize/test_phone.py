"""Telephone numbers: E.164 as dialled, with the reason where there is none."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.normalize.phone import _full, dialled, normalize_phone, plan_of
from crmclean.normalize.phone_fast import read_plain


def numbers(text, country="DE"):
    return [p.e164 for p in normalize_phone(text, country=country).value or ()]


def codes(text, country="DE"):
    return [f.code for f in normalize_phone(text, country=country).issues]


@pytest.mark.parametrize(
    ("text", "country", "e164"),
    [
        ("030/901820", "DE", "+4930901820"),
        ("(0221) 4710-123", "DE", "+492214710123"),
        ("+49 (0) 221 / 47 10-123", None, "+492214710123"),
        ("0049 221 4710123", None, "+492214710123"),
        ("(+49) 221 4710123", None, "+492214710123"),
        ("Mobil: 0171 / 39 200 60", "DE", "+491713920060"),
        ("01/532 12 34-0", "AT", "+43153212340"),
        ("044 668 18 00", "CH", "+41446681800"),
        ("\u202a+41\u00a044\u00a0668\u00a018\u00a000\u202c", None, "+41446681800"),
        ("tel:+49-221-4710123", None, "+492214710123"),
    ],
)
def test_usual_spellings(text, country, e164):
    """Separators, labels and hidden characters do not matter."""
    assert numbers(text, country) == [e164]


def test_no_country_no_guess():
    """A national number without a country is not silently German."""
    cleaned = normalize_phone("030 901820")
    assert cleaned.value is None
    assert cleaned.issues[0].code == "phone_region_missing"


def test_source_of_the_region():
    """The result says whether number, row or assumption named the region."""
    assert normalize_phone("+43 1 5321234", country="DE").value[0].region_source == "number"
    assert normalize_phone("030 901820", country="DE").value[0].region_source == "country"
    cleaned = normalize_phone("030 901820", country="DE", assumed=True)
    assert cleaned.value[0].region_source == "assumed"
    assert [f.code for f in cleaned.issues] == ["phone_region_assumed"]


@pytest.mark.parametrize(
    ("text", "trunk"),
    [
        ("0821 847498-0", "+49821847498"),
        ("0231-55201-12", "+4923155201"),
        ("+49 (0)231/55201-0", "+4923155201"),
        ("0231-55201", None),
        ("0171-1234-568", None),
    ],
)
def test_switchboard(text, trunk):
    """Direct dialling digits stay in the number; the switchboard is known besides."""
    phone = normalize_phone(text, country="DE").value[0]
    assert phone.trunk == trunk
    assert phone.e164.startswith(trunk or "+49")


def test_swiss_numbers_have_no_trunk():
    """Where numbers have one length, a hyphen says nothing."""
    assert normalize_phone("044-668-18-00", country="CH").value[0].trunk is None


@pytest.mark.parametrize("text", ["0221 47100 App. 12", "0221 47100 Durchwahl 12", "+49 221 47100 ext. 12"])
def test_extension_in_words(text):
    """Letters are never dialled: the extension is kept apart."""
    phone = normalize_phone(text, country="DE").value[0]
    assert (phone.e164, phone.extension) == ("+4922147100", "12")


@pytest.mark.parametrize(
    "text",
    [
        "0221 4710123; 0171 3920060",
        "0221/4710123 / 0171/3920060",
        "0221 4710123 oder 0171-3920060",
        "0221 4710123\n0171 3920060",
        "Tel. 0221 4710123 Mobil 0171 3920060",
    ],
)
def test_several_numbers(text):
    """Several numbers in one cell make several phones."""
    assert numbers(text) == ["+492214710123", "+491713920060"]
    assert "phone_multiple" in codes(text)


def test_lost_plus_is_tried_first():
    """A number with country code and without trunk zero is international, and flagged."""
    cleaned = normalize_phone("491713920060", country="DE")
    assert cleaned.value[0].e164 == "+491713920060"
    assert cleaned.status == "ambiguous"
    assert cleaned.issues[0].code == "phone_plus_lost"


def test_letters_for_digits():
    """O and l between digits are read as 0 and 1, flagged."""
    assert numbers("O221 47l0123") == ["+492214710123"]
    assert normalize_phone("O221 47l0123", country="DE").status == "ambiguous"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("4,91713E+11", "phone_scientific_notation"),
        ("0000", "phone_placeholder"),
        ("0123456789", "phone_placeholder"),
        ("0", "phone_placeholder"),
        ("112", "phone_emergency"),
        ("12", "phone_too_short"),
        ("0221 471012312345678901", "phone_too_long"),
        ("k. A.", "placeholder"),
        ("kommt noch", "phone_unparseable"),
    ],
)
def test_reasons(text, code):
    """What is no number comes back without one and with the reason."""
    cleaned = normalize_phone(text, country="DE")
    assert cleaned.value is None
    assert code in [f.code for f in cleaned.issues]


def test_outside_theplan_of_is_still_evidence():
    """A number that the plan does not know has no value but can be compared."""
    cleaned = normalize_phone("0151 2757567", country="DE")
    assert cleaned.value is None
    assert dialled(cleaned.issues) == "+491512757567"


_SEPARATORS = st.sampled_from(["", "", "", " ", "/", "-", " / ", ".", ") ", "--", "/-"])
_PREFIXES = st.sampled_from(["+49", "+43 ", "0041 ", "+49 (0)", "0", "(0", "+41-", "0049(0)", ""])
_STARTS = st.sampled_from(["30", "231", "171", "1512", "664", "1", "44", "79", "800", "900", "180", "32"])
_TAILS = st.lists(st.tuples(st.sampled_from("0123456789"), _SEPARATORS), min_size=3, max_size=10)


@settings(max_examples=600, deadline=None)
@given(_PREFIXES, _STARTS, _TAILS, st.sampled_from(["DE", "AT", "CH"]))
def test_fast_path_agrees(prefix, start, tail, country):
    """The short way says the same as the long one, or nothing."""
    text = prefix + start + "".join(d + s for d, s in tail)
    fast = read_plain(text, country, "country", plan_of)
    if fast is not None:
        assert fast == _full(text, country, "country")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["DE", "AT", "CH"]), st.text("0123456789", min_size=3, max_size=13))
def testplan_of_agrees_with_phonenumbers(region, number):
    """A national number is valid here exactly if libphonenumber says so."""
    parsed = phonenumbers.PhoneNumber(
        country_code=phonenumbers.country_code_for_region(region), national_number=int("9" + number[1:])
    )
    expected = phonenumbers.is_valid_number_for_region(parsed, region)
    assert (plan_of(region).kind_of("9" + number[1:]) is not None) == expected


@given(st.text(max_size=25))
def test_any_text_is_accepted(text):
    """Dirty data is a finding, never an exception; the display form is stable."""
    cleaned = normalize_phone(text, country="DE")
    assert cleaned.raw == text
    assert cleaned.value or cleaned.issues
    for phone in cleaned.value or ():
        assert numbers(phone.e164, None) == [phone.e164]


@pytest.mark.parametrize("text", ["079 123456", "+41 079 123456", "+41 (0)79 123456", "0041 79 123456"])
def test_dialled_without_trunk_zero(text):
    """A number outside the plan is one number in every spelling (Swiss ones keep the zero in phonenumbers)."""
    assert dialled(normalize_phone(text, country="CH").issues) == "+4179123456"

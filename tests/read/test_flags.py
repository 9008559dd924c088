"""Consent columns are flags with a channel, dates or proof: never an identity."""

from __future__ import annotations

import pytest

from crmclean.read.content import Content
from crmclean.read.flags import consent_field
from crmclean.read.headers import parse_header

NOTHING = Content((), 0.0, 0.0)
FLAGS = Content(("ja", "nein"), 1.0, 0.1)
DATES = Content(("01.02.2020", "05.06.2021"), 1.0, 1.0)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Newsletter", "optin_newsletter"),
        ("E-Mail-Newsletter", "optin_newsletter"),
        ("nl_optin", "optin_newsletter"),
        ("Keine Newsletter", "optout_newsletter"),
        ("Newsletter Opt-Out", "optout_newsletter"),
        ("Newsletter und Werbung per E-Mail erlaubt", "optin_email"),
        ("WhatsApp Newsletter", "optin_messenger"),
        ("Einwilligung E-Mail", "optin_email"),
        ("Opt-in", "optin_any"),
        ("Einwilligung Telefon", "optin_phone"),
        ("Einwilligung Post", "optin_post"),
        ("Werbung erlaubt", "optin_any"),
        ("Accepts SMS Marketing", "optin_sms"),
        ("WhatsApp Opt-In", "optin_messenger"),
        ("Werbesperre", "optout_any"),
        ("Keine Werbung", "optout_any"),
        ("Telefonsperre", "optout_phone"),
        ("Email Opt Out", "optout_email"),
        ("Do Not Call", "optout_phone"),
        ("donotbulkpostalmail", "optout_post"),
        ("HasOptedOutOfFax", "optout_fax"),
        ("Robinson", "optout_any"),
    ],
)
@pytest.mark.parametrize("content", [NOTHING, FLAGS])
def test_flags(header, field, content):
    """Direction and channel are read from the header."""
    assert consent_field(parse_header(header), content) == field


def test_dates_below_a_consent_word():
    """A consent word over dates is the time of the declaration, its confirmation or its end."""
    assert consent_field(parse_header("Newsletter"), DATES) == "consent_given_at"
    assert consent_field(parse_header("Opt-in bestätigt"), DATES) == "consent_confirmed_at"
    assert consent_field(parse_header("Widerruf"), DATES) == "consent_withdrawn_at"


def test_other_headers_are_none_of_this():
    """A header without a consent word is left to others."""
    assert consent_field(parse_header("Nachname"), NOTHING) is None
    assert consent_field(parse_header("Postleitzahl"), NOTHING) is None


def test_words_that_are_no_flags():
    """Names of newsletters below ``Newsletter`` are not a yes."""
    names = Content(tuple(f"Rundbrief {w}" for w in "abcdefgh"), 1.0, 0.1)
    assert consent_field(parse_header("Newsletter"), names) == "-"

"""Opt-in columns and newsletter tables as consent events."""

from __future__ import annotations

import pandas as pd
import pytest

from crmclean.consent import consents_from_flags, events_of, may_contact
from crmclean.tables import Consents

NO_POINTS = pd.DataFrame(columns=["source", "record_id", "channel", "contact_point"], dtype="str")


def flags(recorded_at: str = "2024-01-15", **columns: str | None) -> Consents:
    """The events of one record."""
    records = pd.DataFrame([{"source": "crm", "record_id": "1", **columns}]).astype("str")
    points = pd.DataFrame(
        {"source": ["crm"], "record_id": ["1"], "channel": ["email"], "contact_point": ["anna@example.org"]}
    )
    return consents_from_flags(records, points, recorded_at=recorded_at)


def reason(events: Consents, channel: str = "email", at: str = "2024-05-01") -> str:
    """What the events say for a newsletter."""
    return may_contact(events_of(events), {}, channel, "marketing.newsletter", at).reason


@pytest.mark.parametrize(
    ("column", "text", "expected"),
    [
        ("optin_email", "ja", "LEGACY_UNPROVEN"),
        ("optin_email", "Nein", "DECLINED"),
        ("optin_email", "", "NO_CONSENT"),
        ("optin_email", "?", "NO_CONSENT"),
        ("optout_email", "1", "DECLINED"),
        ("optout_email", "0", "NO_CONSENT"),
        ("optout_any", "x", "DECLINED"),
        ("optin_any", "ja", "NOT_SPECIFIC"),
        ("optin_newsletter", "true", "LEGACY_UNPROVEN"),
        ("optin_newsletter", "false", "DECLINED"),
        ("optout_newsletter", "ja", "DECLINED"),
        ("optout_newsletter", "nein", "NO_CONSENT"),
    ],
)
def test_a_no_counts_a_yes_is_a_claim_a_blank_is_nothing(column: str, text: str, expected: str) -> None:
    """An opt-out that says no is nothing either: nobody was asked."""
    assert reason(flags(**{column: text})) == expected


def test_no_newsletter_is_not_no_email() -> None:
    """Other e-mail and other channels are as if nothing had been said."""
    events = events_of(flags(optin_newsletter="false"))
    asked = [("email", "marketing.newsletter"), ("email", "marketing.offers"), ("phone", "marketing")]
    answers = [may_contact(events, {}, channel, purpose, "2024-05-01").reason for channel, purpose in asked]
    assert answers == ["DECLINED", "NO_CONSENT", "NO_CONSENT"]


def test_a_no_counts_from_the_import() -> None:
    """Not before."""
    assert reason(flags(optin_email="nein"), at="2024-01-14") == "NO_CONSENT"


def test_the_same_flag_next_month_is_the_same_event() -> None:
    """So that a consent given in between is not undone by reading the old file again."""
    first, second = flags(optin_email="nein"), flags("2024-03-01", optin_email="nein")
    assert first["event_id"].tolist() == second["event_id"].tolist()


def test_a_newsletter_table_proves_nothing_but_its_withdrawal_counts() -> None:
    """Sign-up and click without wording."""
    dates = {"consent_given_at": "2023-01-10 09:00:00", "consent_confirmed_at": "10.01.2023 09:04"}
    events = flags(**dates, consent_origin="Webformular")
    assert events["event"].tolist() == ["granted", "confirmed"]
    assert events["at"].tolist() == ["2023-01-10T08:00:00Z", "2023-01-10T08:04:00Z"]
    assert set(events["contact_point"]) == {"anna@example.org"}
    assert reason(events) == "NOT_PROVEN"
    assert reason(flags(**dates, consent_withdrawn_at="2023-02-01")) == "WITHDRAWN"


def test_an_unreadable_withdrawal_counts_from_the_import() -> None:
    """Somebody left, whenever."""
    events = flags(consent_withdrawn_at="Sommer 23")
    assert reason(events) == "WITHDRAWN"
    assert reason(events, at="2024-01-01") == "NO_CONSENT"


def test_no_columns_no_events() -> None:
    """Records without any of it."""
    records = pd.DataFrame({"source": ["crm"], "record_id": ["1"]})
    assert consents_from_flags(records, NO_POINTS, recorded_at="2024-01-15").empty

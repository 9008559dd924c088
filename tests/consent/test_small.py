"""Words, policy, times, sentences, explanation, summary."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime

import pandas as pd
import pytest

from crmclean.config import config_from
from crmclean.consent import (
    PRESETS,
    ConsentEvent,
    Person,
    Policy,
    consent_summary,
    explain,
    may_contact,
    policy_of,
)
from crmclean.consent.clock import add_months, instant, iso_text
from crmclean.consent.event import KINDS
from crmclean.consent.reasons import REASONS
from crmclean.consent.rules import RULES
from crmclean.consent.words import answer_of, channel_of, event_of, purpose_of
from crmclean.errors import ConfigError, ConsentError
from crmclean.fields import CHANNELS
from crmclean.messages import say
from crmclean.tables import PERMISSIONS

GRANT = ConsentEvent(
    event="granted",
    at="2024-01-10T09:00:00Z",
    channel="email",
    purpose="marketing",
    method="web_form",
    text_version="v1",
    origin="web",
    contact_point="anna@example.org",
)
CLICK = ConsentEvent(event="confirmed", at="2024-01-10T09:05:00Z", channel="email", purpose="marketing")


@pytest.mark.parametrize(
    ("word", "ours"),
    [
        ("E-Mail", "email"),
        ("Mail", "email"),
        ("tel", "phone"),
        ("WhatsApp", "messenger"),
        ("Brief", "post"),
        ("Telefax", "fax"),
        ("alle", "any"),
        ("Tauben", None),
        ("", None),
    ],
)
def test_channel_words(word: str, ours: str | None) -> None:
    """As people write them; what is not known has no meaning."""
    assert channel_of(word) == ours


def test_our_own_words_are_known() -> None:
    """Every channel and kind of event is its own word, and paths are purposes."""
    assert [channel_of(c) for c in CHANNELS] == list(CHANNELS)
    assert {event_of(k) for k in KINDS} == KINDS
    assert purpose_of("marketing.newsletter.sports") == "marketing.newsletter.sports"
    assert purpose_of("Geburtstag") is None
    assert (answer_of("Ja"), answer_of("n"), answer_of(" ")) == (True, False, None)


def test_a_configured_word_that_is_no_channel_is_refused() -> None:
    """The mistake is in the configuration and is said there."""
    with pytest.raises(ConfigError, match="channel_map"):
        policy_of(config_from({"consent": {"channel_map": {"mail": "e-mail"}}}).consent)


def test_presets_and_what_changes_them() -> None:
    """A preset alone keeps its name; a change is marked; partial tables keep the rest."""
    assert policy_of(config_from({}).consent) is PRESETS["de-default"]
    assert policy_of(config_from({"consent": {"policy": "at"}}).consent).jurisdiction == "AT"
    changed = policy_of(
        config_from({"consent": {"policy": "de-strict", "stale_after_months": {"phone": 60}}}).consent
    )
    assert changed.name == "de-strict+"
    assert (changed.stale_months("phone"), changed.stale_months("email")) == (60, 18)


@pytest.mark.parametrize(
    "keys",
    [
        {"timezone": "Mars/Olympus"},
        {"double_opt_in": ["mail"]},
        {"pending_ttl_days": -1},
        {"stale_after_months": "ten"},
        {"proof_fields": ["beauty"]},
        {"soft_opt_in": {"channels": ["pigeon"]}},
        {"age_of_consent": {"DE": -3}},
        {"doubleoptin": []},
    ],
)
def test_a_wrong_key_is_refused(keys: dict[str, object]) -> None:
    """With the key's name."""
    with pytest.raises(ConfigError, match=next(iter(keys))):
        policy_of(config_from({"consent": keys}).consent)


def test_one_moment_in_every_spelling() -> None:
    """Text, datetime and zone agree; a date is its start or its end."""
    moment = instant("2024-01-10T09:00:00Z", "Europe/Berlin")
    for same in ("2024-01-10 10:00", "10.01.2024 10:00:00", datetime(2024, 1, 10, 9, tzinfo=UTC)):
        assert instant(same, "Europe/Berlin") == moment
    assert iso_text(instant(date(2024, 1, 10), "UTC")) == "2024-01-10T00:00:00Z"
    assert iso_text(instant("2024-01-10", "UTC", end=True)) == "2024-01-10T23:59:59Z"
    for unreadable in ("", "10", "32.01.2024", "2024-13-01", "heute"):
        assert instant(unreadable, "UTC") is None


def test_months_are_those_of_the_calendar() -> None:
    """The day is cut to the length of the month."""
    start = instant("2024-01-31T10:00:00Z", "UTC")
    assert start is not None
    assert iso_text(add_months(start, 1)) == "2024-02-29T10:00:00Z"


def test_a_yes_says_what_it_rests_on_and_what_is_owed() -> None:
    """Law, events, contact points, duties, since and until."""
    decision = may_contact([GRANT, CLICK], {"country": "DE"}, "email", "marketing.newsletter", "2024-05-01")
    assert decision.basis == "GDPR 6(1)(a); UWG 7(2)"
    assert decision.events == (GRANT.event_id, CLICK.event_id)
    assert decision.contact_points == ("anna@example.org",)
    assert decision.obligations == ("unsubscribe_link", "sender_identity")
    assert (decision.since, decision.valid_until) == ("2024-01-10T09:05:00Z", "2026-01-10T09:05:00Z")


def test_a_consumer_called_by_consent_has_the_use_recorded() -> None:
    """UWG 7a: five years from each use."""
    call = ConsentEvent(
        event="granted", at="2024-01-10", channel="phone", purpose="marketing", text_version="v", origin="o"
    )
    assert "record_use" in may_contact([call], {}, "phone", "marketing", "2024-05-01").obligations


def test_explain_walks_the_rules_one_by_one() -> None:
    """Each rule with what it found; the answer is that of the decision."""
    steps = explain([GRANT], {}, "email", "marketing.newsletter", "2024-05-01")
    assert [s.number for s in steps] == [*range(14)]
    assert {s.rule: s.outcome for s in steps if s.outcome not in {"passed", "not_reached"}} == {
        "history": "considered",
        "proven": "remembered",
        "remembered": "answered",
    }
    assert steps[-1].reason == "PENDING_CONFIRMATION"


def test_explain_says_when_a_yes_is_overruled() -> None:
    """A bounced address."""
    bounce = ConsentEvent(event="bounced", at="2024-02-01", contact_point="anna@example.org")
    steps = {s.number: s for s in explain([GRANT, CLICK, bounce], {}, "email", "marketing", "2024-05-01")}
    assert (steps[10].outcome, steps[12].outcome, steps[12].reason) == (
        "answered",
        "overruled",
        "CONTACT_POINT_INVALID",
    )


def test_every_code_has_its_sentence() -> None:
    """Reasons, duties, rules and outcomes, in both languages."""
    keys = [f"consent.reason.{r}" for r in REASONS] + [f"consent.rule.{r.name}" for r in RULES]
    keys += [
        f"consent.duty.{d}" for d in ("unsubscribe_link", "record_use", "caller_id_shown", "sender_identity")
    ]
    for key in keys:
        assert say(key, "en") != say(key, "de")


def test_a_wrong_question_is_an_error() -> None:
    """An unknown channel, no time, an unknown kind of event."""
    with pytest.raises(ConsentError, match="channel"):
        may_contact([], {}, "pigeon", "marketing", "2024-05-01")
    with pytest.raises(ConsentError, match="time"):
        may_contact([], {}, "email", "marketing", "soon")
    with pytest.raises(ConsentError, match="kind"):
        ConsentEvent(event="perhaps")


def test_the_single_call_needs_no_pandas() -> None:
    """A CRM with its own database pays for no data frames."""
    code = "import sys, crmclean.consent; sys.exit('pandas' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_summary_counts_each_customer_once() -> None:
    """By the best answer; a denial before an unproven claim."""
    rows = [
        ("c1", "CONSENT"),
        ("c1", "NO_CONSENT"),
        ("c2", "WITHDRAWN"),
        ("c2", "NOT_PROVEN"),
        ("c3", "STALE"),
    ]
    frame = pd.DataFrame(rows, columns=["customer_id", "reason"]).assign(channel="email", purpose="marketing")
    counted = consent_summary(PERMISSIONS.check(frame)).to_dict("records")[0]
    assert {k: v for k, v in counted.items() if v} == {
        "channel": "email",
        "customers": 3,
        "allowed": 1,
        "consent": 1,
        "denied": 1,
        "other": 1,
    }
    assert consent_summary(PERMISSIONS.empty()).empty
    assert isinstance(PRESETS["ch"], Policy)


def test_the_person_known_by_no_working_address_is_not_written_to() -> None:
    """All addresses bounce; a number is no address, and letters need none."""
    bounce = ConsentEvent(event="bounced", at="2024-02-01", channel="email", contact_point="Anna@Example.org")
    who = Person(contact_points=frozenset({"ANNA@example.org", "+491701234567"}))
    free = ConsentEvent(
        event="granted", at="2024-01-10", channel="email", purpose="marketing", text_version="v", origin="o"
    )
    assert (
        may_contact([free, bounce], who, "email", "marketing", "2024-05-01").reason == "CONTACT_POINT_INVALID"
    )
    assert may_contact([free, bounce], who, "post", "marketing", "2024-05-01").reason == "LEGITIMATE_INTEREST"

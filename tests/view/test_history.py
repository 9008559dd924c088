"""Cases, bounces, channels, commercial facts: what the history of a customer tells."""

from __future__ import annotations

import pandas as pd
import pytest

from crmclean.tables import ORDERS, TOUCHPOINTS
from crmclean.view.abc_classes import class_bounds, class_of
from crmclean.view.bounces import did_not_arrive, undeliverable
from crmclean.view.cases import case_rows, matter_of, unanswered_rows, with_cases
from crmclean.view.channels import channel_answers
from crmclean.view.commerce import is_open, names_case
from crmclean.view.history import confirmed_keys, failed_keys
from crmclean.view.ways import channel_of, is_written


def log(*rows):
    """Contacts: time, channel, direction, subject, and further columns."""
    listed = [
        {"touchpoint_id": f"t{i}", "source": "log", "at": at, "channel": channel, "direction": way, "subject": subject, "customer_id": "c"} | more
        for i, (at, channel, way, subject, more) in enumerate(rows)
    ]  # fmt: skip
    return TOUCHPOINTS.check(pd.DataFrame(listed)) if listed else TOUCHPOINTS.empty()


def test_one_matter_on_two_channels_is_one_case():
    """AW: and a customer number change no matter; after a fortnight it is another case."""
    frame = with_cases(
        log(
            ("2026-01-01T10:00:00Z", "email", "in", "Rechnung 4711 falsch", {}),
            ("2026-01-02T10:00:00Z", "call", "in", "AW: Rechnung falsch! Kd-Nr 10234", {}),
            ("2026-01-03T10:00:00Z", "email", "out", "Re: Rechnung falsch", {}),
            ("2026-03-01T10:00:00Z", "email", "in", "Rechnung falsch", {}),
            ("2026-01-02T11:00:00Z", "chat", "in", "Lieferung", {}),
        )
    )
    cases = case_rows(frame)
    assert len(cases) == 1
    case = cases.iloc[0]
    assert (case["contacts"], case["ways"], case["changes"], bool(case["twice"])) == (
        3,
        "email phone",
        2,
        True,
    )


def test_an_answer_in_between_is_no_second_opening():
    """Answered, then asked again on another channel: the channel changed, it was not opened twice."""
    frame = with_cases(
        log(
            ("2026-01-01T10:00:00Z", "email", "in", "Reklamation", {}),
            ("2026-01-01T12:00:00Z", "email", "out", "Reklamation", {}),
            ("2026-01-02T10:00:00Z", "sms", "in", "Reklamation", {}),
        )
    )
    assert not case_rows(frame)["twice"].iloc[0]


def test_contacts_of_a_sales_case_belong_together():
    """Whatever they are about; customers keep theirs apart."""
    frame = with_cases(
        log(
            ("2026-01-01T10:00:00Z", "email", "in", "Angebot", {"opportunity_id": "V1"}),
            ("2026-01-05T10:00:00Z", "visit", "in", "Besichtigung", {"opportunity_id": "V1"}),
            (
                "2026-01-05T11:00:00Z",
                "visit",
                "in",
                "Besichtigung",
                {"opportunity_id": "V1", "customer_id": "d"},
            ),
        )
    )
    assert case_rows(frame)["contacts"].tolist() == [2]


@pytest.mark.parametrize(
    ("subject", "matter"),
    [("WG: Fwd: Angebot", "angebot"), ("4711", ""), ("", ""), ("Rückfrage!!", "rueckfrage")],
)
def test_matter(subject, matter):
    """Reply marks, digits and signs are no matter."""
    assert matter_of(subject) == matter


def test_who_waits():
    """Written contacts and missed calls wait until somebody of ours writes or they talk with us."""
    frame = with_cases(
        log(
            ("2026-01-01T10:00:00Z", "email", "in", "Erste", {}),
            ("2026-01-02T10:00:00Z", "call", "in", "Gespräch", {}),
            ("2026-01-03T10:00:00Z", "letter", "in", "Zweite", {}),
            ("2026-01-04T10:00:00Z", "call", "in", "Anruf", {"outcome": "verpasst"}),
            ("2026-01-05T10:00:00Z", "whatsapp", "in", "Fremd", {"customer_id": None}),
        )
    )
    found = unanswered_rows(frame, as_of="2026-01-10")
    assert found["subject"].tolist() == ["Zweite", "Anruf", "Fremd"]
    assert found["waiting"].tolist() == [7, 6, 5]


@pytest.mark.parametrize(
    ("direction", "subject", "outcome", "failed"),
    [
        ("in", "Undelivered Mail Returned to Sender", None, True),
        ("in", "Falsche Adresse auf der Rechnung", None, False),
        ("out", "Mahnung", "Empfänger unbekannt verzogen", True),
        ("out", "Rückruf", "Kein Anschluss unter dieser Nummer", True),
        ("out", "Newsletter", "hard bounce", True),
        ("in", "Retoure", None, False),
        ("out", None, None, False),
    ],
)
def test_what_did_not_arrive(direction, subject, outcome, failed):
    """Bounces and returned letters; customers who write of wrong addresses do not bounce."""
    frame = log(("2026-01-01T10:00:00Z", "email", direction, subject, {"outcome": outcome}))
    assert did_not_arrive(frame).tolist() == [failed]


def test_what_works_again_is_no_failure():
    """A mail that comes in after the bounce shows that the address works; a letter fails for the address."""
    frame = log(
        ("2026-01-01T10:00:00Z", "email", "out", "x", {"outcome": "bounced", "key": "a@b.de", "identifier_kind": "email"}),
        ("2026-01-02T10:00:00Z", "email", "in", "y", {"key": "a@b.de", "identifier_kind": "email"}),
        ("2026-01-03T10:00:00Z", "call", "out", "z", {"outcome": "wrong number", "key": "+4930", "identifier_kind": "phone"}),
        ("2026-01-04T10:00:00Z", "letter", "out", "q", {"outcome": "unzustellbar", "key": "10", "identifier_kind": "customer_no"}),
    )  # fmt: skip
    assert undeliverable(frame).to_dict() == {"+4930": "2026-01-03T10:00:00Z"}
    own = with_cases(frame).assign(failed=did_not_arrive)
    assert set(failed_keys(own)) == {"+4930", "post"}
    assert confirmed_keys(own) == {"a@b.de": "2026-01-02T10:00:00Z"}


def answers(rows, qualifications=()):
    """The channels of a customer with an address and a mobile number, allowed by e-mail."""
    view = {
        "qualifications": list(qualifications),
        "permissions": [{"channel": "email", "purpose": "marketing", "allowed": True, "reason": "CONSENT"}],
        "contacts": [{"kind": "email", "value": "a@b.de", "valid": True}, {"kind": "phone", "value": "+49171", "type": "mobile", "valid": True}],
        "addresses": [],
    }  # fmt: skip
    today = (pd.Timestamp("2026-06-30") - pd.Timestamp(0)) / pd.Timedelta(days=1)
    return channel_answers(view, with_cases(log(*rows)), today, {"+49171": "2026-01-01"})


def test_preferred_is_stated_else_observed():
    """What was said beats what was seen; of what was seen the recent weighs more, the outgoing nothing."""
    rows = [
        ("2025-08-01T10:00:00Z", "call", "in", "a", {}),
        ("2025-09-01T10:00:00Z", "call", "in", "a", {}),
        ("2026-06-20T10:00:00Z", "email", "in", "a", {}),
        ("2026-06-21T10:00:00Z", "sms", "out", "a", {}),
        ("2020-01-01T10:00:00Z", "fax", "in", "a", {}),
    ]
    seen = answers(rows)
    assert (seen["preferred"], seen["basis"], seen["usable"]) == ("email", "observed", True)
    assert list(seen["observed"]) == ["email", "phone"]
    said = answers(rows, [{"name": "Bevorzugter Kanal", "value": "Telefon", "observed_at": "2024-01-01"}])
    assert (said["preferred"], said["basis"], said["usable"]) == ("phone", "stated", False)
    assert answers([])["preferred"] is None


def test_allowed_and_reachable_are_two_things():
    """E-mail is allowed and reachable; the mobile number failed; there is no address."""
    channels = answers([])["channels"]
    assert (channels["email"]["allowed"], channels["email"]["reachable"]) == (True, True)
    assert (channels["sms"]["allowed"], channels["sms"]["why"]) == (None, "failed")
    assert (channels["post"]["reachable"], channels["post"]["why"]) == (False, "no_point")


def test_ways_of_contact():
    """Words of help desks and telephone systems are channels; unknown words stay themselves."""
    assert [channel_of(w) for w in ("Anruf", "E-Mail", "WhatsApp", "Rohrpost")] == [
        "phone",
        "email",
        "messenger",
        "rohrpost",
    ]
    assert is_written("email")
    assert not is_written("Anruf")
    assert is_written(None)


def orders(**sums):
    """One order per customer, on the last day."""
    rows = [
        {"order_id": c, "source": "o", "customer_id": c, "at": "2026-06-30", "amount": a, "currency": "EUR"}
        for c, a in sums.items()
    ]
    return ORDERS.check(pd.DataFrame(rows))


def test_abc_classes():
    """The first 80 % of the revenue are A, up to 95 % B, the rest C; credit notes have no class."""
    bounds = class_bounds(orders(a=700.0, b=150.0, c=100.0, d=50.0, e=-10.0))
    assert [class_of(x, bounds) for x in (700.0, 150.0, 100.0, 50.0, -10.0)] == ["A", "A", "B", "C", None]
    assert class_bounds(ORDERS.empty()) == {}


@pytest.mark.parametrize(
    ("contact", "belongs"),
    [
        ({"opportunity_id": "VC-1"}, True),
        ({"opportunity_id": "VC-2", "subject": "VC-1"}, False),
        ({"subject": "Angebot vc-1 Nachtrag"}, True),
        ({"subject": "Angebot VC-11"}, False),
        ({}, False),
    ],
)
def test_contacts_name_sales_cases(contact, belongs):
    """By their row, else by their subject, as a whole word."""
    assert names_case(contact, "VC-1") is belongs


def test_open_or_not():
    """Done in either language is done; no word is open."""
    assert [is_open(s) for s in ("offen", None, "Erledigt", "closed won", "in Arbeit", "verloren")] == [
        True, True, False, False, True, False,
    ]  # fmt: skip

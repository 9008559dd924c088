"""The evidence of a person's consents, as data and as a page."""

from __future__ import annotations

import threading

import pytest

from crmclean.consent import DEFAULT_POLICY, ConsentEvent, Decision, Person, may_contact
from crmclean.consent.proof import proof_of
from crmclean.messages import Lang
from crmclean.report.proof import render_proof

FORM = ConsentEvent(
    event="granted", at="2024-01-10T09:00:00Z", channel="email", purpose="marketing.newsletter",
    contact_point="anna@example.org", method="web_form", text_version="nl-1", origin="web:/nl", evidence_ref="IP 10.0.0.1",
)  # fmt: skip
CLICK = ConsentEvent(
    event="confirmed", at="2024-01-10T09:04:00Z", channel="email", purpose="marketing.newsletter",
    contact_point="anna@example.org",
)  # fmt: skip
CALL = ConsentEvent(
    event="granted", at="2024-02-01T09:00:00Z", channel="phone", purpose="marketing", contact_point="+4930123456",
    method="oral_recorded", text_version="ph-1", origin="call:1", actor="agent-7",
)  # fmt: skip
CALLED = ConsentEvent(event="used", at="2024-03-01T09:00:00Z", channel="phone", purpose="marketing")
LEFT = ConsentEvent(event="withdrawn", at="2024-04-01T09:00:00Z", channel="email", purpose="marketing")
WORDS = {"nl-1": {"wording": "Yes, write to me <often>.", "language": "en", "valid_from": "2023-01-01"}}
ALL = [FORM, CLICK, CALL, CALLED, LEFT]
ANNA = Person(country="DE")


def test_a_declaration_with_everything_around_it() -> None:
    """Wording, confirmation, what ended it; the state under its name in the vocabulary."""
    before, after = (
        proof_of(ALL, ANNA, day, policy=DEFAULT_POLICY, wordings=WORDS)
        for day in ("2024-03-15", "2024-05-01")
    )
    form = before["declarations"][0]
    assert (form["holds"], form["consent_status"]) == (True, "dpv:ConsentGiven")
    assert form["notice"]["wording"] == "Yes, write to me <often>."
    assert form["confirmation"]["event_time"] == "2024-01-10T09:04:00Z"
    form = after["declarations"][0]
    assert (form["holds"], form["consent_status"], form["reason"]) == (
        False,
        "dpv:ConsentWithdrawn",
        "WITHDRAWN",
    )
    assert form["ended_by"]["consent_record_id"] == LEFT.event_id
    assert [e["event_type"] for e in after["refusals"]] == ["withdrawn"]


@pytest.mark.parametrize(("country", "until"), [("DE", "2029-03-01T09:00:00Z"), ("AT", None)])
def test_calls_are_proven_for_five_years_from_each_use(country: str, until: str | None) -> None:
    """UWG 7a(2): the greater of grant and last use, consumers in Germany only."""
    proof = proof_of(
        ALL, Person(country=country), "2024-05-01", policy=DEFAULT_POLICY, wordings={}, only=("phone", None)
    )
    (call,) = proof["declarations"]
    assert (call["keep_proof_until"], len(call["uses"]), call["collected_by"]) == (until, 1, "agent-7")
    assert call["notice"]["wording"] is None


def test_only_what_concerns_a_contact_point() -> None:
    """Another address is left out, what names none stays."""
    proof = proof_of(ALL, ANNA, "2024-05-01", policy=DEFAULT_POLICY, wordings={}, only=(None, "+4930123456"))
    assert [d["channel"] for d in proof["declarations"]] == ["phone"]
    assert len(proof["refusals"]) == 1


def test_a_replaced_declaration_is_said_to_be() -> None:
    """Of two good consents the newer is the one a permission rests on."""
    second = ConsentEvent.of(
        {**{n: getattr(CALL, n) for n in CALL.__slots__}, "at": "2024-03-05T09:00:00Z", "event_id": ""}
    )
    proof = proof_of([CALL, second], ANNA, "2024-05-01", policy=DEFAULT_POLICY, wordings={})
    assert [(d["holds"], d["reason"]) for d in proof["declarations"]] == [
        (False, "RENEWED"),
        (True, "CONSENT"),
    ]


@pytest.mark.parametrize("lang", ["en", "de"])
def test_the_page_escapes_and_says_all(lang: Lang) -> None:
    """Every kind of event has a sentence; markup in a wording is text; a broken ledger is said."""
    kinds = [
        "bounced",
        "existing_customer",
        "objected",
        "blocked",
        "requested",
        "external_list",
        "imported_flag",
    ]
    more = [
        ConsentEvent(event=k, at="2024-01-01", channel="email", purpose="marketing", value=True)
        for k in kinds
    ]
    proof = proof_of([*ALL, *more], ANNA, "2024-05-01", policy=DEFAULT_POLICY, wordings=WORDS)
    who = {"pii_principal_id": "c1", "name": "Anna <Test>", "records": ["erp:1"]}
    page = render_proof(
        {**proof, "principal": who, "ledger": {"ok": False, "head": "ab", "seq": 7, "events": 9}}, lang
    )
    assert "write to me &lt;often&gt;." in page
    assert "Anna &lt;Test&gt;" in page
    assert "<script" not in page
    assert "7" in page[page.rindex("<h2") :]
    assert "01.01.2024" in page or "2024-01-01" in page


def test_decisions_from_many_threads() -> None:
    """Eight threads asking at once get the answers that one gets."""
    asked = [
        (channel, f"2024-{month:02d}-15") for channel in ("email", "phone", "post") for month in range(1, 13)
    ]

    def answers() -> list[Decision]:
        return [may_contact(ALL, ANNA, channel, "marketing.newsletter", day) for channel, day in asked]

    found: list[list[Decision]] = []
    threads = [threading.Thread(target=lambda: found.extend([answers() for _ in range(5)])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 40
    assert all(one == answers() for one in found)

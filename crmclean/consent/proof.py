"""The evidence of consents: who declared what, in which words, when and how, and what became of it.

For Art. 7(1) GDPR (whoever relies on a consent must show it), UWG 7a (calls to consumers: proof at
once, five years from the grant and from each use) and Art. 15. The names are those of ISO/IEC TS
27560:2023 (consent records) and of the W3C Data Privacy Vocabulary (states), as far as they have one.
Nothing is concluded here that `crmclean.consent.decide` does not conclude.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crmclean.consent.case import Case, case_of
from crmclean.consent.claims import claims_of, confirmation_of, used_for
from crmclean.consent.clock import Moment, add_months, iso_text
from crmclean.consent.decide import decision_of, question_of
from crmclean.consent.event import ConsentEvent
from crmclean.consent.history import BEGINNING, Fact, covers_channel, covers_purpose
from crmclean.consent.person import Person
from crmclean.consent.policy import Policy
from crmclean.consent.rules import answer

__all__ = ["SCHEMA", "STATES", "Wordings", "proof_of"]

SCHEMA = "ISO/IEC TS 27560:2023; crmclean consent proof 1"
Wordings = Mapping[str, Mapping[str, Any]]
"""Wordings by their version: text_id, language, wording, controller, valid_from, valid_to."""

# Reason of a decision = state of the W3C Data Privacy Vocabulary 2.0, consent_status.
STATES = {
    "CONSENT": "dpv:ConsentGiven",
    "RENEWED": "dpv:ConsentGiven",
    "PENDING_CONFIRMATION": "dpv:ConsentRequested",
    "WITHDRAWN": "dpv:ConsentWithdrawn",
    "OBJECTED": "dpv:ConsentWithdrawn",
    "SUPPRESSED": "dpv:ConsentWithdrawn",
    "DECLINED": "dpv:ConsentRefused",
    "EXPIRED": "dpv:ConsentExpired",
    "STALE": "dpv:ConsentExpired",
    "INVALIDATED": "dpv:ConsentInvalidated",
    "MINOR": "dpv:ConsentInvalidated",
}
_DECLARED = frozenset({"granted", "imported_flag"})
_NOS = frozenset({"declined", "withdrawn", "objected", "suppressed"})


def proof_of(
    events: Iterable[ConsentEvent],
    person: Person,
    at: Moment,
    *,
    policy: Policy,
    wordings: Wordings,
    only: tuple[str | None, str | None] = (None, None),
) -> dict[str, Any]:
    """The evidence of one person as of a time, ready for JSON.

    Args:
        events: The person's events, as for `may_contact`.
        person: Who is asked about.
        at: The time; a date means its end.
        policy: Decides which declarations hold.
        wordings: Texts that were agreed to.
        only: Channel and contact point; None: all.

    Returns:
        schema_version, as_of, policy, declarations (each with wording, confirmation, uses, what ended
        it and until when its proof is kept), refusals, and other_events.
    """
    told = list(events)
    asked = question_of(
        "email", "marketing", at, contact_point=None, controller=None, known_at=None, policy=policy
    )
    whole = case_of(told, person, asked, policy)
    facts = [f for f in whole.facts if _concerns(f, *only)]
    given = [f for f in facts if f.kind in _DECLARED and not f.other]
    refused = [f for f in facts if f.kind in _NOS]
    rest = [f for f in facts if f.kind not in _DECLARED | _NOS | {"confirmed", "used"} and not f.other]
    return {
        "schema_version": SCHEMA,
        "as_of": iso_text(asked.at),
        "policy": policy.name,
        "declarations": [_declaration(fact, told, person, at, policy, wordings) for fact in given],
        "refusals": [_event(fact) for fact in refused],
        "other_events": [_event(fact) for fact in rest],
    }


def _concerns(fact: Fact, channel: str | None, point: str | None) -> bool:
    if channel is not None and not covers_channel(fact.event.channel, channel):
        return False
    return point is None or fact.point is None or fact.point == point


def _declaration(
    grant: Fact,
    events: Sequence[ConsentEvent],
    person: Person,
    at: Moment,
    policy: Policy,
    wordings: Wordings,
) -> dict[str, Any]:
    said = grant.event
    channel = said.channel if said.channel not in {None, "", "any"} else "email"
    asked = question_of(
        str(channel), said.purpose or "marketing", at,
        contact_point=grant.point, controller=said.controller, known_at=None, policy=policy,
    )  # fmt: skip
    case = case_of(events, person, asked, policy)
    mine = next((f for f in case.facts if f.event.event_id == said.event_id), grant)
    click = confirmation_of(case, mine)
    uses = used_for(case, mine)
    ended = _ended(case, mine)
    decision = decision_of(case, answer(case))
    holds = decision.allowed and said.event_id in decision.events
    reason = decision.reason if holds else _reason(case, mine, ended)
    return {
        **_event(mine),
        "consent_status": STATES.get(reason, "dpv:ConsentUnknown"),
        "holds": holds,
        "reason": reason,
        "legal_basis": said.legal_basis or (decision.basis if holds else None),
        "pii_controllers": [said.controller or policy.controller]
        if said.controller or policy.controller
        else [],
        "notice": _notice(said.text_version, wordings),
        "confirmation": _event(click) if click is not None else None,
        "uses": [_event(use) for use in uses],
        "ended_by": _event(ended) if ended is not None else None,
        "valid_until": decision.valid_until if holds else _text(said.valid_until),
        "keep_proof_until": _kept(case, mine, uses),
    }


def _reason(case: Case, grant: Fact, ended: Fact | None) -> str:
    """Why a declaration does not hold: what its own claim says, else the no that ended it.

    A declaration that is good by itself and yet not the one a permission rests on was renewed.
    """
    mine = [c.reason for c in claims_of(case).all if c.grant.event.event_id == grant.event.event_id]
    if mine:
        return "RENEWED" if mine[0] == "CONSENT" and case.denial is None else _denied(mine[0], ended)
    return _denied("NO_CONSENT", ended)


def _denied(reason: str, ended: Fact | None) -> str:
    """The kind of the no that ended a declaration as a reason, or the reason itself."""
    return ended.kind.upper() if ended is not None and ended.kind in _NOS else reason


def _ended(case: Case, grant: Fact) -> Fact | None:
    """The first event that ended a declaration: a no that covers it, or its end."""
    ends = _NOS | {"expired", "invalidated", "revoked_by_controller", "erased"}
    for fact in case.facts:
        reaches = covers_channel(fact.event.channel, case.question.channel) and covers_purpose(
            fact.event.purpose, case.question.purpose
        )
        if (
            fact.kind in ends
            and fact.at >= grant.at
            and reaches
            and not (fact.other and fact.point != grant.point)
        ):
            return fact
    return None


def _kept(case: Case, grant: Fact, uses: Sequence[Fact]) -> str | None:
    """Until when the proof must be kept where a law says so: UWG 7a(2), calls to consumers in Germany."""
    if case.question.channel != "phone" or case.country != "DE" or case.business or not grant.dated:
        return None
    last = max([grant.at, *(use.at for use in uses)])
    return iso_text(add_months(last, 12 * case.policy.retention.get("phone_years", 5)))


def _notice(version: str | None, wordings: Wordings) -> dict[str, Any] | None:
    """The wording of a version; where the text itself is not known, the version alone."""
    if version is None:
        return None
    found = wordings.get(version, {})
    names = ("language", "wording", "controller", "valid_from", "valid_to")
    return {"notice_id": version, **{name: found.get(name) for name in names}}


def _event(fact: Fact) -> dict[str, Any]:
    """What was noted, under the names of TS 27560; what was not said is left out."""
    said = fact.event
    named = {
        "consent_record_id": said.event_id,
        "event_type": fact.kind,
        "event_time": _when(fact),
        "recorded_at": _text(said.recorded_at),
        "record": said.record,
        "channel": said.channel,
        "purpose": said.purpose,
        "contact_point": said.contact_point,
        "collection_method": said.method,
        "collected_at": said.origin,
        "collected_by": said.actor,
        "evidence": said.evidence_ref,
        "declaration": said.declaration,
        "notice_id": said.text_version,
        "guardian": said.guardian,
        "grounds": said.grounds,
        "sale": said.sale_ref,
        "list": said.listing,
        "of_another_customer": True if fact.other else None,
    }
    return {name: value for name, value in named.items() if value not in {None, ""}}


def _when(fact: Fact) -> str | None:
    """When it took effect: a day where only a day was said."""
    if not fact.dated or fact.at <= BEGINNING:
        return None
    said = fact.event.at
    return said if isinstance(said, str) and len(said) == 10 and said[4] == "-" else iso_text(fact.at)


def _text(value: Moment) -> str | None:
    return None if value is None else str(value)

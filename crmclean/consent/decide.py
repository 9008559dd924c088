"""May this person be contacted? The rules in their order, and the answer with its reason.

A pure function of events, person, question and policy: no store, no pandas, nothing global, so it
may be called from any number of threads. The first rule that answers wins; rules 6, 7 and 9 only
remember why a consent does not hold, so that a permission without consent may still answer. From a
denial there is no way to another basis. Source of the rules: docs/consent.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crmclean.consent.case import Case, Outcome, case_of
from crmclean.consent.claims import claims_of
from crmclean.consent.clock import Moment, instant, iso_text
from crmclean.consent.event import ConsentEvent, point_key
from crmclean.consent.history import BEGINNING, Question
from crmclean.consent.person import Person
from crmclean.consent.policy import DEFAULT_POLICY, Policy
from crmclean.consent.reasons import YES, basis_of, obligations_of
from crmclean.consent.rules import RULES, Rule, answer, reachable
from crmclean.errors import ConsentError
from crmclean.fields import CHANNELS

__all__ = [
    "RULES",
    "Decision",
    "Rule",
    "Step",
    "answer",
    "decision_of",
    "explain",
    "may_contact",
    "question_of",
]


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one question.

    Args:
        allowed: Whether the contact is permitted.
        reason: Reason code, see docs/consent.md.
        basis: Legal basis of a yes.
        events: Ids of the events it rests on.
        contact_points: Those for which a yes holds; empty: not tied to any.
        obligations: What the sender owes with a yes, as codes.
        valid_until: When a yes ends if nothing else happens, ISO, UTC.
        since: Time of the newest event it rests on, ISO, UTC.
    """

    allowed: bool
    reason: str
    basis: str | None
    events: tuple[str, ...]
    contact_points: tuple[str, ...]
    obligations: tuple[str, ...]
    valid_until: str | None
    since: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """What one rule had to say: answered, remembered, or passed; not_reached behind an answer."""

    number: int
    rule: str
    outcome: str
    reason: str | None = None
    events: tuple[str, ...] = ()


def may_contact(  # noqa: PLR0913  the question's parts are the public contract
    events: Iterable[ConsentEvent],
    person: Person | Mapping[str, Any],
    channel: str,
    purpose: str,
    at: Moment,
    *,
    contact_point: str | None = None,
    controller: str | None = None,
    known_at: Moment = None,
    policy: Policy = DEFAULT_POLICY,
) -> Decision:
    """Whether a person may be contacted on a channel for a purpose, and why.

    Args:
        events: The person's events in any order; others' events on a shared contact point may be
            among them if `person.records` tells whose is whose.
        person: A `Person` or a mapping with country, party_type ...; {} where nothing is known.
        channel: One of email, phone, sms, messenger, fax, robocall, post, push, visit.
        purpose: Dotted path such as ``marketing.newsletter``.
        at: The time asked about; a date means its end.
        contact_point: The address or number; None: the channel as a whole.
        controller: The company that wants to use it.
        known_at: Only what was written down by then counts: what did we know when we sent?
        policy: See `policy_of`.

    Raises:
        ConsentError: The channel is unknown, or the time is missing or unreadable.

    Example:
        >>> no = ConsentEvent(event="withdrawn", at="2024-03-01", channel="email", purpose="marketing")
        >>> may_contact([no], {}, "email", "marketing.offers", "2024-05-01").reason
        'WITHDRAWN'
    """
    asked = question_of(
        channel,
        purpose,
        at,
        contact_point=contact_point,
        controller=controller,
        known_at=known_at,
        policy=policy,
    )
    case = case_of(events, _person(person), asked, policy)
    return decision_of(case, answer(case))


def _person(person: Person | Mapping[str, Any]) -> Person:
    return person if isinstance(person, Person) else Person.of(person)


def question_of(  # noqa: PLR0913  as may_contact
    channel: str,
    purpose: str,
    at: Moment,
    *,
    contact_point: str | None,
    controller: str | None,
    known_at: Moment,
    policy: Policy,
) -> Question:
    """The question in comparable form.

    Raises:
        ConsentError: The channel is unknown, or a time is missing or unreadable.
    """
    if channel not in CHANNELS:
        raise ConsentError(f"unknown channel {channel!r}", hint=f"one of {', '.join(CHANNELS)}")
    moment = instant(at, policy.timezone, end=True)
    known = instant(known_at, policy.timezone, end=True)
    if moment is None or (known is None and known_at is not None):
        raise ConsentError("the time of the question is missing or unreadable", hint="such as 2024-05-01")
    return Question(
        channel=channel,
        purpose=purpose,
        at=moment,
        point=point_key(contact_point),
        controller=controller or None,
        known_at=known,
    )


def decision_of(case: Case, said: Outcome) -> Decision:
    """The outcome with what a sender needs: law, duties, times."""
    channel, allowed = case.question.channel, said.reason in YES
    ends = [e for limit in said.limits if (e := limit.end(case.policy.timezone)) is not None]
    return Decision(
        allowed=allowed,
        reason=said.reason,
        basis=basis_of(said.reason, channel, case.country),
        events=tuple(fact.event.event_id for fact in said.facts),
        contact_points=tuple(sorted(said.points)) if allowed else (),
        obligations=obligations_of(said.reason, channel, case.country),
        valid_until=iso_text(min(ends)) if allowed and ends else None,
        since=iso_text(max((f.at for f in said.facts if f.at > BEGINNING), default=None)),
    )


def explain(  # noqa: PLR0913  as may_contact
    events: Iterable[ConsentEvent],
    person: Person | Mapping[str, Any],
    channel: str,
    purpose: str,
    at: Moment,
    *,
    contact_point: str | None = None,
    controller: str | None = None,
    known_at: Moment = None,
    policy: Policy = DEFAULT_POLICY,
) -> tuple[Step, ...]:
    """Rule by rule what was found; arguments and errors as in `may_contact`.

    Step 0 names the events that count, in order. Of the others one `answered`; step 12, the check
    of the contact point, may overrule a yes.
    """
    asked = question_of(
        channel,
        purpose,
        at,
        contact_point=contact_point,
        controller=controller,
        known_at=known_at,
        policy=policy,
    )
    case = case_of(events, _person(person), asked, policy)
    claims = claims_of(case)
    steps = [Step(0, "history", "considered", None, tuple(f.event.event_id for f in case.facts))]
    answered: Outcome | None = None
    for rule in RULES:
        said = rule.says(case, claims) if answered is None else None
        if rule.number == 13:
            steps.append(_check_step(case, answered))
        steps.append(_step(rule, said, reached=answered is None))
        answered = said if said is not None and rule.answers else answered
    return tuple(steps)


def _step(rule: Rule, said: Outcome | None, *, reached: bool) -> Step:
    if said is None:
        return Step(rule.number, rule.name, "passed" if reached else "not_reached")
    ids = tuple(f.event.event_id for f in said.facts)
    return Step(rule.number, rule.name, "answered" if rule.answers else "remembered", said.reason, ids)


def _check_step(case: Case, answered: Outcome | None) -> Step:
    if answered is None or answered.reason not in YES:
        return Step(12, "contact_point", "not_reached")
    checked = reachable(case, answered)
    if checked.reason == answered.reason:
        return Step(12, "contact_point", "passed")
    return Step(
        12, "contact_point", "overruled", checked.reason, tuple(f.event.event_id for f in checked.facts)
    )

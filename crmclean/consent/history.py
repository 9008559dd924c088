"""Rule 0: the events that count for a question, in the order in which they took effect.

What took effect after the question, or was not yet known where `known_at` asks so, is left out;
so are double bookings. Corrected events go with `without_corrected`. At the same time a denial comes after a grant: ties
deny. An undated denial counts from the day it was written down, an undated grant proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crmclean.consent.clock import instant
from crmclean.consent.event import DENIALS, RESTRICTIVE, ConsentEvent, point_key
from crmclean.consent.person import Membership, Person
from crmclean.consent.policy import Policy

__all__ = [
    "BEGINNING",
    "Fact",
    "Question",
    "covers_channel",
    "covers_purpose",
    "history_of",
    "without_corrected",
]

BEGINNING = -(2**62)
# Undated, these stay as claims without proof; other undated permissions are nothing.
_CLAIMS = frozenset({"granted", "imported_flag", "existing_customer", "correction"})
_ABOUT_POINT = frozenset({"bounced", "contact_point_ok"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question, in comparable form."""

    channel: str
    purpose: str
    at: int
    point: str | None = None
    controller: str | None = None
    known_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """An event as it counts for one question.

    Args:
        event: As given.
        kind: Its kind; an imported no is `declined`.
        at: When it took effect, or was written down where that is not known.
        dated: Whether it says itself when it took effect.
        recorded: When it was written down.
        point: Contact point in comparable form.
        other: It is somebody else's and counts on its contact point alone.
        shared: Keyed by nothing but a contact point that several customers carry.
    """

    event: ConsentEvent
    kind: str
    at: int
    dated: bool
    recorded: int
    point: str | None
    other: bool = False
    shared: bool = False

    @property
    def order(self) -> tuple[int, bool, int, str]:
        """The order of effect: denials after grants of the same time."""
        return (self.at, self.kind in RESTRICTIVE, self.recorded, self.event.event_id)


def covers_channel(said: str | None, asked: str) -> bool:
    """Whether a denial for a channel reaches the channel asked about."""
    return said is None or said in {"any", "", asked}


def covers_purpose(said: str | None, asked: str) -> bool:
    """Whether a declaration for a purpose reaches the purpose asked about or a parent of it."""
    return said is None or said in {"any", "", asked} or asked.startswith(f"{said}.")


def history_of(
    events: Iterable[ConsentEvent], person: Person, question: Question, policy: Policy
) -> list[Fact]:
    """The facts that count, in order of effect."""
    given = list(events)
    timed = [t for event in given if (t := _timed(event, question, policy)) is not None]
    membership = Membership([event for event, _, _, _ in timed], person, policy.timezone)
    facts: list[Fact] = []
    for event, at, recorded, dated in timed:
        whose = membership.whose(event)
        point = point_key(event.contact_point)
        kind = "declined" if event.event == "imported_flag" and event.value is False else event.event
        if whose == "other" and not _reaches_others(kind, point, policy):
            continue
        if whose == "none":
            continue
        facts.append(
            Fact(
                event=event,
                kind=kind,
                at=at,
                dated=dated,
                recorded=recorded,
                point=point,
                other=whose == "other",
                shared=event.record is None and point in person.shared_points,
            )
        )
    return _once(sorted(facts, key=lambda fact: fact.order))


def _timed(
    event: ConsentEvent, question: Question, policy: Policy
) -> tuple[ConsentEvent, int, int, bool] | None:
    """The event with its times, or None where it does not count for the question."""
    at = instant(event.at, policy.timezone)
    recorded = instant(event.recorded_at, policy.timezone)
    restrictive = event.event in RESTRICTIVE or (event.event == "imported_flag" and event.value is False)
    if at is None and not restrictive and event.event not in _CLAIMS:
        return None
    written = recorded if recorded is not None else at
    if question.known_at is not None and written is not None and written > question.known_at:
        return None
    # Nobody knows when: a denial stands against everything up to the question.
    unknown = question.at if restrictive else BEGINNING
    effective = at if at is not None else recorded if recorded is not None else unknown
    if effective > question.at:
        return None
    return event, effective, written if written is not None else unknown, at is not None


def _reaches_others(kind: str, point: str | None, policy: Policy) -> bool:
    if point is None:
        return False
    return (kind in DENIALS and policy.shared_contact_denials) or kind in _ABOUT_POINT


def _once(facts: Sequence[Fact]) -> list[Fact]:
    seen: set[tuple[str, str, int, bool]] = set()
    kept: list[Fact] = []
    for fact in facts:
        key = (fact.event.event_id, fact.kind, fact.at, fact.other)
        if key not in seen:
            seen.add(key)
            kept.append(fact)
    return kept


def without_corrected(facts: list[Fact]) -> list[Fact]:
    """The facts without those that a correction voids; a correction may be corrected too."""
    corrections = [fact for fact in facts if fact.kind == "correction"]
    if not corrections:
        return facts
    void: set[str] = set()
    for fact in sorted(corrections, key=lambda f: (f.recorded, f.event.event_id), reverse=True):
        if fact.event.event_id not in void and fact.event.corrects:
            void.add(fact.event.corrects)
    return [f for f in facts if f.kind != "correction" and f.event.event_id not in void]

"""A question with everything its rules look at, worked out once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from crmclean.consent.clock import add_months, instant
from crmclean.consent.event import DENIALS, ConsentEvent
from crmclean.consent.history import (
    BEGINNING,
    Fact,
    Question,
    covers_channel,
    covers_purpose,
    history_of,
    without_corrected,
)
from crmclean.consent.person import Person
from crmclean.consent.policy import Policy

__all__ = ["Case", "Limit", "Outcome", "case_of", "case_with", "point_of_record"]

_SEVERITY = {"declined": 0, "withdrawn": 1, "objected": 2, "suppressed": 3}


@dataclass(frozen=True, slots=True)
class Limit:
    """Something that ends a permission later: a date said, or months after a fact."""

    kind: Literal["until", "months"]
    fact: Fact
    months: int = 0

    def end(self, zone: str) -> int | None:
        """When it ends; None: never. An end that cannot be read has passed: nobody knows it has not."""
        if self.kind == "until":
            said = self.fact.event.valid_until
            end = instant(said, zone, end=True)
            return BEGINNING if end is None and said not in {None, ""} else end
        return add_months(self.fact.at, self.months) if self.months else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule says: a reason, the facts it rests on, what will end it, the points it is for."""

    reason: str
    facts: tuple[Fact, ...] = ()
    limits: tuple[Limit, ...] = ()
    points: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Case:
    """One question about one person under one policy, with the history that counts.

    `denial` is the newest denial that reaches the question and has not been lifted; `floor` the
    time of the newest one that ever did: no consent from before it counts again.
    """

    question: Question
    person: Person
    policy: Policy
    country: str
    facts: tuple[Fact, ...]
    denial: Fact | None
    floor: int

    @property
    def business(self) -> bool:
        """Whether the person is asked as a business."""
        return (self.person.party_type or self.policy.unknown_party) == "business"

    def own(self, *kinds: str) -> list[Fact]:
        """The person's own facts of some kinds, oldest first."""
        return [fact for fact in self.facts if fact.kind in kinds and not fact.other]

    def reaching(self, *kinds: str) -> list[Fact]:
        """Own facts of some kinds that reach the channel and purpose asked about."""
        return [fact for fact in self.own(*kinds) if _reaches(fact, self.question)]

    def closed(self, point: str | None, since: int) -> Fact | None:
        """A denial of somebody else that closed a shared contact point at or after a time."""
        found = [
            f
            for f in self.facts
            if f.other and f.point == point and f.kind in DENIALS and f.at >= since
            if _reaches(f, self.question)
        ]
        return found[-1] if found and point is not None else None

    def age_at(self, moment: int) -> bool | None:
        """Whether the person was below the age of consent then; None where not known."""
        born = self.person.birth_date
        day = born.isoformat() if isinstance(born, date) else born
        start = instant(day, self.policy.timezone)
        if start is None:
            return None
        return moment < add_months(start, 12 * self.policy.consent_age(self.country))


def case_of(events: Iterable[ConsentEvent], person: Person, question: Question, policy: Policy) -> Case:
    """The case of a question: history, jurisdiction and standing denial."""
    return case_with(history_of(events, person, question, policy), person, question, policy)


def case_with(facts: list[Fact], person: Person, question: Question, policy: Policy) -> Case:
    """As `case_of`, of facts that are already in order."""
    facts = _since_erasure(without_corrected(facts))
    denials = [f for f in facts if f.kind in DENIALS and _denies(f, question, person)]
    lifts = [f for f in facts if f.kind == "objection_lifted" and _reaches(f, question)]
    standing = [f for f in denials if not _lifted(f, lifts)]
    return Case(
        question=question,
        person=person,
        policy=policy,
        country=(person.country or policy.jurisdiction).upper(),
        facts=tuple(facts),
        denial=max(standing, key=lambda f: (f.at, _SEVERITY[f.kind], f.order), default=None),
        floor=max((f.at for f in denials), default=BEGINNING - 1),
    )


def _reaches(fact: Fact, question: Question) -> bool:
    said = fact.event
    return covers_channel(said.channel, question.channel) and covers_purpose(said.purpose, question.purpose)


def _denies(fact: Fact, question: Question, person: Person) -> bool:
    """Whether a denial reaches the question.

    One's own reaches all one's addresses. Another's closes the shared point alone. A company's
    (`scope` organization) does not reach the private points of its people.
    """
    if not _reaches(fact, question):
        return False
    if fact.other:
        return fact.point is not None and fact.point == question.point
    private = question.point is not None and question.point in person.private_points
    return not (fact.event.scope == "organization" and private)


def _lifted(denial: Fact, lifts: list[Fact]) -> bool:
    liftable = denial.kind in {"objected", "suppressed"}
    return liftable and any(lift.at > denial.at for lift in lifts)


def _since_erasure(facts: list[Fact]) -> list[Fact]:
    """Of what was before an erasure, only what takes away stays."""
    erased = [f.at for f in facts if f.kind == "erased" and not f.other]
    if not erased:
        return facts
    return [f for f in facts if f.at > erased[-1] or f.order[1]]


def point_of_record(case: Case, fact: Fact) -> bool:
    """Whether a declaration that names no contact point holds for the one asked about.

    It was given on a record: it holds for that record's addresses, so that a wrong merge moves
    no consent to another address (policy key `grants_without_point`).
    """
    asked = case.question.point
    known = case.person.record_points
    if asked is None or not known or case.policy.grants_without_point == "customer":
        return True
    return asked in known.get(fact.event.record or "", frozenset())

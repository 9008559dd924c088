"""The rules as a readable list, and the outcome of the first that answers.

Rules 6, 7 and 9 only remember why a consent does not hold; rule 12 checks every yes for a contact
point that works. Source of each rule: docs/consent.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crmclean.consent.case import Case, Outcome
from crmclean.consent.claims import Claims, claims_of
from crmclean.consent.history import Fact
from crmclean.consent.permits import permit_of
from crmclean.consent.reasons import NUMBERED, YES

__all__ = ["RULES", "Rule", "answer", "reachable"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its number and name, what it says of a case, and whether that is an answer."""

    number: int
    name: str
    says: Callable[[Case, Claims], Outcome | None]
    answers: bool = True


def _erased(case: Case, _: Claims) -> Outcome | None:
    erased = case.own("erased")
    housekeeping = {"erased", "suppressed", "correction", "merged", "unmerged"}
    new = [f for f in case.facts if not f.other and f.kind not in housekeeping]
    if not erased or any(f.at > erased[-1].at for f in new):
        return None
    return Outcome("ERASED", (erased[-1],))


def _switched(case: Case, on: str, off: str) -> Outcome | None:
    """A switch set by the controller or by law, for everything but legal duties."""
    if _under(case, "legal"):
        return None
    facts = case.reaching(on, off)
    newest = max(facts, key=lambda f: (f.at, f.kind == on), default=None)
    return Outcome(on.upper(), (newest,)) if newest is not None and newest.kind == on else None


def _blocked(case: Case, _: Claims) -> Outcome | None:
    return _switched(case, "blocked", "unblocked")


def _restricted(case: Case, _: Claims) -> Outcome | None:
    return _switched(case, "restricted", "unrestricted")


def _under(case: Case, root: str) -> bool:
    return case.question.purpose == root or case.question.purpose.startswith(f"{root}.")


def _duty(case: Case, _: Claims) -> Outcome | None:
    if _under(case, "legal"):
        return Outcome("LEGAL_OBLIGATION")
    return Outcome("CONTRACT") if _under(case, "service") else None


def _denied(case: Case, claims: Claims) -> Outcome | None:
    """The newest denial, unless a newer consent holds; that of another point says so."""
    if case.denial is None or claims.best is not None:
        return None
    if claims.elsewhere is not None:
        return claims.elsewhere.outcome()
    return Outcome(case.denial.kind.upper(), (case.denial,))


def _remember(*reasons: str) -> Callable[[Case, Claims], Outcome | None]:
    def says(_: Case, claims: Claims) -> Outcome | None:
        newest = claims.newest
        if claims.best is not None or newest is None or newest.reason not in reasons:
            return None
        return newest.outcome()

    return says


def _ended(_: Case, claims: Claims) -> Outcome | None:
    return claims.ended.outcome() if claims.ended is not None else None


def _consent(_: Case, claims: Claims) -> Outcome | None:
    if claims.best is None:
        return None
    best = claims.best.outcome()
    return Outcome(best.reason, best.facts, best.limits, claims.points)


def _permit(case: Case, _: Claims) -> Outcome | None:
    return permit_of(case)


def _no_consent(_: Case, claims: Claims) -> Outcome | None:
    return claims.newest.outcome() if claims.newest is not None else Outcome("NO_CONSENT")


_FORM = ("NOT_SPECIFIC", "NOT_PROVEN", "LEGACY_UNPROVEN", "PENDING_CONFIRMATION", "SHARED_CONTACT_POINT")
_MATCH = ("CONTROLLER_NOT_COVERED", "CONTACT_POINT_NOT_COVERED")
RULES: tuple[Rule, ...] = (
    Rule(1, "erased", _erased),
    Rule(2, "blocked", _blocked),
    Rule(3, "restricted", _restricted),
    Rule(4, "duty", _duty),
    Rule(5, "denied", _denied),
    Rule(6, "proven", _remember(*_FORM), answers=False),
    Rule(7, "covered", _remember(*_MATCH), answers=False),
    Rule(8, "invalid", _ended),
    Rule(9, "ended", _remember("EXPIRED", "STALE"), answers=False),
    Rule(10, "consent", _consent),
    Rule(11, "permitted", _permit),
    Rule(13, "remembered", _no_consent),
)


def answer(case: Case) -> Outcome:
    """The outcome of the first rule that answers, checked for a contact point that works."""
    claims = claims_of(case)
    for rule in RULES:
        said = rule.says(case, claims) if rule.answers else None
        if said is not None:
            return reachable(case, said)
    raise AssertionError("the last rule always answers")  # pragma: no cover


def reachable(case: Case, said: Outcome) -> Outcome:
    """Rule 12: no yes for a contact point that is known not to work."""
    if said.reason not in YES:
        return said
    broken = {p: f for p, f in _status(case).items() if f.kind == "bounced"}
    invalid = case.person.invalid_points | {p for p in broken if p is not None}
    asked = case.question.point
    known = {asked} if asked is not None else said.points or _known_points(case)
    if None in broken:
        return Outcome("CONTACT_POINT_INVALID", (broken[None],))
    if known and known <= invalid:
        return Outcome("CONTACT_POINT_INVALID", tuple(f for p, f in broken.items() if p in known))
    points = frozenset(known - invalid) if asked is not None or said.points else frozenset()
    return Outcome(said.reason, said.facts, said.limits, points)


def _status(case: Case) -> dict[str | None, Fact]:
    """The newest word on each contact point: bounced or fine."""
    channel = case.question.channel
    newest: dict[str | None, Fact] = {}
    for fact in case.facts:
        on_channel = fact.event.channel in {None, "", "any", channel}
        if fact.kind in {"bounced", "contact_point_ok"} and (fact.point is not None or on_channel):
            held = newest.get(fact.point)
            if held is None or (fact.at, fact.kind == "bounced") >= (held.at, held.kind == "bounced"):
                newest[fact.point] = fact
    return newest


def _known_points(case: Case) -> frozenset[str]:
    """The person's points that serve the channel: addresses for e-mail, numbers for calls."""
    noted = {f.point for f in case.own("bounced", "contact_point_ok") if f.point is not None}
    channel = case.question.channel
    if channel not in NUMBERED | {"email"}:
        return frozenset()
    return frozenset(p for p in case.person.contact_points | noted if ("@" in p) == (channel == "email"))

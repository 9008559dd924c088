"""Rules 6 to 10: which declarations of consent hold for a question, and why the others do not."""

from __future__ import annotations

from dataclasses import dataclass, replace

from crmclean.consent.case import Case, Limit, Outcome, point_of_record
from crmclean.consent.clock import DAY
from crmclean.consent.event import present
from crmclean.consent.history import Fact, covers_channel, covers_purpose
from crmclean.consent.reasons import NUMBERED

__all__ = ["Claim", "Claims", "claims_of", "confirmation_of", "lacking", "used_for"]

_ALIAS = {"source": "origin", "evidence": "evidence_ref"}


@dataclass(frozen=True, slots=True)
class Claim:
    """One declaration and what became of it.

    Args:
        grant: The declaration.
        reason: CONSENT, or why it does not hold.
        facts: The declaration, its confirmation, and what ended it.
        limits: What will end it.
        usable: Whether it is proven, confirmed and for the controller and point asked about.
        elsewhere: Whether it holds, but for another controller or contact point.
    """

    grant: Fact
    reason: str
    facts: tuple[Fact, ...]
    limits: tuple[Limit, ...] = ()
    usable: bool = False
    elsewhere: bool = False

    def outcome(self) -> Outcome:
        """The claim as a rule's answer."""
        return Outcome(self.reason, self.facts, self.limits)


@dataclass(frozen=True, slots=True)
class Claims:
    """What came of all claims that are newer than the last denial.

    Args:
        best: The newest that holds.
        ended: The newest usable one, where rule 8 ends the matter and none holds.
        newest: The one whose reason counts where nothing else answers.
        elsewhere: The newest that holds for another controller or contact point.
        points: Contact points for which consent holds.
        all: Every claim, oldest first.
    """

    best: Claim | None
    ended: Claim | None
    newest: Claim | None
    elsewhere: Claim | None
    points: frozenset[str]
    all: tuple[Claim, ...] = ()


def claims_of(case: Case) -> Claims:
    """What came of the declarations on the channel and purpose asked about."""
    claims = [_finish(case, _form(case, fact)) for fact in _declared(case)]
    usable = [c for c in claims if c.usable]
    heads = _heads(case, usable)
    # A usable claim that a newer one of the same contact point replaced has no say any more.
    speaking = [c for c in claims if not c.usable or any(c is head for head in heads)]
    good = [c for c in heads if c.reason == "CONSENT"]
    dead = [c for c in heads[-1:] if c.reason in {"INVALIDATED", "MINOR"} and not good]
    away = [c for c in claims if c.elsewhere]
    return Claims(
        best=good[-1] if good else None,
        ended=dead[-1] if dead else None,
        newest=speaking[-1] if speaking else None,
        elsewhere=away[-1] if away else None,
        points=frozenset(c.grant.point for c in good if c.grant.point is not None),
        all=tuple(claims),
    )


def _finish(case: Case, claim: Claim) -> Claim:
    """Rules 7 to 9 on a claim that rule 6 let through."""
    if claim.reason != "CONSENT":
        return claim
    mismatch = _mismatch(case, claim.grant)
    judged = _judge(case, claim)
    if mismatch is None:
        return replace(judged, usable=True)
    return replace(claim, reason=mismatch, elsewhere=judged.reason == "CONSENT")


def _declared(case: Case) -> list[Fact]:
    asked = case.question
    return [
        fact
        for fact in case.own("granted", "imported_flag")
        if fact.at > case.floor
        and covers_channel(fact.event.channel, asked.channel)
        and covers_purpose(fact.event.purpose, asked.purpose)
    ]


def _form(case: Case, fact: Fact) -> Claim:
    """Rule 6: specific, proven, confirmed."""
    said = fact.event
    if said.channel in {None, "", "any"} or said.purpose in {None, "", "any"}:
        return Claim(fact, "NOT_SPECIFIC", facts=(fact,))
    if fact.shared:
        return Claim(fact, "SHARED_CONTACT_POINT", facts=(fact,))
    if fact.kind == "imported_flag":
        accepted = case.policy.accept_legacy_flags and fact.dated
        return Claim(fact, "CONSENT" if accepted else "LEGACY_UNPROVEN", facts=(fact,))
    if not fact.dated or lacking(fact, case.policy.proof_fields) or _mailed_only(case, fact):
        return Claim(fact, "NOT_PROVEN", facts=(fact,))
    if not _waits(case, fact):
        return Claim(fact, "CONSENT", facts=(fact,))
    click = confirmation_of(case, fact)
    if click is None:
        return Claim(fact, "PENDING_CONFIRMATION", facts=(fact,))
    return Claim(fact, "CONSENT", facts=(fact, click))


def lacking(fact: Fact, names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the named fields that the event does not show."""
    return tuple(name for name in names if not _shows(fact, name))


def _shows(fact: Fact, name: str) -> bool:
    if name == "date":
        return fact.dated
    value = getattr(fact.event, _ALIAS.get(name, name))
    return value is True if isinstance(value, bool) else present(value)


def _waits(case: Case, fact: Fact) -> bool:
    methods = case.policy.double_opt_in_methods
    asked = case.question.channel in case.policy.double_opt_in
    return asked and ("any" in methods or fact.event.method in methods)


def _in_time(case: Case, grant: Fact, click: Fact) -> bool:
    days = case.policy.pending_ttl_days
    return click.dated and grant.at <= click.at and (not days or click.at <= grant.at + days * DAY)


def confirmation_of(case: Case, grant: Fact) -> Fact | None:
    """The first click that confirms a grant: on its channel, for its point, at or after it."""
    for click in case.own("confirmed"):
        said = click.event
        if said.channel != grant.event.channel or click.shared or not _in_time(case, grant, click):
            continue
        if None not in {click.point, grant.point} and click.point != grant.point:
            continue
        named = said.confirms is not None and said.confirms in {grant.event.event_id, grant.event.declaration}
        meant = said.confirms is None and covers_purpose(said.purpose, case.question.purpose)
        if named or meant:
            return click
    return None


def _mailed_only(case: Case, grant: Fact) -> bool:
    """Whether a number given in a web form was confirmed by e-mail and not otherwise.

    BGH I ZR 164/09, headnote c: the click shows who reads the mailbox, not whose the number is.
    The click counts as this form's if it names it, or follows it in time with no e-mail consent
    of its own in between.
    """
    if case.question.channel not in NUMBERED or grant.event.method != "web_form":
        return False
    if confirmation_of(case, grant) is not None:
        return False
    mails = [f.at for f in case.own("granted") if f.event.channel == "email"]
    for click in case.own("confirmed"):
        said = click.event
        if said.channel != "email" or not _in_time(case, grant, click):
            continue
        if said.confirms is not None or (said.declaration and grant.event.declaration):
            named = {said.confirms, said.declaration} & {grant.event.event_id, grant.event.declaration}
            if named - {None}:
                return True
        elif not any(grant.at < at <= click.at for at in mails):
            return True
    return False


def _mismatch(case: Case, grant: Fact) -> str | None:
    """Rule 7: the controller and the contact point asked about."""
    asked = case.question
    ours = case.policy.controller or None
    wanted, named = asked.controller or ours, grant.event.controller or ours
    if wanted is not None and named is not None and wanted.casefold() != named.casefold():
        return "CONTROLLER_NOT_COVERED"
    if asked.point is None:
        return None
    if grant.point is None:
        return None if point_of_record(case, grant) else "CONTACT_POINT_NOT_COVERED"
    return None if grant.point == asked.point else "CONTACT_POINT_NOT_COVERED"


def _heads(case: Case, matching: list[Claim]) -> list[Claim]:
    """The newest claim of each contact point: the last word on it."""
    if case.question.point is not None:
        return matching[-1:]
    heads: dict[str | None, Claim] = {}
    for claim in matching:
        if claim.grant.point is None:
            heads = {}
        heads.pop(claim.grant.point, None)
        heads[claim.grant.point] = claim
    return list(heads.values())


def _judge(case: Case, claim: Claim) -> Claim:
    """Rules 8 and 9: invalidated, of a minor, ended, unused."""
    grant = claim.grant
    end = _ended_by(case, grant)
    if end is not None:
        return Claim(grant, end[0], facts=(*claim.facts, end[1]))
    if case.policy.age_check and not present(grant.event.guardian) and case.age_at(grant.at):
        return Claim(grant, "MINOR", facts=claim.facts)
    limits = _limits(case, claim)
    for reason, limit in zip(("EXPIRED", "STALE"), limits, strict=True):
        ends = limit.end(case.policy.timezone)
        if ends is not None and ends < case.question.at:
            facts = claim.facts if limit.fact in claim.facts else (*claim.facts, limit.fact)
            return Claim(grant, reason, facts=facts)
    return Claim(grant, "CONSENT", facts=claim.facts, limits=limits)


def _ended_by(case: Case, grant: Fact) -> tuple[str, Fact] | None:
    reasons = {"invalidated": "INVALIDATED", "revoked_by_controller": "INVALIDATED", "expired": "EXPIRED"}
    shut = case.closed(grant.point, grant.at)
    if shut is not None:
        return shut.kind.upper(), shut
    for kind in ("invalidated", "revoked_by_controller", "expired"):
        for fact in reversed(case.reaching(kind)):
            # What is expired ends all older grants, what is invalid those of its contact point.
            elsewhere = None not in {fact.point, grant.point} and fact.point != grant.point
            elsewhere = elsewhere and kind != "expired"
            if fact.at >= grant.at and not elsewhere:
                return reasons[kind], fact
    return None


def _limits(case: Case, claim: Claim) -> tuple[Limit, Limit]:
    """The end that was said, and the end by disuse: after the last of grant, click and uses."""
    zone = case.policy.timezone
    said = min(
        claim.facts,
        key=lambda f: end if (end := Limit("until", f).end(zone)) is not None else 2**62,
    )
    last = max((*claim.facts, *used_for(case, claim.grant)), key=lambda f: f.at)
    return Limit("until", said), Limit("months", last, case.policy.stale_months(case.question.channel))


def used_for(case: Case, grant: Fact) -> tuple[Fact, ...]:
    """The uses that were made of a grant: on its channel, for its purpose and point, after it."""
    return tuple(use for use in case.own("used") if _uses(use, grant))


def _uses(use: Fact, grant: Fact) -> bool:
    if use.at < grant.at or use.event.channel != grant.event.channel:
        return False
    if None not in {use.point, grant.point} and use.point != grant.point:
        return False
    return use.event.purpose is None or covers_purpose(grant.event.purpose, use.event.purpose)

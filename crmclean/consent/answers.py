"""One decision per group of like histories, handed on to every question of the group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.consent.case import case_with
from crmclean.consent.columns import EventColumns, months_later
from crmclean.consent.event import ConsentEvent
from crmclean.consent.frames import MISSING, events_of, times_text
from crmclean.consent.group import Asked, Spread, groups_of, spread_events
from crmclean.consent.history import BEGINNING, Fact, Question
from crmclean.consent.person import Person
from crmclean.consent.policy import Policy
from crmclean.consent.reasons import YES, basis_of
from crmclean.consent.rules import answer

__all__ = ["Asking", "answers"]

Ints = npt.NDArray[np.int64]
# Records of events handed to the rules: with the point asked about on them, or without it.
_HELD, _BARE = "held", ":bare"
_INVALID = "?"


@dataclass(frozen=True, slots=True)
class Asking:
    """What all questions of one call have in common.

    Args:
        events: The customers' events that count.
        points: Contact point of each code.
        record_points: Sorted ``record * len(points) + point``; None: not known.
        profiles: country, party_type, controller, birth_date, invalid of each code of `Asked.facts`.
        at: The time asked about.
        told: Event of each row that was looked at; `bare` where its record does not hold the point.
    """

    events: EventColumns
    points: pd.Index[Any]
    record_points: Ints | None
    profiles: pd.DataFrame
    policy: Policy
    at: int
    told: dict[int, ConsentEvent] = field(default_factory=dict, repr=False, compare=False)
    bare: dict[int, ConsentEvent] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class _Group:
    """The answer of a group: its facts and limits are places in each question's own history."""

    reason: str
    country: str
    facts: tuple[int, ...]
    limits: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Round:
    """Questions on one channel and purpose, with the events that may matter for them."""

    asking: Asking
    asked: Asked
    channel: str
    purpose: str
    events: EventColumns
    spread: Spread


def answers(asking: Asking, asked: Asked, channel: str, purpose: str) -> pd.DataFrame:
    """allowed, reason, basis, since, valid_until and events of every question, in order."""
    events = asking.events.relevant(channel, purpose)
    spread = spread_events(asked, events, asking.record_points, len(asking.points))
    group = groups_of(asked, events, spread, asking.policy, channel=channel, at=asking.at)
    first = np.flatnonzero(~pd.Series(group).duplicated().to_numpy())
    decided = _decide(_Round(asking, asked, channel, purpose, events, spread), first)
    allowed = np.array([d.reason in YES for d in decided], dtype=bool)
    return pd.DataFrame(
        {
            "allowed": allowed[group],
            "reason": _taken([d.reason for d in decided], group),
            "basis": _taken([basis_of(d.reason, channel, d.country) for d in decided], group),
            "since": times_text(_since(decided, group, events, spread)),
            "valid_until": times_text(_ends(decided, group, events, spread)),
            "events": _ids(decided, group, events, spread),
        }
    )


def _decide(turn: _Round, first: Ints) -> list[_Group]:
    """The rules' own answer to one question of each group."""
    spread = turn.spread
    ends = np.cumsum(spread.length[first])
    starts = ends - spread.length[first]
    own = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(starts, spread.length[first])
    facts = _facts(turn, np.repeat(spread.start[first], spread.length[first]) + own)
    people = [_person(turn, int(profile)) for profile in range(len(turn.asking.profiles))]
    decided: list[_Group] = []
    for question, start, end in zip(first.tolist(), starts.tolist(), ends.tolist(), strict=True):
        who, controller = people[int(turn.asked.facts[question])]
        decided.append(_answer(turn, question, facts[start:end], who, controller))
    return decided


def _told(turn: _Round, rows: Ints) -> dict[int, ConsentEvent]:
    """The events of some rows, each made once in a call; those of a record are on a record that is held."""
    told = turn.asking.told
    lack = np.array([row for row in np.unique(rows).tolist() if row not in told], dtype=np.int64)
    if len(lack):
        frame = turn.events.frame.iloc[lack]
        keyed = frame["record_id"].notna()
        held = events_of(frame.assign(source="", record_id=frame["record_id"].mask(keyed, _HELD)))
        told.update(zip(lack.tolist(), held, strict=True))
    return told


def _facts(turn: _Round, places: Ints) -> list[Fact]:
    """The facts at some places of the spread."""
    events, points = turn.events, turn.asking.points
    at = turn.spread.event[places]
    told, bare = _told(turn, events.row[at]), turn.asking.bare
    codes = events.point[at]
    known = {code: str(points[code]) for code in np.unique(codes).tolist() if code >= 0}
    said = (events.row[at], turn.spread.held[places], codes, events.effect[at], events.dated[at],
            events.recorded[at], events.other[at], events.shared[at])  # fmt: skip
    facts = []
    for row, held, code, effect, dated, recorded, other, shared in zip(
        *(column.tolist() for column in said), strict=True
    ):
        event = told[row]
        if event.record is not None and not held:
            if row not in bare:
                bare[row] = replace(event, record=_BARE)
            event = bare[row]
        kind = "declined" if event.event == "imported_flag" and event.value is False else event.event
        facts.append(
            Fact(
                event=event, kind=kind, at=effect, dated=dated, recorded=recorded, point=known.get(code),
                other=other, shared=shared,
            )
        )  # fmt: skip
    return facts


def _person(turn: _Round, profile: int) -> tuple[Person, str | None]:
    said = turn.asking.profiles.iloc[profile]
    person = Person(
        country=said["country"] or None,
        party_type=said["party_type"] or None,
        birth_date=said["birth_date"] or None,
        records=frozenset({f":{_HELD}", _BARE}),
        invalid_points=frozenset({_INVALID}) if said["invalid"] else frozenset(),
    )
    return person, said["controller"] or None


def _answer(turn: _Round, question: int, facts: list[Fact], person: Person, controller: str | None) -> _Group:
    asking = turn.asking
    code = int(turn.asked.point[question])
    point = str(asking.points[code]) if code >= 0 else None
    points = frozenset({point}) if point is not None else frozenset()
    if asking.record_points is not None:
        person = replace(person, record_points={f":{_HELD}": points, _BARE: frozenset()})
    if person.invalid_points:
        person = replace(person, invalid_points=points)
    asked = Question(
        channel=turn.channel,
        purpose=turn.purpose,
        at=asking.at,
        point=point,
        controller=controller,
    )
    case = case_with(facts, person, asked, asking.policy)
    said = answer(case)
    places = {id(fact): n for n, fact in enumerate(facts)}
    limits = tuple(
        (places[id(limit.fact)], limit.months if limit.kind == "months" else -1)
        for limit in said.limits
        if (limit.kind == "until" or limit.months) and said.reason in YES
    )
    return _Group(said.reason, case.country, tuple(places[id(f)] for f in said.facts), limits)


def _taken(values: list[str | None], group: Ints) -> pd.Series[Any]:
    return pd.Series(values, dtype="str").take(group).reset_index(drop=True)


def _each(decided: list[_Group], pick: Callable[[_Group], tuple[int, ...]], group: Ints) -> list[Ints]:
    """The n-th number of every question's group, -1 where it has none; one column per n."""
    picked = [pick(d) for d in decided]
    columns: list[Ints] = []
    for n in range(max(map(len, picked), default=0)):
        column = np.array([p[n] if n < len(p) else -1 for p in picked], dtype=np.int64)
        columns.append(column[group])
    return columns


def _since(decided: list[_Group], group: Ints, events: EventColumns, spread: Spread) -> Ints:
    newest = np.full(len(group), MISSING, dtype=np.int64)
    for column in _each(decided, lambda d: d.facts, group):
        here = np.flatnonzero(column >= 0)
        times = events.effect[spread.event[spread.start[here] + column[here]]]
        newest[here] = np.maximum(newest[here], np.where(times > BEGINNING, times, MISSING))
    return newest


def _ends(decided: list[_Group], group: Ints, events: EventColumns, spread: Spread) -> Ints:
    never = 2**62
    ends = np.full(len(group), never, dtype=np.int64)
    places = _each(decided, lambda d: tuple(place for place, _ in d.limits), group)
    months = _each(decided, lambda d: tuple(m for _, m in d.limits), group)
    for place, span in zip(places, months, strict=True):
        for count in np.unique(span[place >= 0]):
            here = np.flatnonzero((place >= 0) & (span == count))
            at = spread.event[spread.start[here] + place[here]]
            if count < 0:
                said = events.until[at]
                end = np.where(said == MISSING, never, said)
            else:
                end = months_later(events.effect[at], int(count))
            ends[here] = np.minimum(ends[here], end)
    return np.where(ends == never, MISSING, ends)


def _ids(decided: list[_Group], group: Ints, events: EventColumns, spread: Spread) -> pd.Series[Any]:
    """The ids of the events a decision rests on, separated by blanks."""
    ids = events.frame["event_id"].astype("str").array
    texts: pd.Series[Any] = pd.Series(index=range(len(group)), dtype="str")
    for column in _each(decided, lambda d: d.facts, group):
        here = np.flatnonzero(column >= 0)
        found = pd.Series(ids.take(events.row[spread.event[spread.start[here] + column[here]]]))
        before = texts.take(here).reset_index(drop=True)
        texts.iloc[here] = found.where(before.isna(), before + " " + found).array
    return texts

"""One decision per group of like histories, handed on to every question of the group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.consent.case import Outcome, case_with
from crmclean.consent.columns import EventColumns, months_later
from crmclean.consent.frames import MISSING, event_of_row, times_text
from crmclean.consent.group import Asked, Spread, groups_of, spread_events
from crmclean.consent.history import BEGINNING, Fact, Question
from crmclean.consent.person import Person
from crmclean.consent.policy import Policy
from crmclean.consent.reasons import YES, basis_of
from crmclean.consent.rules import answer

__all__ = ["Asking", "answers"]

Ints = npt.NDArray[np.int64]
_HELD, _BARE = "held:", "bare:"


@dataclass(frozen=True, slots=True)
class Asking:
    """What all questions of one call have in common.

    Args:
        events: The customers' events that count.
        points: Contact point of each code.
        record_points: Codes `record` and `point`; None: not known.
        profiles: country, party_type, controller, invalid of each code of `Asked.facts`.
        at: The time asked about.
    """

    events: EventColumns
    points: list[str]
    record_points: pd.DataFrame | None
    profiles: pd.DataFrame
    policy: Policy
    at: int


@dataclass(frozen=True, slots=True)
class _Group:
    """The answer of a group: its facts and limits are places in each question's own history."""

    reason: str
    country: str
    facts: tuple[int, ...]
    limits: tuple[tuple[int, int], ...]


def answers(asking: Asking, asked: Asked, channel: str, purpose: str) -> pd.DataFrame:
    """allowed, reason, basis, since, valid_until and events of every question, in order."""
    events = asking.events.relevant(channel, purpose)
    spread = spread_events(asked, events, asking.record_points)
    group = groups_of(asked, events, spread, asking.policy, channel=channel, at=asking.at)
    _, first = np.unique(group, return_index=True)
    decided = [_decide(asking, asked, events, spread, int(place), (channel, purpose)) for place in first]
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


def _decide(
    asking: Asking, asked: Asked, events: EventColumns, spread: Spread, place: int, on: tuple[str, str]
) -> _Group:
    """The rules' own answer to one question."""
    profile = asking.profiles.iloc[int(asked.facts[place])]
    code = int(asked.point[place])
    point = asking.points[code] if code >= 0 else None
    person = Person(
        country=profile["country"] or None,
        party_type=profile["party_type"] or None,
        records=frozenset({_HELD, _BARE}),
        invalid_points=frozenset({point}) if profile["invalid"] and point is not None else frozenset(),
        record_points={}
        if asking.record_points is None
        else {_HELD: frozenset({point} if point is not None else ()), _BARE: frozenset()},
    )
    question = Question(
        channel=on[0], purpose=on[1], at=asking.at, point=point, controller=profile["controller"] or None
    )
    start, length = int(spread.start[place]), int(spread.length[place])
    facts = [_fact(asking, events, spread, start + n) for n in range(length)]
    case = case_with(facts, person, question, asking.policy)
    places = {id(fact): n for n, fact in enumerate(facts)}
    return _as_group(answer(case), case.country, places)


def _as_group(said: Outcome, country: str, places: dict[int, int]) -> _Group:
    limits = tuple(
        (places[id(limit.fact)], limit.months if limit.kind == "months" else -1)
        for limit in said.limits
        if (limit.kind == "until" or limit.months) and said.reason in YES
    )
    return _Group(said.reason, country, tuple(places[id(f)] for f in said.facts), limits)


def _fact(asking: Asking, events: EventColumns, spread: Spread, place: int) -> Fact:
    at = int(spread.event[place])
    row = int(events.row[at])
    event = event_of_row(events.frame.iloc[row].to_dict())
    point = int(events.point[at])
    if event.record is not None:
        event = replace(event, record=_HELD if spread.held[place] else _BARE)
    denied = event.event == "imported_flag" and event.value is False
    return Fact(
        event=event,
        kind="declined" if denied else event.event,
        at=int(events.effect[at]),
        dated=bool(events.dated[at]),
        recorded=int(events.recorded[at]),
        point=asking.points[point] if point >= 0 else None,
        other=bool(events.other[at]),
        shared=bool(events.shared[at]),
    )


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
    ids = events.frame["event_id"].to_numpy(dtype=object)
    texts = np.full(len(group), None, dtype=object)
    for column in _each(decided, lambda d: d.facts, group):
        here = np.flatnonzero(column >= 0)
        found = ids[events.row[spread.event[spread.start[here] + column[here]]]]
        before = texts[here]
        first = pd.isna(before)
        texts[here] = np.where(first, found, np.where(first, "", before) + " " + found)
    return pd.Series(texts, dtype="str")

"""Questions with the same answer, found without deciding them.

Two questions have the same answer if their histories agree in everything the rules look at: kinds,
channels, purposes, proofs, the order and ties of times, and on which side of each time limit an event
lies, but not the times themselves. Such a history is written as a row of whole numbers; equal rows
form a group, one of each group is decided by the rules themselves, the others take its answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.consent.clock import DAY
from crmclean.consent.columns import EventColumns, months_later
from crmclean.consent.frames import MISSING, combine
from crmclean.consent.policy import Policy

__all__ = ["Asked", "Spread", "groups_of", "spread_events"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
# Longer histories are decided one by one: they are rare, and each is a group of its own anyway.
_LONG = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions on one channel and purpose.

    Args:
        customer: Code of the customer.
        point: Code of the contact point asked about, -1 for the channel as a whole.
        facts: Code of everything else about the question (country, party type, controller ...).
    """

    customer: Ints
    point: Ints
    facts: Ints


@dataclass(frozen=True, slots=True)
class Spread:
    """The events of each question, one behind the other.

    Args:
        start: Where a question's events begin; `length` how many they are.
        question: The question of every place; `event` the place in the event columns.
        held: Whether a declaration without contact point was made on a record with the point asked.
    """

    start: Ints
    length: Ints
    question: Ints
    event: Ints
    held: Mask


def spread_events(asked: Asked, events: EventColumns, record_points: Ints | None, width: int) -> Spread:
    """The events of the customer of each question.

    Args:
        asked: The questions.
        events: Ordered by customer.
        record_points: Sorted ``record * width + point`` of what stands on which record; None: unknown.
        width: Above all point codes.
    """
    first = np.searchsorted(events.customer, asked.customer, side="left")
    length = np.searchsorted(events.customer, asked.customer, side="right") - first
    start = np.cumsum(length) - length
    question = np.repeat(np.arange(len(length), dtype=np.int64), length)
    place = np.arange(len(question), dtype=np.int64) - start[question] + first[question]
    held = np.ones(len(place), dtype=bool)
    here = np.flatnonzero((events.point[place] < 0) & (asked.point[question] >= 0))
    if record_points is not None and len(here):
        wanted = events.record[place[here]] * width + asked.point[question[here]]
        found = np.searchsorted(record_points, wanted)
        inside = found < len(record_points)
        held[here] = inside
        held[here[inside]] = record_points[found[inside]] == wanted[inside]
    return Spread(start=start, length=length, question=question, event=place, held=held)


def groups_of(
    asked: Asked, events: EventColumns, spread: Spread, policy: Policy, *, channel: str, at: int
) -> Ints:
    """A code per question: questions of one code have one answer."""
    code = _place_codes(asked, events, spread, policy, channel, at)
    alone = np.zeros(len(asked.customer), dtype=bool)
    alone[spread.question[events.single[spread.event]]] = True
    alone |= spread.length > _LONG
    own = np.where(alone, np.arange(len(alone), dtype=np.int64), -1)
    group = combine(asked.facts, asked.point >= 0, spread.length, own)
    width = int(code.max(initial=0)) + 1
    for position in range(int(spread.length[~alone].max(initial=0))):
        here = np.flatnonzero((spread.length > position) & ~alone)
        joined = group[here] * width + code[spread.start[here] + position]
        group[here] = pd.factorize(joined)[0] + len(group) * (position + 1)
    return pd.factorize(group)[0].astype(np.int64)


def _place_codes(
    asked: Asked, events: EventColumns, spread: Spread, policy: Policy, channel: str, at: int
) -> Ints:
    """Everything about an event that the rules may look at, as one code per place."""
    event, question = spread.event, spread.question
    times = events.effect[event]
    place = np.arange(len(event), dtype=np.int64)
    index = place - spread.start[question]
    tie = np.zeros(len(event), dtype=np.int64)
    tie[1:] = (question[1:] == question[:-1]) & (times[1:] == times[:-1])
    limits = (policy.stale_months(channel), policy.soft_opt_in.months, policy.presumed.months)
    passed = [((months_later(times, m) < at) if m else np.zeros(len(times), dtype=bool)) for m in limits]
    until = events.until[event]
    return combine(
        events.static[event],
        tie,
        _window(times, question, spread, policy) - index,
        *passed,
        (until != MISSING) & (until < at),
        _until_order(until, question),
        events.dated[event],
        events.other[event],
        events.shared[event],
        spread.held,
        _local(events.point[event], question, index, asked.point[question]),
        _local(events.declaration[event], question, index, np.full(len(event), -2)),
    )


def _window(times: Ints, question: Ints, spread: Spread, policy: Policy) -> Ints:
    """The first event of the same history that a confirmation of this time may still confirm."""
    if not policy.pending_ttl_days or not len(times):
        return np.zeros(len(times), dtype=np.int64)
    earliest = np.maximum(times, -(2**61)) - policy.pending_ttl_days * DAY
    order = pd.factorize(np.concatenate([times, earliest]), sort=True)[0].astype(np.int64)
    width = int(order.max()) + 1
    key = question * width + order[: len(times)]
    found = np.searchsorted(key, question * width + order[len(times) :], side="left")
    return found - spread.start[question]


def _until_order(until: Ints, question: Ints) -> Ints:
    """The rank of an end of validity among those of the same question: the earliest one counts."""
    rank = np.zeros(len(until), dtype=np.int64)
    here = np.flatnonzero(until != MISSING)
    if len(here):
        frame = pd.DataFrame({"q": question[here], "u": until[here]})
        rank[here] = frame.groupby("q")["u"].rank(method="dense").to_numpy().astype(np.int64)
    return rank


def _local(codes: Ints, question: Ints, index: Ints, asked: Ints) -> Ints:
    """Codes that have a meaning within one question only: none, the one asked, the n-th other."""
    local = np.where(codes < 0, -1, np.where(codes == asked, -2, 0)).astype(np.int64)
    here = np.flatnonzero(local == 0)
    if len(here):
        width = int(codes.max()) + 1
        pair = question[here] * width + codes[here]
        first = pd.Series(index[here]).groupby(pd.factorize(pair)[0]).transform("min")
        local[here] = first.to_numpy()
    return local

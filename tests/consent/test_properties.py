"""What no order, repetition, spelling or merge may do: turn a no into a yes."""

from __future__ import annotations

import random
import sys
import threading
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.consent import ConsentEvent, Person, may_contact

sys.path.insert(0, str(Path(__file__).parent))
from histories import DENYING, KINDS, histories

ASKED = ("email", "marketing.newsletter", "2024-05-01")
PLAIN = [kind for kind in KINDS if kind not in {"objection_lifted", "erased"}]


@given(histories(), st.randoms(use_true_random=False))
def test_order_and_doubles_change_nothing(history: list[ConsentEvent], shuffle: random.Random) -> None:
    """Events in another order, some of them twice, give the same decision."""
    mixed = history + shuffle.sample(history, len(history) // 2)
    shuffle.shuffle(mixed)
    assert may_contact(mixed, {}, *ASKED) == may_contact(history, {}, *ASKED)


@given(histories(), st.sampled_from([-8, 1, 5]))
def test_spelling_of_time_zones_changes_nothing(history: list[ConsentEvent], hours: int) -> None:
    """The same moments written in another zone give the same answer."""
    zone = timezone(timedelta(hours=hours))

    def moved(event: ConsentEvent) -> ConsentEvent:
        def said(text: object) -> str | None:
            return None if text is None else datetime.fromisoformat(str(text)).astimezone(zone).isoformat()

        return replace(event, at=said(event.at), recorded_at=said(event.recorded_at))

    one, other = may_contact(history, {}, *ASKED), may_contact([moved(e) for e in history], {}, *ASKED)
    assert (one.allowed, one.reason, one.since) == (other.allowed, other.reason, other.since)


@given(histories(PLAIN))
def test_a_denial_stands_unless_a_later_provable_grant_does(history: list[ConsentEvent]) -> None:
    """A yes beside a denial rests on a grant that is proven, specific and later than the denial."""
    denial = ConsentEvent(event="objected", at="2024-01-15T08:00:00Z", channel="any", purpose="marketing")
    decision = may_contact([*history, denial], {}, *ASKED)
    if decision.allowed:
        grants = [e for e in history if e.event == "granted" and e.event_id in decision.events]
        assert decision.reason == "CONSENT"
        assert any(
            e.at is not None and str(e.at) > str(denial.at) and e.text_version and e.channel == "email"
            for e in grants
        )


@given(histories(), st.sampled_from(DENYING))
def test_a_denial_at_the_end_is_the_end(history: list[ConsentEvent], kind: str) -> None:
    """After a denial at the time of the newest event nothing is allowed: ties deny."""
    denial = ConsentEvent(event=kind, at="2024-05-01T08:00:00Z", channel="email", purpose="marketing")
    tie = ConsentEvent(
        event="granted",
        at="2024-05-01T10:00:00+02:00",
        channel="email",
        purpose="marketing",
        method="signed_form",
        text_version="v1",
        origin="fair",
    )
    assert not may_contact([*history, tie, denial], {}, *ASKED).allowed


@given(histories(PLAIN), histories(PLAIN))
def test_merge_and_unmerge_give_back_every_decision(
    mine: list[ConsentEvent], others: list[ConsentEvent]
) -> None:
    """After merge and split each part is decided as if nothing had happened."""
    a = [replace(e, record="A", event_id="") for e in mine]
    b = [replace(e, record="B", event_id="") for e in others]
    parts = ("A", "B")
    merged = ConsentEvent(event="merged", at="2024-02-01", records=parts, person="G")
    split = ConsentEvent(event="unmerged", at="2024-03-05", records=parts, person="G")
    who = Person(records=frozenset({"A"}))
    assert may_contact([*a, *b, merged, split], who, *ASKED) == may_contact([*a, *b], who, *ASKED)


@given(histories(PLAIN, longest=4), histories(PLAIN, longest=4))
def test_a_merge_loses_no_denial(mine: list[ConsentEvent], others: list[ConsentEvent]) -> None:
    """Where the newest word of one part is a denial, the merged person is not contacted."""
    denial = ConsentEvent(
        event="withdrawn", at="2024-05-01T08:00:00Z", channel="email", purpose="marketing", record="B"
    )
    a = [replace(e, record="A", event_id="") for e in mine]
    b = [replace(e, record="B", event_id="") for e in others]
    merged = ConsentEvent(event="merged", at="2024-02-01", records=("A", "B"), person="G")
    decision = may_contact([*a, *b, denial, merged], Person(records=frozenset({"G"})), *ASKED)
    assert not decision.allowed


@given(histories(PLAIN, longest=4))
def test_a_denial_booked_while_merged_reaches_every_part(history: list[ConsentEvent]) -> None:
    """After the split neither part is contacted."""
    a = [replace(e, record="A", event_id="") for e in history]
    merged = ConsentEvent(event="merged", at="2024-02-01", records=("A", "B"), person="G")
    denial = ConsentEvent(
        event="withdrawn", at="2024-05-01T08:00:00Z", channel="email", purpose="marketing", record="G"
    )
    split = ConsentEvent(event="unmerged", at="2024-05-01T09:00:00Z", records=("A", "B"), person="G")
    for part in ("A", "B"):
        who = Person(records=frozenset({part}))
        assert not may_contact([*a, merged, denial, split], who, *ASKED).allowed


@settings(max_examples=5, deadline=None)
@given(st.lists(histories(), min_size=4, max_size=4))
def test_threads_do_not_disturb_each_other(many: list[list[ConsentEvent]]) -> None:
    """The same questions asked from eight threads have the same answers."""
    expected = [may_contact(h, {}, *ASKED) for h in many]
    wrong: list[int] = []

    def ask() -> None:
        for n, history in enumerate(many * 5):
            if may_contact(history, {}, *ASKED) != expected[n % len(many)]:
                wrong.append(n)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []

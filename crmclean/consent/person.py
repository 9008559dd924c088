"""Who is asked about, and whose an event is.

A person's events are those of all records that are the person at the time of the question; what was
booked on a merged person returns after the split to the part it belongs to: denials to every part,
everything else only to the part that owns the address (docs/consent.md, merge and un-merge).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crmclean.consent.clock import instant
from crmclean.consent.event import RESTRICTIVE, ConsentEvent, point_key

__all__ = ["Membership", "Person"]

_POINTS = ("contact_points", "invalid_points", "shared_points", "private_points")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What a decision has to know of the person besides the events; all of it may be missing.

    Args:
        country: ISO code; missing: the policy's jurisdiction.
        party_type: consumer or business; missing: as the policy says.
        birth_date: For the age at the time of a consent.
        customer: Known to have bought.
        records: Records (``source:record_id``) or a merged person's id; empty: every event given
            is this person's. Events of other records count only as denials on a shared point.
        contact_points: Addresses and numbers.
        invalid_points: Those known not to work.
        shared_points: Those that other customers carry as well, and that this one does not own.
        private_points: Those that are no business ones.
        record_points: Record = its own addresses and numbers; empty: not known.
        doubtful_records: Records that are only probably this person: what they deny counts as one's
            own, what they permit does not.
    """

    country: str | None = None
    party_type: str | None = None
    birth_date: date | str | None = None
    customer: bool = False
    records: frozenset[str] = frozenset()
    contact_points: frozenset[str] = frozenset()
    invalid_points: frozenset[str] = frozenset()
    shared_points: frozenset[str] = frozenset()
    private_points: frozenset[str] = frozenset()
    record_points: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)
    doubtful_records: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Makes the contact points comparable: Anna@Example.org is anna@example.org."""
        for name in _POINTS:
            object.__setattr__(self, name, _points(getattr(self, name)))
        own = {record: _points(points) for record, points in self.record_points.items()}
        object.__setattr__(self, "record_points", own)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Person:
        """The person of a mapping, such as JSON; keys it does not know are left out."""
        said: dict[str, Any] = {
            k: data[k] for k in ("country", "party_type", "birth_date") if data.get(k) is not None
        }
        said["customer"] = bool(data.get("customer"))
        said["records"] = frozenset(data.get("records") or ())
        said["doubtful_records"] = frozenset(data.get("doubtful_records") or ())
        said.update({name: frozenset(data.get(name) or ()) for name in _POINTS})
        return cls(**said, record_points=data.get("record_points") or {})


def _points(values: Iterable[str]) -> frozenset[str]:
    return frozenset(key for value in values if (key := point_key(value)) is not None)


class Membership:
    """Whose an event is, as of a time: the merges and splits up to then, played again.

    Args:
        events: All events at hand, those up to the question only.
        person: Its `records` say who is asked about.
        zone: Zone of times without one.
    """

    def __init__(self, events: Iterable[ConsentEvent], person: Person, zone: str) -> None:
        self._all_own = not person.records
        self._inherited: dict[str, frozenset[str]] = {}
        self._own: frozenset[str] = person.records
        self._doubtful = person.doubtful_records
        moves = [e for e in events if e.event in {"merged", "unmerged"}]
        if self._all_own or not moves:
            return
        moves.sort(key=lambda e: (instant(e.at, zone) or 0, e.event, e.event_id))
        parent: dict[str, str] = {}
        splits: list[ConsentEvent] = []
        for move in moves:
            for record in move.records:
                if move.event == "merged" and move.person is not None:
                    parent[record] = move.person
                elif parent.get(record) == move.person:
                    parent.pop(record)
            if move.event == "unmerged":
                splits.append(move)
        roots = {_root(record, parent) for record in person.records}
        known = {*parent, *parent.values(), *person.records}
        self._own = frozenset(r for r in known if _root(r, parent) in roots)
        for split in splits:
            self._inherit(split, events)

    def _inherit(self, split: ConsentEvent, events: Iterable[ConsentEvent]) -> None:
        parts = self._own.intersection(split.records)
        if split.person is None or split.person in self._own or not parts:
            return
        points = {p for part in parts for p in split.points.get(part, ())}
        if not split.points:
            points = {e.contact_point for e in events if e.record in parts and e.contact_point}
        self._inherited[split.person] = _points(points) | self._inherited.get(split.person, frozenset())

    def whose(self, event: ConsentEvent) -> str:
        """``own``, ``other``, or ``none`` for what no part of a split person inherits."""
        taking = event.event in RESTRICTIVE or (event.event == "imported_flag" and event.value is False)
        if event.record in self._doubtful and event.record not in self._own:
            return "own" if taking or event.event == "correction" else "none"
        if self._all_own or event.record is None or event.record in self._own:
            return "own"
        if event.record not in self._inherited:
            return "other"
        mine = point_key(event.contact_point) in self._inherited[event.record]
        return "own" if taking or mine else "none"


def _root(record: str, parent: Mapping[str, str]) -> str:
    seen = {record}
    while record in parent and parent[record] not in seen:
        record = parent[record]
        seen.add(record)
    return record

"""One consent event: what somebody declared, or what was noted about an address.

A `ConsentEvent` is for callers who hold their events themselves; the table `consents` has the same
fields. Nothing here needs pandas. An event is never changed: what was booked wrongly is put right
by another event (`correction`).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from crmclean.consent.clock import Moment
from crmclean.data import read_list
from crmclean.errors import ConsentError
from crmclean.text.fold import fold

__all__ = [
    "CONTENT",
    "DENIALS",
    "KINDS",
    "NAMESPACE",
    "RESTRICTIVE",
    "ConsentEvent",
    "content_id",
    "point_key",
    "present",
    "truth",
]

NAMESPACE = uuid.UUID("5d0c7f0e-51a5-5b0e-9a2f-0a1f2f2d8c11")
DENIALS = frozenset({"declined", "withdrawn", "objected", "suppressed"})
# Events that can only take permissions away: without a date of their own they count from the day
# they were written down. Everything else needs a date.
RESTRICTIVE = DENIALS | {
    "blocked", "bounced", "erased", "expired", "external_list", "invalidated", "restricted",
    "revoked_by_controller",
}  # fmt: skip
KINDS = RESTRICTIVE | {
    "confirmed", "contact_point_ok", "correction", "existing_customer", "granted", "imported_flag",
    "merged", "objection_lifted", "presumed_interest", "requested", "unblocked", "unmerged",
    "unrestricted", "used",
}  # fmt: skip
CONTENT = (
    "at", "source", "record_id", "channel", "purpose", "contact_point", "event", "controller",
    "actor", "origin", "method", "text_version", "evidence_ref", "legal_basis", "valid_until",
    "grounds", "confirms", "corrects", "declaration", "value", "sale_ref", "address_from_sale",
    "notice_at_collection", "scope", "guardian", "listing",
)  # fmt: skip
_BLANKS = str.maketrans("", "", ". \t")


@lru_cache(maxsize=65_536)
def present(text: str | None) -> bool:
    """Whether a text says something: not empty and not a placeholder such as `-` or `k.A.`."""
    if text is None:
        return False
    plain = text.translate(_BLANKS)
    if len(plain) > _longest() and plain.isascii() and plain.isprintable():
        return True  # longer than any placeholder: the usual case, and folding takes time
    short = fold(text).translate(_BLANKS)
    return bool(short) and short not in _placeholders()


@lru_cache(maxsize=1)
def _placeholders() -> frozenset[str]:
    return frozenset(read_list("placeholders.txt"))


@lru_cache(maxsize=1)
def _longest() -> int:
    return max(map(len, _placeholders()))


def truth(value: object) -> bool | None:
    """True, False or None (not said) of a flag that may be written as text."""
    if value is None or isinstance(value, bool):
        return value
    folded = str(value).strip().lower()
    if folded in {"true", "1", "yes", "ja", "y", "j"}:
        return True
    return False if folded in {"false", "0", "no", "nein", "n"} else None


def point_key(text: str | None) -> str | None:
    """The form in which two contact points are compared: lower case, no blanks around."""
    return text.strip().lower() or None if text is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentEvent:
    """One event of a person's consent history; docs/consent.md lists the kinds.

    Args:
        event: Kind: granted, confirmed, withdrawn, objected ...
        at: When it took effect; None where unknown. Text, date or datetime; a time without zone
            is local to the policy's zone, a date the start of its day.
        recorded_at: When it was written down; None: at the time it took effect.
        channel: email, phone, sms, messenger, fax, robocall, post, push, visit; any for denials.
        purpose: Dotted path such as marketing.newsletter.
        contact_point: Normalised address or number it is about.
        record: The record it belongs to, as ``source:record_id``.
        origin: Where it was declared: URL, form, fair, call.
        evidence_ref: Where the proof lies.
        value: Of an imported flag: what it said.
        records: Of merged and unmerged: the parts.
        person: Of merged: what they became; of unmerged: what was taken apart.
        points: Of unmerged: part = the contact points that are its own.
        event_id: Identifier; empty: made of the content.

    Further fields are as in the table `consents`.
    """

    event: str
    at: Moment = None
    recorded_at: Moment = None
    channel: str | None = None
    purpose: str | None = None
    contact_point: str | None = None
    record: str | None = None
    controller: str | None = None
    actor: str | None = None
    origin: str | None = None
    method: str | None = None
    text_version: str | None = None
    evidence_ref: str | None = None
    legal_basis: str | None = None
    valid_until: Moment = None
    grounds: str | None = None
    confirms: str | None = None
    corrects: str | None = None
    declaration: str | None = None
    value: bool | None = None
    sale_ref: str | None = None
    address_from_sale: bool | None = None
    notice_at_collection: bool | None = None
    scope: str | None = None
    guardian: str | None = None
    listing: str | None = None
    records: tuple[str, ...] = ()
    person: str | None = None
    points: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    event_id: str = ""

    def __post_init__(self) -> None:
        if self.event not in KINDS:
            raise ConsentError(f"unknown kind of event {self.event!r}", hint="kinds: docs/consent.md")
        if not self.event_id:
            object.__setattr__(self, "event_id", self._own_id())

    def _own_id(self) -> str:
        source, _, record_id = (self.record or "").partition(":")
        content: dict[str, Any] = {name: getattr(self, name, None) for name in CONTENT}
        content.update(source=source or None, record_id=record_id or None)
        if self.at is None and self.event != "imported_flag":
            content["recorded_at"] = self.recorded_at
        if self.records:
            content.update(records=list(self.records), person=self.person)
        return content_id(content)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> ConsentEvent:
        """The event of a mapping, such as a row of JSON; unknown keys are left out.

        ``source`` is taken for the place of the declaration where no ``record_id`` says that it
        is a record's source; ``into`` and ``from`` name the person of a merge.

        Raises:
            ConsentError: The kind of event is missing or unknown.
        """
        names = {f.name for f in fields(cls)}
        known = {k: v for k, v in data.items() if k in names and v is not None}
        known["event"] = str(data.get("event", ""))
        if data.get("record_id") is not None:
            known.setdefault("record", f"{data.get('source') or ''}:{data['record_id']}")
        elif data.get("source") is not None:
            known.setdefault("origin", str(data["source"]))
        for flag in ("value", "address_from_sale", "notice_at_collection"):
            known[flag] = truth(data.get(flag))
        known["records"] = tuple(data.get("records") or ())
        known["person"] = data.get("person") or data.get("into") or data.get("from")
        points = data.get("points") or data.get("contact_points") or {}
        known["points"] = {part: tuple(values) for part, values in dict(points).items()}
        return cls(**known)


def content_id(content: Mapping[str, Any]) -> str:
    """The id of an event's content: the same declaration booked twice has one id.

    When it was written down is no content, unless nothing else dates the event: two undated
    withdrawals are two events, while a flag that still says no next month is the same flag.
    """
    said = {k: _plain(v) for k, v in content.items() if v is not None and v != ""}
    return str(uuid.uuid5(NAMESPACE, json.dumps(said, sort_keys=True, ensure_ascii=False)))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat() if value.tzinfo is not None else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else value

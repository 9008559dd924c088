"""Does the ledger still say what it said? Every entry is looked at, the first broken one is named."""

# ruff: noqa: S608  statements are built of declared names only

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from crmclean.store.ledger import PAYLOAD, has_ledger, head_of
from crmclean.store.ledger_chain import START, digest_of, link_of, note_digest, payload_of
from crmclean.store.statements import quote

__all__ = ["Verification", "verify_ledger"]


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of looking at every entry.

    Args:
        events: Events that are there and as they were sealed.
        erased: Events whose content was erased, with a note that says so.
        locked: Events of erased people that a law keeps.
        head: The last link, in hexadecimal digits.
        broken: What is wrong, as a code; empty if nothing is.
        seq: Number of the first broken entry; 0 where it has none.
        event_id: Its event, where it is known.
    """

    events: int
    erased: int
    locked: int
    head: str
    broken: str = ""
    seq: int = 0
    event_id: str = ""


Broken = tuple[str, int, str]
"""Code, number of the entry, id of the event."""


def verify_ledger(connection: sqlite3.Connection, *, heads: Iterable[str] = ()) -> Verification:
    """Looks at every entry of the chain and at every event.

    Broken are, as codes: `gap` (a number is missing), `link` (the chain was cut or rewritten),
    `missing` (an event is gone and no erasure says so), `changed` (an event says something else),
    `note` (an erasure was rewritten), `unsealed` (an event was added past the ledger), `head` (a
    head that was printed earlier is not in the chain).

    Args:
        connection: Of the store.
        heads: Heads kept elsewhere, in hexadecimal digits; those of the table `runs` are added.
    """
    counts: Counter[str] = Counter()
    wanted = {head.strip().lower() for head in heads if head.strip()} | _heads_of_runs(connection)
    code, seq, event_id = _first_broken(connection, counts, wanted) or ("", 0, "")
    return Verification(
        events=counts["events"],
        erased=counts["erased"],
        locked=counts["locked"],
        head=head_of(connection),
        broken=code,
        seq=seq,
        event_id=event_id,
    )


def _first_broken(connection: sqlite3.Connection, counts: Counter[str], wanted: set[str]) -> Broken | None:
    if has_ledger(connection):
        broken = _walk(connection, counts, wanted)
        if broken is not None:
            return broken
    found = _unsealed(connection)
    if found:
        return "unsealed", 0, found
    return ("head", 0, "") if wanted else None


def _walk(connection: sqlite3.Connection, counts: Counter[str], wanted: set[str]) -> Broken | None:
    """The first entry that does not hold; counts the others and takes heads it meets out of `wanted`."""
    names = ", ".join(f"c.{quote(name)}" for name in PAYLOAD)
    erased = _noted(connection)
    entries = connection.execute(
        "SELECT l.seq, l.event_id, l.salt, l.digest, l.hash, l.note, k.payload, c.event_id, "
        f"{names} FROM ledger l LEFT JOIN consents c ON c.event_id = l.event_id "
        "LEFT JOIN locked k ON k.seq = l.seq ORDER BY l.seq"
    )
    before = START
    for number, (seq, event_id, salt, digest, link, note, locked, there, *values) in enumerate(entries, 1):
        if seq != number:
            return "gap", number, ""
        if link_of(before, seq, digest) != link:
            return "link", seq, event_id or ""
        before = link
        wanted.discard(link.hex())
        if note is not None:
            if note_digest(note) != digest:
                return "note", seq, ""
        elif salt is None:
            if seq not in erased:
                return "missing", seq, ""
            counts["erased"] += 1
        else:
            payload = _content(locked, there, values)
            if payload is None or digest_of(salt, payload) != digest:
                return "missing" if payload is None else "changed", seq, event_id or ""
            counts["locked" if locked is not None else "events"] += 1
    return None


def _content(locked: str | None, there: str | None, values: list[Any]) -> bytes | None:
    if locked is not None:
        return locked.encode("utf-8")
    if there is None:
        return None
    try:
        return payload_of(PAYLOAD, values)
    except TypeError:  # something else than text stands in the event
        return b""


def _noted(connection: sqlite3.Connection) -> set[int]:
    """Numbers of the events that notes say were erased."""
    found: set[int] = set()
    for (note,) in connection.execute("SELECT note FROM ledger WHERE note IS NOT NULL"):
        try:
            said = json.loads(note)
        except ValueError:
            continue  # found by its digest on the way
        found.update(said.get("erased", ()) if isinstance(said, dict) else ())
    return found


def _unsealed(connection: sqlite3.Connection) -> str:
    """An event without an entry, if there is one."""
    sealed = "WHERE event_id NOT IN (SELECT event_id FROM ledger WHERE event_id IS NOT NULL)"
    row = connection.execute(
        f"SELECT event_id FROM consents {sealed if has_ledger(connection) else ''} ORDER BY event_id LIMIT 1"
    ).fetchone()
    return str(row[0]) if row else ""


def _heads_of_runs(connection: sqlite3.Connection) -> set[str]:
    rows = connection.execute("SELECT head FROM runs WHERE head IS NOT NULL AND head != ''").fetchall()
    return {str(row[0]) for row in rows}

"""Events taken out of the ledger, the chain kept whole; proofs that a law keeps are locked away.

An erased event leaves number, digest and link; its content, its id and its salt go, and the key that
salts are made of is replaced. A locked event leaves the table `consents`, where decisions are made
of, for the table `locked`, which nothing but the proof reads.
"""

# ruff: noqa: S608  statements are built of declared names only

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence

from crmclean.store.ledger import CREATE, PAYLOAD, seal
from crmclean.store.ledger_chain import START, link_of, next_key, note_digest, payload_of
from crmclean.store.statements import quote

__all__ = ["drop_locked", "erase_events", "locked_events"]


def erase_events(
    connection: sqlite3.Connection, event_ids: Sequence[str], *, at: str, lock: Mapping[str, str]
) -> tuple[int, int]:
    """Erases events; inside a transaction.

    Args:
        connection: Of the store.
        event_ids: The events; unknown ones are left out.
        at: Time of the erasure, ISO.
        lock: Of these the events that must remain, with the day until which.

    Returns:
        How many were erased and how many locked.
    """
    seal(connection)
    for statement in CREATE:
        connection.execute(statement)
    numbers = {}
    for event_id in event_ids:
        row = connection.execute("SELECT seq FROM ledger WHERE event_id = ?", (event_id,)).fetchone()
        if row is not None:
            numbers[event_id] = row[0]
    locked = sorted(numbers[event_id] for event_id in numbers if event_id in lock)
    erased = sorted(numbers[event_id] for event_id in numbers if event_id not in lock)
    for event_id, seq in sorted(numbers.items(), key=lambda item: item[1]):
        if event_id in lock:
            _lock(connection, event_id, seq, lock[event_id])
        connection.execute("DELETE FROM consents WHERE event_id = ?", (event_id,))
    _blank(connection, erased)
    if numbers:
        _note(connection, {"at": at, "erased": erased, "locked": locked})
    return len(erased), len(locked)


def drop_locked(connection: sqlite3.Connection, *, day: str, at: str) -> int:
    """Erases the locked proofs whose day has come; inside a transaction; answers how many.

    Args:
        connection: Of the store.
        day: Proofs kept until an earlier day go.
        at: Time of the erasure, ISO.
    """
    for statement in CREATE:
        connection.execute(statement)
    over = connection.execute("SELECT seq FROM locked WHERE until < ? ORDER BY seq", (day,)).fetchall()
    numbers = [row[0] for row in over]
    for number in numbers:
        connection.execute("DELETE FROM locked WHERE seq = ?", (number,))
    _blank(connection, numbers)
    if numbers:
        _note(connection, {"at": at, "erased": numbers, "locked": []})
    return len(numbers)


def locked_events(connection: sqlite3.Connection) -> list[tuple[int, dict[str, str], str]]:
    """Number, content and last day of every locked proof."""
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'locked'").fetchone()
    if found is None:
        return []
    rows = connection.execute("SELECT seq, payload, until FROM locked ORDER BY seq").fetchall()
    return [(seq, json.loads(payload), until) for seq, payload, until in rows]


def _lock(connection: sqlite3.Connection, event_id: str, seq: int, until: str) -> None:
    names = ", ".join(quote(name) for name in PAYLOAD)
    row = connection.execute(f"SELECT {names} FROM consents WHERE event_id = ?", (event_id,)).fetchone()
    payload = payload_of(PAYLOAD, row).decode("utf-8")
    connection.execute(
        "INSERT OR REPLACE INTO locked (seq, payload, until) VALUES (?, ?, ?)", (seq, payload, until)
    )


def _blank(connection: sqlite3.Connection, numbers: Sequence[int]) -> None:
    """Takes id and salt out of entries and puts another key in place of the present one."""
    for number in numbers:
        connection.execute("UPDATE ledger SET event_id = NULL, salt = NULL WHERE seq = ?", (number,))
    row = connection.execute("SELECT key FROM ledger_key").fetchone()
    if row is not None and numbers:
        connection.execute("UPDATE ledger_key SET key = ?", (next_key(bytes(row[0])),))


def _note(connection: sqlite3.Connection, said: Mapping[str, object]) -> None:
    note = json.dumps(said, sort_keys=True, separators=(",", ":"))
    last = connection.execute("SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1").fetchone()
    number, before = last or (0, START)
    digest = note_digest(note)
    connection.execute(
        "INSERT INTO ledger (seq, digest, hash, note) VALUES (?, ?, ?, ?)",
        (number + 1, digest, link_of(before, number + 1, digest), note),
    )

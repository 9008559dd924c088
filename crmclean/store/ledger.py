"""`Ledger`: the consent events of a store, sealed one by one and never changed.

The events lie in the table `consents`; beside each stands an entry of the chain in the table `ledger`
(see `ledger_chain`). Tables of our own: `ledger`, `ledger_key` (what salts are made of) and `locked`
(proofs of erased people that a law keeps). They are made with the first event, so a store of an
earlier version is sealed as it is the next time something is written.
"""

# ruff: noqa: S608  statements are built of declared names only

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pandas as pd

from crmclean.messages import Lang
from crmclean.store.ledger_chain import START, digest_of, link_of, payload_of, salt_of, secret_of
from crmclean.store.opening import refusal
from crmclean.store.rows import frame_of, rows_of
from crmclean.store.statements import columns_of, insert_row, quote, select
from crmclean.tables import CONSENTS, Consents

__all__ = ["CREATE", "PAYLOAD", "Ledger", "has_ledger", "head_of", "seal", "transaction"]

CREATE = (
    """CREATE TABLE IF NOT EXISTS ledger (
    seq INTEGER PRIMARY KEY, event_id TEXT, salt BLOB, digest BLOB NOT NULL, hash BLOB NOT NULL, note TEXT
    )""",
    "CREATE UNIQUE INDEX IF NOT EXISTS ledger_once ON ledger (event_id)",
    "CREATE TABLE IF NOT EXISTS ledger_key (id INTEGER PRIMARY KEY CHECK (id = 1), key BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS locked (seq INTEGER PRIMARY KEY, payload TEXT NOT NULL, until TEXT NOT NULL)",
)
# The line of a file is no part of what was said: it moves when the file is sorted anew.
PAYLOAD = tuple(sorted(c.name for c in columns_of(CONSENTS) if c.name != "row"))
_MANY = 50_000
_CACHE = 400_000  # kilobytes of pages kept in memory for a large import


def has_ledger(connection: sqlite3.Connection) -> bool:
    """Whether anything was ever sealed in this store."""
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'ledger'").fetchone()
    return found is not None


def head_of(connection: sqlite3.Connection) -> str:
    """The last link in hexadecimal digits; empty where nothing is sealed."""
    if not has_ledger(connection):
        return ""
    row = connection.execute("SELECT hash FROM ledger ORDER BY seq DESC LIMIT 1").fetchone()
    return row[0].hex() if row else ""


def seal(connection: sqlite3.Connection, records: pd.DataFrame | None = None) -> str:
    """Seals the events that are not sealed yet; answers the head.

    Args:
        connection: Inside a transaction.
        records: Raw records of a run, of which the key of a store that has none is made, so that
            the same run gives the same chain; without them the key is random.
    """
    if connection.execute("SELECT 1 FROM consents LIMIT 1").fetchone() is None:
        return head_of(connection)
    for statement in CREATE:
        connection.execute(statement)
    events = connection.execute("SELECT COUNT(*) FROM consents").fetchone()[0]
    sealed = connection.execute("SELECT COUNT(event_id) FROM ledger").fetchone()[0]
    locked = connection.execute("SELECT COUNT(*) FROM locked").fetchone()[0]
    if events + locked != sealed:
        _seal_new(connection, _key(connection, records))
    return head_of(connection)


def _key(connection: sqlite3.Connection, records: pd.DataFrame | None) -> bytes:
    row = connection.execute("SELECT key FROM ledger_key").fetchone()
    if row is not None:
        return bytes(row[0])
    made = os.urandom(32) if records is None or records.empty else secret_of(records)
    connection.execute("INSERT INTO ledger_key (id, key) VALUES (1, ?)", (made,))
    return made


def _seal_new(connection: sqlite3.Connection, key: bytes) -> None:
    """Seals in the order in which the events were added, some thousands at a time."""
    names = ", ".join(f"c.{quote(name)}" for name in PAYLOAD)
    some = (
        f"SELECT c.rowid, c.event_id, {names} FROM consents c WHERE c.rowid > ? AND NOT EXISTS "
        f"(SELECT 1 FROM ledger l WHERE l.event_id = c.event_id) ORDER BY c.rowid LIMIT {_MANY}"
    )
    last = connection.execute("SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1").fetchone()
    number, before = last or (0, START)
    place = -1
    while rows := connection.execute(some, (place,)).fetchall():
        entries: list[tuple[int, str, bytes, bytes, bytes]] = []
        for _, event_id, *values in rows:
            number += 1
            salt = salt_of(key, event_id)
            digest = digest_of(salt, payload_of(PAYLOAD, values))
            before = link_of(before, number, digest)
            entries.append((number, event_id, salt, digest, before))
        connection.executemany(
            "INSERT INTO ledger (seq, event_id, salt, digest, hash) VALUES (?, ?, ?, ?, ?)", entries
        )
        place = rows[-1][0]


@contextmanager
def transaction(connection: sqlite3.Connection, path: Path, lang: Lang) -> Iterator[None]:
    """All or nothing.

    Raises:
        StoreError: Locked, full, not writable; nothing was changed then.
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # a second error would hide the first
                connection.execute("ROLLBACK")
            raise
    except sqlite3.Error as error:
        raise refusal(error, path, lang) from error


class Ledger:
    """The consent events of an open store.

    Args:
        connection: Of the store.
        path: Its file, for messages.
        lang: Language of messages.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, lang: Lang) -> None:
        self.connection = connection
        self.path = path
        self.lang: Lang = lang

    @property
    def head(self) -> str:
        """The last link of the chain: it stands for every event sealed so far; empty without any."""
        return head_of(self.connection)

    def append(self, events: pd.DataFrame) -> int:
        """Adds the events that are not there yet, all of them or, after an error, none.

        Args:
            events: Columns of `consents`, each with its event_id.

        Returns:
            The number of events added.

        Raises:
            StoreError: Locked, full, not writable; nothing was changed then.
        """
        many = len(events) > _MANY
        if many:
            self.connection.execute(f"PRAGMA cache_size = -{_CACHE}")  # ids come in no order
        with transaction(self.connection, self.path, self.lang):
            before = self._count()
            statement = insert_row(CONSENTS)
            for rows in rows_of(CONSENTS, events):
                self.connection.executemany(statement, rows)
            seal(self.connection)
            added = self._count() - before
        with suppress(sqlite3.Error):  # a reader may hold the log; the next writer shortens it
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return added

    def known(self, event_ids: list[str]) -> set[str]:
        """Those of the ids that are sealed already."""
        found: set[str] = set()
        for start in range(0, len(event_ids), 500):
            part = event_ids[start : start + 500]
            marks = ", ".join("?" * len(part))
            rows = self._rows(f"SELECT event_id FROM consents WHERE event_id IN ({marks})", part)
            found.update(row[0] for row in rows)
        return found

    def events(self) -> Consents:
        """All events that are not erased or locked, in the order in which they were added."""
        return Consents(frame_of(CONSENTS, self._rows(select(CONSENTS))))

    def _count(self) -> int:
        return int(self._rows("SELECT COUNT(*) FROM consents")[0][0])

    def _rows(self, statement: str, values: list[str] | None = None) -> list[tuple[Any, ...]]:
        try:
            return self.connection.execute(statement, values or []).fetchall()
        except sqlite3.Error as error:
            raise refusal(error, self.path, self.lang) from error

"""`Ledger`: the consent events of a store, sealed one by one and never changed.

The events lie in the table `consents`; beside each stands an entry of the chain in the table `ledger`
(see `ledger_chain`). Tables of our own: `ledger`, `ledger_key` (what salts are made of) and `locked`
(proofs of erased people that a law keeps). They are made with the first event, so a store of an
earlier version is sealed as it is the next time something is written.
"""

# ruff: noqa: S608  statements are built of declared names only

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd

from crmclean.messages import Lang
from crmclean.store.ledger_chain import START, digest_of, link_of, payload_of, salt_of, secret_of
from crmclean.store.opening import refusal
from crmclean.store.refreshing import add_permissions
from crmclean.store.rows import frame_of
from crmclean.store.statements import INDEXES, columns_of, create_index, quote, select
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
    place = -1
    while rows := connection.execute(some, (place,)).fetchall():
        _seal_these(connection, key, PAYLOAD, ((event_id, values) for _, event_id, *values in rows))
        place = rows[-1][0]


def _seal_these(
    connection: sqlite3.Connection,
    key: bytes,
    names: Sequence[str],
    events: Iterable[tuple[str, Sequence[str | None]]],
) -> None:
    """Appends an entry per event: its id and its content, the values of `names`, which are sorted."""
    last = connection.execute("SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1").fetchone()
    number, before = last or (0, START)
    entries: list[tuple[int, str, bytes, bytes, bytes]] = []
    for event_id, values in events:
        number += 1
        salt = salt_of(key, event_id)
        digest = digest_of(salt, payload_of(names, values))
        before = link_of(before, number, digest)
        entries.append((number, event_id, salt, digest, before))
    connection.executemany(
        "INSERT INTO ledger (seq, event_id, salt, digest, hash) VALUES (?, ?, ?, ?, ?)", entries
    )


def _rows(frame: pd.DataFrame) -> Iterator[tuple[list[str], list[tuple[Any, ...]]]]:
    """Names and rows of events, some thousands at a time; columns that say nothing are left out."""
    declared = set(CONSENTS.names)
    used = [n for n in CONSENTS.names if n in {"event_id", "event"} or frame[n].notna().any()]
    further = sorted(str(n) for n in frame.columns if n not in declared and frame[n].notna().any())
    for start in range(0, len(frame), _MANY):
        part = frame.iloc[start : start + _MANY]
        columns = [_values(part[name]) for name in used]
        told = [_values(part[name]) for name in further]
        extra = (
            [_extra(further, values) for values in zip(*told, strict=True)] if told else ["{}"] * len(part)
        )
        yield [*used, "extra"], list(zip(*columns, extra, strict=True))


def _values(column: pd.Series[Any]) -> list[Any]:
    missing = column.isna()
    return column.astype("object").where(~missing, None).tolist() if missing.any() else column.tolist()


def _extra(names: Sequence[str], values: Sequence[str | None]) -> str:
    said = {name: value for name, value in zip(names, values, strict=True) if value is not None}
    return json.dumps(said, ensure_ascii=False)


@contextmanager
def _many(connection: sqlite3.Connection, number: int, before: int) -> Iterator[None]:
    """Indexes are made anew after many rows: half the time of keeping them row by row."""
    if number <= max(_MANY, before):
        yield
        return
    connection.execute(f"PRAGMA cache_size = -{_CACHE}")  # ids come in no order
    columns = [columns for name, columns in INDEXES if name == "consents"]
    made = [create_index("consents", names) for names in columns]
    for statement in [*made, CREATE[1]]:
        connection.execute("DROP INDEX IF EXISTS " + statement.split(" ON ")[0].rpartition(" ")[2])
    yield
    for statement in [*made, *CREATE]:
        connection.execute(statement)


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

    def append(
        self,
        events: pd.DataFrame,
        *,
        permissions: pd.DataFrame | None = None,
        customers: Collection[str] | None = None,
    ) -> int:
        """Adds the events that are not there yet, all of them or, after an error, none.

        Args:
            events: Columns of `consents`, each with its event_id.
            permissions: The decisions that follow from them; None: the table stays as it is.
            customers: Of these customers; None: of all.

        Returns:
            The number of events added.

        Raises:
            StoreError: Locked, full, not writable; nothing was changed then.
        """
        frame = CONSENTS.check(events)
        with transaction(self.connection, self.path, self.lang):
            before = self._count()
            seal(self.connection)
            with _many(self.connection, len(frame), before):
                for names, rows in _rows(frame):
                    self._add(names, rows)
            added = self._count() - before
            if permissions is not None:
                add_permissions(self.connection, permissions, customers)
        with suppress(sqlite3.Error):  # a reader may hold the log; the next writer shortens it
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return added

    def _add(self, names: list[str], rows: list[tuple[Any, ...]]) -> None:
        """Adds some events and seals those that are new; the usual case, all of them, without reading back."""
        columns, marks = ", ".join(map(quote, names)), ", ".join("?" * len(names))
        done = self.connection.total_changes
        self.connection.executemany(f"INSERT OR IGNORE INTO consents ({columns}) VALUES ({marks})", rows)
        if self.connection.total_changes - done < len(rows):
            seal(self.connection)
            return
        for statement in CREATE:
            self.connection.execute(statement)
        content = sorted(name for name in names if name != "row")
        pick = itemgetter(*(names.index(name) for name in content))
        place = names.index("event_id")
        told = ((row[place], pick(row)) for row in rows)
        _seal_these(self.connection, _key(self.connection, None), content, told)

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

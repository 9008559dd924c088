"""Opening a store: what is no store, newer or not writable is refused with a sentence."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from crmclean.errors import StoreError
from crmclean.messages import Lang, say
from crmclean.store.layout import PLAIN
from crmclean.store.migrations import MIGRATIONS, SCHEMA_VERSION, columns_in, make_schema
from crmclean.store.mirror import VIEWS
from crmclean.store.statements import (
    APPLICATION_ID,
    INDEXES,
    UNIQUE,
    columns_of,
    create_index,
    create_unique,
    quote,
    table_named,
)

__all__ = ["SCHEMA_VERSION", "open_database", "refusal", "update_schema"]

MAGIC = b"SQLite format 3\x00"


def open_database(
    path: Path, *, create: bool, read_only: bool, wait: float, lang: Lang
) -> sqlite3.Connection:
    """An open connection to a store that was made by us, brought to the present schema.

    Args:
        path: The file.
        create: Make it if it is not there.
        read_only: Nothing is written, also no schema.
        wait: Seconds to wait while another program holds it.
        lang: Language of the errors.

    Raises:
        StoreError: There is none, it is something else, newer, locked or not writable.
    """
    _look(path, create=create and not read_only, lang=lang)
    if create and not read_only:
        _refuse_closed(path, lang)
    try:
        connection = _connect(path, read_only=read_only, wait=wait)
    except sqlite3.Error as error:
        raise refusal(error, path, lang) from error
    try:
        _verify(connection, path, lang, read_only=read_only)
        if not read_only:
            _at_rest_one_file(connection)
            connection.execute("PRAGMA synchronous = FULL")
            update_schema(connection)
    except sqlite3.Error as error:
        connection.close()
        raise refusal(error, path, lang) from error
    except StoreError:
        connection.close()
        raise
    return connection


def _look(path: Path, *, create: bool, lang: Lang) -> None:
    if path.is_dir():
        raise StoreError(say("store.folder", lang, path=path))
    if not path.exists():
        if not create:
            raise StoreError(say("store.none", lang, path=path), hint=say("store.none_hint", lang))
        if not path.parent.is_dir():
            raise StoreError(say("store.no_folder", lang, path=path.parent))
        return
    try:
        with path.open("rb") as file:
            head = file.read(len(MAGIC))
    except OSError as error:
        raise StoreError(say("store.unreadable", lang, path=path)) from error
    if head and head != MAGIC:
        raise StoreError(say("store.foreign", lang, path=path), hint=say("store.foreign_hint", lang))


def _refuse_closed(path: Path, lang: Lang) -> None:
    """Says at once, and not after minutes of calculating, that nothing can be saved here."""
    if not os.access(path if path.exists() else path.parent, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise StoreError(say("store.read_only", lang, path=path), hint=say("store.read_only_hint", lang))


def _connect(path: Path, *, read_only: bool, wait: float) -> sqlite3.Connection:
    if not read_only:
        return sqlite3.connect(path, timeout=wait, isolation_level=None)
    uri = path.absolute().as_uri()
    # able to write, so that SQLite can finish what a killed program left and take its side files away again
    mode = "rw" if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK) else "ro"
    connection = sqlite3.connect(f"{uri}?mode={mode}", uri=True, timeout=wait, isolation_level=None)
    try:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        if path.with_name(path.name + "-wal").exists() or path.with_name(path.name + "-journal").exists():
            raise
        # a folder that is not writable has no room for SQLite's side files; nobody can write there
        connection = sqlite3.connect(f"{uri}?immutable=1", uri=True, timeout=wait, isolation_level=None)
    return connection


def _at_rest_one_file(connection: sqlite3.Connection) -> None:
    """A file of version 1 had a log beside it; now all is in one file as soon as a run is saved."""
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "delete":
        with suppress(sqlite3.Error):  # another program is reading; the next opening will do it
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()


def _verify(connection: sqlite3.Connection, path: Path, lang: Lang, *, read_only: bool) -> None:
    mark = connection.execute("PRAGMA application_id").fetchone()[0]
    empty = connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0] == 0
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if mark != APPLICATION_ID and not (mark == 0 and empty and version == 0):
        raise StoreError(say("store.foreign", lang, path=path), hint=say("store.foreign_hint", lang))
    if version > SCHEMA_VERSION:
        raise StoreError(
            say("store.newer", lang, path=path, found=version, known=SCHEMA_VERSION),
            hint=say("store.newer_hint", lang),
        )
    if read_only and version < SCHEMA_VERSION:
        raise StoreError(
            say("store.older", lang, path=path, found=version, known=SCHEMA_VERSION),
            hint=say("store.older_hint", lang, path=path),
        )


def update_schema(connection: sqlite3.Connection) -> None:
    """Brings tables, columns, indexes and views to the present schema, in one transaction."""
    if _current(connection):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        for step in MIGRATIONS[version - 1 :] if version else ():
            step(connection)
        make_schema(connection)
        _add_columns(connection)
        for table, columns in INDEXES:
            connection.execute(create_index(table, columns))
        for table in UNIQUE:
            connection.execute(create_unique(table))
        for name, statement in VIEWS.items():
            connection.execute(f"DROP VIEW IF EXISTS {quote(name)}")
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # a second error would hide the first
            connection.execute("ROLLBACK")
        raise


def _current(connection: sqlite3.Connection) -> bool:
    if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
        return False
    found = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'").fetchall())
    whole = "content" in columns_in(connection, "chunk") and not any(_missing(connection, n) for n in PLAIN)
    return found == VIEWS and whole


def _missing(connection: sqlite3.Connection, name: str) -> list[tuple[str, str]]:
    """Declared columns that the table in the file lacks, with their part of the statement."""
    have = columns_in(connection, name)
    types = {"integer": "INTEGER", "flag": "INTEGER", "decimal": "REAL"}
    return [(c.name, types.get(c.type, "TEXT")) for c in columns_of(table_named(name)) if c.name not in have]


def _add_columns(connection: sqlite3.Connection) -> None:
    for table in PLAIN:
        for name, kind in _missing(connection, table):
            connection.execute(f"ALTER TABLE {quote(table)} ADD COLUMN {quote(name)} {kind}")


def refusal(error: sqlite3.Error, path: Path, lang: Lang) -> StoreError:
    """What an error of SQLite means, as a sentence."""
    text = str(error).lower()
    for word, key in (
        ("locked", "store.locked"),
        ("readonly", "store.read_only"),
        ("read-only", "store.read_only"),
        ("unable to open", "store.read_only"),
        ("full", "store.full"),
        ("malformed", "store.damaged"),
        ("not a database", "store.foreign"),
    ):
        if word in text:
            return StoreError(say(key, lang, path=path), hint=say(f"{key}_hint", lang))
    return StoreError(say("store.failed", lang, path=path, reason=str(error)))

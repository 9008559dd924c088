"""Stores of earlier versions brought to the present schema, step by step.

Version 1 kept each table as SQL rows with text keys; version 2 keeps groups of rows (`layout`); in
version 3 a group may have a patch, which programs of version 2 would not see.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from crmclean.schema import Table
from crmclean.store.layout import PLAIN, SCHEMA
from crmclean.store.mirror import MIRROR_SCHEMA
from crmclean.store.rows import frame_of
from crmclean.store.saving import Saving
from crmclean.store.statements import columns_of, create_table, quote
from crmclean.tables import TABLES

__all__ = ["MIGRATIONS", "SCHEMA_VERSION", "columns_in", "make_schema"]

_VIEWS_OF_1 = ("customer", "crosswalk", "permission")


def make_schema(connection: sqlite3.Connection) -> None:
    """The tables of the present schema, as far as they are not there."""
    for statement in (*SCHEMA, *MIRROR_SCHEMA):
        connection.execute(statement)
    if "content" not in columns_in(connection, "chunk"):
        connection.execute("ALTER TABLE chunk ADD COLUMN content BLOB")
    for table in TABLES:
        if table.name in PLAIN:
            connection.execute(create_table(table))


def columns_in(connection: sqlite3.Connection, table: str) -> set[str]:
    """The columns that a table of the file has; none if it is not there."""
    return {row[1] for row in connection.execute(f"PRAGMA table_info({quote(table)})").fetchall()}


def _groups_from_rows(connection: sqlite3.Connection) -> None:
    """Version 1 to 2."""
    for name in _VIEWS_OF_1:
        connection.execute(f"DROP VIEW IF EXISTS {quote(name)}")
    make_schema(connection)
    last = connection.execute("SELECT run_id, at FROM runs ORDER BY rowid DESC LIMIT 1").fetchone()
    saving = Saving(connection, last[0] if last else "", log=False)
    for table in TABLES:
        if table.name not in PLAIN and _is_there(connection, table.name):
            rows = _rows_of_1(connection, table)
            if rows:
                saving.write(table, frame_of(table, rows))
            connection.execute(f"DROP TABLE {quote(table.name)}")
    saving.finish(last[1] if last else None)


def _is_there(connection: sqlite3.Connection, name: str) -> bool:
    return (
        connection.execute(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)
        ).fetchone()
        is not None
    )


def _rows_of_1(connection: sqlite3.Connection, table: Table[Any]) -> list[tuple[Any, ...]]:
    """The rows of a table, in the columns of today; what the file did not have yet is missing."""
    have = columns_in(connection, table.name)
    names = ", ".join(quote(c.name) if c.name in have else "NULL" for c in columns_of(table))
    return connection.execute(f"SELECT {names} FROM {quote(table.name)} ORDER BY rowid").fetchall()  # noqa: S608  declared names


# the step from version n to n + 1 stands at place n - 1; columns that a declaration gains need no step
MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_groups_from_rows, make_schema)
SCHEMA_VERSION = len(MIGRATIONS) + 1

"""What only the owner of the whole file can do for an erasure: small tables, free pages, a last look."""

# ruff: noqa: S608  names of tables come from the file's own schema and are quoted

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from crmclean.messages import Lang
from crmclean.store.opening import refusal
from crmclean.store.statements import quote

__all__ = ["compact", "forget_people", "remains_of"]


def forget_people(
    connection: sqlite3.Connection, records: Sequence[tuple[str, str]], customer_id: str
) -> None:
    """Takes the decisions and locks about a person out; inside a transaction."""
    for source, record_id in records:
        party = f"{source}:{record_id}/"
        for column in ("party_l", "party_r"):
            connection.execute(f"DELETE FROM decisions WHERE substr({column}, 1, ?) = ?", (len(party), party))
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'locks'").fetchone():
        connection.execute("DELETE FROM locks WHERE customer_id = ?", (customer_id,))


def compact(connection: sqlite3.Connection, path: Path, lang: Lang) -> None:
    """Writes the file anew without its free pages and empties the log.

    Raises:
        StoreError: Somebody else holds the file, or the disk is full.
    """
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise refusal(error, path, lang) from error


def remains_of(connection: sqlite3.Connection, values: Sequence[str]) -> tuple[str, ...]:
    """The tables, as ``table.column``, in which one of the values still stands.

    Args:
        connection: Of the store.
        values: Addresses and numbers in lower case.
    """
    found: list[str] = []
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    for (table,) in tables:
        for _, column, kind, *_ in connection.execute(f"PRAGMA table_info({quote(table)})").fetchall():
            if kind.upper() != "TEXT":
                continue
            for value in values:
                row = connection.execute(
                    f"SELECT 1 FROM {quote(table)} WHERE instr(lower({quote(column)}), ?) LIMIT 1", (value,)
                ).fetchone()
                if row is not None:
                    found.append(f"{table}.{column}")
                    break
    return tuple(found)

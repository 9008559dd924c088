"""The tables that are plain SQL tables: ledgers and the list of runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from crmclean.schema import Table
from crmclean.store.rows import frame_of, rows_of
from crmclean.store.statements import count_rows, insert_row, select, select_distinct

__all__ = ["count_plain", "distinct_plain", "insert_plain", "load_plain"]

_MANY = 500  # values bound in one statement; SQLite's own limit is 999 in old builds


def insert_plain(connection: sqlite3.Connection, table: Table[Any], frame: pd.DataFrame) -> None:
    """Adds rows; in a ledger only new ones, in the list of runs in place of the row of their key."""
    statement = insert_row(table)
    for rows in rows_of(table, frame):
        connection.executemany(statement, rows)


def load_plain(
    connection: sqlite3.Connection, table: Table[Any], where: Mapping[str, Sequence[str]] | None
) -> pd.DataFrame:
    """The declared frame, in the order of saving; with `where` only rows that have one of the values in every column."""
    if not where:
        return frame_of(table, connection.execute(select(table)).fetchall())
    wanted = {column: sorted(set(values)) for column, values in where.items()}
    # the longest list is cut into parts, the others are bound whole
    first = max(wanted, key=lambda column: len(wanted[column]))
    others = {column: values for column, values in wanted.items() if column != first}
    bound = [v for values in others.values() for v in values]
    rows: list[tuple[Any, ...]] = []
    for start in range(0, len(wanted[first]), _MANY):
        part = wanted[first][start : start + _MANY]
        sizes = {first: len(part)} | {column: len(values) for column, values in others.items()}
        rows.extend(connection.execute(select(table, sizes), [*part, *bound]).fetchall())
    return frame_of(table, rows)


def distinct_plain(
    connection: sqlite3.Connection, table: Table[Any], column: str, equal: Mapping[str, str]
) -> list[str]:
    """The distinct values of a column, sorted; missing left out."""
    rows = connection.execute(select_distinct(table, column, list(equal)), list(equal.values())).fetchall()
    return [str(row[0]) for row in rows]


def count_plain(connection: sqlite3.Connection, table: Table[Any]) -> int:
    """The number of rows."""
    return int(connection.execute(count_rows(table)).fetchone()[0])

"""The schema of the store and its statements, made of the declarations in `tables.py`.

Names come from there and are always quoted; values are bound; nothing a user typed becomes part of
a statement.
"""

# ruff: noqa: S608  statements are built here and nowhere else, of declared names only

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crmclean.schema import Column, Table
from crmclean.tables import TABLES

__all__ = [
    "APPLICATION_ID",
    "INDEXES",
    "LEDGERS",
    "OPEN_COLUMNS",
    "UNIQUE",
    "columns_of",
    "count_rows",
    "create_index",
    "create_row_table",
    "create_table",
    "create_unique",
    "insert_row",
    "quote",
    "require_columns",
    "select",
    "select_distinct",
    "table_named",
]

APPLICATION_ID = 0x63726D63  # "crmc": marks our files in the header of SQLite
LEDGERS = ("consents", "decisions", "locks")  # rows never change
# what makes a row of a history the same row; decisions have no key, so all they say is one
UNIQUE: Mapping[str, tuple[str, ...]] = {
    "consents": ("event_id",),
    "decisions": ("party_l", "party_r", "decision", "actor", "at", "reason"),
    "locks": (
        "customer_id",
        "field",
        "value",
        "source",
        "record_id",
        "state",
        "actor",
        "at",
        "reason",
        "expires",
    ),
    "runs": ("run_id",),
}
# undeclared columns of an open table lie together as JSON, records (of version 1) also have a digest of it
OPEN_COLUMNS: Mapping[str, tuple[str, ...]] = {"records": ("raw", "hash"), "consents": ("extra",)}
INDEXES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("consents", ("source", "record_id")),
    ("consents", ("contact_point",)),
)
_SQL_TYPES = {"integer": "INTEGER", "flag": "INTEGER", "decimal": "REAL"}


def quote(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def table_named(name: str) -> Table[Any]:
    """The declaration of a table.

    Raises:
        KeyError: There is none: a programming error.
    """
    return {table.name: table for table in TABLES}[name]


def columns_of(table: Table[Any]) -> tuple[Column, ...]:
    """The declared columns and, for an open table, those that hold the rest."""
    extra = tuple(Column(name, "text", "undeclared columns") for name in OPEN_COLUMNS.get(table.name, ()))
    return (*table.columns, *extra)


def create_table(table: Table[Any]) -> str:
    """The statement that makes the table."""
    columns = ", ".join(f"{quote(c.name)} {_SQL_TYPES.get(c.type, 'TEXT')}" for c in columns_of(table))
    return f"CREATE TABLE IF NOT EXISTS {quote(table.name)} ({columns})"


def create_row_table(table: Table[Any], names: Sequence[str]) -> str:
    """The statement that makes a table of these columns, declared ones and further ones."""
    types = {c.name: _SQL_TYPES.get(c.type, "TEXT") for c in table.columns}
    columns = ", ".join(f"{quote(name)} {types.get(name, 'TEXT')}" for name in names)
    return f"CREATE TABLE {quote(table.name)} ({columns})"


def create_index(table: str, columns: Sequence[str]) -> str:
    """The statement that makes an index."""
    names = ", ".join(quote(c) for c in columns)
    index = quote(f"{table}_by_{'_'.join(columns)}")
    return f"CREATE INDEX IF NOT EXISTS {index} ON {quote(table)} ({names})"


def create_unique(table: str) -> str:
    """The statement that keeps each row of a history once; a missing value equals a missing value."""
    columns = UNIQUE[table]
    names = (
        quote(columns[0]) if len(columns) == 1 else ", ".join(f"COALESCE({quote(c)}, '')" for c in columns)
    )
    return f"CREATE UNIQUE INDEX IF NOT EXISTS {quote(table + '_once')} ON {quote(table)} ({names})"


def select(table: Table[Any], among: Mapping[str, int] | None = None) -> str:
    """All columns of `columns_of`, in the order of saving.

    Args:
        table: The table.
        among: Column = number of values bound, one of which the row must have.
    """
    names = ", ".join(quote(c.name) for c in columns_of(table))
    terms = [f"{quote(column)} IN ({_marks(number)})" for column, number in (among or {}).items()]
    condition = f" WHERE {' AND '.join(terms)}" if terms else ""
    return f"SELECT {names} FROM {quote(table.name)}{condition} ORDER BY rowid"


def select_distinct(table: Table[Any], column: str, equal: Sequence[str]) -> str:
    """The distinct values of a column where others equal what is bound."""
    terms = [f"{quote(column)} IS NOT NULL", *(f"{quote(name)} = ?" for name in equal)]
    return f"SELECT DISTINCT {quote(column)} FROM {quote(table.name)} WHERE {' AND '.join(terms)} ORDER BY 1"


def count_rows(table: Table[Any]) -> str:
    """The number of rows."""
    return f"SELECT COUNT(*) FROM {quote(table.name)}"


def insert_row(table: Table[Any]) -> str:
    """A row more; in a ledger only if it is new, in a registry in place of the row of its key."""
    columns = [quote(c.name) for c in columns_of(table)]
    how = "INSERT OR IGNORE" if table.name in LEDGERS else "INSERT"
    update = ""
    if table.name not in LEDGERS:
        update = f" ON CONFLICT ({quote(table.key[0])}) DO UPDATE SET " + ", ".join(
            f"{c} = excluded.{c}" for c in columns
        )
    return f"{how} INTO {quote(table.name)} ({', '.join(columns)}) VALUES ({_marks(len(columns))}){update}"


def _marks(number: int) -> str:
    return ", ".join("?" * number)


def require_columns(table: Table[Any], columns: Sequence[str]) -> None:
    """Nothing, where a table declares all these columns.

    Raises:
        KeyError: With the first that it does not.
    """
    for column in columns:
        if column not in table.names:
            raise KeyError(column)

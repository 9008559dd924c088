"""Customers, crosswalk and permissions into tables of a database, over SQLAlchemy: upsert, in one transaction.

Rows are found by their key: what is there is changed, what is new is added, nothing is ever deleted.
A row that the export has no more (a customer merged into another) stays with ``gone`` true; a
permission that is gone allows nothing. Tables are made where they are not there. Names in statements
are those declared here, values always parameters. Passwords stand in no message. Needs the extra
``crmclean[sql]`` and, but for SQLite, the database's driver.
Source: SQLAlchemy 2, "INSERT...ON CONFLICT" of the dialects SQLite and PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crmclean.errors import ConfigError, StoreError
from crmclean.messages import Lang, say
from crmclean.schema import ColumnType
from crmclean.tables import TABLES

__all__ = ["SQL_TABLES", "Upserted", "upsert_tables"]

SQL_TABLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "customers": ("crmclean_customers", ("customer_id",)),
    "crosswalk": ("crmclean_crosswalk", ("source", "record_id")),
    "consent": ("crmclean_permissions", ("customer_id", "channel", "purpose", "contact_point")),
}
"""Table of an export -> name in the database and key."""
_TYPES: dict[str, ColumnType] = {c.name: c.type for table in TABLES for c in table.columns}
_DIALECTS = ("sqlite", "postgresql")
_BATCH = 5_000
_GONE = "gone"


@dataclass(frozen=True, slots=True)
class Upserted:
    """What became of one table of the database.

    Args:
        table: Its name there.
        rows: Rows of the export, added or changed.
        gone: Rows that the export has no more.
    """

    table: str
    rows: int
    gone: int


def upsert_tables(tables: Mapping[str, pd.DataFrame], url: str, *, lang: Lang = "en") -> list[Upserted]:
    """Brings the tables of a database up to date; all of it or nothing.

    Args:
        tables: By the names in `SQL_TABLES`; others are refused.
        url: Database URL, such as ``postgresql+psycopg://host/base`` or ``sqlite:///crm.sqlite``.
        lang: Language of errors.

    Raises:
        ConfigError: No database URL, the extra or the driver is missing, another kind of database.
        StoreError: The database cannot be reached or refuses; nothing was changed.
    """
    engine = _engine(url, lang)
    try:
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with engine.begin() as connection:
                return [_upsert(connection, name, frame, lang) for name, frame in tables.items()]
        except SQLAlchemyError as error:  # the driver's words may quote values of a row
            reason = type(getattr(error, "orig", None) or error).__name__
            raise StoreError(
                say("write.sql.refused", lang, base=_shown(engine), reason=reason),
                hint=say("write.sql.refused_hint", lang),
            ) from None
    finally:
        engine.dispose()


def _engine(url: str, lang: Lang) -> Any:
    """The engine of a URL; errors name the kind of database alone, for a URL may hold a password."""
    try:
        from sqlalchemy import create_engine
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError
    except ImportError as error:
        raise ConfigError(say("write.sql.extra", lang), hint="pip install crmclean[sql]") from error
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigError(say("write.sql.url", lang), hint=say("write.sql.url_hint", lang)) from None
    if parsed.get_backend_name() not in _DIALECTS:
        raise ConfigError(
            say("write.sql.dialect", lang, dialect=parsed.get_backend_name()),
            hint=say("write.sql.url_hint", lang),
        )
    try:
        engine = create_engine(parsed, hide_parameters=True)
    except (ImportError, NoSuchModuleError):
        raise ConfigError(
            say("write.sql.driver", lang, dialect=parsed.drivername), hint=say("write.sql.driver_hint", lang)
        ) from None
    if parsed.get_backend_name() == "sqlite":
        _with_transactions(engine)
    return engine


def _with_transactions(engine: Any) -> None:
    """Python's SQLite driver begins a transaction late, after tables are made: here it begins at once."""
    from sqlalchemy import event

    def plain(connection: Any, _: Any) -> None:
        connection.isolation_level = None

    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine, "connect", plain)
    event.listen(engine, "begin", begin)


def _shown(engine: Any) -> str:
    host = f"{engine.url.host}/" if engine.url.host else ""
    return f"{engine.url.get_backend_name()} {host}{engine.url.database or ''}"


def _upsert(connection: Any, name: str, frame: pd.DataFrame, lang: Lang) -> Upserted:
    from sqlalchemy import bindparam, func, select

    if name not in SQL_TABLES:
        raise ConfigError(f"table {name!r} goes into no database")
    table = _declared(name, frame)
    table.create(connection, checkfirst=True)
    _same_columns(connection, table, lang)
    keys = SQL_TABLES[name][1]
    connection.execute(table.update().values({_GONE: True}))
    statement = _statement(connection.dialect.name, table, keys)
    for rows in _batches(frame, keys):
        connection.execute(statement, rows)
    if name == "consent":
        gone: dict[str, Any] = {"allowed": bindparam("denied"), "reason": bindparam("because")}
        lost = table.update().where(table.c[_GONE]).values(gone)
        connection.execute(lost, {"denied": False, "because": _GONE})
    count = select(func.count()).select_from(table).where(table.c[_GONE])
    return Upserted(table.name, len(frame), int(connection.execute(count).scalar_one()))


def _declared(name: str, frame: pd.DataFrame) -> Any:
    """The table as it is in the database, its columns those of the export and `gone`."""
    from sqlalchemy import BigInteger, Boolean, Column, Float, MetaData, Table, Text

    called, keys = SQL_TABLES[name]
    kinds = {"integer": BigInteger, "decimal": Float, "flag": Boolean}
    columns = [
        Column(
            column,
            kinds.get(_TYPES.get(column, "text"), Text)(),
            primary_key=column in keys,
            nullable=column not in keys,
        )
        for column in map(str, frame.columns)
    ]
    return Table(called, MetaData(), *columns, Column(_GONE, Boolean(), nullable=False))


def _same_columns(connection: Any, table: Any, lang: Lang) -> None:
    """Refuses a table of the same name that is another one.

    Raises:
        StoreError: It lacks a column.
    """
    from sqlalchemy import inspect

    have = {column["name"] for column in inspect(connection).get_columns(table.name)}
    lack = sorted(column.name for column in table.columns if column.name not in have)
    if lack:
        raise StoreError(
            say("write.sql.columns", lang, table=table.name, column=lack[0]),
            hint=say("write.sql.columns_hint", lang),
        )


def _statement(dialect: str, table: Any, keys: tuple[str, ...]) -> Any:
    """Insert, or change the row that has the key."""
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_postgresql

        statement: Any = insert_postgresql(table)
    else:
        from sqlalchemy.dialects.sqlite import insert as insert_sqlite

        statement = insert_sqlite(table)
    changed = {
        column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys
    }
    return statement.on_conflict_do_update(index_elements=list(keys), set_=changed)


def _batches(frame: pd.DataFrame, keys: tuple[str, ...]) -> Iterator[list[dict[str, Any]]]:
    """Rows as parameters; missing is NULL, in a key the empty text. Keys are sorted: no two runs lock each other."""
    ordered = frame.assign(**{key: frame[key].fillna("") for key in keys}).sort_values(list(keys))
    names = [str(name) for name in ordered.columns]
    for first in range(0, len(ordered), _BATCH):
        part = ordered.iloc[first : first + _BATCH]
        columns = [_plain(part.iloc[:, at]) for at in range(len(names))]
        yield [{**dict(zip(names, row, strict=True)), _GONE: False} for row in zip(*columns, strict=True)]


def _plain(values: pd.Series) -> list[Any]:
    """Python values without NUL, which no database's text holds; missing is None."""
    if pd.api.types.is_string_dtype(values.dtype):
        return [None if pd.isna(v) else str(v).replace("\0", "") for v in values.tolist()]
    return [None if pd.isna(v) else v for v in values.tolist()]

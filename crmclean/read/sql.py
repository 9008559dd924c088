"""Databases become raw tables: the rows of one query, or of one table, over SQLAlchemy.

An input is a database URL with a query behind ``#``: ``sqlite:///shop.db#SELECT * FROM customers``; a
single word is the name of a table. A caller may hand in an engine or a connection instead. What the
query does is rolled back where the connection is ours. Passwords stand in no message and in no error
that comes after; nor do the words of a driver about values. Needs the extra ``crmclean[sql]``.
Source: SQLAlchemy 2, "Database URLs" and "Working with Driver SQL".
"""

from __future__ import annotations

import re
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pandas as pd

from crmclean.config import ReadConfig
from crmclean.errors import ReadError
from crmclean.read.frames import read_frame
from crmclean.read.raw import RawTable
from crmclean.read.refusal import refuse

__all__ = ["configured_query", "is_database", "read_sql", "split_query"]

_URL = re.compile(r"(?:sql:)?([a-z][a-z0-9_]*(?:\+[a-z0-9_]+)?)://", re.IGNORECASE)
_FILES = frozenset({"http", "https", "ftp", "sftp", "file", "s3", "gs", "abfs"})
_TABLE = re.compile(r"(?:(\w+)\.)?(\w+)")
_FROM = re.compile(r"\bfrom\s+[\"`\[]?(?:\w+[\"`\]]?\.[\"`\[]?)?(\w+)", re.IGNORECASE)
_BATCH = 10_000
_LONGEST = 200


def is_database(text: str) -> bool:
    """Whether a text is a database URL and no path.

    Example:
        >>> is_database("sqlite:///shop.db#customers"), is_database("C:/data/erp.csv")
        (True, False)
    """
    found = _URL.match(text)
    return found is not None and found[1].lower() not in _FILES


def split_query(text: str) -> tuple[str, str]:
    """URL and query of ``URL#QUERY``; the query is empty where none is given.

    Example:
        >>> split_query("sql:sqlite:///shop.db#select * from customers")
        ('sqlite:///shop.db', 'select * from customers')
    """
    url, _, query = text.removeprefix("sql:").partition("#")
    return url, query.strip()


def configured_query(name: str, config: ReadConfig) -> tuple[str, str] | None:
    """URL and query that the configuration gives a source, None for other sources."""
    said = config.sources.get(name)
    return (said.sql_url, said.sql_query) if said is not None and said.sql_url else None


def read_sql(database: Any, query: str, *, named: str = "") -> RawTable:
    """The rows of a query as text.

    Args:
        database: Database URL, SQLAlchemy engine or connection.
        query: A SELECT, or the name of a table.
        named: Source name that the caller gave; else the table's name.

    Raises:
        ReadError: The extra or the driver is missing, the database cannot be reached, the query is
            wrong or gives no rows.
    """
    name = named or _table_name(query)
    if not query:
        raise refuse("sql_no_query", file=name)
    frame = _rows(database, query, name)
    table = read_frame(frame, named=named)
    return RawTable(
        table.frame,
        table.lines,
        "",
        "",
        name,
        "sql",
        sha256=table.sha256,
        named=named,
        findings=table.findings,
    )


def _table_name(query: str) -> str:
    found = _TABLE.fullmatch(query)
    if found:
        return found[2]
    first = _FROM.search(query)
    return first[1] if first else "sql"


def _rows(database: Any, query: str, name: str) -> pd.DataFrame:
    """The cells of the result as the driver gives them.

    Raises:
        ReadError: See `read_sql`.
    """
    try:
        from sqlalchemy import exc
    except ImportError:
        raise refuse("sql_extra", file=name) from None
    try:
        with _connected(database, name) as connection:
            return _result(connection, query, name)
    except ReadError:
        raise
    except exc.DataError:
        raise refuse("sql_value", file=name) from None
    except exc.DBAPIError as error:
        raise refuse("sql_failed", file=name, cause=_cause(error, database)) from None
    except exc.NoSuchTableError:
        raise refuse("sql_failed", file=name, cause="no such table") from None
    except (exc.SQLAlchemyError, UnicodeError, ValueError, OverflowError) as error:
        raise refuse("sql_failed", file=name, cause=type(error).__name__) from None


def _connected(database: Any, name: str) -> AbstractContextManager[Any]:
    """An open connection: the caller's own, or one that is closed and rolled back at the end."""
    if not isinstance(database, str):
        if hasattr(database, "exec_driver_sql"):
            return nullcontext(database)
        if hasattr(database, "connect") and hasattr(database, "dialect"):
            return database.connect()  # type: ignore[no-any-return]  # an engine of SQLAlchemy
        raise refuse("sql_no_database", file=name)
    from sqlalchemy import create_engine, exc, make_url, pool

    try:
        url = make_url(database)
        _refuse_missing_file(url.get_backend_name(), url.database)
        return create_engine(url, poolclass=pool.NullPool).connect()
    except ReadError:
        raise
    except exc.NoSuchModuleError:
        raise refuse("sql_dialect", file=name, kind=database.partition(":")[0]) from None
    except ImportError as error:
        raise refuse("sql_driver", file=name, kind=error.name or "") from None
    except (exc.ArgumentError, ValueError):
        # Their words repeat parts of the URL, and with it of the password.
        raise refuse("sql_url", file=name) from None


def _refuse_missing_file(backend: str, database: str | None) -> None:
    """SQLite makes a file that is not there: reading must not."""
    if backend != "sqlite" or not database or database == ":memory:" or database.startswith("file:"):
        return
    if not Path(database).is_file():
        raise refuse("missing", file=Path(database).name)


def _result(connection: Any, query: str, name: str) -> pd.DataFrame:
    from sqlalchemy import literal_column, select, table

    found = _TABLE.fullmatch(query)
    if found:
        result = connection.execute(select(literal_column("*")).select_from(table(found[2], schema=found[1])))
    else:
        # The driver's own form: with text() a colon in the query would be a parameter.
        result = connection.exec_driver_sql(query, execution_options={"no_parameters": True})
    if not result.returns_rows:
        raise refuse("sql_no_rows", file=name)
    names = [str(column) for column in result.keys()]  # noqa: SIM118  no dictionary
    columns: list[list[Any]] = [[] for _ in names]
    for batch in result.partitions(_BATCH):
        for column, cells in zip(columns, zip(*batch, strict=True), strict=True):
            column.extend(cells)
    frame = pd.DataFrame({i: pd.Series(cells, dtype="object") for i, cells in enumerate(columns)})
    return frame.set_axis(names, axis=1)


def _cause(error: Any, database: Any) -> str:
    """What the database said, where that is about the query or the connection: never about values."""
    if type(error).__name__ not in {"OperationalError", "ProgrammingError", "InterfaceError"}:
        return str(type(error).__name__)
    words = " ".join(str(error.orig).split())[:_LONGEST]
    for secret in sorted(_secrets(database), key=len, reverse=True):
        words = words.replace(secret, "***")
    return words


def _secrets(database: Any) -> set[str]:
    """The password in every spelling it may be repeated in."""
    from sqlalchemy import make_url

    url = make_url(database) if isinstance(database, str) else getattr(database, "url", None)
    engine = getattr(database, "engine", None)
    url = url if url is not None else getattr(engine, "url", None)
    password = None if url is None else url.password
    found = {str(password)} if password else set()
    if isinstance(database, str) and password:
        found.add(database.partition("://")[2].rpartition("@")[0].partition(":")[2])
    return {secret for secret in found if secret}

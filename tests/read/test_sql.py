"""Queries over a database become tables like any file; passwords stay unsaid."""

from __future__ import annotations

import builtins
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy

from crmclean.config import config_from
from crmclean.errors import ReadError
from crmclean.read import load_tables, read_records

ROWS = [
    (1, "Ida", "01067", 12.0, "2024-05-01", None),
    (2, "Ole", "8001", None, None, b"Z\xc3\xbcrich"),
]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A shop's database with one table."""
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.execute(
            'CREATE TABLE customers (id INTEGER, Vorname TEXT, PLZ TEXT, Umsatz REAL, "Erstellt am" TEXT, Ort BLOB)'
        )
        connection.executemany("INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?)", ROWS)
    connection.close()
    return path


@pytest.mark.parametrize(
    "query", ["customers", "main.customers", "SELECT * FROM customers -- 12:30 :all 100%\n WHERE 1 = 1"]
)
def test_a_query_or_a_table(shop: Path, query: str) -> None:
    """All cells are text, missing ones missing; colons and percent signs in a query mean nothing."""
    [table] = load_tables([f"sqlite:///{shop.as_posix()}#{query}"])
    assert (table.stem, table.format, table.lines.tolist()) == ("customers", "sql", [1, 2])
    assert table.frame["PLZ"].tolist() == ["01067", "8001"]
    assert table.frame["Umsatz"].fillna("").tolist() == ["12", ""]
    assert table.frame["Ort"].fillna("").tolist() == ["", "Zürich"]


def test_engines_connections_and_the_configuration(shop: Path) -> None:
    """The same rows whichever way the database is named."""
    url = f"sqlite:///{shop.as_posix()}"
    engine = sqlalchemy.create_engine(url)
    config = config_from({"read": {"sources": {"erp": {"sql_url": url, "sql_query": "customers"}}}}).read
    with engine.connect() as connection:
        results = [
            read_records([("erp", engine, "customers")]),
            read_records([("erp", connection, "SELECT * FROM customers")]),
            read_records([("erp", url, "customers")]),
            read_records([("erp", f"sql:{url}#customers")]),
            read_records(["erp"], config),
        ]
    engine.dispose()
    for result in results:
        assert result.records["source"].tolist() == ["erp", "erp"]
        assert result.records["postal_code"].tolist() == ["01067", "8001"]
        assert result.sources["file"].tolist() == ["erp"]


def test_a_joined_table_may_have_a_name_twice(shop: Path) -> None:
    """As in any file, with a finding."""
    query = "SELECT a.id, b.id FROM customers a JOIN customers b ON a.id = b.id"
    [table] = load_tables([f"sqlite:///{shop.as_posix()}#{query}"])
    assert list(table.frame.columns) == ["id", "id.2"]
    assert "duplicate_header" in {f["code"] for f in table.findings}


def test_an_empty_result_is_an_empty_table(shop: Path) -> None:
    """Its columns are known."""
    query = "SELECT id, PLZ FROM customers WHERE id > 9"
    [table] = load_tables([f"sqlite:///{shop.as_posix()}#{query}"])
    assert list(table.frame.columns) == ["id", "PLZ"]
    assert len(table.frame) == 0


def test_nothing_is_changed(shop: Path) -> None:
    """A statement that writes gives no rows and is rolled back."""
    statement = "DELETE FROM customers"
    with pytest.raises(ReadError, match="none that gives rows"):
        load_tables([f"sqlite:///{shop.as_posix()}#{statement}"])
    [table] = load_tables([f"sqlite:///{shop.as_posix()}#customers"])
    assert len(table.frame) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sqlite:///{shop}", "names no table"),
        ("sqlite:///{shop}#nobody", "no such table"),
        ("sqlite:///{shop}.old#customers", "there is no file shop.db.old"),
        ("{shop}", "is an SQLite database"),
        ("unheardof://anna:secret%21@host/db#customers", "unheardof is no kind of database"),
        ("postgresql+nodriver://anna:secret%21@host/db#customers", "no kind of database"),
        ("postgresql://anna:secret%21@host:secret!/db#customers", "cannot be understood"),
    ],
)
def test_refusals_have_a_hint_and_no_password(shop: Path, text: str, said: str) -> None:
    """Whatever is wrong, the sentence says what; the password is in none of its causes."""
    with pytest.raises(ReadError) as caught:
        load_tables([text.format(shop=shop.as_posix())])
    assert said in caught.value.message
    assert caught.value.hint
    assert "secret" not in f"{caught.value} {caught.value.hint}"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_words_of_a_driver_lose_the_password() -> None:
    """A driver that repeats its URL does not give the password away."""
    from crmclean.read.sql import _cause

    words = sqlite3.OperationalError("login of anna with geheim#1 and geheim%231 failed")
    error = sqlalchemy.exc.OperationalError("select 1", None, words)
    url = "postgresql://anna:geheim%231@host/db"
    assert _cause(error, url) == "login of anna with *** and *** failed"
    value = sqlalchemy.exc.DataError("select 1", None, sqlite3.DataError("invalid number: Anna Meier"))
    assert _cause(value, url) == "DataError"


def test_without_the_extra(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names what to install."""
    real = builtins.__import__

    def lacking(name: str, *rest: object, **named: object) -> object:
        if name.startswith("sqlalchemy"):
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", lacking)
    with pytest.raises(ReadError) as caught:
        load_tables([f"sqlite:///{shop.as_posix()}#customers"])
    assert "crmclean[sql]" in caught.value.hint


def test_a_value_the_driver_cannot_read_is_named_as_such(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's 'infinity' and days before Christ fail in the driver: the hint says what to do."""

    def fail(*_: object) -> None:
        raise sqlalchemy.exc.DataError("select 1", None, sqlite3.DataError("date too large (after year 10K)"))

    monkeypatch.setattr("crmclean.read.sql._result", fail)
    with pytest.raises(ReadError) as caught:
        read_records([f"sqlite:///{shop}#customers"])
    assert "cannot be handed over" in str(caught.value)
    assert "text" in (caught.value.hint or "")
    assert "10K" not in str(caught.value)

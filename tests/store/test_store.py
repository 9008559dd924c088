"""The store keeps what it is given, whole or not at all."""

from __future__ import annotations

import sqlite3
import threading

import pandas as pd
import pytest

from crmclean.errors import NotFoundError, StoreError, TableError
from crmclean.store import SCHEMA_VERSION, Store
from crmclean.store.mirror import VIEWS
from crmclean.store.opening import refusal
from crmclean.tables import (
    CONSENTS,
    CUSTOMERS,
    DECISIONS,
    IDENTITIES,
    MEMBERS,
    ORDERS,
    PARTIES,
    PERMISSIONS,
    RECORDS,
    TABLES,
)

RUN = {"at": "2026-01-31T00:00:00Z", "version": "0.1.0", "command": "run", "records": 2, "customers": 1}


@pytest.fixture
def path(tmp_path):
    """Where the store lies."""
    return tmp_path / "crmclean.db"


def sample():
    """One table of each habit: replaced, open, with numbers and flags."""
    records = pd.DataFrame(
        {
            "source": ["a", "a"],
            "record_id": ["1", "2"],
            "row": [2, 3],
            "email": ["x@example.org", None],
            "city": [None, "Köln"],
        }
    )
    parties = pd.DataFrame(
        {
            "party": ["a:1/person", "a:2/person"],
            "source": "a",
            "record_id": ["1", "2"],
            "kind": "person",
            "revenue": [2.5, None],
            "is_test": [True, False],
        }
    )
    members = pd.DataFrame(
        {
            "customer_id": ["c1", "c1"],
            "party": ["a:1/person", "a:2/person"],
            "source": "a",
            "record_id": ["1", "2"],
            "kind": "person",
            "is_primary": [True, True],
        }
    )
    customers = pd.DataFrame(
        {
            "customer_id": "c1",
            "field": ["given_name", "email", "email"],
            "value": ["Ada", "x@example.org", "y@example.org"],
            "is_primary": [True, True, False],
            "source": "a",
            "record_id": ["1", "1", "2"],
            "rule": "only",
            "records": 1,
        }
    )
    permissions = pd.DataFrame(
        {
            "customer_id": ["c1"],
            "channel": "email",
            "purpose": "marketing",
            "allowed": [False],
            "reason": "NONE",
        }
    )
    return {
        "records": RECORDS.check(records),
        "parties": PARTIES.check(parties),
        "members": MEMBERS.check(members),
        "customers": CUSTOMERS.check(customers),
        "permissions": PERMISSIONS.check(permissions),
    }


def dump(path):
    """All content of the file as SQL."""
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def test_tables_come_back_as_they_went_in(path):
    """Types, missing values, order and the columns of open tables survive."""
    tables = sample()
    with Store(path) as store:
        store.save_run(tables, RUN)
    with Store(path) as store:
        for name, frame in tables.items():
            loaded = store.load(name)
            pd.testing.assert_frame_equal(loaded[list(frame.columns)] if name == "records" else loaded, frame)
        assert store.count("customers") == 3
        assert store.check() == []


def test_every_table_works_empty(path):
    """All declared tables can be saved and loaded without rows."""
    with Store(path) as store:
        store.save_run({t.name: t.empty() for t in TABLES}, RUN)
        for table in TABLES:
            if table.name != "runs":
                pd.testing.assert_frame_equal(store.load(table.name), table.empty())


def test_same_run_twice_changes_nothing(path):
    """Byte for byte the same content."""
    with Store(path) as store:
        store.save_run(sample(), RUN)
    first = dump(path)
    with Store(path) as store:
        store.save_run(sample(), RUN)
    assert dump(path) == first


def test_current_tables_are_replaced_and_others_stay(path):
    """A table that is given replaces what was there, a table that is not given stays."""
    with Store(path) as store:
        store.save_run(sample(), RUN)
        store.save_run({"customers": CUSTOMERS.empty()}, {**RUN, "at": "2026-02-28T00:00:00Z"})
        assert store.count("customers") == 0
        assert store.count("members") == 2
        assert store.history()["at"].tolist() == ["2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z"]
        assert store.last_run()["at"] == "2026-02-28T00:00:00Z"


def test_consents_are_appended_once(path):
    """An event that is there already is not changed and not doubled; further columns are kept."""
    event = {"event_id": "e1", "event": "granted", "channel": "email", "note": "box"}
    first = CONSENTS.check(pd.DataFrame([event]))
    second = CONSENTS.check(
        pd.DataFrame([{**event, "event": "changed"}, {**event, "event_id": "e2", "event": "withdrawn"}])
    )
    with Store(path) as store:
        store.save_run({"consents": first}, RUN)
        store.save_run({"consents": second}, {**RUN, "command": "again"})
        loaded = store.load("consents")
    assert loaded["event"].tolist() == ["granted", "withdrawn"]
    assert loaded["note"].tolist() == ["box", "box"]


def test_decisions_are_appended_once(path):
    """The same decision saved again is one; another time makes it another."""
    row = {"party_l": "a", "party_r": "b", "decision": "same", "at": "2026-01-01T00:00:00Z"}
    with Store(path) as store:
        for at in ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"):
            store.save_run({"decisions": DECISIONS.check(pd.DataFrame([{**row, "at": at}]))}, RUN)
        assert store.count("decisions") == 2


def identities(*rows):
    """Identities written (id, merged_into)."""
    made = [
        {
            "customer_id": i,
            "kind": "person",
            "anchor": i,
            "status": "merged" if m else "active",
            "merged_into": m,
        }
        for i, m in rows
    ]
    return IDENTITIES.check(pd.DataFrame(made))


def test_resolve_follows_the_chain(path):
    """Every id ever issued has an answer, also after later runs that do not name it."""
    with Store(path) as store:
        store.save_run({"identities": identities(("a", None), ("b", None))}, RUN)
        store.save_run({"identities": identities(("a", "b"))}, RUN)
        store.save_run({"identities": identities(("b", "c"), ("c", None))}, RUN)
        assert [store.resolve(i) for i in "abc"] == ["c", "c", "c"]
        with pytest.raises(NotFoundError, match="nobody-has-it"):
            store.resolve("nobody-has-it")


def test_where_binds_values(path):
    """Rows are chosen by bound values, many of them too; quotes are harmless; unknown columns are refused."""
    with Store(path) as store:
        store.save_run(sample(), RUN)
        chosen = store.load(
            "customers", where={"field": ["email"], "value": ["x@example.org", "' OR 1=1 --"]}
        )
        assert chosen["value"].tolist() == ["x@example.org"]
        many = [str(n) for n in range(2000)]
        assert len(store.load("records", where={"record_id": many, "source": ["a"]})) == 2
        assert len(store.load("customers", where={"value": []})) == 0
        assert store.distinct("customers", "value", where={"field": "email"}) == [
            "x@example.org",
            "y@example.org",
        ]
        with pytest.raises(KeyError):
            store.load("customers", where={"1=1; --": ["x"]})


def test_views_for_plain_sql(path):
    """customer, crosswalk and permission answer without our program."""
    with Store(path) as store:
        store.save_run(sample(), RUN)
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    rows = {name: [dict(r) for r in connection.execute(f"SELECT * FROM {name}")] for name in VIEWS}  # noqa: S608  names of views
    connection.close()
    assert (rows["customer"][0]["given_name"], rows["customer"][0]["email"]) == ("Ada", "x@example.org")
    assert rows["customer"][0]["records"] == 2
    assert rows["crosswalk"] == [
        {"source": "a", "record_id": "1", "customer_id": "c1"}, {"source": "a", "record_id": "2", "customer_id": "c1"},
    ]  # fmt: skip
    assert rows["permission"][0]["allowed"] == "no"


def test_a_run_that_fails_leaves_the_last_one(path):
    """A broken table in the middle of a run undoes the whole run."""
    with Store(path) as store:
        store.save_run(sample(), RUN)
        before = dump(path)
        with pytest.raises(TableError):
            store.save_run({"customers": CUSTOMERS.empty(), "members": pd.DataFrame({"x": [1]})}, RUN)
        assert store.count("customers") == 3
    assert dump(path) == before


@pytest.mark.parametrize("content", [b"Kundennummer;Name\r\n", b"PK\x03\x04", b"SQLite format 2"])
def test_other_files_are_refused_untouched(path, content):
    """A file that is no SQLite file is not opened and not changed."""
    path.write_bytes(content)
    with pytest.raises(StoreError, match="not a store") as error:
        Store(path)
    assert error.value.exit_code == 4
    assert path.read_bytes() == content


def test_foreign_database_is_refused_untouched(path):
    """A SQLite file of another program is not ours."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE customers (x)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="not a store"):
        Store(path)
    assert path.read_bytes() == before


def test_newer_schema_is_refused(path):
    """A store of a later version is not touched; the sentence names both versions, in both languages."""
    Store(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    with pytest.raises(StoreError, match=f"schema {SCHEMA_VERSION + 1}"):
        Store(path)
    with pytest.raises(StoreError, match="neueren"):
        Store(path, lang="de")


def test_older_table_gains_its_columns(path):
    """A column that a declaration gained is added, the rows stay."""
    row = {
        "party_l": "a",
        "party_r": "b",
        "decision": "same",
        "at": "2026-01-01T00:00:00Z",
        "reason": "known",
    }
    with Store(path) as store:
        store.save_run({"decisions": DECISIONS.check(pd.DataFrame([row]))}, RUN)
    connection = sqlite3.connect(path)
    connection.execute("DROP INDEX decisions_once")
    connection.execute('ALTER TABLE decisions DROP COLUMN "reason"')
    connection.commit()
    connection.close()
    with Store(path) as store:
        loaded = store.load("decisions")
    assert loaded["decision"].tolist() == ["same"]
    assert loaded["reason"].isna().all()


def test_folder_missing_file_and_missing_folder(tmp_path):
    """Each has its sentence."""
    with pytest.raises(StoreError, match="is a folder"):
        Store(tmp_path)
    with pytest.raises(StoreError, match="no store") as error:
        Store(tmp_path / "none.db", create=False)
    assert "crmclean run" in error.value.hint
    with pytest.raises(StoreError, match="does not exist"):
        Store(tmp_path / "away" / "x.db")
    assert not (tmp_path / "none.db").exists()


def test_locked_store_waits_then_says_so(path):
    """While another program writes, we wait; in the end there is a sentence, and nothing was changed."""
    with Store(path) as store:
        store.save_run(sample(), RUN)
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    with Store(path, wait=0.05) as store, pytest.raises(StoreError, match="in use"):
        store.save_run({"customers": CUSTOMERS.empty()}, RUN)
    release = threading.Timer(0.2, lambda: other.execute("ROLLBACK"))
    release.start()
    with Store(path, wait=10) as store:
        store.save_run({"customers": CUSTOMERS.empty()}, RUN)
        assert store.count("customers") == 0
    release.join()
    other.close()


def test_reader_sees_the_last_run_while_another_writes(path):
    """An open write transaction does not disturb readers."""
    with Store(path) as writer, Store(path, read_only=True) as reader:
        writer.save_run(sample(), RUN)
        with writer._transaction():
            writer._connection.execute("DELETE FROM chunk WHERE name = 'customers'")
            assert reader.count("customers") == 3
        assert reader.count("customers") == 0


def test_read_only_writes_nothing(path):
    """A store opened for reading refuses to write, with a sentence."""
    with Store(path) as store:
        store.save_run(sample(), RUN)
    with Store(path, read_only=True) as store:
        assert store.count("customers") == 3
        with pytest.raises(StoreError, match="cannot be written"):
            store.save_run(sample(), RUN)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("database or disk is full", "no room"),
        ("attempt to write a readonly database", "cannot be written"),
        ("unable to open database file", "cannot be written"),
        ("database disk image is malformed", "damaged"),
        ("something else", "something else"),
    ],
)
def test_errors_of_sqlite_become_sentences(path, text, words):
    """Each with exit code 4; the hint says what to do."""
    error = refusal(sqlite3.OperationalError(text), path, "en")
    assert words in error.message
    assert error.exit_code == 4


def test_run_id_is_made_of_the_run(path):
    """Without an id the run gets one from its content; with one it keeps it."""
    with Store(path) as store:
        assert store.save_run({}, RUN) == store.save_run({}, RUN)
        assert store.save_run({}, {**RUN, "run_id": "mine"}) == "mine"
        assert len(store.history()) == 2
        assert store.last_run()["run_id"] == "mine"


def test_new_store_has_no_run(path):
    """Nothing was run yet."""
    with Store(path) as store:
        assert store.last_run() is None
        orders = store.load("orders")
    pd.testing.assert_frame_equal(orders, ORDERS.empty())

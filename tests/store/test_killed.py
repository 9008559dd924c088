"""What is left when saving ends badly: the last complete run."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from crmclean.errors import StoreError
from crmclean.store import Store
from tests.benchmark.kill_run import state
from tests.store.test_journal import save, tables_of

SAVE = """
import sys
from crmclean.store import Store
from tests.store.test_journal import save
with Store(sys.argv[1]) as store:
    print("ready", flush=True)
    save(store, {n: f"c{n:05}" for n in range(12000)}, "2026-02-28")
"""

SAVE_SOME = """
import sys
from crmclean.store import Store
from crmclean.store.layout import key_of
from tests.store.test_journal import NOTE, tables_of
numbers = range(1500, 12000)
tables = tables_of({n: f"c{n:05}" for n in numbers}, day="2026-01-31")
customers = [*(f"c{n:05}" for n in numbers), *(f"d{n:05}" for n in range(1500, 2000))]
only = dict.fromkeys(("members", "customers", "permissions"), customers)
only["records"] = [key_of("a", str(n)) for n in numbers]
with Store(sys.argv[1]) as store:
    print("ready", flush=True)
    store.save_run(tables, {**NOTE, "at": "2026-02-28"}, only=only)
"""


@pytest.mark.parametrize("script", [SAVE, SAVE_SOME], ids=["whole", "increment"])
def test_killed_while_saving(tmp_path, script):
    """Five times, at moments between the beginning of the save and its end: the run before, or the new one."""
    path = tmp_path / "crmclean.db"
    with Store(path) as store:
        save(store, {n: f"d{n:05}" for n in range(2000)}, "2026-01-31")
    kept, before = path.read_bytes(), state(path)
    chance = random.Random(7)  # noqa: S311  moments, not secrets
    outcomes = set()
    for _ in range(5):
        path.write_bytes(kept)
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, cwd=Path.cwd()
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.6))
        process.kill()
        process.wait()
        process.stdout.close()
        with Store(path) as store:
            assert store.check() == []
            outcomes.add(store.last_run()["at"])
            assert store.last_run()["at"] == "2026-02-28" or state(path) == before
            assert store.count("records") == (2000 if store.last_run()["at"] == "2026-01-31" else 12000)
    assert "2026-01-31" in outcomes


def test_full_disk_leaves_the_last_run(tmp_path):
    """No room: a sentence, and nothing has changed."""
    path = tmp_path / "crmclean.db"
    with Store(path) as store:
        save(store, {1: "ada"}, "2026-01-31")
        before = state(path)
        pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
        store._connection.execute(f"PRAGMA max_page_count = {pages + 4}")
        with pytest.raises(StoreError, match="no room") as error:
            save(store, {n: f"c{n:05}" for n in range(3000)}, "2026-02-28")
        assert "still there" in error.value.hint
        assert store.check() == []
        assert state(path) == before


def test_reading_leaves_nothing_behind(tmp_path):
    """Whatever is read, the store is one file, its bytes and its time stay."""
    path = tmp_path / "crmclean.db"
    with Store(path) as store:
        save(store, {1: "ada", 2: "bob"}, "2026-01-31")
    content, changed = path.read_bytes(), path.stat().st_mtime_ns
    with Store(path, read_only=True) as one, Store(path, read_only=True) as other:
        assert one.count("records") == other.count("records") == 2
        one.check(), one.history(), one.load("customers", where={"customer_id": ["ada"]})
    assert [p.name for p in tmp_path.iterdir()] == ["crmclean.db"]
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (content, changed)


def test_reading_a_store_with_a_log_leaves_nothing_behind(tmp_path, version_1):
    """A file of version 1 is in the mode with a log; after an upgrade it is one file too."""
    with Store(version_1) as store:
        assert store.count("records") == 2
    assert [p.name for p in tmp_path.iterdir()] == [version_1.name]
    connection = sqlite3.connect(version_1)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    with Store(version_1, read_only=True) as store:
        assert store.count("records") == 2
    assert [p.name for p in tmp_path.iterdir()] == [version_1.name]


@pytest.fixture
def version_1(tmp_path):
    """A copy of a store that version 1 wrote."""
    target = tmp_path / "old.db"
    target.write_bytes((Path(__file__).parent / "data" / "version_1.db").read_bytes())
    return target


def test_store_of_the_version_before(version_1):
    """Everything is there, the views too, and the first run after it can be undone."""
    with pytest.raises(StoreError, match="older"):
        Store(version_1, read_only=True)
    with Store(version_1) as store:
        assert store.check() == []
        counts = {
            "records": 2,
            "parties": 2,
            "members": 2,
            "customers": 3,
            "identities": 2,
            "consents": 1,
            "decisions": 1,
        }
        assert {name: store.count(name) for name in counts} == counts
        assert store.load("records")["city"].tolist()[1] == "Köln"
        assert store.load("consents")["note"].tolist() == ["box"]
        assert store.resolve("c0") == "c1"
        assert store.last_run()["at"] == "2026-01-31T00:00:00Z"
        before = store.load("members")
        store.save_run(tables_of({1: "c1"}), {"at": "2026-02-28"})
        store.undo_run()
        pd.testing.assert_frame_equal(store.load("members"), before)
    connection = sqlite3.connect(version_1)
    assert connection.execute("SELECT given_name, email FROM customer").fetchall() == [
        ("Ada", "x@example.org")
    ]
    names = {
        row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    }
    connection.close()
    assert not {"customers", "members", "parties"} & names

"""Two programs at one store: one waits or is told so, and what either saved is there."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from crmclean.cli.run_command import new_store_undone
from crmclean.config import Config
from crmclean.errors import StoreError
from crmclean.pipeline import run
from crmclean.store import Store
from crmclean.tables import CONSENTS, DECISIONS, LOCKS
from tests.store.test_journal import save
from tests.store.test_no_room import export

HOLD = """
import sys
from crmclean.store import Store
from tests.store.test_journal import tables_of
with Store(sys.argv[1]) as store:
    with store._transaction():
        print("holding", flush=True)
        sys.stdin.readline()
"""
CONFIG = Config(as_of="2026-06-30")


@pytest.fixture
def path(tmp_path):
    """A store with one run."""
    with Store(tmp_path / "crmclean.db") as store:
        save(store, {1: "ada", 2: "bob"}, "2026-01-31")
    return tmp_path / "crmclean.db"


@pytest.fixture
def other(path):
    """Another program that is writing to it, until it is told to end."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path.cwd(),
        bufsize=0,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == b"holding"
    yield process
    process.communicate(timeout=60)  # closes its input: it ends


def test_told_when_waiting_is_over(path, other):
    """While another program writes, reading goes on, and a program that waits no longer says so; nothing was changed."""
    with Store(path, wait=0.2) as store:
        assert store.count("records") == 2
        with pytest.raises(StoreError, match="in use by another program") as told:
            save(store, {1: "ada"}, "2026-02-28")
        assert "try again" in told.value.hint
    assert other.poll() is None


def test_waits_until_the_other_has_finished(path, other):
    """A program that waits saves as soon as the other one is done."""
    timer = threading.Timer(0.5, other.stdin.write, [b"\n"])
    with Store(path, wait=30) as store:
        timer.start()
        save(store, {1: "ada", 2: "bob", 3: "cid"}, "2026-02-28")
        assert store.count("records") == 3
        assert store.check() == []
    timer.join()


def people(start: int, end: int) -> pd.DataFrame:
    """Invented people."""
    return pd.DataFrame(
        {
            "Kundennummer": [f"K{n}" for n in range(start, end)],
            "Vorname": [f"Ada{n}" for n in range(start, end)],
            "Nachname": [f"Brandner{n % 7}" for n in range(start, end)],
            "E-Mail": [f"ada{n}@post.example" for n in range(start, end)],
        },
        dtype="str",
    )


def a_run(path: Path) -> None:
    """Another program's run over further records."""
    with Store(path) as store:
        run([("crm", people(40, 60))], CONFIG, store=store)


def a_withdrawal(path: Path) -> None:
    """An event that another program books."""
    event = {
        "event_id": "e1",
        "source": "erp",
        "record_id": "K1",
        "channel": "email",
        "purpose": "marketing",
        "event": "withdrawn",
        "at": "2026-06-30T10:00:00Z",
    }
    with Store(path) as store:
        store.ledger.append(CONSENTS.check(pd.DataFrame([event])))


def a_lock(path: Path) -> None:
    """A value that another program pins."""
    with Store(path) as store:
        customer = store.load("members")["customer_id"].iloc[0]
        row = {"customer_id": customer, "field": "city", "value": "Bonn", "state": "locked"}
        store.save_locks(
            LOCKS.check(pd.DataFrame([{**row, "at": "2026-06-30T10:00:00Z", "actor": "Steward"}]))
        )


@pytest.mark.parametrize("how", ["full", "increment"])
@pytest.mark.parametrize("meanwhile", [a_run, a_withdrawal, a_lock])
def test_what_another_saved_meanwhile_is_not_overwritten(tmp_path, how, meanwhile):
    """A run that was calculated from what is no longer so is refused; run again, what both said is there."""
    path = tmp_path / "crmclean.db"
    with Store(path) as store:
        run([("erp", people(0, 20))], CONFIG, store=store)
    done = []

    def at(stage: str) -> None:
        if stage == "merge" and not done:
            done.append(stage)
            meanwhile(path)

    later = replace(CONFIG, as_of="2026-07-31")
    with Store(path) as store:
        with pytest.raises(StoreError, match="another program has changed") as told:
            run([("erp", people(15, 30))], later, store=store, progress=at, how=how)
        assert "run again" in told.value.hint
        assert done == ["merge"]
        assert store.check() == []
        assert store.last_run()["at"] == "2026-06-30"
        run([("erp", people(15, 30))], later, store=store, how=how)
        assert store.check() == []
        assert store.count("records") == (50 if meanwhile is a_run else 30)
        assert len(store.ledger.events()) == (meanwhile is a_withdrawal)
        assert len(store.load("locks")) == (meanwhile is a_lock)


def test_a_first_run_that_fails_takes_no_store_of_another_away(tmp_path):
    """Of two programs that begin a store, the one that fails leaves what the other saved; an empty one goes."""
    path = tmp_path / "crmclean.db"

    def fail(*, saved: bool) -> None:
        with new_store_undone(path), Store(path):
            if saved:
                with Store(path) as other:
                    save(other, {1: "ada"}, "2026-01-31")
            raise ValueError("wrong")

    for saved in (True, False):
        with pytest.raises(ValueError, match="wrong"):
            fail(saved=saved)
        assert path.exists() == saved
        path.unlink(missing_ok=True)


def test_own_writing_between_is_no_change_by_another(tmp_path):
    """One program may book, decide and run with one open store."""
    with Store(tmp_path / "crmclean.db") as store:
        run([("erp", people(0, 20))], CONFIG, store=store)
        store.watch()
        store.save_locks(LOCKS.empty())
        with store._transaction():
            store._connection.execute("DELETE FROM decisions")
        run([("erp", people(15, 30))], CONFIG, store=store)
        assert (store.count("records"), len(store.load("decisions"))) == (30, len(DECISIONS.empty()))


def test_two_runs_at_once(tmp_path):
    """Two processes start together on a new store: both are there, or one is told so and goes through afterwards."""
    files = {
        "erp": export(tmp_path / "erp.csv", 120),
        "crm": export(tmp_path / "crm.csv", 150, start=7000),
    }

    def command(name: str) -> list[str]:
        places = ["--store", str(tmp_path / "crmclean.db"), "--output", str(tmp_path / f"out_{name}")]
        return [
            sys.executable,
            "-m",
            "crmclean",
            "run",
            "--source",
            f"{name}={files[name]}",
            *places,
            "--as-of",
            "2026-06-30",
            "-q",
        ]

    both = {name: subprocess.Popen(command(name), stderr=subprocess.PIPE) for name in files}
    told = {name: process.communicate()[1].decode("utf-8") for name, process in both.items()}
    codes = {name: process.returncode for name, process in both.items()}
    assert 0 in codes.values(), told
    for name, code in codes.items():
        if code:
            assert code == 4, told[name]
            assert "another program" in told[name]
            assert not (tmp_path / f"out_{name}").exists()
            subprocess.run(command(name), check=True)
    with Store(tmp_path / "crmclean.db", read_only=True) as store:
        assert store.count("records") == 270
        assert store.check() == []

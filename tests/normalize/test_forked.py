"""Stretches worked on in processes: the same tables, whatever becomes of the processes."""

from __future__ import annotations

import os
import threading

import pandas as pd
import pytest

import crmclean.normalize.records as stage
from crmclean.memory import mark_peak, peak_memory
from crmclean.normalize.records import normalize_records
from crmclean.normalize.records_forked import can_fork, in_processes
from crmclean.tables import RECORDS

needs_fork = pytest.mark.skipif(not can_fork(), reason="this system has no processes to fork")


def people(number: int = 60) -> pd.DataFrame:
    """Invented records, odd ones among them."""
    names = ["Ida Brandt", "Dr. Ole von Sommer", "BRANDT, IDA", "Sommer Gartenbau GmbH", "n/a"]
    rows = [
        {
            "source": "crm", "record_id": f"r{i:04d}", "file": "crm.csv", "row": i + 2, "full_name": names[i % 5],
            "full_address": f"Am Wall {i % 7}, 28195 Bremen" if i % 3 else None,
            "email": f"ida{i}@brandt.example" if i % 2 else "ida@", "phone": f"0421 55501{i:02d}",
            "created_at": "01.02.2024",
        }
        for i in range(number)
    ]  # fmt: skip
    return RECORDS.check(pd.DataFrame(rows))


@needs_fork
@pytest.mark.parametrize("threads", [2, 3])
def test_processes_do_not_show(monkeypatch: pytest.MonkeyPatch, threads: int) -> None:
    """Forked or not, the tables are the same, cell by cell and type by type."""
    whole = normalize_records(people())
    monkeypatch.setattr(stage, "_MANY", 1)
    monkeypatch.setattr(stage, "_SHORTEST", 7)
    forked = normalize_records(people(), threads=threads, fork=True)
    for name in ("parties", "contacts", "addresses", "issues"):
        pd.testing.assert_frame_equal(getattr(whole, name), getattr(forked, name))
    assert len(whole.issues)


@needs_fork
def test_results_come_in_order_from_other_processes() -> None:
    """Each number once, in order, none of them worked on here; all kinds of columns come back as they were."""

    def work(number: int) -> list[pd.DataFrame]:
        texts = pd.Series(["a", None, "ä"], dtype="str")
        flags, numbers = pd.Series([True, False, True]), pd.Series([number, 1, 2])
        frame = pd.DataFrame({"t": texts, "f": flags, "n": numbers, "x": [0.5, float("nan"), 2.0]})
        frame["empty"] = pd.Series([None] * 3, dtype="str")
        return [frame, pd.DataFrame({"pid": [os.getpid()]}), frame.iloc[:0]]

    found = list(in_processes(work, 5, 2))
    assert [int(tables[0]["n"].iloc[0]) for tables in found] == list(range(5))
    for number, (frame, process, nothing) in enumerate(found):
        pd.testing.assert_frame_equal(frame, work(number)[0])
        pd.testing.assert_frame_equal(nothing, work(number)[2])
        assert process["pid"].iloc[0] != os.getpid()


@needs_fork
def test_a_process_that_dies_leaves_its_work() -> None:
    """What a killed or failing process does not deliver is done here, where an error is seen."""
    here = os.getpid()

    def work(number: int) -> list[pd.DataFrame]:
        if os.getpid() != here and number == 1:
            os.kill(os.getpid(), 9)
        if os.getpid() != here and number == 2:
            raise ValueError
        return [pd.DataFrame({"n": [number]})]

    assert [int(tables[0]["n"].iloc[0]) for tables in in_processes(work, 6, 2)] == list(range(6))

    def broken(number: int) -> list[pd.DataFrame]:
        raise ZeroDivisionError(number)

    with pytest.raises(ZeroDivisionError):
        list(in_processes(broken, 2, 2))


@needs_fork
def test_no_process_is_left_behind() -> None:
    """Whoever stops half-way leaves no process behind."""
    results = in_processes(lambda number: [pd.DataFrame({"n": [number]})], 9, 2)
    next(results)
    results.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_beside_other_threads_nothing_is_forked() -> None:
    """A thread may hold a lock in the moment of forking."""
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        assert not can_fork()
    finally:
        done.set()
        other.join()


@needs_fork
def test_what_helpers_take_counts() -> None:
    """The peak of a stage has the helpers' own memory in it."""
    mark_peak()
    before = peak_memory()
    list(in_processes(lambda number: [pd.DataFrame({"n": range(1_000_000 + number)})], 2, 2))
    assert peak_memory() > before + (4 << 20)

"""SIGKILL during imports: ``python tests/benchmark/kill.py --times 100 [--json FILE]``.

A process adds batches of consent events to the ledger of a store, one import after the other, and is
killed at a random moment; the next one goes on. After every kill the ledger must verify, and hold
whole batches only. In the end an import without kill finishes, and the ledger must hold what it would
hold if nothing had happened. Killed are, by turns: the program (``crmclean consent import``), a process
that imports file by file, and mostly one that does nothing but write, so that kills hit the writing
(`writing` counts those that left an unfinished transaction behind). The latter two are forks of this
process, so that a kill costs no start of Python; POSIX only.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from crmclean.config import Config, ConsentConfig
from crmclean.consent import import_consents
from crmclean.ledger.importing import import_events
from crmclean.store import Store
from crmclean.store.ledger_verify import verify_ledger
from crmclean.tables import CONSENTS

BATCH = 400
# Who is killed by turns, and after how many seconds of work at most.
HOW = (("writer", 0.4), ("files", 0.8), ("writer", 0.4), ("writer", 0.6), ("files", 1.2), ("writer", 0.6))
PROGRAM = ("program", 6.0)  # every tenth time
HEADER = "event_id,source,record_id,channel,purpose,event_type,occurred_at,recorded_at,evidence\n"
RENAMED = {
    "event_id": "source_event_id",
    "event_type": "event",
    "occurred_at": "at",
    "evidence": "evidence_ref",
}


def write_only(store: Path, batches: Sequence[pd.DataFrame], ready: int) -> None:
    """What a killed writer does: one transaction after the other."""
    os.write(ready, b"r")
    with Store(store) as opened:
        for events in batches:
            opened.ledger.append(CONSENTS.check(events))


def import_files(store: Path, folder: Path, ready: int = -1) -> None:
    """What a killed importer does: one file after the other."""
    if ready >= 0:
        os.write(ready, b"r")
    with Store(store) as opened:
        for file in sorted(folder.glob("*.csv")):
            import_events([file], opened, Config(as_of="2026-06-30"))


def parsed_batches(folder: Path) -> list[pd.DataFrame]:
    """The events of the files, ready to be appended."""
    frames = [pd.read_csv(file, dtype="str").rename(columns=RENAMED) for file in sorted(folder.glob("*.csv"))]
    return [import_consents(frame, ConsentConfig(), as_of="2026-06-30")[0] for frame in frames]


def write_batches(folder: Path, batches: int, seed: int) -> list[Path]:
    """The files of the batches; every event is another one."""
    draw = random.Random(seed)  # noqa: S311  the same events each time
    files = []
    for batch in range(batches):
        lines = [HEADER]
        for number in range(BATCH):
            event = draw.choice(["granted", "withdrawn", "confirmed", "used"])
            day = f"{draw.randrange(2018, 2026)}-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}"
            at = f"{day}T{draw.randrange(24):02}:00:{number % 60:02}Z"
            lines.append(f"E{batch}-{number},erp,{batch}-{number},email,newsletter,{event},{at},{at},form\n")
        file = folder / f"batch{batch:04}.csv"
        file.write_text("".join(lines), encoding="utf-8")
        files.append(file)
    return files


def look(store: Path) -> tuple[str, int]:
    """What is broken in the ledger of a store, and how many events it has."""
    if not store.exists():
        return "", 0
    with Store(store) as opened:
        found = verify_ledger(opened.ledger.connection)
        problems = opened.check()
    return found.broken or "; ".join(problems), found.events


def forked(work: Callable[[int], None]) -> int:
    """A child that says when it begins to work; its process id, once it has."""
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(heard)
            work(said)
            status = 0
        finally:
            os._exit(status)
    os.close(said)
    os.read(heard, 1)
    os.close(heard)
    return child


def kill_fork(work: Callable[[int], None], wait: float) -> bool:
    """Kills a child after a while; whether it was still at work."""
    child = forked(work)
    time.sleep(wait)
    os.kill(child, signal.SIGKILL)  # a child that is done is kept by the system until waited for
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("an import failed by itself")
    return os.WIFSIGNALED(status)


def kill_program(store: Path, folder: Path, wait: float) -> bool:
    """Kills the program after a while; whether it was still at work."""
    named = [str(file) for file in sorted(folder.glob("*.csv"))]
    command = [sys.executable, "-m", "crmclean", "consent", "import", *named, "--store", str(store), "-q"]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(wait)
    alive = child.poll() is None
    if alive:
        child.kill()
    child.wait()
    return alive


def unfinished(store: Path) -> bool:
    """Whether an unfinished transaction was left behind."""
    logs = [store.with_name(store.name + end) for end in ("-wal", "-journal")]
    return any(log.exists() and log.stat().st_size for log in logs)


def measure(times: int, batches: int, seed: int) -> dict[str, Any]:
    """Kills so many imports; what was found."""
    draw = random.Random(seed)  # noqa: S311  the same events each time
    report: dict[str, Any] = {
        "times": times,
        "batch": BATCH,
        "batches": batches,
        "killed": 0,
        "writing": 0,
        "broken": [],
        "half": 0,
    }
    with tempfile.TemporaryDirectory() as scratch:
        folder, store = Path(scratch) / "events", Path(scratch) / "crmclean.db"
        folder.mkdir()
        write_batches(folder, batches, seed)
        ready = parsed_batches(folder)
        before, grew = 0, 0
        ways: dict[str, Callable[[int], None]] = {
            "writer": lambda said: write_only(store, ready[before // BATCH :], said),
            "files": lambda said: import_files(store, folder, said),
        }
        for turn in range(times):
            how, longest = PROGRAM if turn % 10 == 9 else HOW[turn % len(HOW)]
            wait = draw.uniform(0.0, longest)
            alive = kill_program(store, folder, wait) if how == "program" else kill_fork(ways[how], wait)
            report["killed"] += alive
            report["writing"] += alive and unfinished(store)
            broken, events = look(store)
            if broken or events < before:
                report["broken"].append([turn, broken or "events lost"])
            report["half"] += events % BATCH != 0
            grew += events > before
            before = events
            if events == batches * BATCH:  # all there: begin anew
                for leftover in Path(scratch).glob("crmclean.db*"):
                    leftover.unlink()
                before = 0
        import_files(store, folder)
        broken, events = look(store)
        report |= {"grew": grew, "events": events, "expected": batches * BATCH, "end": broken}
    report["ok"] = not report["broken"] and not report["half"] and events == batches * BATCH and not broken
    return report


def main() -> None:
    """Prints the report; exit code 1 if anything was broken or half there."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--times", type=int, default=100, help="imports to kill (default 100)")
    parser.add_argument("--batches", type=int, default=30, help=f"batches of {BATCH} events (default 30)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="file for the report")
    arguments = parser.parse_args()
    report = measure(arguments.times, arguments.batches, arguments.seed)
    print(json.dumps(report, indent=1))
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if not report["ok"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()

"""SIGKILL during imports: ``python tests/benchmark/kill.py --times 100 [--json FILE]``.

A process adds batches of consent events to the ledger of a store, one import after the other, and is
killed at a random moment; the next one goes on. After every kill the ledger must verify, and hold
whole batches only. In the end an import without kill finishes, and the ledger must hold what it would
hold if nothing had happened. Killed are, by turns: the program (``crmclean consent import``), a process
that imports file by file, and mostly one that does nothing but write, so that kills hit the writing
(`writing` counts those that left an unfinished transaction behind).
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
from pathlib import Path
from typing import Any

BATCH = 500
# Who is killed by turns, and after how many seconds of work at most.
HOW = (("writer", 0.6), ("files", 3.0), ("writer", 0.6), ("writer", 1.2), ("program", 6.0), ("writer", 1.2))
HEADER = "event_id,source,record_id,channel,purpose,event_type,occurred_at,recorded_at,evidence\n"
WRITER = """
import sys
from pathlib import Path
import pandas as pd
from crmclean.config import ConsentConfig
from crmclean.consent import import_consents
from crmclean.store import Store
store, folder = Path(sys.argv[1]), Path(sys.argv[2])
names = {"event_id": "source_event_id", "event_type": "event", "occurred_at": "at", "evidence": "evidence_ref"}
frames = [pd.read_csv(file, dtype="str").rename(columns=names) for file in sorted(folder.glob("*.csv"))]
parsed = [import_consents(frame, ConsentConfig(), as_of="2026-06-30")[0] for frame in frames]
print("ready", flush=True)
with Store(store) as opened:
    for events in parsed:
        opened.ledger.append(events)
print("done", flush=True)
"""
CHILD = """
import sys
from pathlib import Path
from crmclean.config import Config
from crmclean.ledger.importing import import_events
from crmclean.store import Store
store, folder = Path(sys.argv[1]), Path(sys.argv[2])
print("ready", flush=True)
with Store(store) as opened:
    for file in sorted(folder.glob("*.csv")):
        import_events([file], opened, Config(as_of="2026-06-30"))
print("done", flush=True)
"""


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
    from crmclean.store import Store
    from crmclean.store.ledger_verify import verify_ledger

    if not store.exists():
        return "", 0
    with Store(store) as opened:
        found = verify_ledger(opened.ledger.connection)
        problems = opened.check()
    return found.broken or "; ".join(problems), found.events


def kill_once(store: Path, folder: Path, wait: float, how: str) -> tuple[bool, bool]:
    """Starts an import and kills it after a while.

    Returns:
        Whether it was still at work, and whether it left an unfinished transaction behind.
    """
    if how == "program":
        named = [str(file) for file in sorted(folder.glob("*.csv"))]
        command = [sys.executable, "-m", "crmclean", "consent", "import", *named, "--store", str(store), "-q"]
    else:
        code = WRITER if how == "writer" else CHILD
        command = [sys.executable, "-c", code, str(store), str(folder)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert child.stdout is not None
    if how != "program":
        child.stdout.readline()  # from here on it works
    time.sleep(wait)
    alive = child.poll() is None
    if alive:
        os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    logs = [store.with_name(store.name + end) for end in ("-wal", "-journal")]
    return alive, any(log.exists() and log.stat().st_size for log in logs)


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
        before, grew = 0, 0
        for turn in range(times):
            how, longest = HOW[turn % len(HOW)]
            alive, writing = kill_once(store, folder, draw.uniform(0.0, longest), how)
            report["killed"] += alive
            report["writing"] += alive and writing
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
        finish(store, folder)
        broken, events = look(store)
        report |= {"grew": grew, "events": events, "expected": batches * BATCH, "end": broken}
    report["ok"] = not report["broken"] and not report["half"] and events == batches * BATCH and not broken
    return report


def finish(store: Path, folder: Path) -> None:
    """The import that nobody kills."""
    subprocess.run(
        [sys.executable, "-c", CHILD, str(store), str(folder)], check=True, stdout=subprocess.DEVNULL
    )


def main() -> None:
    """Prints the report; exit code 1 if anything was broken or half there."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--times", type=int, default=100, help="imports to kill (default 100)")
    parser.add_argument("--batches", type=int, default=40, help=f"batches of {BATCH} events (default 40)")
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

"""Kills ``crmclean run`` at random moments and looks at what is left.

``python tests/benchmark/kill_run.py [--kills 100] [--json FILE] FILES...``

A store holds a complete run over the first half of the rows of each file. A run over all rows on a
copy of it is killed (SIGKILL): every second time at any moment of the run, else shortly after the
file begins to be written. The store must then open, pass its check, and hold exactly the run
before or, if it was killed after saving, the new one. Exit code 1 if it once does not.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from crmclean.store import Store

FIRST, SECOND = "2026-01-31", "2026-02-28"
SIDE_FILES = ("-journal", "-wal", "-shm")


def command(files: list[Path], folder: Path, day: str) -> list[str]:
    """A run of these files into a folder."""
    options = [
        "--store",
        str(folder / "crmclean.db"),
        "--output",
        str(folder / "out"),
        "--as-of",
        day,
        "-q",
        "--force",
    ]
    return [sys.executable, "-m", "crmclean", "run", *map(str, files), *options]


def halves(files: list[Path], folder: Path) -> list[Path]:
    """Copies of the files with the first half of their lines."""
    made = []
    for file in files:
        lines = file.read_bytes().splitlines(keepends=True)
        made.append(folder / file.name)
        made[-1].write_bytes(b"".join(lines[: 1 + len(lines) // 2]))
    return made


def state(store: Path) -> str:
    """A digest of all that the tables hold."""
    with closing(sqlite3.connect(store)) as connection:
        rows = connection.execute(
            "SELECT name, first, rows, hex(digest) FROM chunk ORDER BY name, first"
        ).fetchall()
        for name in ("consents", "decisions", "locks", "runs", "step", "customer", "crosswalk", "permission"):
            rows += sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=str)  # noqa: S608  names of ours
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def copied(base: Path, target: Path) -> Path:
    """A fresh folder with a copy of a store."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    shutil.copy(base / "crmclean.db", target / "crmclean.db")
    return target


def killed(arguments: list[str], folder: Path, wait: float, *, when_writing: bool) -> bool:
    """Runs a command and kills it; answers whether it was still running.

    Args:
        arguments: The command.
        folder: Where its store lies.
        wait: Seconds to wait, from the start or from the first sign of writing.
        when_writing: Wait for that sign: the journal of SQLite.
    """
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    journal = folder / "crmclean.db-journal"
    while when_writing and process.poll() is None and not journal.exists():
        time.sleep(0.0005)
    time.sleep(wait)
    running = process.poll() is None
    process.kill()
    process.wait()
    return running


def look(folder: Path, states: dict[str, str]) -> tuple[str, list[str]]:
    """What a killed run left: before, after or neither; and what the check found."""
    left = [end for end in SIDE_FILES if (folder / f"crmclean.db{end}").exists()]
    with Store(folder / "crmclean.db", create=False) as store:
        problems = store.check()
    found = next(
        (name for name, known in states.items() if state(folder / "crmclean.db") == known), "neither"
    )
    return f"{found}, {'journal left' if left else 'nothing left'}", problems


def measure(files: list[Path], kills: int, seed: int) -> dict[str, Any]:
    """Kills so often and counts what was left."""
    chance = random.Random(seed)  # noqa: S311  moments, not secrets
    outcomes: Counter[str] = Counter()
    bad: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        base, half = Path(scratch) / "base", Path(scratch) / "half"
        base.mkdir()
        half.mkdir()
        subprocess.run(command(halves(files, half), base, FIRST), check=True)
        whole = copied(base, Path(scratch) / "whole")
        started = time.perf_counter()
        subprocess.run(command(files, whole, SECOND), check=True)
        seconds = time.perf_counter() - started
        states = {"before": state(base / "crmclean.db"), "after": state(whole / "crmclean.db")}
        for number in range(kills):
            folder = copied(base, Path(scratch) / "work")
            writing = number % 2 == 1
            wait = chance.uniform(0, 0.1) if writing else chance.uniform(0, 1.1 * seconds)
            running = killed(command(files, folder, SECOND), folder, wait, when_writing=writing)
            found, problems = look(folder, states)
            outcomes[f"{found}, {'killed' if running else 'had ended'}"] += 1
            if problems or found.startswith("neither"):
                bad.append(f"kill {number}: {found} {problems}")
    return {
        "kills": kills,
        "seed": seed,
        "run_seconds": round(seconds, 1),
        "outcomes": dict(sorted(outcomes.items())),
        "bad": bad,
    }


def main() -> None:
    """Measures; exit code 1 if a store was not what it must be."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILES")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="file for the figures")
    arguments = parser.parse_args()
    result = measure(arguments.files, arguments.kills, arguments.seed)
    print(json.dumps(result, indent=2))
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    if result["bad"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()

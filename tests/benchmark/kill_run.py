"""Kills ``crmclean run`` at random moments and looks at what is left.

``python tests/benchmark/kill_run.py [--kills 100] [--json FILE] FILES...``

Two kinds of run are killed (SIGKILL), each so often. ``full``: the store holds a complete run over the
first half of the rows of each file, and a run over all rows follows, which is taken as a full one.
``increment``: the store holds 19 of 20 rows, some of them with other digits, and the run over all rows is
taken as an increment (looked at: else the measurement stops). Every second kill comes at any moment of
the run, every other one shortly after the file begins to be written. The store must then open, pass its
check, and hold exactly the run before or, if it was killed after saving, the new one; a run over the same
files that is not killed must then bring the store, and the customers that it writes, to where a run
without a kill brings them (tried after every fifth kill). Exit code 1 if it once does not.
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
KINDS = {"full": 0.5, "increment": 0.95}
"""Kind of run -> share of the rows that the store knows already."""
LITTLE = 0.9
WRITTEN = ("customers.csv", "crosswalk.csv", "consent.csv", "relations.csv")
AGAIN = 5
"""Every how many kills the run is done again."""


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


def earlier(files: list[Path], folder: Path, share: float) -> list[Path]:
    """Copies of the files with the first of their lines; of few that are left out, some others are changed."""
    made = []
    folder.mkdir()
    for file in files:
        lines = file.read_bytes().splitlines(keepends=True)
        kept = lines[: 1 + int(len(lines) * share)]
        if share > LITTLE:
            kept[1:] = [_mistyped(line) if n % 25 == 12 else line for n, line in enumerate(kept[1:])]
        made.append(folder / file.name)
        made[-1].write_bytes(b"".join(kept))
    return made


def _mistyped(line: bytes) -> bytes:
    """The line with another last digit."""
    at = max(line.rfind(digit) for digit in (b"0", b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"8"))
    return line if at < 0 else line[:at] + bytes([line[at] + 1]) + line[at + 1 :]


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


def taken(store: Path) -> str:
    """How the last run of a store was taken."""
    with Store(store, create=False, read_only=True) as opened:
        return str(opened.history()["taken"].iloc[-1])


def measure(files: list[Path], kind: str, kills: int, seed: int) -> dict[str, Any]:
    """Kills runs of one kind so often and counts what was left."""
    chance = random.Random(f"{kind} {seed}")  # noqa: S311  moments, not secrets
    outcomes: Counter[str] = Counter()
    bad: list[str] = []
    again = 0
    with tempfile.TemporaryDirectory() as scratch:
        base = Path(scratch) / "base"
        base.mkdir()
        subprocess.run(command(earlier(files, Path(scratch) / "part", KINDS[kind]), base, FIRST), check=True)
        whole = copied(base, Path(scratch) / "whole")
        started = time.perf_counter()
        subprocess.run(command(files, whole, SECOND), check=True)
        seconds = time.perf_counter() - started
        if taken(whole / "crmclean.db") != kind:
            raise SystemExit(f"the run is not taken as {kind}")
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
            if number % AGAIN == 0:
                again += 1
                bad += [f"kill {number}: {name} differs" for name in done_again(files, folder, whole)]
    return {
        "kills": kills,
        "seed": seed,
        "run_seconds": round(seconds, 1),
        "outcomes": dict(sorted(outcomes.items())),
        "done_again": again,
        "bad": bad,
    }


def done_again(files: list[Path], folder: Path, whole: Path) -> list[str]:
    """What a run after the kill leaves otherwise than a run without one."""
    subprocess.run(command(files, folder, SECOND), check=True)
    different = [
        name
        for name in WRITTEN
        if (folder / "out" / name).read_bytes() != (whole / "out" / name).read_bytes()
    ]
    return different + ["store"] * (state(folder / "crmclean.db") != state(whole / "crmclean.db"))


def main() -> None:
    """Measures; exit code 1 if a store was not what it must be."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILES")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="file for the figures")
    arguments = parser.parse_args()
    kinds = {kind: measure(arguments.files, kind, arguments.kills, arguments.seed) for kind in KINDS}
    result = {"files": [file.name for file in arguments.files], **kinds}
    print(json.dumps(result, indent=2))
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    if any(found["bad"] for found in kinds.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()

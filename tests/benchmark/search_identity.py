"""Searches for a history that breaks a property of identity or survivorship.

    python -m tests.benchmark.search_identity --minutes 10 --steps 300 [--machine quick] [--processes 2] [--json FILE]

The machine `whole` (tests/steward/machine.py) walks through the whole product with a store; `quick`
(tests/steward/quick.py) leaves reading, matching and the store out, so that it sees many more. Each history has exactly `--steps` steps: records come, change and go, stewards link, split, lock,
unlock and undo, everything runs again; after each step the laws of tests/steward/laws.py are
checked. What steps did is counted and printed, so that a search that searches nothing is seen.
Ends with exit code 1 and the shortest history found where a law is broken.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import sys
import time
import traceback
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RuleStrategy, run_state_machine_as_test

from tests.steward.machine import Months
from tests.steward.quick import Registry

MACHINES = {"whole": (Months, 2), "quick": (Registry, 4)}
"""Machine, and histories per search; hypothesis begins each search with the simplest history there is."""


def batch(machine: str, number: int, steps: int, tally: Counter[str], *, shrink: bool) -> str:
    """Some histories; answers what broke."""
    walker, histories = MACHINES[machine]

    class Counted(walker):  # type: ignore[misc, valid-type]
        def check_invariants(self, settings, output, runtimes) -> None:  # type: ignore[no-untyped-def]
            tally["steps"] += not self.idle
            super().check_invariants(settings, output, runtimes)

        def teardown(self) -> None:
            tally["histories"] += not self.idle
            super().teardown()
            print(f"seed {number}: {dict(tally)}", file=sys.stderr, flush=True)

    chosen = settings(
        max_examples=histories,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=[Phase.generate, *([Phase.shrink] if shrink else [])],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    # hypothesis leaves out some kinds of steps in each history; every other search has all of them
    every = (
        nullcontext() if number % 2 else patch.object(RuleStrategy, "_rule_is_enabled", RuleStrategy.is_valid)
    )
    try:
        with every:
            run_state_machine_as_test(seed(number)(Counted), settings=chosen, _min_steps=steps)
    except Exception:  # noqa: BLE001  whatever breaks is reported with its history
        return traceback.format_exc()
    return ""


def search(machine: str, first: int, minutes: float, steps: int, *, shrink: bool) -> tuple[Counter[str], str]:
    """Searches for the time given."""
    tally: Counter[str] = Counter()
    begun, number, broken = time.monotonic(), first, ""
    done = MACHINES[machine][0].done
    done.clear()
    while time.monotonic() - begun < 60 * minutes and not broken:
        broken = batch(machine, number, steps, tally, shrink=shrink)
        number += 1
        print(
            f"{time.monotonic() - begun:5.0f} s  seed {number - 1}: {dict(tally)}",
            file=sys.stderr,
            flush=True,
        )
    return tally + Counter({f"did {name}": times for name, times in done.items()}), broken


def _search(machine: str, first: int, minutes: float, steps: int, *flags: bool) -> tuple[Counter[str], str]:
    return search(machine, first, minutes, steps, shrink=flags[0])


def main() -> None:
    """Searches, prints what was done; exit code 1 if something broke."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--machine", choices=sorted(MACHINES), default="whole")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seed", type=int, help="of the first search; default: by chance")
    parser.add_argument(
        "--no-shrink", action="store_true", help="report the first history that breaks as it is"
    )
    parser.add_argument("--json", type=Path, help="file for the figures")
    asked = parser.parse_args()
    first = random.SystemRandom().randrange(10**6) if asked.seed is None else asked.seed
    tasks = [
        (asked.machine, first + 10**6 * number, asked.minutes, asked.steps, not asked.no_shrink)
        for number in range(asked.processes)
    ]
    with multiprocessing.get_context("spawn").Pool(asked.processes) as pool:
        found = pool.starmap(_search, tasks)
    tally = sum((counts for counts, _ in found), Counter[str]())
    broken = [text for _, text in found if text]
    report = {
        "machine": asked.machine,
        "minutes": asked.minutes,
        "steps_per_history": asked.steps,
        "processes": asked.processes,
        "seed": first,
        **{name: tally[name] for name in ("histories", "steps")},
        "did": {name.removeprefix("did "): n for name, n in sorted(tally.items()) if name.startswith("did ")},
        "broken": broken,
    }
    print(json.dumps(report, indent=1))
    print(*broken, sep="\n")
    if asked.json:
        asked.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8", newline="\n")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()

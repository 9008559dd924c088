"""Searches for a history that breaks a property of identity or survivorship.

    python -m tests.benchmark.search_identity --minutes 10 --steps 300

Each history has up to `--steps` steps: records come, change and go, stewards link, split, lock,
unlock and undo, everything runs again; after each step the properties of tests/steward/machine.py
are checked. Ends with exit code 1 and the shortest history found where one is broken.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from typing import ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.steward.machine import Months


class Counted(Months):
    """The same machine, its steps counted."""

    steps: ClassVar[Counter[str]] = Counter()

    def check_invariants(self, settings, output, runtimes) -> None:
        Counted.steps["steps"] += 1
        super().check_invariants(settings, output, runtimes)

    def teardown(self) -> None:
        """One history more."""
        Counted.steps["histories"] += 1
        super().teardown()


def main() -> None:
    """Searches for the time given."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--steps", type=int, default=300)
    asked = parser.parse_args()
    begun, longest = time.monotonic(), 0
    while time.monotonic() - begun < 60 * asked.minutes:
        before = Counted.steps["steps"]
        chosen = settings(
            max_examples=1,
            stateful_step_count=asked.steps,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(Counted, settings=chosen)
        longest = max(longest, Counted.steps["steps"] - before)
        print(
            f"{time.monotonic() - begun:6.0f} s  {Counted.steps['histories']} histories, "
            f"{Counted.steps['steps']} steps, the longest {longest}: nothing broken",
            flush=True,
        )
    sys.exit(0)


if __name__ == "__main__":
    main()

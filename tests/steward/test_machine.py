"""Short walks through random months; the long ones are tests/benchmark/search_identity.py."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests.steward.machine import Months
from tests.steward.quick import Registry


def short(examples: int, steps: int) -> settings:
    """The same few histories each time; the first is the simplest there is and does nothing."""
    return settings(
        max_examples=1 + examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


Months.TestCase.settings = short(1, 5)
TestMonths = pytest.mark.slow(Months.TestCase)
Registry.TestCase.settings = short(2, 15)
TestRegistry = pytest.mark.slow(Registry.TestCase)

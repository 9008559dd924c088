"""A short walk through random months; the long one is tests/benchmark/search_identity.py."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests.steward.machine import Months

Months.TestCase.settings = settings(
    max_examples=2,
    stateful_step_count=6,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
TestMonths = pytest.mark.slow(Months.TestCase)

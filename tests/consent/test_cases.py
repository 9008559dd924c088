"""The decision cases: rules of law and policy with their answers."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from crmclean.consent.reasons import REASONS

HERE = Path(__file__).parent
# cases_by_rule.json was answered from the rules' text, rule by rule, before it was ever run.
FILES = ("cases.json", "more_cases.json", "cases_by_rule.json")
CASES = [c for name in FILES for c in json.loads((HERE / "data" / name).read_text(encoding="utf-8"))]


def script() -> Any:
    """The benchmark script as a module: the test decides as the script does."""
    path = HERE.parent / "benchmark" / "consent.py"
    spec = importlib.util.spec_from_file_location("consent_benchmark", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("case", CASES, ids=[f"{c['id']} {c['name']}" for c in CASES])
def test_case(case: dict[str, Any]) -> None:
    """Allowed and reason are as the case says."""
    decision = script().decide_case(case)
    assert (decision.allowed, decision.reason) == (case["allowed"], case["reason"])


def test_every_reason_has_a_case() -> None:
    """The cases reach every reason code but those that need tables."""
    assert set(REASONS) - {case["reason"] for case in CASES} == set()

"""Decide a file of consent cases: ``python tests/benchmark/consent.py --cases FILE --output FILE``.

A case is an object with id, events, person, question and, where it departs from the default, policy;
the output is a list of {id, allowed, reason}.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crmclean.config import config_from
from crmclean.consent import ConsentEvent, Decision, Person, Policy, may_contact, policy_of

# Names of an earlier draft of the policy file.
_OTHER_NAMES = {
    "require_double_opt_in": "double_opt_in",
    "shared_contact_point_denials": "shared_contact_denials",
    "preset": "policy",
}
# Presets of one key, as words.
_MONTHS = {"strict": 18, "lenient": 48, "off": 0}


def case_policy(data: Mapping[str, Any]) -> Policy:
    """The policy of a case; None and False stand for off."""
    section: dict[str, Any] = {}
    for key, said in data.items():
        name = _OTHER_NAMES.get(key, key)
        months = name == "stale_after_months" and isinstance(said, str)
        value = _MONTHS.get(said, said) if months else said
        off = value is None or (value is False and name in {"stale_after_months", "pending_ttl_days"})
        if name == "presumed_months":
            section["presumed"] = {"months": value or 0}
        elif isinstance(value, Mapping):
            section[name] = {k: 0 if v is None else v for k, v in value.items()}
        else:
            section[name] = 0 if off else value
    return policy_of(config_from({"consent": section}).consent)


def decide_case(case: Mapping[str, Any]) -> Decision:
    """The decision of one case."""
    question, person = case["question"], dict(case.get("person") or {})
    if question.get("record"):
        person["records"] = [question["record"]]
    return may_contact(
        [ConsentEvent.of(event) for event in case["events"]],
        Person.of(person),
        question["channel"],
        question["purpose"],
        question["at"],
        contact_point=question.get("contact_point"),
        controller=question.get("controller"),
        known_at=question.get("known_at"),
        policy=case_policy(case.get("policy") or {}),
    )


def main() -> None:
    """Read the cases, write the decisions, and the score where the answers are known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    cases = json.loads(options.cases.read_text(encoding="utf-8"))
    results, right, known = [], 0, 0
    for case in cases:
        decision = decide_case(case)
        results.append({"id": case["id"], "allowed": decision.allowed, "reason": decision.reason})
        if "reason" in case:
            known += 1
            right += (decision.allowed, decision.reason) == (case["allowed"], case["reason"])
    options.output.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(f"{len(results)} cases decided; {right} of {known} with a known answer are right")


if __name__ == "__main__":
    main()

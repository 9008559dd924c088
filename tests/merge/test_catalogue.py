"""The catalogue of rules on the page is that of the code, and the tests that it names are there."""

from __future__ import annotations

import re
from pathlib import Path

from crmclean.merge.rules import MADE, RULES, SPECIAL

TESTS = Path(__file__).parent
PAGE = (TESTS.parent.parent / "docs" / "merge.md").read_text(encoding="utf-8")
CATALOGUE = PAGE.split("### The catalogue of the trade")[1].split("Chains that hold")[0]
ROWS = [line.split("|")[1:-1] for line in CATALOGUE.splitlines() if line.startswith("| ")][1:]


def test_every_rule_is_in_the_catalogue():
    """No rule without a row, no row with a rule that is none."""
    told = {name for row in ROWS for name in re.findall(r"`(\w+)", row[1])}
    assert told == {*RULES, *SPECIAL, *MADE}


def test_every_row_names_a_test():
    """Each names one at least, and all that are named exist."""
    there = {
        name
        for file in TESTS.glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    for row in ROWS:
        named = set(re.findall(r"`(test_\w+)`", row[3]))
        assert named, row[0]
        assert named <= there, named - there

"""Explanations name facts and rules in words."""

from __future__ import annotations

import pytest

from crmclean.match.block import rules_for
from crmclean.match.model import ORGANIZATION, PERSON
from crmclean.messages import say


@pytest.mark.parametrize("model", [PERSON, ORGANIZATION], ids=["person", "organization"])
def test_every_fact_has_a_name(model):
    """Each fact of a blocking rule and each comparison is named in both languages."""
    facts = {fact for rule in rules_for(model.kind) for fact in rule.facts}
    for fact in facts | {comparison.name for comparison in model.comparisons}:
        assert say(f"explain.fact.{fact}", "en")
        assert say(f"explain.fact.{fact}", "de")

"""The steps of a pair's weight, as the report draws them."""

from __future__ import annotations

import pytest

from crmclean.match.model import PERSON
from crmclean.report.steps import drawn_steps, steps_of

LEVELS = "family=equal;given=initial;email=different"


@pytest.mark.parametrize(("lang", "word"), [("en", "same family name"), ("de", "gleicher Familienname")])
def test_steps_add_up_to_the_weight(lang, word):
    """Prior, facts and what is left are the weight; each fact is said in the reader's language."""
    steps = steps_of(LEVELS, "person", 3.25, {"person": PERSON}, lang)
    assert sum(bits for _, bits in steps) == pytest.approx(3.25)
    assert len(steps) == 5
    assert any(word in said for said, _ in steps)
    drawn = str(drawn_steps(steps, lang))
    assert drawn.count("<rect") == 5
    assert "+" in drawn
    assert "−" in drawn


def test_nothing_without_a_model():
    """A report made from files alone has no models and draws no steps."""
    assert steps_of(LEVELS, "person", 3.25, {}, "en") == []
    assert str(drawn_steps([], "en")) == ""

"""Identifiers of unknown kind: equal, with a slip, or another one."""

from __future__ import annotations

import numpy as np
import pytest

from crmclean.match.bound import bound_of
from crmclean.match.compare import compare_pairs
from crmclean.match.features import Features, features_of
from crmclean.match.model import ORGANIZATION, PERSON, Model
from crmclean.match.score import score_pairs
from tests.match.builders import addresses, contacts, parties, party


def numbered(kind: str, *numbers: str | None) -> Features:
    """Parties of one name with these numbers."""
    named = {"given_name": "Ida", "family_name": "Berg"} if kind == "person" else {"organization": "Berg Bau"}
    rows = [party(f"s:{i}", kind=kind, other_id=number, **named) for i, number in enumerate(numbers)]
    return features_of(kind, parties(*rows), contacts(), addresses())


@pytest.mark.parametrize("model", [PERSON, ORGANIZATION], ids=["person", "organization"])
@pytest.mark.parametrize(
    ("other", "level"),
    [
        ("K-204718", "equal"),
        ("K-207418", "typo"),  # two digits crosswise
        ("K-20478", "typo"),  # one lost
        ("K-204778", "typo"),  # one wrong
        ("K-207481", "different"),
        (None, "missing"),
    ],
)
def test_a_slip_is_no_other_number(model: Model, other: str | None, level: str) -> None:
    """A number that is one slip away is neither the same nor quite another one."""
    features = numbered(model.kind, "K 204718", other)
    compared = compare_pairs(model, features, np.array([0]), np.array([1]))
    at = next(i for i, c in enumerate(model.comparisons) if c.name == "other_id")
    assert model.comparisons[at].levels[compared.levels[0, at]].name == level


def test_short_numbers_have_no_slips() -> None:
    """Numbers of five characters are too near each other for a slip to be told from a neighbour."""
    features = numbered("person", "20471", "20472")
    compared = compare_pairs(PERSON, features, np.array([0]), np.array([1]))
    at = next(i for i, c in enumerate(PERSON.comparisons) if c.name == "other_id")
    assert PERSON.comparisons[at].levels[compared.levels[0, at]].name == "different"


def test_the_bound_knows_slips() -> None:
    """No pair that the bound drops reaches the weight, slips of numbers among them."""
    features = numbered("person", *(f"K{204718 + i * 1111}" for i in range(40)), "K204781", "K20471")
    left, right = np.triu_indices(features.n, 1)
    weight = score_pairs(PERSON, compare_pairs(PERSON, features, left, right)).weight
    least = float(np.median(weight)) + 0.5
    may = bound_of(PERSON, features, least).may_reach(left, right)
    assert weight[~may].max(initial=-np.inf) < least
    assert (weight >= least).any()

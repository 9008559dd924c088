"""Evidence in bits: what the levels of a pair say for "match" against each other class.

The evidence against a class is the sum of log2(m / that class) over the comparisons; a missing
value says nothing. With the priors it gives the match weight, log2 of the odds of "match" against
all other classes together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crmclean.match.compare import Compared
from crmclean.match.model import Comparison, Model

__all__ = ["Evidence", "evidence", "model_odds", "posterior", "summed_evidence", "total_evidence"]

Doubles = npt.NDArray[np.float64]
RAREST_KIN = 0.002
"""Least probability that two of one household share a given name, however rare it is."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Bits per pair by which the facts speak for "match" against each other class."""

    chance: Doubles
    kin: Doubles
    associate: Doubles

    def take(self, at: npt.NDArray[np.integer]) -> Evidence:
        """The evidence of the chosen pairs."""
        return Evidence(self.chance[at], self.kin[at], self.associate[at])

    def without(self, other: Evidence) -> Evidence:
        """The evidence less that of one comparison."""
        return Evidence(self.chance - other.chance, self.kin - other.kin, self.associate - other.associate)


def evidence(
    comparison: Comparison, levels: npt.NDArray[np.int8], rarity: npt.NDArray[np.float32]
) -> Evidence:
    """The evidence of one comparison per pair."""
    m, kin, associate, u = (
        np.array([getattr(level, name) for level in comparison.levels])
        for name in ("m", "kin", "associate", "u")
    )
    bits = rarity.astype(np.float64)
    chance = np.log2(m / u)[levels] + bits
    within = np.log2(m / kin)[levels]
    if comparison.personal:
        ceiling = np.log2(m / np.minimum(RAREST_KIN, kin))[levels]
        within = np.minimum(within + bits, np.maximum(ceiling, within))
    beside = np.log2(m / associate)[levels]
    if comparison.identity:
        beside = beside + bits
    return Evidence(chance, within, beside)


def total_evidence(model: Model, compared: Compared) -> tuple[Evidence, list[Evidence]]:
    """The evidence of all comparisons together, and of each."""
    parts = [
        evidence(c, compared.levels[:, i], compared.rarity[:, i]) for i, c in enumerate(model.comparisons)
    ]
    size = len(compared.left)
    total = Evidence(np.zeros(size), np.zeros(size), np.zeros(size))
    for part in parts:  # one after the other: np.sum adds single pairs in another order than many
        _add(total, part)
    return total, parts


def _add(total: Evidence, part: Evidence) -> None:
    """Adds the evidence of one comparison, in place."""
    for name in ("chance", "kin", "associate"):
        sums = getattr(total, name)
        sums += getattr(part, name)


def summed_evidence(model: Model, compared: Compared) -> tuple[Evidence, Doubles]:
    """The evidence of all comparisons together, and the least that one adds against chance.

    As `total_evidence`, without holding the evidence of each.
    """
    size = len(compared.left)
    total = Evidence(np.zeros(size), np.zeros(size), np.zeros(size))
    least = np.zeros(size)
    for i, comparison in enumerate(model.comparisons):
        levels = compared.levels[:, i]
        if not levels.any():
            continue  # missing everywhere says nothing
        part = evidence(comparison, levels, compared.rarity[:, i])
        np.minimum(least, part.chance, out=least)
        _add(total, part)
    return total, least


def model_odds(model: Model) -> float:
    """log2 of the prior odds of "match" against chance."""
    neither = 1.0 - model.prior_match - model.prior_kin - model.prior_associate
    return float(np.log2(model.prior_match) - np.log2(neither))


def posterior(model: Model, found: Evidence) -> tuple[Doubles, Doubles, Doubles]:
    """Match weight, probability of match, probability of kin or associate; in logarithms."""
    match = np.log2(model.prior_match)
    neither = np.log2(1.0 - model.prior_match - model.prior_kin - model.prior_associate) - found.chance
    related = np.logaddexp2(
        np.log2(model.prior_kin) - found.kin, np.log2(model.prior_associate) - found.associate
    )
    others = np.logaddexp2(related, neither)
    total = np.logaddexp2(match, others)
    return match - others, np.exp2(match - total), np.exp2(related - total)

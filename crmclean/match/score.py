"""Match weight and probability of compared pairs under a model of three classes.

A pair is one customer (match), two customers that belong together (related) or neither. The match
weight is log2 of the odds of "match" against both others:

    weight = log2( prior_match * 2^s_u / (prior_related * 2^(s_u - s_r) + prior_unrelated) )

with s_u the evidence against chance and s_r the evidence against "related". Evidence is the sum of
log2(m/u) and log2(m/related) over the comparisons; a missing value says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crmclean.match.compare import Compared
from crmclean.match.model import Comparison, Model

__all__ = ["Scored", "evidence", "posterior", "score_pairs"]

Doubles = npt.NDArray[np.float64]
RAREST_RELATED = 0.002
"""Least probability that two related people share a given name, however rare it is."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores per pair.

    Args:
        weight: Match weight in bits, prior included.
        probability: Of "match", 0 to 1.
        related: Probability of "related".
        personal: Bits by which the personal comparisons speak for one person and not two
            members of a household; negative where they contradict.
    """

    weight: Doubles
    probability: Doubles
    related: Doubles
    personal: Doubles


def evidence(
    comparison: Comparison, levels: npt.NDArray[np.int8], rarity: npt.NDArray[np.float32]
) -> tuple[Doubles, Doubles]:
    """Bits against chance and bits against "related" of one comparison, per pair."""
    m = np.array([level.m for level in comparison.levels])
    u = np.array([level.u for level in comparison.levels])
    r = np.array([level.related for level in comparison.levels])
    chance = np.log2(m / u)[levels] + rarity
    if not comparison.personal:
        return chance, np.log2(m / r)[levels]
    ceiling = np.log2(m / np.minimum(RAREST_RELATED, r))[levels]
    return chance, np.minimum(np.log2(m / r)[levels] + rarity, np.maximum(ceiling, np.log2(m / r)[levels]))


def posterior(model: Model, chance: Doubles, kin: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    """Match weight, probability of match, probability of related; computed in logarithms."""
    match = np.log2(model.prior_match) * np.ones_like(chance)
    related = np.log2(model.prior_related) - kin
    neither = np.log2(1.0 - model.prior_match - model.prior_related) - chance
    weight = match - np.logaddexp2(related, neither)
    total = np.logaddexp2(np.logaddexp2(match, related), neither)
    return weight, np.exp2(match - total), np.exp2(related - total)


def score_pairs(model: Model, compared: Compared) -> Scored:
    """The scores of compared pairs."""
    n = len(compared.left)
    chance, kin, personal = np.zeros(n), np.zeros(n), np.zeros(n)
    for i, comparison in enumerate(model.comparisons):
        against_chance, against_kin = evidence(comparison, compared.levels[:, i], compared.rarity[:, i])
        chance += against_chance
        kin += against_kin
        if comparison.personal:
            personal += against_kin
    weight, probability, related = posterior(model, chance, kin)
    return Scored(weight, probability, related, personal)

"""How much less equal names say than independence has it: learned from the table itself.

Names cluster where families live, and a list of one town has more namesakes than a list of a country:
no constant fits both. Pairs with equal names and nothing else in common that have one further fact on
both sides - the birth date, where there are any - tell how often two such people are one. Each caution
of the model is the shift in bits that makes the weights without that fact say just this, on average.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from crmclean.match.compare import Compared
from crmclean.match.evidence import posterior, total_evidence
from crmclean.match.model import Model
from crmclean.match.namesakes import Levels, bare_pairs

__all__ = ["learn_caution"]

Doubles = npt.NDArray[np.float64]
CAUTIONS = ("town", "streets", "apart", "names")
WITNESSES = ("birth", "national_id", "email", "phone")
"""Facts that can tell how often two of one name are one, the best first."""
DECISIVE = frozenset({"birth", "national_id"})
"""Witnesses whose word is taken whole: an overrated name does not outweigh another birth date."""
CERTAIN = 20.0
FEWEST = 20
"""Pairs that a witness must have seen."""
PSEUDO_PAIRS = 8.0
"""Pairs that the start value of a caution is worth."""
MOST = 12.0
NEAR = -4.0
"""Weight from which a pair is near enough to a decision to tell anything about decisions."""
ROUNDS, HALVINGS = 12, 30


def learn_caution(model: Model, compared: Compared) -> Model:
    """The model of persons with the cautions that the table asks for; where few pairs tell, as before.

    Args:
        model: The model so far; the cautions in it are the start values.
        compared: Candidate pairs, those whose birth dates differ among them.
    """
    names = [c.name for c in model.comparisons]
    for witness in WITNESSES:
        position = names.index(witness)
        known = compared.take(compared.levels[:, position] > 0)
        if len(known.left) < FEWEST:
            continue
        found, parts = total_evidence(model, known)
        weight, _, _ = posterior(model, found.without(parts[position]))
        groups = bare_pairs(model, Levels(model, known), parts, ignored=frozenset({witness}))
        said = parts[position].chance
        if witness in DECISIVE:
            said = np.where(Levels(model, known).is_in(witness, "different"), -CERTAIN, CERTAIN)
        near = {name: groups[name] & (weight - getattr(model, name) >= NEAR) for name in CAUTIONS}
        if sum(int(group.sum()) for group in near.values()) >= FEWEST:
            town, streets, apart, alone = (
                _shift(weight[near[name]], said[near[name]], getattr(model, name)) for name in CAUTIONS
            )
            return replace(model, town=town, streets=streets, apart=apart, names=alone)
    return model


def _shift(weight: Doubles, said: Doubles, start: float) -> float:
    """The most likely bits to take off the weights, given what the witness says of each pair."""
    if not len(weight):
        return start
    typical = float(np.median(weight))
    shift = start
    for _ in range(ROUNDS):
        wanted = float(_chance(weight - shift + said).sum()) + PSEUDO_PAIRS * _odds(typical - start)
        low, high = 0.0, MOST
        for _ in range(HALVINGS):
            shift = (low + high) / 2
            expected = float(_chance(weight - shift).sum()) + PSEUDO_PAIRS * _odds(typical - shift)
            low, high = (shift, high) if expected > wanted else (low, shift)
    return round(shift, 4)


def _chance(bits: Doubles) -> Doubles:
    return np.asarray(1.0 / (1.0 + np.exp2(-bits)))


def _odds(bits: float) -> float:
    return float(1.0 / (1.0 + np.exp2(-bits)))

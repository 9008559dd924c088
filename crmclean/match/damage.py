"""How birth dates are damaged: counted on pairs with equal names, where nothing else can teach it.

In a table of names and birth dates no pair is sure without its date, so that the dates' own slips cannot
be learned from sure pairs. Equal names tell: of pairs with equal names most are strangers, whose dates
agree, or nearly agree, as often as chance has it; what is beyond that is one person with a slip.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from crmclean.match.compare import Compared
from crmclean.match.evidence import evidence, posterior, summed_evidence
from crmclean.match.model import Model

__all__ = ["date_damage", "with_date_damage"]

PSEUDO_PAIRS = 60.0
"""Pairs that the start values are worth."""
MOST = 4.0
"""How many times its start value a slip may become: beyond that the pairs are not what they seem."""
SURE = 0.95
Doubles = npt.NDArray[np.float64]


def date_damage(model: Model, compared: Compared) -> Doubles | None:
    """Pairs per level of the birth date that are one person, as far as names tell; None without dates.

    Args:
        model: Model of persons with u of the data.
        compared: Candidate pairs.
    """
    position = {c.name: i for i, c in enumerate(model.comparisons)}
    if model.kind != "person":
        return None
    birth = model.comparisons[position["birth"]]
    levels = compared.levels[:, position["birth"]]
    family, given = position["family"], position["given"]
    same = _at(model, compared, family, "equal") & _at(model, compared, given, "equal")
    seen = np.bincount(levels[same], minlength=len(birth.levels)).astype(np.float64)
    if not seen[1:].any():
        return None
    other = birth.index("different")
    strangers = seen[other] / birth.levels[other].u
    chance = np.array([level.u for level in birth.levels]) * strangers
    result = np.maximum(seen - chance, 0.0)
    unlike = _at(model, compared, family, "missing", "different", "close")
    unlike |= _at(model, compared, given, "missing", "different", "close", "gendered")
    result[birth.index("equal")] = float((~unlike & (levels == birth.index("equal"))).sum())
    result[0] = result[other] = 0.0
    result[other] = birth.levels[other].m * result.sum()  # names cannot tell: as the start value has it
    return np.asarray(result)


def with_date_damage(model: Model, compared: Compared) -> Model:
    """The model with start values for the birth date's slips from the table, within bounds.

    As it is where enough pairs are sure without their dates: they teach better.

    Args:
        model: Model with u of the data, start values of m and priors.
        compared: Candidate pairs.
    """
    found = None if _sure_without_dates(model, compared) >= PSEUDO_PAIRS else date_damage(model, compared)
    if found is None:
        return model
    total = found.sum() + PSEUDO_PAIRS
    changed = []
    for comparison in model.comparisons:
        if comparison.name == "birth":
            m = [
                min(float((found[i] + PSEUDO_PAIRS * level.m) / total), MOST * level.m)
                for i, level in enumerate(comparison.levels)
            ]
            kept = (
                replace(level, m=value / sum(m[1:]))
                for level, value in zip(comparison.levels[1:], m[1:], strict=True)
            )
            changed.append(replace(comparison, levels=(comparison.levels[0], *kept)))
        else:
            changed.append(comparison)
    return replace(model, comparisons=tuple(changed))


def _sure_without_dates(model: Model, compared: Compared) -> float:
    """Pairs with both dates that everything else calls a match."""
    position = [c.name for c in model.comparisons].index("birth") if model.kind == "person" else -1
    known = compared.take(compared.levels[:, position] > 0)
    if position < 0 or not len(known.left):
        return 0.0
    found, _ = summed_evidence(model, known)
    dates = evidence(model.comparisons[position], known.levels[:, position], known.rarity[:, position])
    _, probability, _ = posterior(model, found.without(dates))
    return float((probability > SURE).sum())


def _at(model: Model, compared: Compared, position: int, *names: str) -> npt.NDArray[np.bool_]:
    """Which pairs have one of these levels of a comparison."""
    comparison = model.comparisons[position]
    return np.isin(compared.levels[:, position], [comparison.index(name) for name in names])

"""Match weight and probability of compared pairs under a model of four classes.

A pair is one customer (match), two of one household (kin), two colleagues (associates) or neither.
The match weight is log2 of the odds of "match" against all others together; the evidence against
each other class is the sum of log2(m / that class) over the comparisons. A missing value says
nothing. Names alone are never enough for a merge: people have namesakes, and independence of
given and family name overrates a rare pair.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crmclean.match.compare import Compared
from crmclean.match.model import Comparison, Model

__all__ = ["Evidence", "Scored", "evidence", "posterior", "score_pairs", "total_evidence"]

Doubles = npt.NDArray[np.float64]
RAREST_KIN = 0.002
"""Least probability that two of one household share a given name, however rare it is."""
NAMES_ALONE = -0.5
"""Match weight in bits that names without any other agreement can reach: a case for review."""
NO_HOUSEHOLDS = 0.05
"""Share of kin to matches below which the data hold no households to keep apart."""
NAMESAKES_IN_TOWN = 1.5
"""Bits by which names cluster in towns, beyond what their frequency in the whole says. Ours."""
NAMES = frozenset({"family", "given", "gender", "suffix"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """Bits per pair by which the facts speak for "match" against each other class."""

    chance: Doubles
    kin: Doubles
    associate: Doubles

    def without(self, other: Evidence) -> Evidence:
        """The evidence less that of one comparison."""
        return Evidence(self.chance - other.chance, self.kin - other.kin, self.associate - other.associate)


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores per pair.

    Args:
        weight: Match weight in bits, prior included.
        probability: Of "match", 0 to 1.
        related: Probability of "kin" or "associate".
        contradicts: Whether who they are speaks against one person: personal facts within a
            household, or names and dates against chance.
    """

    weight: Doubles
    probability: Doubles
    related: Doubles
    contradicts: npt.NDArray[np.bool_]


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
    sums = [np.sum([getattr(p, name) for p in parts], axis=0) for name in ("chance", "kin", "associate")]
    return Evidence(*sums), parts


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


def score_pairs(model: Model, compared: Compared) -> Scored:
    """The scores of compared pairs."""
    found, parts = total_evidence(model, compared)
    weight, probability, related = posterior(model, found)
    if model.kind == "person":
        weight = _mind_namesakes(model, compared, parts, weight)
        probability = np.minimum(probability, np.exp2(weight - np.logaddexp2(0.0, weight)))
    contradicts = _contradicts(model, compared, parts, probability)
    return Scored(weight, probability, related, contradicts)


def _mind_namesakes(model: Model, compared: Compared, parts: list[Evidence], weight: Doubles) -> Doubles:
    """The weight with what independence of names, place and date gets wrong.

    Names alone are a case for review, and so are a clearly different birth date or a "junior" on
    one side (father and son) and a different given name at one address (couples, siblings, twins) without a
    contact point of their own in common; names and a town in common weigh less, because names cluster
    where families live.
    """
    named = {c.name: p.chance for c, p in zip(model.comparisons, parts, strict=True)}
    column = {c.name: compared.levels[:, i] for i, c in enumerate(model.comparisons)}
    levels = {c.name: c for c in model.comparisons}
    apart = [levels["address"].index(n) for n in ("place", "moved")]
    beside = np.max([bits for name, bits in named.items() if name not in NAMES | {"address"}], axis=0)
    town = (beside < 1.0) & np.isin(column["address"], apart)
    weight = np.where(town, weight - NAMESAKES_IN_TOWN, weight)
    alone = (beside < 1.0) & (
        (named["address"] < 1.0) | (column["address"] == levels["address"].index("moved"))
    )
    own = (column["email"] == levels["email"].index("equal")) | (
        column["phone"] == levels["phone"].index("mobile")
    )
    for name in ("national_id", "customer_no", "handle"):
        own |= column[name] == levels[name].index("equal")
    own |= column["national_id"] == levels["national_id"].index("typo")
    two = column["birth"] == levels["birth"].index("different")
    home = np.isin(column["address"], [levels["address"].index(n) for n in ("full", "near")])
    two |= home & np.isin(column["given"], [levels["given"].index(n) for n in ("different", "gendered")])
    two |= (column["suffix"] == levels["suffix"].index("one_sided")) & (
        column["birth"] != levels["birth"].index("equal")
    )
    if model.prior_kin < NO_HOUSEHOLDS * model.prior_match:
        two &= False
    return np.where(alone | (two & ~own), np.minimum(weight, NAMES_ALONE), weight)


CONTRADICTION = -2.0
STRANGER = -3.0
STRANGER_ALONE = -10.0
OUTWEIGHED = 0.9


def _contradicts(
    model: Model, compared: Compared, parts: list[Evidence], probability: Doubles
) -> npt.NDArray[np.bool_]:
    """See `Scored.contradicts`; different seniority (jun., sen.) is one by itself.

    A pair that is a match on the weight of everything is no contradiction, whatever its names say:
    garbled names with one mailbox and one number are one person.
    """
    zero = np.zeros(len(compared.left))
    personal = sum((p.kin for c, p in zip(model.comparisons, parts, strict=True) if c.personal), zero)
    identity = sum((p.chance for c, p in zip(model.comparisons, parts, strict=True) if c.identity), zero)
    households = model.prior_kin >= NO_HOUSEHOLDS * model.prior_match
    result = (identity < (STRANGER if households else STRANGER_ALONE)) & (probability < OUTWEIGHED)
    if households:
        result |= (personal < CONTRADICTION) & (probability < OUTWEIGHED)
    for i, comparison in enumerate(model.comparisons):
        if comparison.name == "suffix":
            result |= compared.levels[:, i] == comparison.index("different")
        if comparison.name == "birth" and households:
            result |= (compared.levels[:, i] == comparison.index("different")) & (probability < OUTWEIGHED)
    return np.asarray(result)

"""Whether copies of this table are filled alike, learned from the table itself; see `presence`.

Where sure matches that differ in something hardly ever differ in whether they have, say, a number, while
two records taken at random often do, a number on one side only speaks against a match. Where records of
one customer are filled now this way, now that, or where few pairs tell, nothing is added to the model.
Each fact is judged by pairs that the others call a match, so that it never confirms itself; facts that are
missing together (thin records) count as the fewer facts that they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from crmclean.match.codes import Ints
from crmclean.match.compare import Compared
from crmclean.match.evidence import posterior, summed_evidence, total_evidence
from crmclean.match.features import Features
from crmclean.match.model import Comparison, Level, Model
from crmclean.match.presence import FILLED, SAME_GAPS, compare_presence

__all__ = ["with_presence"]

Doubles = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]
SURE = 10.0
"""Bits from which a pair is a match to learn from: a probability of 0.999."""
COMMON = 0.05
"""Share of random pairs of which only one has the fact, from which it can tell anything."""
EXPECTED = 50.0
"""Sure matches of which only one would have the fact if that were left to chance."""
INHERITED = 0.25
"""Share of these that may be so at most for copies to count as filled alike."""
PSEUDO_PAIRS = 20.0
"""Sure matches that chance is worth."""
LOUDEST = 6.0
"""Bits that a fact on one side only takes off at most."""
ROUNDS, SAMPLE = 4, 100_000
VALUES: Mapping[str, tuple[str, ...]] = {
    "has_email": ("email", "domain"),
    "has_street": ("address",),
    "has_place": ("address",),
}
"""Comparisons that are about the fact of another name."""
_AGREEMENT = frozenset({"missing", "equal", "full", "mobile", "landline", "shared"})
_ONE = 2


def with_presence(
    model: Model, features: Features, compared: Compared, *, seed: int, known: Doubles | None = None
) -> tuple[Model, Compared]:
    """The model and the pairs with what presence says, where this table shows that it says anything.

    Args:
        model: The trained model.
        features: Facts of the parties.
        compared: Candidate pairs.
        seed: Of the random pairs.
        known: 1, 0 or NaN per pair where somebody said which are one.
    """
    names = _with_gaps(features)
    if not names or not len(compared.left):
        return model, compared
    random = _random_levels(features, names, seed)
    chance = {
        name: float((levels == _ONE).sum() / max(1, (levels > 0).sum())) for name, levels in random.items()
    }
    names = [name for name in names if chance[name] >= COMMON]
    weight, _, _ = posterior(model, summed_evidence(model, compared)[0])
    said = np.full(len(weight), np.nan) if known is None else known
    at = np.flatnonzero(np.where(np.isnan(said), weight, said) > 0)
    levels = {name: _levels(name, features, compared.left[at], compared.right[at]) for name in names}
    others = _without(model, compared.take(at), names)
    same = said[at] == 1.0
    others = {
        name: np.where(same & np.isfinite(without), np.inf, without) for name, without in others.items()
    }
    bits = _learned(levels, chance, others)
    if not bits:
        return model, compared
    share = _independence(random, bits)
    added = tuple(_comparison(name, chance[name], share * bits[name][_ONE]) for name in bits)
    return _joined(model, features, compared, added)


def _with_gaps(features: Features) -> list[str]:
    return [
        name
        for name, fact in FILLED[features.kind].items()
        if features.n and fact in features.facts and (features.facts[fact].codes >= 0).any()
    ]


def _levels(name: str, features: Features, left: Ints, right: Ints) -> Levels:
    return compare_presence(_comparison(name, 0.5, 0.0), features, left, right)


def _random_levels(features: Features, names: list[str], seed: int) -> Mapping[str, Levels]:
    """The levels of pairs of rows of one source, taken at random."""
    rng = np.random.default_rng(seed)
    order = np.argsort(features.sources.codes, kind="stable")
    sources = features.sources.codes[order]
    first, last = (np.searchsorted(sources, sources, side=side) for side in ("left", "right"))
    one = rng.integers(0, features.n, SAMPLE)
    two = first[one] + (rng.random(SAMPLE) * (last - first)[one]).astype(np.int64)
    a, b = order[one[one != two]], order[two[one != two]]
    return {name: _levels(name, features, a, b) for name in names}


def _differing(model: Model, compared: Compared) -> list[Flags]:
    """Per comparison the pairs that differ in it."""
    agrees = (np.array([level.name in _AGREEMENT for level in c.levels]) for c in model.comparisons)
    return [~same[compared.levels[:, i]] for i, same in enumerate(agrees)]


def _without(model: Model, compared: Compared, names: list[str]) -> dict[str, Doubles]:
    """The weights of pairs per fact without what the values of this very fact say.

    Else only pairs that both have it would be sure, and one-sided ones would seem rare. For the same reason
    a pair must differ in something else; those that do not, whole copies, teach nothing.
    """
    total, parts = total_evidence(model, compared)
    differing = _differing(model, compared)
    result = {}
    for name in names:
        about = VALUES.get(name, (name.removeprefix("has_"),))
        own = [i for i, c in enumerate(model.comparisons) if c.name in about]
        found = total
        for i in own:
            found = found.without(parts[i])
        telling = np.logical_or.reduce([flags for i, flags in enumerate(differing) if i not in own])
        result[name] = np.where(telling, posterior(model, found)[0], -np.inf)
    return result


def _learned(
    levels: Mapping[str, Levels], chance: Mapping[str, float], weight: Mapping[str, Doubles]
) -> dict[str, Doubles]:
    """Bits per level of the facts that say something.

    Args:
        levels: Levels of pairs that may be matches, per fact.
        chance: Share of random pairs of which only one has the fact.
        weight: What all else says of the pairs, in bits, per fact.
    """
    bits: dict[str, Doubles] = {}
    for _ in range(ROUNDS):
        parts = {name: bits[name][levels[name]] for name in bits}
        bits = {}
        for name, chosen in levels.items():
            others = weight[name] + sum(part for fact, part in parts.items() if fact != name)
            sure = chosen[(others > SURE) & (chosen > 0)]
            u = chance[name]
            m = ((sure == _ONE).sum() + PSEUDO_PAIRS * u) / (len(sure) + PSEUDO_PAIRS)
            if len(sure) * u >= EXPECTED and m <= INHERITED * u:
                bits[name] = np.array([0.0, np.log2((1.0 - m) / (1.0 - u)), max(-LOUDEST, np.log2(m / u))])
    return bits


def _independence(random: Mapping[str, Levels], bits: Mapping[str, Doubles]) -> float:
    """How many facts they are, as a share of their number: 1 where gaps come independently of each other."""
    parts = np.array([bits[name][random[name]] for name in bits])
    whole = float(parts.sum(axis=0).var())
    return min(1.0, float(parts.var(axis=1).sum()) / whole) if whole > 0 else 1.0


def _comparison(name: str, chance: float, bits: float) -> Comparison:
    """The comparison of a fact's presence, given the bits that one side only adds.

    A family, or an office, is often entered in one go: what it shares in gaps tells no one of it from another.
    """
    one = chance * float(np.exp2(bits))
    missing = Level("missing", 1.0, 1.0, 1.0, 1.0)
    alike = Level(SAME_GAPS, 1.0 - one, 1.0 - one, 1.0 - one, 1.0 - chance)
    return Comparison(name, (missing, alike, Level("one_sided", one, chance, chance, chance)), presence=True)


def _joined(
    model: Model, features: Features, compared: Compared, added: tuple[Comparison, ...]
) -> tuple[Model, Compared]:
    """The model and the pairs with these comparisons behind the others."""
    columns = [compare_presence(c, features, compared.left, compared.right) for c in added]
    levels = np.asfortranarray(np.column_stack([compared.levels, *columns]))
    nothing = np.zeros((len(compared.left), len(added)), dtype=np.float32)
    rarity = np.asfortranarray(np.hstack([compared.rarity, nothing]))
    model = replace(model, comparisons=(*model.comparisons, *added))
    return model, replace(compared, levels=levels, rarity=rarity)

"""Learning the model without labels, in a way that cannot drift.

- u comes from the data: exact frequencies for values that repeat, a random sample for fuzzy
  levels, and a rate per customer for contact points and identifiers, which unrelated people
  hardly ever share (counting them would count the duplicates themselves).
- m of a comparison is estimated from pairs that the *other* comparisons call a match
  (leave-one-out expectation), mixed with the start value as a number of pseudo-pairs. A field
  therefore never confirms itself, which is how plain EM drifts.
- the priors are the expected shares of pairs in each class, within bounds per record.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from crmclean.match.caution import learn_caution
from crmclean.match.codes import Ints
from crmclean.match.compare import Compared, compare_pairs
from crmclean.match.damage import with_date_damage
from crmclean.match.evidence import model_odds, posterior, summed_evidence, total_evidence
from crmclean.match.features import Features
from crmclean.match.model import Comparison, Level, Model

__all__ = ["estimate_u", "train_model", "with_gaps"]

Doubles = npt.NDArray[np.float64]
ROUNDS = 6
PSEUDO_PAIRS = 60.0
SAMPLE = 300_000
FEWEST_COPIES = {"person": 0.1, "organization": 0.3}
"""Copies per record that are expected at least, doubled. More for companies: in a list of their names alone
copies and namesakes cannot be told apart by counting, and a company's name is mostly its own. Ours."""
UNDER_ONE_ROOF = 0.3
"""Pairs of branches or neighbours per pair of copies that a list of companies has at least: restaurants of
one hotel share street and switchboard, and would else count as copies of each other. Ours."""
MOST_LIKELY = 0.2
"""Greatest prior probability of a class, which only tables of a few rows reach."""
SURE = 0.5
HOPELESS = -0.01
"""Bits below which no pair is a match to the other comparisons (`SURE` is odds of one)."""
SURE_PERSONAL = 0.95
MOST = 4.0
"""How many times its start value an m of an identity comparison may reach: households look like
matches where the given name is left out, and would teach that given names differ."""
# How many other, unrelated customers share such a value with a given one, on average. Ours.
_PER_CUSTOMER = {
    ("email", "equal"): 0.005,
    ("email", "shared"): 0.5,
    ("email", "typo"): 0.03,
    ("phone", "mobile"): 0.005,
    ("phone", "landline"): 0.02,
    ("phone", "equal"): 0.02,
    ("phone", "shared"): 0.5,
    ("phone", "typo"): 0.05,
    ("handle", "equal"): 0.05,
    ("customer_no", "equal"): 0.01,
    ("national_id", "equal"): 0.01,
    ("national_id", "typo"): 0.05,
    ("vat_id", "equal"): 0.02,
    ("address", "near"): 0.3,
    ("domain", "equal"): 0.5,
}
_BY_FREQUENCY = {
    ("family", "equal"): "family",
    ("family", "swapped"): "family",
    ("given", "equal"): "given",
    ("organization", "equal"): "organization",
    ("other_id", "equal"): "other_id",
}


def estimate_u(model: Model, features: Features, *, seed: int, threads: int = 1) -> Model:
    """The model with u of the data; m and related are kept.

    Args:
        model: Start model.
        features: Facts of the parties.
        seed: Of the random pairs.
        threads: Chunks of the sample compared at once.
    """
    left, right = _random_pairs(features.n, seed)
    compared = compare_pairs(model, features, left, right, threads=threads)
    comparisons = tuple(
        replace(c, levels=_with_u(c, compared.levels[:, i], features))
        for i, c in enumerate(model.comparisons)
    )
    return replace(model, comparisons=comparisons)


def _random_pairs(n: int, seed: int) -> tuple[Ints, Ints]:
    if n < 2:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    if n * (n - 1) // 2 <= SAMPLE:
        left, right = np.triu_indices(n, 1)
        return left.astype(np.int64), right.astype(np.int64)
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, n, SAMPLE), rng.integers(0, n - 1, SAMPLE)
    b += b >= a
    return np.minimum(a, b), np.maximum(a, b)


def _with_u(comparison: Comparison, levels: npt.NDArray[np.int8], features: Features) -> tuple[Level, ...]:
    counts = np.bincount(levels, minlength=len(comparison.levels)).astype(float)
    seen = counts[1:].sum()
    result = [comparison.levels[0]]
    for i, level in enumerate(comparison.levels[1:], start=1):
        u = _u_of(comparison.name, level, features)
        if u is None:
            weight = 2000.0
            u = (counts[i] + weight * level.u) / (seen + weight)
        result.append(replace(level, u=float(min(0.9999, max(u, 1e-9)))))
    return tuple(result)


def _u_of(name: str, level: Level, features: Features) -> float | None:
    """The u from frequencies or from a rate per customer; None where the sample must tell."""
    if (name, level.name) == ("name", "equal"):
        return _namesakes(features)
    rate = _PER_CUSTOMER.get((name, level.name))
    if rate is not None:
        return rate / max(50, features.n)
    fact = _BY_FREQUENCY.get((name, level.name))
    if fact is not None:
        return max(_chance(features, fact) - 0.3 / max(50, features.n), 0.2 * _chance(features, fact))
    if (name, level.name) == ("address", "full"):
        return max(0.3 / max(50, features.n), _chance(features, "full") - 2.0 / max(50, features.n))
    if (name, level.name) == ("birth", "equal"):
        return max(_chance(features, "birth_year") / 330, 1e-6)
    return None


def _namesakes(features: Features) -> float:
    """The chance that two companies bear one name: what repeats, less the copies among it.

    Most companies' names are theirs alone, so that copies would make up most of what repeats.
    """
    counts = features.facts["name"].counts.astype(np.float64)
    n = max(50.0, float(features.n))
    repeated = float((counts * (counts - 1.0)).sum()) / (n * (n - 1.0))
    return max(repeated - COPIES / n, 0.2 * repeated, RARE / n)


COPIES, RARE = 0.8, 0.05
"""Copies that a company's record has on average, and other companies of its name at least. Ours."""


def _chance(features: Features, fact: str) -> float:
    frequency = features.facts[fact].frequency()
    return float((frequency**2).sum())


def train_model(model: Model, compared: Compared, n: int, *, share: float = 1.0, threads: int = 1) -> Model:
    """The model with m and priors of the data.

    Args:
        model: Model with u of the data.
        compared: Candidate pairs.
        n: Number of parties.
        share: Which share of all candidate pairs these are.
        threads: Comparisons worked on at once.
    """
    if not len(compared.left):
        return _with_priors(model, min(0.1 / max(1, n), MOST_LIKELY), min(0.1 / max(1, n), MOST_LIKELY))
    model = _with_priors(model, min(0.4 / n, MOST_LIKELY), min(0.5 / n, MOST_LIKELY))
    start = model = before = with_date_damage(model, compared)
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(ROUNDS):
            before, model = model, _round(model, start, compared, n, share, pool)
    moved = max(
        abs(a.m - b.m)
        for c, d in zip(before.comparisons, model.comparisons, strict=True)
        for a, b in zip(c.levels, d.levels, strict=True)
    )
    model = replace(model, converged=moved < 0.01)
    return learn_caution(model, compared) if model.kind == "person" else model


def _round(
    model: Model, start: Model, compared: Compared, n: int, share: float, pool: ThreadPoolExecutor
) -> Model:
    all_pairs = n * (n - 1) / 2 * share
    found, least = summed_evidence(model, compared)
    _, probability, related = posterior(model, found)
    # a pair counts for a comparison only where the others call it a match; most never can
    hopeful = np.flatnonzero(model_odds(model) + found.chance - least > HOPELESS)
    chosen = compared.take(hopeful)
    total, parts = total_evidence(model, chosen)

    def taught(i: int) -> Comparison:
        comparison = model.comparisons[i]
        at = np.flatnonzero(chosen.levels[:, i])  # missing values teach nothing
        _, without, _ = posterior(model, total.take(at).without(parts[i].take(at)))
        levels = _with_m(start.comparisons[i], chosen.levels[at, i], without, share)
        if comparison.name == "address":
            levels = with_gaps(levels, start.comparisons[i])
        return replace(comparison, levels=levels)

    comparisons = tuple(pool.map(taught, range(len(model.comparisons))))
    most = min(4.0 / n, MOST_LIKELY)
    copies = FEWEST_COPIES[model.kind] / n
    match = float(np.clip(probability.sum() / all_pairs, min(copies, most), most))
    fewest = UNDER_ONE_ROOF * match if model.kind == "organization" else 0.02 / n
    kin = float(np.clip(related.sum() / all_pairs, min(fewest, most), most))
    return _with_priors(replace(model, comparisons=comparisons), match, kin)


_HOME = ("full", "near", "place")
"""Levels of one home: which it is depends on what the records leave out, for a family as for one person."""
WHOLE, STREETS = 0.5, 0.1
"""Share of whole addresses among those of one home below which gaps are the rule, and share of those with a
street from which households can be told at all."""


def with_gaps(levels: tuple[Level, ...], start: Comparison) -> tuple[Level, ...]:
    """The levels of addresses; where gaps are the rule, those of households divided as those of one customer are.

    In a table of half-empty addresses a household too shares a street without a postcode, or a postcode alone.

    Args:
        levels: Levels with the learned shares of one customer.
        start: The comparison with its start values.
    """
    at = {name: start.index(name) for name in _HOME}
    total = sum(levels[i].m for i in at.values())
    whole, streets = levels[at["full"]].m / total, (levels[at["full"]].m + levels[at["near"]].m) / total
    if whole >= WHOLE or streets < STREETS:
        return levels
    result = list(levels)
    for i in at.values():
        share = levels[i].m / total
        kin, associate = (sum(getattr(start.levels[j], c) for j in at.values()) for c in ("kin", "associate"))
        result[i] = replace(levels[i], kin=kin * share, associate=associate * share)
    return tuple(result)


def _with_priors(model: Model, match: float, related: float) -> Model:
    return replace(model, prior_match=match, prior_kin=related / 2, prior_associate=related / 2)


def _with_m(
    start: Comparison, levels: npt.NDArray[np.int8], without: Doubles, share: float
) -> tuple[Level, ...]:
    """The m from the pairs that the other comparisons call a match, mixed with the start value."""
    sure = np.where(without > (SURE_PERSONAL if start.personal else SURE), without, 0.0)
    counts = np.bincount(levels, weights=sure, minlength=len(start.levels)) / share
    total = counts[1:].sum() + PSEUDO_PAIRS
    m = [float((counts[i] + PSEUDO_PAIRS * level.m) / total) for i, level in enumerate(start.levels)]
    if start.identity:
        m = [min(value, MOST * level.m) for value, level in zip(m, start.levels, strict=True)]
    scale = sum(m[1:])
    return (
        start.levels[0],
        *(replace(level, m=m[i] / scale) for i, level in enumerate(start.levels[1:], start=1)),
    )

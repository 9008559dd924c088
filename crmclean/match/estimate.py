"""Precision and recall without labels: what the model's probabilities add up to, and how sure that is.

Pairs are put into strata by probability and outcome. In each the share of true pairs is taken to
follow a Beta distribution: the model's mean probability counts as much as `TRUST` reviewed pairs,
and pairs that stewards judged count as themselves. Draws from all strata give an interval.

A model can be wrong as a whole. So each draw also takes the odds of all probabilities wrong by a
common factor (`DOUBT`), once for merged and once for unmerged pairs; reviewed pairs outweigh that
soon. True pairs below the review threshold are taken from the model's prior, give or take a factor,
and a share (`UNSEEN`) is taken never to have been compared at all.

What no model sees: two people whose records agree in all they hold. Each draw takes a share of the
merged pairs to be such (`ALIKE`), and more where many strong pairs were kept apart by contradictions:
where these are many, others will have slipped through. Merged pairs that stewards judged say more. The
constants are ours, set so that the intervals hold the truth on data sets with labels; see docs/match.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.decisions import standing
from crmclean.match.model import Model
from crmclean.tables import Clusters, Decisions, Scores

__all__ = ["Estimate", "Interval", "estimate_quality"]

Doubles = npt.NDArray[np.float64]
TRUST = 25.0
"""Reviewed pairs per stratum that the model's word is worth."""
DOUBT = 1.6
"""Bits (standard deviation) by which all odds of the model may be wrong together."""
UNSEEN = 0.05
"""Mean share of the true pairs that were never compared, or that nothing but a guess would join."""
APART = 0.5
"""Probability at most of a pair that a contradiction kept apart: on eleven data sets about half were true."""
ALIKE, ALIKE_TRUST = 0.02, 32.0
"""Mean share of merged pairs that are two all the same, and the reviewed pairs that this word is worth."""
SLIPPED = 0.25
"""Pairs that slipped through, for each that a contradiction kept apart."""
DRAWS = 4000
LINK = 0.6
"""Merged pairs below this probability were joined through other records."""
EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99, 1.0)


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with the bounds between which it lies with 95 % probability."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """Estimated quality.

    Args:
        precision: Of pairs of records put together.
        recall: Of pairs of records that belong together and share some blocking key.
        merged: Pairs that were put together.
        reviewed: Judged pairs that were used.
        by_band: Columns low, high, merged (bool), pairs, probability (mean), reviewed, same.
    """

    precision: Interval
    recall: Interval
    merged: int
    reviewed: int
    by_band: pd.DataFrame


def estimate_quality(
    scores: Scores,
    clusters: Clusters,
    *,
    models: Mapping[str, Model] | None = None,
    decisions: Decisions | None = None,
    seed: int = 1,
) -> Estimate:
    """Precision and recall of the clusters, as far as model and reviewed pairs tell.

    Args:
        scores: Scored pairs.
        clusters: Party and cluster.
        models: Trained models: their priors tell how many true pairs lie below the review threshold.
        decisions: What stewards said of pairs.
        seed: Of the draws.
    """
    pairs = _with_reviews(scores, decisions)
    inside = _pairs_inside(clusters)
    merged = pairs["merged"].to_numpy(dtype=bool)
    sure = merged & (pairs["probability"] >= LINK).to_numpy()
    linked = float(pairs.loc[sure, "probability"].mean()) if sure.any() else 0.5
    bands = _bands(pairs)
    indirect = bands["merged"] & (bands["high"] <= LINK)  # joined through a third record:
    bands["probability"] = bands["probability"].where(~indirect, bands["probability"].clip(lower=linked**2))
    unscored = max(0, inside - int(merged.sum()))
    if unscored:  # two links vouch for each of them
        row = {"low": 0.0, "high": 1.0, "merged": True, "pairs": unscored, "probability": linked**2}
        bands = pd.concat([bands, pd.DataFrame([{**row, "reviewed": 0, "same": 0}])], ignore_index=True)
    rng = np.random.default_rng(seed)
    true = _draw(bands, rng)
    hits = true[:, bands["merged"].to_numpy(dtype=bool)].sum(axis=1) * (1.0 - _alike(pairs, rng))
    below = _below(pairs, clusters, models) * np.exp2(rng.normal(0.0, 1.0, DRAWS))
    unseen = rng.exponential(UNSEEN, DRAWS) * hits
    missed = true[:, ~bands["merged"].to_numpy(dtype=bool)].sum(axis=1) + below + unseen
    found = max(1, int(merged.sum()) + unscored)
    wrong = np.minimum(found, rng.poisson(np.maximum(0.0, found - hits)))  # few may well be none
    return Estimate(
        precision=_interval(1.0 - wrong / found),
        recall=_interval(hits / np.maximum(1e-9, hits + missed)),
        merged=int(merged.sum()) + unscored,
        reviewed=int(bands["reviewed"].sum()),
        by_band=bands,
    )


def _alike(pairs: pd.DataFrame, rng: np.random.Generator) -> Doubles:
    """Share of the merged pairs, per draw, that are two although nothing tells them apart."""
    merged = pairs["merged"].to_numpy(dtype=bool)
    kept = int(pairs["kept"].sum())
    mean = ALIKE + SLIPPED * kept / max(1, kept + int(merged.sum()))
    said = pairs.loc[merged & pairs["said"].notna().to_numpy(), "said"]
    two, one = float((said == 0.0).sum()), float((said == 1.0).sum())
    return rng.beta(ALIKE_TRUST * mean + two, ALIKE_TRUST * (1.0 - mean) + one, DRAWS)


def _with_reviews(scores: Scores, decisions: Decisions | None) -> pd.DataFrame:
    """Pairs with whether they were merged and what stewards said (1, 0, missing)."""
    kept = scores["outcome"] == "kept_apart"
    probability = scores["probability"].mask(kept, scores["probability"].clip(upper=APART))
    frame = scores[["party_l", "party_r"]].assign(
        probability=probability,
        merged=scores["outcome"] == "merged",
        kept=kept & (scores["probability"] >= LINK),
    )
    if decisions is None or not len(decisions):
        return frame.assign(said=np.nan)
    last = standing(decisions)
    said = last[["party_l", "party_r"]].assign(said=(last["decision"] == "same").astype("float64"))
    return frame.merge(said, on=["party_l", "party_r"], how="left")


def _bands(pairs: pd.DataFrame) -> pd.DataFrame:
    band = np.clip(
        np.searchsorted(EDGES, pairs["probability"].to_numpy(), side="right") - 1, 0, len(EDGES) - 2
    )
    grouped = pairs.assign(band=band).groupby(["merged", "band"], sort=True)
    table = grouped.agg(
        pairs=("probability", "size"),
        probability=("probability", "mean"),
        reviewed=("said", "count"),
        same=("said", "sum"),
    ).reset_index()
    low = [EDGES[i] for i in table["band"]]
    high = [EDGES[i + 1] for i in table["band"]]
    return table.assign(low=low, high=high)[
        ["low", "high", "merged", "pairs", "probability", "reviewed", "same"]
    ]


def _draw(bands: pd.DataFrame, rng: np.random.Generator) -> Doubles:
    """True pairs per draw and band."""
    if not len(bands):
        return np.zeros((DRAWS, 0))
    merged = bands["merged"].to_numpy(dtype=bool)
    shift = np.where(merged, rng.normal(0.0, DOUBT, (DRAWS, 1)), rng.normal(0.0, DOUBT, (DRAWS, 1)))
    said = np.clip(bands["probability"].to_numpy(dtype=np.float64), 1e-6, 1.0 - 1e-6)
    mean = 1.0 / (1.0 + np.exp2(np.log2((1.0 - said) / said) - shift))
    same = bands["same"].to_numpy(dtype=np.float64)
    other = bands["reviewed"].to_numpy(dtype=np.float64) - same
    a, b = TRUST * mean + same, TRUST * (1.0 - mean) + other
    shares = rng.beta(np.maximum(a, 1e-3), np.maximum(b, 1e-3), (DRAWS, len(bands)))
    return np.asarray(shares * bands["pairs"].to_numpy(dtype=np.float64))


def _pairs_inside(clusters: Clusters) -> int:
    sizes = clusters["cluster"].value_counts().to_numpy(dtype=np.int64)
    return int((sizes * (sizes - 1) // 2).sum())


def _below(pairs: pd.DataFrame, clusters: Clusters, models: Mapping[str, Model] | None) -> float:
    """True pairs that the model expects among all pairs beyond those that are listed."""
    kinds = clusters["party"].str.rpartition("/")[2].str.rstrip("0123456789").value_counts()
    expected = 0.0
    for kind, model in (models or {}).items():
        n = int(kinds.get(kind, 0))
        expected += model.prior_match * n * (n - 1) / 2
    return max(0.0, expected - float(pairs["probability"].sum())) if models else 0.0


def _interval(draws: Doubles) -> Interval:
    low, middle, high = (float(np.quantile(draws, q)) for q in (0.025, 0.5, 0.975))
    return Interval(round(middle, 4), round(low, 4), round(high, 4))

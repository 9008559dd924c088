"""Weights made to mean what labelled pairs say: a monotone map of match weights, learned from labels.

Bins of labelled pairs by weight have a share of true ones each; isotonic regression makes the shares rise
with the weight (R. E. Barlow et al., "Statistical Inference under Order Restrictions", 1972; for
probabilities of classifiers B. Zadrozny, C. Elkan, KDD 2002). Between the bins the map is linear in bits.
It always rises, if but a little: no pair changes its place among the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Calibration", "calibrated", "fit_points", "fitted_in", "raw_weight"]

Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Points = tuple[tuple[float, float], ...]
LOWEST = -7.0
"""Weight from which labelled pairs tell anything: below it nearly all are false whatever is said."""
BIN, BINS = 40, 40
"""Pairs in a bin at least, and bins at most."""
TRUST = 5.0
"""Labelled pairs that the model's own word is worth in each bin."""
SLOPE = 0.02
"""Bits by which the map rises per bit at least."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What labels make of match weights.

    Args:
        points: Weight of the model and the weight that is meant, both rising.
        pairs: Labelled pairs it was learned from.
        error_before: Expected calibration error of these pairs above 0.5 without it.
        error: The same with it, each pair measured by a map that others taught.
    """

    points: Points
    pairs: int
    error_before: float
    error: float


def fitted_in(model: Mapping[str, Any]) -> Calibration | None:
    """The calibration in a model that was read from text; None without one."""
    data = model.get("calibration")
    if data is None:
        return None
    return Calibration(**{**data, "points": tuple((float(x), float(y)) for x, y in data["points"])})


def calibrated(points: Points, weight: Doubles) -> Doubles:
    """The weights that are meant; beyond the points the map goes on as far off, above them nearly flat.

    Args:
        points: Of the calibration.
        weight: Match weights of the model in bits.
    """
    x, y = np.array(points, dtype=np.float64).T
    inside = np.interp(weight, x, y)
    above = y[-1] + SLOPE * (weight - x[-1])
    return np.asarray(
        np.where(weight < x[0], weight + (y[0] - x[0]), np.where(weight > x[-1], above, inside))
    )


def raw_weight(points: Points, meant: float) -> float:
    """The weight of the model that means this one: `calibrated` the other way round."""
    x, y = np.array(points, dtype=np.float64).T
    if meant < y[0]:
        return float(meant - (y[0] - x[0]))
    return float(np.interp(meant, y, x)) if meant <= y[-1] else float(x[-1] + (meant - y[-1]) / SLOPE)


def fit_points(weight: Doubles, true: Flags, worth: Doubles) -> Points:
    """The points of the map that labelled pairs ask for; none where fewer than one bin of pairs tell.

    Args:
        weight: Match weights of labelled pairs.
        true: Whether each is one customer.
        worth: How many pairs each stands for.
    """
    kept = weight >= LOWEST
    order = np.argsort(weight[kept], kind="stable")
    w, t, each = (values[kept][order].astype(np.float64) for values in (weight, true, worth))
    if len(w) < BIN:
        return ()
    parts = np.array_split(np.arange(len(w)), min(BINS, len(w) // BIN))
    said = 1.0 / (1.0 + np.exp2(-w))
    middle = np.array([w[part].mean() for part in parts])
    size = np.array([each[part].sum() + TRUST for part in parts])
    share = np.array([(t * each)[part].sum() + TRUST * said[part].mean() for part in parts]) / size
    rising = np.clip(_rising(share, size), 1e-9, 1.0 - 1e-9)
    return _points(middle, np.log2(rising / (1.0 - rising)))


def _rising(share: Doubles, size: Doubles) -> Doubles:
    """The shares with neighbours that fall pooled until none does."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(share.tolist(), size.tolist(), strict=True):
        pool = (value, weight, 1)
        while pools and pools[-1][0] >= pool[0]:
            other = pools.pop()
            total = other[1] + pool[1]
            pool = ((other[0] * other[1] + pool[0] * pool[1]) / total, total, other[2] + pool[2])
        pools.append(pool)
    return np.repeat([value for value, _, _ in pools], [times for _, _, times in pools])


def _points(x: Doubles, y: Doubles) -> Points:
    """Points that rise in both; of several of one weight the last."""
    result: list[tuple[float, float]] = []
    for weight, meant in zip(x.round(4).tolist(), y.round(4).tolist(), strict=True):
        if result and weight <= result[-1][0]:
            result[-1] = (result[-1][0], max(meant, result[-1][1]))
            continue
        least = result[-1][1] + SLOPE * (weight - result[-1][0]) if result else meant
        result.append((weight, round(max(meant, least), 6)))
    return tuple(result)

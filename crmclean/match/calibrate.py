"""Whether a probability of 0.95 means 95 of 100: reliability of pair probabilities.

Source: M. H. DeGroot, S. E. Fienberg, "The comparison and evaluation of forecasters", The
Statistician 32 (1983); expected calibration error as in M. P. Naeini, G. Cooper, M. Hauskrecht,
AAAI 2015, here over pairs with a probability above 0.5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.match.fitted import Calibration, calibrated, fit_points

__all__ = ["Thresholds", "best_threshold", "calibration_error", "calibration_of", "reliability_table"]

Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
LOWEST, WIDTH = 0.5, 0.05
WORTH_IT = 0.8
"""Share of the error that labels must leave at most for their map to be used: less may be luck."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """F1 of pairs taken by probability alone, without clusters.

    Args:
        best: The threshold with the best F1.
        best_f1: Its F1.
        f1: F1 at the threshold that was asked about.
    """

    best: float
    best_f1: float
    f1: float


def reliability_table(probability: Doubles, true: Flags, *, lowest: float = LOWEST) -> pd.DataFrame:
    """Pairs per band of probability, what the model says of them and what they are.

    Args:
        probability: Of each pair.
        true: Whether the pair belongs together.
        lowest: Pairs up to this probability are left out.

    Returns:
        Columns low, high, pairs, probability (mean), share (of true pairs); empty bands left out.
    """
    kept = probability > lowest
    p, truth = probability[kept], true[kept]
    count = max(1, round((1.0 - lowest) / WIDTH))
    band = np.clip(((p - lowest) / (1.0 - lowest) * count).astype(np.int64), 0, count - 1)
    pairs = np.bincount(band, minlength=count)
    said = np.bincount(band, weights=p, minlength=count)
    seen = np.bincount(band, weights=truth.astype(np.float64), minlength=count)
    edges = np.round(np.linspace(lowest, 1.0, count + 1), 6)
    frame = pd.DataFrame(
        {
            "low": edges[:-1],
            "high": edges[1:],
            "pairs": pairs,
            "probability": said / np.maximum(1, pairs),
            "share": seen / np.maximum(1, pairs),
        }
    )
    return frame[frame["pairs"] > 0].round(4).reset_index(drop=True)


def calibration_error(table: pd.DataFrame) -> float | None:
    """Mean distance of what the model says from what is, weighted by pairs; None without pairs.

    Args:
        table: As made by `reliability_table`.
    """
    total = int(table["pairs"].sum())
    if not total:
        return None
    return float((table["pairs"] * (table["probability"] - table["share"]).abs()).sum() / total)


def best_threshold(probability: Doubles, true: Flags, all_true: int, *, at: float) -> Thresholds:
    """The threshold of the best F1 over scored pairs, and F1 at the given one.

    Args:
        probability: Of each scored pair.
        true: Whether the pair belongs together.
        all_true: True pairs, those never scored included.
        at: Threshold in use.
    """
    if not len(probability) or not all_true:
        return Thresholds(at, 0.0, 0.0)
    order = np.argsort(-probability, kind="stable")
    ranked, hits = probability[order], np.cumsum(true[order])
    f1 = 2 * hits / (np.arange(1, len(hits) + 1) + all_true)
    last = np.r_[ranked[1:] != ranked[:-1], True]  # pairs of one probability are taken together
    best = int(np.flatnonzero(last)[np.argmax(f1[last])])
    taken = int((ranked >= at).sum())
    return Thresholds(float(ranked[best]), float(f1[best]), float(f1[taken - 1]) if taken else 0.0)


def calibration_of(
    weight: Doubles, true: Flags, worth: Doubles, fold: npt.NDArray[np.integer]
) -> Calibration | None:
    """The map of weights that labelled pairs ask for; None where it brings nothing to pairs held out.

    Args:
        weight: Match weight of each labelled pair, learned without its own label.
        true: Whether it is one customer.
        worth: How many pairs it stands for.
        fold: The part it belongs to; the error is that of parts that the map was not fitted to.
    """
    held = weight.copy()
    for part in np.unique(fold):
        points = fit_points(*(values[fold != part] for values in (weight, true, worth)))
        if not points:
            return None
        held[fold == part] = calibrated(points, weight[fold == part])
    before, after = (_error(bits, true, worth) for bits in (weight, held))
    if after > WORTH_IT * before:
        return None
    points = fit_points(weight, true, worth)
    return Calibration(points, len(weight), round(before, 4), round(after, 4))


def _error(weight: Doubles, true: Flags, worth: Doubles) -> float:
    """The calibration error of match weights, in the bands of `reliability_table`."""
    probability = 1.0 / (1.0 + np.exp2(-weight))
    kept = probability > LOWEST
    band = ((probability[kept] - LOWEST) / WIDTH).astype(np.int64)
    apart = np.bincount(band, weights=(worth * (probability - true))[kept])
    return float(np.abs(apart).sum() / max(1e-9, float(worth[kept].sum())))

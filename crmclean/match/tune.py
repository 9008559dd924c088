"""How sure is sure enough, and which pairs a steward should see.

The threshold follows from what a false merge costs: merging pays when the expected cost of a
false merge, (1 - p) times its cost, is below that of a missed one, p times 1. The review band is
what a steward can settle: one pair for two customers, the most valuable first.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from crmclean.config import MatchConfig
from crmclean.errors import ConfigError
from crmclean.match.codes import Ints

__all__ = ["decision_threshold", "most_valuable", "review_values", "threshold_bits"]

Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def decision_threshold(config: MatchConfig) -> float:
    """The probability from which a pair is merged.

    Args:
        config: `cost_of_false_merge`, how many missed merges a false one weighs; 0 means that
            `match_threshold` holds.

    Raises:
        ConfigError: A cost below 0, or a threshold that is no probability above 0.

    Example:
        >>> decision_threshold(MatchConfig(cost_of_false_merge=9))
        0.9
    """
    if config.cost_of_false_merge < 0:
        raise ConfigError.of("errors.match.cost", value=config.cost_of_false_merge)
    if config.cost_of_false_merge:
        return config.cost_of_false_merge / (1 + config.cost_of_false_merge)
    for name in ("match_threshold", "review_threshold"):
        if not 0 < getattr(config, name) <= 1:
            raise ConfigError.of("errors.match.threshold", name=name, value=getattr(config, name))
    return config.match_threshold


def threshold_bits(config: MatchConfig) -> float:
    """The match weight in bits from which a pair is merged."""
    probability = decision_threshold(config)
    return float(np.log2(probability / (1 - probability))) if probability < 1 else float("inf")


def review_values(label: Ints, pairs: tuple[Ints, Ints], probability: Doubles, shown: Flags) -> Doubles:
    """What a decision on each pair is worth; 0 for pairs nobody is asked about.

    Of pairs between the same two customers only the strongest is asked about. The value of a decision
    is what is lost on average while the two stay apart: the probability times the pairs of records
    that would meet.

    Args:
        label: Cluster per row.
        pairs: Rows of the pairs.
        probability: Of each pair.
        shown: Pairs that may be asked about; those within one cluster never are.
    """
    left, right = label[pairs[0]], label[pairs[1]]
    at = np.flatnonzero(shown & (left != right))
    low, high = np.minimum(left, right)[at], np.maximum(left, right)[at]
    order = np.lexsort((pairs[1][at], pairs[0][at], -probability[at], high, low))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
    best = at[order[first]]
    size = np.bincount(label)
    values = np.zeros(len(shown))
    values[best] = probability[best] * size[left[best]] * size[right[best]]
    return values


def most_valuable(values: Doubles, most: int) -> Flags:
    """The pairs a steward is asked about: the most valuable ones, of equal ones the first.

    Args:
        values: What a decision on each pair is worth; 0 for none.
        most: Pairs a steward can settle; 0 for all.
    """
    chosen = values > 0
    if most and int(chosen.sum()) > most:
        best = np.lexsort((np.arange(len(values)), -values))[:most]
        chosen = np.zeros(len(values), dtype=bool)
        chosen[best] = True
    return chosen

"""What the levels of a comparison add, per row: the parts that bounds are made of."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from crmclean.match.codes import Codes, Ints
from crmclean.match.compare import rarity_fact, rarity_of
from crmclean.match.features import Features
from crmclean.match.model import Comparison

__all__ = ["Bits", "Flags", "Floats", "both", "lower", "peak"]

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


class Bits:
    """The bits of one comparison's levels, with what rarity adds, per row."""

    __slots__ = ("comparison", "features")

    def __init__(self, comparison: Comparison, features: Features) -> None:
        self.comparison, self.features = comparison, features

    def best(self, levels: Iterable[str] | None = None, *, without: Iterable[str] = ()) -> Floats:
        """The most that one of these levels adds, per row; all but missing without a choice."""
        chosen = set(levels) if levels is not None else {v.name for v in self.comparison.levels[1:]}
        result = np.full(self.features.n, -np.inf, dtype=np.float32)
        for level in self.comparison.levels[1:]:
            if level.name in chosen and level.name not in set(without):
                bits = np.float32(np.log2(level.m / level.u))
                fact = rarity_fact(self.comparison, level)
                rarity = rarity_of(self.features.facts[fact]) if fact is not None else np.float32(0.0)
                np.maximum(result, bits + rarity, out=result)
        return result

    def codes(self, fact: str) -> Codes:
        """The codes of a fact."""
        return self.features.facts[fact]


def lower(rows: Floats, left: Ints, right: Ints) -> Floats:
    """What a pair can have: rarity is that of the more frequent value."""
    return np.minimum(rows.take(left), rows.take(right))


def both(a: Ints, b: Ints) -> Flags:
    """Where neither code is missing."""
    return np.asarray((a | b) >= 0)


def peak(bits: Bits, levels: Iterable[str]) -> np.float32:
    """The most that one of these levels adds to any pair."""
    return np.float32(np.max(bits.best(levels), initial=-np.inf))

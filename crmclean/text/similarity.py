"""Similarity of strings, pairwise over two equally long lists; rapidfuzz underneath.

All results are float32 arrays, 0 to 1 for similarities and whole numbers for distances. Callers
hand in distinct pairs only: a list is marshalled once per call (about 30 ms per million strings).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler, Prefix

__all__ = ["common_prefix", "edit_distance", "jaro_winkler"]

Floats = npt.NDArray[np.float32]


def jaro_winkler(left: Sequence[str], right: Sequence[str]) -> Floats:
    """Jaro-Winkler similarity of each pair, 0 to 1."""
    scores = process.cpdist(
        left, right, scorer=JaroWinkler.normalized_similarity, dtype=np.float32, workers=1
    )
    return np.asarray(scores, dtype=np.float32)


def edit_distance(left: Sequence[str], right: Sequence[str]) -> Floats:
    """Damerau-Levenshtein distance of each pair: insertions, deletions, changes, swaps."""
    scores = process.cpdist(left, right, scorer=DamerauLevenshtein.distance, dtype=np.float32, workers=1)
    return np.asarray(scores, dtype=np.float32)


def common_prefix(left: Sequence[str], right: Sequence[str]) -> Floats:
    """Length of the common prefix of each pair."""
    scores = process.cpdist(left, right, scorer=Prefix.similarity, dtype=np.float32, workers=1)
    return np.asarray(scores, dtype=np.float32)

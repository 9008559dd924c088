"""Agreement levels of company names: by distinctive words, not by the look of the whole.

Words count by rarity: two names that share their rarest word and differ in common ones (Bau,
Handel, Gruppe) are near; two that share only common words are different. Jaro-Winkler over whole
company names calls most of them alike, so it is not used on them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from crmclean.match.codes import Codes, Ints, on_distinct_pairs, take
from crmclean.match.features import Features
from crmclean.match.model import Comparison
from crmclean.text.phonetics import cologne_words
from crmclean.text.similarity import edit_distance

__all__ = ["compare_company_name", "compare_employer", "word_overlap"]

Levels = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]


def compare_company_name(comparison: Comparison, features: Features, left: Ints, right: Ints) -> Levels:
    """Level equal, words (same words in another order), typo, near (distinctive words shared), different."""
    column = features.facts["name"]
    rarity = _word_rarity(column)

    def levels(a: Ints, b: Ints) -> Levels:
        x, y = take(column.values, a), take(column.values, b)
        overlap = np.array([word_overlap(v, w, rarity) for v, w in zip(x, y, strict=True)])
        slip = _slips(x, y)
        result = np.full(len(a), comparison.index("different"), dtype=np.int8)
        result[overlap >= 0.6] = comparison.index("near")
        result[slip | (overlap >= 0.92)] = comparison.index("typo")
        result[
            np.array([sorted(v.split()) == sorted(w.split()) for v, w in zip(x, y, strict=True)], dtype=bool)
        ] = comparison.index("words")
        same = [v.replace(" ", "") == w.replace(" ", "") for v, w in zip(x, y, strict=True)]
        result[np.array(same, dtype=bool)] = comparison.index("equal")
        return result

    return _spread(column, left, right, levels)


def compare_employer(comparison: Comparison, column: Codes, left: Ints, right: Ints) -> Levels:
    """Level equal, near (a slip, or one name begins the other) or different; on compact names."""

    def levels(a: Ints, b: Ints) -> Levels:
        x, y = take(column.values, a), take(column.values, b)
        begins = [
            (v.startswith(w) or w.startswith(v)) and min(len(v), len(w)) >= 6
            for v, w in zip(x, y, strict=True)
        ]
        result = np.full(len(a), comparison.index("different"), dtype=np.int8)
        result[_slips(x, y) | np.array(begins, dtype=bool)] = comparison.index("near")
        result[a == b] = comparison.index("equal")
        return result

    return _spread(column, left, right, levels)


def word_overlap(left: str, right: str, rarity: dict[str, float]) -> float:
    """Shared rarity over all rarity of two names, 0 to 1; words that sound alike are shared."""
    one, two = _spoken(left), _spoken(right)
    if not one or not two:
        return 0.0
    shared = sum(rarity.get(w, 1.0) for w in one if w in two)
    total = sum(rarity.get(w, 1.0) for w in {**one, **two})
    return shared / total if total else 0.0


def _spoken(name: str) -> dict[str, None]:
    return dict.fromkeys(cologne_words(word) or word for word in name.split())


def _word_rarity(column: Codes) -> dict[str, float]:
    """-log2 of the share of names that hold the word, by sound."""
    counts: dict[str, int] = {}
    for value, times in zip(column.values, column.counts.tolist(), strict=True):
        for word in _spoken(value):
            counts[word] = counts.get(word, 0) + times
    total = max(1, int(column.counts.sum()))
    return {word: float(np.log2((total + 1) / count)) for word, count in counts.items()}


def _slips(left: list[str], right: list[str]) -> Flags:
    """At most one edit in ten characters, and at least one."""
    distance = edit_distance(left, right)
    length = np.array([max(len(v), len(w)) for v, w in zip(left, right, strict=True)])
    return np.asarray((distance <= np.maximum(1, length // 10)) & (length >= 5))


def _spread(column: Codes, left: Ints, right: Ints, levels: object) -> Levels:
    a, b = column.codes[left], column.codes[right]
    there = (a >= 0) & (b >= 0)
    result = np.zeros(len(a), dtype=np.int8)
    if there.any() and callable(levels):
        result[there] = on_distinct_pairs(a[there], b[there], len(column.values), levels)
    return result

"""Agreement levels of company names: by distinctive words, not by the look of the whole.

Words count by rarity: two names that share their rarest word and differ in common ones (Bau,
Handel, Gruppe) are near; two that share only common words are different. Jaro-Winkler over whole
company names calls most of them alike, so it is not used on them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from crmclean.match.codes import Codes, Ints, on_distinct_pairs, same_shape, take
from crmclean.match.features import Features
from crmclean.match.forms import acronym_forms
from crmclean.match.model import Comparison
from crmclean.match.shapes import lengths, marks, share_any, word_sets
from crmclean.text.phonetics import cologne_words
from crmclean.text.similarity import common_prefix, edit_distance

__all__ = ["compare_company_name", "compare_employer", "word_overlap"]

Levels = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]


def compare_company_name(comparison: Comparison, features: Features, left: Ints, right: Ints) -> Levels:
    """Level equal, words (same words in another order), typo, near, different.

    Near are names that share distinctive words, and a name and its acronym.
    """
    column = features.facts["name"]

    def levels(a: Ints, b: Ints) -> Levels:
        overlap = _overlaps(column, a, b)
        result = np.full(len(a), comparison.index("different"), dtype=np.int8)
        result[(overlap >= 0.6) | _acronyms(column, a, b)] = comparison.index("near")
        result[_slips(column, a, b) | (overlap >= 0.92)] = comparison.index("typo")
        result[_same(column, _in_order, a, b)] = comparison.index("words")
        result[_same(column, _unspaced, a, b)] = comparison.index("equal")
        return result

    return _spread(column, left, right, levels)


def compare_employer(comparison: Comparison, column: Codes, left: Ints, right: Ints) -> Levels:
    """Level equal, near (a slip, or one name begins the other) or different; on compact names."""

    def levels(a: Ints, b: Ints) -> Levels:
        shortest = np.minimum(lengths(column)[a], lengths(column)[b])
        near = _slips(column, a, b)
        at = np.flatnonzero(~near & (shortest >= 6))
        near[at] = common_prefix(take(column.values, a[at]), take(column.values, b[at])) == shortest[at]
        result = np.full(len(a), comparison.index("different"), dtype=np.int8)
        result[near] = comparison.index("near")
        result[a == b] = comparison.index("equal")
        return result

    return _spread(column, left, right, levels)


def _same(column: Codes, form: Callable[[str], str], a: Ints, b: Ints) -> Flags:
    return np.asarray((a == b) | same_shape(column, form, a, b))


def _acronyms(column: Codes, a: Ints, b: Ints) -> Flags:
    """Whether one name is made of the initials of the other's words: BMW, Bayerische Motoren Werke."""
    single = marks(column, _is_word)
    return np.asarray(share_any(word_sets(column, acronym_forms), a, b) & (single[a] != single[b]))


def _is_word(name: str) -> bool:
    return " " not in name


def _in_order(name: str) -> str:
    return " ".join(sorted(name.split()))


def _unspaced(name: str) -> str:
    return name.replace(" ", "")


def _overlaps(column: Codes, a: Ints, b: Ints) -> npt.NDArray[np.float64]:
    """The word overlap of each pair of names; worked out where they share a word at all."""
    rarity = column.memo("word_rarity", lambda: _word_rarity(column))
    result = np.zeros(len(a))
    at = np.flatnonzero(share_any(word_sets(column, _spoken), a, b))
    pairs = zip(take(column.values, a[at]), take(column.values, b[at]), strict=True)
    result[at] = [word_overlap(v, w, rarity) for v, w in pairs]
    return result


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


def _slips(column: Codes, a: Ints, b: Ints) -> Flags:
    """At most one edit in ten characters, and at least one."""
    one, two = lengths(column)[a], lengths(column)[b]
    length = np.maximum(one, two)
    most = np.maximum(1, length // 10)
    result = np.zeros(len(a), dtype=bool)
    at = np.flatnonzero((length >= 5) & (np.abs(one - two) <= most))
    result[at] = edit_distance(take(column.values, a[at]), take(column.values, b[at])) <= most[at]
    return result


def _spread(column: Codes, left: Ints, right: Ints, levels: Callable[[Ints, Ints], Levels]) -> Levels:
    a, b = column.codes[left], column.codes[right]
    there = (a >= 0) & (b >= 0)
    result = np.zeros(len(a), dtype=np.int8)
    if there.any():
        result[there] = on_distinct_pairs(a[there], b[there], len(column.values), levels)
    return result

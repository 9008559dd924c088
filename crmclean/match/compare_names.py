"""Agreement levels of names: family, given and further names of a pair of persons.

A slip of the pen makes a rare value (Mülller); two values that are both common are two names
(Christian and Christina), however alike. `attested` pairs therefore count as "close", a weak
level, and not as a typo.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from crmclean.match.codes import Codes, Ints, on_distinct_pairs, take
from crmclean.match.model import Comparison
from crmclean.text.fold import fold_umlaut
from crmclean.text.nicknames import nickname_keys
from crmclean.text.phonetics import cologne_words, orthography
from crmclean.text.similarity import edit_distance, jaro_winkler

__all__ = ["compare_family", "compare_given", "compare_middle", "compare_suffix", "swapped_names"]

Levels = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]
SLIP = 0.85
"""Jaro-Winkler similarity from which a name written in the wrong field is the other's, misspelt."""
_FEMININE = ("a", "e", "ine", "ina", "in", "i")


def attested(column: Codes, a: Ints, b: Ints) -> Flags:
    """Whether the rarer of two values is too common to be a slip of the other."""
    low = np.minimum(column.counts[a], column.counts[b])
    high = np.maximum(column.counts[a], column.counts[b])
    return np.asarray((low >= 3) & (low >= 0.05 * high))


def _slips(left: list[str], right: list[str]) -> Flags:
    """One edit, two in long words, or very alike: what typing, reading and hearing errors do."""
    distance = edit_distance(left, right)
    longest = np.array([max(len(x), len(y)) for x, y in zip(left, right, strict=True)])
    shortest = np.array([min(len(x), len(y)) for x, y in zip(left, right, strict=True)])
    alike = jaro_winkler(left, right) >= 0.93
    return np.asarray(
        ((distance <= 1) & (shortest >= 3)) | ((distance <= 2) & (longest >= 7)) | (alike & (shortest >= 4))
    )


def _same_sound(left: list[str], right: list[str], *, alike_from: float) -> Flags:
    """Equal after umlaut folding, or equal Cologne codes of words that also look alike.

    Cologne codes drop vowels, which carry much of a given name (Hans, Heinz), hence the limit.
    """
    plain = np.array([fold_umlaut(x) == fold_umlaut(y) for x, y in zip(left, right, strict=True)], dtype=bool)
    sound = np.array(
        [cologne_words(x) == cologne_words(y) != "" for x, y in zip(left, right, strict=True)], dtype=bool
    )
    alike = np.asarray(jaro_winkler(left, right) >= alike_from)
    return plain | (sound & alike)


def _alike(left: list[str], right: list[str]) -> Flags:
    """Badly garbled or cut off: much in common, or one is the beginning of the other."""
    begins = [v.startswith(w) or w.startswith(v) for v, w in zip(left, right, strict=True)]
    short = [min(len(v), len(w)) < 2 for v, w in zip(left, right, strict=True)]
    return np.asarray(
        ((jaro_winkler(left, right) >= 0.80) | np.array(begins, dtype=bool)) & ~np.array(short, dtype=bool)
    )


def _share_word(left: list[str], right: list[str]) -> Flags:
    """Compound names that share a part: Meyer-Schulz and Schulz."""
    parts = [
        (set(x.replace("-", " ").split()), set(y.replace("-", " ").split()))
        for x, y in zip(left, right, strict=True)
    ]
    return np.array([len(x) + len(y) > 2 and any(len(w) >= 3 for w in x & y) for x, y in parts], dtype=bool)


def compare_family(comparison: Comparison, column: Codes, left: Ints, right: Ints) -> Levels:
    """Level per pair of family names; 0 where one is missing."""

    def levels(a: Ints, b: Ints) -> Levels:
        x, y = take(column.values, a), take(column.values, b)
        known = attested(column, a, b)
        slip = _slips(x, y)
        result = np.full(len(a), comparison.index("different"), dtype=np.int8)
        result[_alike(x, y)] = comparison.index("alike")
        result[slip & known] = comparison.index("close")
        result[_share_word(x, y)] = comparison.index("part")
        result[slip & ~known] = comparison.index("typo")
        result[_same_sound(x, y, alike_from=0.70)] = comparison.index("spelling")
        result[a == b] = comparison.index("equal")
        return result

    return _where_present(column, left, right, levels)


def compare_given(comparison: Comparison, column: Codes, left: Ints, right: Ints) -> Levels:
    """Level per pair of given names; 0 where one is missing."""

    def levels(a: Ints, b: Ints) -> Levels:
        x, y = take(column.values, a), take(column.values, b)
        known = attested(column, a, b)
        slip = _slips(x, y)
        gendered = np.array([_gendered(v, w) for v, w in zip(x, y, strict=True)], dtype=bool)
        result = np.full(len(a), comparison.index("different"), dtype=np.int8)
        result[_alike(x, y)] = comparison.index("alike")
        result[slip & known] = comparison.index("close")
        result[gendered & (np.asarray(jaro_winkler(x, y)) >= 0.8)] = comparison.index("gendered")
        result[slip & ~known & ~gendered] = comparison.index("typo")
        written = np.array([orthography(v) == orthography(w) for v, w in zip(x, y, strict=True)], dtype=bool)
        sound = (_same_sound(x, y, alike_from=0.85) & ~known) | written
        result[sound & ~gendered] = comparison.index("spelling")
        result[_nicknames(x, y)] = comparison.index("nickname")
        result[_initials(x, y)] = comparison.index("initial")
        result[a == b] = comparison.index("equal")
        return result

    return _where_present(column, left, right, levels)


def compare_middle(comparison: Comparison, column: Codes, left: Ints, right: Ints) -> Levels:
    """Level per pair of first middle names; 0 where one is missing."""

    def levels(a: Ints, b: Ints) -> Levels:
        x, y = take(column.values, a), take(column.values, b)
        result = np.full(len(a), comparison.index("different"), dtype=np.int8)
        result[_slips(x, y) | _same_sound(x, y, alike_from=0.85)] = comparison.index("equal")
        result[_initials(x, y)] = comparison.index("initial")
        result[a == b] = comparison.index("equal")
        return result

    return _where_present(column, left, right, levels)


def compare_suffix(comparison: Comparison, column: Codes, left: Ints, right: Ints) -> Levels:
    """Level per pair of jun. and sen.: equal, one_sided, different; 0 where neither has one.

    Who is called junior has a father of the same name: the record without a suffix may be his.
    """
    a, b = column.codes[left], column.codes[right]
    result = np.zeros(len(a), dtype=np.int8)
    result[(a >= 0) ^ (b >= 0)] = comparison.index("one_sided")
    both = (a >= 0) & (b >= 0)
    result[both] = np.where(a[both] == b[both], comparison.index("equal"), comparison.index("different"))
    return result


def swapped_names(family: Codes, given: Codes, left: Ints, right: Ints) -> Flags:
    """Whether family and given name of one record are given and family name of the other.

    One of the two must sound the same crosswise; the other may have a slip.
    """
    spoken = [[cologne_words(v) or v for v in column.values] for column in (family, given)]
    number = {name: i for i, name in enumerate(sorted({*spoken[0], *spoken[1]}))}
    f = np.array([number[v] for v in spoken[0]] + [-1])[family.codes]
    g = np.array([number[v] for v in spoken[1]] + [-2])[given.codes]
    one, other = f[left] == g[right], g[left] == f[right]
    crossed = one & other
    half = np.flatnonzero((one | other) & ~crossed)
    known = (family.codes[left[half]] >= 0) & (given.codes[left[half]] >= 0)
    known &= (family.codes[right[half]] >= 0) & (given.codes[right[half]] >= 0)
    half = half[known]
    if len(half):
        a, b = left[half], right[half]
        first = jaro_winkler(take(family.values, family.codes[a]), take(given.values, given.codes[b]))
        second = jaro_winkler(take(given.values, given.codes[a]), take(family.values, family.codes[b]))
        crossed[half] = (first >= SLIP) & (second >= SLIP)
    return np.asarray(crossed & (f[left] != f[right]))


def _where_present(column: Codes, left: Ints, right: Ints, levels: object) -> Levels:
    a, b = column.codes[left], column.codes[right]
    there = (a >= 0) & (b >= 0)
    result = np.zeros(len(a), dtype=np.int8)
    if there.any() and callable(levels):
        result[there] = on_distinct_pairs(a[there], b[there], len(column.values), levels)
    return result


def _gendered(x: str, y: str) -> bool:
    """Male and female forms (Daniel, Daniela; Peter, Petra), names that differ in a last vowel."""
    if x.rstrip("h").endswith("a") != y.rstrip("h").endswith("a"):
        return True
    short, long = sorted((x, y), key=lambda v: (len(v), v))
    if long.startswith(short) and long[len(short) :] in _FEMININE and len(short) >= 3:
        return True
    return len(x) == len(y) and x[:-1] == y[:-1] and x[-1] != y[-1] and x[-1] in "aeiou" and y[-1] in "aeiou"


def _nicknames(left: list[str], right: list[str]) -> Flags:
    return np.array(
        [not nickname_keys(x).isdisjoint(nickname_keys(y)) for x, y in zip(left, right, strict=True)],
        dtype=bool,
    )


def _initials(left: list[str], right: list[str]) -> Flags:
    return np.array(
        [
            (len(x.rstrip(".")) == 1 or len(y.rstrip(".")) == 1)
            and x[:1] == y[:1]
            and x.rstrip(".") != y.rstrip(".")
            for x, y in zip(left, right, strict=True)
        ],
        dtype=bool,
    )

"""Agreement levels of names: family, given and further names of a pair of persons.

A slip of the pen makes a rare value (Mülller); two values that are both common are two names
(Christian and Christina), however alike. `attested` pairs therefore count as "close", a weak
level, and not as a typo.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.match.codes import Codes, Ints, arrow_of, in_common, on_distinct_pairs, same_shape, take
from crmclean.match.model import Comparison
from crmclean.match.shapes import lengths, marks, matching, share_any, share_nickname, word_sets
from crmclean.text.columns import by_column, fold_column
from crmclean.text.fold import fold_umlaut
from crmclean.text.phonetics import cologne_words, orthography
from crmclean.text.similarity import common_prefix, edit_distance, jaro_winkler

__all__ = [
    "compare_family",
    "compare_given",
    "compare_middle",
    "compare_suffix",
    "spoken_name",
    "swapped_names",
]

Levels = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]
SLIP = 0.85
"""Jaro-Winkler similarity from which a name written in the wrong field is the other's, misspelt."""
ALIKE = 0.80
_FEMININE = ("a", "e", "ine", "ina", "in", "i")


@dataclass(frozen=True, slots=True)
class _Texts:
    """Distinct pairs of names: their codes, texts, lengths and Jaro-Winkler similarity."""

    column: Codes
    a: Ints
    b: Ints
    left: list[str]
    right: list[str]
    shortest: Ints
    longest: Ints
    similarity: npt.NDArray[np.float32]


def _texts(column: Codes, a: Ints, b: Ints) -> _Texts:
    x, y = take(column.values, a), take(column.values, b)
    length = lengths(column)
    one, two = length[a], length[b]
    return _Texts(column, a, b, x, y, np.minimum(one, two), np.maximum(one, two), jaro_winkler(x, y))


def attested(column: Codes, a: Ints, b: Ints) -> Flags:
    """Whether the rarer of two values is too common to be a slip of the other."""
    low = np.minimum(column.counts[a], column.counts[b])
    high = np.maximum(column.counts[a], column.counts[b])
    return np.asarray((low >= 3) & (low >= 0.05 * high))


def _slips(pairs: _Texts) -> Flags:
    """One edit, two in long words, or very alike: what typing, reading and hearing errors do."""
    result = np.asarray((pairs.similarity >= 0.93) & (pairs.shortest >= 4))
    edits = np.where(pairs.longest >= 7, 2, 1)
    within = pairs.longest - pairs.shortest <= edits
    at = np.flatnonzero(~result & within & ((pairs.shortest >= 3) | (pairs.longest >= 7)))
    if len(at):
        distance = edit_distance([pairs.left[i] for i in at.tolist()], [pairs.right[i] for i in at.tolist()])
        near = ((distance <= 1) & (pairs.shortest[at] >= 3)) | ((distance <= 2) & (pairs.longest[at] >= 7))
        result[at] = near
    return result


def _same_sound(pairs: _Texts, *, alike_from: float) -> Flags:
    """Equal after umlaut folding, or equal Cologne codes of words that also look alike.

    Cologne codes drop vowels, which carry much of a given name (Hans, Heinz), hence the limit.
    """
    plain = same_shape(pairs.column, fold_umlaut, pairs.a, pairs.b)
    sound = same_shape(pairs.column, cologne_words, pairs.a, pairs.b)
    return np.asarray(plain | (sound & (pairs.similarity >= alike_from)))


def _alike(pairs: _Texts) -> Flags:
    """Badly garbled or cut off: much in common, or one is the beginning of the other."""
    result = pairs.similarity >= ALIKE
    at = np.flatnonzero(~result & (pairs.shortest >= 2) & (pairs.similarity > 0.6))
    if len(at):  # one that begins the other has at least 2/3
        common = common_prefix([pairs.left[i] for i in at.tolist()], [pairs.right[i] for i in at.tolist()])
        result[at] = common == pairs.shortest[at]
    return np.asarray(result & (pairs.shortest >= 2))


def _parts(name: str) -> tuple[str, ...]:
    """The distinct parts of a compound name that can be shared: three letters at least."""
    return tuple(sorted({w for w in name.replace("-", " ").split() if len(w) >= 3}))


def _no_single_part(names: pa.Array) -> pa.Array:
    return pc.invert(pc.match_substring_regex(names, "^[!-,.-~]{3,}$"))


def _may_be_compound(names: pa.Array) -> pa.Array:
    return pc.invert(pc.match_substring_regex(names, "^[!-,.-~]*$"))


def _is_compound(name: str) -> bool:
    return len(set(name.replace("-", " ").split())) > 1


def _share_word(pairs: _Texts) -> Flags:
    """Compound names that share a part: Meyer-Schulz and Schulz."""
    compound = marks(pairs.column, _is_compound, among=_may_be_compound)
    result = np.zeros(len(pairs.a), dtype=bool)
    at = np.flatnonzero(compound[pairs.a] | compound[pairs.b])
    if len(at):
        result[at] = share_any(
            word_sets(pairs.column, _parts, among=_no_single_part), pairs.a[at], pairs.b[at]
        )
    return result


def compare_family(comparison: Comparison, column: Codes, left: Ints, right: Ints) -> Levels:
    """Level per pair of family names; 0 where one is missing."""

    def levels(a: Ints, b: Ints) -> Levels:
        pairs = _texts(column, a, b)
        known = attested(column, a, b)
        slip = _slips(pairs)
        result = np.full(len(a), comparison.index("different"), dtype=np.int8)
        result[_alike(pairs)] = comparison.index("alike")
        result[slip & known] = comparison.index("close")
        result[_share_word(pairs)] = comparison.index("part")
        result[slip & ~known] = comparison.index("typo")
        written = same_shape(column, orthography, a, b)  # Mayr is Meier
        result[_same_sound(pairs, alike_from=0.70) | written] = comparison.index("spelling")
        return result

    return _where_present(comparison, column, (left, right), levels)


def compare_given(comparison: Comparison, column: Codes, left: Ints, right: Ints) -> Levels:
    """Level per pair of given names; 0 where one is missing."""

    def levels(a: Ints, b: Ints) -> Levels:
        pairs = _texts(column, a, b)
        known = attested(column, a, b)
        slip = _slips(pairs)
        gendered = _gendered(column, a, b)
        result = np.full(len(a), comparison.index("different"), dtype=np.int8)
        result[_alike(pairs)] = comparison.index("alike")
        result[slip & known] = comparison.index("close")
        result[gendered & (pairs.similarity >= ALIKE)] = comparison.index("gendered")
        result[slip & ~known & ~gendered] = comparison.index("typo")
        written = same_shape(column, orthography, a, b)
        sound = (_same_sound(pairs, alike_from=0.85) & ~known) | written
        result[sound & ~gendered] = comparison.index("spelling")
        result[share_nickname(column, a, b)] = comparison.index("nickname")
        result[_initials(column, a, b)] = comparison.index("initial")
        return result

    return _where_present(comparison, column, (left, right), levels)


def compare_middle(comparison: Comparison, column: Codes, left: Ints, right: Ints) -> Levels:
    """Level per pair of first middle names; 0 where one is missing."""

    def levels(a: Ints, b: Ints) -> Levels:
        pairs = _texts(column, a, b)
        result = np.full(len(a), comparison.index("different"), dtype=np.int8)
        result[_slips(pairs) | _same_sound(pairs, alike_from=0.85)] = comparison.index("equal")
        result[_initials(column, a, b)] = comparison.index("initial")
        return result

    return _where_present(comparison, column, (left, right), levels)


def compare_suffix(comparison: Comparison, column: Codes, left: Ints, right: Ints) -> Levels:
    """Level per pair of jun. and sen.: equal, one_sided, different; 0 where neither has one.

    Who is called junior has a father of the same name: the record without a suffix may be his.
    """
    a, b = column.codes.take(left), column.codes.take(right)
    result = np.zeros(len(a), dtype=np.int8)
    result[(a >= 0) ^ (b >= 0)] = comparison.index("one_sided")
    both = (a >= 0) & (b >= 0)
    result[both] = np.where(a[both] == b[both], comparison.index("equal"), comparison.index("different"))
    return result


def swapped_names(family: Codes, given: Codes, left: Ints, right: Ints) -> Flags:
    """Whether family and given name of one record are given and family name of the other.

    One of the two must sound the same crosswise; the other may have a slip.
    """
    spoken = in_common(family, given, spoken_name)
    f, g = ([spoken[i][c.codes.take(rows)] for rows in (left, right)] for i, c in enumerate((family, given)))
    one, other = f[0] == g[1], g[0] == f[1]
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
    return np.asarray(crossed & (f[0] != f[1]))


def _spoken_names(names: pa.Array) -> pa.Array:
    sounds = fold_column(names, cologne_words)
    return pc.if_else(pc.equal(sounds, ""), names, sounds)


@by_column(_spoken_names)
def spoken_name(name: str) -> str:
    """The sound of a name; the name itself where it has none."""
    return cologne_words(name) or name


def _where_present(
    comparison: Comparison, column: Codes, pairs: tuple[Ints, Ints], levels: Callable[[Ints, Ints], Levels]
) -> Levels:
    """Missing, equal, and for unequal names what `levels` says of each distinct pair."""
    a, b = column.codes.take(pairs[0]), column.codes.take(pairs[1])
    there = (a >= 0) & (b >= 0)
    result = np.zeros(len(a), dtype=np.int8)
    result[there & (a == b)] = comparison.index("equal")
    at = np.flatnonzero(there & (a != b))
    if len(at):
        result[at] = on_distinct_pairs(a[at], b[at], len(column.values), levels)
    return result


def _gendered(column: Codes, a: Ints, b: Ints) -> Flags:
    """Male and female forms (Daniel, Daniela; Peter, Petra), names that differ in a last vowel."""
    final_a = matching(column, "ah*$")
    own, stems = column.memo("stems", lambda: _stems(column))
    result = final_a[a] != final_a[b]
    for stem in stems.T:
        result |= (stem[a] == own[b]) | (own[a] == stem[b])
    vowel = matching(column, "[aeiou]$")
    short = column.shapes(_without_last)
    last = vowel[a] & vowel[b] & (lengths(column)[a] == lengths(column)[b])
    return np.asarray(result | (last & (short[a] == short[b])))


@by_column(lambda names: pc.utf8_slice_codeunits(names, 0, -1), plain_only=False)
def _without_last(name: str) -> str:
    return name[:-1]


def _stems(column: Codes) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """The values' own numbers, and the numbers of what is left without each feminine ending."""
    names = arrow_of(column.values)
    stems = np.full((len(names), len(_FEMININE)), -1, dtype=np.int32)
    for place, end in enumerate(_FEMININE):
        at = np.flatnonzero(matching(column, f"{end}$") & (lengths(column) >= 3 + len(end)))
        stem = pc.utf8_slice_codeunits(names.take(pa.array(at)), 0, -len(end))
        stems[at, place] = pc.index_in(stem, value_set=names).fill_null(-1).to_numpy(zero_copy_only=False)
    return np.arange(len(names), dtype=np.int32), stems


def _initials(column: Codes, a: Ints, b: Ints) -> Flags:
    """One is the initial of the other."""
    single, bare, first = matching(column, INITIAL), column.shapes(_bare), column.shapes(_first_letter)
    return np.asarray((single[a] | single[b]) & (first[a] == first[b]) & (bare[a] != bare[b]))


INITIAL = r"(?s)^[^.]\.*$"


@by_column(lambda names: pc.replace_substring_regex(names, r"\.+$", ""), plain_only=False)
def _bare(name: str) -> str:
    return name.rstrip(".")


@by_column(lambda names: pc.utf8_slice_codeunits(names, 0, 1), plain_only=False)
def _first_letter(name: str) -> str:
    return name[:1]

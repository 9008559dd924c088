"""Facts about distinct texts, worked out once per value, by which pairs are judged without strings.

Each is kept at its column (`Codes.memo`) and indexed by code. What they say of a pair is exact, or
a condition that every pair of a kind meets (`may_be_one_edit`), so that strings are compared for
the few pairs that pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.match.codes import Codes, Ints, arrow_of
from crmclean.text.nicknames import known_forms, nickname_keys

__all__ = [
    "digits_in",
    "lengths",
    "letter_counts",
    "marks",
    "matching",
    "may_be_one_edit",
    "share_any",
    "share_nickname",
    "word_sets",
]

Flags = npt.NDArray[np.bool_]
Among = Callable[[pa.Array], pa.Array]
_SLICE = 100_000
_WILD = np.uint64(2**64 - 1)


def lengths(column: Codes) -> npt.NDArray[np.int32]:
    """Characters per value."""
    return column.memo("lengths", lambda: pc.utf8_length(arrow_of(column.values)).to_numpy().astype(np.int32))


def digits_in(column: Codes) -> npt.NDArray[np.int32]:
    """Digits per value."""

    def make() -> npt.NDArray[np.int32]:
        counted = pc.count_substring_regex(arrow_of(column.values), r"\p{Nd}")
        return np.asarray(counted.to_numpy().astype(np.int32))

    return column.memo("digits", make)


def matching(column: Codes, pattern: str) -> Flags:
    """Which values hold a match of a regular expression (as Arrow knows them)."""

    def make() -> Flags:
        found = pc.match_substring_regex(arrow_of(column.values), pattern)
        return np.asarray(found.to_numpy(zero_copy_only=False))

    return column.memo(("matching", pattern), make)


def marks(column: Codes, mark: Callable[[str], bool], *, among: Among | None = None) -> Flags:
    """Which values have a mark.

    Args:
        column: The values.
        mark: Whether a value has it.
        among: Tells of all values which ones may have it; the others are not asked.
    """

    def make() -> Flags:
        texts = arrow_of(column.values)
        asked = _asked(texts, among)
        result = np.zeros(len(texts), dtype=bool)
        result[asked] = list(map(mark, texts.take(pa.array(asked)).to_pylist()))
        return result

    return column.memo(("marks", mark), make)


def _asked(texts: pa.Array, among: Among | None) -> Ints:
    if among is None:
        return np.arange(len(texts))
    return np.flatnonzero(among(texts).to_numpy(zero_copy_only=False))


def may_be_one_edit(column: Codes, left: Ints, right: Ints) -> Flags:
    """Pairs of values that one edit can make of each other, for all that their letters tell.

    One edit puts in, takes out or replaces a character or swaps two neighbours: lengths differ by
    one at most, and of the letters counted one on either side.
    """
    length, letters = lengths(column), letter_counts(column)
    near = np.abs(length.take(left) - length.take(right)) <= 1
    one, two = letters.take(left), letters.take(right)
    return np.asarray(near & ((np.bitwise_count(one ^ two) <= 2) | (one == _WILD) | (two == _WILD)))


def letter_counts(column: Codes) -> npt.NDArray[np.uint64]:
    """How often each value holds which letter, as 64 bits; all bits where it is not ASCII.

    A letter that stands n times has n bits set, two at most (of numbers, a digit: six). So the bits
    in which two values differ are at most the letters by which they do.
    """
    return column.memo("letters", lambda: _letters(column))


def _letters(column: Codes) -> npt.NDArray[np.uint64]:
    texts = arrow_of(column.values)
    numbers = pc.all(pc.match_substring_regex(texts, _NUMBER), min_count=0).as_py()
    lanes = _DIGITS if numbers else _LETTERS
    parts = [_letter_bits(texts[start : start + _SLICE], *lanes) for start in range(0, len(texts), _SLICE)]
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.uint64)


def _letter_bits(texts: pa.Array, lane: npt.NDArray[np.intp], depth: int) -> npt.NDArray[np.uint64]:
    _, places, data = texts.buffers()
    ends = np.frombuffer(places, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    if ends[0] == ends[-1]:
        return np.zeros(len(texts), dtype=np.uint64)
    letters = np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]]
    lanes = 64 // depth
    owner = np.repeat(np.arange(0, len(texts) * lanes, lanes), np.diff(ends))
    counts = np.bincount(owner + lane[letters], minlength=len(texts) * lanes).reshape(len(texts), lanes)
    bits = np.zeros((len(texts), 64), dtype=bool)
    for place in range(depth):
        bits[:, place * lanes : (place + 1) * lanes] = counts > place
    result = np.packbits(bits, axis=1).view(np.uint64).ravel()
    result[~pc.string_is_ascii(texts).to_numpy(zero_copy_only=False)] = _WILD
    return result


_NUMBER = "^[+0-9x]*$"
_BYTES = np.arange(256)
_LETTERS = (np.where((_BYTES >= 97) & (_BYTES <= 122), _BYTES - 97, 26 + _BYTES % 6), 2)
_DIGITS = (np.where((_BYTES >= 48) & (_BYTES <= 57), _BYTES - 48, 0), 6)
"""Which bits a byte counts in, and how many times at most; the plus of numbers counts as a nought."""


def word_sets(
    column: Codes, words: Callable[[str], Iterable[str]], *, among: Among | None = None
) -> npt.NDArray[np.int32]:
    """The words of each value as numbers, a row per value, filled up with -1.

    Args:
        column: The values.
        words: The distinct words of a value.
        among: Tells which values have other words than themselves; the others are not asked.
    """

    def make() -> npt.NDArray[np.int32]:
        texts = arrow_of(column.values)
        asked = _asked(texts, among)
        found = [list(words(value)) for value in texts.take(pa.array(asked)).to_pylist()]
        table = np.full((len(texts), max(map(len, found), default=1) or 1), -1, dtype=np.int32)
        table[:, 0] = np.arange(len(texts))
        table[asked, 0] = -1
        number = _word_numbers(found, texts)
        for row, several in zip(asked.tolist(), found, strict=True):
            table[row, : len(several)] = [number[word] for word in several]
        return table

    return column.memo(("words", words), make)


def _word_numbers(found: list[list[str]], texts: pa.Array) -> dict[str, int]:
    """Word -> place among the texts, or a number above them."""
    words = sorted({word for several in found for word in several})
    place = pc.index_in(pa.array(words, texts.type), value_set=texts).to_pylist()
    return {
        word: len(texts) + i if at is None else at
        for i, (word, at) in enumerate(zip(words, place, strict=True))
    }


def share_any(table: npt.NDArray[np.int32], left: Ints, right: Ints) -> Flags:
    """Pairs of values that have a word of `word_sets` in common."""
    first = np.ascontiguousarray(table[:, 0])
    one = first.take(left)
    result = np.asarray((one == first.take(right)) & (one >= 0))
    if table.shape[1] == 1:
        return result
    several = table[:, 1] >= 0
    asked = np.flatnonzero(several.take(left) | several.take(right))  # of the others the first word is all
    for i in range(table.shape[1]):
        one = table[left[asked], i]
        at = np.flatnonzero(one >= 0)
        if not len(at):
            break
        for j in range(table.shape[1]):
            two = table[right[asked[at]], j]
            result[asked[at]] |= one[at] == two
            if not (two >= 0).any():
                break
    return result


def share_nickname(column: Codes, left: Ints, right: Ints) -> Flags:
    """Pairs of given names that may stand for one full name (Toni, Anton)."""
    return share_any(word_sets(column, _sorted_keys, among=_may_be_short), left, right)


def _may_be_short(names: pa.Array) -> pa.Array:
    """Names that may stand for another, or whose key is not the name itself."""
    folded = pc.match_substring_regex(names, "^[!-@\\[-~]+$")
    return pc.or_(pc.invert(folded), pc.is_in(names, value_set=pa.array(known_forms(), names.type)))


def _sorted_keys(name: str) -> tuple[str, ...]:
    return tuple(sorted(nickname_keys(name)))

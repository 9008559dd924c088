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

from crmclean.match.codes import Codes, Ints, Values

__all__ = ["digits_in", "lengths", "letter_sets", "marks", "may_be_one_edit", "share_any", "word_sets"]

Flags = npt.NDArray[np.bool_]
_SLICE = 100_000
_WILD = np.uint64(2**64 - 1)


def _array(column: Codes) -> pa.Array:
    values = column.values
    return values.array if isinstance(values, Values) else pa.array(list(values), pa.large_string())


def lengths(column: Codes) -> npt.NDArray[np.int32]:
    """Characters per value."""
    return column.memo("lengths", lambda: pc.utf8_length(_array(column)).to_numpy().astype(np.int32))


def digits_in(column: Codes) -> npt.NDArray[np.int32]:
    """Digits per value."""

    def make() -> npt.NDArray[np.int32]:
        counted = pc.count_substring_regex(_array(column), r"\p{Nd}")
        return np.asarray(counted.to_numpy().astype(np.int32))

    return column.memo("digits", make)


def marks(column: Codes, mark: Callable[[str], bool]) -> Flags:
    """Which values have a mark."""
    return column.memo(("marks", mark), lambda: np.array(list(map(mark, column.values)), dtype=bool))


def may_be_one_edit(column: Codes, left: Ints, right: Ints) -> Flags:
    """Pairs of values that one edit can make of each other, for all that their letters tell.

    One edit puts in, takes out or replaces a character or swaps two neighbours: lengths differ by
    one at most, and of the sets of characters one element on either side.
    """
    length, letters = lengths(column), letter_sets(column)
    near = np.abs(length[left] - length[right]) <= 1
    one, two = letters[left], letters[right]
    return np.asarray(near & ((np.bitwise_count(one ^ two) <= 2) | (one == _WILD) | (two == _WILD)))


def letter_sets(column: Codes) -> npt.NDArray[np.uint64]:
    """The set of bytes of each value as 64 bits; all bits where it is not ASCII."""
    return column.memo("letters", lambda: _letters(column))


def _letters(column: Codes) -> npt.NDArray[np.uint64]:
    texts = _array(column)
    parts = [_letter_bits(texts[start : start + _SLICE]) for start in range(0, len(texts), _SLICE)]
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.uint64)


def _letter_bits(texts: pa.Array) -> npt.NDArray[np.uint64]:
    result = np.zeros(len(texts), dtype=np.uint64)
    _, places, data = texts.buffers()
    if data is None or not len(texts):
        return result
    ends = np.frombuffer(places, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    letters = np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]]
    bits = np.left_shift(np.uint64(1), (letters & np.uint8(63)).astype(np.uint64))
    filled = np.diff(ends) > 0
    if filled.any():
        result[filled] = np.bitwise_or.reduceat(bits, (ends[:-1] - ends[0])[filled])
    result[~pc.string_is_ascii(texts).to_numpy(zero_copy_only=False)] = _WILD
    return result


def word_sets(column: Codes, words: Callable[[str], Iterable[str]]) -> npt.NDArray[np.int32]:
    """The words of each value as numbers, a row per value, filled up with -1."""

    def make() -> npt.NDArray[np.int32]:
        known: dict[str, int] = {}
        found = [[known.setdefault(w, len(known)) for w in words(value)] for value in column.values]
        table = np.full((len(found), max(map(len, found), default=1) or 1), -1, dtype=np.int32)
        for row, numbers in zip(table, found, strict=True):
            row[: len(numbers)] = numbers
        return table

    return column.memo(("words", words), make)


def share_any(table: npt.NDArray[np.int32], left: Ints, right: Ints) -> Flags:
    """Pairs of values that have a word of `word_sets` in common."""
    result = np.zeros(len(left), dtype=bool)
    for i in range(table.shape[1]):
        one = table[left, i]
        at = np.flatnonzero(one >= 0)
        if not len(at):
            break
        for j in range(table.shape[1]):
            two = table[right[at], j]
            result[at] |= one[at] == two
            if not (two >= 0).any():
                break
    return result

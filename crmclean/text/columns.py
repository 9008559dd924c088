"""Foldings of whole columns: the same as value by value, on bytes where the texts are plain.

Plain is printable ASCII with single blanks inside, which nearly all folded values are; all others
go through the function that works on one text. `tests/text/test_columns.py` compares the two.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.text.fold import fold, fold_umlaut
from crmclean.text.phonetics import cologne_digits, cologne_words, orthography

__all__ = ["by_column", "fold_column"]

Fold = Callable[[str], str]
Whole = Callable[[pa.Array], pa.Array]
Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
F = TypeVar("F", bound=Callable[[str], str])
PLAIN = "^(?:[!-~]+(?: [!-~]+)*)?$"
_NO_ACCENT = PLAIN.replace("!-~", "!-_a-~")
"""Plain, without the accent that `fold` takes for an apostrophe beside other letters than ASCII."""
_END, _BLANK, _NONE = 0, 32, 255
_GERMAN = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue"))
_WHOLE: dict[Fold, tuple[Whole, bool, bool]] = {}


def by_column(whole: Whole, *, plain_only: bool = True, folding: bool = False) -> Callable[[F], F]:
    """Marks a function of one text with one that gives the same for a whole column.

    Args:
        whole: Gets an Arrow array of texts, none missing, and gives as many.
        plain_only: Whether it is right for plain texts alone.
        folding: Whether the function folds its text first, so that umlauts may be written out before.

    Example:
        >>> @by_column(lambda texts: pc.utf8_slice_codeunits(texts, 0, 1), plain_only=False)
        ... def first(text: str) -> str:
        ...     return text[:1]
        >>> fold_column(pa.array(["ida", "ole"], pa.large_string()), first).to_pylist()
        ['i', 'o']
    """

    def mark(one: F) -> F:
        _WHOLE[one] = whole, plain_only, folding
        return one

    return mark


def fold_column(texts: pa.Array, one: Fold) -> pa.Array:
    """What the function gives for each text.

    Args:
        texts: Large strings, none missing.
        one: A function of one text; by column where it is marked so.
    """
    whole, plain_only, folding = _WHOLE.get(one, (None, False, False))
    if whole is None:
        return _each(texts, one)
    if not plain_only:
        return whole(texts)
    plain = pc.match_substring_regex(texts, PLAIN)
    if pc.all(plain, min_count=0).as_py():
        return whole(texts)
    if folding:
        texts, plain = _written_out(texts, plain)
    other = pc.invert(plain)
    done = whole(pc.if_else(plain, texts, pa.scalar("", texts.type)))
    return pc.replace_with_mask(done, other, _each(texts.filter(other), one))


def _written_out(texts: pa.Array, plain: pa.Array) -> tuple[pa.Array, pa.Array]:
    """The texts that are plain but for German letters with these written out; and which are plain now."""
    other = pc.invert(plain)
    german = texts.filter(other)
    for letter, written in _GERMAN:
        german = pc.replace_substring(german, letter, written)
    now = pc.match_substring_regex(german, _NO_ACCENT)
    kept = pc.if_else(now, german, texts.filter(other))
    return pc.replace_with_mask(texts, other, kept), pc.replace_with_mask(plain, other, now)


def _each(texts: pa.Array, one: Fold) -> pa.Array:
    return pa.array(list(map(one, texts.to_pylist())), pa.large_string())


def _flat(texts: pa.Array) -> Bytes:
    """All texts as one run of bytes, a zero before each and at the end."""
    _, places, data = texts.buffers()
    ends = np.frombuffer(places, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    size = int(ends[-1] - ends[0])
    letters = np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]] if size else np.empty(0, dtype=np.uint8)
    result = np.zeros(size + len(texts) + 1, dtype=np.uint8)
    result[np.arange(size) + np.repeat(np.arange(1, len(texts) + 1), np.diff(ends))] = letters
    return result


def _unflat(flat: Bytes) -> pa.Array:
    """The texts of a run of bytes as `_flat` makes it."""
    ends = np.flatnonzero(flat == _END)
    offsets = ends - np.arange(len(ends))
    data = flat[flat != _END]
    buffers = [None, pa.py_buffer(offsets.astype(np.int64)), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.large_string(), len(ends) - 1, buffers)


def _set(letters: str) -> Flags:
    """Which bytes are one of these letters."""
    table = np.zeros(256, dtype=bool)
    table[np.frombuffer(letters.encode("ascii"), dtype=np.uint8)] = True
    return table


def _next(flags: Flags, places: int = 1) -> Flags:
    """What stands so many places later; nothing at the end."""
    result = np.zeros_like(flags)
    result[:-places] = flags[places:]
    return result


def _before(flags: Flags) -> Flags:
    """What stands one place earlier."""
    result = np.zeros_like(flags)
    result[1:] = flags[:-1]
    return result


def _lower(texts: pa.Array) -> pa.Array:
    return pc.ascii_lower(texts)


_VOWELS, _NO_UMLAUT, _UMLAUT = _set("aeiouy"), _set("aeiouyq"), _set("aou")


def _umlauts(texts: pa.Array) -> pa.Array:
    return _unflat(_without_e(_flat(pc.ascii_lower(texts))))


def _without_e(flat: Bytes) -> Bytes:
    """ae, oe, ue without their e, but not beside a vowel nor after q."""
    stem = _UMLAUT[flat] & ~_before(_NO_UMLAUT[flat]) & _next(flat == ord("e")) & ~_next(_VOWELS[flat], 2)
    return flat[~_before(stem)]


_DIGIT, _WORD = _set("0123456789"), _set("abcdefghijklmnopqrstuvwxyz")
_NUMBER = np.zeros(256, dtype=np.int64)
_NUMBER[_WORD] = np.arange(1, 27)


def _code_table() -> npt.NDArray[np.uint8]:
    """Two digits at most per (letter before, letter, letter after); 0 is the end of a word."""
    names = ["", *"abcdefghijklmnopqrstuvwxyz"]
    table = np.full((27, 27, 27, 2), _NONE, dtype=np.uint8)
    for b, before in enumerate(names):
        for c, letter in enumerate(names[1:], start=1):
            for a, after in enumerate(names):
                for place, digit in enumerate(cologne_digits(before, letter, after)):
                    table[b, c, a, place] = ord(digit)
    return table


_CODES = _code_table()


def _cologne(texts: pa.Array) -> pa.Array:
    flat = _flat(pc.ascii_lower(texts))
    flat = flat[~_DIGIT[flat]]
    number = _NUMBER[flat]
    codes = np.full((len(flat), 2), _NONE, dtype=np.uint8)
    codes[1:-1] = _CODES[number[:-2], number[1:-1], number[2:]]
    apart = number == 0
    codes[apart, 0] = np.where(flat[apart] == _END, _END, _BLANK)
    codes[apart, 1] = _NONE
    line = codes.ravel()
    line = line[line != _NONE]
    line = line[_starts(line) | (line == _END)]
    between = line <= _BLANK
    line = line[(line != ord("0")) | _before(between)]
    between = line <= _BLANK
    line = line[(line != _BLANK) | ~_before(between)]
    return _unflat(line[(line != _BLANK) | ~_next(line == _END)])


def _starts(line: Bytes) -> Flags:
    """Where a byte differs from the one before."""
    result = np.ones(len(line), dtype=bool)
    result[1:] = line[1:] != line[:-1]
    return result


def _orthography(texts: pa.Array) -> pa.Array:
    flat = _without_e(_flat(pc.ascii_lower(texts)))
    for step in (_ph, _th, _ck, _tz, _ei, _i, _ou, _silent_h, _double):
        flat = step(flat)
    return _unflat(flat)


def _is(flat: Bytes, letter: str) -> Flags:
    return np.asarray(flat == ord(letter))


def _ph(flat: Bytes) -> Bytes:
    at = _is(flat, "p") & _next(_is(flat, "h"))
    return np.where(at, np.uint8(ord("f")), flat)[~_before(at)]


def _th(flat: Bytes) -> Bytes:
    dt = _is(flat, "d") & _next(_is(flat, "t"))
    th = _is(flat, "t") & _next(_is(flat, "h")) & ~_before(dt)
    return np.where(dt, np.uint8(ord("t")), flat)[~_before(dt | th)]


def _ck(flat: Bytes) -> Bytes:
    c = _is(flat, "c")
    ck = c & _next(_is(flat, "k"))
    return np.where(c & ~_next(_set("hei")[flat]), np.uint8(ord("k")), flat)[~_before(ck)]


def _tz(flat: Bytes) -> Bytes:
    return flat[~(_is(flat, "t") & _next(_is(flat, "z")))]


def _ei(flat: Bytes) -> Bytes:
    at = (_is(flat, "e") & _next(_is(flat, "y"))) | (_is(flat, "a") & _next(_set("yi")[flat]))
    result = np.where(at, np.uint8(ord("e")), flat)
    result[_before(at)] = ord("i")
    return np.asarray(result)


def _i(flat: Bytes) -> Bytes:
    long = _is(flat, "i") & _next(_set("ej")[flat])
    return np.where(_set("yj")[flat], np.uint8(ord("i")), flat)[~_before(long)]


def _ou(flat: Bytes) -> Bytes:
    return flat[~(_is(flat, "o") & _next(_is(flat, "u")))]


def _silent_h(flat: Bytes) -> Bytes:
    return flat[~(_is(flat, "h") & _before(_set("aeiou")[flat]))]


def _double(flat: Bytes) -> Bytes:
    """Of every two equal letters in a row one."""
    place = np.arange(len(flat))
    first = np.maximum.accumulate(np.where(_starts(flat), place, 0))
    return np.asarray(flat[((place - first) % 2 == 0) | (flat == _END)])


for _one, _many in (
    (fold, _lower),
    (fold_umlaut, _umlauts),
    (cologne_words, _cologne),
    (orthography, _orthography),
):
    by_column(_many, folding=True)(_one)

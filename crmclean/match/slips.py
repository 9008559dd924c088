"""Which unequal names may be spellings, slips or short forms of one another, told without strings.

A condition that every pair meets whose level says more than "somewhat alike": what fails it is
"alike", "gendered", "middle" or "different" (tests/match/test_pairing.py compares with the levels).
Two edits change four of the letters that occur at most, and so does a Jaro-Winkler similarity of
0.93 up to twelve letters; longer names always pass.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from crmclean.match.codes import Codes, Ints, same_shape
from crmclean.match.shapes import lengths, letter_counts, matching, share_nickname
from crmclean.text.columns import by_column
from crmclean.text.fold import fold_umlaut
from crmclean.text.phonetics import cologne_words, orthography

__all__ = ["UNLIKE", "may_be_alike", "may_be_slip"]

UNLIKE = frozenset({"alike", "gendered", "middle", "different"})
"""Levels of names that fail the condition."""
LONG = 12
CHANGED = 4
Flags = npt.NDArray[np.bool_]


def may_be_slip(column: Codes, a: Ints, b: Ints) -> Flags:
    """Whether two names may have a level beyond `UNLIKE`; codes, none missing."""
    special = column.memo("special", lambda: _special(column))
    letters = letter_counts(column)
    result = np.bitwise_count(letters.take(a) ^ letters.take(b)) <= CHANGED
    result |= special.take(a) | special.take(b)
    for form in (fold_umlaut, cologne_words, orthography):
        result |= same_shape(column, form, a, b)
    at = np.flatnonzero(~result)
    result[at] = share_nickname(column, a[at], b[at])
    return np.asarray(result)


def may_be_alike(column: Codes, a: Ints, b: Ints) -> Flags:
    """Whether two names may be alike (Jaro-Winkler 0.80, or one begins the other); codes, none missing.

    Of the letters as many must match as `_apart` says; the same first letter is worth up to four.
    """
    special = column.memo("special", lambda: _special(column))
    letters, length = letter_counts(column), column.memo("short", lambda: np.minimum(lengths(column), LONG))
    first = column.shapes(_first_letter)
    unlike = np.bitwise_count(letters.take(a) ^ letters.take(b))
    most = _APART[(first.take(a) == first.take(b)).view(np.int8), length.take(a), length.take(b)]
    return np.asarray((unlike <= most) | special.take(a) | special.take(b))


def _apart() -> npt.NDArray[np.int8]:
    """Letters without a partner that two alike names have at most, by first letter and lengths."""
    result = np.zeros((2, LONG + 1, LONG + 1), dtype=np.int8)
    for same, prefix in ((0, 0), (1, 4)):
        least = max(JARO_FIRST, (ALIKE - 0.1 * prefix) / (1.0 - 0.1 * prefix)) - 1e-4
        for a in range(1, LONG + 1):
            for b in range(1, LONG + 1):
                matches = [m for m in range(1, min(a, b) + 1) if m / a + m / b + 1.0 >= 3.0 * least]
                loosest = a + b - 2 * matches[0] if matches else 0
                result[same, a, b] = max(loosest, abs(a - b) if same else 0)
    return result


@by_column(lambda names: pc.utf8_slice_codeunits(names, 0, 1), plain_only=False)
def _first_letter(name: str) -> str:
    return name[:1]


ALIKE, JARO_FIRST = 0.80, 0.70
"""The similarity, and the one that it takes before a common beginning adds to it."""
_APART = _apart()


def _special(column: Codes) -> Flags:
    """Compound names, initials, long names, and what is not plain letters."""
    return np.asarray(~matching(column, "^[a-z']{2,}$") | (lengths(column) > LONG))

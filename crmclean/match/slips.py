"""Which unequal names may be spellings, slips or short forms of one another, told without strings.

A condition that every pair meets whose level says more than "somewhat alike": what fails it is
"alike", "gendered", "middle" or "different" (tests/match/test_pairing.py compares with the levels).
Two edits change four of the letters that occur at most, and so does a Jaro-Winkler similarity of
0.93 up to twelve letters; longer names always pass.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.match.codes import Codes, Ints, same_shape
from crmclean.match.shapes import lengths, letter_sets, marks
from crmclean.text.fold import fold_umlaut
from crmclean.text.nicknames import known_forms, nickname_keys
from crmclean.text.phonetics import cologne_words, orthography

__all__ = ["UNLIKE", "may_be_slip"]

UNLIKE = frozenset({"alike", "gendered", "middle", "different"})
"""Levels of names that fail the condition."""
LONG = 12
CHANGED = 4
Flags = npt.NDArray[np.bool_]


def may_be_slip(column: Codes, a: Ints, b: Ints) -> Flags:
    """Whether two names may have a level beyond `UNLIKE`; codes, none missing."""
    special = column.memo(
        "special", lambda: marks(column, _is_special, among=_unusual) | (lengths(column) > LONG)
    )
    letters = letter_sets(column)
    result = np.bitwise_count(letters[a] ^ letters[b]) <= CHANGED
    result |= special[a] | special[b]
    for form in (fold_umlaut, cologne_words, orthography):
        result |= same_shape(column, form, a, b)
    return np.asarray(result)


def _unusual(names: pa.Array) -> pa.Array:
    """All but single plain words that are no short form."""
    simple = pc.match_substring_regex(names, "^[a-z']{2,}$")
    return pc.or_(pc.invert(simple), pc.is_in(names, value_set=pa.array(known_forms(), names.type)))


def _is_special(name: str) -> bool:
    """Compound, an initial, a short form of another name, or not plain letters."""
    words = name.replace("-", " ").split()
    short = len(name.rstrip(".")) <= 1
    return len(words) != 1 or short or not name.isascii() or len(nickname_keys(name)) > 1

"""Match forms of values: what is left of a street, a number or a name where spellings are put aside.

Each works on one text, and on a whole column of plain ones (`crmclean.text.columns`).
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.text.columns import by_column, fold_column
from crmclean.text.fold import fold, tokens
from crmclean.text.phonetics import cologne_words

__all__ = [
    "DATE",
    "acronym_forms",
    "beginning",
    "compact",
    "either_order",
    "first_word",
    "given_sound",
    "joined_texts",
    "number_key",
    "seniority",
    "street_key",
]

DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
"""A whole birth date."""
_STREET_WORD = re.compile(r"(strasse|str)\b\.?")
_NOT_NUMBER = re.compile(r"[^0-9a-z-]+")
_NO_RANGE = re.compile(r"(?<![0-9])-|-(?![0-9])")
_NOT_ALNUM = re.compile(r"[^0-9a-z]+")
_SENIORITY = re.compile(r"\b(jun|jr|junior|sen|sr|senior|ii|iii|iv)\b")
_SAME_SENIORITY = {"jr": "jun", "junior": "jun", "sr": "sen", "senior": "sen"}


def _alnum(texts: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(pc.ascii_lower(texts), "[^0-9a-z]+", "")


def _street(texts: pa.Array) -> pa.Array:
    return _alnum(pc.replace_substring_regex(pc.ascii_lower(texts), _STREET_WORD.pattern, "str"))


def _given_sounds(texts: pa.Array) -> pa.Array:
    sounds = fold_column(texts, cologne_words)
    marked = joined_texts(sounds, pa.scalar("a", sounds.type))
    return pc.if_else(pc.match_substring_regex(texts, "ah*$"), marked, sounds)


def joined_texts(*parts: pa.Array | pa.Scalar) -> pa.Array:
    """Texts side by side made one each."""
    return pc.binary_join_element_wise(*parts, pa.scalar("", pa.large_string()))


def _words_first(texts: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(pc.ascii_lower(texts), "^[^0-9a-z]*([0-9a-z]*).*$", r"\1")


def beginning(size: int) -> Callable[[pa.Array], pa.Array]:
    """The first characters of each text."""
    return lambda texts: pc.utf8_slice_codeunits(texts, 0, size)


def _either_orders(texts: pa.Array) -> pa.Array:
    whole = pc.match_substring_regex(texts, DATE)
    year, one, two = (pc.utf8_slice_codeunits(texts, *part) for part in ((0, 4), (5, 7), (8, 10)))
    first = pc.less(one, two)
    dash = pa.scalar("-", texts.type)
    ordered = joined_texts(year, dash, pc.if_else(first, one, two), dash, pc.if_else(first, two, one))
    rest = pc.invert(whole)
    each = [_either_order(text) for text in texts.filter(rest).to_pylist()]
    return pc.replace_with_mask(ordered, rest, pa.array(each, texts.type))


@by_column(_either_orders, plain_only=False)
def either_order(text: str) -> str:
    """A whole birth date with the smaller of month and day first; "" for a partial one."""
    return _either_order(text)


def _either_order(text: str) -> str:
    year, _, rest = text.partition("-")
    return "-".join([year, *sorted(rest.split("-"))]) if len(rest) == 5 else ""


@by_column(_street, folding=True)
def street_key(text: str) -> str:
    """Street with Straße, Strasse and Str. alike, umlauts written out, no blanks or hyphens."""
    return _NOT_ALNUM.sub("", _STREET_WORD.sub("str", fold(text)))


@by_column(_alnum, folding=True)
def compact(text: str) -> str:
    """Folded letters and digits only."""
    return _NOT_ALNUM.sub("", fold(text))


def number_key(text: str) -> str:
    """House number without blanks; a range keeps its hyphen, so that 1-3 is not 13."""
    return _NO_RANGE.sub("", _NOT_NUMBER.sub("", fold(text)))


def seniority(text: str) -> str:
    """jun, sen, ii, iii or iv as found among the suffixes, else ""."""
    found = _SENIORITY.search(fold(text))
    return _SAME_SENIORITY.get(found[1], found[1]) if found else ""


@by_column(_given_sounds)
def given_sound(text: str) -> str:
    """Cologne codes of a given name, with a mark for a final a.

    The codes drop vowels, and with them the difference between Peter and Petra.
    """
    return cologne_words(text) + ("a" if text.rstrip("h").endswith("a") else "")


@by_column(_words_first, folding=True)
def first_word(text: str) -> str:
    """The first word of the folded text."""
    words = tokens(text)
    return words[0] if words else ""


_FUNCTION_WORDS = frozenset(
    {"the", "die", "der", "das", "des", "und", "and", "fuer", "for", "of", "de", "et", "von", "in"}
)
_SHORT = {"aktiengesellschaft": "ag"}


def acronym_forms(name: str) -> list[str]:
    """What a folded company name may be called for short; of one short word that word, the likeliest form first.

    Initials count from three words on, with and without function words, and without a town at the end.

    Example:
        >>> acronym_forms("bayerische motoren werke"), acronym_forms("bmw"), acronym_forms("meyer bau")
        (['bmw'], ['bmw'], [])
    """
    words = name.split()
    if len(words) == 1:
        return words if 3 <= len(name) <= 6 and name.isalpha() else []
    main = [word for word in words if word not in _FUNCTION_WORDS]
    found = []
    for chosen in (main, words, main[:-1]):
        letters = "".join(_SHORT.get(word, word[0]) for word in chosen)
        if 3 <= len(letters) <= 6 and letters.isalpha():
            found.append(letters)
    return list(dict.fromkeys(found))

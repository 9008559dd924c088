"""The fast path of names: plain words in plain places, recognised word by word and remembered.

Most rows hold nothing but given and family names. Each distinct word is classed once; a name made
of plain words needs no parsing. Whatever is not plain is None here and takes the full path; both
agree (tested on all listed names and on random ones).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from crmclean.normalize.company_words import is_generic
from crmclean.normalize.legal_form import form_words, is_form_word, may_close, may_end, may_open, split_words
from crmclean.normalize.person_case import restore_case
from crmclean.normalize.person_odd import odd_family, odd_words
from crmclean.normalize.person_or_company import (
    is_name_placeholder,
    is_test_name,
    looks_like_company,
    names_owner,
    placeholder_keys,
    test_row_names,
    test_row_words,
)
from crmclean.normalize.person_words import (
    COUPLE_WORDS,
    given_gender,
    is_family,
    is_given,
    is_near_given,
    noble_titles,
    particles,
    suffix_words,
    title_parts,
    title_words,
    word_key,
)
from crmclean.normalize.person_world import is_world_word
from crmclean.normalize.salutation import salutation_keys
from crmclean.normalize.text import is_placeholder, placeholder_words
from crmclean.text.fold import fold

__all__ = [
    "COMPANY",
    "Plain",
    "TextWord",
    "family_parts",
    "forget_words",
    "given_parts",
    "has_case",
    "is_bare_word",
    "is_said",
    "listed_given",
    "may_be_company",
    "may_be_swapped",
    "read_plain_fields",
    "read_plain_text",
    "recased",
    "text_word",
]

_PLAIN = re.compile(r"[A-ZÄÖÜ][a-zäöüßéèáíóúçñ]{1,19}(?:-[A-ZÄÖÜ][a-zäöüßéèáíóúçñ]{1,19})?$")
_SAME_LETTER = re.compile(r"(\w)\1*")
_INITIAL = re.compile(r"[A-ZÄÖÜ]\.$")
_CALLED = frozenset({"gen", "genannt", "vulgo", "geb", "nee", "born"})
_ADDRESSES = frozenset({"Herr", "Frau", "Herrn", "Mr.", "Mrs.", "Ms.", "Mr", "Mrs"})
_TITLES = frozenset({"Dr.", "Prof.", "Dipl.-Ing.", "Dipl.-Kfm.", "Mag.", "Ing."})
_MOST = 1 << 18
_OWNER_STARTS = frozenset({"fa", "fi", "in", "ni", "nl"})  # Firma, Inhaber, Niederlassung, Filiale
_SHORTEST_ODD = 3
COMPANY = 0.7  # from here on a name field holds a company; a digit in a name alone scores 0.6


@dataclass(frozen=True, slots=True)
class Plain:
    """A plain name: its parts, the listed sex of the given name, whether case was restored."""

    given: str | None
    middle: str | None
    prefix: str | None
    family: str | None
    sex: str | None
    restored: bool = False
    salutation: str = ""
    title: str = ""


def _ascii_word(word: str) -> bool:
    """Whether a word is its own and only key; Na is a name, na a filler."""
    return word.isascii() and word.isalpha() and word != "Na"


@cache
def _meaningful() -> frozenset[str]:
    """All words of letters that are more than a name."""
    keys = (title_words(), title_parts(), suffix_words(), noble_titles(), particles(), salutation_keys())
    return _CALLED.union(
        COUPLE_WORDS, form_words(), placeholder_keys(), test_row_words(), test_row_names(), *keys
    )


@lru_cache(maxsize=_MOST)
def _is_plain(word: str) -> bool:
    """Whether a word is nothing but a name: no title, particle, suffix, form, placeholder or test."""
    if _PLAIN.match(word) is None:
        return False
    if _ascii_word(word):
        key = word.lower()
        return key not in _meaningful() and (len(key) == 2 or _SAME_LETTER.fullmatch(key) is None)
    key = word_key(word)
    if key in title_words() or key in title_parts() or key in suffix_words() or key in noble_titles():
        return False
    if key in particles() or key in COUPLE_WORDS or key in _CALLED or fold(word) in test_row_words():
        return False
    if any(map(is_form_word, (word, *word.split("-")))) or is_name_placeholder(word) or is_test_name(word):
        return False
    return key not in salutation_keys()


def is_bare_word(text: str) -> bool:
    """Whether a field is one plain word of ASCII letters that no list of fillers has: most fields are."""
    return _ascii_word(text) and _is_plain(text) and not is_placeholder(text)


def listed_given(word: str) -> tuple[bool, str | None]:
    """Of a plain word: whether it is a given name and no trade word, and its listed sex."""
    sex = given_gender(word)
    return sex is not None and _is_listed_given(word), sex


@lru_cache(maxsize=_MOST)
def _is_listed_given(word: str) -> bool:
    return is_given(word) and not _is_trade(word)


def _is_trade(word: str) -> bool:
    """Whether the word or a part of it is one of trade: Pflege-Elektro."""
    return any(map(is_generic, (word, *word.split("-"))))


@lru_cache(maxsize=_MOST)
def _is_quiet_family(word: str) -> bool:
    """Whether a family name behind a given name makes no one think of a company or the world's words."""
    return not _is_trade(word) and (is_given(word) or is_family(word) or not is_world_word(word))


@lru_cache(maxsize=_MOST)
def given_parts(text: str) -> tuple[str, str | None, str | None, bool] | None:
    """First given name, middle names, listed sex and whether the first may be no family name."""
    first, *rest = text.split(" ")
    initial = _INITIAL.match(first) is not None
    plain = (initial or _is_plain(first)) and all(
        _INITIAL.match(w) or (_is_plain(w) and is_given(w)) for w in rest
    )
    if not plain and (odd_words(text) is None or len(first) < _SHORTEST_ODD):
        return None
    return first, " ".join(rest) or None, given_gender(first), initial or _is_listed_given(first)


@lru_cache(maxsize=_MOST)
def family_parts(text: str) -> tuple[str | None, str, bool] | None:
    """Prefix, family name, and whether the family name is a given name, too."""
    *front, last = text.split(" ")
    if _is_last(last) and all(w.islower() and w in _leading() for w in front):
        return " ".join(front) or None, last, is_given(last)
    odd = odd_family(text)
    return None if odd is None else (*odd, is_given(text) or any(map(is_given, text.split(" "))))


@cache
def _leading() -> frozenset[str]:
    """Particles in front of a family name; *und* joins two people before it leads a name."""
    return frozenset(particles()) - COUPLE_WORDS


def _is_last(word: str) -> bool:
    """A plain word; Graf and Ritter at the end of a name are family names."""
    return _is_plain(word) or (word_key(word) in noble_titles() and _PLAIN.match(word) is not None)


def has_case(word: str) -> bool:
    """Whether the case of a word of one case can be restored: letters, each part more than one."""
    return all(part.isalpha() and len(part) > 1 for part in word.split("-")) and not is_name_placeholder(word)


@lru_cache(maxsize=_MOST)
def recased(word: str) -> str:
    """The word with its case restored."""
    return restore_case(word)


@lru_cache(maxsize=_MOST)
def _swap_facts(word: str) -> tuple[bool, bool]:
    """Whether a word is listed as a family name, and whether nothing makes it a given name."""
    return is_family(word), not (is_given(word) or is_near_given(word))


def may_be_swapped(given: str, family: str) -> bool:
    """Whether a listed given name in the family field makes one think of exchanged fields."""
    if " " in given or is_given(given):
        return False
    known, unlike = _swap_facts(given)
    return known or (unlike and not is_family(family))


def read_plain_fields(given: str, family: str) -> Plain | None:
    """The name of two plain fields, one of which may be empty, else None."""
    restored = False
    if (given.isupper() and family.isupper()) or (given.islower() and family.islower()):
        if not (has_case(given) and has_case(family)):
            return None
        given, family, restored = recased(given), recased(family), True
    one = given_parts(given) if given else _NO_GIVEN
    two = family_parts(family) if family else _NO_FAMILY
    if one is None or two is None:
        return None
    first, middle, sex, listed = one
    prefix, last, is_given_too = two
    if (
        (is_given_too and not listed and may_be_swapped(given, family))
        or (first is not None and last is not None and fold(first) == fold(last))
        or (last is None and middle is not None)
    ):
        return None
    if first is None and (prefix is not None or " " in (last or "")):
        return None
    return Plain(first, middle, prefix, last, sex, restored)


_NO_GIVEN: tuple[str | None, str | None, str | None, bool] = (None, None, None, True)
_NO_FAMILY: tuple[str | None, str | None, bool] = (None, None, False)


def read_plain_text(text: str) -> Plain | None:
    """The name of a text made of plain words, else None.

    Plain is: a frequent salutation, frequent titles, given names, small particles, a family name.
    """
    words = text.split(" ")
    salutation = ""
    if words[0] in _ADDRESSES:
        salutation, words = words[0], words[1:]
    start = 0
    while start < len(words) and words[start] in _TITLES:
        start += 1
    title, words = " ".join(words[:start]), words[start:]
    if not 2 <= len(words) <= 6:
        return None
    restored = text.isupper() and not (salutation or title)
    if restored:
        words = [recased(w) for w in words]
    if (named := _text_parts(words)) is None:
        return None
    given, prefix, last = named
    middle = " ".join(given[1:]) or None
    return Plain(given[0], middle, prefix, last, given_gender(given[0]), restored, salutation, title)


def _text_parts(words: list[str]) -> tuple[list[str], str | None, str] | None:
    """Given names, prefix and family name of plain words."""
    *front, last = words
    place = next((i for i, w in enumerate(front) if w.islower()), len(front))
    given, prefix = front[:place], front[place:]
    if not given or not _is_plain(last) or not _is_quiet_family(last) or fold(last) == fold(given[0]):
        return None
    if not all(w.islower() and w in particles() for w in prefix):
        return None
    if not all(_INITIAL.match(w) or (_is_plain(w) and _is_listed_given(w)) for w in given[1:]):
        return None
    first = given[0]
    if not _INITIAL.match(first) and not (_is_plain(first) and _may_lead(first, last, alone=len(words) == 2)):
        return None
    return given, " ".join(prefix) or None, last


def _may_lead(first: str, last: str, *, alone: bool) -> bool:
    """Whether the first word is the given name, whatever the lists say of the last."""
    return _is_listed_given(first) or (alone and not is_given(last) and _is_quiet_family(first))


@lru_cache(maxsize=_MOST)
def is_said(text: str) -> bool:
    """Whether a field says something: neither blank nor a filler."""
    return bool(text.strip()) and not is_placeholder(text)


@lru_cache(maxsize=_MOST)
def may_be_company(text: str) -> bool:
    """Whether a given or family name beside the other may be a company; one plain word is not."""
    return not text.replace("-", "").isalpha() and looks_like_company(text) >= COMPANY


@dataclass(frozen=True, slots=True)
class TextWord:
    """What a word of a name in one text is, by itself.

    Args:
        plain: Nothing but a name.
        initial: One letter with a dot.
        listed: A listed given name and no trade word.
        quiet: No one takes it for a trade word or a word of the world's names.
        given: A listed given name.
        sex: Listed sex.
        harmless: No sign of a company by itself (a trade word, Inh., und).
        opens: A legal form or filler of several words may begin with it.
        ends: One may end with it.
        nearly_ends: A mistyped one, too.
    """

    plain: bool
    initial: bool
    listed: bool
    quiet: bool
    given: bool
    sex: str | None
    harmless: bool
    opens: bool
    ends: bool
    nearly_ends: bool


@lru_cache(maxsize=_MOST)
def text_word(word: str) -> TextWord:
    """The facts of one word.

    A text of two harmless words is no company (below `COMPANY`) unless both make a legal form. A
    form of several words, one letter of which may be wrong, begins or ends as it should: so none
    where the first word does not open and the last does not end one.
    """
    if word.isalpha() and word.isascii():
        return _letters_word(word)
    keys = [w.key for w in split_words(word)]
    odd = names_owner(f"{word} ") or is_name_placeholder(word) or any(map(_is_odd, keys))
    inner = any(map(may_open, keys[:-1]))
    return _text_word(
        word,
        harmless=bool(keys) and not odd,
        opens=any(map(may_open, keys)),
        ends=inner or any(map(may_close, keys[-1:])) or word_key(word) in _ends(),
        nearly=any(map(may_end, keys[-1:])),
    )


def _letters_word(word: str) -> TextWord:
    """The facts of a word of plain letters, which is its own and only key."""
    key = word.lower()
    owner = key[:2] in _OWNER_STARTS and names_owner(f"{word} ")
    return _text_word(
        word,
        harmless=not (owner or _is_odd(key) or is_name_placeholder(word)),
        opens=may_open(key),
        ends=may_close(key) or key in _ends(),
        nearly=may_end(key),
    )


def _is_odd(key: str) -> bool:
    return is_generic(key) or key in COUPLE_WORDS


def _text_word(word: str, *, harmless: bool, opens: bool, ends: bool, nearly: bool) -> TextWord:
    given = is_given(word)
    quiet, listed = _is_quiet_family(word), given and not _is_trade(word)
    initial = _INITIAL.match(word) is not None
    sex = given_gender(word)
    return TextWord(_is_plain(word), initial, listed, quiet, given, sex, harmless, opens, ends, nearly)


@cache
def _ends() -> frozenset[str]:
    """Every ending of the fillers and salutations that lists know."""
    known = (*placeholder_words(), *placeholder_keys(), *salutation_keys())
    return frozenset(key[i:] for key in map(word_key, known) for i in range(len(key)))


def forget_words() -> None:
    """Lets go of what was remembered of single words."""
    for known in (
        _is_plain, _is_listed_given, _is_quiet_family, given_parts, family_parts, recased,
        _swap_facts, is_said, may_be_company, text_word, odd_words, looks_like_company,
    ):  # fmt: skip
        known.cache_clear()

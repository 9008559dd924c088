"""The words that names are made of: titles, suffixes, particles, noble titles, frequent names.

Everything is looked up by `word_key`: folded, letters and digits only, so that ``Dipl.-Ing.``,
``Dipl. Ing.`` and ``DIPL.ING`` are one word.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from crmclean.data import read_list, read_table
from crmclean.text.fold import fold

__all__ = [
    "COUPLE_WORDS",
    "family_names",
    "given_gender",
    "given_names",
    "is_family",
    "is_function",
    "is_given",
    "is_initial",
    "is_near_given",
    "noble_titles",
    "particles",
    "suffix_words",
    "title_parts",
    "title_words",
    "word_key",
]

COUPLE_WORDS = frozenset({"und", "&", "u.", "u", "+", "and", "et"})
_NICKNAMES = ("nicknames_de.txt", "nicknames_en.txt")
_NOT_LETTER = re.compile(r"[^\w]|_")
_FUNCTION = re.compile(
    r"(?:fuehrer|leiter|leitung|assistent|assistenz|sekretaer|sekretariat|inhaber|berater|vorstand|prokurist|"
    r"einkaeufer|verkaeufer|manager|director|sales|vertreter|abteilung|buchhalter|gesellschafter|verwalter|"
    r"betreuer|beauftragter|meister|sprecher|vorsitzender)(?:in|r)?$"
)
_INITIAL = re.compile(r"[^\W\d_](?:\.|(?:\.-?[^\W\d_])+\.?)?$")


@lru_cache(maxsize=1 << 17)
def word_key(word: str) -> str:
    """The word as it is looked up: folded, without dots, hyphens, brackets and blanks."""
    if word.isalpha() and word.isascii():
        return word.lower()
    return _NOT_LETTER.sub("", fold(word))


def _keys(name: str) -> frozenset[str]:
    return frozenset(word_key(line) for line in read_list(name))


@cache
def title_words() -> frozenset[str]:
    """Keys of titles that stand in front of a name."""
    return _keys("titles.txt")


@cache
def title_parts() -> frozenset[str]:
    """Keys of words that continue a title: h.c., med., (FH)."""
    return _keys("title_parts.txt")


@cache
def suffix_words() -> frozenset[str]:
    """Keys of additions behind a name."""
    return _keys("suffixes.txt")


@cache
def noble_titles() -> frozenset[str]:
    """Keys of former noble titles."""
    return _keys("nobility.txt")


@cache
def particles() -> dict[str, str]:
    """Particle words -> s (always begins a family name) or w (may be a name itself)."""
    found: dict[str, str] = {}
    for phrase, kind in read_table("particles.txt"):
        for word in phrase.split():
            found.setdefault(word.lower(), "s")
        if " " not in phrase:
            found[phrase.lower()] = kind
    return found


@cache
def given_names() -> dict[str, str]:
    """Folded given name or short form -> m, f or u."""
    found: dict[str, str] = {}
    for name, sex in read_table("given_names.txt"):
        key = fold(name)
        found[key] = sex if found.get(key, sex) == sex else "u"
    for name, forms in (row for list_ in _NICKNAMES for row in read_table(list_)):
        sex = found.get(fold(name), "u")
        for form in forms.split():
            known = found.get(fold(form))
            if known is None or known.startswith("?"):
                # Of short forms the sex is known only if all names they stand for share it.
                found[fold(form)] = f"?{sex}" if known in {None, f"?{sex}"} else "?u"
    found.update(dict.fromkeys(map(fold, read_list("unisex_names.txt")), "u"))
    return {key: sex[-1] for key, sex in found.items()}


@cache
def family_names() -> frozenset[str]:
    """Folded frequent family names."""
    return frozenset(fold(name) for name in read_list("family_names.txt"))


def is_given(word: str) -> bool:
    """Whether the word is on the list of given names; of a double name each part."""
    key = fold(word)
    known = given_names()
    if key in known:
        return True
    parts = key.split("-")
    return len(parts) > 1 and all(p in known for p in parts)


def is_family(word: str) -> bool:
    """Whether the word is on the list of frequent family names; of a double name one part."""
    key = fold(word)
    known = family_names()
    return key in known or any(p in known for p in key.split("-"))


def given_gender(name: str) -> str | None:
    """M or f where the list of given names is sure, ``u`` where both occur, None if unknown.

    A hint only: the gender of a person comes from the salutation.

    Example:
        >>> given_gender("Hans-Jürgen"), given_gender("Kim"), given_gender("Xyz")
        ('m', 'u', None)
    """
    known = given_names()
    key = fold(name)
    return known.get(key) or known.get(key.split("-")[0].split(" ")[0])


def is_initial(word: str) -> bool:
    """Whether the word is one letter or several dotted ones: H, H., J.-P., B.W.H.R."""
    return len(word) <= 12 and (len(word) == 1 or "." in word) and _INITIAL.match(word) is not None


@lru_cache(maxsize=65536)
def is_near_given(word: str) -> bool:
    """Whether one slip of the keys makes the word a given name: Christohp, Roswihta, Marai."""
    key = fold(word)
    if len(key) < 4:
        return False
    swapped = (key[:i] + key[i + 1] + key[i] + key[i + 2 :] for i in range(len(key) - 1))
    dropped = (key[:i] + key[i + 1 :] for i in range(len(key)))
    return any(is_given(k) for k in swapped) or any(is_given(k) for k in dropped) or _one_letter_off(key)


@cache
def _masks() -> frozenset[str]:
    """Given names with one letter masked, for slips that replace or drop a letter."""
    names = given_names()
    return frozenset(n[:i] + "?" + n[i + 1 :] for n in names if len(n) >= 5 for i in range(len(n)))


def _one_letter_off(key: str) -> bool:
    if len(key) < 4:
        return False
    masks = _masks()
    if len(key) >= 5 and any(key[:i] + "?" + key[i + 1 :] in masks for i in range(len(key))):
        return True
    return any(key[:i] + "?" + key[i:] in masks for i in range(len(key) + 1))


@cache
def _departments() -> frozenset[str]:
    return frozenset(word_key(line) for line in read_list("role_mailboxes.txt"))


def is_function(text: str) -> bool:
    """Whether a text names a function or a department: Einkauf, Geschäftsführerin.

    Example:
        >>> is_function("Geschäftsführerin"), is_function("Einkauf"), is_function("Schmidt")
        (True, True, False)
    """
    words = text.split()
    if not words or is_given(words[0]):
        return False
    return word_key(text) in _departments() or _FUNCTION.search(fold(words[-1])) is not None

"""The words by which customers are found: names, companies and places in one form per spelling.

The same functions make the index and read the query. Umlauts written either way, and street endings
(straße, str.), are one; a house number is no term, it only ranks.
"""

from __future__ import annotations

import re
from functools import lru_cache

from crmclean.text.fold import fold_umlaut, tokens

__all__ = ["NAMES", "PLACES", "deletions", "name_terms", "place_terms", "query_terms", "street_terms"]

NAMES = ("family_name", "given_name", "organization", "birth_name", "nickname", "middle_names", "name_prefix")
"""Fields of names, the most telling first; the position is their number in the index."""
PLACES = ("city", "street", "postal_code", "district")
_STREET = frozenset({"str", "strasse", "strase", "street"})
_HOUSE = re.compile(r"\d{1,3}[a-z]?|\d{1,3}[-/]\d{1,3}")


@lru_cache(maxsize=65536)
def name_terms(text: str) -> tuple[str, ...]:
    """The words of a name; a name with hyphens also as one word.

    Example:
        >>> name_terms("Müller-Lüdenscheidt")
        ('muller', 'ludenscheidt', 'mullerludenscheidt')
    """
    words = [fold_umlaut(word) for word in tokens(text)]
    joined = ["".join(words)] if "-" in text and 1 < len(words) <= 3 else []
    return tuple(dict.fromkeys([*words, *joined]))


@lru_cache(maxsize=65536)
def street_terms(text: str) -> tuple[str, ...]:
    """The words of a street without its number, every ending of "Straße" made one.

    Example:
        >>> street_terms("Haupt-Straße 12"), street_terms("Hauptstr.")
        (('hauptstr',), ('hauptstr',))
    """
    return tuple(w for w in _without_endings(tokens(text)) if not _HOUSE.fullmatch(w))


def place_terms(field: str, text: str) -> tuple[str, ...]:
    """The words of a part of an address."""
    if field == "street":
        return street_terms(text)
    return tuple(dict.fromkeys(fold_umlaut(word) for word in tokens(text)))


def query_terms(text: str) -> tuple[list[str], list[str], list[str]]:
    """The words of a query: those to look for, house numbers, and initials.

    Example:
        >>> query_terms("E. Meyer Haupt Str. 5 50667 Köln")
        (['meyer', 'hauptstr', '50667', 'koln'], ['5'], ['e'])
    """
    words: list[str] = []
    houses: list[str] = []
    initials: list[str] = []
    for word in _without_endings(tokens(text)):
        if _HOUSE.fullmatch(word):
            houses.append(word)
        elif len(word) == 1:
            initials.append(word)
        else:
            words.append(word)
    return list(dict.fromkeys(words)), houses, initials


def _without_endings(words: list[str]) -> list[str]:
    """Folded words; "straße" becomes "str", and a "str" that stands alone joins the word before."""
    found: list[str] = []
    for word in words:
        if word in _STREET:
            if found and not found[-1].endswith("str") and found[-1].isalpha():
                found[-1] += "str"
            continue
        plain = fold_umlaut(word)
        if plain.endswith("strasse"):
            plain = plain[:-4]
        found.append(plain)
    return found


def deletions(word: str) -> list[str]:
    """The word and all that it becomes without one of its letters: two words one slip apart meet."""
    return list({word, *(word[:i] + word[i + 1 :] for i in range(len(word)))})

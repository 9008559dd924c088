"""Words that slipped between or behind the names: ``Schmidt Dr. Karin``, ``Meyer jun. Hans``, ``Meyer, Hans, Herr``.

They are taken out before the words are read as given and family names, so that no title and no
salutation ends up as a name. Functions and departments behind a spaced hyphen (``- Einkauf``) are
no part of a double name. Own observations in German exports.
"""

from __future__ import annotations

import re

from crmclean.normalize.person_pieces import Pieces
from crmclean.normalize.person_words import is_family, is_function, is_given, is_initial, word_key
from crmclean.normalize.salutation import split_salutation
from crmclean.normalize.titles import split_titles
from crmclean.values import Finding

__all__ = ["close_hyphens", "take_inner_titles", "take_salutation", "take_widow"]

_HYPHEN = re.compile(r"(?<=\w)\s+[-–]\s*(?=\w)|(?<=\w)[-–]\s+(?=\w)")
_BEHIND = re.compile(r"\s+[-–]\s+(?P<what>\w[^,;]*)$")
_ADDRESSES = frozenset({"herr", "frau", "herrn", "mr", "mrs", "ms", "hr", "fr"})
_INNER_TITLES = frozenset(
    {"dr", "prof", "ddr", "dring", "dipling", "mag", "mmag", "ing", "drmed", "drjur", "driur"}
)
_INNER_SUFFIXES = frozenset({"jun", "jr", "sen", "sr"})
_WIDOW = re.compile(
    r"[\s,(;]+(?:verw(?:itwete)?|gesch(?:iedene)?|ehem|ehemals|vorm|vormals|früher)\b\.?\s+"
    r"(?P<name>[A-ZÄÖÜ][^\s,;()]*)\s*\)?(?=$|[\s,;(])"
)


def close_hyphens(text: str, pieces: Pieces) -> str:
    """Blanks at hyphens of double names closed; a function behind a hyphen is cut off and reported."""
    behind = _BEHIND.search(text)
    if behind is not None and is_function(behind["what"]) and not is_family(behind["what"]):
        pieces.findings.append(Finding("name_unassigned", detail=behind["what"]))
        text = text[: behind.start()]
    return _HYPHEN.sub("-", text)


def take_widow(text: str, pieces: Pieces) -> str:
    """The text without ``verw. Huber``: a former name by marriage, neither the name nor the birth name."""
    found = _WIDOW.search(text)
    if found is None or found.start() == 0:
        return text
    pieces.findings.append(Finding("name_unassigned", detail=found[0].strip(" ,;()")))
    return text[: found.start()] + text[found.end() :]


def take_salutation(groups: list[list[str]], pieces: Pieces) -> list[list[str]]:
    """The groups of words without a salutation between or behind them: ``Meyer, Hans, Herr``."""
    if pieces.salutation is not None:
        return groups
    count = sum(map(len, groups))
    for g, group in enumerate(groups):
        for i, word in enumerate(group):
            key = word_key(word)
            last = g == len(groups) - 1 and i == len(group) - 1
            if key not in _ADDRESSES or (g == 0 and i == 0) or (len(key) == 2 and not last):
                continue
            if (g == 0 and count == 2) or (key in {"hr", "fr", "mr", "ms"} and word[-1] != "." and count < 3):
                continue
            pieces.salutation, _ = split_salutation([word, "x"])
            if pieces.salutation is not None:
                kept = [*groups[:g], group[:i] + group[i + 1 :], *groups[g + 1 :]]
                return [k for k in kept if k]
    return groups


def take_inner_titles(words: list[str], pieces: Pieces) -> tuple[list[str], bool]:
    """The words without titles and ``jun.`` between them, and whether the family name stands in front.

    In front it stands where no given name does: ``Schmidt Dr. Karin``, ``Meyer jun. Hans``.
    """
    if not words or not (is_given(words[0]) or is_family(words[0])):
        return words, False
    for i in range(1, len(words) - 1):
        key = word_key(words[i])
        if key in _INNER_TITLES and ("." in words[i] or key == "dr"):
            titles, rest = split_titles(words[i:], addressed=True)
            pieces.titles += titles
        elif key in _INNER_SUFFIXES and words[i].endswith("."):
            pieces.suffix.append(words[i])
            rest = words[i + 1 :]
        else:
            continue
        front = words[:i]
        in_front = (
            i == 1 and not (is_given(front[0]) and not is_family(front[0])) and not is_initial(front[0])
        )
        return front + rest, in_front and bool(rest) and is_given(rest[0])
    return words, False

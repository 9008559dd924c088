"""Households in one row: ``Eheleute Hans und Petra Meyer`` are two persons, ``Familie Meyer`` is one household.

A text is split at ``und``, ``&``, ``+`` or ``/`` only where a given name or a salutation stands on
both sides, so that ``Müller & Schmidt`` and ``Aznar y Lopez`` are left alone.
"""

from __future__ import annotations

import re

from crmclean.normalize.person_pieces import Pieces
from crmclean.normalize.person_text import Order, parse_name
from crmclean.normalize.person_words import COUPLE_WORDS, is_family, is_given, is_initial
from crmclean.normalize.salutation import Salutation, split_salutation
from crmclean.normalize.titles import split_titles
from crmclean.values import Finding

__all__ = ["parse_people"]

_SLASH = re.compile(r"(?<=\w)\s*/\s*(?=\w)")
_SPOUSES = {
    "frau": Salutation("ms", "f", "Frau"), "ehefrau": Salutation("ms", "f", "Frau"),
    "gattin": Salutation("ms", "f", "Frau"), "gemahlin": Salutation("ms", "f", "Frau"),
    "herr": Salutation("mr", "m", "Herr"), "ehemann": Salutation("mr", "m", "Herr"),
    "gatte": Salutation("mr", "m", "Herr"), "wife": Salutation("ms", "f", "Mrs"),
}  # fmt: skip
_BOTH = (Salutation("mr", "m", "Herr"), Salutation("ms", "f", "Frau"))


def parse_people(text: str, order: Order = "auto") -> list[Pieces]:
    """What the text holds, one entry per person; a household without given names is one entry."""
    words = _SLASH.sub(" und ", text).split() if "/" in text else text.split()
    salutation, rest = split_salutation(words)
    if salutation is not None and salutation.code == "family":
        return _household(salutation, rest, order)
    place = next(
        (i for i, w in enumerate(words) if w.lower() in COUPLE_WORDS and 0 < i < len(words) - 1), None
    )
    if place is None:
        return [parse_name(text, order)]
    people = _split(words[:place], words[place + 1 :], order)
    return people or [parse_name(text, order)]


def _household(salutation: Salutation, rest: list[str], order: Order) -> list[Pieces]:
    place = next((i for i, w in enumerate(rest) if w.lower() in COUPLE_WORDS), None)
    pair = _split(rest[:place], rest[place + 1 :], order) if place is not None else None
    both = salutation.text == "Herr und Frau"
    if pair:
        if both:
            pair[0].salutation, pair[1].salutation = _BOTH
        return pair
    one = _family_of(rest, order)
    one.findings.append(Finding("name_household"))
    if not both:
        one.salutation = salutation
        return [one]
    other = Pieces(salutation=_BOTH[1], prefix=one.prefix, family=one.family)
    one.salutation = _BOTH[0]
    return [one, other]


def _family_of(words: list[str], order: Order) -> Pieces:
    """The name behind ``Familie``: a lone word is the family name, whatever else it may be."""
    pieces = parse_name(" ".join(words), order)
    if pieces.given and not pieces.family:
        pieces.family, pieces.given = pieces.given, []
    pieces.findings = [f for f in pieces.findings if f.code != "name_order_unclear"]
    return pieces


def _split(left: list[str], right: list[str], order: Order) -> list[Pieces] | None:
    """Two persons, or None where one side is no person."""
    comma = next((i for i, w in enumerate(left) if w.endswith(",")), None)
    if comma is not None and comma < len(left) - 1:
        family = " ".join(left[: comma + 1])
        left = left[comma + 1 :]
        if not (_is_person(left) and _is_person(right)):
            return None
        return _noted(parse_name(f"{family} {' '.join(left)}"), parse_name(f"{family} {' '.join(right)}"))
    if len(right) == 1 and right[0].lower().strip(".") in _SPOUSES:
        one = parse_name(" ".join(left), order)
        spouse = _SPOUSES[right[0].lower().strip(".")]
        return _noted(one, Pieces(salutation=spouse, prefix=one.prefix, family=one.family))
    if not _is_person(left) or not _is_person(right):
        return None
    two = parse_name(" ".join(right), order)
    bare = _bare(left)
    if all(is_given(w) or is_initial(w) for w in bare) and not (len(bare) > 1 and _is_only_family(bare[-1])):
        one = Pieces(prefix=two.prefix, family=two.family, given=bare)
        one.salutation, rest = split_salutation(left)
        one.titles, _ = split_titles(rest, addressed=True)
        return _noted(one, two)
    one = parse_name(" ".join(left), order)
    if two.given and not two.family:
        two.prefix, two.family = one.prefix, one.family
    elif two.family and not two.given and is_given(two.family[0]):
        two.given, two.prefix, two.family = two.family, one.prefix, one.family
    return _noted(one, two)


def _is_only_family(word: str) -> bool:
    return is_family(word) and not is_given(word)


def _bare(words: list[str]) -> list[str]:
    _, rest = split_salutation(words)
    return split_titles(rest, addressed=True)[1]


def _is_person(words: list[str]) -> bool:
    """Whether a side has a salutation, a title or begins with a given name."""
    bare = _bare(words)
    if not bare:
        return False
    return len(bare) < len(words) or is_given(bare[0]) or (is_initial(bare[0]) and bare[0].endswith("."))


def _noted(one: Pieces, two: Pieces) -> list[Pieces]:
    one.findings.append(Finding("name_household"))
    return [one, two]

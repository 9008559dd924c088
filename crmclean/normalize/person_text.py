"""One person's name in one text: which word is what.

Order of reading: birth name, nickname and comments are cut out; salutation and titles are taken
from the front, suffixes from the end; commas split ``family, given``; a particle or former noble
title begins the family name; what is left is given names and a family name. Words that only the
world's vocabulary explains send the text to `person_world`.
"""

from __future__ import annotations

import re
from typing import Literal

from crmclean.normalize.person_inside import close_hyphens, take_inner_titles, take_salutation, take_widow
from crmclean.normalize.person_pieces import Pieces, cut_marked, is_suffix, take_suffixes
from crmclean.normalize.person_words import (
    is_family,
    is_given,
    is_initial,
    is_near_given,
    noble_titles,
    particles,
    word_key,
)
from crmclean.normalize.person_world import is_world_word, parse_world
from crmclean.normalize.salutation import split_salutation
from crmclean.normalize.titles import split_titles
from crmclean.text.fold import fold
from crmclean.values import Finding

__all__ = ["Order", "parse_name", "split_prefix"]

Order = Literal["auto", "given_first", "family_first"]
_CALLED = frozenset({"gen", "genannt", "vulgo"})
_ORDINAL = re.compile(r"[IVX]+\.$")  # Heinrich XIII. Prinz Reuß
_SPANISH = re.compile(r"(?:ez|cia)$")
# Compound surnames in front of a particle (Mies van der Rohe) are known from these only.
_ARABIC = frozenset({"el", "bin", "ibn"})  # written large, too: Fatima El Amrani
_GERMANIC = frozenset({"von", "v.", "vom", "zu", "zum", "zur", "van", "und"})


def parse_name(text: str, order: Order = "auto") -> Pieces:
    """What the text holds.

    Args:
        text: Visible text without surplus blanks, one person.
        order: Whether the family name stands first; auto decides by comma, then by known names.
    """
    pieces = Pieces()
    text = close_hyphens(take_widow(cut_marked(text, pieces), pieces), pieces).strip(" ,;")
    groups = [g.split() for g in text.replace(";", ",").split(",")]
    groups = [g for g in groups if g]
    if not groups:
        return pieces
    pieces.salutation, groups[0] = split_salutation(groups[0])
    groups = take_salutation(groups, pieces)
    pieces.titles, groups[0] = split_titles(groups[0], addressed=pieces.salutation is not None)
    groups = [g for g in groups if g and not (len(g) == 1 and word_key(g[0]) in _CALLED)]
    if not groups:
        return pieces
    if len(groups) == 1:
        groups[0], in_front = take_inner_titles(groups[0], pieces)
        order = "family_first" if in_front and order == "auto" else order
    if not (len(groups) == 1 and _leading_capitals(groups[0])) and _needs_world(groups, pieces):
        parse_world(", ".join(" ".join(g) for g in groups), pieces)
        _lone_world_family(pieces)
        return pieces
    _assign_groups(groups, pieces, order)
    return pieces


def _needs_world(groups: list[list[str]], pieces: Pieces) -> bool:
    several = sum(map(len, groups)) > 1
    for whole in groups:
        group = split_titles(whole, addressed=True)[1]
        for i, word in enumerate(group):
            lower = word.lower()
            kind = particles().get(lower)
            if kind == "w" and (several or pieces.titles) and not _sure_particle(group, i):
                return lower not in _ARABIC
            if kind is not None or word_key(word) in noble_titles():
                continue
            if not word[0].isascii() and ord(word[0]) > 0x24F:
                return True
            if is_initial(word) and word[0].isupper():
                continue
            if is_given(word) or is_family(word) or is_suffix(word) or word_key(word) in _CALLED:
                continue
            if is_world_word(word) or "." in word[:-1]:
                return not (_is_title_group(group) or _is_suffix_group(group))
    return False


def _is_title_group(group: list[str]) -> bool:
    return not split_titles(group, addressed=True)[1]


def _is_suffix_group(group: list[str]) -> bool:
    return not take_suffixes(group, 0)[0]


def _sure_particle(group: list[str], i: int) -> bool:
    """An ambiguous particle is one where it is written small, or a second particle follows."""
    if i == len(group) - 1:
        return False
    following = particles().get(group[i + 1].lower()) is not None and i < len(group) - 2
    return group[i].islower() or following


def _lone_world_family(pieces: Pieces) -> None:
    """A lone name beside a nickname or a salutation is the family name."""
    if (
        pieces.given
        and not pieces.family
        and (pieces.nickname or pieces.salutation)
        and len(pieces.given) == 1
    ):
        pieces.given, pieces.family = [], pieces.given


def _assign_groups(groups: list[list[str]], pieces: Pieces, order: Order) -> None:
    while len(groups) > 1 and (_is_suffix_group(groups[-1]) or _is_title_group(groups[-1])):
        group = groups.pop()
        suffixes = take_suffixes(group, 0)[1]
        if _is_suffix_group(group):
            pieces.suffix[:0] = suffixes
        else:
            pieces.titles += group
    behind = [*pieces.suffix]
    pieces.suffix = []
    for i, group in enumerate(groups):
        groups[i], suffixes = take_suffixes(group, 2 if len(groups) == 1 else 1)
        pieces.suffix += suffixes
    pieces.suffix += behind
    if len(groups) == 1:
        _assign_words(groups[0], pieces, order)
    elif _is_place_behind(groups):
        pieces.findings.append(Finding("name_unassigned", detail=", ".join(" ".join(g) for g in groups[1:])))
        _assign_words(groups[0], pieces, order)
    else:
        _assign_family_given(groups, pieces)


def _is_place_behind(groups: list[list[str]]) -> bool:
    """``Hans Meyer, Berlin``: a full name, then something that is no given name."""
    first, second = groups[0], groups[1]
    full = len(first) > 1 and is_given(first[0]) and not is_family(first[0])
    return full and not any(is_given(w) or is_initial(w) for w in second)


def _assign_family_given(groups: list[list[str]], pieces: Pieces) -> None:
    family, given = groups[0], groups[1]
    if pieces.salutation is None:
        pieces.salutation, given = split_salutation(given)
    titles, given = split_titles(given, addressed=True)
    pieces.titles += titles
    moved: list[str] = []
    while len(given) > 1 and _is_particle(given[-1]):
        moved.insert(0, given[-1])
        given = given[:-1]
    pieces.given = given
    pieces.prefix, pieces.family = split_prefix(moved + family)
    if len(groups) > 2:
        pieces.findings.append(Finding("name_unassigned", detail=", ".join(" ".join(g) for g in groups[2:])))


def _is_particle(word: str) -> bool:
    if word[-1:] == "." and word[0].isupper() and len(word) == 2:
        return False
    return word.lower() in particles() or word_key(word) in noble_titles()


def split_prefix(words: list[str]) -> tuple[list[str], list[str]]:
    """The particles and noble titles in front of a family name, and the family name.

    The last word is always the name: ``Graf`` alone is a family name.
    """
    count = 0
    while count < len(words) - 1 and (
        _is_particle(words[count]) or (count and words[count].lower() in {"und", "u."})
    ):
        count += 1
    return words[:count], words[count:]


def _assign_words(words: list[str], pieces: Pieces, order: Order) -> None:
    if len(words) > 2 and word_key(words[0]) in noble_titles() and is_given(words[1]):
        # Prinz Ernst August von Hannover: in front of given names it is a courtesy.
        pieces.titles.append(words[0])
        words = words[1:]
    if len(words) == 1:
        _assign_single(words[0], pieces, order)
        return
    capitals = _leading_capitals(words) if order != "given_first" else 0
    if capitals:
        pieces.prefix, pieces.family = split_prefix(words[:capitals])
        pieces.given = words[capitals:]
        return
    start = _family_start(words, pieces)
    if start is not None:
        pieces.given = words[:start]
        pieces.prefix, pieces.family = split_prefix(words[start:])
        return
    if _is_reversed(words, order):
        if order == "auto":
            shown = " ".join([*words[1:], words[0]])
            pieces.findings.append(Finding("name_order_unclear", proposal=shown, confidence=0.85))
        pieces.given, pieces.family = words[1:], words[:1]
        return
    split = len(words) - (2 if _is_spanish_pair(words) else 1)
    pieces.given, pieces.family = words[:split], words[split:]


def _leading_capitals(words: list[str]) -> int:
    """How many words in front are a family name written in capitals before the given name: ``LE GALL Anne``.

    None where the words are clearly a given and a family name: ``HANS Meyer``.
    """
    count = next((i for i, word in enumerate(words) if not _in_capitals(word)), len(words))
    if not count or count == len(words) or max(map(len, words[:count])) < 3:
        return 0
    rest = words[count:]
    if any(_in_capitals(word) for word in rest) or not any(word[1:].islower() for word in rest):
        return 0
    plain = count == 1 and is_given(words[0]) and not is_family(words[0])
    return 0 if plain and is_family(rest[-1]) and not is_given(rest[-1]) else count


def _in_capitals(word: str) -> bool:
    return len(word) > 1 and word.isupper() and "." not in word


def _assign_single(word: str, pieces: Pieces, order: Order) -> None:
    given, family = is_given(word) or is_initial(word), is_family(word)
    if pieces.nickname or order == "family_first":
        pieces.family = [word]
        return
    if pieces.salutation is None and not pieces.titles:
        if given == family:
            pieces.findings.append(Finding("name_order_unclear", confidence=0.5))
        (pieces.given if given else pieces.family).append(word)
        return
    (pieces.given if given and not family and not pieces.titles else pieces.family).append(word)


def _family_start(words: list[str], pieces: Pieces) -> int | None:
    """Where a particle, a noble title or ``genannt`` begins the family name."""
    last = len(words) - 1
    for i, word in enumerate(words):
        if 0 < i < last and "-" in word and word.rpartition("-")[2].lower() in particles():
            return i
        if i > 1 and word_key(word) in _CALLED and i < last:
            return i - 1
        if i == last or not _is_particle(word):
            continue
        if i == 0 and not _may_begin(words, pieces):
            return None
        if _is_devotional(words, i):
            continue
        return _compound_start(words, i)
    return None


def _is_devotional(words: list[str], i: int) -> bool:
    """``María del Carmen Sánchez``: the particle belongs to the given name."""
    return (
        i == 1
        and fold(words[0]) in {"maria", "jose"}
        and words[1].lower() in {"del", "de"}
        and len(words) > i + 2
        and is_given(words[i + 1])
    )


def _may_begin(words: list[str], pieces: Pieces) -> bool:
    """Whether a name may begin with its particle: ``Herr von Berg``, ``von Berg``."""
    first = words[0]
    if word_key(first) in noble_titles():
        return not is_given(words[1]) and (_is_particle(words[1]) or bool(pieces.salutation or pieces.titles))
    return True


def _compound_start(words: list[str], i: int) -> int:
    """Before the particle a family name may stand: Mies van der Rohe, Schenk Graf von Stauffenberg."""
    if words[i].lower() not in _GERMANIC and word_key(words[i]) not in noble_titles():
        return i
    # Before a lone "von" an unknown word is rather a rare given name, unless it is a known family name.
    several = i + 2 < len(words) and _is_particle(words[i + 1])
    sure = several or word_key(words[i]) in noble_titles()
    start = i
    while start > 1 and not _ORDINAL.match(words[start - 1]) and _may_be_family(words[start - 1], sure=sure):
        start -= 1
    return start


def _may_be_family(word: str, *, sure: bool) -> bool:
    return not is_given(word) and not is_initial(word) and (sure or is_family(word))


def _is_reversed(words: list[str], order: Order) -> bool:
    """``Meyer Hans``: all words but the first are given names only, and the first is none."""
    if order != "auto":
        return order == "family_first"
    first, rest = words[0], words[1:]
    if is_given(first) or is_initial(first):
        return False
    if all(is_initial(w) and w.endswith(".") for w in rest):
        return is_family(first)  # Meyer H.-P.
    if all((is_given(w) and not is_family(w)) or (i and is_initial(w)) for i, w in enumerate(rest)):
        return is_family(first) or not is_near_given(first)
    return is_family(first) and len(rest) == 1 and is_given(rest[0])


def _is_spanish_pair(words: list[str]) -> bool:
    """Two family names in the Spanish way: García Márquez."""
    if len(words) < 3 or not is_given(words[0]):
        return False
    one, two = words[-2:]
    known = is_family(one) and not is_given(one) and is_family(two) and not is_given(two)
    return known and _SPANISH.search(fold(one)) is not None

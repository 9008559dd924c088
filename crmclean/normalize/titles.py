"""Academic and professional titles in front of a name.

Source: our list `data/titles.txt` of German, Austrian and Swiss degrees; a title may be continued
by faculty, honour or school (``Dr. med. habil.``, ``Dr. h.c. mult.``, ``Dipl.-Ing. (FH)``). An
academic degree is no part of the name in Germany (BGH, 4 September 2013, XII ZB 526/12), so it
has a field of its own.
"""

from __future__ import annotations

import re

from crmclean.data import read_list
from crmclean.normalize.person_words import is_initial, title_parts, title_words, word_key

__all__ = ["canonical_title", "split_titles"]

_SURE = frozenset({"dr", "ddr", "mag", "drs", "ing"})
_DEGREE = re.compile(r"(?:[Dd]ipl\.-|Diplom-)\w")  # Dipl.-Rpfl., Diplom-Volkswirtin
_GLUED = re.compile(r"(?<=[a-zäöü]\.)(?=[A-ZÄÖÜ][a-zäöü])")
# Words that are family names, too: titles only if two words follow, or a salutation precedes.
_ALSO_NAMES = frozenset(
    {"abt", "apotheker", "arch", "baumeister", "bischof", "dekan", "dir", "doc", "hauptmann", "ing", "kaplan",
     "kardinal", "notar", "oberst", "papst", "pastor", "pater", "pfr", "prim", "praes", "rag", "senator", "vikar"}
)  # fmt: skip
_SCHOOLS = frozenset({"ETH", "EPFL", "HTL", "FH", "HSG"})  # Dr. sc. techn. ETH
_SHAPES = {
    "dr": "Dr.", "ddr": "DDr.", "drs": "Drs.", "prof": "Prof.", "mag": "Mag.", "mmag": "MMag.",
    "ing": "Ing.", "med": "med.", "dent": "dent.", "vet": "vet.", "phil": "phil.", "jur": "jur.",
    "iur": "iur.", "rer": "rer.", "nat": "nat.", "pol": "pol.", "oec": "oec.", "hc": "h.c.",
    "mult": "mult.", "habil": "habil.", "univ": "univ.", "dipling": "Dipl.-Ing.",
    "diplkfm": "Dipl.-Kfm.", "diplkffr": "Dipl.-Kffr.", "di": "DI", "pd": "PD",
    "privdoz": "Priv.-Doz.", "univprof": "Univ.-Prof.", "techn": "techn.", "agr": "agr.",
}  # fmt: skip


def split_titles(
    words: list[str], *, addressed: bool = False, alone: bool = False
) -> tuple[list[str], list[str]]:
    """The titles at the front of the words and the words that remain.

    Args:
        words: Words of a name, salutation taken off.
        addressed: A salutation stood before them, so that one remaining word is enough even
            behind a title that is a family name too (``Herr Pfarrer Braun``).
        alone: The words are a title or salutation field, so that no name follows.
    """
    rest = [part for word in words for part in _GLUED.split(word)] if _has_glue(words) else words
    titles: list[str] = []
    filler = ["Xx", "Xx"] if alone else []
    while rest:
        length = min(_title_length(rest + filler, continued=bool(titles), addressed=addressed), len(rest))
        if not length:
            break
        titles += rest[:length]
        rest = rest[length:]
    return titles, rest


def _has_glue(words: list[str]) -> bool:
    return any("." in word[:-1] for word in words)


def _title_length(words: list[str], *, continued: bool, addressed: bool) -> int:
    """How many of the first words are one title, 0 where the first is none."""
    known, parts = title_words(), title_parts()
    for length in (3, 2, 1):
        if length > len(words):
            continue
        key = word_key("".join(words[:length]))
        if key in known and _is_written_as_title(words, length, key, addressed=addressed):
            return length
    first = words[0]
    if _DEGREE.match(first) and len(words) > 1:
        return 1
    if is_initial(first) and first[0].isupper() and len(word_key(first)) == 1:
        return 0
    if continued and word_key(first) in parts and (not first[0].isupper() or "." in first or "(" in first):
        return 1
    if continued and first in _SCHOOLS:
        return 1
    if continued and first[0] == "(" and first[-1] == ")" and word_key(first) in parts:
        return 1
    return 0


def _is_written_as_title(words: list[str], length: int, key: str, *, addressed: bool) -> bool:
    left = len(words) - length
    if length > 1 and any(is_initial(w) and len(w) == 1 for w in words[:length]):
        return False
    first = words[0]
    if length == 1 and len(key) <= 3 and "." not in first and key not in _SURE:
        # DI Huber is a title, Di Stefano and Ra Kim are names.
        return left >= 1 and first in read_list("titles.txt")
    if key in _ALSO_NAMES and "." not in first:
        return left >= 2 or (addressed and left >= 1)
    return True


def canonical_title(words: list[str]) -> str | None:
    """Titles in their usual spelling, in the order given; None where there are none.

    Example:
        >>> canonical_title(["prof", "dr.", "med"])
        'Prof. Dr. med.'
    """
    if not words:
        return None
    return " ".join(_shape(word) for word in words)


def _shape(word: str) -> str:
    usual = _SHAPES.get(word_key(word))
    if usual is None or (word[0] == "("):
        return word
    plain = "." not in word or word_key(word) in {"dr", "prof", "mag", "ing", "hc"}
    return usual if plain or len(word) <= len(usual) else word

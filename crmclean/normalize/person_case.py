"""Case of names: an entry all in capitals or all in small letters is restored, mixed case is kept.

``McDonald``, ``de Gaulle`` and ``von der Leyen`` show why only an entry that is upper or lower
case as a whole may be touched.
"""

from __future__ import annotations

import re
import unicodedata

from crmclean.normalize.person_words import particles, suffix_words, word_key

__all__ = ["is_one_case", "restore_case"]

_PIECE = re.compile(r"[^\s\-]+")
_MC = re.compile(r"^(Mc|O['’]|D['’]|L['’]|Dell['’])([a-zà-ÿ])(.*)$")
_DOTTED = re.compile("(?<=\\w)i\u0307")
_ROMAN = re.compile(r"^[IVX]{1,4}$", re.IGNORECASE)
_UPPER = frozenset(
    [
        "mba",
        "emba",
        "md",
        "phd",
        "llm",
        "dds",
        "ceo",
        "cfo",
        "osb",
        "sj",
        "qc",
        "kc",
        "mp",
        "obe",
        "mbe",
        "cbe",
        "cpa",
        "cfa",
    ]
)
_SMALL = frozenset(
    {"van", "der", "den", "de", "von", "zu", "vom", "zum", "zur", "la", "le", "y", "e", "und", "geb", "geb."}
)


def is_one_case(text: str) -> bool:
    """Whether a text of more than one letter is all capitals or all small letters.

    Dotted initials do not count: ``J.P.`` says nothing.

    Example:
        >>> is_one_case("MEYER"), is_one_case("meyer"), is_one_case("Meyer"), is_one_case("J. P.")
        (True, True, False, False)
    """
    letters = "".join(c for w in text.split() if len(w.strip(".")) > 1 for c in w if c.isalpha())
    return len(letters) > 1 and (letters.isupper() or letters.islower())


def restore_case(text: str) -> str:
    """A one-case name with capitals where they belong; particles stay small.

    Example:
        >>> restore_case("ANNA VON DER LEYEN-MÜLLER"), restore_case("sean o'connor")
        ('Anna von der Leyen-Müller', "Sean O'Connor")
    """
    words = text.split(" ")
    restored = " ".join(_restore(word, i, len(words)) for i, word in enumerate(words))
    return unicodedata.normalize("NFC", restored)


def _restore(word: str, place: int, count: int) -> str:
    # The small letter of the Turkish İ is i with a dot above, two characters in Python.
    lower = _DOTTED.sub("i", word.lower())
    if lower in particles() and lower in _SMALL and place < count - 1:
        return lower
    if word_key(word) in _UPPER or (_ROMAN.match(word) and place > 0 and word_key(word) in suffix_words()):
        return word.upper()
    return _PIECE.sub(lambda m: _capital(m[0]), lower)


def _capital(piece: str) -> str:
    start = next((i for i, c in enumerate(piece) if c.isalpha()), None)
    if start is None:
        return piece
    shown = piece[:start] + piece[start].upper() + piece[start + 1 :]
    found = _MC.match(shown)
    if found is not None and len(shown) > 4:
        return found[1] + found[2].upper() + found[3]
    return re.sub(r"(?<=\w\.)\w", lambda m: m[0].upper(), shown)

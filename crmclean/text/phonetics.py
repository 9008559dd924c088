"""Phonetic codes: Cologne for German, the English ones from jellyfish.

Cologne phonetics: H. J. Postel, "Die Kölner Phonetik", IBM-Nachrichten 19 (1969), 925-931. A code
is made of each word on its own (`cologne_words`), because the code of a whole string hides small
words: Hardtstraße is not Hardstraße. Letters outside the rules (ß, umlauts, Ł) are folded first.
"""

from __future__ import annotations

import re
from functools import lru_cache

import jellyfish

from crmclean.text.fold import fold_plain, fold_umlaut, tokens

__all__ = [
    "cologne_digits",
    "cologne_phonetics",
    "cologne_words",
    "match_rating",
    "metaphone",
    "nysiis",
    "orthography",
    "soundex",
]

_PLAIN = {
    **dict.fromkeys("aeijouy", "0"),
    **dict.fromkeys("fvw", "3"),
    **dict.fromkeys("gkq", "4"),
    **dict.fromkeys("mn", "6"),
    **dict.fromkeys("sz", "8"),
    "b": "1",
    "l": "5",
    "r": "7",
}
_C_HARD_FIRST = frozenset("ahkloqrux")
_C_HARD = frozenset("ahkoqux")
_SIBILANT = frozenset("sz")
_GUTTURAL = frozenset("ckq")


def cologne_digits(before: str, letter: str, after: str) -> str:
    """The Cologne code of one letter, a to z, between its neighbours ("" at the ends of the word)."""
    plain = _PLAIN.get(letter)
    if plain is not None:
        return plain
    if letter == "p":
        return "3" if after == "h" else "1"
    if letter in "dt":
        return "8" if after and after in "csz" else "2"
    if letter == "x":
        return "8" if before in _GUTTURAL else "48"
    if letter == "c":
        hard = after in _C_HARD if before else after in _C_HARD_FIRST
        return "4" if hard and before not in _SIBILANT else "8"
    return ""


_DIGITS: dict[str, str] = {
    b + c + a: cologne_digits(b.strip(), c, a.strip())
    for b in " abcdefghijklmnopqrstuvwxyz"
    for c in "abcdefghijklmnopqrstuvwxyz"
    for a in " abcdefghijklmnopqrstuvwxyz"
}


def cologne_phonetics(text: str) -> str:
    """The Cologne code of a text taken as one word; letters only, "" if there are none.

    Example:
        >>> [cologne_phonetics(name) for name in ("Meyer", "Maier", "Mayr")]
        ['67', '67', '67']
        >>> cologne_phonetics("Müller-Lüdenscheidt")
        '65752682'
    """
    letters = [c for c in fold_plain(text) if "a" <= c <= "z"]
    padded = " " + "".join(letters) + " "
    code: list[str] = []
    last = ""
    for i in range(1, len(padded) - 1):
        for digit in _DIGITS[padded[i - 1 : i + 2]]:
            if digit != last:
                code.append(digit)
            last = digit
    if not code:
        return ""
    return code[0] + "".join(code[1:]).replace("0", "")


@lru_cache(maxsize=65536)
def cologne_words(text: str) -> str:
    """The Cologne codes of the words of a text, joined by blanks.

    Example:
        >>> cologne_words("Meyer-Lüdenscheidt")
        '67 52682'
    """
    return " ".join(code for code in map(cologne_phonetics, tokens(text)) if code)


_SPELLINGS = (
    (re.compile("ph"), "f"),
    (re.compile("th|dt"), "t"),
    (re.compile("ck|c(?![hei])"), "k"),
    (re.compile("tz"), "z"),
    (re.compile("ey|ay|ai"), "ei"),
    (re.compile("y|ie|ij|j"), "i"),
    (re.compile("ou"), "u"),
    (re.compile(r"(?<=[aeiou])h"), ""),
    (re.compile(r"(.)\1"), r"\1"),
)


@lru_cache(maxsize=65536)
def orthography(text: str) -> str:
    """The folded text with German spelling variants of one sound made one: Stephan is Stefan.

    Vowels stay, so that Kerstin and Kristin, whose Cologne codes are equal, differ.

    Example:
        >>> orthography("Stephan") == orthography("Stefan"), orthography("Sarah") == orthography("Sara")
        (True, True)
        >>> orthography("Kerstin") == orthography("Kristin")
        False
    """
    result = fold_umlaut(text)
    for pattern, letters in _SPELLINGS:
        result = pattern.sub(letters, result)
    return result


def soundex(text: str) -> str:
    """American Soundex of a text taken as one word; marks count as jellyfish takes them."""
    return jellyfish.soundex(text)


def metaphone(text: str) -> str:
    """Metaphone of a text taken as one word."""
    return jellyfish.metaphone(text)


def nysiis(text: str) -> str:
    """NYSIIS code of a text taken as one word."""
    return jellyfish.nysiis(text)


def match_rating(text: str) -> str:
    """Match rating codex of a text taken as one word; "" where it holds anything but letters."""
    return jellyfish.match_rating_codex(text) if text.isalpha() else ""

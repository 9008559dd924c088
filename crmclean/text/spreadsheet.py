"""Texts that a spreadsheet damages when it opens a csv file, and the form that protects them.

Excel reads a csv cell as if it had been typed: ``01067`` becomes 1067, ``3-5`` the third of May,
``1E10`` ten billion, ``+49 30 1`` a number, ``=A1`` a formula. The form ``="01067"`` is a formula
that gives the text and nothing else; saved again as csv it is the plain text.
Source: Microsoft, "Excel specifications and limits" (11 shown and 15 kept digits, 255 characters
of a text in a formula, 8,192 of a formula); OWASP, "CSV Injection" (leading characters). Tested
with the German month names and separators; the English ones are guarded too.
"""

from __future__ import annotations

import re

__all__ = ["damaged", "guard", "unguard"]

_MONTHS = (
    "jan(?:uar|uary)?|jän(?:ner)?|feb(?:ruar|ruary|er)?|mar(?:ch)?|mrz|märz?|maerz|apr(?:il)?|mai|may|jun[ei]?|"
    "jul[iy]?|aug(?:ust)?|sept?(?:ember)?|o[kc]t(?:ober)?|nov(?:ember)?|de[zc](?:ember)?"
)
_FORMULA = tuple("=+-@#＝＋－＠\t\r\n")
_HARMLESS = re.compile(r"0|[1-9][0-9]{0,7}")
_NUMBER = re.compile(
    r"(?:eur|chf|usd|dm)?[\s$€£¥]*[-+(]?[\d.,:;/\\()%€$£¥'’\s+-]*\d[\d.,:;/\\()%€$£¥'’\s+-]*(?:e[+-]?\d+[\d.,\s]*)?(?:eur|chf|usd|dm)?",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\d{1,2}(?::\d{1,2}){0,2}\s+[ap]m?", re.IGNORECASE)
_DATE = re.compile(rf"(?=.*\d)[\d\s.,/-]*(?:{_MONTHS})[\d\s.,:/-]*", re.IGNORECASE)
_TRUTH = frozenset({"wahr", "falsch", "true", "false"})
_LITERAL = re.compile(r'"((?:[^"]|"")*)"')
_GUARDED = re.compile(r'="(?:[^"]|"")*"(?:&"(?:[^"]|"")*")*')
_PIECE = 120  # every character may count twice: below the 255 of one text
_LONGEST = 4000  # likewise below the 8,192 of one formula


def damaged(text: str) -> bool:
    """Whether a spreadsheet would show or save another text than this one, or run it.

    Plain whole numbers of up to eight digits stay what they are. More digits are guarded although
    Excel keeps 15 of them: it shows eleven at most and saves what it shows.

    Example:
        >>> [t for t in ["01067", "Dresden", "3-5", "12 a", "12a", "4711", "=1+1"] if damaged(t)]
        ['01067', '3-5', '12 a', '=1+1']
    """
    bare = text.strip()
    if not bare:
        return False
    if bare.startswith(_FORMULA) or text.startswith(_FORMULA):
        return True
    if _HARMLESS.fullmatch(text):
        return False
    if text.startswith("'"):
        return _too_long(text)
    patterns = (_NUMBER, _CLOCK, _DATE)
    return any(p.fullmatch(bare) is not None for p in patterns) or bare.lower() in _TRUTH


def guard(text: str) -> str:
    """The text in the form that a spreadsheet leaves alone; itself where there is no danger.

    Texts too long for a formula get an apostrophe in front, which the spreadsheet shows.

    Example:
        >>> guard("01067"), guard("Dresden")
        ('="01067"', 'Dresden')
    """
    if not damaged(text):
        return text
    return f"'{text}" if _too_long(text) else _formula(text)


def unguard(text: str) -> str:
    """The text that `guard` was given; any other text is returned as it is.

    Example:
        >>> unguard('="01067"'), unguard("Dresden")
        ('01067', 'Dresden')
    """
    if text.startswith('="') and _GUARDED.fullmatch(text):
        return "".join(piece.replace('""', '"') for piece in _LITERAL.findall(text))
    if text.startswith("'") and _too_long(text[1:]) and damaged(text[1:]):
        return text[1:]
    return text


def _formula(text: str) -> str:
    pieces = [text[i : i + _PIECE].replace('"', '""') for i in range(0, len(text), _PIECE)]
    return "=" + "&".join(f'"{piece}"' for piece in pieces)


def _too_long(text: str) -> bool:
    return len(_formula(text)) > _LONGEST

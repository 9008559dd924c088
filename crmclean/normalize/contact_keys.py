"""Match keys of contact points that are not valid: the same wrong number twice is still evidence.

A number of eleven digits where the plan wants twelve cannot be dialled, but two records that carry it
mostly got it from one another. The key has the form of a valid number's (E.164) and is never shown.
"""

from __future__ import annotations

import re
from functools import cache

from crmclean.data.lists import read_lines
from crmclean.text.fold import fold, visible

__all__ = ["loose_email_key", "loose_phone_keys"]

_NOT_DIALLED = re.compile(r"[^\d\s()/.\-–+]")
_ZERO = re.compile(r"\(\s*0\s*\)")
_SEVERAL = re.compile(r"\s+/\s+(?=[+0(])|\s*[;,]\s*")
_LOCAL = re.compile(r"^[^@]+@[^@]+\.[a-z]{2,}$")


@cache
def _calling_codes() -> dict[str, str]:
    return dict(line.split() for line in read_lines("calling_codes"))


def loose_phone_keys(text: str, country: str | None) -> tuple[str, ...]:
    """The digits of the numbers as they would stand in E.164; empty where they say too little.

    Args:
        text: Numbers that the numbering plan refuses, several separated by `` / ``, comma, semicolon.
        country: Country of a number that begins with a single zero.

    Example:
        >>> loose_phone_keys("0151/7051239", "DE") == loose_phone_keys("+49 151 7051239", None)
        True
    """
    pieces = _SEVERAL.split(visible(text))
    keys = [_phone_key(piece, country) for piece in pieces]
    if len(pieces) > 1 and not any(keys):
        keys = [_phone_key(visible(text), country)]
    return tuple(dict.fromkeys(k for k in keys if k))


def _phone_key(text: str, country: str | None) -> str | None:
    shown = _ZERO.sub("", text).strip()
    if _NOT_DIALLED.search(shown):
        return None
    digits = re.sub(r"\D", "", shown)
    code = _calling_codes().get(country or "")
    if digits.startswith("00"):
        digits = digits[2:]
    elif not shown.startswith("+"):
        if code is None or not digits.startswith("0"):
            return None
        digits = code + digits[1:]
    plausible = 9 <= len(digits) <= 15 and len(set(digits)) >= 4 and digits[0] != "0"
    return "+" + digits if plausible else None


def loose_email_key(text: str) -> str | None:
    """A folded address without blanks and dots at its ends, or None where it is no address at all.

    Example:
        >>> loose_email_key("Nicole 92@freenet.de.")
        'nicole92@freenet.de'
    """
    key = re.sub(r"\s", "", fold(text)).strip(".,;<>")
    return key if _LOCAL.match(key) else None

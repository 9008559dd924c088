"""Compare forms of streets and towns: never shown, never stored in place of the value."""

from __future__ import annotations

import re
from functools import lru_cache

from crmclean.text.fold import fold, fold_umlaut

__all__ = ["city_key", "street_key"]

_STREET_END = re.compile(r"(?:strasse|strassse|straase|strase|stra|str)$")
_PLACE_END = re.compile(r"(?<=[a-z])(?:pl|plz)$")
_SIGNS = re.compile(r"[\W_]+")
_ENGLISH = {
    "st": "street",
    "rd": "road",
    "ave": "avenue",
    "av": "avenue",
    "ln": "lane",
    "dr": "drive",
    "crt": "court",
    "ct": "court",
    "pl": "place",
    "blvd": "boulevard",
    "cres": "crescent",
    "sq": "square",
    "tce": "terrace",
    "hwy": "highway",
    "cct": "circuit",
}
_BRACKET = re.compile(r"\s*[(\[].*?[)\]]")
_LINKS = re.compile(
    r"\b(?:an der|v d|o d|vd|od|am|an dem|im|in der|in dem|in|bei|beim|b|a d|i d|i|v|o|auf der|vor der|ob der|ob|unter)\b.*$"
)
_SHORT = (
    (re.compile(r"\bst\b\.?"), "sankt"),
    (re.compile(r"\bbad\b"), "bad"),
    (re.compile(r"\b(?:a|am)[./\s]+(?:m|main)\b\.?$"), "main"),
)
_DIGITS = re.compile(r"\s*\d+$")


@lru_cache(maxsize=1 << 16)
def street_key(street: str) -> str:
    """The compare form of a street: Straße, strasse and Str. are one, umlauts folded, no signs.

    Example:
        >>> street_key("Von-der-Tann-Straße") == street_key("von der Tann Str.")
        True
        >>> street_key("Grüner Weg") == street_key("Gruener Weg")
        True
    """
    words = [w for w in _SIGNS.split(fold_umlaut(street)) if w]
    if not words:
        return ""
    if len(words) > 1 and words[-1] in _ENGLISH:
        words[-1] = _ENGLISH[words[-1]]
    joined = "".join(words)
    joined = _STREET_END.sub("str", joined)
    return _PLACE_END.sub("platz", joined) if words[-1].endswith("pl") else joined


@lru_cache(maxsize=1 << 16)
def city_key(city: str) -> str:
    """The compare form of a town: without brackets, delivery district and ``am Main`` and the like.

    Coarse on purpose: Frankfurt am Main and Frankfurt (Oder) share it; the postcode tells them apart.

    Example:
        >>> city_key("Frankfurt a. M.") == city_key("FRANKFURT/Main") == city_key("Frankfurt")
        True
    """
    folded = _DIGITS.sub("", _BRACKET.sub("", fold(city)))
    folded = re.sub(r"^(.{3,}?)\s*/.*$", r"\1", folded)
    for pattern, full in _SHORT:
        folded = pattern.sub(full, folded)
    plain = " ".join(w for w in _SIGNS.split(folded) if w)
    head = _LINKS.sub("", plain).strip() if re.match(r"^\w{3,}\s", plain) else plain
    head = head if len(head) > 3 else plain
    head = re.sub(r"(?<=\w)\s+(?:main|a m|ad|id|m)$", "", head or plain)
    return fold_umlaut(head).replace(" ", "")

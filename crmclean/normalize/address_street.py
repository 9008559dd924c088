"""A street line: street, house number and what is added to it (flat, floor, rear building).

Continental lines end with the number, English and French ones begin with it; a line of unknown
country is read from its end first. The street keeps its spelling.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from crmclean.normalize.address_lists import NUMBER_FIRST, street_words
from crmclean.normalize.house_number import LABEL, NUMBER
from crmclean.text.fold import fold

__all__ = ["StreetLine", "is_street_word", "is_unit", "number_only", "split_street", "street_score"]

_TRAILING = re.compile(
    rf"^(?P<street>.*?[^\W\d_].*?)(?P<gap>[\s,.]*)(?P<label>{LABEL})?(?P<number>{NUMBER})$", re.IGNORECASE
)
_LEADING = re.compile(
    rf"^(?P<label>{LABEL})?(?P<number>{NUMBER})(?:\s*,\s*|\s+)(?P<street>\S*[^\W\d_].*)$", re.IGNORECASE
)
_ONLY = re.compile(rf"^{LABEL}?{NUMBER}$", re.IGNORECASE)
# Mannheim has blocks for streets: C 4, 12 is house 12 of block C 4.
_BLOCK = re.compile(
    r"^(?P<street>[A-U]\s?(?:1[0-5]|[1-9]))(?:\s*,\s*|\s+)(?P<number>\d{1,3}\s?[a-z]?(?:\s?-\s?\d{1,3}\s?[a-z]?)?)$"
)
_MIDDLE = re.compile(r"[^\W\d_]\s+\d{1,5}(?:-\d{1,5})?[A-Za-z]?\s+[^\W\d_]{2}")
# A Finnish number names staircase and flat: 5 A 12.
_FINNISH = re.compile(r"^(?P<street>.*[^\W\d_]{2})\s(?P<number>\d{1,3}\s[A-Z]\s\d{1,3})$")
_NUMBERLESS = re.compile(r"[\s,]+(?:s/n|s\.n\.|o\.\s?nr\.?|ohne (?:haus)?(?:nummer|nr\.?))$", re.IGNORECASE)
# Australian and New Zealand flats stand before the number: Unit 3/12 George Street.
_UNIT_NUMBER = re.compile(
    r"^(?P<unit>(?:unit|u|apartment|apt\.?|flat|shop|suite|lot|level)\.?\s?\d+\w?)\s?/\s?(?P<line>\d+.*[^\W\d_]{2}.*)$",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"^\d+(?:st|nd|rd|th|e|er|ème|eme|\.)\b", re.IGNORECASE)
_UNIT_START = re.compile(
    r"^(?:\d{1,3}(?:\.|st|nd|rd|th|e|er|ère|ème|º|ª|°)?\s?(?:og\b|ug\b|eg\b|stock|etage|etg|obergeschoss|floor|fl\b|piso|piano|trappa|trappor|tr\b|tv\b|mf\b|th\b|puerta)"
    r"|\d{1,2}\s?[ºª°]|\#|//|\()",
    re.IGNORECASE,
)
_UNIT_TAIL = re.compile(
    r"(?P<gap>\s*(?://|,|;|\s-\s|\s/\s|/(?=(?:stiege|stg|top|tür)\b))\s*|\s+)(?P<unit>(?:\#|//|\(|"
    r"\d{1,3}(?:\.|st|nd|rd|th|º|ª|°)\s?(?:og|ug|stock|etage|etg|obergeschoss|floor|fl|piso|trappa|tr|tv|mf|th)\b|\d{1,2}\s?[ºª°]|"
    r"(?:hinterhaus|vorderhaus|seitenflügel|gartenhaus|quergebäude|hh|vh|eg|dg|haus|gebäude|geb\.|block|aufgang|eingang|etage|stock|wohnung|whg\.?|app\.?|appartement|"
    r"apartment|apt\.?|suite|ste\.?|unit|flat|floor|room|rm\.?|raum|zimmer|top|tür|stiege|stg\.?|bldg\.?|building|level|m\.|lok\.?|bte\.?|boîte|bus|int\.|interno|scala|piso|"
    r"puerta|lgh|tv|mf|shop|lot)(?![^\W\d_])).*)$",
    re.IGNORECASE,
)
_STREET_NUMBERED = re.compile(
    r"^(?:straße|strasse|str\.|street|weg|route|rue|highway|hwy|county road|state route|us)\s\d+$",
    re.IGNORECASE,
)
_YEAR = re.compile(
    r"\b(?:januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|maggio|aprile|giugno|settembre|novembre|mayo|abril)\s\d{4}$",
    re.IGNORECASE,
)


_BREAKS = str.maketrans(",;()", "    ")


@dataclass(frozen=True, slots=True)
class StreetLine:
    """The parts of a street line; empty where not there."""

    street: str
    house_number: str = ""
    addition: str = ""


def _words(text: str) -> list[str]:
    return fold(text).translate(_BREAKS).split()


def is_street_word(word: str) -> bool:
    """Whether a folded word ends as streets do (Bahnhofstr., Gasse, straat)."""
    return word.endswith(_endings("suffix"))


@cache
def _endings(kind: str) -> tuple[str, ...]:
    return tuple(sorted(street_words(kind)))


def is_unit(text: str) -> bool:
    """Whether the text is a flat, floor, building or the like."""
    words = _words(text)
    if not words or _UNIT_NUMBER.match(text) or words[:2] in (["haus", "nr."], ["haus", "nr"]):
        return False
    if _UNIT_START.match(text):
        return True
    first = re.sub(r"\d+[a-z]?$", "", words[0]) or words[0]
    return first in street_words("unit") and len(words) <= 4 and not any(map(is_street_word, words[1:]))


def number_only(text: str) -> bool:
    """Whether the text is a house number and nothing else."""
    return bool(_ONLY.match(text))


def street_score(text: str) -> int:
    """How much a text looks like a street line: 0 not at all, 2 by a word or a number, 4 by both."""
    words = _words(text)
    if not words or is_unit(text) or not any(w[0].isalpha() for w in words):
        return 0
    line = split_street(text)
    named = _words(line.street)
    strong = any(map(is_street_word, named)) or named[0] in street_words("lead")
    strong = strong or any(w in street_words("tail") for w in named[1:])
    numbered = bool(line.house_number) or (strong and bool(_MIDDLE.search(text)))
    score = (2 if strong else 0) + (2 if numbered else 0)
    if line.house_number and any(w.endswith(_endings("weak")) for w in named):
        score += 1
    if any(w in street_words("company") for w in words):
        score -= 2
    return max(score, 0)


def _without_unit(text: str) -> tuple[str, str]:
    found = _UNIT_TAIL.search(text)
    if not found or not re.search(r"[^\W\d_]{2}", text[: found.start()]):
        return text, ""
    head = text[: found.start()].rstrip(" ,;-/")
    sure = re.match(r"(?:apt|suite|ste|unit|flat|whg|wohnung)\b", found["unit"], re.IGNORECASE)
    if (
        not sure
        and not re.search(r"\d", head)
        and not re.search(r"[#(/]", found["unit"][:1])
        and "," not in found["gap"]
    ):
        return text, ""  # a street called Am Alten Haus, or Top
    return head, found["unit"].strip(" ,/()") if found["unit"][:1] in "(/" else found["unit"].strip(" ,")


def _leading(text: str) -> StreetLine | None:
    found = _LEADING.match(text)
    if not found or _ORDINAL.match(text) or not re.search(r"[^\W\d_]{2}", found["street"]):
        return None
    street, number = found["street"].strip(" ,"), found["number"].strip()
    if re.fullmatch(r"\d+ [NSEW]", number):  # 574 E 10th Street
        street, number = f"{number[-1]} {street}", number[:-2]
    return StreetLine(street, number)


def _trailing(text: str, country: str | None) -> StreetLine | None:
    block = _BLOCK.match(text) or (_FINNISH.match(text) if country == "FI" else None)
    if block:
        return StreetLine(block["street"], block["number"])
    if _STREET_NUMBERED.match(text) or _YEAR.search(text):
        return None
    found = _TRAILING.match(text)
    if not found:
        return None
    street, gap = found["street"].rstrip(" ,;"), found["gap"]
    if not gap and not found["label"]:
        glued = re.search(r"([^\W\d_]+)$", street)
        if not glued or len(glued[1]) < 4:
            return None  # Q7, B5, A3
    if gap.strip(" ,") == "." or gap.startswith("."):
        street += "."
    return StreetLine(street, found["number"].strip())


def _order(text: str, country: str | None) -> StreetLine | None:
    if country in NUMBER_FIRST:
        first = _leading(text)
        if first is not None or country in {"US", "CA"}:
            return first
        return _trailing(text, country)
    last = _trailing(text, country)
    if last is None:
        return _leading(text)
    first = _leading(text)
    if first is not None and country is None and _english(first.street):
        return first
    return last


def _english(street: str) -> bool:
    """A street that ends in an English type and a number: Highway 50, West 4th Street."""
    words = _words(street)
    return words[0] in {"highway", "hwy", "route", "county"} if words else False


@lru_cache(maxsize=1 << 16)
def split_street(text: str, country: str | None = None) -> StreetLine:
    """Street, house number and addition of a street line.

    Args:
        text: One line, blanks collapsed.
        country: ISO 3166-1 alpha-2; decides on which side the number is looked for first.

    Example:
        >>> split_street("Straße des 17. Juni 135")
        StreetLine(street='Straße des 17. Juni', house_number='135', addition='')
        >>> split_street("1101 Madison St # 600", "US")
        StreetLine(street='Madison St', house_number='1101', addition='# 600')
    """
    clean = re.sub(r"(?<=[^\W\d_]\s\d)(\d{0,3})\.$", r"\1", text.strip(" ,;"))
    flat = _UNIT_NUMBER.match(clean)
    if flat is not None:
        line = _leading(flat["line"])
        if line is not None:
            return StreetLine(line.street, line.house_number, flat["unit"])
    head, unit = _without_unit(_NUMBERLESS.sub("", clean))
    line = _order(head, country)
    if line is None:
        return StreetLine(head, "", unit)
    return StreetLine(line.street, line.house_number, unit)

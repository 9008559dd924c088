"""The text of a date without what says nothing about the day: time, weekday, little words, CJK signs.

Source: DIN 5008 and everyday notations (``Sonntag, den 24.12.2023``, ``geb. 24.12.1958``, ``24.XII.2023``),
Unix and JavaScript time stamps (``Mon Dec 25 10:00:00 CET 2023``), weekday names of Unicode CLDR. Does
not read the date itself.
"""

from __future__ import annotations

import re
from functools import cache

from crmclean.data import read_list
from crmclean.text.fold import fold

__all__ = ["IGNORED", "calendar", "plain_date"]

_TIME = re.compile(
    r"[\s,.]*(?:\b(?:um|at|à|a|alle|ore)\s+)?(?<!\d)\d{1,2}[:h]\d{2}(?::\d{2})?(?:[.,]\d+)?\s*(?:am|pm|a\.m\.|p\.m\.|uhr|h)?\s*"
    r"(?:z|utc|gmt|mez|mesz|cet|cest)?(?:[+-]\d{2}:?\d{2})?\s*$|t\d{2}:?\d{2}(?::?\d{2}(?:[.,]\d+)?)?(?:z|[+-]\d{2}:?\d{2})?$|"
    r"[\s,]+(?:um\s+)?\d{1,2}(?:\.\d{2})?\s*uhr$",
    re.IGNORECASE,
)
# Unix date and JavaScript's Date: the time stands before the year, or the zone's name behind all
_TIME_INSIDE = re.compile(r"\s+\d{1,2}:\d{2}(?::\d{2})?\s+(?:[A-Z]{3,4}\s+)?(?=\d{4}$)")
_ZONE_NAME = re.compile(r"(?<=\S)\s*\([^()]*\)$")
_ORDINAL_END = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|º|ª)(?=\s|,|$)", re.IGNORECASE)
_CJK = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월](?:\s*(\d{1,2})\s*[日일]?)?")
_ROMAN = re.compile(r"(?<=\d)([./\- ]\s*)(I{1,3}|IV|VI{0,3}|IX|XI{0,2})(?=\s*[./\- ]\s*\d)")
_ROMANS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_LEAD = re.compile(r"^(?:[*~†]\s*|([^\W\d_]+)\b[.,:]*\s*)")
_TAIL = re.compile(r"[\s,.(]*\b([^\W\d_]+)[.)]*$")

_LITTLE_WORDS = (
    "am im den der des vom dem um le la il el of the de del du on jahr year uhr anno at "
    "midnight noon mitternacht mittags г год года р року"
)
IGNORED = frozenset(_LITTLE_WORDS.split())
# Words before a date: whose it is, or how exact it is (the part that is given stays)
_LEAD_WORDS = (
    "geb geboren born ne nee nato nacido gest datum date dated stand seit ab since ca circa etwa um "
    "about approx anfang mitte ende early late"
)
_LEADS = frozenset(_LEAD_WORDS.split())
_MONTHS_BESIDE = {"mrz": 3, "feber": 2, "jaenner": 1, "sept": 9, "maerz": 3, "mrt": 3, "juno": 6, "julei": 7}
_DAYS_BESIDE = ("tues", "wednes", "thur", "thurs")


@cache
def calendar() -> dict[str, tuple[int, bool]]:
    """Folded word -> month number (0 if it is none), and whether it names a weekday."""
    words: dict[str, tuple[int, bool]] = {word: (n, False) for word, n in _MONTHS_BESIDE.items()}
    words.update(dict.fromkeys(_DAYS_BESIDE, (0, True)))
    for line in read_list("calendar.txt"):
        word, what, number = line.split("\t")
        month, is_day = words.get(fold(word), (0, False))
        words[fold(word)] = (
            (int(number), is_day) if what == "month" and not month else (month, is_day or what == "day")
        )
    return words


def plain_date(text: str) -> str:
    """The text without time, zone, weekday and little words at its ends; months in digits where that is sure.

    Example:
        >>> plain_date("Sonntag, den 24.12.2023 um 18.30 Uhr")
        '24.12.2023'
        >>> plain_date("2023年12月24日"), plain_date("24.XII.2023")
        ('2023-12-24', '24.12.2023')
    """
    text = _ZONE_NAME.sub("", text)
    text = _ORDINAL_END.sub(" ", _TIME.sub("", _TIME_INSIDE.sub(" ", text))).strip(" .,;")
    text = _CJK.sub(lambda m: "-".join(g for g in m.groups() if g), text)
    text = _ROMAN.sub(lambda m: f"{m[1]}{_ROMANS.index(m[2]) + 1}", text)
    return _without_words(text)


def _without_words(text: str) -> str:
    """The text without words before the first and behind the last number that say nothing about the day."""
    while (lead := _LEAD.match(text)) and _says_nothing(lead[1]) and lead.end() < len(text):
        text = text[lead.end() :]
    while (tail := _TAIL.search(text)) and _says_nothing(tail[1], tail=True) and tail.start() > 0:
        text = text[: tail.start()]
    return text.strip(" .,;")


def _says_nothing(word: str | None, *, tail: bool = False) -> bool:
    if word is None:
        return True
    folded = fold(word)
    month, is_day = calendar().get(folded, (0, False))
    if month:
        return False
    return is_day or folded in IGNORED or (not tail and folded in _LEADS)

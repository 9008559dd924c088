"""House numbers: number, suffix, range, fraction, and where one ends a street.

Source: DIN 5008 (number and letter with a blank or without, ranges with a hyphen), the Austrian form
with staircase and door (44/3/12), fractions of south German towns (1 1/2). The spelling is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from crmclean.text.fold import collapse, visible
from crmclean.values import Cleaned, Finding

__all__ = ["LABEL", "NUMBER", "HouseNumber", "normalize_house_number", "shown_number"]

LABEL = r"(?:(?<!\w)(?:haus-?|hs\.?-?|h\.?)?(?:nr|no|num|nummer)\b\.?:?\s*|(?<!\w)n[°º.]\s?(?=\d)|hausnummer:?\s*|№\s*|\#\s*)"
_ONE = r"\d{1,5}(?:\s?(?:bis|ter|quater)\b(?!\s?\d)|\s?[a-zA-Z](?![^\W_])|\s[1-9]/[1-9]\b(?!/)|\s?[½¼¾])?"
NUMBER = rf"{_ONE}(?:(?:\s?[-–/+&]\s?|\s?(?:bis|und|u\.)\s?(?=\d))(?:{_ONE}|(?:I{{1,3}}|IV|hs|huis)(?!\w)|[a-zA-Z]\d{{0,3}}(?![^\W\d_])))*"
_WHOLE = re.compile(rf"{LABEL}?(?P<number>\d{{1,5}})(?P<suffix>.{{0,12}})", re.IGNORECASE)
_LABELLED = re.compile(rf"^{LABEL}", re.IGNORECASE)
_RANGE = re.compile(
    r"(?<=[\da-zA-Z])\s*(?:[-\u2010-\u2015\u2212]|\bbis\b)\s*(?=\d)|(?<=\d)\s*[\u2010-\u2015\u2212]\s*(?=[a-zA-Z])",
    re.IGNORECASE,
)
_NONE = re.compile(r"^(?:s/?n|s\.n\.|o\.?\s?nr\.?|ohne|0+|-+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HouseNumber:
    """A house number.

    Args:
        text: As written, without a label such as Nr.
        number: The first digits.
        suffix: What follows: letter, range, fraction, staircase; without the sign before it.
    """

    text: str
    number: str
    suffix: str = ""


def shown_number(text: str) -> str:
    """The number with ranges written one way, with a hyphen: what keys are made of.

    Example:
        >>> shown_number("1 – 3"), shown_number("1 bis 3"), shown_number("5 bis"), shown_number("12 a")
        ('1-3', '1-3', '5 bis', '12 a')
    """
    return _RANGE.sub("-", text)


def normalize_house_number(text: str) -> Cleaned[HouseNumber]:
    """Number and suffix of a house number, or None with the reason.

    Example:
        >>> normalize_house_number("No:12/B3").value
        HouseNumber(text='12/B3', number='12', suffix='B3')
    """
    clean = collapse(visible(text)).strip(" ,;")
    if not clean:
        return Cleaned(text, None, "empty", (Finding("empty"),))
    if _NONE.match(clean):
        return Cleaned(text, None, "invalid", (Finding("placeholder"),))
    found = _WHOLE.fullmatch(clean)
    if not found:
        return Cleaned(text, None, "invalid", (Finding("house_number_unusual"),))
    shown = _LABELLED.sub("", clean)
    value = HouseNumber(shown, found["number"], found["suffix"].strip(" -–/.,+&"))
    usual = re.fullmatch(NUMBER, shown)
    issues = () if usual else (Finding("house_number_unusual"),)
    return Cleaned(text, value, "ok" if shown == text else "repaired", issues)

"""Amounts of money and other decimals: 1.234,56 and 1,234.56 and 1739,04.

The last separator is the decimal one if it stands once and fewer or more than three digits follow;
``1.234`` and ``1,234`` alone could be either: they are read as thousands in German writing (point)
and as decimals with a comma, status "ambiguous". Currency signs and codes are left out.
"""

from __future__ import annotations

import re
from decimal import Decimal

from crmclean.normalize.text import empty_or_placeholder
from crmclean.values import Cleaned, Finding

__all__ = ["normalize_amount"]

_NUMBER = re.compile(
    r"(?P<sign>[-+−–(]?)\s*(?P<digits>\d[\d.,'’ \u00a0\u202f]*?|[.,]\d+)(?:\s*,[-–]+)?\s*(?P<after>[-−]|\))?"
)
_CURRENCY = re.compile(r"(?:€|\$|£|EUR|CHF|USD|GBP|Euro|Fr\.|SFr\.?|Franken)", re.IGNORECASE)
_BLANKS = re.compile(r"[\s'’\u00a0\u202f]+")


def normalize_amount(text: str) -> Cleaned[Decimal]:
    """The amount, or None with the reason.

    Example:
        >>> normalize_amount("1.234,56 €").value, normalize_amount("1,234.56").value
        (Decimal('1234.56'), Decimal('1234.56'))
    """
    empty = empty_or_placeholder(text)
    if empty is not None:
        return Cleaned(text, None, empty.status, empty.issues)
    found = _NUMBER.fullmatch(_CURRENCY.sub(" ", text).strip())
    if not found:
        return Cleaned(text, None, "invalid", (Finding("amount_unreadable"),))
    digits, clear = _decimal(_BLANKS.sub("", found["digits"]))
    if digits is None:
        return Cleaned(text, None, "invalid", (Finding("amount_unreadable"),))
    negative = found["sign"] in {"-", "−", "–", "("} or found["after"] in {"-", "−", ")"}
    value = Decimal(digits) * (-1 if negative else 1)
    if clear:
        return Cleaned(text, value, "ok")
    other = str(value / 1000 if value == value.to_integral() else value * 1000)
    return Cleaned(text, value, "ambiguous", (Finding("amount_ambiguous", other, 0.2),))


def _decimal(text: str) -> tuple[str | None, bool]:
    """The number with a decimal point, and whether there is no other reading."""
    points, commas = text.count("."), text.count(",")
    if points and commas:
        mark = max(".", ",", key=text.rfind)
        whole, _, rest = text.rpartition(mark)
        other = "," if mark == "." else "."
        fine = mark not in whole and _grouped(whole, other)
        return (f"{whole.replace(other, '')}.{rest}", True) if fine else (None, False)
    mark = "." if points else ","
    if points + commas == 0:
        return text, True
    if points + commas > 1:
        return (text.replace(mark, ""), True) if _grouped(text, mark) else (None, False)
    whole, _, rest = text.partition(mark)
    if len(rest) == 3 and 1 <= len(whole) <= 3 and whole != "0":
        return (whole + rest, False) if mark == "." else (f"{whole}.{rest}", False)
    return f"{whole or '0'}.{rest or '0'}", True


def _grouped(text: str, mark: str) -> bool:
    """Whether the digits stand in groups of three."""
    first, *rest = text.split(mark)
    return 1 <= len(first) <= 3 and all(len(group) == 3 for group in rest)

"""The order of day and month that a column gives away by its own values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

__all__ = ["date_order_of"]

_NUMERIC = re.compile(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-](?:\d{4}|\d{2})\b")


def date_order_of(values: Iterable[object]) -> Literal["DMY", "MDY"] | None:
    """DMY or MDY where some value allows only that one and none only the other, else None.

    Example:
        >>> date_order_of(["05/13/2024", "06/07/2024"])
        'MDY'
    """
    day_first = month_first = False
    for value in values:
        found = _NUMERIC.match(str(value))
        if found:
            first, second = int(found[1]), int(found[2])
            day_first |= first > 12 >= second
            month_first |= second > 12 >= first
    if day_first == month_first:
        return None
    return "DMY" if day_first else "MDY"

"""Times of consent: one number per moment, whatever the spelling.

A moment is counted in microseconds since 1970 in UTC, so that two spellings of one time are one
time. ISO 8601 and the German ``07.07.2020 18:53:59`` are read; a time without zone is local to
the policy's zone; a date is the start of its day, or its end where an end is meant (`valid_until`,
the day a question is about). Months are those of the calendar: 31 January + 1 month = 28 February.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crmclean.errors import ConfigError

__all__ = ["DAY", "Moment", "add_months", "instant", "iso_text", "zone_of"]

Moment = str | date | datetime | None
DAY = 86_400_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?(?: Uhr)?")
_MICROSECOND = timedelta(microseconds=1)
_NEVER = (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC) - _EPOCH) // _MICROSECOND


@lru_cache(maxsize=64)
def zone_of(name: str) -> tzinfo:
    """The time zone of a name.

    Raises:
        ConfigError: There is no such zone.
    """
    try:
        return UTC if name.upper() == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(
            f"[consent] timezone = {name!r} is not known", hint="a name such as Europe/Berlin"
        ) from error


def instant(value: Moment, zone: str, *, end: bool = False) -> int | None:
    """Microseconds since 1970 UTC, or None where the value is missing or unreadable.

    Args:
        value: Text, date or datetime.
        zone: Zone of times that name none.
        end: A date means the end of its day, not the start.

    Example:
        >>> instant("2024-01-10T10:00:00+01:00", "UTC") == instant("2024-01-10T09:00:00Z", "UTC")
        True
        >>> instant("gestern", "UTC") is None
        True
    """
    if value is None:
        return None
    if isinstance(value, str):
        return _of_text(value, zone, end)
    return _of_date(value, zone, end=end)


@lru_cache(maxsize=65_536)
def _of_text(text: str, zone: str, end: bool) -> int | None:  # noqa: FBT001  lru_cache keys are positional
    parsed = _parse(text.strip())
    return None if parsed is None else _of_date(parsed, zone, end=end)


def _parse(text: str) -> date | datetime | None:
    try:
        if len(text) == 10 and text[4:5] == "-":
            return date.fromisoformat(text)
        found = _GERMAN.fullmatch(text)
        if found is None:
            return datetime.fromisoformat(text) if len(text) > 10 else None
        day, month, year = (int(part) for part in found.groups()[:3])
        if found[4] is None:
            return date(year, month, day)
        return datetime(year, month, day, int(found[4]), int(found[5]), int(found[6] or 0))  # noqa: DTZ001  local
    except ValueError:
        return None


def _of_date(value: date | datetime, zone: str, *, end: bool) -> int | None:
    try:
        if isinstance(value, datetime):
            aware = value if value.tzinfo is not None else value.replace(tzinfo=zone_of(zone))
            return (aware - _EPOCH) // _MICROSECOND
        day = value + timedelta(days=1) if end else value
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone_of(zone))
        return (midnight - _EPOCH) // _MICROSECOND - (1 if end else 0)
    except OverflowError:  # 31 December 9999 stands for never
        return _NEVER if end else None


def iso_text(moment: int | None, *, exact: bool = False) -> str | None:
    """The moment as ISO text in UTC, to the second or exact; None stays None.

    Example:
        >>> iso_text(0)
        '1970-01-01T00:00:00Z'
    """
    if moment is None:
        return None
    at = _EPOCH + timedelta(microseconds=moment)
    return (at if exact else at.replace(microsecond=0)).replace(tzinfo=None).isoformat() + "Z"


def add_months(moment: int, months: int) -> int:
    """The same time of day so many calendar months later, the day cut to the month's length."""
    start = _EPOCH + timedelta(microseconds=moment)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > 9998:
        return (datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return (start.replace(year=year, month=month + 1, day=day) - _EPOCH) // _MICROSECOND

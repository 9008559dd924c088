"""Points in time to ISO 8601 in UTC, second precision: 2024-05-01T09:00:00Z.

Local times are read in the given IANA time zone; a local time that occurs twice when clocks go back
is the first of the two. A date without a time stays a date. Fractions of seconds are cut off.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from zoneinfo import ZoneInfo

from crmclean.normalize.date import DateOrder, normalize_date
from crmclean.text.fold import INVISIBLE
from crmclean.values import Cleaned, Finding

__all__ = ["has_offset", "normalize_time"]

_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*(Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?"
)
_BASIC = re.compile(r"(\d{8})T?(\d\d)(\d\d)(\d\d)(Z|[+-]\d\d:?\d\d)?")
_OTHER = re.compile(
    r"(?P<date>.*?\d[.,]?)(?:\s*,?\s*(?:um\s+|at\s+|à\s+|alle\s+)?)(?<!\d)(?P<hour>\d{1,2})(?P<sep>[:h.])(?P<minute>\d{2})"
    r"(?:(?:\:|(?<=\.\d{2})\.)(?P<second>\d{2}))?(?:[.,]\d+)?\s*(?:Uhr|h)?\s*(?P<half>[ap]\.?m\.?)?\s*"
    r"(?P<zone>Z|UTC|GMT|MEZ|MESZ|CET|CEST|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?(?:\.\d+)?")
_SERIAL = re.compile(r"(\d{5})[.,](\d+)")
_OFFSET = re.compile(r"(?:Z|UTC|GMT|\d\s*[+-]\d\d(?::?\d\d)?)\s*$", re.IGNORECASE)
_ZONES = {"z": 0, "utc": 0, "gmt": 0, "mez": 60, "cet": 60, "mesz": 120, "cest": 120}


def has_offset(text: str) -> bool:
    """Whether the text says itself where from UTC it is (not 1.5.2024 or 2024-05-01)."""
    return ":" in text and _OFFSET.search(text) is not None


def normalize_time(text: str, *, timezone: str, order: DateOrder | None = None) -> Cleaned[str]:
    """The time in UTC, or the date where there is no time, or None with the reason.

    Args:
        text: As found in the source; may be empty.
        timezone: IANA name of the zone of times that say none, such as Europe/Berlin.
        order: How the source writes dates.

    Example:
        >>> normalize_time("01.05.2024 11:00 Uhr", timezone="Europe/Berlin").value
        '2024-05-01T09:00:00Z'
    """
    found = _ISO.fullmatch(text)
    if found:
        clock = (int(found[2]), int(found[3]), int(found[4] or 0))
        return _joined(text, Cleaned(text, found[1], "ok"), clock, found[5], timezone)
    clean = INVISIBLE.sub("", text).replace("\u00a0", " ").strip()
    if _EPOCH.fullmatch(clean):
        seconds = int(clean.partition(".")[0][:10])
        moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
        return Cleaned(text, _shown(moment), "ok")
    serial = _SERIAL.fullmatch(clean)
    if serial:
        return _serial(text, serial, timezone)
    found = _BASIC.fullmatch(clean)
    if found:
        day = normalize_date(found[1], order="YMD", kind="event")
        return _joined(text, day, (int(found[2]), int(found[3]), int(found[4])), found[5], timezone)
    found = _OTHER.fullmatch(clean)
    if found and (found["sep"] != "." or found["date"].strip(" ,")[-4:].isdigit()):
        day = normalize_date(found["date"].strip(" ,"), order=order, kind="event")
        clock = (_hour(int(found["hour"]), found["half"]), int(found["minute"]), int(found["second"] or 0))
        return _joined(text, day, clock, found["zone"], timezone)
    day = normalize_date(text, order=order, kind="event")
    return Cleaned(text, day.value, day.status, day.issues)


def _hour(hour: int, half: str | None) -> int:
    if half is None or hour > 12:
        return hour
    return hour % 12 + (12 if half[0].lower() == "p" else 0)


def _joined(
    text: str, day: Cleaned[str], clock: tuple[int, int, int], zone: str | None, timezone: str
) -> Cleaned[str]:
    """Day and clock as one point in time; a partial or refused day stays what it is."""
    if day.value is None or len(day.value) != 10:
        return Cleaned(text, day.value, day.status, day.issues)
    year, month, date = (int(part) for part in day.value.split("-"))
    try:
        moment = dt.datetime(year, month, date, *clock, tzinfo=_zone(zone or timezone)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return Cleaned(text, None, "invalid", (*day.issues, Finding("date_impossible")))
    return Cleaned(text, _shown(moment), day.status, day.issues)


def _serial(text: str, found: re.Match[str], timezone: str) -> Cleaned[str]:
    """An Excel serial with its fraction of a day, rounded to the second."""
    day = normalize_date(found[1], order="EXCEL", kind="event")
    seconds = min(round(float(f"0.{found[2]}") * 86400), 86399)
    clock = (seconds // 3600, seconds // 60 % 60, seconds % 60)
    return (
        _joined(text, day, clock, None, timezone)
        if seconds
        else Cleaned(text, day.value, day.status, day.issues)
    )


def _shown(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z" if moment.year >= 1000 else moment.isoformat()[:19] + "Z"


@cache
def _zone(name: str) -> dt.tzinfo:
    known = _ZONES.get(name.lower())
    if known is not None:
        return dt.timezone(dt.timedelta(minutes=known))
    if name[:1] in "+-":
        digits = name[1:].replace(":", "").ljust(4, "0")
        minutes = int(digits[:2]) * 60 + int(digits[2:])
        return dt.timezone(dt.timedelta(minutes=minutes if name[0] == "+" else -minutes))
    return ZoneInfo(name)

"""Dates to ISO 8601, as exact as the source is: 1980-05-17, 1980-05 or 1980.

Source: ISO 8601 (calendar, week and ordinal dates), DIN 5008 notations, month names of Unicode CLDR
in some thirty languages, Excel's 1900 date system (ECMA-376 part 1, 18.17.4: serial 60 is a day that never
was). Day before month unless the source says otherwise; where both readings exist and neither a dot
nor `order` decides, the status is "ambiguous". Nothing is read off the machine's clock.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal

from crmclean.normalize.date_text import IGNORED, calendar, plain_date
from crmclean.normalize.text import empty_or_placeholder
from crmclean.text.fold import INVISIBLE, fold
from crmclean.values import Cleaned, Finding, Status

__all__ = ["FILLERS", "DateKind", "DateOrder", "normalize_date"]

DateOrder = Literal["DMY", "MDY", "YMD", "EXCEL"]
DateKind = Literal["birth", "event"]
_ISO = re.compile(r"([12]\d{3})-(\d\d)-(\d\d)")
_GERMAN = re.compile(r"(\d\d?)\.(\d\d?)\.([12]\d{3})")
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-./ ]\s*(\d{1,2})\s*[-./ ]\s*(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*([-./, ])\s*(\d{1,2})\s*[-./, ]\s*'?(\d{4}|\d{2})")
_COMPACT = re.compile(r"(\d{2})(\d{2})(\d{2})(\d{2})")
_MONTH_YEAR = re.compile(r"(\d{1,2})\s*[-./]\s*(\d{4})")
_YEAR_MONTH = re.compile(r"(\d{4})\s*[-./]\s*(\d{1,2})")
_WEEK = re.compile(r"(\d{4})-?W(\d{2})(?:-?([1-7]))?", re.IGNORECASE)
_ORDINAL = re.compile(r"(\d{4})-(\d{3})")
_SERIAL = re.compile(r"(\d{1,7})(?:[.,]\d+)?")
_WORDS = re.compile(r"\d+|[^\W\d_]+")
_SIX = re.compile(r"(\d{2})(\d{2})(\d{2})")
_MONTH_THEN_YEAR = re.compile(r"([^\W\d_]+)\.?\s*([-' ]?)\s*'?(\d{2})")
_ENGLISH = (
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec"
)
_ENGLISH_MONTHS = frozenset(_ENGLISH.split())
_PIVOT = 2030
FILLERS = frozenset(
    {"1900-01-01", "1899-12-30", "1899-12-31", "1753-01-01", "1601-01-01", "1111-11-11", "1900-01-00"}
)
_EPOCH = "1970-01-01"
_EXCEL_ZERO = dt.date(1899, 12, 30)

Parts = tuple[int, int, int]


def normalize_date(
    text: str, *, order: DateOrder | None = None, kind: DateKind | None = None, today: str | None = None
) -> Cleaned[str]:
    """The date in ISO form, possibly only year or year-month, or None with the reason.

    A time of day behind the date is left out. Two-digit years below 30 are 20xx, the others 19xx
    (Excel's rule); with `today` and kind "birth" none lies in the future.

    Args:
        text: As found in the source; may be empty.
        order: How the source writes dates; EXCEL takes any number as a serial.
        kind: "birth" refuses future days and fillers such as 01.01.1900, "event" the fillers.
        today: ISO date against which future and age are judged.

    Example:
        >>> normalize_date("1. Jänner 1980").value, normalize_date("05/1980").value
        ('1980-01-01', '1980-05')
    """
    value = _fast(text, order)
    findings: list[Finding] = []
    if value is None:
        empty = empty_or_placeholder(text)
        if empty is not None:
            return Cleaned(text, None, empty.status, empty.issues)
        value = _read(text, order, today if kind == "birth" else None, findings)
    if value is None:
        return Cleaned(text, None, _refused(findings), tuple(findings) or (Finding("date_unreadable"),))
    kept = _judged(value, kind, today, findings)
    if kept is None:
        return Cleaned(text, None, _refused(findings), tuple(findings))
    codes = {f.code for f in findings}
    status: Status = "ambiguous" if codes & {"date_two_digit_year", "date_ambiguous_order"} else "ok"
    if status == "ok" and "date_excel_serial" in codes:
        status = "repaired"
    return Cleaned(text, kept, status, tuple(findings))


def _refused(findings: list[Finding]) -> Status:
    return "empty" if any(f.code == "date_placeholder" for f in findings) else "invalid"


def _fast(text: str, order: DateOrder | None) -> str | None:
    """The two forms that make up nearly all columns: 2024-05-01 and 01.05.2024."""
    if order == "EXCEL":
        return None
    found = _ISO.fullmatch(text)
    if found:
        return _iso(int(found[1]), int(found[2]), int(found[3]))
    found = _GERMAN.fullmatch(text)
    return _iso(int(found[3]), int(found[2]), int(found[1])) if found and order in {None, "DMY"} else None


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None


def _read(text: str, order: DateOrder | None, today: str | None, findings: list[Finding]) -> str | None:
    """The date in any known notation; says in `findings` what was assumed or why there is none."""
    clean = INVISIBLE.sub("", text).replace("\u00a0", " ").strip().strip("\"'")
    serial = _serial(clean, order, findings)
    if serial is not None or any(f.code == "date_excel_1900_bug" for f in findings):
        return serial
    bare = plain_date(clean) if not clean.isdigit() else clean
    week = _week(bare)
    if week is not None:
        return week
    parts = _numeric(bare, order, today, findings) or _worded(bare, today, findings)
    if parts is None:
        return None
    return _dated(parts, findings)


def _serial(text: str, order: DateOrder | None, findings: list[Finding]) -> str | None:
    """The day of an Excel serial; without order EXCEL only five digits are taken for one."""
    found = _SERIAL.fullmatch(text)
    if not found or (order != "EXCEL" and (len(found[1]) != 5 or not 10000 <= int(found[1]) <= 73050)):
        return None
    days = int(found[1])
    if days == 60:
        findings.append(Finding("date_excel_1900_bug"))
        return None
    if not 1 <= days <= 2958465:
        return None
    findings.append(Finding("date_excel_serial"))
    return (_EXCEL_ZERO + dt.timedelta(days=days + (days < 60))).isoformat()


def _week(text: str) -> str | None:
    """The day of an ISO week or ordinal date; a week alone is no day."""
    try:
        found = _WEEK.fullmatch(text)
        if found and found[3]:
            return dt.date.fromisocalendar(int(found[1]), int(found[2]), int(found[3])).isoformat()
        found = _ORDINAL.fullmatch(text)
        if found:
            return dt.datetime.strptime(f"{found[1]} {found[2]}", "%Y %j").date().isoformat()  # noqa: DTZ007  a day has no zone
    except ValueError:
        return None
    return None


def _numeric(text: str, order: DateOrder | None, today: str | None, findings: list[Finding]) -> Parts | None:
    """Year, month and day of a date written in digits; 0 where a part is not given."""
    found = _YEAR_FIRST.fullmatch(text)
    if found:
        return _year_first(int(found[1]), int(found[2]), int(found[3]), findings)
    found = _YEAR_LAST.fullmatch(text)
    if found:
        return _ordered(found, order, today, findings)
    found = _COMPACT.fullmatch(text)
    if found:
        return _compact(found, order)
    found = _SIX.fullmatch(text)
    if found:
        return _six(found, order, today, findings)
    found = _MONTH_YEAR.fullmatch(text)
    if found:
        return int(found[2]), int(found[1]), 0
    found = _YEAR_MONTH.fullmatch(text)
    if found:
        return int(found[1]), int(found[2]), 0
    return (int(text), 0, 0) if re.fullmatch(r"(?:1[89]|20)\d\d", text) else None


def _year_first(year: int, month: int, day: int, findings: list[Finding]) -> Parts:
    """Year, month, day; a month above 12 beside a day that is a month stands in the day's place."""
    if month > 12 and _iso(year, month=day, day=month):
        findings.append(Finding("date_ambiguous_order", None, 0.6))
        return year, day, month
    return year, month, day


def _compact(found: re.Match[str], order: DateOrder | None) -> Parts:
    """Eight digits: yyyymmdd where that is a date, else in the order of the source."""
    a, b, c, d = (int(g) for g in found.groups())
    year_first = (a * 100 + b, c, d)
    if 1800 <= year_first[0] <= 2100 and _iso(*year_first) and order not in {"DMY", "MDY"}:
        return year_first
    other = (c * 100 + d, a, b) if order == "MDY" else (c * 100 + d, b, a)
    return other if _iso(*other) and 1800 <= other[0] <= 2100 else year_first


def _six(
    found: re.Match[str], order: DateOrder | None, today: str | None, findings: list[Finding]
) -> Parts | None:
    """Six digits: yymmdd or ddmmyy as the source writes; without an order only what has one reading."""
    a, b, c = found.groups()
    readings = {"YMD": (a, b, c), "DMY": (c, b, a), "MDY": (c, a, b)}
    said: list[Finding] = []
    dated = {
        o: (_century(year, today, said), int(month), int(day)) for o, (year, month, day) in readings.items()
    }
    possible = {o: parts for o, parts in dated.items() if _iso(*parts)}
    if order in possible:
        findings.append(Finding("date_two_digit_year"))
        return possible[order]
    if order is None and len(set(possible.values())) == 1:
        findings.append(Finding("date_two_digit_year"))
        return next(iter(possible.values()))
    if possible:
        findings.append(Finding("date_ambiguous_order", _iso(*next(iter(possible.values()))), 0.3))
    return None


def _ordered(
    found: re.Match[str], order: DateOrder | None, today: str | None, findings: list[Finding]
) -> Parts:
    """Three numbers of which the last is the year, or the first where the source says YMD."""
    first, second, last = int(found[1]), int(found[3]), found[4]
    if len(last) == 2 and order == "YMD":
        return _century(found[1], today, findings), second, int(last)
    year = int(last) if len(last) == 4 else _century(last, today, findings)
    day, month = (second, first) if order == "MDY" else (first, second)
    if found[2] == "." or first == second:
        return year, month, day
    swapped = _iso(year, day, month)
    if _iso(year, month, day) and swapped and order not in {"DMY", "MDY"}:
        findings.append(Finding("date_ambiguous_order", swapped, 0.3))
    elif not _iso(year, month, day) and swapped:
        if order not in {"DMY", "MDY"}:  # YMD tells nothing of a date that ends with its year
            return year, day, month
        findings.append(Finding("date_ambiguous_order", swapped, 0.6))
    return year, month, day


def _century(digits: str, today: str | None, findings: list[Finding]) -> int:
    """The year of two digits: not after today for births, else Excel's window 1930 to 2029."""
    findings.append(Finding("date_two_digit_year"))
    year = 2000 + int(digits)
    limit = int(today[:4]) + 1 if today else _PIVOT
    return year if year < limit else year - 100


def _worded(text: str, today: str | None, findings: list[Finding]) -> Parts | None:
    """Year, month and day of a date with the month's name; weekdays and little words do not matter."""
    short = _MONTH_THEN_YEAR.fullmatch(text)
    if short is not None:
        return _month_then_year(short, today, findings)
    month, numbers = 0, []
    for word in _WORDS.findall(text):
        if word.isdigit():
            numbers.append(word)
            continue
        number, is_day = calendar().get(fold(word), (0, False))
        if number and not month:
            month = number
        elif not is_day and not number and fold(word) not in IGNORED:
            return None
    if not month or not 1 <= len(numbers) <= 2:
        return None
    years = [n for n in numbers if len(n) == 4]
    if len(years) == 1:
        days = [int(n) for n in numbers if len(n) <= 2]
        return (int(years[0]), month, days[0] if days else 0) if len(days) == len(numbers) - 1 else None
    if len(numbers) == 2 and all(len(n) <= 2 for n in numbers):
        return _century(numbers[1].zfill(2), today, findings), month, int(numbers[0])
    return None


def _month_then_year(found: re.Match[str], today: str | None, findings: list[Finding]) -> Parts | None:
    """``Dez 23`` and Excel's ``Jan-24``; ``December 24`` may be a day and has no year."""
    word = fold(found[1])
    month = calendar().get(word, (0, False))[0]
    if not month or (int(found[3]) <= 31 and found[2] not in {"-", "'"} and word in _ENGLISH_MONTHS):
        return None
    return _century(found[3], today, findings), month, 0


def _dated(parts: Parts, findings: list[Finding]) -> str | None:
    """The ISO form of the parts; a zero month or day makes it partial."""
    year, month, day = parts
    if year == 0 or (year < 1000 and month == 0):
        findings.append(Finding("date_placeholder"))
        return None
    if day == 0 and 0 <= month <= 12:
        findings.append(Finding("date_partial"))
        return f"{year:04d}-{month:02d}" if month else f"{year:04d}"
    value = _iso(year, month, day)
    if value is None:
        findings.append(Finding("date_impossible"))
    return value


def _judged(value: str, kind: DateKind | None, today: str | None, findings: list[Finding]) -> str | None:
    """The date if it can be what it claims to be; says what is odd about it."""
    if value in FILLERS or value[:4] in {"9999", "0001"} or (kind == "event" and value == _EPOCH):
        findings.append(Finding("date_placeholder"))
        return value if kind is None else None
    if today is not None and value > today[: len(value)]:
        findings.append(Finding("date_future"))
        return None if kind == "birth" else value
    if kind != "birth":
        return value
    age = int(today[:4]) - int(value[:4]) if today else None
    if int(value[:4]) < 1850 or (age is not None and age > 125):
        findings.append(Finding("age_implausible"))
        return None
    if age is not None and age > 110:
        findings.append(Finding("age_implausible"))
    if today is not None and age is not None and age - (today[4:] < value[4:]) < 18:
        findings.append(Finding("minor"))
    return value

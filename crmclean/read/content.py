"""What a column holds, by its values: shares of a sample that look like mail, phone, date, name ...

The sample is made of distinct values and does not depend on the order of rows: values are drawn by
their hash. Name, country and salutation lists are those of crmclean/data. A share says how many of
the sampled values fit a kind; kinds overlap (a postcode is a number) and `mapping` weighs them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from crmclean.data import read_list
from crmclean.read.bytes_of import byte_count, content_hashes
from crmclean.read.words import word_list
from crmclean.text.fold import fold

__all__ = ["KINDS", "Content", "date_order", "read_contents"]

SAMPLE = 300
"""Distinct values looked at per column: the share of a kind is then known within 6 points."""
ROWS = 4000
"""Rows drawn from a long table before distinct values are taken."""
WIDEST = 4
"""Columns by which rows are drawn: those of the most bytes."""
LONGEST = 200
"""Characters looked at per value: patterns on a damaged cell of thousands would take seconds."""

_EMAIL = re.compile(r"^(?:mailto:)?[^<>]*?<?[^@\s<>]+@[^@\s<>]+\.[a-z]{2,24}>?$", re.IGNORECASE)
_PHONE = re.compile(
    r"^(?:tel\.?|fon|mobil|handy|phone|p|m|t)?[:.]?\s*(?:\+|00|0|\()?[\d\s()/.\-–+]{5,24}\d(?:\s*(?:x|ext\.?|dw|durchwahl|-)\s*\d{1,6})?$",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"^(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\.\s?\d{1,2}\.\s?\d{2,4}|\d{1,2}/\d{1,2}/\d{2,4}|\d{4}/\d{1,2}/\d{1,2}|\d{1,2}-\d{1,2}-\d{4}"
    r"|\d{1,2}\.?[ -](?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-zä]*\.?[ -]\d{2,4}"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})"
    r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:z|uhr|am|pm|[+-]\d{2}:?\d{2})?)?$",
    re.IGNORECASE,
)
_COMPACT_DATE = re.compile(r"^(?:1[89]|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$")
_POSTCODE = re.compile(
    r"^(?:(?:d|de|a|at|ch|li|l|nl|f|fr|i|it)\s?-\s?)?\d{4,5}$|^\d{5}-\d{4}$|^[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}$|^\d{4}\s?[a-z]{2}$|^[a-z]\d[a-z]\s?\d[a-z]\d$",
    re.IGNORECASE,
)
_STREET_WORD = re.compile(
    r"(?:stra(?:ss|ß)e|str\.?|weg|platz|pl\.|allee|gasse|ring|damm|ufer|steig|pfad|chaussee|promenade)(?=[\s,\d]|$)"
    r"|\b(?:street|st|road|rd|avenue|ave|av|lane|ln|drive|dr|court|ct|crescent|cres|close|terrace|tce|boulevard|blvd|way|parade|highway|hwy|circuit|cct|grove|gr|rue|route|via|viale|chemin)\b\.?",
    re.IGNORECASE,
)
_STREET_NUMBER = re.compile(r"^\D{3,50}\s\d{1,4}\s?[a-z]?(?:\s?[-/+]\s?\d{1,4}\s?[a-z]?)?$", re.IGNORECASE)
_HOUSE = re.compile(r"^\d{1,4}\s?[a-z]?(?:\s?[-/]\s?\d{1,4}\s?[a-z]?)?$", re.IGNORECASE)
_ADDRESS = re.compile(r"\S[^\n,;|]*\d[^\n,;|]*[\n,;|].*\b\d{4,5}\b|\b\d{4,5}\s+\D{3,}[\n,;|].*\d", re.DOTALL)
_POSTAL_CITY = re.compile(
    r"^(?:[a-z]{1,2}\s?-\s?)?\d{4,5}\s+[^\W\d].*$|^[^\d]{3,},?\s+\d{4,5}$", re.IGNORECASE
)
_COMPANY = re.compile(
    r"\b(?:gmbh|mbh|ag|kg|kgaa|ohg|ug|gbr|e\.?\s?k\.?|e\.?\s?v\.?|e\.?\s?g\.?|partg|se|s\.?a\.?r\.?l\.?|s\.?a\.?|ltd|limited|inc|llc|llp|plc|corp|corporation|company|co|pty|b\.?v\.?|oy|ab|as|s\.?r\.?l\.?|s\.?p\.?a\.?|group|holding|verein|stiftung|genossenschaft|kanzlei|praxis|apotheke|werkstatt|bau|technik|consulting|services|solutions|systems|partners|versicherung|bank|institut|universität|hotel|restaurant|verlag|handel|reisen|logistik)\b\.?",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"^[-+]?(?:[€$£]|eur|chf|usd)?\s?\d{1,3}(?:[.,'\s]?\d{3})*[.,]\d{1,2}\s?(?:[€$£]|eur|chf|usd)?-?$",
    re.IGNORECASE,
)
_URL = re.compile(
    r"^(?:https?://|www\.)\S+$|^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:de|com|at|ch|net|org|eu|info)/?\S*$",
    re.IGNORECASE,
)
_IP = re.compile(r"^(?:\d{1,3}\.){3}\d{1,3}$|^[0-9a-f:]{6,39}:[0-9a-f]{1,4}$", re.IGNORECASE)
_IBAN = re.compile(r"^[a-z]{2}\d{2}(?:\s?[a-z0-9]{4}){3,7}\s?[a-z0-9]{0,3}$", re.IGNORECASE)
_VAT = re.compile(
    r"^(?:de\s?\d{9}|atu\s?\d{8}|che-?\d{3}\.?\d{3}\.?\d{3}.*|[a-z]{2}\s?\d{8,12})$", re.IGNORECASE
)
_ID = re.compile(
    r"^[a-z]{0,8}[-_ #./]?\d{3,}(?:[-_/]\d+)*$|^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$|^[a-z0-9]{15,40}$",
    re.IGNORECASE,
)
_FLAG = word_list("flag_value")
_HANDLE = re.compile(r"^@?[a-z][\w.\-]*\d[\w.\-]*$|^@\w[\w.]+$|^[a-z]+_[\w.]+$", re.IGNORECASE)
_WORDS = re.compile(r"^[^\W\d_]+(?:[\s.'’\-/()&]+[^\W\d_]+)*[.)]?$")
_JOB = re.compile(
    r"leiter|leitung|manager|geschäftsf|einkäufer|einkauf|vertrieb|assist|direktor|director|sachbearb|inhaber|chef|head|engineer|ingenieur|vorstand|prokurist|sekret|officer|consultant|berater|owner|sales|ceo|cto|cfo|referent|meister|buchhalt|entwickler|developer|techniker|analyst",
    re.IGNORECASE,
)


@cache
def _first_words(name: str) -> frozenset[str]:
    return frozenset(fold(line.split("\t")[0]) for line in read_list(f"{name}.txt"))


@cache
def _countries() -> frozenset[str]:
    found: set[str] = {
        "d",
        "a",
        "f",
        "i",
        "l",
        "nl",
        "uk",
        "usa",
        "deutschland",
        "oesterreich",
        "schweiz",
        "brd",
    }
    for line in read_list("countries.txt"):
        for cell in line.split("\t"):
            found |= {fold(name) for name in cell.split("|") if name}
    return frozenset(found)


@cache
def _salutations() -> frozenset[str]:
    cells = (line.split("\t")[-1].split("|") for line in read_list("salutations.txt"))
    return frozenset(fold(word).replace(".", "") for row in cells for word in row)


@cache
def _titles() -> frozenset[str]:
    return frozenset(fold(line.split("\t")[0]).replace(".", "") for line in read_list("titles.txt"))


def _bare(text: str) -> str:
    return fold(text).replace(".", "")


def _is_salutation(text: str) -> bool:
    return _bare(text) in _salutations()


def _is_title(text: str) -> bool:
    words = re.findall(r"[a-z]+", fold(text))
    return bool(words) and (
        _bare(text) in _titles() or words[0] in {"dr", "prof", "professor", "dipl", "mag", "ing"}
    )


def _is_given(text: str) -> bool:
    words = re.split(r"[\s\-]+", fold(text))
    return words[0] in _first_words("given_names") and len(words) <= 3 and "," not in text


def _is_family(text: str) -> bool:
    words = re.split(r"[\s\-]+", fold(text))
    return words[-1] in _first_words("family_names") and len(words) <= 3 and "," not in text


def _is_full_name(text: str) -> bool:
    words = [w for w in re.split(r"[\s,]+", fold(text)) if w]
    if not 2 <= len(words) <= 7 or any(c.isdigit() for c in text):
        return False
    return any(w.split("-")[0] in _first_words("given_names") for w in words) or words[0] in {
        "herr",
        "frau",
        "mr",
        "mrs",
        "ms",
        "dr",
    }


def _is_address(text: str) -> bool:
    return bool(_ADDRESS.search(text)) and not _DATE.match(text)


def _is_street(text: str) -> bool:
    return (
        len(text) < 60 and bool(_STREET_WORD.search(text) or _STREET_NUMBER.match(text)) and "@" not in text
    )


def _is_phone(text: str) -> bool:
    if not _PHONE.match(text) or _DATE.match(text) or _IP.match(text):
        return False
    digits = sum(c.isdigit() for c in text)
    marked = text[0] in "+0(" or len(re.findall(r"[\s()/.\-–]", text)) > 0
    return 6 <= digits <= 17 and marked


def _is_free_text(text: str) -> bool:
    return len(text.split()) >= 5 or len(text) > 60


KINDS: dict[str, Callable[[str], object]] = {
    "email": _EMAIL.match,
    "phone": _is_phone,
    "date": _DATE.match,
    "compact_date": _COMPACT_DATE.match,
    "postcode": _POSTCODE.match,
    "postal_city": _POSTAL_CITY.match,
    "street": _is_street,
    "house": _HOUSE.match,
    "address": _is_address,
    "company": _COMPANY.search,
    "money": _MONEY.match,
    "url": _URL.match,
    "ip": _IP.match,
    "iban": _IBAN.match,
    "vat": _VAT.match,
    "id": _ID.match,
    "number": re.compile(r"^-?\d+$").match,
    "flag": lambda text: text.lower() in _FLAG,
    "handle": _HANDLE.match,
    "words": _WORDS.match,
    "text": _is_free_text,
    "salutation": _is_salutation,
    "title": _is_title,
    "given": _is_given,
    "family": _is_family,
    "full_name": _is_full_name,
    "country": lambda text: _bare(text) in _countries(),
    "job": _JOB.search,
    "year": re.compile(r"^(?:18[5-9]|19\d|20[0-3])\d$").match,
}
"""Kind -> test of one value."""
_NOTHING = frozenset(
    {
        "",
        "-",
        "--",
        "---",
        "n/a",
        "na",
        "k.a.",
        "k. a.",
        "null",
        "none",
        "?",
        ".",
        "x",
        "unbekannt",
        "unknown",
        "nan",
        "0000",
    }
)


@dataclass(frozen=True, slots=True)
class Content:
    """The values of one column in figures.

    Args:
        sample: Distinct values, without placeholders.
        filled: Share of rows with a value.
        varied: Distinct values per filled row in the drawn rows.
    """

    sample: tuple[str, ...]
    filled: float
    varied: float

    def share(self, *kinds: str) -> float:
        """Share of the sample that is of one of these kinds; 0 without values."""
        if not self.sample:
            return 0.0
        return sum(any(KINDS[k](v) for k in kinds) for v in self.sample) / len(self.sample)

    def best(self, kinds: Sequence[str]) -> tuple[str, float]:
        """The kind with the largest share, the first one on a tie."""
        shares = [(self.share(kind), -i, kind) for i, kind in enumerate(kinds)]
        top = max(shares, default=(0.0, 0, ""))
        return top[2], top[0]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to judge by."""
        return not self.sample


def read_contents(frame: pd.DataFrame) -> list[Content]:
    """The content of each column, in order.

    Long tables are sampled by rows whose hash is smallest, then distinct values by theirs: the
    same whatever the order of the rows.
    """
    part = frame.iloc[_drawn_rows(frame)] if len(frame) > ROWS else frame
    return [_content(frame.iloc[:, i], part.iloc[:, i]) for i in range(frame.shape[1])]


_THREADS = 2  # columns looked at once: their bytes are read without Python


def _drawn_rows(frame: pd.DataFrame) -> np.ndarray:
    widths = [(byte_count(frame.iloc[:, i]), -i) for i in range(frame.shape[1])]
    total = np.zeros(len(frame), dtype=np.uint64)
    widest = [frame.iloc[:, -i] for _, i in sorted(widths, reverse=True)[:WIDEST]]
    with ThreadPoolExecutor(_THREADS) as pool:
        for hashes in pool.map(content_hashes, widest):
            total += hashes
    limit = np.partition(total, ROWS)[ROWS]
    return np.flatnonzero(total <= limit)[: ROWS * 4]


def _content(column: pd.Series, part: pd.Series) -> Content:
    if not len(column):
        return Content((), 0.0, 0.0)
    filled = float(column.notna().mean())
    seen = part.dropna()
    if len(seen) < 50 and len(part) < len(column):
        seen = column.dropna()
    values = np.array(sorted({str(v).strip() for v in seen.unique()}), dtype=object)
    varied = seen.nunique() / len(seen) if len(seen) else 0.0
    values = np.array([v for v in values if v.lower() not in _NOTHING], dtype=object)
    if len(values) > SAMPLE:
        order = np.argsort(pd.util.hash_array(values, categorize=False), kind="stable")
        values = values[order[:SAMPLE]]
    return Content(tuple(str(v)[:LONGEST] for v in values), filled, varied)


_ORDERED = re.compile(r"^(\d{1,2})([./-])\s?(\d{1,2})[./-]\s?\d{2,4}\b")


def date_order(samples: Sequence[Content]) -> str:
    """DMY, MDY or YMD as the date columns are written; empty where nothing tells.

    A part above twelve is the day. Dotted dates are day first (DIN 5008); ISO dates alone are YMD.
    """
    day_first = month_first = dotted = iso = 0
    for value in (v for content in samples for v in content.sample):
        found = _ORDERED.match(value)
        if found:
            day_first += int(found[1]) > 12
            month_first += int(found[3]) > 12
            dotted += found[2] == "."
        iso += bool(re.match(r"^\d{4}[-/]?\d{2}[-/]?\d{2}", value))
    if day_first > month_first or (dotted and not month_first):
        return "DMY"
    if month_first > day_first:
        return "MDY"
    return "YMD" if iso else ""

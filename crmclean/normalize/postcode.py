"""Postcodes: the usual form per country, lost leading zeros, and what the first digits say.

Formats come from data/postcode_formats.txt, the regions behind the first digits (DE, AT, CH) from
data/postcode_regions.txt. An old country prefix (``D-30167``, ``A-1010``) is taken off and names
the country. A German code of four digits is never repaired silently: ``1067`` is not a value but
carries the proposal ``01067``. Does not know which codes exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from crmclean.data import read_list
from crmclean.values import Cleaned, Finding, Status

__all__ = ["Postcode", "known_country", "postcode_info", "postcode_pattern", "postcode_prefixes"]

NEVER_GIVEN = ("05", "43", "62")  # Leitregionen that were never given out
_FLOAT = re.compile(r"^(\d{3,6})[.,]0+$")
_OLD = re.compile(r"^(?:[WO]\s?-\s?)?([1-9]\d{3})$", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"^(?:(\d)\1{3,}|12345|1234|x+|-+|\?+|n/?a|k\.?\s?a\.?|unbekannt|unknown|none)$", re.IGNORECASE
)
_JUNK = re.compile(r"[\s\-.\u2010-\u2015\u2212]+")
_CLASS = {"N": r"\d", "A": "[A-Z]", "X": "[A-Z0-9]"}


@dataclass(frozen=True, slots=True)
class Postcode:
    """A postcode in its usual form.

    Args:
        code: ``30167``, ``1017 CD``, ``SW1A 1AA``.
        country: ISO 3166-1 alpha-2, where known.
        regions: Codes of the states or cantons it may lie in (ISO 3166-2 without the country).
    """

    code: str
    country: str | None = None
    regions: tuple[str, ...] = ()


@cache
def _formats() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    table = {}
    for line in read_list("postcode_formats.txt"):
        country, prefixes, patterns = line.split(" ", 2)
        table[country] = (tuple(prefixes.split(",")), tuple(patterns.split("|")))
    return table


@cache
def _regions() -> dict[tuple[str, str], tuple[str, ...]]:
    rows = (line.split() for line in read_list("postcode_regions.txt"))
    return {(country, prefix): tuple(codes.split(",")) for country, prefix, codes in rows}


def known_country(country: str | None) -> bool:
    """Whether the postcode format of the country is known."""
    return country in _formats()


@cache
def postcode_prefixes() -> dict[str, str]:
    """Letters before a code (D, A, CH ...) and the country they name."""
    return {prefix: country for country, (prefixes, _) in _formats().items() for prefix in prefixes}


def _regex(pattern: str) -> str:
    return "".join(_CLASS.get(c, r"[ -]?" if c in " -" else c) for c in pattern)


@cache
def postcode_pattern(country: str) -> str:
    """A regular expression (upper case, no groups) for the codes of a country inside a text."""
    patterns = sorted(_formats()[country][1], key=len, reverse=True)
    return "(?:" + "|".join(_regex(p) for p in patterns) + ")"


@cache
def _matchers(country: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile("".join(_CLASS.get(c, "" if c in " -" else c) for c in p)), p)
        for p in _formats()[country][1]
    )


def _shape(compact: str, country: str) -> str | None:
    """The code in its usual form, or None if it is none of the country's."""
    for regex, pattern in _matchers(country):
        if regex.fullmatch(compact):
            chars = iter(compact)
            return "".join(c if c in " -" else next(chars) for c in pattern)
    return None


def _impossible(code: str, country: str) -> bool:
    """Well-formed but outside of what the country gives out."""
    if country == "DE":
        return code.startswith("00")
    if country in {"AT", "CH", "BE", "NL", "DK", "LU", "HU", "BG", "SI"}:
        return code.startswith("0")
    if country == "LI":
        return not "9485" <= code <= "9498"
    if country == "ES":
        return not "01" <= code[:2] <= "52"
    return country == "FR" and code.startswith("00")


def _split_prefix(text: str, country: str | None) -> tuple[str, str | None]:
    """The code without an old country prefix, and the country that the prefix names."""
    found = re.match(r"^([A-ZÖ]{1,3})\s?[-–.\s]\s?(?=\d)|^([A-ZÖ]{1,2})(?=\d{4,5}$)", text)
    if not found:
        return text, None
    named = postcode_prefixes().get(found[1] or found[2])
    if named is None or (country in {"GB", "CA", "IE", "MT", "AD", "AR"} and named != country):
        return text, None
    return text[found.end() :], named


def _invalid(raw: str, *findings: Finding) -> Cleaned[Postcode]:
    return Cleaned(raw, None, "invalid", findings)


def _german_four(raw: str, digits: str) -> Cleaned[Postcode]:
    """Four digits in Germany: a lost leading zero, or a code from before July 1993."""
    proposal = "0" + digits
    if ("DE", proposal[:2]) in _regions():
        return _invalid(raw, Finding("postcode_leading_zero_lost", proposal, 0.9))
    return _invalid(raw, Finding("pre_1993_postcode"))


def _unshaped(raw: str, text: str, country: str) -> Cleaned[Postcode]:
    compact = _JUNK.sub("", text)
    old = _OLD.match(text)
    if country == "DE" and old:
        return _german_four(raw, old[1])
    width = {"FR": 5, "IT": 5, "ES": 5, "US": 5, "PL": 5, "FI": 5}.get(country)
    short = width is not None and len(compact) == width - 1
    if short and compact.isdigit() and country != "PL":
        return _invalid(raw, Finding("postcode_leading_zero_lost", "0" + compact, 0.7))
    elsewhere = [c for c in ("DE", "AT", "NL", "GB", "PL") if c != country and _shape(compact, c)]
    if country in {"DE", "AT", "CH"} and elsewhere:
        return _invalid(raw, Finding("postcode_country_mismatch", detail=elsewhere[0]))
    return _invalid(raw, Finding("postcode_format"))


def _known(raw: str, code: str, country: str, issues: list[Finding]) -> Cleaned[Postcode]:
    if _impossible(code, country):
        code_name = "placeholder" if _PLACEHOLDER.match(code) else "postcode_format"
        return _invalid(raw, Finding(code_name))
    if _PLACEHOLDER.match(code) and country not in {"US", "AU"}:
        issues.append(Finding("placeholder"))
    if country == "DE" and code[:2] in NEVER_GIVEN:
        issues.append(Finding("postcode_unknown"))
    width = 2 if country == "DE" else 1
    status: Status = "ok" if code == raw else "repaired"
    regions = _regions().get((country, code[:width]), ())
    return Cleaned(raw, Postcode(code, country, regions), status, tuple(issues))


def _guess(compact: str) -> str | None:
    """The country whose format alone fits, among those our sources know; four digits are open."""
    if re.fullmatch(r"\d{5}", compact):
        return "DE"
    return next((c for c in ("NL", "GB", "CA", "IE") if _shape(compact, c)), None)


@lru_cache(maxsize=1 << 16)
def postcode_info(postcode: str, country: str | None = None) -> Cleaned[Postcode]:
    """The postcode in the usual form of its country, or None with the reason.

    Without a country the code is kept as written (upper case) and the country that its format
    suggests stands in the finding ``country_assumed``; of a country whose format is not known the
    code is kept as written. A well-formed code of a range that was never given out is kept with
    ``postcode_unknown``.

    Args:
        postcode: As found in the source; a prefix (D-) or a float from a spreadsheet (30167.0) too.
        country: ISO 3166-1 alpha-2.

    Example:
        >>> postcode_info("D-30167", "DE").value.code
        '30167'
        >>> postcode_info("1067", "DE").issues[0].proposal
        '01067'
        >>> postcode_info("sw1a1aa", "GB").value.code
        'SW1A 1AA'
    """
    text = " ".join(postcode.upper().replace("\u00a0", " ").split())
    if not text:
        return Cleaned(postcode, None, "empty", (Finding("empty"),))
    floated = _FLOAT.match(text)
    text = floated[1] if floated else text
    if not any(c.isdigit() for c in text):
        code = "placeholder" if _PLACEHOLDER.match(text) else "postcode_format"
        return _invalid(postcode, Finding(code))
    text, named = _split_prefix(text, country)
    issues = []
    if named is not None and country is not None and named != country:
        issues.append(Finding("postcode_country_mismatch", detail=named))
    where = named or country
    compact = _JUNK.sub("", text)
    if where is None:
        return _without_country(postcode, text, compact)
    if not known_country(where):
        return Cleaned(postcode, Postcode(text, where), "ok" if text == postcode else "repaired")
    shaped = _shape(compact, where)
    return _unshaped(postcode, text, where) if shaped is None else _known(postcode, shaped, where, issues)


def _without_country(raw: str, text: str, compact: str) -> Cleaned[Postcode]:
    if re.fullmatch(r"0+|(\d)\1{5,}", compact):
        return _invalid(raw, Finding("placeholder"))
    if len(compact) > 10 or not re.search(r"\d{2}|\d[A-Z]|[A-Z]\d", compact):
        return _invalid(raw, Finding("postcode_format"))
    guess = _guess(compact)
    shaped = (_shape(compact, guess) if guess else None) or text
    issues = (Finding("country_assumed", guess, 0.6, "country"),) if guess else ()
    return Cleaned(raw, Postcode(shaped), "ok" if shaped == raw else "repaired", issues)

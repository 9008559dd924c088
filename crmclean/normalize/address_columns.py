"""Plain addresses of whole columns at once: street with number, postcode of digits, town.

In columns of their own, or in one text in the usual order (``Hauptstraße 5, 12345 Berlin``; each of
the three may be missing). Each distinct street and town is looked at once: in one text by reading it
beside known neighbours (`_street_fits`, `_city_fits`), which shows what the full path makes of it.
Agrees with `normalize_address` (property test); everything else is read address by address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.fields import ADDRESS_PARTS
from crmclean.normalize.address import FLAT, SPECIAL, Address, clean_part, normalize_address, plain_city
from crmclean.normalize.address_lists import NUMBER_FIRST
from crmclean.normalize.address_street import split_street
from crmclean.normalize.address_text import stands_alone
from crmclean.normalize.country import normalize_country
from crmclean.normalize.postcode import postcode_info
from crmclean.normalize.records_arrow import Bools, Ints, flags, join, matches, series, taken, texts
from crmclean.values import Finding

__all__ = ["QUIET", "PlainAddresses", "code_of", "plain_addresses", "plain_texts"]

# Said once per column rather than per record: they describe the export, not the address.
QUIET = frozenset({"house_number_in_street", "country_missing", "country_assumed"})
_L = "A-Za-zÀ-ÖØ-öø-ÿ"
_STREET = f"(?P<street>[{_L}](?:[{_L}.'’-]| [{_L}.'’-])*[{_L}][.]?)"
_CITY = f"(?P<city>[{_L}](?:[{_L}.'’()/-]| [{_L}.'’()/-])*)"
_LINE = rf"^{_STREET} (?P<number>[0-9]{{1,4}}[a-zA-Z]?)$"
_NUMBER = r"(?P<number>[1-9][0-9]{0,2}[a-zA-Z]?)"
_CODE = r"(?P<code>[0-9]{5})"
_SHAPES = (
    rf"^{_STREET} {_NUMBER}, {_CODE} {_CITY}$", rf"^{_STREET} {_NUMBER}$", rf"^{_CODE} {_CITY}$",
    rf"^{_STREET} {_NUMBER}, {_CITY}$", rf"^{_STREET} {_NUMBER}, {_CODE}$", rf"^{_CODE}$",
)  # fmt: skip
_FORMS = (
    "{street} {number}, {code} {city}", "{street} {number}", "{code} {city}", "{street} {number}, {city}",
    "{street} {number}, {code}", "{code}",
)  # fmt: skip
# The commonest names by far, one word that ends as streets do: nothing in it can be read otherwise.
_GLUED = re.compile(r"[A-ZÄÖÜ][a-zäöüß]{3,}(?:straße|strasse|weg|platz|gasse|allee|damm|ufer)")
_PROBE = re.compile(SPECIAL)
# a street that looks like one only by its number: no town may look more like a street
_KNOWN = {"street": "Zabel", "number": "5", "code": "12345", "city": "Berlin"}


@dataclass(frozen=True, slots=True)
class PlainAddresses:
    """Plain addresses: their rows, the parts that are there, and what was noticed.

    Args:
        rows: Row numbers.
        parts: street, house_number, postal_code, city, country: Arrow texts, as long as `rows`.
        notes: Findings: row, field, code, raw, proposal, confidence, detail.
    """

    rows: Ints
    parts: dict[str, Any]
    notes: list[pd.DataFrame]


def code_of(code: str, issues: tuple[Finding, ...], *, repair: bool) -> str:
    """The postcode, else the one whose lost zero is put back."""
    if code or not repair:
        return code
    lost = (
        f.proposal for f in issues if f.code == "postcode_leading_zero_lost" and (f.confidence or 0) >= 0.7
    )
    return next(lost, None) or ""


def _codes(codes: Any, where: Any, *, repair: bool) -> tuple[Any, list[tuple[Finding, ...]], Ints, Bools]:
    """Per row the postcode; per distinct code and country its findings, its place, whether it is one."""
    keys = join((codes, pc.fill_null(where, "--")), "|").dictionary_encode()
    told = [_told_of_code(key, repair=repair) for key in keys.dictionary.to_pylist()]
    at = keys.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    valid = np.array([*(known for _, _, known in told), False], dtype=np.bool_)[at]
    return taken(texts([shown for shown, _, _ in told]), at), [found for _, found, _ in told], at, valid


@lru_cache(maxsize=1 << 17)
def _told_of_code(key: str, *, repair: bool) -> tuple[str | None, tuple[Finding, ...], bool]:
    """Postcode to show, findings, and whether it is one, of a code and a country (or --)."""
    code, _, country = key.rpartition("|")
    info = postcode_info(code, None if country == "--" else country) if code else None
    found = tuple(
        Finding(f.code, f.proposal, f.confidence, f.field or "postal_code", f.detail)
        for f in (info.issues if info is not None else ())
        if f.code not in QUIET
    )
    value = info.value if info is not None else None
    shown = code_of(value.code if value is not None else "", found, repair=repair)
    return shown or None, found, value is not None


def _note(rows: Ints, raw: Any, findings: list[tuple[Finding, ...]], at: Ints) -> list[pd.DataFrame]:
    """The findings of distinct values spread over the rows that hold them."""
    frames = []
    for number, found in enumerate(findings):
        if not found:
            continue
        hit = np.flatnonzero(at == number)
        base = {"row": rows[hit], "raw": series(raw.take(pa.array(hit)))}
        frames += [
            pd.DataFrame(base).assign(
                field=f.field, code=f.code, proposal=f.proposal, confidence=f.confidence, detail=f.detail
            )
            for f in found
        ]
    return frames


def _said(rows: Ints, raw: Any, mask: Bools, code: str, field: str) -> list[pd.DataFrame]:
    one = Finding(code, field=field)
    return _note(rows, raw, [(), (one,)], mask.astype(np.int64)) if mask.any() else []


def _where(columns: dict[str, Any], size: int) -> tuple[Any, Bools]:
    """The country code of each row, and whether its spelling is known and its numbers stand last."""
    if "country" not in columns:
        return pa.nulls(size, pa.large_string()), np.ones(size, dtype=np.bool_)
    said = columns["country"].dictionary_encode()
    names = said.dictionary.to_pylist()
    known = [normalize_country(n).value if n else None for n in names]
    fits = np.array(
        [not n or (k is not None and k not in NUMBER_FIRST) for n, k in zip(names, known, strict=True)]
        + [True]
    )
    at = pc.fill_null(said.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return taken(texts(known), at), fits[at]


def _per_distinct(array: Any, fits: Any) -> Bools:
    """A test of each distinct text, spread over the rows; False where there is none."""
    coded = array.dictionary_encode()
    table = np.array([*(bool(fits(v)) for v in coded.dictionary.to_pylist()), False], dtype=np.bool_)
    spread: Bools = table[
        pc.fill_null(coded.indices, len(table) - 1).to_numpy(zero_copy_only=False).astype(np.int64)
    ]
    return spread


def plain_addresses(records: pd.DataFrame, place: str, *, repair: bool) -> PlainAddresses | None:
    """The plain addresses among the columns of a place; None where it has no such columns.

    Args:
        records: Records, index 0 to n - 1.
        place: Prefix of the columns.
        repair: Put a lost leading zero of a postcode back.
    """
    names = ("street", "postal_code", "city")
    if not any(place + n in records.columns for n in names):
        return None
    open_ = np.ones(len(records), dtype=np.bool_)
    for part in ADDRESS_PARTS:
        if part not in {*names, "country"} and place + part in records.columns:
            open_ &= records[place + part].isna().to_numpy(dtype=np.bool_)
    rows = np.flatnonzero(open_)
    columns = {
        n: texts(records[place + n]).take(pa.array(rows))
        for n in (*names, "country")
        if place + n in records.columns
    }
    nothing = pa.nulls(len(rows), pa.large_string())
    street, code, city = (columns.get(n, nothing) for n in names)
    where, fits = _where(columns, len(rows))
    lines = street.dictionary_encode()
    line, whole = _lines(lines.dictionary)
    at = pc.fill_null(lines.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    has = [flags(pc.is_valid(a)) for a in (street, code, city)]
    every = has[0] & has[1] & has[2]
    fits &= (~has[0] | np.append(whole, False)[at]) & (~has[1] | _per_distinct(code, _is_code))
    fits &= (~has[2] | _per_distinct(city, plain_city)) & (has[0] | has[1] | has[2])
    fits &= every | (flags(pc.is_null(where)) & (~has[0] | _alone(line, at, fits & ~every)[at]))
    lone = ~has[1] & ~has[2] & has[0]
    fits &= ~lone | ~matches(street, "[0-9]{4}")
    shown, issues, codes, valid = _codes(pc.fill_null(code, ""), where, repair=repair)
    fits &= has[0] | has[2] | valid
    raw = join([columns[n] for n in (*names, "country") if n in columns], "|")
    parts = {
        "street": taken(line[0], at),
        "house_number": taken(line[1], at),
        "postal_code": shown,
        "city": city,
        "country": where,
    }
    return _kept(rows, fits, parts, raw, (issues, codes), has)


def _kept(
    rows: Ints,
    fits: Bools,
    parts: dict[str, Any],
    raw: Any,
    found: tuple[list[tuple[Finding, ...]], Ints],
    has: list[Bools],
) -> PlainAddresses:
    """The rows that are plain, with their parts and findings."""
    mask = pa.array(fits)
    rows, raw = rows[fits], raw.filter(mask)
    notes = _note(rows, raw, found[0], found[1][fits])
    for field, present in zip(("street", "postal_code", "city"), has, strict=True):
        code = {"street": "street_missing", "postal_code": "postcode_missing", "city": "city_missing"}[field]
        notes += _said(rows, raw, ~present[fits], code, field)
    return PlainAddresses(rows, {**{n: a.filter(mask) for n, a in parts.items()}, "raw": raw}, notes)


def _lines(streets: Any) -> tuple[tuple[Any, Any], Bools]:
    """Name and number of each distinct street line, and which are plain."""
    pair = pc.extract_regex(streets, _LINE)
    plain = flags(pc.is_valid(pair)) & ~matches(streets, SPECIAL) & ~matches(streets, FLAT)
    name, number = pc.struct_field(pair, "street"), pc.struct_field(pair, "number")
    return (name, number), plain


def _alone(line: tuple[Any, Any], at: Ints, rows: Bools) -> Bools:
    """Which plain lines of these rows are split alike where postcode or town is missing.

    One look per street and kind of number: plain, with a letter.
    """
    asked = np.unique(at[rows & (at >= 0)])
    name, number = (a.take(pa.array(asked)) for a in line)
    fits = matches(number, "^[1-9][0-9]{0,2}[a-zA-Z]?$")
    sure = matches(name, f"^(?:{_GLUED.pattern})$")  # plain lines hold nothing special
    for kind, those in (("5", ~matches(number, "[a-zA-Z]$")), ("5a", matches(number, "[a-zA-Z]$"))):
        named = pc.if_else(pa.array(those & fits & ~sure), name, pa.scalar(None, pa.large_string()))
        fits &= ~those | sure | _per_distinct(named, lambda v, n=kind: _is_split(v, n))
    table = np.zeros(len(line[0]) + 1, dtype=np.bool_)
    table[asked] = fits
    return table


def _is_split(name: str, number: str) -> bool:
    """Whether a street line is split into just this street and a number like this one."""
    line = split_street(f"{name} {number}", None)
    return (line.street, line.house_number, line.addition) == (name, number, "") and clean_part(name) == name


@lru_cache(maxsize=1 << 17)
def _is_code(text: str) -> bool:
    return text.isdigit() and clean_part(text) == text


def plain_texts(column: pd.Series[Any], *, repair: bool) -> PlainAddresses:
    """The plain addresses of a column of whole addresses.

    Args:
        column: One text per row, missing where the row has none or further parts beside it.
        repair: Put a lost leading zero of a postcode back.
    """
    array = texts(column)
    open_ = flags(pc.is_valid(array))
    kept: list[PlainAddresses] = []
    for shape, pattern in enumerate(_SHAPES):
        rows = np.flatnonzero(open_)
        found = pc.extract_regex(array.take(pa.array(rows)), pattern)
        hit = flags(pc.is_valid(found))
        if hit.any():
            rows = rows[hit]
            open_[rows] = False
            kept.append(
                _shaped(rows, array.take(pa.array(rows)), found.filter(pa.array(hit)), shape, repair=repair)
            )
    return _joined(kept)


def _shaped(rows: Ints, raw: Any, found: Any, shape: int, *, repair: bool) -> PlainAddresses:
    """The plain ones of texts of one shape."""
    nothing = pa.nulls(len(rows), pa.large_string())
    named = [f.name for f in found.type]
    part = {n: pc.struct_field(found, n) if n in named else nothing for n in _KNOWN}
    has = [np.full(len(rows), n in named) for n in ("street", "code", "city")]
    fits = np.ones(len(rows), dtype=np.bool_)
    if "street" in named:
        lettered = matches(part["number"], "[a-zA-Z]$")
        for number, those in (("5", ~lettered), ("5a", lettered)):
            asked = pc.if_else(pa.array(those), part["street"], nothing)
            fits &= ~those | _per_distinct(asked, lambda v, n=number: _street_fits(v, n))
    if "city" in named:
        fits &= _per_distinct(part["city"], lambda v: _city_fits(shape, v))
    shown, issues, codes, valid = _codes(pc.fill_null(part["code"], ""), nothing, repair=repair)
    if "code" in named:
        fits &= _per_distinct(part["code"], _is_code) & (valid | has[0] | has[2])
    parts = {
        "street": part["street"],
        "house_number": part["number"],
        "postal_code": shown,
        "city": part["city"],
        "country": nothing,
    }
    return _kept(rows, fits, parts, raw, (issues, codes), has)


@lru_cache(maxsize=1 << 18)
def _street_fits(name: str, number: str) -> bool:
    """Whether a street and a number like this one are read as just that in a text."""
    if _GLUED.fullmatch(name) is not None and _PROBE.search(name) is None:
        return True
    return _is_split(name, number) and stands_alone(f"{name} {number}")


@lru_cache(maxsize=1 << 16)
def _city_fits(shape: int, city: str) -> bool:
    """Whether a town beside known neighbours is read as just that."""
    form, known = _FORMS[shape], {**_KNOWN, "city": city}
    cleaned = normalize_address(form.format(**known))
    said = {n: known[n] if f"{{{n}}}" in form else "" for n in known}
    wanted = Address(street=said["street"], house_number=said["number"], postal_code=said["code"], city=city)
    return cleaned.value == wanted and [f.code for f in cleaned.issues] == _usual_codes(shape)


@cache
def _usual_codes(shape: int) -> list[str]:
    """What is noticed about known words in this shape."""
    return [f.code for f in normalize_address(_FORMS[shape].format(**_KNOWN)).issues]


def _joined(kept: list[PlainAddresses]) -> PlainAddresses:
    if not kept:
        return PlainAddresses(np.empty(0, dtype=np.int64), {}, [])
    parts = {n: pa.concat_arrays([k.parts[n] for k in kept]) for n in kept[0].parts}
    return PlainAddresses(np.concatenate([k.rows for k in kept]), parts, [n for k in kept for n in k.notes])

"""Contact points of the records: e-mail, telephone, fax, handle, web; several in a cell are several.

`key` is what matching links by. It is missing where a value must link nobody: placeholders, premium
and service numbers. An invalid value has a key where it says enough (see `contact_keys`). A person on a row gets all its contact points; the organization beside
the person gets those that are the organization's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from crmclean.fields import base_field
from crmclean.normalize.contact_keys import NO_KEY, email_key
from crmclean.normalize.contact_point import handle_key
from crmclean.normalize.email import Email, normalize_email
from crmclean.normalize.email_columns import PlainEmails, plain_emails
from crmclean.normalize.phone import Phone, dialled, normalize_phone
from crmclean.normalize.phone_columns import PlainPhones, plain_phones
from crmclean.normalize.phone_text import stretches
from crmclean.normalize.records_arrow import Ints, constant, picked, series, taken, texts
from crmclean.normalize.records_columns import Distinct, distinct, first_cell, notes_of
from crmclean.normalize.records_country import Countries
from crmclean.normalize.text import is_placeholder
from crmclean.normalize.web import domain_of
from crmclean.text.fold import collapse, visible
from crmclean.values import Finding

__all__ = ["Found", "read_contacts"]

_PHONES = {
    "phone": "",
    "phone_work": "work",
    "phone_home": "home",
    "phone_central": "central",
    "mobile": "mobile",
    "fax": "fax",
}
_DIALLED = re.compile(r"[+\d(][\d\s()/.\-–]*\d(?:\s*(?:x|ext\.?|app\.?|dw)\s*\d{1,6})?", re.IGNORECASE)
_FIELDS = ("email", *_PHONES, "website", "handle", "contact_any")
_NO_LINK = frozenset({"premium", "shared_cost", "freephone", "uan", "voicemail", "emergency"})
COLUMNS = ["row", "kind", "value", "key", "raw", "type", "extension", "field", "valid", "own", "domain"]


@dataclass(frozen=True, slots=True)
class Point:
    """One contact point of a cell.

    Args:
        own: Whether it is the organization's own (role mailbox, switchboard, direct dialling).
        domain: Domain of an e-mail address that is no provider's.
    """

    kind: str
    value: str | None
    key: str | None
    type: str
    extension: str | None = None
    valid: bool = True
    own: bool = False
    domain: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Contact points per record and what was noticed."""

    points: pd.DataFrame
    notes: list[pd.DataFrame]


Read = tuple[tuple[Point, ...], tuple[Finding, ...]]


def _email(item: Email) -> Point:
    place = "role" if item.is_role else "home" if item.is_freemail else "work"
    domain = None if item.is_freemail or item.is_disposable else item.domain
    return Point("email", item.address, item.key, place, own=item.is_role, domain=domain)


def _phone(item: Phone, field: str) -> Point:
    place = _PHONES.get(field, "")
    kind = "fax" if field == "fax" else "phone"
    sort = (
        {"mobile": "mobile", "premium": "premium"}.get(item.kind)
        or place
        or {"landline": "landline"}.get(item.kind, "other")
    )
    key = None if item.kind in _NO_LINK else item.e164
    own = item.kind != "mobile" and (place in {"work", "central", "fax"} or item.trunk is not None)
    return Point(kind, item.e164, key, sort, item.extension, own=own)


def _refused(kind: str, text: str, issues: Iterable[Finding], keys: tuple[str, ...]) -> tuple[Point, ...]:
    """An invalid value is kept raw, with a key if it says enough; a placeholder is none."""
    codes = {f.code for f in issues}
    if not text.strip() or is_placeholder(text) or codes & {"empty", "placeholder", "phone_placeholder"}:
        return ()
    keys = () if codes & NO_KEY else keys
    return tuple(Point(kind, None, key, "other", valid=False) for key in keys or (None,))


def _read_email(text: str) -> Read:
    """Addresses of a cell; a domain that is surely mistyped links by the right one."""
    cleaned = normalize_email(text)
    if not cleaned.value:
        key = email_key(text, cleaned.issues, None)
        return _refused("email", text, cleaned.issues, (key,) if key else ()), cleaned.issues
    points = tuple(map(_email, cleaned.value))
    if len(points) == 1:
        points = (replace(points[0], key=email_key(text, cleaned.issues, points[0].key)),)
    return points, cleaned.issues


def _read_phone(text: str, field: str, country: str | None, *, assumed: bool) -> Read:
    cleaned = normalize_phone(text, country=country, assumed=assumed)
    if cleaned.value:
        odd = any(_is_odd(p.kind, field) for p in cleaned.value)
        issues = (*cleaned.issues, *((Finding("phone_type_mismatch"),) if odd else ()))
        return tuple(_phone(p, field) for p in cleaned.value), issues
    if "@" in text:
        points, issues = _read_email(text)
        return points, (Finding("value_in_wrong_field", detail="email"), *issues)
    digits = dialled(cleaned.issues)
    keys = (digits,) if digits is not None else ()
    refused = _refused("fax" if field == "fax" else "phone", text, cleaned.issues, keys)
    said = [stretch.extension for stretch in stretches(text)] if len(refused) == 1 else []
    points = tuple(replace(point, extension=said[0]) for point in refused) if len(said) == 1 else refused
    return points, cleaned.issues


def _is_odd(kind: str, field: str) -> bool:
    """Whether a number is of another kind than its column: a landline under mobile, a mobile under fax."""
    return (field == "mobile" and kind == "landline") or (
        field in {"fax", "phone_central"} and kind == "mobile"
    )


def _read_handle(text: str) -> Read:
    shown = collapse(visible(text))
    if not shown or is_placeholder(shown):
        return (), (Finding("placeholder"),) if shown else ()
    if "@" in shown[1:] and " " not in shown and normalize_email(shown).value:
        points, issues = _read_email(shown)
        return points, (Finding("value_in_wrong_field", detail="email"), *issues)
    return (Point("handle", shown, handle_key(shown), "other"),), ()


def _read_web(text: str) -> Read:
    shown = collapse(visible(text))
    if not shown or is_placeholder(shown):
        return (), (Finding("placeholder"),) if shown else ()
    several = [part for part in re.split(r"\s*[;,]\s*|\s+", shown) if part]
    if len(several) > 1 and all(domain_of(part) is not None for part in several):
        points = tuple(
            Point("web", part, domain_of(part), "other", own=True) for part in dict.fromkeys(several)
        )
        return points, (Finding("multiple_values", detail=str(len(points))),)
    domain = domain_of(shown)
    return (Point("web", shown, domain, "other", valid=domain is not None, own=True),), ()


def _read_any(text: str, country: str | None, *, assumed: bool) -> Read:
    shown = collapse(visible(text)).removeprefix("mailto:").removeprefix("tel:")
    if "@" in shown[1:]:
        return _read_email(shown)
    if _DIALLED.fullmatch(shown) and sum(map(str.isdigit, shown)) >= 6:
        return _read_phone(shown, "phone", country, assumed=assumed)
    return _read_handle(shown)


def _reader(field: str) -> Callable[[tuple[str | None, ...]], Read]:
    """The function that reads (text, country, assumed) of a field."""

    def read(cells: tuple[str | None, ...]) -> Read:
        text, country, assumed = cells[0] or "", cells[1] or None, cells[2] == "1"
        if field in _PHONES:
            return _read_phone(text, field, country, assumed=assumed)
        return _read_any(text, country, assumed=assumed)

    return read


_PLAIN: dict[str, Callable[[str], Read]] = {
    "email": _read_email,
    "handle": _read_handle,
    "website": _read_web,
}


def _read_column(column: pd.Series[Any], name: str, countries: Countries) -> tuple[Distinct, list[Read]]:
    """The texts of a column, each distinct one read once per country."""
    field = base_field(name)
    if field in _PLAIN:
        found = distinct(pd.DataFrame({name: column}), [name])
        return found, [_PLAIN[field](v[0] or "") for v in found.values]
    missing = column.isna()
    work = pd.DataFrame(
        {
            "text": column,
            "country": countries.used.mask(missing),
            "assumed": picked(["0", "1"], np.where(missing, -1, countries.assumed)),
        },
    )
    found = distinct(work, ["text", "country", "assumed"])
    read = _reader(field)
    return found, [read(v) for v in found.values]


def _spread(found: Distinct, reads: Sequence[Read], name: str) -> pd.DataFrame:
    """One row per record and contact point of a column."""
    flat = [
        (at, p.kind, p.value, p.key, found.values[at][0], p.type, p.extension, name, p.valid, p.own, p.domain)
        for at, (points, _) in enumerate(reads)
        for p in points
    ]
    if not flat:
        return pd.DataFrame(columns=COLUMNS)
    table = pd.DataFrame(flat, columns=["at", *COLUMNS[1:]])
    counts = np.bincount(table["at"], minlength=len(reads))
    starts = np.cumsum(counts) - counts
    rows = np.flatnonzero(found.codes >= 0)
    codes = found.codes[rows]
    repeat = counts[codes]
    offset = np.arange(repeat.sum()) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    picked = np.repeat(starts[codes], repeat) + offset
    points = table.drop(columns="at").take(picked).reset_index(drop=True)
    points.insert(0, "row", np.repeat(rows, repeat))
    return points


def _plain_column(
    column: pd.Series[Any], name: str, countries: Countries
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """The plain addresses and numbers of a column, and what was noticed about them."""
    field, array = base_field(name), texts(column)
    if field == "email":
        return _email_rows(plain_emails(array), array, name), None
    phones = plain_phones(array, texts(countries.used))
    noted = phones.rows[phones.national & countries.assumed[phones.rows]]
    note = pd.DataFrame({"row": noted, "raw": series(taken(array, noted))}).assign(
        field=name, code="phone_region_assumed", proposal=None, confidence=np.nan, detail=None
    )
    odd = np.array([_is_odd(kind, field) for kind in phones.kinds], dtype=np.bool_)[phones.kind]
    if odd.any():
        told = pd.DataFrame({"row": phones.rows[odd], "raw": series(taken(array, phones.rows[odd]))})
        told = told.assign(
            field=name, code="phone_type_mismatch", proposal=None, confidence=np.nan, detail=None
        )
        note = pd.concat([n for n in (note, told) if len(n)], ignore_index=True)
    return _phone_rows(phones, array, name), note


def _rows(rows: Ints, name: str, raw: Any, data: dict[str, Any]) -> pd.DataFrame:
    """Points of a column, one per row, with what they have in common."""
    size = len(rows)
    frame = {"row": rows, "raw": series(taken(raw, rows)), "field": series(constant(name, size))}
    frame |= {"valid": np.ones(size, dtype=np.bool_), "extension": series(constant(None, size)), **data}
    return pd.DataFrame(frame)[COLUMNS]


def _email_rows(plain: PlainEmails, array: Any, name: str) -> pd.DataFrame:
    data = {
        "kind": series(constant("email", len(plain.rows))),
        "value": series(plain.address),
        "key": series(plain.key),
        "type": picked(["home", "work"], np.where(plain.freemail, 0, 1)),
        "own": np.zeros(len(plain.rows), dtype=np.bool_),
        "domain": series(plain.domain),
    }
    return _rows(plain.rows, name, array, data)


def _phone_rows(plain: PlainPhones, array: Any, name: str) -> pd.DataFrame:
    field = base_field(name)
    samples = [_phone(Phone("+", kind, None, "", "number"), field) for kind in plain.kinds]
    own = np.array([p.own for p in samples], dtype=np.bool_)
    links = np.array([p.key is not None for p in samples], dtype=np.bool_)
    data = {
        "kind": series(constant("fax" if field == "fax" else "phone", len(plain.rows))),
        "value": series(plain.e164),
        "key": series(taken(plain.e164, np.where(links[plain.kind], np.arange(len(plain.rows)), -1))),
        "type": picked([p.type for p in samples], plain.kind),
        "own": own[plain.kind],
        "domain": series(constant(None, len(plain.rows))),
    }
    return _rows(plain.rows, name, array, data)


def read_contacts(records: pd.DataFrame, countries: Countries) -> Found:
    """The contact points of all records: plain ones column by column, the others each text once."""
    frames, notes = [], []
    for name in map(str, records.columns):
        field, column = base_field(name), records[name]
        if field not in _FIELDS:
            continue
        if field == "email" or field in _PHONES:
            plain, note = _plain_column(column, name, countries)
            frames.append(plain)
            notes += [note] if note is not None else []
            open_ = column.notna().to_numpy(dtype=np.bool_, copy=True)
            open_[plain["row"].to_numpy(dtype=np.int64)] = False
            column = column.where(open_)
        found, reads = _read_column(column, name, countries)
        frames.append(_spread(found, reads, name))
        notes.append(notes_of(found, [issues for _, issues in reads], name, first_cell))
    filled = [f for f in frames if len(f)]
    points = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=COLUMNS)
    return Found(points, notes)

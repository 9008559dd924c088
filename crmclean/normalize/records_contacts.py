"""Contact points of the records: e-mail, telephone, fax, handle, web; several in a cell are several.

`key` is what matching links by. It is missing where a value must link nobody: placeholders, premium
and service numbers. An invalid value has a key where it says enough (see `contact_keys`). A person on a row gets all its contact points; the organization beside
the person gets those that are the organization's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from crmclean.fields import base_field
from crmclean.normalize.contact_keys import loose_email_key
from crmclean.normalize.contact_point import handle_key
from crmclean.normalize.email import Email, normalize_email
from crmclean.normalize.phone import Phone, dialled, normalize_phone
from crmclean.normalize.records_columns import Distinct, distinct, notes_of
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
_NO_KEY = frozenset(
    {"email_reserved_domain", "phone_emergency", "phone_scientific_notation", "phone_letters"}
)
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
    keys = () if codes & _NO_KEY else keys
    return tuple(Point(kind, None, key, "other", valid=False) for key in keys or (None,))


def _proposed(issues: Iterable[Finding]) -> str | None:
    """The key of the address that a finding proposes with some confidence."""
    sure = [f.proposal for f in issues if f.proposal and "@" in f.proposal and (f.confidence or 0) >= 0.7]
    better = normalize_email(sure[0]).value if sure else None
    return better[0].key if better else None


def _read_email(text: str) -> Read:
    """Addresses of a cell; a domain that is surely mistyped links by the right one."""
    cleaned = normalize_email(text)
    proposed = _proposed(cleaned.issues)
    if not cleaned.value:
        key = proposed or loose_email_key(text)
        return _refused("email", text, cleaned.issues, (key,) if key else ()), cleaned.issues
    points = tuple(map(_email, cleaned.value))
    if proposed is not None and len(points) == 1:
        points = (replace(points[0], key=proposed),)
    return points, cleaned.issues


def _read_phone(text: str, field: str, country: str | None, *, assumed: bool) -> Read:
    cleaned = normalize_phone(text, country=country, assumed=assumed)
    if cleaned.value:
        return tuple(_phone(p, field) for p in cleaned.value), cleaned.issues
    if "@" in text:
        points, issues = _read_email(text)
        return points, (Finding("value_in_wrong_field", detail="email"), *issues)
    digits = dialled(cleaned.issues)
    keys = (digits,) if digits is not None else ()
    return _refused("fax" if field == "fax" else "phone", text, cleaned.issues, keys), cleaned.issues


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


def _read_column(records: pd.DataFrame, name: str, countries: Countries) -> tuple[Distinct, list[Read]]:
    field = base_field(name)
    if field in _PLAIN:
        found = distinct(records, [name])
        return found, [_PLAIN[field](v[0] or "") for v in found.values]
    missing = records[name].isna()
    work = pd.DataFrame(
        {
            "text": records[name],
            "country": countries.used.mask(missing),
            "assumed": pd.Series(np.where(countries.assumed, "1", "0"), dtype="str").mask(missing),
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


def read_contacts(records: pd.DataFrame, countries: Countries) -> Found:
    """The contact points of all records, each distinct text read once per country."""
    frames, notes = [], []
    for name in map(str, records.columns):
        if base_field(name) not in _FIELDS:
            continue
        found, reads = _read_column(records, name, countries)
        frames.append(_spread(found, reads, name))
        texts = [v[0] or "" for v in found.values]
        notes.append(notes_of(found, [issues for _, issues in reads], name, texts))
    filled = [f for f in frames if len(f)]
    points = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=COLUMNS)
    return Found(points, notes)

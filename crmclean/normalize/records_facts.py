"""Dates, identifiers and other plain facts of the records, read once per distinct value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.normalize.amount import normalize_amount
from crmclean.normalize.date import FILLERS, DateOrder, normalize_date
from crmclean.normalize.identifier import IdentifierKind, normalize_identifier
from crmclean.normalize.records_arrow import Bools, constant, flags, matches, series, texts
from crmclean.normalize.records_columns import distinct, first_cell, notes_of, take_text
from crmclean.normalize.text import is_placeholder
from crmclean.normalize.time import normalize_time
from crmclean.tables import Sources
from crmclean.text.fold import collapse, fold, visible
from crmclean.values import Cleaned, Finding

__all__ = ["IDENTIFIERS", "Facts", "numbered_sources", "read_facts"]

IDENTIFIERS: dict[str, IdentifierKind] = {
    "customer_no": "customer_no", "vat_id": "vat", "tax_no": "tax", "register_no": "register", "iban": "iban",
    "national_id": "national", "other_id": "other",
}  # fmt: skip
_ORDERS: tuple[DateOrder, ...] = ("DMY", "MDY", "YMD")
_MOST = 1 << 17  # days come again in every stretch of the records
_DAY = "^(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])$"  # every month has these
_TEXTS = ("role", "department", "language")
_NO_BIRTH = frozenset({"date_placeholder", "date_future", "date_impossible", "date_unreadable"})
_CUSTOMER_NO = re.compile(
    r"(?:kunden?[\s-]?(?:nummer|nr|no|id)|kd[\s.-]?(?:nummer|nr|no)|debitor(?:en)?[\s-]?(?:nummer|nr)|customer\s?(?:number|no|id)|client\s?(?:number|no))"
    r"[\s.:#=-]*(?:lautet|ist|is)?\s*(?P<number>[A-Z]{0,4}[-/]?\d{3,12})\b",
    re.IGNORECASE,
)
_ID_HEADER = re.compile(
    r"^(kundennummer|kundennr|kdnr|kundenid|debitorennummer|kunnr|customernumber|customerno|customerid|ckundennr)$"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """Plain facts per record (columns of the parties table) and what was noticed."""

    columns: Mapping[str, pd.Series[Any]]
    notes: list[pd.DataFrame]


def _read(
    records: pd.DataFrame, name: str, read: Callable[[str], tuple[str | None, tuple[Finding, ...]]]
) -> tuple[pd.Series[Any], pd.DataFrame]:
    """A column read once per distinct value: (text per record, findings)."""
    found = distinct(records, [name])
    results = [read(v[0] or "") for v in found.values]
    return take_text([r[0] for r in results], found.codes), notes_of(found, [r[1] for r in results], name)


def _plain(text: str) -> tuple[str | None, tuple[Finding, ...]]:
    shown = collapse(visible(text))
    return (None, ()) if not shown or is_placeholder(shown) else (shown, ())


def _identifiers(
    records: pd.DataFrame, name: str, said: pd.Series[Any]
) -> tuple[pd.Series[Any], pd.DataFrame]:
    """An identifier column, checked by the rules of the row's country where it names one."""
    work = pd.DataFrame({"text": records[name], "country": said.mask(records[name].isna())})
    found = distinct(work, ["text", "country"])
    kind = IDENTIFIERS[name]
    cleaned = [normalize_identifier(v[0] or "", kind=kind, country=v[1]) for v in found.values]
    values = [c.value.compact if c.value is not None else None for c in cleaned]
    notes = notes_of(found, [c.issues for c in cleaned], name, first_cell)
    return take_text(values, found.codes), notes


@lru_cache(maxsize=_MOST)
def _birth(cells: tuple[str | None, ...]) -> tuple[str | None, tuple[Finding, ...]]:
    """A birth date that may link: no placeholder, not impossible, not in the future."""
    text, order, year, month, day = cells
    if text is None and year is not None:
        parts = [year.split(".")[0], *(p.split(".")[0].zfill(2) for p in (month, day) if p)]
        text = "-".join(parts)
    if text is None:
        return None, ()
    cleaned = normalize_date(text, order=_date_order(order), kind="birth")
    codes = {f.code for f in cleaned.issues}
    return (None if codes & _NO_BIRTH else cleaned.value), cleaned.issues


def _date_order(text: str | None) -> DateOrder | None:
    return next((known for known in _ORDERS if known == text), None)


def _orders(records: pd.DataFrame, sources: Sources | None) -> pd.Series[Any]:
    """Order of day, month and year per record, as its source was understood."""
    table: dict[str, str] = {}
    if sources is not None:
        named = sources.dropna(subset=["date_order"])
        table = dict(zip(named["source"].astype(str), named["date_order"].astype(str), strict=True))
    codes, names = pd.factorize(records["source"])
    return take_text([table.get(str(name)) for name in names], codes.astype(np.int64))


@lru_cache(maxsize=_MOST)
def _date(text: str, order: str | None, zone: str | None) -> Cleaned[str]:
    """A day, or a time where a zone is given."""
    if zone is None:
        return normalize_date(text, order=_date_order(order))
    return normalize_time(text, timezone=zone, order=_date_order(order))


def _date_column(
    records: pd.DataFrame, name: str, orders: pd.Series[Any], zone: str | None
) -> tuple[pd.Series[Any], pd.DataFrame]:
    work = pd.DataFrame({"text": records[name], "order": orders.mask(records[name].isna())})
    found = distinct(work, ["text", "order"])
    results = [_date(text or "", order, zone) for text, order in found.values]
    values = [None if {f.code for f in c.issues} & {"date_placeholder"} else c.value for c in results]
    open_ended = name == "address_valid_to"  # 31.12.9999 says there that no end is known
    told = [tuple(f for f in c.issues if not (open_ended and f.code == "date_placeholder")) for c in results]
    notes = notes_of(found, told, name, first_cell)
    return take_text(values, found.codes), notes


def _birth_column(records: pd.DataFrame, orders: pd.Series[Any]) -> tuple[pd.Series[Any], pd.DataFrame]:
    names = ["birth_date", "birth_year", "birth_month", "birth_day"]
    work = pd.DataFrame({n: records[n] for n in names if n in records.columns})
    plain: Bools = np.zeros(len(work), dtype=np.bool_)
    if "birth_date" in work:
        text = texts(work["birth_date"])
        plain = matches(text, _DAY) & ~flags(pc.is_in(text, pa.array(sorted(FILLERS), text.type)))
        work = pd.DataFrame({c: work[c].mask(plain) for c in work})
        work["order"] = orders.mask(work["birth_date"].isna())
    found = distinct(work, ["birth_date", "order", *names[1:]])
    results = [_birth(v) for v in found.values]
    notes = notes_of(found, [r[1] for r in results], "birth_date", _birth_cells)
    dates = take_text([r[0] for r in results], found.codes)
    return (series(pc.if_else(pa.array(plain), text, texts(dates))) if plain.any() else dates), notes


def _birth_cells(cells: tuple[str | None, ...]) -> str:
    """What stands in the columns of the birth date, the order of the source aside."""
    return "-".join(c for i, c in enumerate(cells) if c and i != 1)


def _mentioned(records: pd.DataFrame) -> pd.Series[Any]:
    """Customer number that the subject or text of a contact names."""
    found = distinct(records, ["subject"])
    hits = [_CUSTOMER_NO.search(v[0] or "") for v in found.values]
    return take_text([h["number"].upper() if h else None for h in hits], found.codes)


def numbered_sources(records: pd.DataFrame, sources: Sources | None) -> frozenset[str]:
    """Sources whose record ids are customer numbers.

    Known by the id column's header, else because the numbers that other records mention are found
    among them.
    """
    named: set[str] = set()
    if sources is not None:
        heads = sources["id_column"].fillna("").map(lambda h: re.sub(r"[^a-z]", "", fold(str(h))))
        named = set(sources.loc[heads.str.match(_ID_HEADER), "source"].astype(str))
    numbers = set() if named or "subject" not in records else set(_mentioned(records).dropna())
    if len(numbers) < 3:
        return frozenset(named)
    best = (0.0, "")
    for source, ids in records.groupby("source")["record_id"]:
        share = len(numbers & set(ids)) / len(numbers)
        best = max(best, (share, str(source)))
    return frozenset({best[1]} if best[0] >= 0.5 else ())


def _customer_no(
    records: pd.DataFrame, own: pd.Series[Any] | None, numbered: frozenset[str]
) -> pd.Series[Any]:
    nothing = series(constant(None, len(records)))
    result = nothing if own is None else own
    mentioned = _mentioned(records) if "subject" in records.columns else nothing
    if numbered:
        here = records["source"].isin(numbered)
        result = result.fillna(records["record_id"].where(here & result.isna()))
    return result.fillna(mentioned)


def _amounts(records: pd.DataFrame) -> tuple[pd.Series[Any], pd.DataFrame]:
    found = distinct(records, ["revenue"])
    cleaned = [normalize_amount(v[0] or "") for v in found.values]
    values = np.array([*(float(c.value) if c.value is not None else np.nan for c in cleaned), np.nan])
    return pd.Series(values[found.codes]), notes_of(found, [c.issues for c in cleaned], "revenue")


def read_facts(
    records: pd.DataFrame,
    said: pd.Series[Any],
    zone: str,
    sources: Sources | None,
    numbered: frozenset[str] = frozenset(),
) -> Facts:
    """The plain facts of all records, each distinct value read once.

    Args:
        records: Records, index 0 to n - 1.
        said: Country of each record, where one is named.
        zone: Zone of times that name none.
        sources: Tells the order of day and month of each source.
        numbered: Sources whose record ids are customer numbers.
    """
    columns: dict[str, pd.Series[Any]] = {}
    notes: list[pd.DataFrame] = []
    orders = _orders(records, sources)

    def keep(name: str, result: tuple[pd.Series[Any], pd.DataFrame]) -> None:
        columns[name] = result[0]
        notes.append(result[1])

    for name in (n for n in _TEXTS if n in records.columns):
        keep(name, _read(records, name, _plain))
    for name in (n for n in IDENTIFIERS if n in records.columns):
        keep(name, _identifiers(records, name, said))
    if {"birth_date", "birth_year"} & set(records.columns):
        keep("birth_date", _birth_column(records, orders))
    for name in ("created_at", "modified_at", "occurred_at"):
        if name in records.columns:
            keep(name, _date_column(records, name, orders, zone))
    for name in ("last_order", "address_valid_from", "address_valid_to"):
        if name in records.columns:
            keep(name, _date_column(records, name, orders, None))
    if "revenue" in records.columns:
        keep("revenue", _amounts(records))
    occurred = columns.pop("occurred_at", None)
    if occurred is not None:
        columns["created_at"] = (
            columns["created_at"].fillna(occurred) if "created_at" in columns else occurred
        )
    columns["customer_no"] = _customer_no(records, columns.get("customer_no"), numbered)
    return Facts(columns, notes)

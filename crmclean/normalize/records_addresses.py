"""Addresses of the records, one per place (plain, work, home, billing, delivery).

A postcode whose leading zero was lost is put back in the table (the raw text stays beside it and the
finding names the repair), because matching needs a usable code; the configuration can forbid it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmclean.fields import ADDRESS_PARTS, PLACES
from crmclean.normalize.address import normalize_address
from crmclean.normalize.address_columns import (
    QUIET,
    PlainAddresses,
    code_of,
    plain_addresses,
    plain_texts,
)
from crmclean.normalize.house_number import shown_number
from crmclean.normalize.place_register import REGISTER_CODES
from crmclean.normalize.records_arrow import constant, series
from crmclean.normalize.records_columns import Distinct, distinct, joined, notes_of
from crmclean.values import Finding

__all__ = ["FoundAddresses", "read_addresses"]

_PARTS = (
    "care_of", "street", "house_number", "addition", "po_box", "postal_code", "city", "district", "region", "country",
)  # fmt: skip
_TYPES = {"": "other", "work_": "work", "home_": "home", "billing_": "billing", "delivery_": "delivery"}


@dataclass(frozen=True, slots=True)
class FoundAddresses:
    """Addresses per record (column `row`) and what was noticed."""

    addresses: pd.DataFrame
    notes: list[pd.DataFrame]


Cells = tuple[str | None, ...]
Read = tuple[Cells | None, tuple[Finding, ...]]


def _read(cells: Cells, *, repair: bool) -> Read:
    """The parts of an address (None where there are none) and what was noticed."""
    text, care_of, street, number, addition, po_box, code, city, district, region, country = cells
    cleaned = normalize_address(
        text, care_of=care_of, street=street, house_number=number, addition=addition, po_box=po_box,
        postal_code=code, city=city, district=district, region=region, country=country,
    )  # fmt: skip
    issues = tuple(f for f in cleaned.issues if f.code not in QUIET and f.code not in REGISTER_CODES)
    value = cleaned.value
    if value is None:
        return None, issues
    addition = ", ".join(filter(None, (value.addition, value.rest)))
    parts = (
        value.care_of, value.street, shown_number(value.house_number), addition, value.po_box,
        code_of(value.postal_code, issues, repair=repair), value.city, value.district, value.region, value.country,
    )  # fmt: skip
    return tuple(p or None for p in parts), issues


def _read_place(records: pd.DataFrame, place: str, *, repair: bool) -> FoundAddresses | None:
    columns = [place + part for part in ADDRESS_PARTS]
    content = [c for c in columns if c in records.columns and not c.endswith("country")]
    if not content:
        return None
    if f"{place}country" in records.columns:
        empty = records[content].isna().all(axis=1)
        records = records.assign(**{f"{place}country": records[f"{place}country"].mask(empty)})
    plain = _plain(records, place, repair=repair)
    rest = records
    if plain:
        left = np.ones(len(records), dtype=np.bool_)
        left[np.concatenate([p.rows for p in plain])] = False
        rest = pd.DataFrame({c: records[c].where(left) for c in columns if c in records.columns})
    found = distinct(rest, columns)
    reads = [_read(v, repair=repair) for v in found.values]
    raws = joined(found.values)
    notes = [notes_of(found, [issues for _, issues in reads], "full_address", raws)]
    notes += [n for p in plain for n in p.notes]
    for note in notes:
        note["field"] = _fields(note["field"], place, records)
    frames = [*(_plain_rows(p, place) for p in plain), _read_rows(found, reads, raws, place)]
    return FoundAddresses(pd.concat([f for f in frames if len(f)] or frames, ignore_index=True), notes)


def _read_rows(found: Distinct, reads: Sequence[Read], raws: list[str], place: str) -> pd.DataFrame:
    table = pd.DataFrame(
        [parts or (None,) * len(_PARTS) for parts, _ in reads], columns=list(_PARTS), dtype="str"
    )
    table["raw"] = pd.Series(raws, dtype="str")
    rows = np.flatnonzero(np.array([*(parts is not None for parts, _ in reads), False])[found.codes])
    frame = table.take(found.codes[rows]).reset_index(drop=True)
    frame.insert(0, "row", rows)
    frame["type"], frame["field"] = _TYPES[place], place
    return frame


def _plain(records: pd.DataFrame, place: str, *, repair: bool) -> list[PlainAddresses]:
    """The addresses that need no closer look: in columns, and in one text alone."""
    parts = plain_addresses(records, place, repair=repair)
    found = [parts] if parts is not None else []
    whole = f"{place}full_address"
    if whole in records.columns:
        others = [place + p for p in ADDRESS_PARTS[1:] if place + p in records.columns]
        beside = records[others].notna().any(axis=1)
        found.append(plain_texts(records[whole].mask(beside), repair=repair))
    return [p for p in found if len(p.rows)]


def _plain_rows(plain: PlainAddresses, place: str) -> pd.DataFrame:
    size = len(plain.rows)
    data: dict[str, Any] = {"row": plain.rows}
    for name in (*_PARTS, "raw"):
        data[name] = series(plain.parts[name] if name in plain.parts else constant(None, size))
    data["type"], data["field"] = series(constant(_TYPES[place], size)), series(constant(place, size))
    return pd.DataFrame(data)


def _fields(fields: pd.Series[Any], place: str, records: pd.DataFrame) -> pd.Series[Any]:
    """Canonical field names for the parts that findings name."""
    names = {"addition": "address_addition"}
    full = f"{place}full_address"
    named = fields.astype("str").replace(names).radd(place)
    if full in records.columns:
        return named.where(named.isin(list(records.columns)), full)
    return named


def read_addresses(records: pd.DataFrame, *, repair: bool) -> FoundAddresses:
    """The addresses of all records, each distinct combination of parts read once.

    Args:
        records: Records, index 0 to n - 1.
        repair: Put a lost leading zero of a postcode back.
    """
    places = [p for p in (_read_place(records, place, repair=repair) for place in PLACES) if p is not None]
    frames = [p.addresses for p in places if len(p.addresses)]
    columns = ["row", *_PARTS, "raw", "type", "field"]
    addresses = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
    return FoundAddresses(addresses, [n for p in places for n in p.notes])

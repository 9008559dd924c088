"""Addresses of the records, one per place (plain, work, home, billing, delivery).

A postcode whose leading zero was lost is put back in the table (the raw text stays beside it and the
finding names the repair), because matching needs a usable code; the configuration can forbid it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmclean.fields import ADDRESS_PARTS, PLACES
from crmclean.normalize.address import Address, normalize_address
from crmclean.normalize.records_columns import distinct, joined, notes_of
from crmclean.values import Cleaned

__all__ = ["FoundAddresses", "read_addresses"]

_PARTS = (
    "care_of", "street", "house_number", "addition", "po_box", "postal_code", "city", "district", "region", "country",
)  # fmt: skip
_TYPES = {"": "other", "work_": "work", "home_": "home", "billing_": "billing", "delivery_": "delivery"}
# Said once per column rather than per record: they describe the export, not the address.
_QUIET = frozenset({"house_number_in_street", "country_missing", "country_assumed"})


@dataclass(frozen=True, slots=True)
class FoundAddresses:
    """Addresses per record (column `row`) and what was noticed."""

    addresses: pd.DataFrame
    notes: list[pd.DataFrame]


def _cleaned(cells: tuple[str | None, ...]) -> Cleaned[Address]:
    text, care_of, street, number, addition, po_box, code, city, district, region, country = cells
    return normalize_address(
        text, care_of=care_of, street=street, house_number=number, addition=addition, po_box=po_box,
        postal_code=code, city=city, district=district, region=region, country=country,
    )  # fmt: skip


def _postal_code(cleaned: Cleaned[Address], *, repair: bool) -> str | None:
    if cleaned.value is not None and cleaned.value.postal_code:
        return cleaned.value.postal_code
    lost = (f for f in cleaned.issues if f.code == "postcode_leading_zero_lost") if repair else ()
    return next((f.proposal for f in lost if (f.confidence or 0) >= 0.7), None)


def _read_place(records: pd.DataFrame, place: str, *, repair: bool) -> FoundAddresses | None:
    columns = [place + part for part in ADDRESS_PARTS]
    content = [c for c in columns if c in records.columns and not c.endswith("country")]
    if not content:
        return None
    if f"{place}country" in records.columns:
        empty = records[content].isna().all(axis=1)
        records = records.assign(**{f"{place}country": records[f"{place}country"].mask(empty)})
    found = distinct(records, columns)
    cleaned = [_cleaned(v) for v in found.values]
    table = pd.DataFrame([_row(c, repair=repair) for c in cleaned], columns=[*_PARTS, "rest"])
    table["raw"] = joined(found.values)
    rows = np.flatnonzero(np.array([*(c.value is not None for c in cleaned), False])[found.codes])
    frame = table.take(found.codes[rows]).reset_index(drop=True)
    frame.insert(0, "row", rows)
    frame["type"], frame["field"] = _TYPES[place], place
    issues = [tuple(f for f in c.issues if f.code not in _QUIET) for c in cleaned]
    note = notes_of(found, issues, "full_address", table["raw"].tolist())
    note["field"] = _fields(note["field"], place, records)
    return FoundAddresses(frame, [note])


def _fields(fields: pd.Series, place: str, records: pd.DataFrame) -> pd.Series:
    """Canonical field names for the parts that findings name."""
    names = {"addition": "address_addition"}
    full = f"{place}full_address"
    named = fields.map(lambda f: place + names.get(f, f))
    if full in records.columns:
        return named.where(named.isin(list(records.columns)), full)
    return named


def _row(cleaned: Cleaned[Address], *, repair: bool) -> tuple[str | None, ...]:
    value = cleaned.value
    if value is None:
        return (None,) * (len(_PARTS) + 1)
    cells = {part: getattr(value, part) or None for part in _PARTS}
    cells["postal_code"] = _postal_code(cleaned, repair=repair)
    if value.rest:
        cells["addition"] = ", ".join(filter(None, (cells["addition"], value.rest)))
    return (*(cells[part] for part in _PARTS), value.rest or None)


def read_addresses(records: pd.DataFrame, *, repair: bool) -> FoundAddresses:
    """The addresses of all records, each distinct combination of parts read once.

    Args:
        records: Records, index 0 to n - 1.
        repair: Put a lost leading zero of a postcode back.
    """
    places = [p for p in (_read_place(records, place, repair=repair) for place in PLACES) if p is not None]
    frames = [p.addresses for p in places if len(p.addresses)]
    columns = ["row", *_PARTS, "rest", "raw", "type", "field"]
    addresses = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
    return FoundAddresses(addresses.drop(columns="rest"), [n for p in places for n in p.notes])

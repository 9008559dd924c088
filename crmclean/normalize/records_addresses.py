"""Addresses of the records, one per place (plain, work, home, billing, delivery).

A postcode whose leading zero was lost is put back in the table (the raw text stays beside it and the
finding names the repair), because matching needs a usable code; the configuration can forbid it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from crmclean.fields import ADDRESS_PARTS, PLACES
from crmclean.normalize.address import normalize_address, plain_city, plain_street
from crmclean.normalize.address_lists import NUMBER_FIRST
from crmclean.normalize.country import normalize_country
from crmclean.normalize.postcode import postcode_info
from crmclean.normalize.records_columns import distinct, joined, notes_of
from crmclean.values import Finding

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


Cells = tuple[str | None, ...]
Read = tuple[Cells | None, tuple[Finding, ...]]


def _read(cells: Cells, *, repair: bool) -> Read:
    """The parts of an address (None where there are none) and what was noticed."""
    plain = _read_plain(cells, repair=repair)
    if plain is not None:
        return plain
    text, care_of, street, number, addition, po_box, code, city, district, region, country = cells
    cleaned = normalize_address(
        text, care_of=care_of, street=street, house_number=number, addition=addition, po_box=po_box,
        postal_code=code, city=city, district=district, region=region, country=country,
    )  # fmt: skip
    issues = tuple(f for f in cleaned.issues if f.code not in _QUIET)
    value = cleaned.value
    if value is None:
        return None, issues
    addition = ", ".join(filter(None, (value.addition, value.rest)))
    parts = (
        value.care_of, value.street, value.house_number, addition, value.po_box,
        _code(value.postal_code, issues, repair=repair), value.city, value.district, value.region, value.country,
    )  # fmt: skip
    return tuple(p or None for p in parts), issues


def _read_plain(cells: Cells, *, repair: bool) -> Read | None:
    """As `_read`, for street with number, postcode and town without anything unusual: most of all."""
    text, care_of, street, number, addition, po_box, code, city, district, region, country = cells
    if street is None or city is None or code is None:
        return None
    if text or care_of or number or addition or po_box or district or region:
        return None
    where = normalize_country(country).value if country else None
    line = plain_street(street)
    if (
        line is None
        or (country and where is None)
        or where in NUMBER_FIRST
        or not plain_city(city)
        or not code.isdigit()
    ):
        return None
    info = postcode_info(code, where)
    issues = (
        tuple(replace(f, field="postal_code") for f in info.issues if f.code not in _QUIET)
        if info.issues
        else ()
    )
    found = _code(info.value.code if info.value is not None else "", issues, repair=repair) or None
    return (None, line[0], line[1], None, None, found, city, None, None, where), issues


def _code(code: str, issues: Sequence[Finding], *, repair: bool) -> str:
    """The postcode, else the one whose lost zero is put back."""
    if code or not repair:
        return code
    lost = (
        f.proposal for f in issues if f.code == "postcode_leading_zero_lost" and (f.confidence or 0) >= 0.7
    )
    return next(lost, None) or ""


def _read_place(records: pd.DataFrame, place: str, *, repair: bool) -> FoundAddresses | None:
    columns = [place + part for part in ADDRESS_PARTS]
    content = [c for c in columns if c in records.columns and not c.endswith("country")]
    if not content:
        return None
    if f"{place}country" in records.columns:
        empty = records[content].isna().all(axis=1)
        records = records.assign(**{f"{place}country": records[f"{place}country"].mask(empty)})
    found = distinct(records, columns)
    reads = [_read(v, repair=repair) for v in found.values]
    table = pd.DataFrame(
        [parts or (None,) * len(_PARTS) for parts, _ in reads], columns=list(_PARTS), dtype="str"
    )
    raws = joined(found.values)
    table["raw"] = pd.Series(raws, dtype="str")
    rows = np.flatnonzero(np.array([*(parts is not None for parts, _ in reads), False])[found.codes])
    frame = table.take(found.codes[rows]).reset_index(drop=True)
    frame.insert(0, "row", rows)
    frame["type"], frame["field"] = _TYPES[place], place
    note = notes_of(found, [issues for _, issues in reads], "full_address", raws)
    note["field"] = _fields(note["field"], place, records)
    return FoundAddresses(frame, [note])


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

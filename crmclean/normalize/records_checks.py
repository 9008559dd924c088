"""What only whole columns or several fields of a record show: remains of HTML, mixed scripts, places.

Remains and scripts are looked for by Arrow in the texts that people type; postcode and town are
compared with the register of places, if it is installed, each pair once.
"""

from __future__ import annotations

import html
import re
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from crmclean.fields import PLACES, base_field
from crmclean.normalize.place_register import check_place, has_register
from crmclean.normalize.records_arrow import flags, series, taken, texts
from crmclean.normalize.records_columns import distinct, notes_of
from crmclean.normalize.records_names import Names

__all__ = ["freemail_notes", "place_notes", "text_notes"]

_TYPED = frozenset(
    {"full_name", "given_name", "family_name", "organization"}
    | {place + part for place in PLACES for part in ("full_address", "street", "city")}
)
_HTML = r"&(?:amp|nbsp|quot|lt|gt|apos|[aouAOU]uml|szlig|#[0-9]{2,5});|</?(?:br|p|b|i|div|span|a)\b[^<>]*>"
_GREEK = 0xCD
_TAG = re.compile(r"<[^<>]*>")
# one word with Latin and with Cyrillic or Greek letters: a lookalike typed or pasted
_MIXED = r"[A-Za-z]\p{M}*[\p{Cyrillic}\p{Greek}]|[\p{Cyrillic}\p{Greek}]\p{M}*[A-Za-z]"


def text_notes(records: pd.DataFrame) -> list[pd.DataFrame]:
    """Remains of HTML (with the text as it was meant) and words of mixed scripts."""
    found = []
    for name in map(str, records.columns):
        if base_field(name) not in _TYPED:
            continue
        array = texts(records[name])
        if not _has_signs(array):
            continue
        signs = flags(pc.or_kleene(pc.match_substring(array, "&"), pc.match_substring(array, "<")))
        found.append(_note(array, signs, _HTML, name, "html_remnant"))
        other = ~flags(pc.fill_null(pc.string_is_ascii(array), True))
        found.append(_note(array, other, _MIXED, name, "mixed_script"))
    return [f for f in found if f is not None]


def _has_signs(array: Any) -> bool:
    """Whether the bytes of a column hold & or <, or a letter beyond the Latin ones: a cheap no for most.

    In UTF-8 Greek begins with the byte CD and all later scripts with a higher one.
    """
    found = (_bytes_of(chunk) for chunk in (array.chunks if hasattr(array, "chunks") else [array]))
    return any(bool(((b >= _GREEK) | (b == ord("&")) | (b == ord("<"))).any()) for b in found)


def _bytes_of(array: Any) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The bytes of the texts of an array, of those of a slice alone."""
    _, ends, data = array.buffers()
    if data is None or not len(array):
        return np.empty(0, dtype=np.uint8)
    at = np.frombuffer(ends, dtype=np.int64)
    return np.frombuffer(data, dtype=np.uint8)[at[array.offset] : at[array.offset + len(array)]]


def _note(array: Any, maybe: Any, pattern: str, field: str, code: str) -> pd.DataFrame | None:
    rows = np.flatnonzero(maybe)
    if not len(rows):
        return None
    some = taken(array, rows)
    hit = flags(pc.match_substring_regex(some, pattern))
    if not hit.any():
        return None
    rows, raw = rows[hit], series(some.filter(hit))
    proposal = [_plain(text) for text in raw] if code == "html_remnant" else None
    return pd.DataFrame({"row": rows, "raw": raw}).assign(
        field=field, code=code, proposal=proposal, confidence=np.nan, detail=None
    )


def _plain(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())


def place_notes(addresses: pd.DataFrame, fields: list[str]) -> list[pd.DataFrame]:
    """What the register of places says of postcode and town, each pair asked once.

    Args:
        addresses: Rows of addresses: row, postal_code, city, po_box, country, field (its place).
        fields: Columns of the records; a finding names the whole address where there is no column of its own.
    """
    if not has_register() or not len(addresses):
        return []
    notes = []
    for place, part in addresses.groupby("field", sort=True):
        pairs = part[["postal_code", "city", "country"]].mask(part["po_box"].notna())
        whole = pairs["postal_code"].notna() & pairs["city"].notna()
        pairs = pairs.where(whole).reset_index(drop=True)
        found = distinct(pairs, ["postal_code", "city", "country"])
        said = [check_place(code or "", city or "", country) for code, city, country in found.values]
        raws = [f"{code} {city}" for code, city, _ in found.values]
        note = notes_of(found, [(f,) if f else () for f in said], "full_address", raws)
        note["row"] = part["row"].to_numpy(dtype=np.int64)[note["row"].to_numpy(dtype=np.int64)]
        named = note["field"].astype("str").radd(str(place))
        notes.append(note.assign(field=named.where(named.isin(fields), f"{place}full_address")))
    return notes


def freemail_notes(names: Names, points: pd.DataFrame) -> pd.DataFrame:
    """Records that name a company only and reach it under a provider's mailbox."""
    beside = np.zeros(int(points["row"].max()) + 1 if len(points) else 0, dtype=np.bool_)
    alone = beside.copy()
    for mask, rows in ((alone, names.company_rows), (beside, names.person_rows)):
        mask[rows[rows < len(mask)]] = True
    alone &= ~beside
    if not alone.any():
        return pd.DataFrame(columns=["row", "raw"])
    theirs: pd.DataFrame = points[alone[points["row"].to_numpy(dtype=np.int64)]]
    private = (theirs["kind"] == "email") & (theirs["type"] == "home")
    found = theirs.loc[private, ["row", "raw", "field"]].reset_index(drop=True)
    return found.assign(code="email_freemail_for_company", proposal=None, confidence=np.nan, detail=None)

"""The issues table of the stage: one row per record and finding, systematic ones once per column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from crmclean.fields import PLACES
from crmclean.issues import CODES
from crmclean.normalize.records_arrow import Ints, constant, picked, series, stacked, texts
from crmclean.normalize.records_names import Names
from crmclean.tables import ISSUES, Issues

__all__ = ["gathered", "having", "issues_of", "nameless_note"]

# From this share of a source's records on a finding is about the column: info, and the others.
_SYSTEMATIC_INFO = 0.5
_SYSTEMATIC = 0.9
_AT_LEAST = 20
# A fact is missing only where the source has it at all.
_EXPECTED = {
    "street_missing": ("street", "full_address"),
    "house_number_missing": ("street", "house_number", "full_address"),
    "postcode_missing": ("postal_code", "full_address"),
    "city_missing": ("city", "full_address"),
    "name_missing": ("full_name", "given_name", "family_name", "organization"),
}


def nameless_note(size: int, names: Names) -> pd.DataFrame:
    """The finding of records that name nobody."""
    nobody = np.ones(size, dtype=np.bool_)
    nobody[names.person_rows] = False
    nobody[names.company_rows] = False
    return pd.DataFrame({"row": np.flatnonzero(nobody)}).assign(field="full_name", code="name_missing")


def gathered(notes: Sequence[pd.DataFrame], start: int) -> pd.DataFrame:
    """Findings of a stretch as one frame, with the numbers of their records in the table.

    Args:
        notes: Frames of `notes_of`.
        start: Number of the stretch's first record.
    """
    frames = [n for n in notes if len(n)]
    sizes = [len(n) for n in frames]
    rows = [n["row"].to_numpy(dtype=np.int64) + start for n in frames]
    data: dict[str, Any] = {"row": np.concatenate([*rows, np.empty(0, dtype=np.int64)])}
    for name in _COLUMNS[1:]:
        if name == "confidence":
            known = [_numbers(n) for n in frames]
            data[name] = np.concatenate([*known, np.empty(0)])
            continue
        known = [
            texts(n[name]) if name in n else constant(None, size)
            for n, size in zip(frames, sizes, strict=True)
        ]
        data[name] = series(pa.concat_arrays([*known, constant(None, 0)]))
    return pd.DataFrame(data, copy=False)


def _numbers(note: pd.DataFrame) -> Any:
    if "confidence" not in note:
        return np.full(len(note), np.nan)
    return note["confidence"].to_numpy(dtype=np.float64, na_value=np.nan)


Having = Mapping[str, frozenset[str]]
"""Per code of a missing fact the sources that have it at all."""


def having(records: pd.DataFrame) -> Having:
    """Which sources have the facts whose lack is a finding."""
    source, names = pd.factorize(records["source"])
    found = {}
    for code, parts in _EXPECTED.items():
        known = np.zeros(len(names), dtype=np.bool_)
        for column in (place + part for place in PLACES for part in parts):
            if column in records.columns and not known.all():
                known[source[records[column].notna().to_numpy(dtype=np.bool_)]] = True
        found[code] = frozenset(map(str, names[known]))
    return found


def issues_of(records: pd.DataFrame, notes: Sequence[pd.DataFrame], known: Having) -> Issues:
    """All findings as the issues table.

    A finding that most records of a source share (half for severity info, nine of ten else) is said
    once for the source, with the number of records as `detail` and row 0. What a source does not
    have at all is not reported missing.

    Args:
        records: Source, record id, file and row of the records, index 0 to n - 1.
        notes: Frames as `gathered` makes them, a frame per stretch.
        known: What the sources have, see `having`.
    """
    frames = [n for n in notes if len(n)]
    if not frames:
        return ISSUES.empty()
    table = _once(stacked(frames))
    table = _expected(table, records["source"], known)
    if not len(table):
        return ISSUES.empty()
    table["severity"] = _mapped(table["code"], lambda code: CODES[code][1])
    return ISSUES.check(_placed(_condensed(table, records), records))


_COLUMNS = ["row", "field", "code", "raw", "proposal", "confidence", "detail"]


def _mapped(column: pd.Series[Any], of: Callable[[str], str | None]) -> pd.Series[Any]:
    """A text column made of another that holds few words."""
    codes, words = pd.factorize(column)
    return picked([of(str(w)) for w in words], codes.astype(np.int64))


def _once(table: pd.DataFrame) -> pd.DataFrame:
    """The findings without those said twice of a record."""
    several = np.flatnonzero(pd.Series(_key(table, ("field", "code"), "row")).duplicated(keep=False))
    again = table.take(several).duplicated(["row", "field", "code", "raw", "proposal"])
    kept = np.ones(len(table), dtype=np.bool_)
    kept[several[again.to_numpy(dtype=np.bool_)]] = False
    return table[kept].reset_index(drop=True)


def _key(table: pd.DataFrame, names: Sequence[str], row: str) -> Ints:
    """One number per finding that sorts by its record and then by columns that hold few words."""
    key = table[row].to_numpy(dtype=np.int64)
    for name in names:
        codes, words = pd.factorize(table[name], sort=True)
        key = key * (len(words) + 1) + codes + 1
    return key


def _expected(table: pd.DataFrame, sources: pd.Series[Any], known: Having) -> pd.DataFrame:
    """The findings without those that miss what the source never has."""
    kept = np.ones(len(table), dtype=np.bool_)
    rows = table["row"].to_numpy(dtype=np.int64)
    source, names = pd.factorize(sources)
    for code, have in known.items():
        if len(have) < len(names):
            hit = (table["code"] == code).to_numpy(dtype=np.bool_)
            kept &= ~hit | np.array([name in have for name in names], dtype=np.bool_)[source[rows]]
    return table[kept].reset_index(drop=True)


def _condensed(table: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """The findings, those that most records of a source share said once.

    Adds the number of the source, and whether a finding is said once (then `row` is the first).
    """
    source, names = pd.factorize(records["source"], sort=True)
    sizes = np.bincount(source, minlength=len(names))
    place = source[table["row"].to_numpy(dtype=np.int64)]
    work = table[["field", "code", "severity", "row"]].assign(source=place)
    group = pd.Series(_key(work, ("field", "code"), "source"))
    again = pd.Series(group.to_numpy() * max(len(records), 1) + work["row"].to_numpy()).duplicated()
    seen = work.assign(group=group)[~again.to_numpy(dtype=np.bool_)]
    counts = seen.groupby("group").agg(
        n=("row", "size"), source=("source", "first"), severity=("severity", "first")
    )
    share = np.where(counts["severity"] == "info", _SYSTEMATIC_INFO, _SYSTEMATIC)
    many = counts[(counts["n"] >= _AT_LEAST) & (counts["n"] > sizes[counts["source"]] * share)]
    table = table.assign(source=place)
    if not len(many):
        return table.assign(once=False)
    hit = group.isin(many.index).to_numpy(dtype=np.bool_)
    once = table[hit].assign(group=group[hit]).sort_values("row", kind="stable").drop_duplicates("group")
    said = many["n"].reindex(once["group"]).astype("int64").astype("str").to_numpy()
    once = once.assign(raw=None, proposal=None, confidence=np.nan, detail=said, once=True)
    frames = [once.drop(columns="group"), table[~hit].assign(once=False)]
    return pd.concat([f for f in frames if len(f)], ignore_index=True)


def _placed(table: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """The findings with source, record, file and line, in order; those of a column have row 0."""
    at = table["row"].to_numpy(dtype=np.int64)
    once = table["once"].to_numpy(dtype=np.bool_)
    table = table.assign(at=np.where(once, -1, at) + (table["source"] * len(records)))
    order = np.argsort(_key(table, ("field", "code"), "at"), kind="stable")
    table, at, once = table.take(order).reset_index(drop=True), at[order], once[order]
    for name in ("source", "file"):
        table[name] = picked(texts(records[name]), at)
    table["record_id"] = picked(texts(records["record_id"]), np.where(once, -1, at))
    table["row"] = np.where(once, 0, records["row"].to_numpy(dtype=np.int64)[at])
    return _tied(table).drop(columns=["at", "once"])


def _tied(table: pd.DataFrame) -> pd.DataFrame:
    """Findings of one record, field and code in the order of what was read and is proposed."""
    key = pd.Series(_key(table, ("field", "code"), "at"))
    several = np.flatnonzero(key.duplicated(keep=False))
    if not len(several):
        return table
    part = table.take(several).assign(key=key.to_numpy()[several])
    order = np.arange(len(table))
    part.index = pd.Index(several)
    order[several] = part.sort_values(["key", "raw", "proposal"], kind="stable").index.to_numpy()
    return table.take(order).reset_index(drop=True)

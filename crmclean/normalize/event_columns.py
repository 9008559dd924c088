"""Columns of raw event tables become columns of values, each distinct text read once.

What was noticed is collected in `Notes`, with the rows on which it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmclean.issues import severity_of
from crmclean.normalize.date import normalize_date
from crmclean.normalize.date_order import date_order_of
from crmclean.normalize.time import has_offset, normalize_time
from crmclean.tables import ISSUES, Issues
from crmclean.values import Cleaned, Finding

__all__ = ["Notes", "column_of", "date_columns", "read_column", "text_column", "time_columns", "time_zones"]

T = TypeVar("T")
Reader = Callable[[str], Cleaned[T]]
Findings = tuple[Finding, ...]
Codes = NDArray[np.intp]
_OURS = r"[1-9]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ"


class Notes:
    """Findings of a table, collected column by column.

    Args:
        raw: The raw table, index 0 to n - 1.
        record: Column that names the row in issues.csv.
    """

    def __init__(self, raw: pd.DataFrame, record: str) -> None:
        places = {"source": "source", "record_id": record, "file": "file", "row": "row"}
        self._places = pd.DataFrame({name: column_of(raw, column) for name, column in places.items()})
        self._places["row"] = pd.to_numeric(self._places["row"]).fillna(0).astype("int64")
        self._frames: list[pd.DataFrame] = []

    def add(self, field: str, codes: Codes, texts: Sequence[str], found: Sequence[Findings]) -> None:
        """Errors and warnings of a column; what is merely worth knowing is left out.

        Args:
            field: Column.
            codes: Per row the number of its text, -1 where there is none.
            texts: The distinct texts.
            found: What was noticed about each.
        """
        flat = [
            (at, f.code, texts[at], f.proposal, f.confidence, f.detail)
            for at, group in enumerate(found)
            for f in group
            if severity_of(f.code) != "info"
        ]
        if flat:
            table = pd.DataFrame(flat, columns=["at", "code", "raw", "proposal", "confidence", "detail"])
            rows = self._places.assign(at=codes).merge(table, on="at").drop(columns="at")
            self._frames.append(rows.assign(field=field))

    def add_file(self, file: str, code: str, field: str, *, detail: str | None = None) -> None:
        """A finding about a whole file."""
        found = {"file": file, "code": code, "field": field, "row": 0, "detail": detail}
        self._frames.append(pd.DataFrame([found]))

    def table(self) -> Issues:
        """The issues table, in the order of file and row."""
        if not self._frames:
            return ISSUES.empty()
        notes = ISSUES.check(pd.concat([ISSUES.check(frame) for frame in self._frames], ignore_index=True))
        notes["severity"] = notes["code"].map(severity_of)
        ordered = notes.sort_values(["file", "row", "field", "code", "raw"], kind="stable")
        return ISSUES.check(ordered.reset_index(drop=True))


def column_of(raw: pd.DataFrame, name: str) -> pd.Series[Any]:
    """The column, empty where the table has none of that name."""
    if name in raw.columns:
        return raw[name]
    return pd.Series(np.full(len(raw), None, dtype=object), index=raw.index, dtype="str")


def read_column(
    raw: pd.DataFrame, name: str, reader: Reader[T], notes: Notes, codes: Mapping[str, str] | None = None
) -> list[T | None]:
    """The values of a column, one per row, each distinct text read once.

    Args:
        raw: The raw table.
        name: Column.
        reader: Value function.
        notes: Takes what was noticed; placeholders are as good as empty.
        codes: Issue codes that are reported as another one.
    """
    rows, uniques = pd.factorize(column_of(raw, name))
    texts = [str(u) for u in uniques]
    cleaned = [reader(text) for text in texts]
    notes.add(name, rows, texts, [_worth_noting(c.issues, codes or {}) for c in cleaned])
    values: list[T | None] = [*(c.value for c in cleaned), None]
    return [values[row] for row in rows.tolist()]


def _worth_noting(issues: Findings, codes: Mapping[str, str]) -> Findings:
    kept = (f for f in issues if f.code not in {"empty", "placeholder"})
    return tuple(replace(f, code=codes.get(f.code, f.code)) for f in kept)


def text_column(values: Sequence[object]) -> pd.Series[Any]:
    """A text column of these values, None being missing."""
    return pd.Series(np.array([*values, None], dtype=object)[:-1], dtype="str")


def date_columns(raw: pd.DataFrame, names: Sequence[str], notes: Notes) -> dict[str, pd.Series[Any]]:
    """The columns with ISO dates."""
    found = {}
    for name in names:
        order = date_order_of(column_of(raw, name).dropna().unique().tolist())
        reader: Reader[str] = partial(normalize_date, order=order, kind="event")
        values: list[str | None] = read_column(raw, name, reader, notes)
        found[name] = text_column(values)
    return found


def time_zones(raw: pd.DataFrame, names: Sequence[str], timezone: str, notes: Notes) -> pd.Series[Any]:
    """The zone per row in which times without one are read.

    A file whose times with an offset all say UTC was written by a system that keeps UTC: its
    other times are UTC too. Else the zone is the given one.
    """
    files = column_of(raw, "file").fillna("")
    zones = pd.Series(timezone, index=raw.index, dtype="str")
    for file in files.unique():
        rows = files.eq(file)
        distinct = [column_of(raw, name)[rows].dropna().unique() for name in names]
        usual = sum(int(_usual(pd.Series(part, dtype="str")).sum()) for part in distinct)
        texts = [str(t) for part in distinct for t in part[~_usual(pd.Series(part, dtype="str")).to_numpy()]]
        offsets = [t for t in texts if has_offset(t)]
        if (usual or offsets) and len(offsets) < len(texts) and all(map(_is_utc, offsets)):
            zones[rows] = "UTC"
            notes.add_file(str(file), "time_zone_of_file", names[0])
    return zones


def _usual(column: pd.Series[Any]) -> pd.Series[bool]:
    """Which texts are times as we write them ourselves: 2024-05-01T09:00:00Z, days that every month has."""
    return column.str.fullmatch(_OURS, na=False).astype(bool)


def _is_utc(text: str) -> bool:
    return text.rstrip().upper().endswith(("Z", "UTC", "GMT", "+00:00", "+0000", "+00", "-00:00"))


def time_columns(
    raw: pd.DataFrame,
    names: Sequence[str],
    zones: pd.Series[Any],
    notes: Notes,
    codes: Mapping[str, str] | None = None,
) -> dict[str, pd.Series[Any]]:
    """The columns with ISO times in UTC; `codes` as in `read_column`."""
    return {name: _times(raw, name, zones, notes, codes) for name in names}


def _times(
    raw: pd.DataFrame, name: str, zones: pd.Series[Any], notes: Notes, codes: Mapping[str, str] | None
) -> pd.Series[Any]:
    column = column_of(raw, name)
    done = _usual(column)  # as we write it: the usual case of a log, read as a column
    found = column.where(done).astype("str")
    column = column.mask(done)
    order = date_order_of(column.dropna().unique().tolist())
    for zone in sorted(zones[column.notna()].unique()):
        part = pd.DataFrame({name: column.where(zones.eq(zone))})
        reader: Reader[str] = partial(normalize_time, timezone=str(zone), order=order)
        values: list[str | None] = read_column(part, name, reader, notes, codes)
        found = found.fillna(text_column(values))
    return found

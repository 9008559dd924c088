"""Distinct values of columns, and the way back from them to the rows.

The stage calls value functions once per distinct value. `distinct` finds them, `notes_of` turns what
was noticed about them into one row per record and finding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmclean.fields import base_field
from crmclean.normalize.records_arrow import picked
from crmclean.values import Finding

__all__ = [
    "Distinct",
    "Ints",
    "columns_of",
    "distinct",
    "first_cell",
    "joined",
    "joined_cells",
    "notes_of",
    "take_text",
]

Ints = NDArray[np.int64]
_SKIP = frozenset({"empty"})


@dataclass(frozen=True, slots=True)
class Distinct:
    """The distinct tuples of some columns.

    Args:
        codes: Per row the number of its tuple; -1 where all columns are missing.
        values: The tuples; missing cells are None.
    """

    codes: Ints
    values: list[tuple[str | None, ...]]


def columns_of(frame: pd.DataFrame, field: str) -> list[str]:
    """The columns of a field and its numbered twins, in order: email, email_2."""
    return [str(c) for c in frame.columns if base_field(str(c)) == field]


def distinct(frame: pd.DataFrame, columns: Sequence[str]) -> Distinct:
    """The distinct tuples of the columns; columns that the frame lacks count as missing.

    The numbering depends on the order of the rows; what is taken back by it does not.
    """
    n = len(frame)
    present = np.zeros(n, dtype=bool)
    codes: Ints = np.zeros(n, dtype=np.int64)
    parts: list[tuple[Ints, list[str]] | None] = []
    for name in columns:
        if name not in frame.columns:
            parts.append(None)
            continue
        column, uniques = pd.factorize(frame[name])
        column = column.astype(np.int64)
        present |= column >= 0
        parts.append((column, uniques.to_numpy(dtype=object).tolist()))
        codes = _dense(codes * (len(uniques) + 1) + column + 1)
    codes = np.where(present, codes, -1)
    codes, kept = pd.factorize(codes)
    codes = codes.astype(np.int64)
    gap = int(np.flatnonzero(kept == -1)[0]) if (kept == -1).any() else -1
    if gap >= 0:
        codes = np.where(codes == gap, -1, np.where(codes > gap, codes - 1, codes))
    size = len(kept) - (gap >= 0)
    first = np.zeros(size, dtype=np.int64)
    rows = np.flatnonzero(codes >= 0)
    first[codes[rows][::-1]] = rows[::-1]
    cells = [_cells(part, first) for part in parts]
    return Distinct(codes, list(zip(*cells, strict=True)) if size else [])


def _dense(codes: Ints) -> Ints:
    return pd.factorize(codes)[0].astype(np.int64)


def _cells(part: tuple[Ints, list[str]] | None, rows: Ints) -> list[str | None]:
    if part is None:
        return [None] * len(rows)
    column, uniques = part
    return [uniques[c] if c >= 0 else None for c in column[rows].tolist()]


def joined(values: Sequence[tuple[str | None, ...]]) -> list[str]:
    """The raw text of each tuple: its cells joined by a vertical bar, missing cells left out."""
    return list(map(joined_cells, values))


def joined_cells(value: tuple[str | None, ...]) -> str:
    """The raw text of one tuple."""
    return "|".join([cell for cell in value if cell])


def first_cell(value: tuple[str | None, ...]) -> str:
    """The text of the first cell, empty where it is missing."""
    return value[0] or ""


def take_text(values: Sequence[str | None], codes: Ints) -> pd.Series[Any]:
    """Text per row from text per distinct value; missing where the code is -1 or the text empty."""
    return picked(values, codes)


def notes_of(
    found: Distinct,
    findings: Sequence[tuple[Finding, ...]],
    field: str,
    raws: Sequence[str] | Callable[[tuple[str | None, ...]], str] = joined_cells,
) -> pd.DataFrame:
    """One row per record and finding: row, field, code, raw, proposal, confidence, detail.

    Args:
        found: The distinct tuples that were looked at.
        findings: What was noticed about each.
        field: Field they are about, unless the finding names its own.
        raws: Raw text of each tuple, or what makes it; asked for tuples with findings alone.
    """
    flat = [
        (
            at,
            f.field or field,
            f.code,
            raws(found.values[at]) if callable(raws) else raws[at],
            f.proposal,
            f.confidence,
            f.detail,
        )
        for at, group in enumerate(findings)
        if group
        for f in group
        if f.code not in _SKIP
    ]
    names = ["value", "field", "code", "raw", "proposal", "confidence", "detail"]
    if not flat:
        return pd.DataFrame(columns=["row", *names[1:]])
    table = pd.DataFrame(flat, columns=names)
    rows = pd.DataFrame({"value": found.codes, "row": np.arange(len(found.codes))})
    rows = rows[np.isin(found.codes, table["value"].to_numpy())]
    return rows.merge(table, on="value").drop(columns="value")

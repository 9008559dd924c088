"""Columns of a table as cells of a workbook: texts stay texts, dates become real dates.

Excel counts days from 1900 and holds 29 February 1900 for a day; dates before March 1900 and
partial dates are therefore text. Times have no zone in Excel: they are written in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from crmclean.messages import Lang, say
from crmclean.tables import TABLES

__all__ = ["Cells", "cells_of"]

Kind = Literal["text", "date", "decimal", "integer"]
_DATED = frozenset(c.name for t in TABLES for c in t.columns if c.type in {"date", "time"})
_FIRST_SAFE = 61  # 1 March 1900
_ZERO_DAY = pd.Timestamp("1899-12-30")
_MOST = 32_767  # UTF-16 units in one cell
_NOT_XML = r"[\x00-\x08\x0b\x0c\x0e-\x1f" + "\ufffe\uffff]"


@dataclass(frozen=True, slots=True)
class Cells:
    """One column ready to write.

    Args:
        name: Column of the table.
        kind: How it is written; a date column may hold texts besides.
        values: Texts, numbers (dates as Excel's day numbers) or None.
        width: Width in characters that shows most of the values.
        shortened: Number of texts that a cell cannot hold whole.
    """

    name: str
    kind: Kind
    values: list[str | float | None]
    width: int
    shortened: int = 0


def cells_of(values: pd.Series, lang: Lang) -> Cells:
    """The cells of a column, by its type: text, flag (yes or no in words), number or date."""
    name = str(values.name)
    if pd.api.types.is_bool_dtype(values.dtype):
        shown = values.map({True: say("write.yes", lang), False: say("write.no", lang)})
        return Cells(name, "text", list(shown), 5)
    if pd.api.types.is_integer_dtype(values.dtype):
        return Cells(name, "integer", list(values), 8)
    if pd.api.types.is_float_dtype(values.dtype):
        return Cells(name, "decimal", [None if pd.isna(v) else v for v in values.round(6).tolist()], 9)
    texts = values.astype("str")
    if name in _DATED:
        return Cells(name, "date", _days(texts), 16 if texts.str.contains("T", regex=False).any() else 11)
    cleaned, shortened = _held(texts)
    width = _width(cleaned)
    return Cells(
        name, "text", [v if isinstance(v, str) else None for v in cleaned.tolist()], width, shortened
    )


def _days(texts: pd.Series) -> list[str | float | None]:
    """Excel's number of the day and time; the text where it has none."""
    distinct = pd.Series(texts.dropna().unique(), dtype="str")
    whole = distinct.where(distinct.str.fullmatch(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?)?"))
    times = pd.to_datetime(whole, format="ISO8601", errors="coerce", utc=True).dt.tz_localize(None)
    numbers = (times - _ZERO_DAY) / pd.Timedelta(days=1)
    known: dict[str, str | float] = {
        text: number if number >= _FIRST_SAFE else text
        for text, number in zip(distinct.tolist(), numbers.tolist(), strict=True)
    }
    return [known.get(text) if isinstance(text, str) and text else None for text in texts.tolist()]


def _held(texts: pd.Series) -> tuple[pd.Series, int]:
    """The texts without characters that no workbook may hold, cut to what a cell holds."""
    if texts.str.contains(_NOT_XML, regex=True).any():
        texts = texts.str.replace(_NOT_XML, "", regex=True)
    rich = texts.str.startswith("<r>", na=False) & texts.str.endswith("</r>", na=False)
    if rich.any():  # the writer takes such a text for markup of its own; a blank in front keeps it a text
        texts = texts.where(~rich, " " + texts)
    long = texts.str.len() > _MOST // 2
    if not long.any():
        return texts, 0
    held = texts.copy()
    held[long] = texts[long].map(_cut)
    return held, int((held[long] != texts[long]).sum())


def _cut(text: str) -> str:
    units = text.encode("utf-16-le")
    if len(units) <= 2 * _MOST:
        return text
    return units[: 2 * (_MOST - 1)].decode("utf-16-le", "ignore") + "…"


def _width(texts: pd.Series) -> int:
    lengths = texts.str.len().dropna()
    return min(int(float(lengths.quantile(0.95))), 60) + 2 if len(lengths) else 4

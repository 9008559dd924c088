"""Columns of a table as cells of a workbook: texts stay texts, dates become real dates.

Excel counts days from 1900 and holds 29 February 1900 for a day; dates before March 1900 and
partial dates are therefore text. Times have no zone in Excel: they are written in UTC. Each distinct
value is looked at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from crmclean.messages import Lang, say
from crmclean.tables import TABLES
from crmclean.write.spliced import Ints, coded

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
        codes: Position in `distinct` of each row's value; -1: an empty cell.
        distinct: Texts and numbers (dates as Excel's day numbers).
        width: Width in characters that shows most of the values.
        shortened: Number of texts that a cell cannot hold whole.
    """

    name: str
    kind: Kind
    codes: Ints
    distinct: Sequence[str | float]
    width: int
    shortened: int = 0

    @property
    def values(self) -> list[str | float | None]:
        """The value of each row, None for an empty cell."""
        listed = [*self.distinct, None]
        return [listed[code] for code in self.codes.tolist()]


def cells_of(values: pd.Series, lang: Lang) -> Cells:
    """The cells of a column, by its type: text, flag (yes or no in words), number or date."""
    name = str(values.name)
    if pd.api.types.is_bool_dtype(values.dtype):
        words = [say("write.no", lang), say("write.yes", lang)]
        return Cells(name, "text", values.to_numpy(dtype=np.int64), words, 5)
    if pd.api.types.is_integer_dtype(values.dtype):
        codes, numbers = pd.factorize(values.to_numpy())
        return Cells(name, "integer", codes.astype(np.int64), numbers.tolist(), 8)
    if pd.api.types.is_float_dtype(values.dtype):
        codes, numbers = pd.factorize(values.to_numpy(dtype=float).round(6))
        return Cells(name, "decimal", codes.astype(np.int64), numbers.tolist(), 9)
    codes, distinct = coded(values.astype("str"))
    texts = pd.Series(pd.array(distinct.to_pylist(), dtype="str"))
    if name in _DATED:
        width = 16 if texts.str.contains("T", regex=False).any() else 11
        empty = np.append((texts == "").to_numpy(dtype=bool), False)
        return Cells(name, "date", np.where(empty[codes], -1, codes), _days(texts), width)
    held, cut = _held(texts)
    shortened = int(np.append(cut, False)[codes].sum())
    return Cells(name, "text", codes, held.tolist(), _width(held, codes), shortened)


def _days(texts: pd.Series) -> list[str | float]:
    """Excel's number of the day and time; the text where it has none."""
    whole = texts.where(texts.str.fullmatch(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?)?"))
    times = pd.to_datetime(whole, format="ISO8601", errors="coerce", utc=True).dt.tz_localize(None)
    numbers = (times - _ZERO_DAY) / pd.Timedelta(days=1)
    return [
        number if number >= _FIRST_SAFE else text
        for text, number in zip(texts.tolist(), numbers.tolist(), strict=True)
    ]


def _held(texts: pd.Series) -> tuple[pd.Series, np.ndarray]:
    """The texts without characters that no workbook may hold, cut to what a cell holds; which were cut."""
    if texts.str.contains(_NOT_XML, regex=True).any():
        texts = texts.str.replace(_NOT_XML, "", regex=True)
    rich = texts.str.startswith("<r>", na=False) & texts.str.endswith("</r>", na=False)
    if rich.any():  # the writer takes such a text for markup of its own; a blank in front keeps it a text
        texts = texts.where(~rich, " " + texts)
    long = texts.str.len() > _MOST // 2
    if not long.any():
        return texts, np.zeros(len(texts), dtype=bool)
    held = texts.copy()
    held[long] = texts[long].map(_cut)
    return held, (held != texts).to_numpy(dtype=bool)


def _cut(text: str) -> str:
    units = text.encode("utf-16-le")
    if len(units) <= 2 * _MOST:
        return text
    return units[: 2 * (_MOST - 1)].decode("utf-16-le", "ignore") + "…"


def _width(texts: pd.Series, codes: Ints) -> int:
    """Width that holds all but the longest twentieth of the cells."""
    if not (codes >= 0).any():
        return 4
    lengths = pd.Series(texts.str.len().to_numpy()[codes[codes >= 0]])
    return min(int(float(lengths.quantile(0.95))), 60) + 2

"""Cells become text, columns become a frame of text: what all formats share.

Numbers that are whole lose their ``.0`` (spreadsheets know no integers), dates become ISO text,
truth values ``true`` and ``false``; nothing, NaN and the empty text are missing.
"""

from __future__ import annotations

import datetime as dt
import decimal
import math
import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.read.bytes_of import begins
from crmclean.text.spreadsheet import unguard

__all__ = ["cell_text", "text_frame", "unguarded"]

_STR = pd.StringDtype(na_value=np.nan)


def cell_text(value: object) -> str | None:  # noqa: PLR0911  a table of types, one line each
    """The text of one cell, None where it is empty.

    Example:
        >>> cell_text(1067.0), cell_text("01067"), cell_text(dt.datetime(2024, 5, 1))
        ('1067', '01067', '2024-05-01')
    """
    if isinstance(value, str):
        return value or None
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (float, np.floating)):
        return _number(float(value))
    if isinstance(value, decimal.Decimal):
        return format(value, "f") if value.is_finite() else None
    if isinstance(value, (dt.datetime, dt.date, dt.time, dt.timedelta, np.datetime64)):
        return _moment(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).decode("utf-8", "replace") or None
    if isinstance(value, (int, np.integer, uuid.UUID)):
        return str(value)
    return str(value) or None


def _number(value: float) -> str | None:
    """Whole numbers without a fraction, others with at most 15 digits, as Excel shows them."""
    if not math.isfinite(value):
        return None
    if value == int(value) and abs(value) < 1e21:
        return str(int(value))
    return format(value, ".15g")


def _moment(value: dt.datetime | dt.date | dt.time | dt.timedelta | np.datetime64) -> str | None:
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else _moment(pd.Timestamp(value).to_pydatetime(warn=False))
    if isinstance(value, dt.datetime):
        if value.time() == dt.time(0) and value.tzinfo is None:
            return value.date().isoformat()
        return value.isoformat()
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    seconds = int(value.total_seconds())
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"


def text_frame(
    names: Sequence[str], columns: Sequence[pa.ChunkedArray | Sequence[str | None]]
) -> pd.DataFrame:
    """A frame of text columns; empty cells are missing.

    Args:
        names: Unique column names.
        columns: As many Arrow text columns or lists; in lists the empty text counts as missing.
    """
    if not names:
        return pd.DataFrame()
    arrays = {name: _strings(column) for name, column in zip(names, columns, strict=True)}
    return pd.DataFrame(arrays, columns=list(names))


def _strings(column: pa.ChunkedArray | Sequence[str | None]) -> Any:
    if not isinstance(column, (pa.ChunkedArray, pa.Array)):
        column = _arrow_text(column)
    return _STR.__from_arrow__(column)  # type: ignore[attr-defined]  # the stubs lack pandas' own protocol


def _arrow_text(cells: Sequence[str | None]) -> pa.Array:
    try:
        array = pa.array(cells, type=pa.large_string())
    except UnicodeEncodeError:
        array = pa.array([_whole(cell) for cell in cells], type=pa.large_string())
    return pc.if_else(pc.equal(array, ""), pa.scalar(None, pa.large_string()), array)


def _whole(cell: str | None) -> str | None:
    """Half of a surrogate pair becomes the replacement character: UTF-8 cannot hold it."""
    return None if cell is None else cell.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def unguarded(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with cells such as ``="01067"`` as the text they protect from spreadsheets; see `unguard`."""
    plain: dict[str, pd.Series] = {}
    for name in frame.columns:
        cells = frame[name]
        if not begins(cells, b"='"):
            continue
        marked = cells.str.startswith(_GUARDS).fillna(False).to_numpy(dtype=bool)
        if marked.any():
            plain[str(name)] = cells.where(~marked, cells[marked].map(unguard))
    return frame.assign(**plain) if plain else frame


_GUARDS = ('="', "'")

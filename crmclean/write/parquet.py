"""Tables to Parquet with declared types: dates and times are real ones, missing is null.

A column of dates becomes date32 where every value is a whole date, times become UTC timestamps where
all can be read as such; a column with one partial date (``1980-05``) stays text, so that
nothing is lost. Numbers, flags and texts keep their type.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from crmclean.schema import ColumnType, Table
from crmclean.tables import TABLES

__all__ = ["arrow_table", "write_parquet"]

_TYPES: dict[str, ColumnType] = {column.name: column.type for table in TABLES for column in table.columns}
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?Z?)?$"


def write_parquet(frame: pd.DataFrame, target: Path | str, table: Table[Any] | None = None) -> None:
    """Writes the frame; its index is not written. The same frame gives the same bytes.

    Args:
        frame: Any frame.
        target: File to write, replaced if it exists.
        table: Its declaration; None: by the names of its columns, as all tables declare them.
    """
    pq.write_table(arrow_table(frame, table), target, compression="zstd")


def arrow_table(frame: pd.DataFrame, table: Table[Any] | None = None) -> pa.Table:
    """The frame as Arrow columns of declared types."""
    types = _TYPES if table is None else {column.name: column.type for column in table.columns}
    names = [str(name) for name in frame.columns]
    columns = [_column(frame.iloc[:, at], types.get(name, "text")) for at, name in enumerate(names)]
    return pa.table(columns, names=names)


def _column(values: pd.Series, declared: ColumnType) -> pa.Array:
    if pd.api.types.is_bool_dtype(values.dtype):
        return pa.array(values.to_numpy(dtype=bool))
    if pd.api.types.is_numeric_dtype(values.dtype):
        return pa.Array.from_pandas(values)
    texts = pa.Array.from_pandas(values.astype("str"), type=pa.string())
    if declared == "date" and _all(texts, _DATE):
        return _cast(texts, pa.date32())
    if declared == "time" and _all(texts, _TIME):
        day = pc.match_substring_regex(texts, _DATE)
        full = pc.if_else(day, pc.binary_join_element_wise(texts, "T00:00:00", ""), texts)
        bare = pc.replace_substring_regex(full, "Z$", "")
        return _cast(bare, pa.timestamp("s"), zone="UTC", otherwise=texts)
    return texts


def _all(texts: pa.Array, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(texts, pattern), min_count=0).as_py())


def _cast(texts: pa.Array, kind: pa.DataType, *, zone: str = "", otherwise: pa.Array = None) -> pa.Array:
    """The texts in the type; as they are where one is no day of the calendar (2024-02-31)."""
    try:
        made = pc.cast(texts, kind)
        return pc.cast(made, pa.timestamp("s", tz=zone)) if zone else made
    except pa.ArrowInvalid:
        return texts if otherwise is None else otherwise

"""Frames become rows to insert, rows become frames; open tables keep their further columns as JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from crmclean.schema import Table
from crmclean.store.statements import OPEN_COLUMNS, columns_of

__all__ = ["frame_of", "rows_of"]

CHUNK = 100_000


def rows_of(table: Table[Any], frame: pd.DataFrame) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a frame in chunks, in the order of `columns_of`; missing values are None.

    Args:
        table: The declaration; the frame is checked against it.
        frame: Its rows.
    """
    checked: pd.DataFrame = table.check(frame)
    for start in range(0, len(checked), CHUNK):
        part = checked.iloc[start : start + CHUNK]
        columns = [_values(part[name]) for name in table.names]
        if table.open:
            columns.extend(_open_values(table, part))
        yield list(zip(*columns, strict=True))


def _values(column: pd.Series[Any]) -> list[Any]:
    if column.dtype == "bool":
        column = column.astype("int64")
    missing = column.isna()
    values: list[Any] = (
        column.astype("object").where(~missing, None).tolist() if missing.any() else column.tolist()
    )
    return values


def _open_values(table: Table[Any], part: pd.DataFrame) -> list[list[Any]]:
    names = sorted(str(c) for c in part.columns if c not in set(table.names))
    columns = [_values(part[name]) for name in names]
    texts = [
        json.dumps({n: v for n, v in zip(names, row, strict=True) if v is not None}, ensure_ascii=False)
        for row in (zip(*columns, strict=True) if columns else [()] * len(part))
    ]
    if len(OPEN_COLUMNS[table.name]) == 1:
        return [texts]
    return [texts, [hashlib.blake2b(t.encode("utf-8"), digest_size=16).hexdigest() for t in texts]]


def frame_of(table: Table[Any], rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    """The frame of rows in the order of `columns_of`, checked against its declaration."""
    names = [c.name for c in columns_of(table)]
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    other = {c.name for c in table.columns if c.type in {"flag", "integer", "decimal"}}
    data = {
        name: pd.Series(list(values), dtype="object" if name in other else "str")
        for name, values in zip(names, columns, strict=True)
    }
    extra = OPEN_COLUMNS.get(table.name, ())
    frame = pd.DataFrame({name: data[name] for name in table.names})
    if extra:
        told = data[extra[0]][data[extra[0]] != "{}"]  # most rows say nothing further
        further = pd.DataFrame([json.loads(text) for text in told], index=told.index)
        further = further[sorted(further.columns)].reindex(frame.index)
        frame = pd.concat([frame, further], axis=1)
    flags = [c.name for c in table.columns if c.type == "flag"]
    frame = frame.assign(**{name: frame[name].fillna(value=0).astype("bool") for name in flags})
    numbers = [c.name for c in table.columns if c.type == "integer"]
    frame = frame.assign(**{name: frame[name].fillna(value=0).astype("int64") for name in numbers})
    checked: pd.DataFrame = table.check(frame)
    return checked

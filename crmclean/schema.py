"""How a table is declared: its columns, their types, and the check that a frame obeys them.

A declaration is written once in `tables.py`. It checks frames, makes the store's schema and the
docs page. Dates and times are ISO 8601 text (``2024-05-01``, ``2024-05-01T09:00:00Z``, always
UTC): they sort as text, survive every file format and may be partial where the source is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, Literal, TypeVar, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crmclean.errors import TableError

__all__ = [
    "Column",
    "ColumnType",
    "Table",
    "coded_rows",
    "codes_of",
    "frame_of_rows",
    "joined_rows",
    "plain_rows",
]

ColumnType = Literal["text", "date", "time", "integer", "decimal", "flag"]
DTYPES: dict[ColumnType, str] = {
    "text": "str",
    "date": "str",
    "time": "str",
    "integer": "int64",
    "decimal": "float64",
    "flag": "bool",
}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it holds and whether it may be missing.

    `required` columns must be in the frame; the others are added empty by `Table.check`.
    Text is missing as NaN (None on construction); integers, decimals and flags are filled with
    0, NaN and False.
    """

    name: str
    type: ColumnType
    doc: str
    required: bool = False


@lru_cache(maxsize=256)
def _empty(columns: tuple[Column, ...]) -> pd.DataFrame:
    """Made once: a run of a few rows asks for hundreds of empty tables."""
    return pd.DataFrame({c.name: pd.Series(dtype=DTYPES[c.type]) for c in columns})


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """A declared table.

    Args:
        name: Its name in code, store and docs.
        doc: What one row is.
        columns: In the order in which they are written.
        key: Columns that identify a row.
        open: Further text columns are kept behind the declared ones.
    """

    name: str
    doc: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    open: bool = False

    @property
    def names(self) -> list[str]:
        """The declared column names, in order."""
        return [column.name for column in self.columns]

    def empty(self) -> T:
        """A frame of this table without rows."""
        return cast("T", _empty(self.columns).copy(deep=False))

    def check(self, frame: pd.DataFrame) -> T:
        """The frame with declared columns, order and types; the input is not changed.

        Raises:
            TableError: A required column is missing, an undeclared column is there, or a column
                cannot be cast to its type.
        """
        have = set(frame.columns)
        lack = [c.name for c in self.columns if c.required and c.name not in have]
        if lack:
            raise TableError(f"table {self.name}: column {lack[0]!r} is missing")
        extra = [str(c) for c in frame.columns if c not in set(self.names)]
        if extra and not self.open:
            raise TableError(f"table {self.name}: column {extra[0]!r} is not declared")
        if self._as_declared(frame):
            return cast("T", frame.copy(deep=False).reset_index(drop=True))
        data = {c.name: self._cast(frame, c) for c in self.columns}
        for name in extra:
            data[name] = frame[name].astype("str")
        checked = pd.DataFrame(data, index=frame.index).reset_index(drop=True)
        return cast("T", checked)

    def _as_declared(self, frame: pd.DataFrame) -> bool:
        """Whether a plain frame has exactly the declared columns in their order and types."""
        plain = type(frame) is pd.DataFrame and frame.columns.dtype == "str" and not frame.attrs
        if not plain or frame.columns.name is not None or frame.columns.tolist() != self.names:
            return False
        types = zip(self.columns, frame.dtypes, strict=True)
        return all(str(dtype) == DTYPES[column.type] for column, dtype in types)

    def _cast(self, frame: pd.DataFrame, column: Column) -> pd.Series[Any]:
        dtype: Any = DTYPES[column.type]
        if column.name not in frame.columns:
            if dtype == "str":
                nothing = pa.nulls(len(frame), pa.large_string())
                return cast("pd.Series[Any]", pd.Series(nothing, index=frame.index, dtype=dtype))
            fill = {"int64": 0, "float64": float("nan"), "bool": False}.get(dtype)
            return pd.Series(fill, index=frame.index, dtype=dtype)
        values = frame[column.name]
        if str(values.dtype) == dtype:
            return values
        try:
            return values.astype(dtype)
        except (TypeError, ValueError) as error:
            raise TableError(
                f"table {self.name}: column {column.name!r} has type {values.dtype}, expected {dtype}",
            ) from error


def plain_rows(rows: pa.Table) -> pa.Table:
    """Rows of which texts are kept as codes of distinct texts, with the texts themselves."""
    return pa.table([_plain(column) for column in rows.columns], names=rows.column_names)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not pa.types.is_dictionary(column.type):
        return column
    parts = [part.dictionary.take(part.indices) for part in column.chunks]
    return pa.chunked_array(parts, type=column.type.value_type)


def frame_of_rows(rows: pa.Table) -> pd.DataFrame:
    """Coded or plain rows as a frame, text as `str`."""
    data: dict[str, Any] = {}
    for name, column in zip(rows.column_names, rows.columns, strict=True):
        plain = _plain(column)
        if plain.type == pa.large_string():
            data[name] = pd.array(plain, dtype=pd.StringDtype("pyarrow", na_value=np.nan))
        else:
            data[name] = plain.to_numpy()
    return pd.DataFrame(data, copy=False)


def coded_rows(rows: pd.DataFrame | pa.Table, names: Sequence[str] | None = None) -> pa.Table:
    """The rows of a frame with texts as codes of distinct texts: a third of the room where they repeat.

    Args:
        rows: A frame, or rows that are coded already.
        names: Only these columns.
    """
    if isinstance(rows, pa.Table):
        return rows if names is None else rows.select(names)
    frame = rows if names is None else rows[list(names)]
    columns = []
    for name in frame.columns:
        column = pa.Array.from_pandas(frame[name])
        flat = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        columns.append(flat.dictionary_encode() if pa.types.is_large_string(flat.type) else flat)
    return pa.table(columns, names=[str(name) for name in frame.columns])


def joined_rows(tables: Sequence[pa.Table]) -> pa.Table:
    """Rows of which texts are codes, one table behind the other, with the codes of one list of texts."""
    return pa.concat_tables(tables).unify_dictionaries().combine_chunks()


def codes_of(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], pa.Array]:
    """The number of each row's text, -1 where it is missing, and the distinct texts, of a coded column."""
    flat = column.combine_chunks()
    codes: NDArray[np.int64] = pc.fill_null(flat.indices, -1).to_numpy().astype(np.int64)
    return codes, flat.dictionary


def ranked_codes(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], list[str]]:
    """As `codes_of`, in the order of the texts; what is missing counts as the empty text."""
    codes, distinct = codes_of(column)
    texts = distinct.to_pylist()
    used = np.unique(codes)
    known = sorted({"" if code < 0 else texts[code] for code in used.tolist()})
    place = {text: rank for rank, text in enumerate(known)}
    rank = np.zeros(len(texts) + 1, dtype=np.int64)  # the last is that of what is missing
    rank[used] = [place["" if code < 0 else texts[code]] for code in used.tolist()]
    return rank[codes], known

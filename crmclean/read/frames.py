"""Frames become raw tables: pandas, and whatever hands out Arrow data (pyarrow, polars, duckdb).

Everything becomes text: identifiers that pandas made floats (``10503.0``) are whole again, dates
and times ISO, truth values ``true`` and ``false``. A named index is a column. Structs become
columns with dots, lists and maps JSON text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.read.cells import cell_text, text_frame
from crmclean.read.layout import name_columns
from crmclean.read.lost import lost_values
from crmclean.read.raw import ArrowFrame, RawTable
from crmclean.read.refusal import refuse

__all__ = ["arrow_columns", "read_frame"]

_SEPARATOR = "\x1f"


def read_frame(frame: pd.DataFrame | ArrowFrame, *, named: str = "") -> RawTable:
    """The cells of a frame as text.

    Args:
        frame: A pandas frame or any object with ``__arrow_c_stream__``; it is not changed.
        named: Source name that the caller gave.

    Raises:
        ReadError: The object's Arrow stream is no table.
    """
    if isinstance(frame, pd.DataFrame):
        headers, columns = _pandas(frame)
        rows = len(frame)
    else:
        table = _arrow(frame, named)
        headers, columns = arrow_columns(table)
        rows = table.num_rows
    names, remarks = name_columns(headers, len(headers))
    texts = text_frame(names, columns) if names else pd.DataFrame(index=pd.RangeIndex(rows))
    lines = np.arange(1, rows + 1, dtype=np.int64)
    findings = [*({"row": 0, **r} for r in remarks), *lost_values(texts, lines)]
    if not rows:
        findings.append({"code": "no_rows", "row": 0})
    return RawTable(
        texts, lines, "", "", named or "frame", "frame",
        sha256=_digest(texts), named=named, findings=tuple(findings),
    )  # fmt: skip


def _pandas(frame: pd.DataFrame) -> tuple[list[str], list[Sequence[str | None] | pa.ChunkedArray]]:
    headers: list[str] = []
    columns: list[Sequence[str | None] | pa.ChunkedArray] = []
    for level, name in enumerate(frame.index.names):
        if name is not None:
            headers.append(_header(name))
            columns.append(_series(pd.Series(frame.index.get_level_values(level))))
    for place, name in enumerate(frame.columns):
        headers.append(_header(name))
        columns.append(_series(frame.iloc[:, place]))
    return headers, columns


def _header(name: object) -> str:
    if isinstance(name, tuple):
        return " ".join(part for part in map(_header, name) if part)
    return cell_text(name) or ""


def _series(column: pd.Series) -> Sequence[str | None] | pa.ChunkedArray:
    """The texts of a column: text goes over as it is, of other values each distinct one once."""
    if isinstance(column.dtype, pd.StringDtype) or pd.api.types.is_object_dtype(column.dtype):
        try:
            return _arrow_text(_strings(column))
        except (pa.ArrowException, TypeError, UnicodeEncodeError):
            return [_nested(v) for v in column.tolist()]  # not (only) text
    try:
        codes, values = pd.factorize(column)
        texts = np.array([*(cell_text(v) for v in values.tolist()), None], dtype=object)
    except TypeError:  # lists and dictionaries cannot be compared
        return [_nested(v) for v in column.tolist()]
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        texts = np.array([*_moments(pd.Series(values)), None], dtype=object)
    result: list[str | None] = texts[codes].tolist()
    return result


def _moments(values: pd.Series) -> list[str | None]:
    """ISO dates where no value has a time of day, ISO times otherwise."""
    return [cell_text(v.to_pydatetime(warn=False)) for v in values]


def _strings(column: pd.Series) -> pa.ChunkedArray:
    """A text column in Arrow's form, missing cells null.

    Raises:
        ArrowException: A cell is not text (TypeError, UnicodeEncodeError likewise).
    """
    if isinstance(column.dtype, pd.StringDtype):
        array = column.array.__arrow_array__(type=pa.large_string())
    else:
        array = pa.array(column.to_numpy(), pa.large_string(), from_pandas=True)
    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])


def _nested(value: object) -> str | None:
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple, dict, set, frozenset)):
        items = sorted(map(str, value)) if isinstance(value, (set, frozenset)) else value
        return json.dumps(items, ensure_ascii=False, default=lambda v: cell_text(v) or "") if value else None
    return cell_text(value)


def _arrow(frame: ArrowFrame, named: str) -> pa.Table:
    try:
        table = frame if isinstance(frame, pa.Table) else pa.table(frame)
        table.validate(full=True)
    except (pa.ArrowException, TypeError, ValueError, KeyError) as error:
        raise refuse("frame_broken", file=named or type(frame).__name__) from error
    return table


def arrow_columns(table: pa.Table) -> tuple[list[str], list[Sequence[str | None] | pa.ChunkedArray]]:
    """Headers and text columns of an Arrow table; structs become columns with dots."""
    headers: list[str] = []
    columns: list[Sequence[str | None] | pa.ChunkedArray] = []
    while any(pa.types.is_struct(f.type) and f.type.num_fields for f in table.schema):
        table = table.flatten()
    for name, column in zip(table.column_names, table.columns, strict=True):
        headers.append(name)
        columns.append(_arrow_text(column))
    return headers, columns


def _arrow_text(column: pa.ChunkedArray) -> Sequence[str | None] | pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        column = column.cast(pa.large_string())
        return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.large_string()), column)
    if pa.types.is_integer(kind):
        return column.cast(pa.large_string())
    if pa.types.is_nested(kind):
        return [_nested(v) for v in column.to_pylist()]
    if pa.types.is_timestamp(kind):
        return _series(column.to_pandas(timestamp_as_object=False))
    distinct = column.dictionary_encode().combine_chunks() if not pa.types.is_null(kind) else column
    if pa.types.is_null(kind):
        return [None] * len(column)
    encoded = distinct.chunk(0) if isinstance(distinct, pa.ChunkedArray) else distinct
    texts = np.array([*(cell_text(v) for v in encoded.dictionary.to_pylist()), None], dtype=object)
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    result: list[str | None] = texts[codes].tolist()
    return result


def _digest(frame: pd.DataFrame) -> str:
    """SHA-256 of headers and cells, column by column: the lengths of its texts, then the texts."""
    digest = hashlib.sha256(_SEPARATOR.join(map(str, frame.columns)).encode())
    for name in frame.columns:
        chunks = pc.fill_null(_strings(frame[name]), "").chunks
        for chunk in chunks:
            digest.update(pc.binary_length(chunk).to_numpy().tobytes())
        for chunk in chunks:
            ends = np.frombuffer(chunk.buffers()[1], dtype=np.int64)[
                chunk.offset : chunk.offset + len(chunk) + 1
            ]
            if len(chunk) and ends[-1] > ends[0]:
                digest.update(memoryview(chunk.buffers()[2])[ends[0] : ends[-1]])
    return digest.hexdigest()

"""Rows of a table as one compressed block, and back: the columns of an Arrow batch.

A column that is missing in all rows is left out; texts that repeat stand once. The same rows give
the same bytes (with the same version of Arrow; with another, rows are compared instead of bytes).
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crmclean.schema import Table

__all__ = ["Hashes", "arrow_of", "content_of", "decode", "digest_of", "encode", "frame_from", "hashes_of"]

Hashes = NDArray[np.uint32]
_ARROW = {"integer": pa.int64(), "decimal": pa.float64(), "flag": pa.bool_()}
_TEXT = pa.large_string()
# a block is small: handing its columns to threads of Arrow's costs more than packing them
_OPTIONS = pa.ipc.IpcWriteOptions(
    compression=pa.Codec("zstd", compression_level=1), unify_dictionaries=False, use_threads=False
)
_READ = pa.ipc.IpcReadOptions(use_threads=False)


def arrow_of(table: Table[Any], frame: pd.DataFrame) -> pa.Table:
    """A checked frame as Arrow columns; missing is null, and no data are copied where that can be."""
    kinds = {c.name: _ARROW.get(c.type, _TEXT) for c in table.columns}
    names = [str(name) for name in frame.columns]
    columns = [pa.Array.from_pandas(frame[name], type=kinds.get(name, _TEXT)) for name in names]
    return pa.table(columns, names=names)


def encode(rows: pa.Table) -> bytes:
    """The block of some rows."""
    columns, names = [], []
    for name, column in zip(rows.column_names, rows.columns, strict=True):
        if column.null_count == len(column):
            continue
        columns.append(_coded(column.combine_chunks()))
        names.append(name)
    batch = pa.record_batch(columns, names=names) if names else _without_columns(len(rows))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema, options=_OPTIONS) as writer:
        writer.write_batch(batch)
    block: bytes = sink.getvalue().to_pybytes()
    return block


def _without_columns(size: int) -> pa.RecordBatch:
    return pa.record_batch([pa.array(np.zeros(size, dtype=np.int8))], names=[""])


def _coded(column: pa.Array) -> pa.Array:
    """Texts that repeat as codes; texts that hardly do, and numbers, as they are."""
    if column.type != _TEXT:
        return column
    coded = column.dictionary_encode()
    return column if 2 * len(coded.dictionary) > len(column) else coded


def decode(
    block: bytes, names: Sequence[str] | None = None, where: Mapping[str, pa.Array] | None = None
) -> pa.Table:
    """The rows of a block, texts as texts; columns that were left out are not there.

    Args:
        block: From `encode`.
        names: Only these columns, as far as they are there; None: all.
        where: Column = texts, one of which a row must have; what does not is not unpacked further.
    """
    options = _READ
    if names is not None:
        have = pa.ipc.open_stream(block).schema.names
        wanted = [i for i, name in enumerate(have) if name in set(names)] or [0]
        options = pa.ipc.IpcReadOptions(included_fields=wanted, use_threads=False)
    rows = pa.ipc.open_stream(block, options=options).read_all()
    for name, values in (where or {}).items():
        rows = rows.filter(_among(rows[name], values)) if name in rows.column_names else rows.slice(0, 0)
    plain = [c.cast(_TEXT) if pa.types.is_dictionary(c.type) else c for c in rows.columns]
    return pa.table(plain, names=rows.column_names)


def _among(column: pa.ChunkedArray, values: pa.Array) -> pa.ChunkedArray:
    """Whether each row has one of the texts; texts that repeat are looked at once."""
    if pa.types.is_dictionary(column.type):
        coded = column.combine_chunks()
        good = np.flatnonzero(pc.is_in(coded.dictionary, value_set=values).to_numpy(zero_copy_only=False))
        return pc.is_in(coded.indices, value_set=pa.array(good, coded.indices.type))
    return pc.is_in(column if column.type == _TEXT else column.cast(_TEXT), value_set=values)


def frame_from(table: Table[Any], parts: Sequence[pa.Table]) -> pd.DataFrame:
    """The declared frame of some blocks; undeclared columns of an open table in the order of their names."""
    if not parts:
        empty: pd.DataFrame = table.empty()
        return empty
    whole = pa.concat_tables(parts, promote_options="default")
    further = sorted(set(whole.column_names) - set(table.names) - {""}) if table.open else []
    data: dict[str, Any] = {}
    for column in table.columns:
        kind = _ARROW.get(column.type, _TEXT)
        values = whole[column.name] if column.name in whole.column_names else pa.nulls(len(whole), kind)
        data[column.name] = _series(values, column.type)
    data.update({name: _series(whole[name], "text") for name in further})
    return pd.DataFrame(data, copy=False)  # the columns of the declaration, in its order and types


def _series(values: pa.Array | pa.ChunkedArray, kind: str) -> pd.Series[Any]:
    if kind in ("integer", "flag"):
        values = pc.fill_null(values, False if kind == "flag" else 0)
        return pd.Series(
            values.to_numpy(zero_copy_only=False) if isinstance(values, pa.Array) else values.to_numpy()
        )
    if kind == "decimal":
        return pd.Series(
            values.to_numpy(zero_copy_only=False) if isinstance(values, pa.Array) else values.to_numpy()
        )
    chunked = values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])
    return pd.Series(pd.array(chunked, dtype=pd.StringDtype("pyarrow", na_value=np.nan)))


def digest_of(block: bytes) -> bytes:
    """What a block is known by."""
    return hashlib.blake2b(block, digest_size=16).digest()


def content_of(rows: pa.Table) -> bytes:
    """What some rows are known by before they are made a block: equal for equal rows, a fifth of the work."""
    total = hashlib.sha256()  # many processors have it built in
    for name in sorted(rows.column_names):
        column = rows[name].combine_chunks()
        if column.null_count == len(column):
            continue
        total.update(f"{name} {len(column)} {column.null_count}\x1f".encode())
        if column.null_count:
            total.update(pc.is_null(column).cast(pa.int8()).to_numpy())
            column = column.fill_null("" if column.type == _TEXT else 0)
        if column.type != _TEXT:
            total.update(column.to_numpy(zero_copy_only=False).tobytes())
            continue
        total.update(pc.binary_length(column).to_numpy())
        ends = np.frombuffer(column.buffers()[1], dtype=np.int64)[
            [column.offset, column.offset + len(column)]
        ]
        if ends[1] > ends[0]:
            total.update(memoryview(column.buffers()[2])[ends[0] : ends[1]])
    return total.digest()[:16]


def hashes_of(values: Iterable[str]) -> Hashes:
    """A number per value, the same on every machine; different values may share one."""
    return np.fromiter((zlib.crc32(v.encode("utf-8")) for v in values), dtype=np.uint32)

"""Tables to csv, in two dialects.

`standard` is the machines' contract: comma, UTF-8 without BOM, LF, decimal point, quotes only
where a value needs them, missing is empty, nothing altered. `excel-de` is for people who open the
file by a double click in a German Excel: semicolon, BOM, CRLF, decimal comma, and the form
``="01067"`` where Excel would damage a value. Decimals have at most six places in both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.schema import frame_of_rows
from crmclean.tables import TABLES
from crmclean.write.guard import guard_texts
from crmclean.write.spliced import bytes_in
from crmclean.write.standard_output import is_standard_output, write_stdout

__all__ = ["CsvFormat", "csv_chunks", "csv_lines", "write_csv"]

CsvFormat = Literal["standard", "excel-de"]
_TEXT = pa.large_string()
_SLICE = 50_000  # rows joined at once: 20 MB of text rather than the whole file
_DATES = frozenset(c.name for t in TABLES for c in t.columns if c.type in {"date", "time"})
_FULL_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


@dataclass(frozen=True, slots=True)
class _Dialect:
    delimiter: str
    line_end: str
    start: bytes
    decimal: str
    guarded: bool


_DIALECTS: dict[CsvFormat, _Dialect] = {
    "standard": _Dialect(",", "\n", b"", ".", guarded=False),
    "excel-de": _Dialect(";", "\r\n", b"\xef\xbb\xbf", ",", guarded=True),
}


def write_csv(frame: pd.DataFrame, target: Path | str, csv_format: CsvFormat = "standard") -> None:
    """Writes the table to a file, or to standard output where the target is ``-``.

    Args:
        frame: Any table; its index is not written.
        target: File to write, replaced if it exists; ``-`` is standard output.
        csv_format: Dialect.
    """
    chunks = csv_chunks(frame, csv_format)
    if is_standard_output(target):
        write_stdout(map(bytes, chunks))
        return
    with Path(target).open("wb") as file:
        file.writelines(chunks)


def csv_chunks(
    frame: pd.DataFrame | pa.Table, csv_format: CsvFormat = "standard"
) -> Iterator[bytes | memoryview]:
    """The bytes of the csv file, piece by piece: the header first; texts may be codes."""
    dialect = _DIALECTS[csv_format]
    names = [str(name) for name in (frame.columns if isinstance(frame, pd.DataFrame) else frame.column_names)]
    header = _quoted(pa.array(names, _TEXT), dialect)
    yield dialect.start + (dialect.delimiter.join(header.to_pylist()) + dialect.line_end).encode("utf-8")
    for first in range(0, len(frame) if names else 0, _SLICE):
        yield bytes_in(_lines(_some(frame, first), dialect)).data


def _some(frame: pd.DataFrame | pa.Table, first: int) -> pd.DataFrame:
    if isinstance(frame, pd.DataFrame):
        return frame.iloc[first : first + _SLICE]
    return frame_of_rows(frame.slice(first, _SLICE))


def csv_lines(frame: pd.DataFrame, delimiter: str, line_end: str, *, guarded: bool) -> Iterator[str]:
    """The text of a csv file in any dialect, piece by piece with line ends: the header first."""
    dialect = _Dialect(delimiter, line_end, b"", ".", guarded=guarded)
    header = _quoted(pa.array([str(name) for name in frame.columns], _TEXT), dialect)
    yield delimiter.join(header.to_pylist()) + line_end
    for first in range(0, len(frame) if len(frame.columns) else 0, _SLICE):
        yield bytes_in(_lines(frame.iloc[first : first + _SLICE], dialect)).tobytes().decode("utf-8")


def _lines(frame: pd.DataFrame, dialect: _Dialect) -> pa.LargeStringArray:
    """The lines with their ends."""
    columns = [_quoted(_rendered(frame.iloc[:, i], dialect), dialect) for i in range(frame.shape[1])]
    if len(columns) == 1:  # an empty line would be skipped by readers
        only = pc.fill_null(columns[0], "")
        columns = [pc.if_else(pc.equal(only, pa.scalar("", _TEXT)), pa.scalar('""', _TEXT), only)]
    columns[-1] = _joined([columns[-1], pa.scalar("", _TEXT)], dialect.line_end)
    return _joined(columns, dialect.delimiter)


def _joined(columns: Sequence[pa.Array | pa.Scalar], between: str) -> pa.LargeStringArray:
    mark = pa.scalar(between, _TEXT)
    return pc.binary_join_element_wise(*columns, mark, null_handling="replace", null_replacement="")


def _rendered(values: pd.Series, dialect: _Dialect) -> pa.LargeStringArray:
    if pd.api.types.is_bool_dtype(values.dtype):
        yes, no = (pa.scalar(word, _TEXT) for word in ("yes", "no"))
        return pc.if_else(pa.array(values.to_numpy(dtype=bool)), yes, no)
    if pd.api.types.is_integer_dtype(values.dtype):
        return pc.cast(_array(values), _TEXT)
    if pd.api.types.is_float_dtype(values.dtype):
        return _decimals(values, dialect.decimal)
    texts = _texts(values)
    if not dialect.guarded:
        return texts
    guarded = pc.cast(guard_texts(pc.cast(texts, pa.string())), _TEXT)
    if values.name not in _DATES:
        return guarded
    # Excel takes an ISO date for the day it is; a partial one ('1980-05') it would take for another.
    return pc.if_else(pc.match_substring_regex(texts, _FULL_DATE), texts, guarded)


def _texts(values: pd.Series) -> pa.LargeStringArray:
    if isinstance(values.dtype, pd.StringDtype):
        found = _array(values)
        return found if found.type == _TEXT else pc.cast(found, _TEXT)
    return pa.array([None if pd.isna(v) else str(v) for v in values.tolist()], _TEXT)


def _array(values: pd.Series) -> pa.Array:
    array = pa.array(values, from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _decimals(values: pd.Series, decimal: str) -> pa.LargeStringArray:
    encoded = pc.dictionary_encode(pa.array(values.to_numpy(dtype=float).round(6), from_pandas=True))
    distinct, codes = encoded.dictionary.to_pylist(), encoded.indices
    texts = [f"{value:.6f}".rstrip("0").rstrip(".") for value in distinct]
    plain = ["0" if text == "-0" else text.replace(".", decimal) for text in texts]
    return pc.take(pa.array(plain, _TEXT), codes)


def _quoted(texts: pa.LargeStringArray, dialect: _Dialect) -> pa.LargeStringArray:
    marks = f'"\r\n{dialect.delimiter}'
    data = bytes_in(texts)
    if not any((data == ord(mark)).any() for mark in marks):  # told of all texts at once
        return texts
    special = pc.match_substring_regex(texts, f"[{marks}]")
    doubled = pc.replace_substring(texts, pattern='"', replacement='""')
    mark = pa.scalar('"', _TEXT)
    whole = pc.binary_join_element_wise(mark, doubled, mark, pa.scalar("", _TEXT))
    return pc.if_else(special, whole, texts)

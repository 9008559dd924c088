"""Tables to csv, in two dialects.

`standard` is the machines' contract: comma, UTF-8 without BOM, LF, decimal point, quotes only
where a value needs them, missing is empty, nothing altered. `excel-de` is for people who open the
file by a double click in a German Excel: semicolon, BOM, CRLF, decimal comma, and the form
``="01067"`` where Excel would damage a value. Decimals have at most six places in both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.tables import TABLES
from crmclean.write.guard import guard_texts
from crmclean.write.standard_output import is_standard_output, write_stdout

__all__ = ["CsvFormat", "csv_chunks", "csv_lines", "write_csv"]

CsvFormat = Literal["standard", "excel-de"]
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
        write_stdout(chunks)
        return
    with Path(target).open("wb") as file:
        file.writelines(chunks)


def csv_chunks(frame: pd.DataFrame, csv_format: CsvFormat = "standard") -> Iterator[bytes]:
    """The bytes of the csv file, piece by piece: the header first."""
    dialect = _DIALECTS[csv_format]
    header = _quoted(pa.array([str(name) for name in frame.columns], pa.string()), dialect)
    yield dialect.start + _bytes([dialect.delimiter.join(header.to_pylist())], dialect)
    for first in range(0, len(frame) if len(frame.columns) else 0, _SLICE):
        yield _bytes(_lines(frame.iloc[first : first + _SLICE], dialect), dialect)


def csv_lines(frame: pd.DataFrame, delimiter: str, line_end: str, *, guarded: bool) -> Iterator[str]:
    """The text of a csv file in any dialect, piece by piece with line ends: the header first."""
    dialect = _Dialect(delimiter, line_end, b"", ".", guarded=guarded)
    header = _quoted(pa.array([str(name) for name in frame.columns], pa.string()), dialect)
    yield delimiter.join(header.to_pylist()) + line_end
    for first in range(0, len(frame) if len(frame.columns) else 0, _SLICE):
        yield line_end.join(_lines(frame.iloc[first : first + _SLICE], dialect)) + line_end


def _bytes(lines: list[str], dialect: _Dialect) -> bytes:
    return (dialect.line_end.join(lines) + dialect.line_end).encode("utf-8")


def _lines(frame: pd.DataFrame, dialect: _Dialect) -> list[str]:
    columns = [_quoted(_rendered(frame.iloc[:, i], dialect), dialect) for i in range(frame.shape[1])]
    if len(columns) == 1:  # an empty line would be skipped by readers
        return ['""' if value in {None, ""} else str(value) for value in columns[0].to_pylist()]
    joined = pc.binary_join_element_wise(
        *columns, dialect.delimiter, null_handling="replace", null_replacement=""
    )
    return [str(line) for line in joined.to_pylist()]


def _rendered(values: pd.Series, dialect: _Dialect) -> pa.StringArray:
    if pd.api.types.is_bool_dtype(values.dtype):
        return pc.if_else(pa.array(values.to_numpy(dtype=bool)), "yes", "no")
    if pd.api.types.is_integer_dtype(values.dtype):
        return pc.cast(_array(values), pa.string())
    if pd.api.types.is_float_dtype(values.dtype):
        return _decimals(values, dialect.decimal)
    texts = _texts(values)
    if not dialect.guarded:
        return texts
    guarded = guard_texts(texts)
    if values.name not in _DATES:
        return guarded
    # Excel takes an ISO date for the day it is; a partial one ('1980-05') it would take for another.
    return pc.if_else(pc.match_substring_regex(texts, _FULL_DATE), texts, guarded)


def _texts(values: pd.Series) -> pa.StringArray:
    if isinstance(values.dtype, pd.StringDtype):
        return pc.cast(_array(values), pa.string())
    return pa.array([None if pd.isna(v) else str(v) for v in values.tolist()], pa.string())


def _array(values: pd.Series) -> pa.Array:
    array = pa.array(values, from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _decimals(values: pd.Series, decimal: str) -> pa.StringArray:
    encoded = pc.dictionary_encode(pa.array(values.to_numpy(dtype=float).round(6), from_pandas=True))
    distinct, codes = encoded.dictionary.to_pylist(), encoded.indices
    texts = [f"{value:.6f}".rstrip("0").rstrip(".") for value in distinct]
    plain = ["0" if text == "-0" else text.replace(".", decimal) for text in texts]
    return pc.take(pa.array(plain, pa.string()), codes)


def _quoted(texts: pa.StringArray, dialect: _Dialect) -> pa.StringArray:
    special = pc.match_substring_regex(texts, f'["\r\n{dialect.delimiter}]')
    if not pc.any(special).as_py():
        return texts
    doubled = pc.replace_substring(texts, pattern='"', replacement='""')
    return pc.if_else(special, pc.binary_join_element_wise('"', doubled, '"', ""), texts)

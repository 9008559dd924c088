"""Frames become tables of text."""

from __future__ import annotations

import datetime as dt
import decimal
import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from crmclean.errors import ReadError
from crmclean.read.files import Blob
from crmclean.read.frames import read_frame
from crmclean.read.parquet import read_parquet


def rows(table):
    return table.frame.fillna("").to_numpy().tolist()


def test_pandas_types_are_undone():
    """Ids that became floats are whole, dates ISO, missing values missing; the frame is unchanged."""
    frame = pd.DataFrame(
        {
            "id": [10503.0, np.nan],
            "plz": ["01067", ""],
            "am": pd.to_datetime(["2024-05-01", None]),
            "um": pd.to_datetime(["2024-05-01 13:30", None]),
            "ok": pd.array([True, None], dtype="boolean"),
            "kat": pd.Categorical(["a", None]),
            "bunt": [1, True],
        }
    )
    before = frame.copy(deep=True)
    table = read_frame(frame, named="crm")
    assert rows(table) == [
        ["10503", "01067", "2024-05-01", "2024-05-01T13:30:00", "true", "a", "1"],
        ["", "", "", "", "", "", "true"],
    ]
    assert (table.named, table.stem, table.format, table.lines.tolist()) == ("crm", "crm", "frame", [1, 2])
    assert all(isinstance(dtype, pd.StringDtype) for dtype in table.frame.dtypes)
    pd.testing.assert_frame_equal(frame, before)


def test_named_index_and_odd_labels():
    """A named index is a column; labels become text and unique."""
    frame = pd.DataFrame([["x", "y"]], columns=["a", "a"], index=pd.Index([7], name="id"))
    assert list(read_frame(frame).frame.columns) == ["id", "a", "a.2"]
    multi = pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", 1)]))
    assert list(read_frame(multi).frame.columns) == ["a 1"]


def test_arrow_tables():
    """Structs become columns with dots, lists JSON text, dictionaries their values."""
    table = pa.table(
        {
            "a": pa.array([{"b": "x", "c": 1}, None]),
            "l": pa.array([["p", "q"], None]),
            "d": pa.array(["k", "k"]).dictionary_encode(),
            "n": pa.array([decimal.Decimal("1.50"), None]),
            "t": pa.array([dt.date(2024, 5, 1), None]),
            "s": pa.array(["", "z"]),
            "v": pa.nulls(2),
        }
    )
    assert rows(read_frame(table)) == [
        ["x", "1", '["p", "q"]', "k", "1.50", "2024-05-01", "", ""],
        ["", "", "", "k", "", "", "z", ""],
    ]


def test_foreign_objects_are_refused():
    """An object that only claims to be a frame is an error."""

    class Odd:
        def __arrow_c_stream__(self, requested_schema=None):
            raise TypeError(requested_schema)

    with pytest.raises(ReadError):
        read_frame(Odd())


def test_digest_follows_the_cells():
    """Equal cells give equal digests, other cells another."""
    one, same, other = (read_frame(pd.DataFrame({"a": [v]})).sha256 for v in ("x", "x", "y"))
    assert one == same != other


def test_parquet():
    """A Parquet file reads like the frame it was written from."""
    stream = io.BytesIO()
    pd.DataFrame({"id": [1.0, np.nan], "name": ["Ida", "Ole"]}).to_parquet(stream)
    table = read_parquet(Blob(stream.getvalue(), "a.parquet", "", "0"))
    assert (rows(table), table.format) == ([["1", "Ida"], ["", "Ole"]], "parquet")
    with pytest.raises(ReadError, match="Parquet"):
        read_parquet(Blob(stream.getvalue()[:-9], "a.parquet", "", "0"))


def test_text_that_is_no_text():
    """A text column whose bytes are not UTF-8 is a damaged file, not a crash later on."""
    broken = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(b"\x00\x00\x00\x00\x02\x00\x00\x00"), pa.py_buffer(b"\xff\xff")]
    )
    table = pa.table({"Name": broken})
    stream = io.BytesIO()
    parquet.write_table(table, stream)
    with pytest.raises(ReadError, match="not a readable Parquet file"):
        read_parquet(Blob(stream.getvalue(), "a.parquet", "", "0"))
    with pytest.raises(ReadError, match="cannot be read as a frame"):
        read_frame(table)

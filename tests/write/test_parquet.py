"""Parquet: types as declared, and what cannot be one stays text."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from crmclean.tables import ORDERS
from crmclean.write import write_parquet


def test_columns_have_their_declared_types(tmp_path: Path) -> None:
    """Dates are dates, times UTC times, numbers numbers; missing is null; nothing is lost."""
    frame = pd.DataFrame(
        {
            "birth_date": ["1980-03-05", None],
            "first_seen": ["2024-05-01T09:30:00Z", "2024-05-02"],
            "postal_code": ["01067", None],
            "allowed": [True, False],
            "records": [1, 2],
            "quality": [0.5, float("nan")],
        }
    )
    write_parquet(frame, tmp_path / "x.parquet")
    table = pq.read_table(tmp_path / "x.parquet")
    kinds = {name: str(kind) for name, kind in zip(table.schema.names, table.schema.types, strict=True)}
    assert kinds == {
        "birth_date": "date32[day]", "first_seen": "timestamp[ms, tz=UTC]", "postal_code": "string",
        "allowed": "bool", "records": "int64", "quality": "double",
    }  # fmt: skip
    rows = table.to_pylist()
    assert (rows[0]["postal_code"], rows[0]["birth_date"].isoformat()) == ("01067", "1980-03-05")
    assert rows[1]["first_seen"].isoformat() == "2024-05-02T00:00:00+00:00"
    assert (rows[1]["birth_date"], rows[1]["quality"]) == (None, None)


def test_partial_and_impossible_dates_stay_text(tmp_path: Path) -> None:
    """One year alone, or 31 February: the column is text, and the value is there."""
    for value in ("1980-05", "2024-02-31"):
        write_parquet(pd.DataFrame({"birth_date": ["1980-03-05", value]}), tmp_path / "x.parquet")
        assert pq.read_table(tmp_path / "x.parquet")["birth_date"].to_pylist() == ["1980-03-05", value]


def test_a_declaration_decides(tmp_path: Path) -> None:
    """The same name can be a date here and a time there: a declared table knows which."""
    frame = ORDERS.check(pd.DataFrame({"order_id": ["1"], "source": ["erp"], "at": ["2024-05-01"]}))
    write_parquet(frame, tmp_path / "x.parquet", ORDERS)
    first = (tmp_path / "x.parquet").read_bytes()
    assert str(pq.read_schema(tmp_path / "x.parquet").field("at").type) == "date32[day]"
    write_parquet(frame, tmp_path / "x.parquet", ORDERS)
    assert (tmp_path / "x.parquet").read_bytes() == first

"""Frames as lists of plain dictionaries, and rows up to a day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from crmclean.store import Store

__all__ = ["of_customers", "plain_rows", "until"]


def plain_rows(frame: pd.DataFrame, names: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """The rows as dictionaries of plain values, missing ones left out."""
    columns = list(names or frame.columns)
    if not len(frame):
        return []
    lists = [frame[c].tolist() for c in columns]
    return [
        {n: v for n, v in zip(columns, row, strict=True) if v is not None and v == v}  # noqa: PLR0124  NaN is unlike itself
        for row in zip(*lists, strict=True)
    ]


def until(frame: pd.DataFrame, column: str, day: str) -> pd.DataFrame:
    """Rows up to the end of a day; undated ones stay."""
    return frame[frame[column].isna() | frame[column].str[:10].le(day)] if day else frame


def of_customers(
    store: Store, name: str, customers: Sequence[str], column: str = "customer_id"
) -> pd.DataFrame:
    """The rows of a table that have one of these values in a column; none for no values."""
    return store.load(name, where={column: list(customers) or [""]})

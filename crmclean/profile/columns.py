"""Figures per column: how full, how valid, how varied, which shapes, what stands out.

Outliers are cells far longer or shorter than their column (more than three interquartile ranges
outside the quartiles, Tukey's far outliers), of amounts those far out on a logarithmic scale.
Source: J. W. Tukey, Exploratory Data Analysis (1977), fences.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crmclean.fields import base_field
from crmclean.tables import Issues, Mappings, Records

__all__ = ["profile_columns"]

_KEYS = ("source", "record_id", "file", "row")
_AMOUNTS = frozenset({"revenue"})
_FEWEST = 20
"""Cells of a column below which nothing stands out."""


def profile_columns(records: Records, mappings: Mappings, issues: Issues) -> pd.DataFrame:
    """Figures per source and field.

    Args:
        records: Raw records under canonical names.
        mappings: Which column was taken for which field.
        issues: Findings of reading and normalising.

    Returns:
        source, column, field (str), rows, filled, distinct (int), completeness, uniqueness, valid
        (float, 0 to 1; valid is the share of filled cells without an error), longest (int,
        characters), outliers (int, cells), pattern (the commonest shape of the values: 9 digit, a
        letter), patterns (the three commonest with their share), top_issue (str, the commonest issue
        code with its count).
    """
    headers = mappings.dropna(subset=["field"]).drop_duplicates(["source", "field"])
    header_of = {(s, f): c for s, f, c in headers[["source", "field", "column"]].itertuples(index=False)}
    rows = [
        _figures(str(source), field, header_of, part[field], _of(issues, str(source), field))
        for source, part in records.groupby("source", sort=True)
        for field in records.columns
        if field not in _KEYS and part[field].notna().any()
    ]
    columns = [
        "source",
        "column",
        "field",
        "rows",
        "filled",
        "completeness",
        "distinct",
        "uniqueness",
        "valid",
        "longest",
        "outliers",
        "pattern",
        "patterns",
        "top_issue",
    ]
    return pd.DataFrame(rows, columns=columns)


def _of(issues: Issues, source: str, field: str) -> pd.DataFrame:
    return issues[(issues["source"] == source) & (issues["field"] == field)]


def _figures(
    source: str, field: str, header_of: dict[tuple[str, str], str], cells: pd.Series[str], found: pd.DataFrame
) -> dict[str, Any]:
    filled = cells.dropna()
    wrong = found[found["severity"] == "error"]["record_id"].nunique()
    counts = found["code"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    shapes = _shapes(filled)
    return {
        "source": source,
        "column": header_of.get((source, field), ""),
        "field": field,
        "rows": len(cells),
        "filled": len(filled),
        "completeness": round(len(filled) / max(1, len(cells)), 4),
        "distinct": int(filled.nunique()),
        "uniqueness": round(filled.nunique() / max(1, len(filled)), 4),
        "valid": round(1 - min(wrong, len(filled)) / max(1, len(filled)), 4),
        "longest": int(filled.str.len().max()) if len(filled) else 0,
        "outliers": _outliers(field, filled),
        "pattern": str(shapes.index[0]) if len(shapes) else "",
        "patterns": " | ".join(f"{shape} {share:.0%}" for shape, share in shapes.head(3).items()),
        "top_issue": f"{counts.index[0]} {counts.iloc[0]}" if len(counts) else "",
    }


def _shapes(values: pd.Series[str]) -> pd.Series[float]:
    """Shape -> share, commonest first: digits as 9, letters as a, runs shortened."""
    shapes: pd.Series[float] = (
        values.str.slice(0, 40)
        .str.replace(r"[^\W\d_]+", "a", regex=True)
        .str.replace(r"\d+", "9", regex=True)
        .value_counts(normalize=True)
        .sort_index()
        .sort_values(ascending=False, kind="stable")
    )
    return shapes


def _outliers(field: str, filled: pd.Series[str]) -> int:
    if len(filled) < _FEWEST:
        return 0
    figures = filled.str.len().to_numpy(dtype=float)
    least = 3.0
    if base_field(field) in _AMOUNTS:
        numbers = pd.to_numeric(filled.str.replace(",", ".", regex=False), errors="coerce").to_numpy(
            dtype=float
        )
        figures, least = np.log10(np.abs(numbers[np.isfinite(numbers)]) + 1), 1.0
        if len(figures) < _FEWEST:
            return 0
    low, high = np.quantile(figures, [0.25, 0.75])
    reach = 3 * max(float(high - low), least)
    return int(((figures < low - reach) | (figures > high + reach)).sum())

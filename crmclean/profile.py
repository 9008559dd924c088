"""What sources hold and how good it is: figures per column and per source.

Counts only: no value of a person leaves this stage, so that a profile may be mailed around.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crmclean.tables import Issues, Mappings, Records, Sources

__all__ = ["profile_columns", "profile_sources"]

_KEYS = ("source", "record_id", "file", "row")


def profile_columns(records: Records, mappings: Mappings, issues: Issues) -> pd.DataFrame:
    """Figures per source and field.

    Args:
        records: Raw records under canonical names.
        mappings: Which column was taken for which field.
        issues: Findings of reading and normalising.

    Returns:
        source, column, field (str), rows, filled, distinct (int), completeness, uniqueness, valid
        (float, 0 to 1; valid is the share of filled cells without an error), longest (int,
        characters), pattern (the commonest shape of the values: 9 digit, a letter), top_issue
        (str, the commonest issue code with its count).
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
        "pattern",
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
        "pattern": _pattern(filled),
        "top_issue": f"{counts.index[0]} {counts.iloc[0]}" if len(counts) else "",
    }


def _pattern(values: pd.Series[str]) -> str:
    """The commonest shape: digits as 9, letters as a, runs shortened."""
    shapes = (
        values.str.slice(0, 40)
        .str.replace(r"[^\W\d_]+", "a", regex=True)
        .str.replace(r"\d+", "9", regex=True)
        .value_counts()
        .sort_index()
        .sort_values(ascending=False, kind="stable")
    )
    return str(shapes.index[0]) if len(shapes) else ""


def profile_sources(sources: Sources, records: Records, issues: Issues) -> pd.DataFrame:
    """Figures per source.

    Returns:
        source, roles (str), rows, records (int), errors, warnings (int, findings), affected
        (float, share of records with an error), verdict (use, repair or leave_out).
    """
    kept = records.groupby("source").size()
    bad = issues[issues["severity"] == "error"]
    errors = bad.groupby("source").size()
    warnings = issues[issues["severity"] == "warning"].groupby("source").size()
    touched = bad.dropna(subset=["record_id"]).groupby("source")["record_id"].nunique()
    result = (
        sources.groupby("source", sort=True).agg(roles=("roles", "first"), rows=("rows", "sum")).reset_index()
    )
    for name, figures in (("records", kept), ("errors", errors), ("warnings", warnings)):
        result[name] = result["source"].map(figures).fillna(0).astype("int64")
    share = result["source"].map(touched).fillna(0).astype("float64") / result["records"].clip(lower=1)
    result["affected"] = share.round(4)
    result["verdict"] = np.select([share < 0.25, share < 0.75], ["use", "repair"], "leave_out")
    return result

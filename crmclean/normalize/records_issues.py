"""The issues table of the stage: one row per record and finding, systematic ones once per column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crmclean.issues import CODES
from crmclean.normalize.records_names import Names
from crmclean.tables import ISSUES, Issues

__all__ = ["issues_of"]

# From this share of a source's records on, a finding of severity info is about the column.
SYSTEMATIC = 0.5
_AT_LEAST = 20


def issues_of(records: pd.DataFrame, names: Names, notes: Sequence[pd.DataFrame]) -> Issues:
    """All findings as the issues table.

    A finding of severity info that most records of a source share is said once for the source, with
    the number of records as `detail` and row 0.

    Args:
        records: Records, index 0 to n - 1.
        names: For the records that name nobody.
        notes: Frames of `notes_of`.
    """
    filled = [n for n in notes if len(n)]
    nobody = np.ones(len(records), dtype=bool)
    nobody[names.person_rows] = False
    nobody[names.company_rows] = False
    missing = pd.DataFrame({"row": np.flatnonzero(nobody)}).assign(field="full_name", code="name_missing")
    table = pd.concat([*filled, missing], ignore_index=True) if len(missing) or filled else None
    if table is None or not len(table):
        return ISSUES.empty()
    table = table.drop_duplicates(["row", "field", "code", "raw", "proposal"])
    at = table["row"].to_numpy(dtype=np.int64)
    table["severity"] = table["code"].map({code: severity for code, (_, severity) in CODES.items()})
    for name in ("source", "record_id", "file"):
        table[name] = records[name].to_numpy()[at]
    table["position"], table["row"] = at, records["row"].to_numpy()[at]
    table = _condensed(table, records)
    table = table.sort_values(["source", "position", "field", "code", "raw", "proposal"], kind="stable")
    return ISSUES.check(table.drop(columns="position"))


def _condensed(table: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    sizes = records.groupby("source").size()
    info = table[table["severity"] == "info"]
    counts = info.groupby(["source", "field", "code"])["position"].nunique().reset_index(name="n")
    counts = counts[(counts["n"] >= _AT_LEAST) & (counts["n"] > SYSTEMATIC * counts["source"].map(sizes))]
    if not len(counts):
        return table
    marked = table.merge(counts, on=["source", "field", "code"], how="left")
    once = marked[marked["n"].notna()].drop_duplicates(["source", "field", "code"])
    once = once.assign(record_id=None, raw=None, proposal=None, confidence=np.nan, row=0, position=-1)
    once["detail"] = once["n"].astype("int64").astype("str")
    kept = marked[marked["n"].isna()]
    return pd.concat([f for f in (once, kept) if len(f)], ignore_index=True).drop(columns="n")

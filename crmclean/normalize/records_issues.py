"""The issues table of the stage: one row per record and finding, systematic ones once per column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crmclean.fields import PLACES
from crmclean.issues import CODES
from crmclean.normalize.records_names import Names
from crmclean.tables import ISSUES, Issues

__all__ = ["issues_of"]

# From this share of a source's records on a finding is about the column: info, and the others.
_SYSTEMATIC_INFO = 0.5
_SYSTEMATIC = 0.9
_AT_LEAST = 20
# A fact is missing only where the source has it at all.
_EXPECTED = {
    "street_missing": ("street", "full_address"),
    "house_number_missing": ("street", "house_number", "full_address"),
    "postcode_missing": ("postal_code", "full_address"),
    "city_missing": ("city", "full_address"),
    "name_missing": ("full_name", "given_name", "family_name", "organization"),
}


def issues_of(records: pd.DataFrame, names: Names, notes: Sequence[pd.DataFrame]) -> Issues:
    """All findings as the issues table.

    A finding that most records of a source share (half for severity info, nine of ten else) is said
    once for the source, with the number of records as `detail` and row 0. What a source does not
    have at all is not reported missing.

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
    table = table.reindex(columns=["row", "field", "code", "raw", "proposal", "confidence", "detail"])
    table = table.drop_duplicates(["row", "field", "code", "raw", "proposal"])
    at = table["row"].to_numpy(dtype=np.int64)
    table["severity"] = table["code"].map({code: severity for code, (_, severity) in CODES.items()})
    for name in ("source", "record_id", "file"):
        table[name] = records[name].to_numpy()[at]
    table["position"], table["row"] = at, records["row"].to_numpy()[at]
    table = _expected(table, records)
    if not len(table):
        return ISSUES.empty()
    table = _condensed(table, records)
    table = table.sort_values(["source", "position", "field", "code", "raw", "proposal"], kind="stable")
    return ISSUES.check(table.drop(columns="position"))


def _expected(table: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """The findings without those that miss what the source never has."""
    kept = np.ones(len(table), dtype=bool)
    for code, parts in _EXPECTED.items():
        hit = table["code"] == code
        if not hit.any():
            continue
        names = [place + part for place in PLACES for part in parts]
        filled = records[[n for n in names if n in records.columns]].notna().any(axis=1)
        having = set(records.loc[filled, "source"])
        kept &= ~(hit & ~table["source"].isin(having)).to_numpy(dtype=bool)
    return table[kept]


def _condensed(table: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    keys = ["source", "field", "code", "severity"]
    counts = table.groupby(keys)["position"].nunique().reset_index(name="n")
    share = np.where(counts["severity"] == "info", _SYSTEMATIC_INFO, _SYSTEMATIC)
    limit: pd.Series[float] = counts["source"].map(records.groupby("source").size()) * share
    counts = counts[(counts["n"] >= _AT_LEAST) & (counts["n"] > limit)]
    if not len(counts):
        return table
    marked = table.merge(counts, on=keys, how="left")
    once = marked[marked["n"].notna()].drop_duplicates(keys)
    once = once.assign(record_id=None, raw=None, proposal=None, confidence=np.nan, row=0, position=-1)
    once["detail"] = once["n"].astype("int64").astype("str")
    kept = marked[marked["n"].isna()]
    return pd.concat([f for f in (once, kept) if len(f)], ignore_index=True).drop(columns="n")

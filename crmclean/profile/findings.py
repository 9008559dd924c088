"""How old records are, and what is wrong with them most often, with examples to look up."""

from __future__ import annotations

import pandas as pd

from crmclean.tables import Issues, Parties

__all__ = ["last_change", "profile_ages", "profile_issues"]

_RANK = {"error": 0, "warning": 1, "info": 2}


def last_change(parties: Parties) -> pd.DataFrame:
    """source, record_id, changed (ISO day of the last sign of life; missing if the record tells none).

    That is the latest of its last change, its creation and its last order.
    """
    once = parties.drop_duplicates(["source", "record_id"])
    days = once[["modified_at", "created_at", "last_order"]].fillna("").apply(lambda c: c.str.slice(0, 10))
    latest = days["modified_at"]
    for name in ("created_at", "last_order"):
        latest = latest.where(latest >= days[name], days[name])
    return once[["source", "record_id"]].assign(changed=latest.where(latest != "")).reset_index(drop=True)


def profile_ages(parties: Parties) -> pd.DataFrame:
    """How many records of a source gave their last sign of life in which year.

    Returns:
        source, year (str; empty where the record says nothing), records (int), share (float).
    """
    changed = last_change(parties)
    changed["year"] = changed["changed"].str.slice(0, 4).fillna("")
    counted = changed.groupby(["source", "year"], sort=True).size().reset_index(name="records")
    counted["records"] = counted["records"].astype("int64")
    total = counted.groupby("source")["records"].transform("sum")
    return counted.assign(share=(counted["records"] / total).round(4))


def profile_issues(issues: Issues, *, examples: int = 3, values: bool = False) -> pd.DataFrame:
    """Findings per source, field and code: errors first, then the commonest.

    Args:
        issues: Findings of reading and normalising.
        examples: How many records are named.
        values: Whether the cells of these records are shown, too: personal data.

    Returns:
        source, field, code, severity (str), count (int), examples (record ids, or lines of the file,
        separated by blanks) and, with `values`, raw (their cells, separated by a bar).
    """
    columns = ["source", "field", "code", "severity", "count", "examples", *(["raw"] if values else [])]
    if not len(issues):
        return pd.DataFrame({c: pd.Series(dtype="int64" if c == "count" else "str") for c in columns})
    keys = ["source", "field", "code", "severity"]
    frame = issues[[*keys, "record_id", "row", "raw"]].copy()
    frame[keys[:2]] = frame[keys[:2]].fillna("")
    lines = frame["row"].astype("str").where(frame["row"] > 0)
    frame["examples"] = frame["record_id"].fillna(lines)
    frame = frame.sort_values([*keys, "examples", "raw"], na_position="last", kind="stable")
    counted = frame.groupby(keys, sort=True).size().reset_index(name="count")
    first = frame.dropna(subset=["examples"]).groupby(keys, sort=True).head(examples)
    named = first.groupby(keys, sort=True).agg(
        examples=("examples", " ".join), raw=("raw", lambda cells: " | ".join(cells.fillna("")))
    )
    counted = counted.merge(named.reset_index(), on=keys, how="left")
    counted[["examples", "raw"]] = counted[["examples", "raw"]].fillna("")
    order = counted["severity"].map(_RANK)
    counted = counted.assign(order=order).sort_values(
        ["order", "count", "source", "field", "code"], ascending=[True, False, True, True, True]
    )
    return counted[columns].reset_index(drop=True)

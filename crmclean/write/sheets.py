"""The sheets of the workbook, made for a steward who lives in Excel.

Words stand for codes, names beside record ids, what to look at first comes first. Ids of customers
stand at the end of a row: people read names, programs ids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.messages import Lang, say
from crmclean.schema import frame_of_rows
from crmclean.write.words import words
from crmclean.write.xlsx import Sheet

__all__ = ["result_sheets"]

_WORDED = {
    "kind": "kind",
    "salutation": "salutation",
    "band": "band",
    "severity": "severity",
    "channel": "channel",
    "purpose": "purpose",
    "field": "field",
}
_SEVERITY = ("error", "warning", "info")


def result_sheets(tables: Mapping[str, pd.DataFrame | pa.Table], lang: Lang, *, rows: int = 0) -> list[Sheet]:
    """The sheets of the workbook, for a steward: words for codes, names beside record ids.

    Args:
        tables: As for `write_result`; a missing one is an empty sheet.
        lang: Language of titles and words.
        rows: Rows taken of each table; 0: all.
    """
    makers: tuple[tuple[str, str, Callable[[pd.DataFrame, int], tuple[pd.DataFrame, int]]], ...] = (
        ("customers", "customers", partial(_last, "customer_id")),
        ("duplicates", "pairs", partial(_pairs, tables, "match")),
        ("review", "pairs", partial(_pairs, tables, "review")),
        ("findings", "issues", _findings),
        ("consents", "consent", partial(_consents, tables)),
    )
    sheets = []
    for key, stem, make in makers:
        frame, total = make(tables.get(stem, pd.DataFrame()), rows)
        shown = _worded(frame, lang)
        about, name = say(f"write.about.{key}", lang), say(f"write.sheet.{key}", lang)
        sheets.append(Sheet(name, shown, about, f"{stem}.csv", total))
    return sheets


def _cut(frame: pd.DataFrame, rows: int) -> tuple[pd.DataFrame, int]:
    """As many rows as the workbook takes, and how many there are."""
    return (frame.head(rows) if rows else frame), len(frame)


def _pairs(
    tables: Mapping[str, pd.DataFrame], band: str, pairs: pd.DataFrame, rows: int
) -> tuple[pd.DataFrame, int]:
    """The pairs of a band with the names of both records: least certain match first, likeliest review first."""
    if "band" not in pairs.columns:
        return _cut(pairs, rows)
    order = [
        c for c in ("weight", "source_l", "record_id_l", "source_r", "record_id_r") if c in pairs.columns
    ]
    upward = [band == "match" if c == "weight" else True for c in order]
    chosen = pairs[pairs["band"] == band].sort_values(order, ascending=upward, kind="stable")
    chosen, total = _cut(chosen.drop(columns="band").reset_index(drop=True), rows)
    names = _names(tables.get("parties", pd.DataFrame()), chosen)
    if names is None:
        return chosen, total
    for side in ("r", "l"):
        keys = chosen[f"source_{side}"] + ":" + chosen[f"record_id_{side}"]
        place = chosen.columns.get_loc(f"record_id_{side}")
        chosen.insert(int(str(place)) + 1, f"name_{side}", keys.map(names).astype("str"))
    return chosen, total


def _names(parties: pd.DataFrame, pairs: pd.DataFrame) -> pd.Series | None:
    """Name and firm of each record of the pairs, by source:record_id; of the person where a row names both."""
    if not {"source", "record_id", "kind"} <= set(parties.columns):
        return None
    shown = pd.concat(
        [pairs["source_l"] + ":" + pairs["record_id_l"], pairs["source_r"] + ":" + pairs["record_id_r"]]
    )
    asked = (parties["source"] + ":" + parties["record_id"]).isin(shown.drop_duplicates())
    person_first = parties[asked].sort_values(["source", "record_id", "kind"], ascending=[True, True, False])
    once = person_first.drop_duplicates(["source", "record_id"])
    names = _person_and_firm(once)
    return None if names is None else names.set_axis(once["source"] + ":" + once["record_id"])


def _person_and_firm(frame: pd.DataFrame) -> pd.Series | None:
    """'Erika Weber, Weber GmbH' for each row; what is missing is left out."""
    parts = ("given_name", "family_name", "organization")
    if not any(c in frame.columns for c in parts):
        return None
    given, family, firm = (
        frame[c].astype("str").fillna("")
        if c in frame.columns
        else pd.Series("", index=frame.index, dtype="str")
        for c in parts
    )
    return ((given + " " + family).str.strip() + ", " + firm).str.strip(" ,")


def _findings(issues: pd.DataFrame, rows: int) -> tuple[pd.DataFrame, int]:
    """Findings, errors first; the sentence stands before the value."""
    if "severity" not in issues.columns:
        return _cut(issues, rows)
    rank = issues["severity"].map({name: place for place, name in enumerate(_SEVERITY)})
    order = rank.fillna(len(_SEVERITY)).to_numpy().argsort(kind="stable")
    ordered = issues.iloc[order[:rows] if rows else order]
    first = [
        c for c in ("severity", "source", "record_id", "field", "message", "raw", "proposal") if c in issues
    ]
    return ordered[[*first, *(c for c in issues.columns if c not in first)]], len(issues)


def _consents(
    tables: Mapping[str, pd.DataFrame], consent: pd.DataFrame | pa.Table, rows: int
) -> tuple[pd.DataFrame, int]:
    """The decisions that rest on something on record, the customer's name in front, the id at the end.

    Customers of whom nothing is known have the same answer each: they fill consent.csv, not the book.
    """
    customers = tables.get("customers", pd.DataFrame())
    if isinstance(consent, pa.Table):
        consent = frame_of_rows(consent.filter(pc.is_valid(consent["since"])))
    elif "since" in consent.columns:
        consent = consent[consent["since"].notna()].reset_index(drop=True)
    consent, total = _cut(consent, rows)
    if not {"customer_id"} <= set(consent.columns) or not {"customer_id"} <= set(customers.columns):
        return consent, total
    customers = customers[customers["customer_id"].isin(consent["customer_id"])]
    names = _person_and_firm(customers)
    if names is None:
        return consent, total
    known = pd.Series(names.to_numpy(), index=customers["customer_id"].to_numpy())
    named = consent.assign(name=consent["customer_id"].map(known).astype("str"))
    first = ["name", *(c for c in consent.columns if c != "customer_id")]
    return named[[*first, "customer_id"]], total


def _last(column: str, frame: pd.DataFrame, rows: int) -> tuple[pd.DataFrame, int]:
    """The frame with a column moved to the end: people read names, programs ids."""
    frame, total = _cut(frame, rows)
    if column not in frame.columns:
        return frame, total
    return frame[[*(c for c in frame.columns if c != column), column]], total


def _worded(frame: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    groups = {c: group for c, group in _WORDED.items() if c in frame.columns}
    if "channel" in groups and "reason" in frame.columns:  # of pairs it is a sentence already
        groups["reason"] = "reason"
    changed = {column: words(group, frame[column], lang) for column, group in groups.items()}
    return frame.assign(**changed)

"""Findings of an increment: those of the touched records are made anew, those of the run anew for all."""

from __future__ import annotations

import pandas as pd

from crmclean.increment.base import Base, records_of
from crmclean.increment.reach import Reach
from crmclean.issues import CODES
from crmclean.read import ReadResult
from crmclean.tables import ISSUES, Issues

__all__ = ["findings_now"]

_CONSENT = (
    "consent_conflict",
    "consent_denial_by_merge",
    "consent_import_ignored_denial_stands",
    "consent_unknown_person",
)


def findings_now(
    stored: Issues, found: Issues, read: ReadResult, base: Base, reach: Reach, *, everybody: bool
) -> Issues:
    """All findings: stored ones that still hold, and those of this run.

    Args:
        stored: Findings of the run before.
        found: Findings of this run.
        read: What was read.
        base: All parties.
        reach: The touched customers.
        everybody: Whether consents were decided for all customers.
    """
    group = stored["code"].map({code: said[0] for code, said in CODES.items()}).fillna("")
    record = stored["source"].fillna("") + ":" + stored["record_id"].fillna("")
    lone = stored["record_id"].isna()
    own = pd.Index(reach.members["source"] + ":" + reach.members["record_id"])
    again = pd.Index(records_of(pd.concat([base.gone, base.fresh]).astype("str")).unique().to_pylist())
    delivered = stored["source"].isin(read.sources["source"]) | stored["file"].isin(read.sources["file"])
    dropped = lone & (group.eq("match") | delivered)
    dropped |= ~lone & (record.isin(again) | (record.isin(own) & group.isin(["match", "merge"])))
    consent = stored["code"].isin(_CONSENT)
    dropped |= consent if everybody else consent & record.isin(own)
    return _in_order(pd.concat([stored[~dropped], _told(found, own.union(again), everybody=everybody)]))


def _told(found: Issues, own: pd.Index, *, everybody: bool) -> pd.DataFrame:
    """The findings of this run; about consents of other customers it knows nothing."""
    if everybody:
        return found
    record = found["source"].fillna("") + ":" + found["record_id"].fillna("")
    return found[~found["code"].isin(_CONSENT) | record.isin(own)]


def _in_order(frame: pd.DataFrame) -> Issues:
    """As `joined_issues` puts them."""
    order = ["source", "record_id", "file", "row", "field", "code", "raw", "detail", "proposal"]
    frame = frame.sort_values(order, na_position="first", kind="stable")
    return ISSUES.check(frame.drop_duplicates().reset_index(drop=True))

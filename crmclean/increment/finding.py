"""Findings of an increment: those of the touched records are made anew, those of the run anew for all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.increment.base import Base, among, records_of
from crmclean.increment.reach import Reach
from crmclean.issues import CODES
from crmclean.tables import ISSUES, Issues, Sources

__all__ = ["findings_now"]

_TEXT = pa.large_string()
_CONSENT = (
    "consent_conflict",
    "consent_denial_by_merge",
    "consent_import_ignored_denial_stands",
    "consent_unknown_person",
)


def findings_now(
    stored: Issues, found: Issues, files: Sources, base: Base, reach: Reach, *, everybody: bool
) -> tuple[Issues, list[str]]:
    """The findings of all records of which one may have changed, and the keys of these records.

    Args:
        stored: Findings of the run before.
        found: Findings of this run.
        files: The files that were read.
        base: All parties.
        reach: The touched customers.
        everybody: Whether consents were decided for all customers.
    """
    group = stored["code"].map({code: said[0] for code, said in CODES.items()}).fillna("")
    matched = group.isin(["match", "merge"]).to_numpy()
    record, lone = _record(stored), stored["record_id"].isna().to_numpy()
    own = _record(reach.members).unique()
    again = records_of(pd.concat([base.gone, base.fresh]).astype("str")).unique()
    delivered = among(stored["source"], files["source"]) | among(stored["file"], files["file"])
    dropped = lone & ((group == "match").to_numpy() | delivered)
    inside = among(record, own)
    dropped |= ~lone & (among(record, again) | (inside & matched))
    dropped &= ~_of_others(stored, dropped & matched & ~among(record, again), reach)
    consent = stored["code"].isin(_CONSENT).to_numpy()
    dropped |= consent if everybody else consent & inside
    told = found if everybody else found[~found["code"].isin(_CONSENT) | among(_record(found), own)]
    keys = pa.concat_arrays([record.filter(pa.array(dropped)), _record(told)]).unique()
    kept = stored[~dropped & among(record, keys)]
    about = [_SEPARATOR.join(key.split(":", 1)) for key in keys.to_pylist()]
    return _in_order(pd.concat([kept, told], ignore_index=True)), about


def _of_others(stored: Issues, asked: np.ndarray, reach: Reach) -> np.ndarray:
    """Findings about a customer that is not touched: one of its records names somebody else, too, who is."""
    rows = np.flatnonzero(asked)
    named = stored["detail"].iloc[rows].str.extract(r"(?:^|\s)customer=(\S+)", expand=False)
    found = np.zeros(len(stored), dtype=bool)
    found[rows] = (named.notna() & ~named.isin(reach.customers)).to_numpy()
    return found


_SEPARATOR = "\x1f"


def _record(frame: pd.DataFrame) -> pa.Array:
    """source:record_id of each row; what is missing is empty."""
    parts = [pa.array(frame[name].array, _TEXT) for name in ("source", "record_id")]
    filled = [pc.fill_null(part, "") for part in parts]
    found = pc.binary_join_element_wise(*filled, pa.scalar(":", _TEXT))
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def _in_order(frame: pd.DataFrame) -> Issues:
    """As `joined_issues` puts them."""
    order = ["source", "record_id", "file", "row", "field", "code", "raw", "detail", "proposal"]
    frame = frame.sort_values(order, na_position="first", kind="stable")
    return ISSUES.check(frame.drop_duplicates().reset_index(drop=True))

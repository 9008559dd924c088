"""The change log: what a run changed of the customers, for systems that follow.

Made of what the run changed in the tables identities, members and customers. Created, merged,
split and retired speak of ids, moved of records that belong to another customer than before,
changed of primary values of customers that were there before and are still.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crmclean.tables import CHANGES, IDENTITIES, Changes, Identities

__all__ = ["changes_between", "first_changes"]

Two = tuple[pd.DataFrame, pd.DataFrame]  # rows before and after of the customers that changed
_ORDER = {
    name: place for place, name in enumerate(("created", "merged", "split", "retired", "moved", "changed"))
}


def changes_between(tables: Mapping[str, Two], run_id: str, at: str | None) -> Changes:
    """The change log of a run, sorted by customer.

    Args:
        tables: For identities, members and customers (as far as they changed) the changed rows
            before and after.
        run_id: The run.
        at: Its time.
    """
    parts = []
    gone: set[str] = set()
    if "identities" in tables:
        ids = _ids(*tables["identities"])
        gone = set(ids["customer_id"]) if "customers" in tables else set()
        parts.append(ids)
    if "members" in tables:
        parts.append(_moved(*tables["members"]))
    if "customers" in tables:
        parts.append(_changed(*tables["customers"], gone))
    parts = [part for part in parts if len(part)]
    if not parts:
        return CHANGES.empty()
    frame = pd.concat(parts, ignore_index=True).assign(run_id=run_id, at=at)
    frame["place"] = frame["change"].map(_ORDER)
    by = [name for name in ("customer_id", "place", "source", "record_id", "field") if name in frame]
    if len(parts) > 1 or not frame["customer_id"].is_monotonic_increasing:
        frame = frame.sort_values(by, kind="stable", na_position="first")
    frame = frame.drop(columns="place")
    return CHANGES.check(frame)


def first_changes(identities: Identities, at: str | None) -> Changes:
    """The change log of a run of which nothing is kept: all customers are new."""
    return changes_between({"identities": (IDENTITIES.empty(), identities)}, "", at)


def _ids(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    old = before.set_index("customer_id")
    index = pd.Index(old.index).get_indexer(pd.Index(after["customer_id"]))
    status, into = (
        pd.Series(old[c].array.take(index, allow_fill=True), after.index) for c in ("status", "merged_into")
    )
    now = after["status"]
    split = now.eq("active") & after["split_from"].notna() & status.isna()
    again = now.eq("active") & status.eq("merged")
    change = pd.Series(
        np.select(
            [
                now.eq("merged") & status.ne("merged"),
                now.eq("retired") & status.ne("retired"),
                split | again,
                now.eq("active") & (status.isna() | status.eq("retired")),
            ],
            ["merged", "retired", "split", "created"],
            default="",
        ),
        after.index,
    )
    other = after["merged_into"].where(now.eq("merged"), after["split_from"].where(split)).where(~again, into)
    frame = after.assign(change=change, other_id=other)[["change", "customer_id", "other_id", "kind"]]
    if not len(before):
        return frame[frame["change"].ne("")]
    lost = before[~before["customer_id"].isin(after["customer_id"]) & before["status"].eq("active")]
    taken_back = lost[["customer_id", "kind"]].assign(change="retired", other_id=lost["split_from"])
    return pd.concat([frame[frame["change"].ne("")], taken_back], ignore_index=True)


def _moved(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    keys = ["source", "record_id"]
    old = before.loc[before["is_primary"], [*keys, "customer_id"]].rename(columns={"customer_id": "other_id"})
    new = after.loc[after["is_primary"], [*keys, "customer_id", "kind"]]
    both = new.merge(old, on=keys)
    return both[both["customer_id"] != both["other_id"]].assign(change="moved")


def _changed(before: pd.DataFrame, after: pd.DataFrame, gone: set[str]) -> pd.DataFrame:
    keys = ["customer_id", "field"]
    if not len(before) or not len(after):
        return CHANGES.empty()
    old = before.loc[before["is_primary"], [*keys, "value"]].rename(columns={"value": "old"})
    new = after.loc[after["is_primary"], [*keys, "value"]].rename(columns={"value": "new"})
    both = old.merge(new, on=keys, how="outer")
    there = set(old["customer_id"]) & set(new["customer_id"])
    same = both["old"].eq(both["new"]) | (both["old"].isna() & both["new"].isna())
    chosen = ~same & both["customer_id"].isin(there) & ~both["customer_id"].isin(gone)
    return both[chosen].assign(change="changed")

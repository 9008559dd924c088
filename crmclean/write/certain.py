"""Which merges are certain enough to be told to the source systems: confirmed, or at or above a threshold.

Parties of one customer that a chain of such pairs joins are a group. Of a customer's groups the
largest carries its id; parties of the others are the customer's in our files and nobody's in theirs.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmclean.decisions import standing
from crmclean.tables import DECISIONS

__all__ = ["certain_groups"]

Ints = NDArray[np.int64]


def certain_groups(tables: Mapping[str, pd.DataFrame], threshold: float) -> pd.DataFrame:
    """The members with `group` (int), `leading` (its group carries the customer's id) and `together` (records in it).

    Args:
        tables: members, scores, decisions.
        threshold: Least probability of a merge that no steward confirmed.
    """
    members = tables["members"].sort_values("party").reset_index(drop=True)
    place = pd.Index(members["party"])
    pairs = _pairs(tables, threshold)
    left, right = place.get_indexer(pairs["party_l"]), place.get_indexer(pairs["party_r"])
    customer = pd.factorize(members["customer_id"])[0]
    known = (left >= 0) & (right >= 0)
    left, right = left[known], right[known]
    same = customer[left] == customer[right]
    group = _joined(len(members), left[same], right[same])
    records = members[["source", "record_id"]].assign(group=group).drop_duplicates()
    together = records["group"].value_counts()
    found = members.assign(group=group, together=pd.Series(group).map(together).to_numpy())
    ranked = found.sort_values(["together", "group"], ascending=[False, True], kind="stable")
    first = ranked.drop_duplicates("customer_id").set_index("customer_id")["group"]
    return found.assign(leading=found["customer_id"].map(first) == found["group"])


def _pairs(tables: Mapping[str, pd.DataFrame], threshold: float) -> pd.DataFrame:
    scores = tables["scores"]
    sure = scores[(scores["outcome"] == "merged") & (scores["probability"] >= threshold)]
    said = standing(DECISIONS.check(tables["decisions"]))
    columns = ["party_l", "party_r"]
    return pd.concat([sure[columns], said[said["decision"] == "same"][columns]], ignore_index=True)


def _joined(size: int, left: Ints, right: Ints) -> Ints:
    """The smallest place that each place is joined to."""
    label = np.arange(size, dtype=np.int64)
    while True:
        low = np.minimum(label[left], label[right])
        before = label.copy()
        np.minimum.at(label, left, low)
        np.minimum.at(label, right, low)
        label = label[label]
        if np.array_equal(label, before):
            return label

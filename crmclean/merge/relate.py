"""Relations between clusters become relations between customers.

Households and contact persons stay relations; nothing is merged here.
"""

from __future__ import annotations

import pandas as pd

from crmclean.tables import RELATIONS, Members, Relations

__all__ = ["relate_customers"]

SYMMETRIC = ("household", "same_name")


def relate_customers(relations: Relations, members: Members) -> Relations:
    """The relations with customer ids in place of clusters, each once.

    A cluster is named by its smallest party, so its customer is that of the party. Relations of a
    customer to itself and to clusters without a customer are dropped; relations that fall
    together add their records and join their evidence. Directed kinds (works_at, branch_of) keep
    their direction, the others have the smaller id on the left.
    """
    customer = members.set_index("party")["customer_id"]
    frame = relations.assign(left=relations["left"].map(customer), right=relations["right"].map(customer))
    frame = frame.dropna(subset=["left", "right"])
    frame = frame[frame["left"].ne(frame["right"])]
    turn = frame["kind"].isin(SYMMETRIC) & frame["left"].gt(frame["right"])
    left = frame["left"].where(~turn, frame["right"])
    frame = frame.assign(left=left, right=frame["right"].where(~turn, frame["left"]))
    key = ["left", "right", "kind"]
    counts = frame.groupby(key)["records"].sum()
    words = frame.assign(evidence=frame["evidence"].str.split()).explode("evidence")
    words = (
        words.dropna(subset="evidence")[[*key, "evidence"]].drop_duplicates().sort_values([*key, "evidence"])
    )
    evidence = words.groupby(key)["evidence"].agg(" ".join) if len(words) else pd.Series(dtype="str")
    result = counts.to_frame().join(evidence.rename("evidence")) if len(words) else counts.to_frame()
    return RELATIONS.check(result.reset_index().sort_values(key))

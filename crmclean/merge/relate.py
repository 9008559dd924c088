"""Relations between clusters become relations between customers.

Households and contact persons stay relations; nothing is merged here.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmclean.merge.columns import ranks
from crmclean.merge.rules import Ints
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
    if not len(frame):
        return RELATIONS.empty()
    keys = [ranks(frame[name]) for name in ("left", "right", "kind")]
    order = np.lexsort(keys[::-1])
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = np.any([np.diff(key[order]) != 0 for key in keys], axis=0)
    starts, frame = np.flatnonzero(begins), frame.iloc[order]
    result = frame.iloc[starts].assign(
        records=np.add.reduceat(frame["records"].to_numpy(dtype=np.int64), starts),
        evidence=_evidence(frame["evidence"], starts),
    )
    return RELATIONS.check(result)


def _evidence(texts: pd.Series[str], starts: Ints) -> pd.Series[str]:
    """The words of the evidence of each relation, sorted, each once; missing where there are none."""
    codes, distinct = pd.factorize(texts)
    words = [frozenset(str(text).split()) for text in distinct]
    joined = pd.array([" ".join(sorted(said)) or None for said in words] or [None], dtype="str")
    found = np.asarray(joined.take(codes[starts], allow_fill=True), dtype=object)
    ends = np.append(starts[1:], len(codes))
    for place in np.flatnonzero(ends - starts > 1).tolist():  # said by several pairs of clusters
        said = {word for code in codes[starts[place] : ends[place]] if code >= 0 for word in words[code]}
        found[place] = " ".join(sorted(said)) or None
    return pd.Series(found, dtype="str").set_axis(texts.index[starts])

"""The tables that matching alone and the whole run have in common: pairs, crosswalk, findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.match import Matches
from crmclean.match.codes import texts_of
from crmclean.match.explain import reason_sentences
from crmclean.merge.columns import in_order, ranks, row_order
from crmclean.messages import Lang
from crmclean.tables import ISSUES, SCORES, Issues, Members, Scores
from crmclean.text.party_keys import key_parts

__all__ = ["PAIR_COLUMNS", "crosswalk_of", "joined_issues", "pair_rows", "pairs_of"]

PAIR_COLUMNS = [
    "source_l",
    "record_id_l",
    "source_r",
    "record_id_r",
    "weight",
    "probability",
    "band",
    "reason",
]


class HasIssues(Protocol):
    """What a stage hands back."""

    @property
    def issues(self) -> Issues:
        """Its findings."""


def crosswalk_of(members: Members, excluded: pd.DataFrame) -> pd.DataFrame:
    """source, record_id, customer_id: each record once, sorted; excluded records have no customer."""
    chosen: pd.DataFrame = members[members["is_primary"]][["source", "record_id", "customer_id"]]
    if len(excluded):
        without = excluded[["source", "record_id"]].assign(customer_id=pd.Series(dtype="str"))
        chosen = pd.concat([chosen, without], ignore_index=True)
    return chosen.iloc[row_order(chosen, ["source", "record_id"])].reset_index(drop=True)


def pairs_of(matches: Matches, lang: Lang) -> pd.DataFrame:
    """The scored pairs by record, with the reason in words; each pair of records once.

    Where two records are compared as persons and as organizations, the better score stands.
    """
    frame = pair_rows(SCORES.check(matches.scores[matches.scores["band"] != "none"]), lang)
    if not in_order(frame, PAIR_COLUMNS[:4], twice=False):
        sides = [ranks(frame[name]) for name in reversed(PAIR_COLUMNS[:4])]
        order = np.lexsort([-frame["probability"].to_numpy(), *sides])
        again = np.ones(len(order), dtype=np.bool_)
        again[:1] = False
        for side in sides:
            again[1:] &= np.diff(side[order]) == 0
        frame = frame.iloc[order[~again]]
    inside = (frame["source_l"] == frame["source_r"]) & (frame["record_id_l"] == frame["record_id_r"])
    return (frame[~inside] if inside.any() else frame).reset_index(drop=True)


def pair_rows(scores: Scores, lang: Lang) -> pd.DataFrame:
    """Scores in the columns of pairs.csv, in the same order of rows."""
    columns = [*PAIR_COLUMNS, "kind", "levels"]
    if not len(scores):  # splitting no texts gives no columns
        numbers = {"weight", "probability"}
        return pd.DataFrame({c: pd.Series(dtype="float64" if c in numbers else "str") for c in columns})
    frame = pd.DataFrame(index=scores.index)
    for side in ("l", "r"):
        source, record, kind = key_parts(texts_of(scores[f"party_{side}"]))
        for name, cells in (("source", source), ("record_id", record)):
            frame[f"{name}_{side}"] = pd.Series(pd.array(cells, dtype="str"), scores.index)
    frame["weight"], frame["probability"], frame["band"] = (
        scores["weight"],
        scores["probability"],
        scores["band"],
    )
    frame["reason"] = reason_sentences(kind, scores["levels"], lang)
    kinds = kind.dictionary.take(kind.indices)  # both sides are of one
    frame["kind"] = pd.Series(pd.array(kinds, dtype="str"), scores.index)
    frame["levels"] = scores["levels"]
    return frame[columns].reset_index(drop=True)


def joined_issues(*stages: HasIssues, conflicts: Issues | None = None) -> Issues:
    """All findings in one table, in an order that no input order changes.

    A finding about a record names the record and no line: lines move when a file is sorted anew.
    The same finding is there once, though a run may carry it on and make it anew.
    """
    parts = [stage.issues for stage in stages] + ([] if conflicts is None else [conflicts])
    filled = [part for part in parts if len(part)]
    if not filled:
        return ISSUES.empty()
    frame = pd.concat(filled, ignore_index=True)
    frame["row"] = frame["row"].where(frame["record_id"].isna(), 0)
    key = _issue_keys(frame, _PLACED_BY)
    order = np.argsort(key, kind="stable")
    twins = _equal(key[order])  # few: only they are ordered by their texts, and can be told twice
    some = frame.iloc[order[twins]]
    texts = _issue_keys(some, _TOLD_BY)
    turned = np.lexsort([texts, key[order[twins]]])
    order[twins] = order[twins][turned]
    kept = np.ones(len(order), dtype=np.bool_)
    kept[twins] = ~some.iloc[turned].duplicated().to_numpy()
    return ISSUES.check(frame.iloc[order[kept]].reset_index(drop=True))


_PLACED_BY = ("source", "record_id", "file", "row", "field", "code")
_TOLD_BY = ("raw", "detail", "proposal")
Ints = npt.NDArray[np.int64]


def _equal(key: Ints) -> Ints:
    """The places of sorted numbers that are equal to one beside them."""
    same = np.diff(key) == 0
    return np.flatnonzero(np.r_[False, same] | np.r_[same, False])


def _issue_keys(frame: pd.DataFrame, names: Sequence[str]) -> Ints:
    """A number per finding by which findings sort; missing values come first."""
    key = np.zeros(len(frame), dtype=np.int64)
    for name in names if len(frame) else ():
        place = frame[name].to_numpy() if name == "row" else ranks(frame[name]) + 1
        width = int(place.max()) + 1
        if int(key.max()) >= 2**62 // width:
            key = np.unique(key, return_inverse=True)[1]
        key = key * width + place
    return key

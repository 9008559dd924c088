"""Matching anew where a steward's word touches the clusters, and nowhere else.

The word is heard by the whole matching, so that the next run agrees; of what it finds only the
clusters of the parties concerned are taken over, and those that they meet there. What else would
come out otherwise (a newer program, other settings) waits for the next run over files.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from crmclean.match import Matches
from crmclean.normalize.admission import Admitted
from crmclean.normalize.records import Normalized
from crmclean.store import Store
from crmclean.tables import (
    CLUSTERS,
    ISSUES,
    RELATIONS,
    SCORES,
    Addresses,
    Clusters,
    Contacts,
    Parties,
)

__all__ = ["confined", "stored_parties"]

_KEPT_OUT = ("record_excluded", "purchased_notice")


def stored_parties(store: Store) -> tuple[Normalized, Admitted]:
    """The parties of the run before, as normalising and admission left them."""
    normal = Normalized(
        Parties(store.load("parties")),
        Contacts(store.load("contacts")),
        Addresses(store.load("addresses")),
        ISSUES.empty(),
    )
    issues = store.load("issues")
    found = ISSUES.check(issues[issues["code"].isin(_KEPT_OUT)])
    out = found[found["code"] == "record_excluded"]
    excluded = pd.DataFrame({"source": out["source"], "record_id": out["record_id"], "reason": out["detail"]})
    return normal, Admitted(normal, excluded.reset_index(drop=True), found)


def confined(found: Matches, store: Store, within: Iterable[str]) -> Matches:
    """What matching found for these parties and whomever they meet; for all others what is stored.

    Args:
        found: The matching of all parties.
        store: Clusters and scores of the run before.
        within: Parties that a word is about.
    """
    before = Clusters(store.load("clusters"))
    new = found.clusters.set_index("party")["cluster"]
    old = before.set_index("party")["cluster"].reindex(new.index)
    old = old.where(old.notna(), new)
    touched = _closed(old, new, within)
    final = new.where(touched, old)
    scores = store.load("scores")
    inside = pd.Index(final.index[touched])
    meets = [rows["party_l"].isin(inside) | rows["party_r"].isin(inside) for rows in (scores, found.scores)]
    rows = pd.concat([scores[~meets[0]], found.scores[meets[1]]], ignore_index=True)
    relations = found.relations.assign(
        left=found.relations["left"].map(final), right=found.relations["right"].map(final)
    )
    return replace(
        found,
        clusters=CLUSTERS.check(final.rename("cluster").rename_axis("party").reset_index()),
        scores=SCORES.check(rows.sort_values(["party_l", "party_r"], kind="stable")),
        relations=RELATIONS.check(relations),
    )


def _closed(old: pd.Series[str], new: pd.Series[str], within: Iterable[str]) -> np.ndarray:
    """The parties reached from these through common clusters, stored ones or new ones."""
    touched = np.asarray(old.index.isin(list(within)))
    labels = [pd.factorize(column)[0] for column in (old, new)]
    while True:
        before = touched.sum()
        for codes in labels:
            hit = np.zeros(codes.max(initial=-1) + 1, dtype=bool)
            hit[codes[touched]] = True
            touched = hit[codes] if len(hit) else touched
        if touched.sum() == before:
            return touched

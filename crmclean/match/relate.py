"""Related, never merged: households, and people and their companies.

A household is two customers who are persons, share a surname (in any spelling) and a full address
or a private number, and are not one. That a person stood on one row with a company is evidence
that she works there.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmclean.match.compare import Compared
from crmclean.match.features import Features
from crmclean.match.model import Model
from crmclean.tables import RELATIONS, Clusters, Parties, Relations

__all__ = ["households", "join_relations", "works_at"]

_FAMILY = ("equal", "spelling", "typo", "part")
_SHARED = {"address": ("full",), "phone": ("landline", "shared"), "email": ("shared",)}


def households(model: Model, features: Features, compared: Compared, clusters: dict[str, str]) -> Relations:
    """Pairs of person clusters that share surname and address or a shared contact.

    Args:
        model: Model of persons, for the names of levels.
        features: Facts of the persons.
        compared: Compared pairs.
        clusters: Party -> cluster.
    """
    position = {c.name: i for i, c in enumerate(model.comparisons)}

    def has(name: str, wanted: tuple[str, ...]) -> np.ndarray:
        levels = [
            i for i, level in enumerate(model.comparisons[position[name]].levels) if level.name in wanted
        ]
        return np.isin(compared.levels[:, position[name]], levels)

    parties = np.array(features.parties, dtype=object)
    facts = {name: has(name, wanted) for name, wanted in _SHARED.items()}
    chosen = has("family", _FAMILY) & np.logical_or.reduce(list(facts.values()))
    frame = pd.DataFrame(
        {
            "left": [clusters[p] for p in parties[compared.left[chosen]]],
            "right": [clusters[p] for p in parties[compared.right[chosen]]],
            **{name: flags[chosen] for name, flags in facts.items()},
        },
    )
    frame = _ordered(frame[frame["left"] != frame["right"]])
    grouped = frame.groupby(["left", "right"], sort=True)
    found = grouped.agg(**{name: (name, "any") for name in facts}, records=("left", "size")).reset_index()
    evidence = [
        " ".join(["family_name", *(name for name, flag in zip(facts, flags, strict=True) if flag)])
        for flags in found[list(facts)].itertuples(index=False)
    ]
    result = found.assign(kind="household", evidence=pd.Series(evidence, dtype="str"))
    return RELATIONS.check(result[["left", "right", "kind", "evidence", "records"]])


def works_at(parties: Parties, clusters: Clusters) -> Relations:
    """Person clusters and organization clusters that stood on one row."""
    named = parties[["party", "source", "record_id", "kind"]].merge(clusters, on="party")
    persons = named[named["kind"] == "person"]
    organizations = named[named["kind"] == "organization"]
    joined = persons.merge(organizations, on=["source", "record_id"], suffixes=("_p", "_o"))
    found = joined.groupby(["cluster_p", "cluster_o"], sort=True).size().reset_index(name="records")
    found = found.rename(columns={"cluster_p": "left", "cluster_o": "right"})
    return RELATIONS.check(found.assign(kind="works_at", evidence="same_row"))


def join_relations(*parts: Relations) -> Relations:
    """All relations in one table, sorted by key."""
    filled = [part for part in parts if len(part)]
    if not filled:
        return RELATIONS.empty()
    joined = pd.concat(filled, ignore_index=True).sort_values(["left", "right", "kind"])
    return RELATIONS.check(joined.reset_index(drop=True))


def _ordered(frame: pd.DataFrame) -> pd.DataFrame:
    turned = frame["left"] > frame["right"]
    left = frame["left"].where(~turned, frame["right"])
    return frame.assign(left=left, right=frame["right"].where(~turned, frame["left"]))

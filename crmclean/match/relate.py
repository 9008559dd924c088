"""Related, never merged: households, and people and their companies.

A household is two customers who are persons, share a surname (in any spelling) and a full address
or a private number, and are not one. That a person stood on one row with a company is evidence
that she works there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.match.codes import Ints, take
from crmclean.match.compare import Compared
from crmclean.match.features import Features
from crmclean.match.model import Model
from crmclean.match.slips import may_be_slip
from crmclean.tables import RELATIONS, Clusters, Parties, Relations

__all__ = ["Homes", "homes_of", "households", "join_relations", "may_share_home", "works_at"]

Flags = npt.NDArray[np.bool_]
_FAMILY = ("equal", "spelling", "typo", "part")
_SHARED = {"address": ("full",), "phone": ("landline", "shared"), "email": ("shared",)}


@dataclass(frozen=True, slots=True)
class Homes:
    """Pairs of persons of one family name, and what they share: at least one of the three."""

    left: Ints
    right: Ints
    address: Flags
    phone: Flags
    email: Flags


def may_share_home(features: Features, left: Ints, right: Ints) -> Flags:
    """Whether two persons share an address or a contact point, and may share a family name."""
    result = np.zeros(len(left), dtype=bool)
    if features.kind != "person":
        return result
    for fact in ("phone", "email"):
        result |= _meet(features, (fact,), left, right)
    result |= _meet(features, ("street", "number"), left, right)
    at = np.flatnonzero(result)
    result[at] = _may_be_family(features, left[at], right[at])
    return result


def _may_be_family(features: Features, left: Ints, right: Ints) -> Flags:
    """Whether family names may be one or spellings of one, a birth name included."""
    column, birth_name = features.facts["family"], features.facts["birth_name"].codes
    a, b = column.codes.take(left), column.codes.take(right)
    result = (a == b) | (birth_name.take(left) >= 0) | (birth_name.take(right) >= 0)
    result &= (a >= 0) & (b >= 0)
    at = np.flatnonzero(~result & (a >= 0) & (b >= 0))
    result[at] = may_be_slip(column, a[at], b[at])
    return np.asarray(result)


def _meet(features: Features, facts: tuple[str, ...], left: Ints, right: Ints) -> Flags:
    """Whether the facts agree, all in one and the same slot of either side."""
    columns = [features.facts[fact].slots for fact in facts]
    result = np.zeros(len(left), dtype=bool)
    for one in zip(*columns, strict=True):
        for two in zip(*columns, strict=True):
            same = np.ones(len(left), dtype=bool)
            for first, second in zip(one, two, strict=True):
                code = first.take(left)
                same &= (code == second.take(right)) & (code >= 0)
            result |= same
    return result


def homes_of(model: Model, compared: Compared) -> Homes:
    """The pairs that share a home, of those that were compared."""
    shared = {name: _has(model, compared, name, wanted) for name, wanted in _SHARED.items()}
    chosen = np.logical_or.reduce(list(shared.values()))
    chosen &= _has(model, compared, "family", _FAMILY)
    flags = {name: flag[chosen] for name, flag in shared.items()}
    return Homes(compared.left[chosen], compared.right[chosen], **flags)


def _has(model: Model, compared: Compared, name: str, wanted: tuple[str, ...]) -> Flags:
    for i, comparison in enumerate(model.comparisons):
        if comparison.name == name:
            levels = [k for k, level in enumerate(comparison.levels) if level.name in wanted]
            return np.isin(compared.levels[:, i], levels)
    return np.zeros(len(compared.left), dtype=bool)


def households(homes: Homes, label: Ints, parties: Sequence[str]) -> Relations:
    """Pairs of person clusters that share surname and address or a shared contact.

    Args:
        homes: Pairs of persons, by row.
        label: Cluster per row: a row in it.
        parties: Party per row, sorted.
    """
    one, two = label[homes.left], label[homes.right]
    frame = pd.DataFrame(
        {"left": np.minimum(one, two), "right": np.maximum(one, two),
         "address": homes.address, "phone": homes.phone, "email": homes.email}
    )  # fmt: skip
    grouped = frame[one != two].groupby(["left", "right"], sort=True)
    facts = list(_SHARED)
    found = grouped.agg(**{name: (name, "any") for name in facts}, records=("left", "size")).reset_index()
    evidence = pd.Series("family_name", index=found.index, dtype="str")
    for name in facts:
        evidence = evidence.where(~found[name].astype(bool), evidence + " " + name)
    sides = {
        side: pd.Series(take(parties, found[side].to_numpy()), dtype="str") for side in ("left", "right")
    }
    result = pd.DataFrame({**sides, "kind": "household", "evidence": evidence, "records": found["records"]})
    return RELATIONS.check(result)


def works_at(parties: Parties, clusters: Clusters) -> Relations:
    """Person clusters and organization clusters that stood on one row."""
    if not (parties["kind"] == "organization").any():
        return RELATIONS.empty()
    rows = parties.loc[parties["kind"] == "organization", "record_id"]
    few = parties.loc[parties["record_id"].isin(rows), ["party", "source", "record_id", "kind"]]
    named = few.merge(clusters[clusters["party"].isin(few["party"])], on="party")
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

"""Clusters that no customer explains: more years of birth than one person has. Taken apart, and told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from crmclean.match.cluster import Clustered
from crmclean.match.codes import Ints
from crmclean.match.features import Features

__all__ = ["without_crowds"]

MOST_YEARS = 5
"""Years of birth in one cluster from which it is looked at: slips make two or three of one."""
SHARE = 0.5
"""Years per record with a date from which the cluster is several people who share something."""


def without_crowds(features: Features, clustered: Clustered, forced: tuple[Ints, Ints]) -> Clustered:
    """The clusters less those with too many years of birth, which are added to the implausible ones.

    Clusters in which a steward said "same" stay.

    Args:
        features: Facts of the parties; companies have no birth dates.
        clustered: The outcome of clustering.
        forced: Rows that a steward called the same, left and right.
    """
    if "birth_year" not in features.facts:
        return clustered
    year = features.facts["birth_year"].codes
    label = clustered.label
    dated = year >= 0
    crowded = _crowded(label[dated], year[dated])
    crowded = np.setdiff1d(crowded, label[np.concatenate(forced)])
    if not len(crowded):
        return clustered
    apart = np.isin(label, crowded)
    sizes = np.bincount(label[apart], minlength=len(label))
    told = {**clustered.implausible, **{int(name): int(sizes[name]) for name in crowded}}
    return replace(clustered, label=np.where(apart, np.arange(len(label)), label), implausible=told)


def _crowded(label: Ints, year: npt.NDArray[np.signedinteger]) -> Ints:
    """Labels with many different years."""
    if not len(label):
        return np.empty(0, dtype=np.int64)
    records = np.bincount(label)
    large = records[label] >= MOST_YEARS
    pairs = np.unique(np.stack([label[large], year[large]], axis=1), axis=0)
    years = np.bincount(pairs[:, 0], minlength=len(records))
    return np.flatnonzero((years >= MOST_YEARS) & (years >= SHARE * records))

"""What kept customers apart: the clustering of their records, and of those that fit them, once more.

A run keeps no account of each join it did not make. What it depends on is close by: the records of the
customers concerned, and those of the customers that one of them fits. On these the clustering is done
again, by the same rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crmclean.config import MatchConfig
from crmclean.decisions import standing
from crmclean.match.cluster import cluster_edges
from crmclean.match.codes import Ints
from crmclean.match.compare import compare_pairs
from crmclean.match.edges import edges_of
from crmclean.match.features import Features
from crmclean.match.joining import Kept
from crmclean.match.link import exclusive_sources
from crmclean.match.model import Model
from crmclean.match.pairing import Found
from crmclean.match.relate import homes_of
from crmclean.match.score import score_pairs
from crmclean.match.tune import threshold_bits
from crmclean.tables import Decisions

__all__ = ["Grounds", "grounds_between", "kept_around", "parted"]

MOST = 400
"""Records that are looked at together; what lies further away is left out."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why the records of two customers stayed apart.

    Args:
        rule: contradiction, undecided, rival, one_to_one or bridge.
        pair: Rows of the pair that would have joined them.
        witness: Rows of the two records that cannot be one, if two records say so.
    """

    rule: str
    pair: tuple[int, int]
    witness: tuple[int, int] | None


def kept_around(
    features: Features, model: Model, rows: Ints, config: MatchConfig, decisions: Decisions | None
) -> tuple[Kept, ...]:
    """The pairs among these rows that are strong enough and did not join, and why.

    Args:
        features: Facts of all parties.
        model: The model in use.
        rows: Rows that are clustered again.
        config: Thresholds, sources without duplicates.
        decisions: What stewards said.
    """
    rows = np.unique(rows)[:MOST]
    if len(rows) < 2:
        return ()
    first, second = np.triu_indices(len(rows), 1)
    compared = compare_pairs(model, features, rows[first], rows[second])
    found = Found(compared, score_pairs(model, compared), homes_of(model, compared), len(first))
    edges = edges_of(model, features, found, config, decisions)
    own = exclusive_sources(features.sources, config.no_duplicates, every=config.link_only)
    clustered = cluster_edges(
        features.n, edges, threshold=threshold_bits(config), largest=config.max_cluster, exclusive=own
    )
    return clustered.kept


def grounds_between(kept: Sequence[Kept], one: Ints, two: Ints) -> Grounds | None:
    """The strongest pair between two customers that did not join them, and why; None without one."""
    sides = (set(one.tolist()), set(two.tolist()))
    across = [k for k in kept if _is_between(k, *sides)]
    if not across:
        return None
    best = max(across, key=lambda k: (k.weight, -k.left, -k.right))
    witness = None if best.rule == "bridge" else (best.one, best.two)
    return Grounds(best.rule, (best.left, best.right), witness)


def _is_between(kept: Kept, one: set[int], two: set[int]) -> bool:
    return (kept.left in one and kept.right in two) or (kept.left in two and kept.right in one)


def parted(decisions: Decisions | None, one: Sequence[str], two: Sequence[str]) -> tuple[str, str] | None:
    """The pair of parties of which a steward said last that they are two; None without such a word.

    Args:
        decisions: What stewards said.
        one: Parties of a customer.
        two: Parties of the other.
    """
    if decisions is None or not len(decisions):
        return None
    last = standing(decisions)
    last = last[last["decision"] == "different"]
    across = (last["party_l"].isin(one) & last["party_r"].isin(two)) | (
        last["party_l"].isin(two) & last["party_r"].isin(one)
    )
    said = last[across]
    return (str(said["party_l"].iloc[-1]), str(said["party_r"].iloc[-1])) if len(said) else None

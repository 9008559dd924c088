"""Scored pairs become edges to cluster by: closed within components, with the stewards' last word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.config import MatchConfig
from crmclean.decisions import standing
from crmclean.match.block import Blocks, pairs_of_rows
from crmclean.match.cluster import components, pairs_within
from crmclean.match.codes import Ints, arrow_of
from crmclean.match.compare import Compared, compare_pairs
from crmclean.match.features import Features
from crmclean.match.joining import Edges
from crmclean.match.link import exclusive_sources
from crmclean.match.model import Model
from crmclean.match.pairing import Found, joined
from crmclean.match.relate import homes_of
from crmclean.match.score import score_pairs
from crmclean.match.tune import threshold_bits
from crmclean.tables import Decisions

__all__ = ["closed", "edges_of", "named"]

LARGEST = 400
"""Rows of the largest component of which all pairs are looked at, whether or not a rule finds them."""
SECOND = "2"
"""What the key of the second person of a record has behind that of the first."""


def closed(
    model: Model, features: Features, found: Found, blocks: Sequence[Blocks], config: MatchConfig
) -> Found:
    """The pairs and, added, those within a component that did not reach the least probability.

    Two records of one component may contradict each other, and nothing of that shows in the pairs
    that hold it together. In components over `LARGEST` rows only pairs of blocking rules are added.
    """
    joins = found.scored.weight >= threshold_bits(config)
    label = components(features.n, found.compared.left[joins], found.compared.right[joins])
    left, right = _inside(label, blocks, features.n)
    known = _keys(found.compared.left, found.compared.right, features.n)
    new = ~_among(_keys(left, right, features.n), known)
    if config.link_only:
        new &= features.sources.codes[left] != features.sources.codes[right]
    if not new.any():
        return found
    added = compare_pairs(model, features, left[new], right[new])
    homes = homes_of(model, added)
    seen = _among(
        _keys(homes.left, homes.right, features.n), _keys(found.homes.left, found.homes.right, features.n)
    )
    further = type(homes)(*(getattr(homes, f.name)[~seen] for f in fields(homes)))
    return replace(
        found,
        compared=joined([found.compared, added], added),
        scored=joined([found.scored, score_pairs(model, added)], found.scored),
        homes=joined([found.homes, further], homes),
    )


def _among(keys: Ints, known: Ints) -> npt.NDArray[np.bool_]:
    """Which keys are among the known ones, which mostly are sorted."""
    if (known[1:] < known[:-1]).any():
        known = np.sort(known)
    at = np.searchsorted(known, keys)
    return (
        np.asarray(known[np.minimum(at, len(known) - 1)] == keys) if len(known) else np.zeros(len(keys), bool)
    )


def _keys(left: Ints, right: Ints, n: int) -> Ints:
    return left.astype(np.int64) * n + right


def _inside(label: Ints, blocks: Sequence[Blocks], n: int) -> tuple[Ints, Ints]:
    """The pairs within components."""
    left, right = pairs_within(label, smallest=3, largest=LARGEST)
    huge = np.bincount(label, minlength=n)[label] > LARGEST if n else np.empty(0, dtype=bool)
    if not huge.any():
        return left, right
    a, b = pairs_of_rows(blocks, n, huge)
    same = label[a] == label[b]
    return np.concatenate([left, a[same]]), np.concatenate([right, b[same]])


def edges_of(
    model: Model, features: Features, found: Found, config: MatchConfig, decisions: Decisions | None
) -> Edges:
    """The edges of scored pairs; what stewards decided stands above them."""
    own = exclusive_sources(features.sources, config.no_duplicates, every=config.link_only)
    left, right = found.compared.left, found.compared.right
    contradicts = found.scored.contradicts | ((own[left] == own[right]) & (own[left] >= 0))
    nobody = np.zeros(len(contradicts), dtype=bool)
    marks = (contradicts, nobody, found.scored.weak, found.scored.rival, named(model, found.compared))
    edges = _couples_apart(features, Edges(left, right, found.scored.joining, *marks))
    return edges if decisions is None or not len(decisions) else _decided(features, edges, decisions)


_HINTS = frozenset({"gender", "suffix", "legal_form"})
"""Comparisons of who somebody is that name nobody."""


def named(model: Model, compared: Compared) -> npt.NDArray[np.bool_]:
    """In which pairs both say by a name, a date or a number who they are."""
    result = np.zeros(len(compared.left), dtype=bool)
    for i, comparison in enumerate(model.comparisons):
        if comparison.identity and comparison.name not in _HINTS:
            result |= compared.levels[:, i] > 0
    return result


def _couples_apart(features: Features, edges: Edges) -> Edges:
    """The edges with a contradiction between the two people of every record that names two."""
    second = _second_of_two(features)
    if not len(second):
        return edges
    left, right = second - 1, second
    keep = ~np.isin(_keys(edges.left, edges.right, features.n), _keys(left, right, features.n))
    nobody = np.zeros(len(second), dtype=bool)
    return Edges(
        np.r_[edges.left[keep], left],
        np.r_[edges.right[keep], right],
        np.r_[edges.weight[keep], np.full(len(second), -np.inf)],
        np.r_[edges.contradicts[keep], ~nobody],
        *(np.r_[getattr(edges, name)[keep], nobody] for name in ("forced", "weak", "rival", "named")),
    )


def _second_of_two(features: Features) -> Ints:
    """Rows that are the second person of a record; the first is the row before, as rows are sorted."""
    names = arrow_of(features.parties)
    if len(names) < 2:
        return np.empty(0, dtype=np.int64)
    second = pc.binary_join_element_wise(names[:-1], *(pa.scalar(text, names.type) for text in (SECOND, "")))
    same = pc.equal(names[1:], second)
    return np.flatnonzero(same.to_numpy(zero_copy_only=False)) + 1


def _decided(features: Features, edges: Edges, decisions: Decisions) -> Edges:
    """The edges with the last word of the stewards; pairs nobody compared are added."""
    last = standing(decisions)
    index = pd.Index(features.parties)
    a, b = (index.get_indexer(pd.Index(last[side])) for side in ("party_l", "party_r"))
    there = (a >= 0) & (b >= 0)
    left, right = np.minimum(a, b)[there], np.maximum(a, b)[there]
    same: npt.NDArray[np.bool_] = (last["decision"] == "same").to_numpy(dtype=bool)[there]
    keep = ~np.isin(_keys(edges.left, edges.right, features.n), _keys(left, right, features.n))
    return Edges(
        np.r_[edges.left[keep], left],
        np.r_[edges.right[keep], right],
        np.r_[edges.weight[keep], np.where(same, np.inf, -np.inf)],
        np.r_[edges.contradicts[keep], ~same],
        np.r_[edges.forced[keep], same],
        np.r_[edges.weak[keep], same & False],
        np.r_[edges.rival[keep], same & False],
        np.r_[edges.named[keep], same & False],
    )

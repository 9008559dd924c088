"""The stage: parties become clusters, scored pairs and relations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.config import MatchConfig
from crmclean.decisions import standing
from crmclean.issues import issue_table
from crmclean.match.block import Blocked, candidate_pairs, rules_for
from crmclean.match.cluster import Clustered, Edges, cluster_edges, components, pairs_within
from crmclean.match.compare import Compared, compare_pairs
from crmclean.match.features import Features, features_of
from crmclean.match.link import across_sources, exclusive_sources
from crmclean.match.model import ORGANIZATION, PERSON, Model
from crmclean.match.plausible import (
    Doubt,
    check_outcome,
    check_plausible,
    check_rows,
    refuse,
    sound_features,
)
from crmclean.match.relate import households, join_relations, works_at
from crmclean.match.score import Scored, score_pairs
from crmclean.match.train import estimate_u, train_model
from crmclean.match.tune import decision_threshold, review_pairs, threshold_bits
from crmclean.tables import (
    CLUSTERS,
    SCORES,
    Addresses,
    Clusters,
    Contacts,
    Decisions,
    Issues,
    Parties,
    Relations,
    Scores,
)

__all__ = ["Matches", "match_parties"]


@dataclass(frozen=True, slots=True)
class Matches:
    """What matching found.

    Args:
        scores: Pairs from the review threshold up, with band and outcome.
        clusters: Cluster per party; every party is in one.
        relations: Clusters that belong together and are not one.
        issues: What was cut, kept apart or sent to review.
        models: The trained model per kind.
    """

    scores: Scores
    clusters: Clusters
    relations: Relations
    issues: Issues
    models: Mapping[str, Model]


@dataclass(frozen=True, slots=True)
class _Kind:
    """Everything about one kind of party on its way through the stage."""

    features: Features
    model: Model
    compared: Compared
    scored: Scored
    clustered: Clustered
    blocked: Blocked
    doubts: tuple[Doubt, ...] = ()


def match_parties(
    parties: Parties,
    contacts: Contacts,
    addresses: Addresses,
    config: MatchConfig = MatchConfig(),  # noqa: B008  frozen
    *,
    decisions: Decisions | None = None,
    models: Mapping[str, Model] | None = None,
) -> Matches:
    """Clusters of parties that are one customer; persons meet persons, organizations organizations.

    Args:
        parties: All parties.
        contacts: Their contact points.
        addresses: Their addresses.
        config: Thresholds and limits.
        decisions: What stewards said; obeyed in every case.
        models: Trained models per kind; without them the model is learned from these parties.

    Raises:
        ModelError: Data or model are broken in a way that no useful result comes of; see `plausible`.
    """
    kinds = {}
    for kind, start in (("person", PERSON), ("organization", ORGANIZATION)):
        features, doubts = sound_features(features_of(kind, parties, contacts, addresses))
        doubts = (*doubts, *check_rows(features, contacts, addresses))
        refuse(doubts)
        found = _match_kind(features, (models or {}).get(kind), start, config, decisions)
        kinds[kind] = replace(found, doubts=doubts)
    labels = _labels(parties, kinds)
    clusters = CLUSTERS.check(pd.DataFrame({"party": list(labels), "cluster": list(labels.values())}))
    person = kinds["person"]
    return Matches(
        scores=_scores(kinds, config),
        clusters=clusters,
        relations=join_relations(
            households(person.model, person.features, person.compared, labels),
            works_at(parties, clusters),
        ),
        issues=issue_table(row for kind in kinds.values() for row in _issues(kind)),
        models={name: kind.model for name, kind in kinds.items()},
    )


def _match_kind(
    features: Features, given: Model | None, start: Model, config: MatchConfig, decisions: Decisions | None
) -> _Kind:
    blocked = candidate_pairs(features, rules_for(features.kind), cap=config.block_cap)
    if config.link_only:
        blocked = across_sources(blocked, features.sources.codes)
    model = given or estimate_u(start, features, seed=config.seed)
    compared = compare_pairs(model, features, blocked.left, blocked.right)
    if given is None:
        model = train_model(model, compared, max(2, features.n))
    refuse(check_plausible(model, features, compared))
    threshold = threshold_bits(config)
    scored = score_pairs(model, compared)
    compared, scored = _closed(model, features, compared, scored, config)
    edges = _edges(features, compared, scored, config, decisions)
    own = exclusive_sources(features.sources, config.no_duplicates, every=config.link_only)
    clustered = cluster_edges(
        features.n, edges, threshold=threshold, largest=config.max_cluster, exclusive=own
    )
    refuse(check_outcome(features, clustered.implausible))
    return _Kind(features, model, compared, scored, clustered, blocked)


def _closed(
    model: Model, features: Features, compared: Compared, scored: Scored, config: MatchConfig
) -> tuple[Compared, Scored]:
    """The pairs and, added, all pairs within a component that blocking did not bring together."""
    joins = scored.weight >= threshold_bits(config)
    label = components(features.n, compared.left[joins], compared.right[joins])
    left, right = pairs_within(label, smallest=3, largest=400)
    known = compared.left * np.int64(features.n) + compared.right
    new = ~np.isin(left * np.int64(features.n) + right, known)
    if config.link_only:
        new &= features.sources.codes[left] != features.sources.codes[right]
    if not new.any():
        return compared, scored
    added = compare_pairs(model, features, left[new], right[new])
    both = Compared(
        *(
            np.concatenate([getattr(compared, f), getattr(added, f)])
            for f in ("left", "right", "levels", "rarity")
        )
    )
    return both, score_pairs(model, both)


def _edges(
    features: Features, compared: Compared, scored: Scored, config: MatchConfig, decisions: Decisions | None
) -> Edges:
    own = exclusive_sources(features.sources, config.no_duplicates, every=config.link_only)
    contradicts = scored.contradicts | (
        (own[compared.left] == own[compared.right]) & (own[compared.left] >= 0)
    )
    nobody = np.zeros(len(contradicts), dtype=bool)
    marks = (contradicts, nobody, scored.weak, scored.rival)
    edges = Edges(compared.left, compared.right, scored.joining, *marks)
    return edges if decisions is None else _decided(features, edges, decisions)


def _decided(features: Features, edges: Edges, decisions: Decisions) -> Edges:
    """The edges with the last word of the stewards; pairs nobody compared are added."""
    last = standing(decisions)
    index = pd.Index(features.parties)
    a, b = (index.get_indexer(pd.Index(last[side])) for side in ("party_l", "party_r"))
    there = (a >= 0) & (b >= 0)
    left, right = np.minimum(a, b)[there], np.maximum(a, b)[there]
    same = (last["decision"] == "same").to_numpy()[there]
    n = np.int64(features.n)
    overruled = np.isin(edges.left * n + edges.right, left * n + right)
    keep = ~overruled
    return Edges(
        np.r_[edges.left[keep], left],
        np.r_[edges.right[keep], right],
        np.r_[edges.weight[keep], np.where(same, np.inf, -np.inf)],
        np.r_[edges.contradicts[keep], ~same],
        np.r_[edges.forced[keep], same],
        np.r_[edges.weak[keep], same & False],
        np.r_[edges.rival[keep], same & False],
    )


def _labels(parties: Parties, kinds: Mapping[str, _Kind]) -> dict[str, str]:
    """Party -> cluster for all parties, sorted by party; test rows are alone."""
    found: dict[str, str] = {party: party for party in sorted(parties["party"])}
    for kind in kinds.values():
        names = np.array(kind.features.parties, dtype=object)
        found.update(zip(names.tolist(), names[kind.clustered.label].tolist(), strict=True))
    return found


def _scores(kinds: Mapping[str, _Kind], config: MatchConfig) -> Scores:
    frames = [_scores_of(kind, config) for kind in kinds.values()]
    frame = pd.concat([f for f in frames if len(f)] or frames[:1], ignore_index=True)
    return SCORES.check(frame.sort_values(["party_l", "party_r"]).reset_index(drop=True))


def _scores_of(kind: _Kind, config: MatchConfig) -> pd.DataFrame:
    label, compared, scored = kind.clustered.label, kind.compared, kind.scored
    merged = label[compared.left] == label[compared.right]
    shown = scored.probability >= config.review_threshold
    chosen, at = compared.take(shown), np.flatnonzero(shown)
    names = np.array(kind.features.parties, dtype=object)
    probability = scored.probability[at]
    strong = probability >= decision_threshold(config)
    asked = review_pairs(
        label, (compared.left, compared.right), scored.probability, shown, most=config.review_pairs
    )[at]
    outcome = np.where(merged[at], "merged", np.where(strong, "kept_apart", "below_threshold"))
    return pd.DataFrame(
        {
            "party_l": names[chosen.left],
            "party_r": names[chosen.right],
            "weight": np.round(scored.weight[at], 4),
            "probability": np.round(probability, 6),
            "band": np.where(merged[at], "match", np.where(asked, "review", "none")),
            "levels": _level_text(kind.model, chosen.levels),
            "outcome": outcome,
        },
    )


def _level_text(model: Model, levels: npt.NDArray[np.int8]) -> list[str]:
    """name=level;... without missing ones, made once per distinct pattern."""
    if not len(levels):
        return []
    bases = np.array([len(c.levels) for c in model.comparisons], dtype=np.int64)
    radix = np.concatenate([[1], np.cumprod(bases[:-1])]).astype(np.int64)
    keys = levels.astype(np.int64) @ radix
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    texts = [
        ";".join(
            f"{c.name}={c.levels[level].name}"
            for c, level in zip(model.comparisons, levels[i], strict=True)
            if level
        )
        for i in first
    ]
    return [texts[i] for i in inverse]


def _issues(kind: _Kind) -> list[dict[str, Any]]:
    names = kind.features.parties
    rows: list[dict[str, Any]] = [
        {"code": "block_cut", "field": rule, "detail": str(count)}
        for rule, count in sorted(kind.blocked.cut.items())
    ]
    rows += [{"code": d.code, "field": d.field or None, "detail": str(d.count)} for d in kind.doubts]
    for label, size in sorted(kind.clustered.implausible.items()):
        source, _, record = names[label].rpartition("/")[0].partition(":")
        rows.append(
            {"code": "cluster_implausible", "source": source, "record_id": record, "detail": str(size)}
        )
    if not kind.model.converged and kind.features.n > 1000:
        rows.append({"code": "model_not_converged", "field": kind.model.kind})
    return rows

"""The tables that matching hands back: clusters of all parties, scored pairs, findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.config import MatchConfig
from crmclean.issues import issue_table
from crmclean.match.cluster import Clustered
from crmclean.match.codes import Values, numbered, texts_of
from crmclean.match.features import Features
from crmclean.match.kept import kept_rows
from crmclean.match.model import Model
from crmclean.match.pairing import Found
from crmclean.match.plausible import Doubt
from crmclean.match.rows import places_in
from crmclean.match.tune import decision_threshold, most_valuable, review_values
from crmclean.tables import CLUSTERS, SCORES, Clusters, Issues, Parties, Scores

__all__ = ["Kind", "clusters_of", "issues_of", "scores_of"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What was found of one kind of party.

    Args:
        features: Facts of the parties.
        model: The model in use.
        found: Scored pairs.
        clustered: Clusters.
        cut: Blocking rule -> parties in blocks that stayed too large.
        doubts: Reasons to mistrust the data.
    """

    features: Features
    model: Model
    found: Found
    clustered: Clustered
    cut: Mapping[str, int]
    doubts: tuple[Doubt, ...] = ()


def names_of(features: Features) -> pa.Array:
    """The keys of the parties, in the order of the rows."""
    parties = features.parties
    return parties.array if isinstance(parties, Values) else pa.array(list(parties), pa.large_string())


def clusters_of(parties: Parties, kinds: Iterable[Kind]) -> Clusters:
    """Party and cluster for all parties, sorted by party; test rows are alone."""
    names = texts_of(parties["party"])
    if len(names) > 1 and not pc.all(pc.less_equal(names[:-1], names[1:])).as_py():
        names = names.take(pc.sort_indices(names))
    cluster = np.arange(len(names))
    for kind in kinds:
        at = places_in(names_of(kind.features), names)
        cluster[at] = at[kind.clustered.label]
    frame = {"party": _texts(names), "cluster": _texts(names.take(pa.array(cluster)))}
    return CLUSTERS.check(pd.DataFrame(frame))


def _texts(array: pa.Array) -> pd.Series[Any]:
    return pd.Series(pd.array(array, dtype="str"))


def scores_of(kinds: Iterable[Kind], config: MatchConfig) -> Scores:
    """The pairs from the review threshold up, with band and outcome."""
    frames = [_scores_of(kind, config) for kind in kinds]
    frame = pd.concat([f for f in frames if len(f)] or frames[:1], ignore_index=True)
    if sum(map(len, frames)) > max(map(len, frames)):  # of both kinds
        frame = frame.sort_values(["party_l", "party_r"]).reset_index(drop=True)
    asked = most_valuable(frame.pop("value").to_numpy(dtype=np.float64), config.review_pairs)
    frame["band"] = frame["band"].mask(asked, "review")
    return SCORES.check(frame)


def _scores_of(kind: Kind, config: MatchConfig) -> pd.DataFrame:
    label, compared, scored = kind.clustered.label, kind.found.compared, kind.found.scored
    merged = label[compared.left] == label[compared.right]
    shown = scored.probability >= config.review_threshold
    at = np.flatnonzero(shown)
    at = at[np.lexsort((compared.right[at], compared.left[at]))]  # as the sorted keys of the parties stand
    chosen = compared.take(at)
    names = names_of(kind.features)
    probability = scored.probability[at]
    strong = probability >= decision_threshold(config)
    values = review_values(label, (compared.left, compared.right), scored.probability, shown)[at]
    outcome = np.where(merged[at], 0, np.where(strong, 1, 2))
    return pd.DataFrame(
        {
            "party_l": _texts(names.take(pa.array(chosen.left))),
            "party_r": _texts(names.take(pa.array(chosen.right))),
            "weight": np.round(scored.weight[at], 4),
            "probability": np.round(probability, 6),
            "band": _named(["none", "match"], merged[at].astype(np.int64)),
            "levels": _level_texts(kind.model, chosen.levels),
            "outcome": _named(["merged", "kept_apart", "below_threshold"], outcome),
            "value": values,
        },
    )


def _named(words: list[str], numbers: npt.NDArray[np.int64]) -> pd.Series[Any]:
    """A text column of few distinct texts."""
    return _texts(pa.array(words, pa.large_string()).take(pa.array(numbers)))


def _level_texts(model: Model, levels: npt.NDArray[np.int8]) -> pd.Series[Any]:
    """name=level;... without missing ones, made once per distinct pattern."""
    key = np.zeros(len(levels), dtype=np.int64)
    radix = 1
    for i, comparison in enumerate(model.comparisons):
        key += levels[:, i].astype(np.int64) * radix
        radix *= len(comparison.levels)
    patterns, number = numbered(key)
    texts = [
        ";".join(
            f"{c.name}={c.levels[level].name}"
            for c, level in zip(model.comparisons, _digits(pattern, model), strict=True)
            if level
        )
        for pattern in patterns.tolist()
    ]
    return _named(texts, number)


def _digits(pattern: int, model: Model) -> list[int]:
    """The levels of a pattern."""
    result = []
    for comparison in model.comparisons:
        pattern, level = divmod(pattern, len(comparison.levels))
        result.append(level)
    return result


def issues_of(kinds: Iterable[Kind]) -> Issues:
    """What was cut, left out of matching or is implausible."""
    return issue_table(row for kind in kinds for row in _issues(kind))


def _issues(kind: Kind) -> list[dict[str, Any]]:
    names = kind.features.parties
    rows: list[dict[str, Any]] = [
        {"code": "block_cut", "field": rule, "detail": str(count)} for rule, count in sorted(kind.cut.items())
    ]
    rows += [{"code": d.code, "field": d.field or None, "detail": str(d.count)} for d in kind.doubts]
    for label, size in sorted(kind.clustered.implausible.items()):
        source, _, record = names[label].rpartition("/")[0].partition(":")
        rows.append(
            {"code": "cluster_implausible", "source": source, "record_id": record, "detail": str(size)}
        )
    rows += kept_rows(kind.features, kind.model, kind.clustered, kind.found.compared)
    if not kind.model.converged and kind.features.n > 1000:
        rows.append({"code": "model_not_converged", "field": kind.model.kind})
    return rows

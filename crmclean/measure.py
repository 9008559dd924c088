"""How good a result is: joins labels, clusters, scores and facts for the figures of `evaluate`.

A layer of its own above the stages: results come from a run in memory, from an output folder or
from a store, and all three become an `Outcome` first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crmclean.duplicates import Duplicates
from crmclean.errors import GateError, ReadError
from crmclean.match.calibrate import Thresholds, best_threshold, calibration_error, reliability_table
from crmclean.match.estimate import Estimate, estimate_quality
from crmclean.match.evaluate import (
    Agreement,
    agreement_by,
    agreement_by_level,
    compare_clusters,
    compare_labelled_pairs,
)
from crmclean.match.features import features_of
from crmclean.match.labels import Labels, labels_from_table, pair_records, party_clusters, record_clusters
from crmclean.match.model import Model, model_from_text
from crmclean.match.plausible import sound_features
from crmclean.read import load_tables
from crmclean.store import Store
from crmclean.tables import (
    CLUSTERS,
    DECISIONS,
    SCORES,
    Addresses,
    Clusters,
    Contacts,
    Decisions,
    Parties,
    Scores,
)

__all__ = [
    "Measured",
    "Outcome",
    "gate",
    "measure",
    "outcome_of",
    "read_labels",
    "read_outcome",
    "stored_outcome",
]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result as far as it is at hand.

    Args:
        crosswalk: source, record_id, customer_id; with kind where it is known.
        scores: Scored pairs by party.
        clusters: Party -> cluster, for the estimate without labels.
        tables: Parties, contacts, addresses; None where only files are at hand.
        models: Trained models per kind.
        decisions: What stewards said.
    """

    crosswalk: pd.DataFrame
    scores: Scores
    clusters: Clusters
    tables: tuple[Parties, Contacts, Addresses] | None = None
    models: Mapping[str, Model] = field(default_factory=dict)
    decisions: Decisions | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """All figures; None where the labels or the result do not tell.

    Args:
        agreement: Pairs, B-cubed, exact clusters.
        by_source: Per pair of sources.
        by_kind: Persons and organizations.
        by_level: What differs, per kind; columns of `agreement_by_level` and kind.
        reliability: Table of calibration above 0.5.
        calibration_error: Its expected calibration error.
        thresholds: Best threshold of pairs and the one in use.
        unlabelled: Records of the result without a label.
        missing: Labelled records that are not in the result.
        estimate: Without labels: precision and recall with their uncertainty.
    """

    agreement: Agreement | None = None
    by_source: pd.DataFrame | None = None
    by_kind: pd.DataFrame | None = None
    by_level: pd.DataFrame | None = None
    reliability: pd.DataFrame | None = None
    calibration_error: float | None = None
    thresholds: Thresholds | None = None
    unlabelled: int = 0
    missing: int = 0
    estimate: Estimate | None = None


def outcome_of(found: Duplicates) -> Outcome:
    """The outcome of matching in memory."""
    normal, matches = found.normal, found.matches
    return Outcome(
        crosswalk=_with_kind(found.crosswalk, normal.parties),
        scores=matches.scores,
        clusters=matches.clusters,
        tables=(normal.parties, normal.contacts, normal.addresses),
        models=matches.models,
    )


def stored_outcome(store: Store) -> Outcome:
    """The outcome of the last run in a store."""
    members = store.load("members")
    primary = members[members["is_primary"]]
    models = store.load("models")
    clusters = store.load("clusters")
    return Outcome(
        crosswalk=primary[["source", "record_id", "customer_id", "kind"]].reset_index(drop=True),
        scores=Scores(store.load("scores")),
        clusters=Clusters(clusters),
        tables=(
            Parties(store.load("parties")),
            Contacts(store.load("contacts")),
            Addresses(store.load("addresses")),
        ),
        models={str(m.kind): model_from_text(str(m.text)) for m in models.itertuples(index=False)},
        decisions=Decisions(store.load("decisions")),
    )


def read_outcome(folder: Path) -> Outcome:
    """The outcome in an output folder: crosswalk.csv and pairs.csv of `dedupe` or `run`.

    Pairs that are one customer only by their companies (matched, in two customers) are left out.

    Raises:
        ReadError: One of the files is missing or has other columns.
    """
    crosswalk = _csv(folder, "crosswalk.csv", ["source", "record_id", "customer_id"])
    pairs = _csv(
        folder, "pairs.csv", ["source_l", "record_id_l", "source_r", "record_id_r", "probability", "band"]
    )
    ends = [pairs[f"source_{s}"] + ":" + pairs[f"record_id_{s}"] + "/person" for s in ("l", "r")]
    party = crosswalk["source"] + ":" + crosswalk["record_id"] + "/person"
    customer = pd.Series(crosswalk["customer_id"].to_numpy(), index=party)
    left, right = (customer.reindex(end).fillna("").to_numpy(dtype=object) for end in ends)
    together = (left == right) & (left != "")
    wrong = (pairs["band"] == "match").to_numpy() & ~together
    scores = pd.DataFrame(
        {
            "party_l": ends[0],
            "party_r": ends[1],
            "weight": np.nan,
            "probability": pairs["probability"].str.replace(",", ".").astype("float64"),
            "band": pairs["band"],
            "levels": None,
            "outcome": np.where(together, "merged", "below_threshold"),
        }
    )[~wrong]
    clusters = pd.DataFrame({"party": party, "cluster": crosswalk["customer_id"]})
    return Outcome(crosswalk, SCORES.check(scores), CLUSTERS.check(clusters), decisions=DECISIONS.empty())


def _csv(folder: Path, name: str, columns: list[str]) -> pd.DataFrame:
    path = folder / name
    if not path.is_file():
        raise ReadError(f"no {name} in {folder.name}", hint="crmclean dedupe and crmclean run write it")
    frame = pd.concat([t.frame for t in load_tables([path])], ignore_index=True)
    lacking = [c for c in columns if c not in frame]
    if lacking:
        raise ReadError(f"{name} has no column {lacking[0]!r}", hint="it is not a result of crmclean")
    return frame


def read_labels(path: Path) -> Labels:
    """The labels of a file; see `labels_from_table`.

    Raises:
        ReadError: It cannot be read or lacks columns.
    """
    return labels_from_table(pd.concat([t.frame for t in load_tables([path])], ignore_index=True))


def _with_kind(crosswalk: pd.DataFrame, parties: Parties) -> pd.DataFrame:
    named = parties[["source", "record_id", "kind"]].sort_values("kind", ascending=False)
    first = named.drop_duplicates(["source", "record_id"])
    return crosswalk.merge(first, on=["source", "record_id"], how="left")


def measure(outcome: Outcome, labels: Labels | None, *, threshold: float, seed: int = 1) -> Measured:
    """The figures of an outcome: against labels, or estimated without.

    Args:
        outcome: The result.
        labels: What is true; None for an estimate.
        threshold: Probability from which pairs were merged.
        seed: Of samples and draws.
    """
    if labels is None:
        estimate = estimate_quality(
            outcome.scores, outcome.clusters, models=outcome.models, decisions=outcome.decisions, seed=seed
        )
        return Measured(estimate=estimate)
    if len(labels.pairs):
        return _measured_pairs(outcome, labels)
    crosswalk = outcome.crosswalk
    gold = record_clusters(crosswalk, labels)
    known = gold.notna()
    found, truth = crosswalk.loc[known, "customer_id"], gold[known]
    segments = crosswalk[known]
    missing = len(labels.clusters) - int(known.sum())
    agreement = _with_missing(compare_clusters(found, truth), labels, missing)
    reliability, thresholds = _calibration(outcome, labels, agreement.true, threshold)
    return Measured(
        agreement=agreement,
        by_source=agreement_by(found, truth, segments["source"]),
        by_kind=agreement_by(found, truth, segments["kind"]) if "kind" in segments else None,
        by_level=_by_level(outcome, labels, seed),
        reliability=reliability,
        calibration_error=calibration_error(reliability),
        thresholds=thresholds,
        unlabelled=int((~known).sum()),
        missing=missing,
    )


def _with_missing(agreement: Agreement, labels: Labels, missing: int) -> Agreement:
    """Labelled records that the result lacks count as found alone."""
    if not missing:
        return agreement
    sizes = labels.clusters.groupby("cluster").size().to_numpy(dtype=np.int64)
    true = int((sizes * (sizes - 1) // 2).sum())
    return replace(agreement, true=max(true, agreement.true))


def _measured_pairs(outcome: Outcome, labels: Labels) -> Measured:
    left, right = pair_records(outcome.crosswalk, labels)
    known = (left >= 0) & (right >= 0)
    customer = outcome.crosswalk["customer_id"]
    sides = (customer.iloc[left[known]], customer.iloc[right[known]])
    same = labels.pairs["same"].to_numpy(dtype=bool)[known]
    agreement = compare_labelled_pairs(sides[0].reset_index(drop=True), sides[1].reset_index(drop=True), same)
    return Measured(agreement=agreement, missing=int((~known).sum()))


def _calibration(
    outcome: Outcome, labels: Labels, all_true: int, threshold: float
) -> tuple[pd.DataFrame, Thresholds]:
    """Scored pairs whose both records count for the kind that was compared."""
    scores = outcome.scores
    gold = _party_gold(outcome, labels)
    left, right = (gold.reindex(scores[f"party_{s}"]).fillna("").to_numpy(dtype=object) for s in ("l", "r"))
    known = (left != "") & (right != "")
    probability = scores["probability"].to_numpy(dtype=np.float64)[known]
    true = np.asarray(left == right, dtype=bool)[known]
    return reliability_table(probability, true), best_threshold(probability, true, all_true, at=threshold)


def _party_gold(outcome: Outcome, labels: Labels) -> pd.Series[Any]:
    """Party -> true cluster, for the parties their records count for."""
    if outcome.tables is None:
        gold = record_clusters(outcome.crosswalk, labels)
        party = outcome.crosswalk["source"] + ":" + outcome.crosswalk["record_id"] + "/person"
        return pd.Series(gold.array, index=party).dropna()
    parties = outcome.tables[0].sort_values("party")
    rank = (parties["kind"] != "person").astype("int64")
    ordered = parties.assign(rank=rank).sort_values(["rank", "party"], kind="stable")
    first = ordered.drop_duplicates(["source", "record_id"]).reset_index(drop=True)
    return pd.Series(record_clusters(first, labels).array, index=first["party"]).dropna()


def _by_level(outcome: Outcome, labels: Labels, seed: int) -> pd.DataFrame | None:
    if outcome.tables is None:
        return None
    parts = []
    cluster = outcome.clusters.set_index("party")["cluster"]
    for kind, model in sorted(outcome.models.items()):
        features, _ = sound_features(features_of(kind, *outcome.tables))
        gold = party_clusters(outcome.tables[0], kind, features.parties, labels)
        found = pd.factorize(cluster.reindex(list(features.parties)))[0].astype(np.int64)
        parts.append(agreement_by_level(model, features, found, gold, seed=seed).assign(kind=kind))
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else None


def gate(measured: Measured, least: float | None) -> None:
    """Ends the command where F1 is below what was asked for.

    Raises:
        GateError: F1 (estimated: its lower bound) is below.
    """
    if least is None:
        return
    if measured.agreement is not None:
        f1 = measured.agreement.f1
    elif measured.estimate is not None:
        p, r = measured.estimate.precision.low, measured.estimate.recall.low
        f1 = 2 * p * r / (p + r) if p + r else 0.0
    else:  # pragma: no cover  one of both is always there
        return
    if f1 < least:
        raise GateError(
            f"F1 is {f1:.4f}, below {least:g}", hint="crmclean evaluate shows where pairs are lost"
        )

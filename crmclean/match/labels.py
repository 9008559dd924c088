"""What somebody knows of records: true clusters or judged pairs; to measure by and to learn from.

A label is about a record. A record that names a person counts for the person and not for the
company beside it, as in the crosswalk.

Learning from labels is the leave-one-out estimate of `train`, with labelled pairs in place of
guessed ones: a pair that somebody labelled counts as what it is, all others by their probability.
So a few decisions, which always are of doubtful pairs, do not bend the model towards doubtful pairs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.decisions import standing
from crmclean.errors import ModelError, ReadError
from crmclean.match.block import candidate_pairs, rules_for
from crmclean.match.cluster import pairs_within
from crmclean.match.codes import Ints
from crmclean.match.compare import Compared, compare_pairs
from crmclean.match.evidence import posterior, total_evidence
from crmclean.match.features import Features
from crmclean.match.model import Comparison, Level, Model, model_from_text, no_model
from crmclean.match.train import PSEUDO_PAIRS, SURE, SURE_PERSONAL, estimate_u, train_model
from crmclean.messages import say
from crmclean.tables import Decisions, Parties

__all__ = [
    "Labels",
    "labels_from_decisions",
    "labels_from_table",
    "models_from_text",
    "models_text",
    "pair_records",
    "party_clusters",
    "record_clusters",
    "train_with_labels",
]

Doubles = npt.NDArray[np.float64]
ROUNDS = 4
LARGEST = 400
"""True clusters above this size teach nothing: their pairs would outweigh all others."""
_CLUSTER = ("cluster", "cluster_id", "entity_id", "customer_id", "label")
_RECORD = ("record_id", "id")
_SAME = frozenset({"same", "1", "true", "yes", "ja", "match", "gleich", "duplicate"})
_DIFFERENT = frozenset({"different", "0", "false", "no", "nein", "non-match", "verschieden", "distinct"})


@dataclass(frozen=True, slots=True)
class Labels:
    """True clusters of records, or judged pairs of records; one of both is empty.

    Args:
        clusters: Columns source ("" where not given), record_id, cluster.
        pairs: Columns source_l, record_id_l, source_r, record_id_r, same (bool).
    """

    clusters: pd.DataFrame
    pairs: pd.DataFrame


def labels_from_table(frame: pd.DataFrame) -> Labels:
    """The labels in a table of text.

    Args:
        frame: Either ``cluster`` (or entity_id, customer_id) with ``id`` or ``source, record_id``; or
            pairs: ``record_id_l, record_id_r`` (with ``source_l, source_r`` where ids are not unique)
            and ``label``: same or different, 1 or 0.

    Raises:
        ReadError: A column is missing, or a label is neither same nor different.
    """
    if {"record_id_l", "record_id_r"} <= set(frame.columns):
        return Labels(_no_clusters(), _labelled_pairs(frame))
    record = next((c for c in _RECORD if c in frame), None)
    cluster = next((c for c in _CLUSTER if c in frame), None)
    if record is None or cluster is None:
        raise ReadError.of("errors.labels.columns")
    known = frame[frame[record].notna() & frame[cluster].notna()]
    source = known["source"].fillna("") if "source" in known else pd.Series("", known.index, dtype="str")
    table = pd.DataFrame({"source": source, "record_id": known[record], "cluster": known[cluster]})
    return Labels(table.drop_duplicates(["source", "record_id"]).reset_index(drop=True), _no_pairs())


def _no_clusters() -> pd.DataFrame:
    return pd.DataFrame({c: pd.Series(dtype="str") for c in ("source", "record_id", "cluster")})


def _no_pairs() -> pd.DataFrame:
    names = ("source_l", "record_id_l", "source_r", "record_id_r")
    return pd.DataFrame({**{c: pd.Series(dtype="str") for c in names}, "same": pd.Series(dtype="bool")})


def _labelled_pairs(frame: pd.DataFrame) -> pd.DataFrame:
    said = next((c for c in ("label", "decision", "same", "match") if c in frame), None)
    words = frame[said].fillna("").str.strip().str.lower() if said else pd.Series(dtype="str")
    wrong = sorted(set(words) - _SAME - _DIFFERENT)
    if said is None or wrong:
        raise (
            ReadError.of("errors.labels.word", word=wrong[0])
            if wrong
            else ReadError.of("errors.labels.label")
        )
    ends = {}
    for side in ("l", "r"):
        given = frame.get(f"source_{side}")
        ends[f"source_{side}"] = "" if given is None else given.fillna("")
        ends[f"record_id_{side}"] = frame[f"record_id_{side}"]
    return pd.DataFrame({**ends, "same": words.isin(_SAME)}, index=frame.index).reset_index(drop=True)


def labels_from_decisions(decisions: Decisions) -> Labels:
    """The decisions of stewards as judged pairs of records; the last word on a pair holds."""
    last = standing(decisions)
    if not len(last):
        return Labels(_no_clusters(), _no_pairs())
    table: dict[str, Any] = {}
    for side in ("l", "r"):
        record = last[f"party_{side}"].str.rpartition("/")[0].str.partition(":")
        table[f"source_{side}"], table[f"record_id_{side}"] = record[0], record[2]
    frame = pd.DataFrame({**table, "same": last["decision"] == "same"})
    return Labels(_no_clusters(), frame.reset_index(drop=True))


def _record_index(records: pd.DataFrame) -> pd.MultiIndex:
    """The key of records: source and record_id."""
    return pd.MultiIndex.from_frame(records[["source", "record_id"]])


def record_clusters(records: pd.DataFrame, labels: Labels) -> pd.Series[Any]:
    """True cluster of each record, missing where nobody said.

    Args:
        records: Columns source, record_id.
        labels: Clusters are used; a label without a source goes by the record's id alone.

    Raises:
        ReadError: Labels without a source, and two sources have the same id.
    """
    sourced = labels.clusters["source"] != ""
    named, bare = labels.clusters[sourced], labels.clusters[~sourced]
    found = pd.Series(np.nan, index=records.index, dtype="str")
    if len(named):
        at = _record_index(named).get_indexer(_record_index(records))
        found = pd.Series(named["cluster"].array.take(at, allow_fill=True), index=records.index)
    if len(bare):
        by_id = bare.drop_duplicates("record_id").set_index("record_id")["cluster"]
        hit = records["record_id"].isin(by_id.index)
        if records.loc[hit, "record_id"].duplicated().any():
            raise ReadError.of("errors.labels.source")
        found = found.where(found.notna(), records["record_id"].map(by_id))
    return found


def party_clusters(parties: Parties, kind: str, names: Sequence[str], labels: Labels) -> Ints:
    """True cluster per party of a kind as codes; -1 where nobody said or the record counts for another.

    Args:
        parties: All parties.
        kind: person or organization.
        names: The parties asked about, as in `Features.parties`.
        labels: True clusters of records.
    """
    frame = parties[["party", "source", "record_id", "kind"]].sort_values("party").reset_index(drop=True)
    rank = (frame["kind"] != "person").astype("int64")
    first = frame.assign(rank=rank).sort_values(["source", "record_id", "rank", "party"], kind="stable")
    first = first.drop_duplicates(["source", "record_id"])
    first = first[first["kind"] == kind].reset_index(drop=True)
    codes = pd.factorize(record_clusters(first, labels))[0].astype(np.int64)
    at = pd.Index(first["party"]).get_indexer(pd.Index(names))
    return np.where(at >= 0, np.append(codes, -1)[at], -1)


def pair_records(records: pd.DataFrame, labels: Labels) -> tuple[Ints, Ints]:
    """Position of both records of each judged pair; -1 where a record is not there.

    Args:
        records: Columns source, record_id, each record once.
        labels: Judged pairs; one without sources goes by the ids alone, where these are unique.
    """
    ends = []
    for side in ("l", "r"):
        source, record = labels.pairs[f"source_{side}"], labels.pairs[f"record_id_{side}"]
        if (source == "").all():
            unique = ~records["record_id"].duplicated(keep=False).to_numpy()
            rows = np.flatnonzero(unique)
            at = pd.Index(records["record_id"].to_numpy()[rows]).get_indexer(pd.Index(record))
            ends.append(np.where(at >= 0, np.append(rows, -1)[at], -1))
        else:
            asked = pd.MultiIndex.from_arrays([source, record])
            ends.append(_record_index(records).get_indexer(asked))
    return ends[0].astype(np.int64), ends[1].astype(np.int64)


def _known_pairs(
    parties: Parties, features: Features, labels: Labels
) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
    """Judged pairs as rows of the features."""
    own = parties[parties["kind"] == features.kind].sort_values("party")
    own = own.drop_duplicates(["source", "record_id"]).reset_index(drop=True)
    row = np.append(pd.Index(features.parties).get_indexer(pd.Index(own["party"])), -1)
    one, two = (row[at] for at in pair_records(own, labels))
    there = (one >= 0) & (two >= 0) & (one != two)
    left, right = np.minimum(one, two)[there], np.maximum(one, two)[there]
    return left.astype(np.int64), right.astype(np.int64), labels.pairs["same"].to_numpy(dtype=bool)[there]


def train_with_labels(
    start: Model, features: Features, parties: Parties, labels: Labels, *, cap: int = 100, seed: int = 1
) -> Model:
    """The model of these parties, with what the labels say of them.

    Args:
        start: Start values of this kind.
        features: Facts of the parties of this kind.
        parties: All parties: they tell which records the labels mean.
        labels: True clusters or judged pairs.
        cap: Largest block compared whole.
        seed: Of the sample for u.

    Raises:
        ModelError: The labels name no pair of these parties.
    """
    blocked = candidate_pairs(features, rules_for(features.kind), cap=cap)
    gold = party_clusters(parties, features.kind, features.parties, labels)
    true = _true_pairs(gold)
    judged = _known_pairs(parties, features, labels)
    pairs, known = _with_known(features.n, (blocked.left, blocked.right), gold, true, judged)
    if not np.isfinite(known).any():
        key = "match.labels_unknown"
        raise ModelError(say(key, "en"), hint=say(f"{key}.hint", "en"), key=key)
    model = estimate_u(start, features, seed=seed)
    compared = compare_pairs(model, features, *pairs)
    learned = train_model(model, compared, max(2, features.n))
    for _ in range(ROUNDS):
        learned = _round(learned, start, compared, known, max(2, features.n))
    return learned


def _true_pairs(gold: Ints) -> tuple[Ints, Ints]:
    rows = np.flatnonzero(gold >= 0)
    left, right = pairs_within(gold[rows], smallest=2, largest=LARGEST)
    return rows[left], rows[right]


def _with_known(
    n: int,
    blocked: tuple[Ints, Ints],
    gold: Ints,
    true: tuple[Ints, Ints],
    judged: tuple[Ints, Ints, npt.NDArray[np.bool_]],
) -> tuple[tuple[Ints, Ints], Doubles]:
    """Candidates and labelled pairs, each once, with 1, 0 or NaN (nobody said)."""
    width = np.int64(max(1, n))
    asked = judged[0] * width + judged[1]
    keys = np.unique(np.concatenate([blocked[0] * width + blocked[1], true[0] * width + true[1], asked]))
    left, right = keys // width, keys % width
    said = (gold[left] >= 0) & (gold[right] >= 0)
    known = np.where(said, (gold[left] == gold[right]).astype(np.float64), np.nan)
    known[np.searchsorted(keys, asked)] = judged[2].astype(np.float64)
    return (left, right), known


def _round(model: Model, start: Model, compared: Compared, known: Doubles, n: int) -> Model:
    """One round of the estimate: labelled pairs as they are, others by the other comparisons."""
    found, parts = total_evidence(model, compared)
    _, probability, related = posterior(model, found)
    labelled = np.isfinite(known)
    comparisons = []
    for i, comparison in enumerate(start.comparisons):
        _, without, _ = posterior(model, found.without(parts[i]))
        least = SURE_PERSONAL if comparison.personal else SURE
        share = np.where(labelled, np.nan_to_num(known), np.where(without > least, without, 0.0))
        comparisons.append(
            replace(
                model.comparisons[i],
                levels=_levels(comparison, model.comparisons[i], compared.levels[:, i], share),
            )
        )
    match = np.where(labelled, np.nan_to_num(known), probability)
    kin = np.where(labelled, (1.0 - np.nan_to_num(known)) * related, related)
    pairs = n * (n - 1) / 2
    least_prior = 0.01 / n
    return replace(
        model,
        comparisons=tuple(comparisons),
        prior_match=float(np.clip(match.sum() / pairs, least_prior, 0.2)),
        prior_kin=float(np.clip(kin.sum() / pairs, least_prior, 0.2)) / 2,
        prior_associate=float(np.clip(kin.sum() / pairs, least_prior, 0.2)) / 2,
    )


def _levels(
    start: Comparison, now: Comparison, levels: npt.NDArray[np.int8], share: Doubles
) -> tuple[Level, ...]:
    counts = np.bincount(levels, weights=share, minlength=len(start.levels))
    total = counts[1:].sum() + PSEUDO_PAIRS
    return (
        now.levels[0],
        *(
            replace(level, m=float((counts[i] + PSEUDO_PAIRS * start.levels[i].m) / total))
            for i, level in enumerate(now.levels[1:], start=1)
        ),
    )


def models_text(models: Mapping[str, Model]) -> str:
    """Models of all kinds as one JSON text, stable line by line."""
    return (
        json.dumps({kind: asdict(model) for kind, model in models.items()}, indent=1, sort_keys=True) + "\n"
    )


def models_from_text(text: str) -> dict[str, Model]:
    """The models that `models_text` wrote.

    Raises:
        ModelError: The text is no model file.
    """
    try:
        data = json.loads(text)
        parts = {str(kind): json.dumps(part) for kind, part in data.items()}
    except (ValueError, AttributeError) as error:
        raise no_model() from error
    models = {kind: model_from_text(part) for kind, part in parts.items()}
    if not models or any(kind != model.kind for kind, model in models.items()):
        raise no_model()
    return models

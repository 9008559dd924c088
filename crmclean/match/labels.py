"""What somebody knows of records: true clusters or judged pairs; to measure by and to learn from.

A label is about a record. A record that names a person counts for the person and not for the
company beside it, as in the crosswalk.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.decisions import standing
from crmclean.errors import ReadError
from crmclean.match.codes import Ints
from crmclean.match.model import Model, model_from_text, no_model
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
]

Doubles = npt.NDArray[np.float64]
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

"""Figures against labels: counted, not listed; calibration; what differs; estimates without labels."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmclean.errors import ReadError
from crmclean.match.calibrate import best_threshold, calibration_error, reliability_table
from crmclean.match.estimate import estimate_quality
from crmclean.match.evaluate import agreement_by, agreement_by_level, compare_clusters, compare_labelled_pairs
from crmclean.match.features import features_of
from crmclean.match.labels import labels_from_decisions, labels_from_table, record_clusters
from crmclean.match.model import PERSON
from crmclean.tables import CLUSTERS, DECISIONS, SCORES
from tests.match.builders import addresses, contacts, crowd, parties, party


def by_listing(found: list[int], gold: list[int]) -> tuple[int, int, int]:
    """True, found and both pairs, by listing all pairs."""
    pairs = list(itertools.combinations(range(len(gold)), 2))
    true = {p for p in pairs if gold[p[0]] == gold[p[1]]}
    put = {p for p in pairs if found[p[0]] == found[p[1]]}
    return len(true), len(put), len(true & put)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=20))
def test_counts_are_those_of_listed_pairs(rows):
    """The table of clusters gives the same counts as listing every pair."""
    found, gold = [r[0] for r in rows], [r[1] for r in rows]
    figures = compare_clusters(pd.Series(found, dtype="int64"), pd.Series(gold, dtype="int64"))
    assert (figures.true, figures.found, figures.both) == by_listing(found, gold)


def test_b_cubed_and_exact_clusters():
    """B-cubed by hand: {1,2,3} and {4} found as {1,2} and {3,4}; no cluster is exact."""
    figures = compare_clusters(pd.Series(list("aabb")), pd.Series(list("xxxy")))
    assert figures.b_cubed_precision == pytest.approx((1 + 1 + 0.5 + 0.5) / 4)
    assert figures.b_cubed_recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert (figures.clusters, figures.clusters_exact) == (2, 0)


def test_record_without_a_customer_stands_alone():
    """Records that the result lacks are no cluster of the missing."""
    figures = compare_clusters(pd.Series(["a", None, None]), pd.Series(["x", "x", "x"]))
    assert figures.found == 0


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from("abc")), min_size=1, max_size=20)
)
def test_segments_add_up(rows):
    """The pairs of all segments are all pairs."""
    found, gold = (pd.Series([r[i] for r in rows]) for i in (0, 1))
    table = agreement_by(found, gold, pd.Series([r[2] for r in rows]))
    whole = compare_clusters(found, gold)
    assert (table["true"].sum(), table["found"].sum(), table["both"].sum()) == (
        whole.true,
        whole.found,
        whole.both,
    )


def test_segments_by_source():
    """A pair across sources and a pair within one are told apart."""
    table = agreement_by(pd.Series([1, 1, 2, 2]), pd.Series([1, 1, 2, 3]), pd.Series(list("abbb")))
    rows = table.set_index(["left", "right"])
    assert rows.loc[("a", "b"), "recall"] == 1.0
    assert rows.loc[("b", "b"), "precision"] == 0.0


def test_a_million_rows_take_seconds():
    """One cluster of 100,000 records has five billion pairs, which nobody lists."""
    gold = pd.Series(np.r_[np.zeros(100_000, dtype=np.int64), np.arange(1, 100_001)])
    figures = compare_clusters(gold, gold)
    assert figures.f1 == 1.0
    assert figures.true == 100_000 * 99_999 // 2


def test_labelled_pairs():
    """Judged pairs give precision and recall of themselves alone."""
    left, right = pd.Series([1, 1, 2]), pd.Series([1, 2, 2])
    figures = compare_labelled_pairs(left, right, np.array([True, True, False]))
    assert (figures.precision, figures.recall) == (0.5, 0.5)


def test_reliability_of_an_honest_and_of_a_boastful_model():
    """Half of the pairs at 0.95 being true is an error of 0.45; 19 of 20 is none."""
    p = np.full(20, 0.95)
    honest = reliability_table(p, np.arange(20) < 19)
    boastful = reliability_table(p, np.arange(20) < 10)
    assert calibration_error(honest) == pytest.approx(0.0)
    assert calibration_error(boastful) == pytest.approx(0.45)
    assert calibration_error(reliability_table(np.array([0.2]), np.array([True]))) is None


def test_best_threshold():
    """The threshold that takes the two true pairs and not the false one between 0.6 and 0.4."""
    found = best_threshold(np.array([0.9, 0.8, 0.4]), np.array([True, True, False]), 2, at=0.3)
    assert (found.best, found.best_f1, found.f1) == (0.8, 1.0, pytest.approx(0.8))


def test_what_differs():
    """Recall per level: the true pair that was missed differs in its family name."""
    people = [
        party("a:1", given_name="Ida", family_name="Lorenz"),
        party("a:2", given_name="Ida", family_name="Lorenz"),
        party("a:3", given_name="Ida", family_name="Sommer"),
    ]
    features = features_of("person", parties(*people), contacts(), addresses())
    table = agreement_by_level(PERSON, features, np.array([0, 0, 1]), np.array([7, 7, 7]))
    family = table[table["comparison"] == "family"].set_index("level")
    assert family.loc["equal", "recall"] == 1.0
    assert family.loc["different", ["true", "found"]].tolist() == [2, 0]


def test_labels_by_id_alone_must_be_unique():
    """Labels without a source serve one source; with two that share an id they are refused."""
    labels = labels_from_table(pd.DataFrame({"id": ["1", "2"], "cluster": ["x", "x"]}, dtype="str"))
    one = pd.DataFrame({"source": ["a", "a"], "record_id": ["1", "2"]}, dtype="str")
    assert record_clusters(one, labels).tolist() == ["x", "x"]
    with pytest.raises(ReadError):
        record_clusters(one.assign(source=["a", "b"], record_id=["1", "1"]), labels)


def test_labels_need_their_columns():
    """A table without a cluster, and a label that is neither same nor different, are refused."""
    with pytest.raises(ReadError):
        labels_from_table(pd.DataFrame({"id": ["1"], "name": ["x"]}, dtype="str"))
    with pytest.raises(ReadError):
        labels_from_table(
            pd.DataFrame({"record_id_l": ["1"], "record_id_r": ["2"], "label": ["maybe"]}, dtype="str")
        )


def test_last_decision_is_the_label():
    """Decisions become judged pairs; the last word holds."""
    said = [
        {"party_l": "a:1/person", "party_r": "a:2/person", "decision": d, "at": at}
        for d, at in (("same", "2024-02-01"), ("different", "2024-01-01"))
    ]
    labels = labels_from_decisions(DECISIONS.check(pd.DataFrame(said)))
    assert labels.pairs["same"].tolist() == [True]
    assert not len(labels_from_decisions(DECISIONS.empty()).pairs)


def scored(rows: list[tuple[str, str, float, str]]) -> pd.DataFrame:
    """A scores table of (left, right, probability, outcome)."""
    frame = pd.DataFrame(rows, columns=["party_l", "party_r", "probability", "outcome"])
    return SCORES.check(frame.assign(weight=0.0, band="match", levels=""))


def test_estimate_follows_the_reviewed_pairs():
    """The model says 0.9 of all pairs; stewards who found nine of ten wrong are believed."""
    n = 200
    names = [(f"a:{i:03d}/person", f"b:{i:03d}/person") for i in range(n)]
    scores = scored([(a, b, 0.9, "merged") for a, b in names])
    clusters = CLUSTERS.check(pd.DataFrame([{"party": p, "cluster": a} for a, b in names for p in (a, b)]))
    before = estimate_quality(scores, clusters)
    assert before.precision.low < 0.9 < before.precision.high
    said = [
        {"party_l": a, "party_r": b, "decision": "same" if i % 10 == 0 else "different", "at": "2024-01-01"}
        for i, (a, b) in enumerate(names[:100])
    ]
    after = estimate_quality(scores, clusters, decisions=DECISIONS.check(pd.DataFrame(said)))
    assert after.reviewed == 100
    assert after.precision.high < 0.45
    assert after.precision.high - after.precision.low < before.precision.high - before.precision.low


def test_estimate_of_nothing():
    """No pairs, no error."""
    people, _ = crowd(3)
    clusters = CLUSTERS.check(pd.DataFrame([{"party": p["party"], "cluster": p["party"]} for p in people]))
    assert estimate_quality(SCORES.empty(), clusters).merged == 0

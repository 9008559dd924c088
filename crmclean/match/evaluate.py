"""How good clusters are against labels: counts of pairs, B-cubed, exact clusters, by segment.

Everything is counted in the table of found by true cluster sizes, never by listing pairs: a
cluster of k records has k(k-1)/2 pairs, and a million rows take a second. Only what differs
within pairs (`agreement_by_level`) needs pairs, and takes a sample of them where there are many.

Sources: A. Bagga, B. Baldwin, "Entity-based cross-document coreferencing using the vector space
model", COLING 1998 (B-cubed); D. Menestrina, S. Whang, H. Garcia-Molina, "Evaluating entity
resolution results", VLDB 2010 (pairs, exact clusters).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix

from crmclean.match.cluster import pairs_within
from crmclean.match.codes import Ints
from crmclean.match.compare import compare_pairs
from crmclean.match.features import Features
from crmclean.match.model import Model
from crmclean.match.presence import SAME_GAPS

__all__ = ["Agreement", "agreement_by", "agreement_by_level", "compare_clusters", "compare_labelled_pairs"]

LISTED = 500_000
"""Pairs beyond which `agreement_by_level` looks at a sample."""
LARGEST = 400
"""Clusters above this size are left out of `agreement_by_level`."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Figures of found against true clusters; None where labelled pairs cannot tell.

    Args:
        records: Records that have a label.
        true: Pairs that belong together.
        found: Pairs that were put together.
        both: Pairs that are both.
        b_cubed_precision: Mean over records of the share of its found cluster that belongs to it.
        b_cubed_recall: Mean over records of the share of its true cluster that was found.
        clusters: True clusters.
        clusters_found: Found clusters.
        clusters_exact: True clusters found as they are, no record more or less.
    """

    records: int
    true: int
    found: int
    both: int
    b_cubed_precision: float | None = None
    b_cubed_recall: float | None = None
    clusters: int | None = None
    clusters_found: int | None = None
    clusters_exact: int | None = None

    @property
    def precision(self) -> float:
        """Share of the found pairs that are true; 1 where none was found."""
        return self.both / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that were found; 1 where there is none."""
        return self.both / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return _harmonic(self.precision, self.recall)

    @property
    def b_cubed_f1(self) -> float | None:
        """Harmonic mean of B-cubed precision and recall."""
        if self.b_cubed_precision is None or self.b_cubed_recall is None:
            return None
        return _harmonic(self.b_cubed_precision, self.b_cubed_recall)


def _harmonic(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _pairs(sizes: npt.NDArray[Any]) -> int:
    return int((sizes.astype(np.int64) * (sizes.astype(np.int64) - 1) // 2).sum())


def compare_clusters(found: pd.Series[Any], gold: pd.Series[Any]) -> Agreement:
    """The figures of found against true clusters.

    Args:
        found: Cluster of each record; a missing one means the record stands alone.
        gold: True cluster of each record, in the same order.
    """
    found_code, gold_code = _alone(found), pd.factorize(gold)[0].astype(np.int64)
    by_found, by_gold = np.bincount(found_code), np.bincount(gold_code)
    width = np.int64(len(by_gold) or 1)
    cells, size = np.unique(found_code * width + gold_code, return_counts=True)
    of_found, of_gold = by_found[cells // width], by_gold[cells % width]
    n = max(1, len(gold_code))
    weight = size.astype(np.float64) ** 2
    return Agreement(
        records=len(gold_code),
        true=_pairs(by_gold),
        found=_pairs(by_found),
        both=_pairs(size),
        b_cubed_precision=float((weight / of_found).sum() / n) if len(gold_code) else 1.0,
        b_cubed_recall=float((weight / of_gold).sum() / n) if len(gold_code) else 1.0,
        clusters=len(by_gold),
        clusters_found=len(by_found),
        clusters_exact=int(((size == of_found) & (size == of_gold)).sum()),
    )


def _alone(found: pd.Series[Any]) -> Ints:
    """Codes of clusters; records without one get a cluster of their own."""
    codes = pd.factorize(found)[0].astype(np.int64)
    lone = codes < 0
    codes[lone] = int(codes.max(initial=-1)) + 1 + np.arange(int(lone.sum()))
    return codes


def compare_labelled_pairs(
    left: pd.Series[Any], right: pd.Series[Any], same: npt.NDArray[np.bool_]
) -> Agreement:
    """The figures over pairs that somebody labelled: nothing is known of all others.

    Args:
        left: Found cluster of the one record of each pair.
        right: Found cluster of the other.
        same: Whether the pair belongs together.
    """
    together = (left.to_numpy() == right.to_numpy()) & left.notna().to_numpy()
    return Agreement(len(same), int(same.sum()), int(together.sum()), int((together & same).sum()))


def agreement_by(
    found: pd.Series[Any], gold: pd.Series[Any], segment: pd.Series[Any], *, most: int = 40
) -> pd.DataFrame:
    """Figures per pair of segments that the two records of a pair come from.

    Args:
        found: As for `compare_clusters`.
        gold: As for `compare_clusters`.
        segment: Segment of each record (its source, its kind), in the same order.
        most: Segments listed; smaller ones are taken together as "...".

    Returns:
        Columns left, right (left <= right), true, found, both, precision, recall, f1; pairs of
        segments without any pair are left out.
    """
    names = segment.fillna("").astype("str")
    kept = sorted(names.value_counts(sort=True).sort_index(kind="stable").nlargest(most).index)
    shown = names.where(names.isin(kept), "...")
    code, labels = pd.factorize(shown, sort=True)
    found_code, gold_code = _alone(found), pd.factorize(gold)[0].astype(np.int64)
    cell = pd.factorize(found_code * np.int64(gold_code.max(initial=0) + 1) + gold_code)[0]
    counts = [_pair_counts(c, code, len(labels)) for c in (gold_code, found_code, cell)]
    rows = []
    for i, left in enumerate(labels):
        for j in range(i, len(labels)):
            true, put, both = (int(c[i, j]) for c in counts)
            if true or put:
                figures = Agreement(0, true, put, both)
                rows.append((left, labels[j], true, put, both, *_three(figures)))
    return pd.DataFrame(rows, columns=["left", "right", "true", "found", "both", "precision", "recall", "f1"])


def _three(figures: Agreement) -> tuple[float, float, float]:
    return round(figures.precision, 4), round(figures.recall, 4), round(figures.f1, 4)


def _pair_counts(cluster: Ints, segment: npt.NDArray[Any], width: int) -> npt.NDArray[np.int64]:
    """Pairs within clusters per pair of segments: a product of the cluster by segment table."""
    if not len(cluster):
        return np.zeros((width, width), dtype=np.int64)
    table = csr_matrix(
        (np.ones(len(cluster), dtype=np.int64), (cluster, segment)), shape=(int(cluster.max()) + 1, width)
    )
    product = csr_matrix(table.T @ table).toarray().astype(np.int64)
    ones = np.asarray(table.sum(axis=0), dtype=np.int64).ravel()
    inside = (np.diag(product) - ones) // 2
    np.fill_diagonal(product, inside)
    return product


def agreement_by_level(
    model: Model, features: Features, found: Ints, gold: Ints, *, seed: int = 1
) -> pd.DataFrame:
    """What differs in true pairs, how many of these were found, and what wrong pairs agree in.

    Args:
        model: Names the comparisons and levels.
        features: Facts of the parties.
        found: Cluster per party.
        gold: True cluster per party; -1 where nobody said.
        seed: Of the sample where there are too many pairs.

    Returns:
        Columns comparison, level, true (pairs), found (of these), recall, wrong (found pairs of
        this level that are not true), precision.
    """
    known = np.flatnonzero(gold >= 0)
    true = _within(known, gold, seed)
    put = _within(known, found, seed)
    wrong = tuple(side[gold[put[0]] != gold[put[1]]] for side in put)
    levels = compare_pairs(model, features, *true).levels
    slips = compare_pairs(model, features, wrong[0], wrong[1]).levels
    hit = found[true[0]] == found[true[1]]
    rows = []
    for i, comparison in enumerate(model.comparisons):
        if not levels[:, i].any() and not slips[:, i].any():
            continue  # the data have no such field
        size = len(comparison.levels)
        all_true = np.bincount(levels[:, i], minlength=size)
        both = np.bincount(levels[hit, i], minlength=size)
        bad = np.bincount(slips[:, i], minlength=size)
        for number, level in enumerate(comparison.levels):
            if level.name == SAME_GAPS:
                continue  # of nearly all pairs
            if all_true[number] or bad[number]:
                figures = Agreement(
                    0, int(all_true[number]), int(both[number] + bad[number]), int(both[number])
                )
                precision, recall, _ = _three(figures)
                row = (comparison.name, level.name, figures.true, figures.both, recall, int(bad[number]))
                rows.append((*row, precision))
    return pd.DataFrame(
        rows, columns=["comparison", "level", "true", "found", "recall", "wrong", "precision"]
    )


def _within(rows: Ints, cluster: Ints, seed: int) -> tuple[Ints, Ints]:
    """Pairs of these rows that share a cluster, at most `LISTED`."""
    left, right = pairs_within(cluster[rows], smallest=2, largest=LARGEST)
    if len(left) > LISTED:
        chosen = np.sort(np.random.default_rng(seed).choice(len(left), LISTED, replace=False))
        left, right = left[chosen], right[chosen]
    return rows[left], rows[right]

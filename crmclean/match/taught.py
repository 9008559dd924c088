"""Learning from labels: judged pairs and true clusters teach the model and calibrate it.

The leave-one-out estimate of `train`, with labelled pairs in place of guessed ones: a pair that somebody
labelled counts as what it is, all others by their probability. So a few decisions, which always are of
doubtful pairs, do not bend the model towards doubtful pairs.

Where there are enough labels the weights are then made to mean what the labels say (`fitted`): each
labelled pair gets the weight that the labels of other customers teach, and a monotone map is fitted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.errors import ModelError
from crmclean.match.block import candidate_pairs, rules_for
from crmclean.match.calibrate import calibration_of
from crmclean.match.cluster import pairs_within
from crmclean.match.codes import Ints
from crmclean.match.compare import Compared, compare_pairs
from crmclean.match.evidence import posterior, summed_evidence, total_evidence
from crmclean.match.features import Features
from crmclean.match.fitted import Calibration
from crmclean.match.gaps import with_presence
from crmclean.match.labels import Labels, pair_records, party_clusters
from crmclean.match.model import Comparison, Level, Model
from crmclean.match.score import score_pairs
from crmclean.match.train import PSEUDO_PAIRS, SURE, SURE_PERSONAL, estimate_u, train_model
from crmclean.messages import say
from crmclean.tables import Parties

__all__ = ["train_with_labels"]

Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
ROUNDS = 4
LARGEST = 400
"""True clusters above this size teach nothing: their pairs would outweigh all others."""
FOLDS, FEWEST = 3, 30
"""Parts into which labelled customers are cut, and labelled pairs of either answer that calibration asks for."""
SURELY = 8.0
"""Bits from which a pair surely is, or is not, one customer: to count which of them are labelled."""


def _known_pairs(parties: Parties, features: Features, labels: Labels) -> tuple[Ints, Ints, Flags]:
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
    lesson = _Lesson(start, learned, features, compared, seed)
    candidate = _among(features.n, pairs, (blocked.left, blocked.right))
    asked = _among(features.n, pairs, judged[:2])
    truth = _Truth(known, asked | (candidate & np.isfinite(known)), asked, gold, pairs)
    calibration = _calibration(lesson, truth, _folds(gold, pairs[0], seed))
    return replace(lesson.taught(known)[0], calibration=calibration)


@dataclass(frozen=True, slots=True)
class _Truth:
    """What is known of pairs.

    Args:
        known: 1, 0 or NaN (nobody said).
        used: Which calibrate: a true pair that no rule finds tells nothing of those that a run compares.
        judged: Which somebody judged one by one.
        gold: True cluster per row, -1 where nobody said.
        pairs: Rows.
    """

    known: Doubles
    used: Flags
    judged: Flags
    gold: Ints
    pairs: tuple[Ints, Ints]


@dataclass(frozen=True, slots=True)
class _Lesson:
    """What is learned from, labels aside."""

    start: Model
    learned: Model
    features: Features
    compared: Compared
    seed: int

    def taught(self, known: Doubles) -> tuple[Model, Compared]:
        """The model that these labels make, and the pairs with what it compares."""
        model = self.learned
        for _ in range(ROUNDS):
            model = _round(model, self.start, self.compared, known, max(2, self.features.n))
        return with_presence(model, self.features, self.compared, seed=self.seed, known=known)


def _among(n: int, pairs: tuple[Ints, Ints], others: tuple[Ints, Ints]) -> Flags:
    """Which pairs are among others."""
    width = np.int64(max(1, n))
    return np.isin(pairs[0] * width + pairs[1], others[0] * width + others[1])


def _folds(gold: Ints, left: Ints, seed: int) -> Ints:
    """A fold per pair; the records of one customer are in one."""
    rows = np.where(gold >= 0, gold, gold.max(initial=-1) + 1 + np.arange(len(gold)))
    drawn = np.random.default_rng(seed).integers(0, FOLDS, int(rows.max(initial=0)) + 1)
    return np.asarray(drawn[rows[left]])


def _calibration(lesson: _Lesson, truth: _Truth, folds: Ints) -> Calibration | None:
    """What labels make of the weights; None where they are few or the weights are right as they are.

    Args:
        lesson: What is learned from.
        truth: What is known.
        folds: The weights of a fold are those that the labels of the others teach.
    """
    used, true = truth.used, truth.known[truth.used] == 1.0
    if min(int(true.sum()), int((~true).sum())) < FEWEST:
        return None
    weight = np.zeros(len(used))
    for fold in range(FOLDS):
        model, compared = lesson.taught(np.where(folds == fold, np.nan, truth.known))
        at = np.flatnonzero(used & (folds == fold))
        weight[at] = score_pairs(model, compared.take(at)).weight
    worth = np.where(true | truth.judged[used], 1.0, _worth(lesson, truth))
    return calibration_of(weight[used], true, worth, folds[used])


def _worth(lesson: _Lesson, truth: _Truth) -> float:
    """How many false pairs of labelled records each one stands for, compared with true ones.

    Where some customers are labelled with all their records, a true pair is known with its customer, and a
    false one only where the other customer happens to be labelled too. How often both records of a pair are
    labelled, if one is, is counted for pairs that are surely one and for pairs that surely are not.
    """
    found, _ = summed_evidence(lesson.learned, lesson.compared)
    weight, _, _ = posterior(lesson.learned, found)
    one, two = (truth.gold[side] >= 0 for side in truth.pairs)
    sure, never = (  # the share of their labelled ends whose other end is labelled
        float((2 * (one & two & chosen).sum() + 1.0) / (one[chosen].sum() + two[chosen].sum() + 1.0))
        for chosen in (weight > SURELY, weight < -SURELY)
    )
    return max(1.0, sure / never)


def _true_pairs(gold: Ints) -> tuple[Ints, Ints]:
    rows = np.flatnonzero(gold >= 0)
    left, right = pairs_within(gold[rows], smallest=2, largest=LARGEST)
    return rows[left], rows[right]


def _with_known(
    n: int,
    blocked: tuple[Ints, Ints],
    gold: Ints,
    true: tuple[Ints, Ints],
    judged: tuple[Ints, Ints, Flags],
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

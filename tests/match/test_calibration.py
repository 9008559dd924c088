"""Weights that labels make mean what they say: monotone, honest on pairs held out, and passed on with the model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmclean.match.bound import bound_of
from crmclean.match.calibrate import calibration_of
from crmclean.match.compare import compare_pairs
from crmclean.match.explain import Explanation, waterfall
from crmclean.match.features import features_of
from crmclean.match.fitted import Calibration, calibrated, fit_points, raw_weight
from crmclean.match.labels import labels_from_table, models_from_text, models_text
from crmclean.match.model import PERSON, model_from_text, model_text
from crmclean.match.score import score_pairs
from crmclean.match.taught import train_with_labels
from tests.match.builders import addresses, contact, contacts, parties, party

POINTS = ((-6.0, -7.0), (0.0, -2.0), (10.0, 3.0), (20.0, 6.0))
FITTED = Calibration(POINTS, 500, 0.08, 0.01)


def overrated(size: int, seed: int = 3):
    """Weights that are two bits too high for what the pairs are, and what they are."""
    rng = np.random.default_rng(seed)
    weight = rng.uniform(-6, 9, size)
    return weight, rng.random(size) < 1.0 / (1.0 + np.exp2(2.0 - weight))


@given(st.lists(st.tuples(st.floats(-20, 40), st.booleans()), min_size=40, max_size=400))
def test_every_map_rises(pairs) -> None:
    """Whatever the labels say, no pair changes its place among the others, and the map can be undone."""
    weight, true = (np.array(side) for side in zip(*pairs, strict=True))
    points = fit_points(weight.astype(float), true.astype(bool), np.ones(len(pairs)))
    if points:
        asked = np.linspace(-30, 60, 400)
        meant = calibrated(points, asked)
        assert (np.diff(meant) > 0).all()
        assert [raw_weight(points, float(m)) for m in meant] == pytest.approx(asked.tolist(), abs=1e-3)


def test_labels_take_off_what_is_too_much() -> None:
    """Two bits too many are taken off where pairs are; the error on pairs held out falls."""
    weight, true = overrated(6000)
    fold = np.arange(6000) % 3
    fitted = calibration_of(weight, true, np.ones(6000), fold)
    assert fitted is not None
    assert calibrated(fitted.points, np.array([0.0, 2.0, 4.0])) == pytest.approx([-2.0, 0.0, 2.0], abs=0.7)
    assert fitted.error < 0.03 < fitted.error_before


def test_right_weights_are_left_alone() -> None:
    """Where weights mean what they say, and where few pairs tell, there is no calibration."""
    weight, true = overrated(4000)
    assert calibration_of(weight - 2.0, true, np.ones(4000), np.arange(4000) % 3) is None
    assert calibration_of(weight[:50], true[:50], np.ones(50), np.arange(50) % 3) is None
    assert fit_points(weight[:20], true[:20], np.ones(20)) == ()


def test_pairs_that_stand_for_several() -> None:
    """A false pair that stands for five makes pairs of its weight five times less likely, in odds."""
    weight, true = overrated(6000)
    once, five = (fit_points(weight, true, np.where(true, 1.0, worth)) for worth in (1.0, 5.0))
    asked = np.array([2.0])
    assert calibrated(once, asked) - calibrated(five, asked) == pytest.approx([np.log2(5.0)], abs=0.7)


def crowd_of_copies(customers: int = 160):
    """Two records per customer, and of every second a namesake at one address whose records agree as well."""
    rows, points, gold = [], [], []
    for i in range(customers):
        for copy, twin in ((0, 0), (1, 0), (0, 1)):
            if twin and i % 2:
                continue
            key = f"s:{i:03d}{copy}{twin}"
            name = f"Anna{chr(97 + i % 26)}{chr(97 + i // 26)}"
            rows.append(
                party(key, given_name=name, family_name=f"Berg{i % 40}", birth_date=f"19{10 + i % 80}-01-01")
            )
            points.append(contact(key, "email", f"kunde{i}@firma.example"))
            gold.append((key.partition(":")[2], f"c{i}{twin}"))
    return parties(*rows), contacts(*points), pd.DataFrame(gold, columns=["id", "cluster"], dtype="str")


def test_training_calibrates() -> None:
    """Look-alikes that labels call two lower the probabilities of their like; the rest of the model is as before."""
    table, points, gold = crowd_of_copies()
    features = features_of("person", table, points, addresses())
    learned = train_with_labels(PERSON, features, table, labels_from_table(gold))
    assert learned.calibration is not None
    assert learned.calibration.error < 0.8 * learned.calibration.error_before
    left, right = np.triu_indices(features.n, 1)
    compared = compare_pairs(learned, features, left, right)
    plain, fitted = (score_pairs(m, compared) for m in (replace(learned, calibration=None), learned))
    assert np.array_equal(np.argsort(plain.weight, kind="stable"), np.argsort(fitted.weight, kind="stable"))
    top = plain.probability > 0.99
    assert fitted.probability[top].mean() < plain.probability[top].mean() - 0.1
    again = train_with_labels(PERSON, features, table, labels_from_table(gold))
    assert again == learned


def test_few_decisions_do_not_calibrate() -> None:
    """Ten judged pairs teach, and leave the scale of the weights as it is."""
    table, points, _ = crowd_of_copies()
    features = features_of("person", table, points, addresses())
    rows = [("s", f"{i:03d}00", "s", f"{i:03d}10", "same") for i in range(10)]
    names = ["source_l", "record_id_l", "source_r", "record_id_r", "label"]
    labels = labels_from_table(pd.DataFrame(rows, columns=names, dtype="str"))
    assert train_with_labels(PERSON, features, table, labels).calibration is None


def test_calibrated_models_are_text() -> None:
    """The map is written and read with the model, alone and in a file of several."""
    model = replace(PERSON, calibration=FITTED)
    assert model_from_text(model_text(model)) == model
    assert models_from_text(models_text({"person": model})) == {"person": model}


def test_the_bound_knows_the_map() -> None:
    """No pair that the bound drops reaches the calibrated weight that was asked for."""
    table, points, _ = crowd_of_copies(60)
    features = features_of("person", table, points, addresses())
    model = replace(PERSON, calibration=FITTED)
    left, right = np.triu_indices(features.n, 1)
    weight = score_pairs(model, compare_pairs(model, features, left, right)).weight
    may = bound_of(model, features, 1.0).may_reach(left, right)
    assert weight[~may].max() < 1.0
    assert (weight >= 1.0).any()


def test_the_waterfall_shows_the_map() -> None:
    """What labels add or take off is a bar of its own, behind all others."""
    explained = Explanation("a/person", "b/person", -10.0, (), 3.0, 0.89, 0.0, "", calibrated=-4.0)
    bars = waterfall(explained)
    assert [bar.name for bar in bars] == ["prior", "related", "calibration"]
    assert (bars[-1].start, bars[-1].end) == (7.0, 3.0)

"""What records are filled with: evidence where the table itself shows that copies are filled alike."""

from __future__ import annotations

from functools import cache
from itertools import product
from re import sub

import numpy as np

from crmclean.match.block import candidate_pairs, rules_for
from crmclean.match.bound import bound_of
from crmclean.match.compare import Compared, compare_pairs
from crmclean.match.explain import level_sentence
from crmclean.match.features import Features, features_of
from crmclean.match.gaps import with_presence
from crmclean.match.model import PERSON, Model, model_from_text, model_text
from crmclean.match.presence import FILLED, compare_presence, filled
from crmclean.match.score import score_pairs
from crmclean.match.train import estimate_u, train_model
from crmclean.messages import catalogue, say
from tests.match.builders import addresses, contact, contacts, parties, party

CUSTOMERS = 320
SYLLABLES = ["ba", "ker", "lo", "min", "dau", "res", "tol", "wig"]
NAMES = ["".join(parts).title() for parts in product(SYLLABLES, repeat=3)]


@cache
def table(how: str) -> Features:
    """Customers with a record and a copy of another spelling; half of them have a number, in both or by chance.

    Args:
        how: alike, by_chance, two_sources (copies are in another source) or whole (copies differ in nothing).
    """
    rng = np.random.default_rng(5)
    rows, points = [], []
    for i in range(CUSTOMERS):
        given, family, has = NAMES[i], NAMES[-i - 1], rng.random() < 0.5
        born = f"19{10 + i % 80}-0{1 + i % 9}-1{i % 10}"
        for copy in range(2):
            source = f"s{copy}" if how == "two_sources" else "s"
            key = f"{source}:{i:04d}{'ab'[copy]}"
            name = given[:-1] if copy and how != "whole" else given
            rows.append(party(key, given_name=name, family_name=family, birth_date=born))
            points.append(contact(key, "email", f"kunde{i * 7919}@firma.example"))
            if (rng.random() < 0.5) if how in ("by_chance", "two_sources") else has:
                points.append(contact(key, "phone", f"+4930{1_000_000 + i * 7919}"))
    return features_of("person", parties(*rows), contacts(*points), addresses())


@cache
def learned(how: str) -> tuple[Model, Compared]:
    """The model of such a table and its candidate pairs, before presence is looked at."""
    features = table(how)
    found = candidate_pairs(features, rules_for("person"), cap=100)
    start = estimate_u(PERSON, features, seed=1)
    compared = compare_pairs(start, features, found.left, found.right)
    return train_model(start, compared, features.n), compared


def presence(how: str) -> tuple[Model, Compared]:
    """The model of such a table and its candidate pairs, with presence."""
    model, compared = learned(how)
    return with_presence(model, table(how), compared, seed=1)


def test_copies_filled_alike() -> None:
    """Where copies share their gaps, a number on one side only counts against a match, and is bounded."""
    model, compared = presence("alike")
    added = [c for c in model.comparisons if c.presence]
    assert [c.name for c in added] == ["has_phone"]
    bits = {level.name: np.log2(level.m / level.u) for level in added[0].levels}
    assert -6.0 <= bits["one_sided"] < -3.0
    assert 0.0 < bits["same_gaps"] < 1.1
    assert compared.levels.shape[1] == compared.rarity.shape[1] == len(model.comparisons)


def test_gaps_by_chance_say_nothing() -> None:
    """Where a copy has a number by chance, whole copies teach, or other sources fill other columns: no evidence."""
    for how in ("by_chance", "two_sources", "whole"):
        assert presence(how)[0] == learned(how)[0], how


def test_only_within_a_source() -> None:
    """Presence is not compared between two sources, nor where a source has no gaps at all."""
    comparison = next(c for c in presence("alike")[0].comparisons if c.presence)
    two = table("two_sources")
    one_side = np.flatnonzero(two.sources.codes == 0)
    assert not compare_presence(comparison, two, one_side, one_side + CUSTOMERS).any()
    assert compare_presence(comparison, two, one_side[:-1], one_side[1:]).all()
    assert (filled(two, "has_email") == -1).all()


def test_a_wrong_number_is_a_number() -> None:
    """A record whose address is unreadable has one all the same."""
    rows = [party(f"s:{i}", given_name="Ida", family_name="Berg") for i in range(4)]
    bad = {**contact("s:1", "email", "ida(at)berg"), "key": None, "value": None, "valid": False}
    points = contacts(contact("s:0", "email", "ida@berg.example"), bad)
    assert filled(features_of("person", parties(*rows), points, addresses()), "has_email").tolist() == [
        1,
        1,
        0,
        0,
    ]


def test_the_bound_holds() -> None:
    """Alike gaps raise weights: no pair that the bound drops reaches the weight asked for."""
    model, features = presence("alike")[0], table("alike")
    left, right = np.triu_indices(features.n, 1)
    weight = score_pairs(model, compare_pairs(model, features, left, right)).weight
    may = bound_of(model, features, -2.0).may_reach(left, right)
    assert weight[~may].max() < -2.0
    assert weight[may].max() > 5.0


def test_the_model_is_text() -> None:
    """A model with presence is read as it was written, and one without the mark as it was before."""
    model = presence("alike")[0]
    assert model_from_text(model_text(model)) == model
    assert model_from_text(sub(r',\s*"presence": false', "", model_text(PERSON))) == PERSON


def test_sentences() -> None:
    """Both languages know every level; what most pairs share is not among the reasons of a pair."""
    for kind, facts in FILLED.items():
        for name in facts:
            for level in ("same_gaps", "one_sided"):
                assert f"match.level.{kind}.{name}.{level}" in catalogue()
            assert say(f"explain.fact.{name}", "de")
    model = presence("alike")[0]
    at = next(i for i, c in enumerate(model.comparisons) if c.presence)
    levels = [0] * len(model.comparisons)
    levels[0], levels[at] = 1, 1
    assert level_sentence(model, levels, "en") == "same family name"
    levels[at] = 2
    assert "only one of the two has a telephone number" in level_sentence(model, levels, "en")

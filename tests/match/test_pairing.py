"""Pairs found in portions, with a bound, in threads: the same as comparing everything."""

from __future__ import annotations

from dataclasses import fields
from functools import cache

import numpy as np
import pyarrow as pa
import pytest

from crmclean.match.block import Rule, blocks_of, candidate_pairs, pairs_between, pairs_of_rows, rules_for
from crmclean.match.bound import bound_of
from crmclean.match.codes import encode, take
from crmclean.match.compare import compare_pairs
from crmclean.match.compare_names import compare_family, compare_given
from crmclean.match.features import Features, features_of
from crmclean.match.model import PERSON, Model
from crmclean.match.pairing import Work, find_pairs, sample_pairs
from crmclean.match.relate import homes_of
from crmclean.match.score import score_pairs
from crmclean.match.shapes import may_be_one_edit
from crmclean.match.slips import UNLIKE, may_be_alike, may_be_slip
from crmclean.match.train import estimate_u, train_model
from crmclean.text.similarity import edit_distance
from tests.match.builders import address, addresses, contact, contacts, parties, party

FAMILY = ["Meyer", "Meier", "Schulz-Meyer", "Köhler", "Koehler", "Anton", "Brandt", "Brand", "Özdemir", "Bo"]
GIVEN = ["Anton", "Antonia", "Toni", "T.", "Hans", "Johannes", "Hannes", "Petra", "Peter", "Brandt", "Ulrike"]
STREET = ["Hauptstraße", "Hauptstr.", "Am Wehr", "Bergweg", "Bergwegs"]
PLACE = [
    ("10115", "Berlin"),
    ("10117", "Berlin"),
    ("89073", "Ulm"),
    ("89074", "Ulm"),
    ("", "Ulm"),
    ("", "Berln"),
    ("", "Berlin Mitte"),
]


def people(number: int, seed: int) -> Features:
    """Invented persons out of short lists, so that much agrees in part, with gaps and slips."""
    rng = np.random.default_rng(seed)

    def some(values: list[str], share: float = 0.8) -> str | None:
        return str(rng.choice(values)) if rng.random() < share else None

    rows, points, homes = [], [], []
    for i in range(number):
        key, given, family = f"s{i % 3}:{i:04d}", some(GIVEN, 0.9), some(FAMILY, 0.95)
        if i % 12 == 0:  # in each other's column
            given, family = family, given
        born = f"19{rng.integers(40, 44)}-0{rng.integers(1, 4)}-1{rng.integers(0, 3)}"
        rows.append(
            party(
                key,
                given_name=given,
                family_name=family,
                middle_names=some(["Maria", "M.", "Anton"], 0.2),
                birth_name=some(FAMILY, 0.1),
                birth_date=some([born, born[:7], born[:4]], 0.7),
                gender=some(["female", "male"], 0.5),
                name_suffix=some(["jun.", "sen."], 0.05),
                organization=some(["Wehrbau", "Wehrbau Ulm", "Nordlicht"], 0.3),
                customer_no=some([f"K{n:03d}" for n in range(number // 2)], 0.2),
                national_id=some([f"65180829J{n:03d}" for n in range(number // 2)], 0.2),
            )
        )
        for _ in range(rng.integers(0, 3)):
            local = f"{str(given or 'info').strip('.').lower()}{rng.choice(['', '.', '1985'])}{rng.integers(0, 9)}"
            points.append(contact(key, "email", f"{local}@{rng.choice(['gmx.example', 'web.example'])}"))
        numbers = rng.integers(10, 60, rng.integers(0, 3)).tolist()
        points += [contact(key, "phone", f"+4917012345{k}", type="mobile") for k in numbers if k % 3]
        points += [contact(key, "phone", f"+493012345{k}", type="landline") for k in numbers if k % 3 == 0]
        streets = rng.choice(STREET, rng.integers(0, 3)).tolist()
        homes += [address(key, street, str(i % 3), *PLACE[(i + k) % 7]) for k, street in enumerate(streets)]
    return features_of("person", parties(*rows), contacts(*points), addresses(*homes))


@cache
def trained(seed: int) -> tuple[Features, Model]:
    """Persons and the model that was learned from them."""
    features = people(300, seed)
    model = estimate_u(PERSON, features, seed=1)
    pairs = candidate_pairs(features, rules_for("person"), cap=100)
    return features, train_model(model, compare_pairs(model, features, pairs.left, pairs.right), features.n)


def all_pairs(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Every pair of rows."""
    left, right = np.triu_indices(n, 1)
    return left.astype(np.int64), right.astype(np.int64)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("least", [-20.0, -2.0, 5.0])
def test_no_pair_is_heavier_than_its_bound(seed: int, least: float) -> None:
    """A pair that the bound drops does not reach the weight: on all pairs, not only candidates."""
    features, model = trained(seed)
    left, right = all_pairs(features.n)
    may = bound_of(model, features, least).may_reach(left, right)
    weight = score_pairs(model, compare_pairs(model, features, left, right)).weight
    assert weight[~may].max(initial=-np.inf) < least
    assert (~may).any() or least < -10  # it drops something even here, where nearly all agree in part


@pytest.mark.parametrize(("threads", "portion"), [(1, 10**9), (1, 100), (2, 500), (3, 1)])
def test_portions_and_threads_change_nothing(threads: int, portion: int) -> None:
    """Pairs, levels, scores and homes are those of comparing every candidate at once."""
    features, model = trained(0)
    blocks = blocks_of(features, rules_for("person"), cap=100)
    found = find_pairs(model, features, blocks, least=0.2, work=Work(threads, portion))
    every = candidate_pairs(features, rules_for("person"), cap=100)
    compared = compare_pairs(model, features, every.left, every.right)
    scored = score_pairs(model, compared)
    reached = scored.probability >= 0.2
    assert found.pairs == len(every.left)
    for part, whole in ((found.compared, compared), (found.scored, scored)):
        for f in fields(whole):
            assert np.array_equal(getattr(part, f.name), getattr(whole, f.name)[reached])
    homes = homes_of(model, compared)
    for f in fields(homes):
        assert np.array_equal(getattr(found.homes, f.name), getattr(homes, f.name))
    assert reached.sum() > 5
    assert len(homes.left) > 5


def test_pairs_of_one_source_are_not_asked_about() -> None:
    """Sources given in `within` meet others alone."""
    features, model = trained(1)
    blocks = blocks_of(features, rules_for("person"), cap=100)
    work = Work(within=features.sources.codes)
    found = find_pairs(model, features, blocks, least=0.2, work=work).compared
    assert len(found.left)
    assert (features.sources.codes[found.left] != features.sources.codes[found.right]).all()


def test_candidate_pairs_are_those_that_share_a_key() -> None:
    """Each rule brings together the rows that share its facts, and no others."""
    features = people(120, 7)
    for rule in rules_for("person"):
        if len(rule.facts) != 1 or rule.facts[0] not in features.facts:
            continue
        codes = features.facts[rule.facts[0]].codes.reshape(features.n, -1)
        held = [set(row.tolist()) - {-1} for row in codes]
        wanted = {(i, j) for i in range(features.n) for j in range(i + 1, features.n) if held[i] & held[j]}
        found = candidate_pairs(features, [rule], cap=1000)
        assert set(zip(found.left.tolist(), found.right.tolist(), strict=True)) == wanted, rule.name


def test_stretches_and_samples_are_parts_of_all_pairs() -> None:
    """Pairs by rows of their smaller end: nothing is lost or doubled between stretches."""
    features = people(150, 3)
    blocks = blocks_of(features, rules_for("person"), cap=100)
    every = candidate_pairs(features, rules_for("person"), cap=100)
    left, right = every.left, every.right
    parts = [pairs_between(blocks, features.n, first, first + 50) for first in (0, 50, 100)]
    assert all((np.diff(part[1]) >= 0).all() for part in parts)
    found = np.concatenate([part[0] * features.n + part[1] for part in parts])
    assert np.array_equal(np.sort(found), left * features.n + right)
    marked = np.arange(features.n) % 3 == 0
    some = pairs_of_rows(blocks, features.n, marked)
    assert np.array_equal(some[1], right[marked[left]])
    (everything, share) = sample_pairs(features, blocks, seed=1, work=Work())
    assert share == 1.0
    assert np.array_equal(everything[0], left)


def test_blocks_over_the_budget_are_refined(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that would bring too many pairs together refines its largest blocks and counts what is lost."""
    features = people(200, 5)
    rule = Rule("family", ("family_sound",), ("given_sound", "birth"), budget=2.0)
    (whole,) = blocks_of(features, [rule], cap=1000)
    monkeypatch.setattr("crmclean.match.block.LEAST", 50)
    (cut,) = blocks_of(features, [rule], cap=1000)
    assert whole.lost == 0
    assert whole.pairs > 400 >= cut.pairs > 0
    assert set(cut.rows.tolist()) <= set(whole.rows.tolist())


@pytest.mark.parametrize("fact", ["family", "given"])
def test_what_cannot_be_a_slip_is_none(fact: str) -> None:
    """Names that fail the condition have none of the levels that it guards, whatever they are."""
    rng = np.random.default_rng(3)
    letters = list("aeiounrstlmbdk")
    names = [*GIVEN, *FAMILY, *("".join(rng.choice(letters, rng.integers(1, 16))) for _ in range(300))]
    for name in names[:120]:
        at = int(rng.integers(0, len(name)))
        names.append((name[:at] + str(rng.choice(letters)) + name[at + int(rng.integers(0, 2)) :]) or "o")
    rows = [party(f"s:{i:04d}", family_name=name, given_name=name) for i, name in enumerate(names)]
    features = features_of("person", parties(*rows), contacts(), addresses())
    column = features.facts[fact]
    left, right = all_pairs(features.n)
    unequal = column.codes[left] != column.codes[right]
    left, right = left[unequal], right[unequal]
    comparison = next(c for c in PERSON.comparisons if c.name == fact)
    compare = compare_family if fact == "family" else compare_given
    levels = compare(comparison, column, left, right)
    guarded = ~np.isin(levels, [i for i, level in enumerate(comparison.levels) if level.name in UNLIKE])
    may = may_be_slip(column, column.codes[left], column.codes[right])
    assert guarded.any()
    assert not may.all()
    assert may[guarded].all()
    alike = may | may_be_alike(column, column.codes[left], column.codes[right])
    assert not alike.all()
    assert alike[levels != comparison.index("different")].all()


def test_numbers_with_one_edit_pass() -> None:
    """Whatever one edit makes of a number, an address or a name may be one edit away, and most others not."""
    rng = np.random.default_rng(5)
    for letters, size in (("0123456789", 12), ("abcdeno.@1", 18)):
        marks = list(letters)
        texts = {"+" + "".join(rng.choice(marks, size)) for _ in range(150)}
        for text in sorted(texts):
            at = int(rng.integers(1, size))
            texts.add(text[:at] + str(rng.choice(marks)) + text[at + int(rng.integers(0, 2)) :])
            texts.add(text[:at] + text[at + 1 :])
            texts.add(text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :])
        column = encode(pa.array(sorted(texts), pa.large_string()))
        left, right = all_pairs(len(column.values))
        may = may_be_one_edit(column, left, right)
        near = edit_distance(take(column.values, left), take(column.values, right)) <= 1
        assert near.sum() > 100
        assert may[near].all()
        assert may.mean() < 0.2

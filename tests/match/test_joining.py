"""What keeps groups of records apart: contradictions, undecided records, one to one, weak bridges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crmclean.config import MatchConfig
from crmclean.match import match_parties
from crmclean.match.cluster import Clustered, cluster_edges
from crmclean.match.growth import Basis, explain_apart
from crmclean.match.joining import Edges
from tests.match.builders import address, addresses, contacts, crowd, parties, party

Pair = tuple[int, int, float]


def clustered(
    n: int, pairs: list[Pair], *, foes: set[tuple[int, int]] = frozenset(), own=None, **marks
) -> Clustered:
    """The clusters of these pairs (left, right, weight); `marks` name pairs that are forced, weak, rival."""
    keys = [(a, b) for a, b, _ in pairs]

    def marked(chosen) -> np.ndarray:
        return np.array([key in chosen for key in keys])

    edges = Edges(
        np.array([a for a, _ in keys]),
        np.array([b for _, b in keys]),
        np.array([weight for *_, weight in pairs], dtype=float),
        marked(foes),
        marked(marks.get("forced", ())),
        marked(marks.get("weak", ())),
        marked(marks.get("rival", ())),
        ~marked(marks.get("bare", ())),
    )
    exclusive = None if own is None else np.array(own)
    return cluster_edges(n, edges, threshold=0.0, largest=60, exclusive=exclusive)


def groups_of(bridge: float, across: float) -> list[Pair]:
    """Two sure pairs (0, 1) and (2, 3), a bridge between 1 and 2, and what the other pairs across weigh."""
    return [(0, 1, 20.0), (2, 3, 20.0), (1, 2, bridge), (0, 2, across), (0, 3, across), (1, 3, across)]


def test_a_weak_bridge_is_cut_and_listed():
    """One pair just over the threshold does not join two groups against all others."""
    found = clustered(4, groups_of(1.0, -9.0))
    assert found.label.tolist() == [0, 0, 2, 2]
    assert [(k.rule, k.left, k.right) for k in found.kept] == [("bridge", 1, 2)]


@pytest.mark.parametrize(
    ("pairs", "marks"),
    [
        (groups_of(6.0, -9.0), {}),
        (groups_of(1.0, -4.0), {}),
        (groups_of(1.0, -9.0), {"forced": {(1, 2)}}),
        (groups_of(1.0, -9.0), {"bare": {(0, 2), (0, 3)}}),
    ],
    ids=["sure", "others hardly against", "a steward said so", "others have no names"],
)
def test_bridges_that_hold(pairs, marks):
    """A sure pair, doubt that is small, a steward's word, or records that say nothing: they stay one."""
    found = clustered(4, pairs, **marks)
    assert found.label.tolist() == [0, 0, 0, 0]
    assert not found.kept


def test_one_record_is_no_group():
    """A single thin record joins the one it fits, though the others of the customer speak against it."""
    pairs = [(0, 1, 20.0), (0, 2, 20.0), (1, 2, 20.0), (2, 3, 1.0), (0, 3, -9.0), (1, 3, -9.0)]
    assert clustered(4, pairs).label.tolist() == [0, 0, 0, 0]


def test_a_contradiction_names_the_two_that_cannot_be_one():
    """A pair stays apart because of two other records, and both pairs are told."""
    pairs = [(0, 1, 20.0), (1, 2, 9.0), (0, 2, -3.0)]
    found = clustered(3, pairs, foes={(0, 2)})
    assert found.label.tolist() == [0, 0, 2]
    assert [(k.rule, k.left, k.right, k.one, k.two) for k in found.kept] == [("contradiction", 1, 2, 0, 2)]


def test_a_record_that_fits_two_joins_neither():
    """Equally good for father and son: undecided, and both are named."""
    found = clustered(3, [(0, 2, 8.0), (1, 2, 7.0), (0, 1, -3.0)], foes={(0, 1)})
    assert found.label.tolist() == [0, 1, 2]
    assert {(k.rule, k.one, k.two) for k in found.kept} == {("undecided", 0, 1)}


def test_one_to_one():
    """Of two rows of a source without duplicates the better one is linked; the other is kept apart."""
    found = clustered(3, [(0, 2, 9.0), (1, 2, 5.0), (0, 1, 20.0)], foes={(0, 1)}, own=[1, 1, -1])
    assert found.label.tolist() == [0, 1, 0]
    assert {k.rule for k in found.kept} >= {"one_to_one", "contradiction"}


def test_rivals_are_for_weak_pairs_alone():
    """Names alone do not say which of two namesakes is meant; a mailbox does."""
    pairs = [(0, 1, -2.0), (0, 2, 9.0), (1, 2, 3.0)]
    weak = clustered(3, pairs, weak={(1, 2)}, rival={(0, 1)})
    assert weak.label.tolist() == [0, 1, 0]
    assert [k.rule for k in weak.kept] == ["rival"]
    assert clustered(3, pairs, rival={(0, 1)}).label.tolist() == [0, 0, 0]


def couples(n: int):
    """Families of two at one address, so that there are households to keep apart."""
    people, homes = crowd()
    for i in range(n):
        husband, home = people[i], homes[i]
        wife = {
            **husband,
            "given_name": people[i + 7]["given_name"],
            "birth_date": f"{1950 + i}-06-{1 + i % 28:02d}",
        }
        people.append({**wife, "party": f"wife:{i}/person", "source": "wife", "record_id": str(i)})
        homes.append({**home, "party": f"wife:{i}/person"})
    return people, homes


def test_a_conflict_is_a_finding():
    """Father and son of one name, and a record that fits both: told with the fact and the other record."""
    people, homes = couples(30)
    name = {"given_name": "Ida", "family_name": "Sandkuhl"}
    for key, birth in (("crm:1", "1934-03-02"), ("shop:2", "1967-11-30"), ("crm:3", None)):
        people.append(party(key, birth_date=birth, **name))
        homes.append(address(key, "Mühlgasse", "4", "99999", "Sandau"))
    found = match_parties(parties(*people), contacts(), addresses(*homes))
    told = found.issues[found.issues["code"] == "conflict_kept_apart"]
    assert len(told)
    assert set(told["field"]) == {"birth_date"}
    assert set(told["source"] + ":" + told["record_id"]) | set(told["detail"]) == {"crm:1", "crm:3", "shop:2"}
    assert set(told["severity"]) == {"info"}


def test_names_alone_are_not_enough_where_namesakes_are_many():
    """A pair that is strong by names alone stays apart in a table of namesakes, and that is what is said."""
    people, homes = couples(30)
    people += [party(key, given_name="Ottokar", family_name="Wendelstein") for key in ("crm:1", "shop:2")]
    tables = (parties(*people), contacts(), addresses(*homes))
    model = replace(match_parties(*tables).models["person"], names=0.0)
    pair = ("crm:1/person", "shop:2/person")
    sides = ([pair[0]], [pair[1]])
    many = explain_apart(pair, sides, Basis(tables, replace(model, town=20.0), MatchConfig()))
    assert many.across == (1, 1)
    assert many.rule == "names"
    cautious = explain_apart(pair, sides, Basis(tables, replace(model, names=30.0), MatchConfig()))
    assert cautious.across == (1, 0)
    assert cautious.rule == "below"

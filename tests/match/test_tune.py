"""Thresholds from costs, the review band, and links between sources without duplicates."""

from __future__ import annotations

import numpy as np
import pytest

from crmclean.config import MatchConfig
from crmclean.errors import ConfigError
from crmclean.match import match_parties
from crmclean.match.tune import decision_threshold, most_valuable, review_values
from tests.match.builders import address, addresses, contact, contacts, crowd, parties, party


def test_threshold_from_costs():
    """A false merge that weighs nine missed ones asks for nine in ten; without a cost the threshold holds."""
    assert decision_threshold(MatchConfig(cost_of_false_merge=9)) == pytest.approx(0.9)
    assert decision_threshold(MatchConfig(cost_of_false_merge=1)) == pytest.approx(0.5)
    assert decision_threshold(MatchConfig()) == MatchConfig().match_threshold
    with pytest.raises(ConfigError):
        decision_threshold(MatchConfig(cost_of_false_merge=-1))
    with pytest.raises(ConfigError):
        decision_threshold(MatchConfig(match_threshold=0.0))


def test_higher_cost_merges_less():
    """The dearer a false merge, the fewer records are merged."""
    people, homes = crowd()
    people += [party(f"a:{i}", given_name="Ida", family_name="Wagenknecht") for i in range(2)]
    homes += [address(f"a:{i}", f"Hauptstr{'.' * i}", "5", "50667", "Köln") for i in range(2)]
    tables = (parties(*people), contacts(), addresses(*homes))
    counts = [
        match_parties(*tables, MatchConfig(cost_of_false_merge=cost)).clusters["cluster"].nunique()
        for cost in (0.1, 1e9)
    ]
    assert counts[0] < counts[1] == len(people)


def test_one_question_per_two_customers():
    """Pairs within a cluster are no question; of several between two clusters only the strongest is."""
    label = np.array([0, 0, 2, 2, 4])
    pairs = (np.array([0, 0, 1, 0]), np.array([1, 2, 3, 4]))
    probability = np.array([0.9, 0.3, 0.4, 0.25])
    asked = review_values(label, pairs, probability, np.ones(4, dtype=bool)) > 0
    assert asked.tolist() == [False, False, True, True]


def test_most_valuable_questions_first():
    """With room for one question it is the one by which most records would meet."""
    label = np.array([0, 0, 0, 3, 4, 5])
    pairs = (np.array([0, 4]), np.array([3, 5]))
    values = review_values(label, pairs, np.array([0.3, 0.5]), np.ones(2, dtype=bool))
    asked = most_valuable(values, 1)
    assert asked.tolist() == [True, False]


def copies() -> tuple[list[dict[str, object]], list[dict[str, object]], list[dict[str, object]]]:
    """One person twice in a, once in b with the mailbox of the second."""
    people, homes = crowd()
    people += [
        party(key, given_name="Ulrike", family_name="Wagenknecht", birth_date="1970-02-03")
        for key in ("a:1", "a:2", "b:1")
    ]
    homes += [address(key, "Hauptstr.", "5", "50667", "Köln") for key in ("a:1", "a:2", "b:1")]
    reach = [contact(key, "email", "u.wagenknecht@post.example") for key in ("a:2", "b:1")]
    return people, homes, reach


@pytest.mark.parametrize("options", [{"no_duplicates": ("a", "b")}, {"link_only": True}])
def test_best_link_wins(options):
    """Where sources are free of duplicates a row links to one row of the other: the best."""
    people, homes, reach = copies()
    found = match_parties(parties(*people), contacts(*reach), addresses(*homes), MatchConfig(**options))
    cluster = found.clusters.set_index("party")["cluster"]
    assert cluster["a:2/person"] == cluster["b:1/person"]
    assert cluster["a:1/person"] != cluster["b:1/person"]


def test_linking_leaves_pairs_within_a_source_alone():
    """With link_only no pair of one source is even listed."""
    people, homes, reach = copies()
    tables = (parties(*people), contacts(*reach), addresses(*homes))
    scores = match_parties(*tables, MatchConfig(link_only=True)).scores
    sources = [scores[side].str.partition(":")[0] for side in ("party_l", "party_r")]
    assert len(scores)
    assert (sources[0] != sources[1]).all()


def test_one_row_per_source_through_a_third():
    """Two rows of one source do not meet through a row of another, however large the group."""
    people, homes = crowd()
    names = [f"{source}:{i}" for source in "ab" for i in range(30)]
    people += [
        party(key, given_name="Ulrike", family_name="Wagenknecht", birth_date="1970-02-03") for key in names
    ]
    homes += [address(key, "Hauptstr.", "5", "50667", "Köln") for key in names]
    found = match_parties(parties(*people), contacts(), addresses(*homes), MatchConfig(link_only=True))
    frame = found.clusters.assign(source=found.clusters["party"].str.partition(":")[0])
    inside = frame[frame["party"].isin([f"{n}/person" for n in names])]
    assert inside.groupby(["cluster", "source"]).size().max() == 1
    assert inside["cluster"].nunique() == 30

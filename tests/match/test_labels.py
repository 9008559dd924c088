"""Learning from labels: what they say is taken over, mixed with the start values."""

from __future__ import annotations

import pandas as pd
import pytest

from crmclean.errors import ModelError
from crmclean.match import match_parties
from crmclean.match.features import features_of
from crmclean.match.labels import labels_from_table, models_from_text, models_text
from crmclean.match.model import ORGANIZATION, PERSON
from crmclean.match.taught import train_with_labels
from tests.match.builders import addresses, contacts, crowd, parties, party


def m_of(model, comparison: str, level: str) -> float:
    """The m of a level."""
    found = next(c for c in model.comparisons if c.name == comparison)
    return found.levels[found.index(level)].m


def moved_people():
    """A crowd and forty pairs of records of one person each, all of them moved to another town."""
    people, homes = crowd()
    copies, gold = [], []
    for i, row in enumerate(people[:40]):
        copies.append({**row, "party": f"crm:{i}/person", "source": "crm", "record_id": str(i)})
        gold += [("crowd", row["record_id"], f"c{i}"), ("crm", str(i), f"c{i}")]
    labels = pd.DataFrame(gold, columns=["source", "record_id", "cluster"], dtype="str")
    away = [
        {**homes[i], "party": f"crm:{i}/person", "city": f"Neustadt {i}", "postal_code": f"{30000 + i}"}
        for i in range(40)
    ]
    return parties(*people, *copies), addresses(*homes, *away), labels


def test_labels_teach_that_people_move():
    """Where labelled people have moved, a different place speaks less against them."""
    table, homes, gold = moved_people()
    features = features_of("person", table, contacts(), homes)
    learned = train_with_labels(PERSON, features, table, labels_from_table(gold))
    assert m_of(learned, "address", "different") + m_of(learned, "address", "near") > m_of(
        PERSON, "address", "different"
    )
    assert m_of(learned, "given", "equal") > m_of(PERSON, "given", "equal")
    found = match_parties(table, contacts(), homes, models={"person": learned})
    cluster = found.clusters.set_index("party")["cluster"]
    assert sum(cluster[f"crm:{i}/person"] == cluster[f"crowd:{i:04d}/person"] for i in range(40)) == 40


def test_probabilities_stay_probabilities():
    """The m of each comparison still add up to one, and the priors stay in range."""
    table, homes, gold = moved_people()
    features = features_of("person", table, contacts(), homes)
    learned = train_with_labels(PERSON, features, table, labels_from_table(gold))
    for comparison in learned.comparisons:
        assert sum(level.m for level in comparison.levels[1:]) == pytest.approx(1.0, abs=0.01)
    assert 0 < learned.prior_match < 0.2


def test_judged_pairs_teach_too():
    """Pairs judged the same move the levels they show; the model file takes them along."""
    table, homes, gold = moved_people()
    ends = gold.set_index("cluster")
    rows = [
        {
            "source_l": "crowd",
            "record_id_l": ends.loc[f"c{i}", "record_id"].iloc[0],
            "source_r": "crm",
            "record_id_r": str(i),
            "label": "same",
        }
        for i in range(40)
    ]
    features = features_of("person", table, contacts(), homes)
    learned = train_with_labels(PERSON, features, table, labels_from_table(pd.DataFrame(rows, dtype="str")))
    assert m_of(learned, "birth", "equal") > m_of(PERSON, "birth", "equal")
    assert models_from_text(models_text({"person": learned})) == {"person": learned}


def test_labels_of_other_data_teach_nothing():
    """Labels that name no record of the data are refused."""
    table, homes, _ = moved_people()
    features = features_of("person", table, contacts(), homes)
    other = labels_from_table(pd.DataFrame({"id": ["x", "y"], "cluster": ["1", "1"]}, dtype="str"))
    with pytest.raises(ModelError):
        train_with_labels(PERSON, features, table, other)


def test_model_file_is_text_by_line():
    """Two models differ in the lines in which their numbers differ; a foreign text is refused."""
    text = models_text({"person": PERSON, "organization": ORGANIZATION})
    assert len(text.splitlines()) > 300
    assert models_from_text(text) == {"person": PERSON, "organization": ORGANIZATION}
    for wrong in ("", "[]", "{}", '{"person": {}}', text.replace('"kind": "person"', '"kind": "cat"')):
        with pytest.raises(ModelError):
            models_from_text(wrong)


def test_person_of_a_row_is_labelled_not_its_company():
    """Two people of one company are labelled two; their company's parties are not labelled by that."""
    rows = [
        party(f"erp:{i}", kind=kind, organization="Kranich Bau", org_base="Kranich Bau", given_name=given)
        for i, given in (("1", "Ida"), ("2", "Ole"))
        for kind in ("person", "organization")
    ]
    table = parties(*rows)
    gold = labels_from_table(pd.DataFrame({"id": ["1", "2"], "cluster": ["x", "x"]}, dtype="str"))
    features = features_of("organization", table, contacts(), addresses())
    with pytest.raises(ModelError):
        train_with_labels(ORGANIZATION, features, table, gold)

"""A steward's word holds against all rules, in every run, until it is taken back."""

from __future__ import annotations

import pandas as pd
import pytest

from crmclean.errors import ConfigError
from crmclean.merge import merge_clusters
from crmclean.tables import LOCKS
from tests.merge.tables import addresses, contacts, identified, others, parties, person, primary

AT = "2025-06-01T00:00:00Z"
TWO = (
    person("a:1", given_name="Hanna", family_name="Kröger", created_at="2020-01-01", birth_date="1980-05-01"),
    person("b:1", given_name="Johanna", family_name="Kröger-Lang", title="Dr.", created_at="2026-01-01", birth_date="1981-05-01"),
)  # fmt: skip
POINTS = contacts(("a:1", "email", "a@example.org"), ("b:1", "email", "b@example.org"))
PLACES = addresses(("a:1", "Alte Gasse", "1", "50667", "Köln"), ("b:1", "Neue Gasse", "2", "10115", "Berlin"))


def locked(*rows, table=TWO, **options):
    """Customers and findings of one customer with these locks, each (field, further columns)."""
    frame = parties(*table)
    members, _ = identified(frame)
    made = [
        {"customer_id": members["customer_id"].iloc[0], "field": f, "state": "locked", "at": AT, **more}
        for f, more in rows
    ]
    locks = LOCKS.check(pd.DataFrame(made)) if made else LOCKS.empty()
    return merge_clusters(members, frame, POINTS, PLACES, locks=locks, **options)


def row_of(customers, field):
    """The primary row of a field."""
    return customers[customers["field"].eq(field) & customers["is_primary"]].iloc[0]


def test_no_locks_change_nothing():
    """An empty table of locks is like none."""
    frame = parties(*TWO)
    plain = merge_clusters(identified(frame)[0], frame, POINTS, PLACES)
    for one, other in zip(locked(), plain, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_locked_value_that_a_record_has():
    """It is shown with the record it stands in; the others are kept beside."""
    customers, _ = locked(("birth_date", {"value": "1980-05-01"}))
    row = row_of(customers, "birth_date")
    assert (row["value"], row["source"], row["record_id"], row["rule"]) == ("1980-05-01", "a", "1", "locked")
    assert others(customers, "birth_date") == ["1981-05-01"]


def test_locked_value_that_no_record_has():
    """The steward alone says it: no record, no count; exactly one value is primary, rows stay in order."""
    customers, _ = locked(
        ("email", {"value": "hanna@example.org"}), ("family_name", {"value": "Kröger-Meier"})
    )
    row = row_of(customers, "email")
    assert (row["value"], row["records"], row["first_seen"]) == ("hanna@example.org", 0, AT)
    assert pd.isna(row["record_id"])
    assert sorted(others(customers, "email")) == ["a@example.org", "b@example.org"]
    assert customers[customers["is_primary"]].groupby("field").size().max() == 1
    assert customers["field"].tolist()[:4] == ["title", "given_name", "given_name", "family_name"]


def test_newer_record_that_disagrees_is_reported():
    """The locked value stays; what came after the lock is a finding, what was there before is none."""
    _, issues = locked(("birth_date", {"value": "1980-05-01"}))
    found = issues[issues["code"].eq("lock_contradicted")]
    assert found[["record_id", "source", "raw", "proposal"]].to_numpy().tolist() == [
        ["1", "b", "1981-05-01", "1980-05-01"]
    ]
    _, issues = locked(("birth_date", {"value": "1980-05-01", "at": "2026-06-01T00:00:00Z"}))
    assert "lock_contradicted" not in set(issues["code"])


def test_pinned_record_of_a_group():
    """All parts come from it, none from a record that contradicts it."""
    customers, _ = locked(
        ("name", {"source": "b", "record_id": "1"}), ("address", {"source": "a", "record_id": "1"})
    )
    shown = primary(customers)
    assert (shown["title"], shown["given_name"], shown["family_name"]) == ("Dr.", "Johanna", "Kröger-Lang")
    assert (shown["street"], shown["house_number"], shown["city"]) == ("Alte Gasse", "1", "Köln")
    assert row_of(customers, "street")["rule"] == "locked"


@pytest.mark.parametrize(("source", "mail"), [("a", "a@example.org"), ("b", "b@example.org")])
def test_pinned_record_of_a_contact(source, mail):
    """Its contact point is the primary one."""
    customers, issues = locked(("email", {"source": source, "record_id": "1"}))
    assert row_of(customers, "email")["value"] == mail
    assert "lock_stale" not in set(issues["code"])


def test_pinned_record_of_one_part():
    """The part is that of the record, the rest of the group stays."""
    customers, _ = locked(
        ("given_name", {"source": "a", "record_id": "1"}), ("name", {"source": "b", "record_id": "1"})
    )
    shown = primary(customers)
    assert (shown["given_name"], shown["family_name"]) == ("Hanna", "Kröger-Lang")
    assert row_of(customers, "given_name")["record_id"] == "1"


@pytest.mark.parametrize("field", ["name", "email", "title"])
def test_pin_that_leads_nowhere_is_told(field):
    """A record that is not the customer's, or is silent, changes nothing and is a finding."""
    customers, issues = locked((field, {"source": "z", "record_id": "9"}))
    pd.testing.assert_frame_equal(customers, locked()[0])
    assert issues["code"].tolist().count("lock_stale") == 1


def test_cleared_field_is_empty_until_a_newer_record_fills_it():
    """What was said before the clearing is kept beside; what is said after it wins."""
    customers, _ = locked(("birth_date", {"state": "cleared"}))
    assert row_of(customers, "birth_date")["value"] == "1981-05-01"
    customers, _ = locked(("birth_date", {"state": "cleared", "at": "2026-06-01T00:00:00Z"}))
    rows = customers[customers["field"].eq("birth_date")]
    assert not rows["is_primary"].any()
    assert set(rows["rule"]) == {"cleared", "kept"}


def test_cleared_group_takes_the_newer_record():
    """An address that was cleared does not come back; the one told since is shown."""
    customers, _ = locked(("address", {"state": "cleared"}))
    assert primary(customers)["street"] == "Neue Gasse"
    customers, _ = locked(("address", {"state": "cleared", "at": "2027-01-01T00:00:00Z"}))
    assert not {"street", "city", "postal_code"} & set(primary(customers))


def test_other_customers_are_not_touched():
    """A lock concerns its customer alone, and one of a customer that is not there nobody."""
    frame = parties(*TWO, person("c:1", given_name="Ute", family_name="Ast", birth_date="1970-01-01"))
    members, _ = identified(frame, [["a:1", "b:1"]])
    ids = members.set_index("party")["customer_id"]
    rows = [
        {
            "customer_id": ids["a:1/person"],
            "field": "birth_date",
            "value": "1999-09-09",
            "state": "locked",
            "at": AT,
        },
        {"customer_id": "nobody", "field": "birth_date", "value": "1999-09-09", "state": "locked", "at": AT},
    ]
    plain, _ = merge_clusters(members, frame, POINTS, PLACES)
    found, _ = merge_clusters(members, frame, POINTS, PLACES, locks=LOCKS.check(pd.DataFrame(rows)))
    other = ids["c:1/person"]
    pd.testing.assert_frame_equal(
        found[found["customer_id"].eq(other)].reset_index(drop=True),
        plain[plain["customer_id"].eq(other)].reset_index(drop=True),
    )
    assert (found["value"] == "1999-09-09").sum() == 1
    assert found["customer_id"].is_monotonic_increasing


@pytest.mark.parametrize(
    ("field", "words"), [("shoe_size", "unknown field 'shoe_size'"), ("name", "'name' is a group")]
)
def test_locks_that_mean_nothing_are_errors(field, words):
    """With what is possible instead."""
    with pytest.raises(ConfigError, match=words):
        locked((field, {"value": "x"}))


def test_conflict_with_a_value_of_the_steward_names_the_customer():
    """What a record says beside a locked value that no record has is a conflict like any other."""
    _, issues = locked(("given_name", {"value": "Ole"}))
    found = issues[issues["field"].eq("given_name") & issues["code"].eq("value_conflict")]
    assert len(found)
    assert found["detail"].str.startswith("customer=").all()
    assert found["detail"].str.contains("rule=locked").all()

"""The flat file and the documents."""

from __future__ import annotations

import json

import pandas as pd

from crmclean.merge import FLAT_COLUMNS, customer_documents, flat_customers, merge_clusters
from crmclean.tables import (
    CUSTOMERS,
    MEMBERS,
    ORDERS,
    PARTIES,
    PERMISSIONS,
    RELATIONS,
    TOUCHPOINTS,
)
from tests.merge.tables import addresses, company, contacts, identified, parties, person


def customers_of(table, points=None, places=None, groups=None):
    """Members and customers."""
    members, _ = identified(table, groups)
    points, places = (
        points if points is not None else contacts(),
        places if places is not None else addresses(),
    )
    return members, merge_clusters(members, table, points, places)[0]


def test_one_row_per_customer():
    """All columns, the particle before the family name, sources and times of all records."""
    table = parties(
        person(
            "web:1", given_name="Ilse", name_prefix="von der", family_name="Heide", created_at="2021-03-01"
        ),
        person(
            "erp:9",
            given_name="Ilse",
            name_prefix="von der",
            family_name="Heide",
            created_at="2019-02-01",
            modified_at="2025-06-01",
        ),
        company("erp:9", organization="Heide OHG", org_base="Heide", legal_form="OHG"),
    )
    members, customers = customers_of(table, contacts(("web:1", "email", "ilse@example.org")))
    flat = flat_customers(customers, members, table)
    assert tuple(flat.columns) == FLAT_COLUMNS
    row = flat[flat["kind"].eq("person")].iloc[0]
    assert (row["family_name"], row["records"], row["sources"]) == ("von der Heide", 2, "erp web")
    assert (row["first_seen"], row["last_seen"]) == ("2019-02-01", "2025-06-01")
    assert row["quality"] == 0.429
    assert flat[flat["kind"].eq("organization")].iloc[0]["organization"] == "Heide OHG"
    assert flat["customer_id"].is_monotonic_increasing


def test_customer_without_values_is_there():
    """A record that says nothing is still a customer of the crosswalk."""
    table = parties(person("a:1"))
    members, customers = customers_of(table)
    flat = flat_customers(customers, members, table)
    assert flat["customer_id"].tolist() == members["customer_id"].tolist()
    assert flat["email"].isna().all()
    assert flat["quality"].tolist() == [0.0]


def test_flat_of_nothing():
    """Empty tables give an empty file with its header."""
    flat = flat_customers(CUSTOMERS.empty(), MEMBERS.empty(), PARTIES.empty())
    assert (len(flat), tuple(flat.columns)) == (0, FLAT_COLUMNS)


def test_more_sources_than_bits():
    """Seventy sources are listed too."""
    table = parties(*[person(f"s{n:02}:1") for n in range(70)])
    members, customers = customers_of(table)
    flat = flat_customers(customers, members, table)
    assert flat["sources"].tolist() == [" ".join(f"s{n:02}" for n in range(70))]


def test_document_holds_everything():
    """Values with origin, contacts also invalid ones, addresses, relations, decisions, history."""
    table = parties(
        person("a:1", given_name="Olga", family_name="Fink"), company("a:1", organization="Fink KG")
    )
    points = contacts(
        ("a:1", "email", "olga@example.org"), ("a:1", "phone", None, {"raw": "abc", "valid": False})
    )
    places = addresses(("a:1", "Weg", "1", "20095", "Hamburg"))
    members, customers = customers_of(table, points, places)
    who = members.set_index("party")["customer_id"]
    me, firm = who["a:1/person"], who["a:1/organization"]
    further = {
        "relations": RELATIONS.check(
            pd.DataFrame([{"left": me, "right": firm, "kind": "works_at", "records": 1}])
        ),
        "permissions": PERMISSIONS.check(
            pd.DataFrame(
                [
                    {
                        "customer_id": me,
                        "channel": "email",
                        "purpose": "marketing",
                        "allowed": False,
                        "reason": "NONE",
                    }
                ]
            )
        ),
        "touchpoints": TOUCHPOINTS.check(
            pd.DataFrame([{"touchpoint_id": "t", "source": "log", "customer_id": me}])
        ),
        "orders": ORDERS.check(
            pd.DataFrame([{"order_id": "o", "source": "orders", "customer_id": me, "amount": 9.5}])
        ),
    }
    documents = {
        d["customer_id"]: d
        for d in customer_documents(customers, members, contacts=points, addresses=places, **further)
    }
    assert list(documents) == sorted([me, firm])
    mine = documents[me]
    assert mine["primary"]["given_name"] == "Olga"
    assert mine["values"]["given_name"][0]["record_id"] == "1"
    assert [c["raw"] for c in mine["contacts"] if not c["valid"]] == ["abc"]
    assert mine["addresses"][0]["city"] == "Hamburg"
    assert mine["relations"] == [{"kind": "works_at", "customer_id": firm, "side": "right", "records": 1}]
    assert documents[firm]["relations"][0]["side"] == "left"
    assert mine["permissions"][0]["allowed"] is False
    assert mine["orders"][0]["amount"] == 9.5
    assert mine["touchpoints"][0]["touchpoint_id"] == "t"
    assert "orders" not in documents[firm]
    json.dumps(list(documents.values()), allow_nan=False)


def test_documents_of_nothing():
    """No customers, no documents."""
    assert list(customer_documents(CUSTOMERS.empty(), MEMBERS.empty())) == []

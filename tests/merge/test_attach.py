"""Touchpoints, orders and relations find their customer, or say whose they may be."""

from __future__ import annotations

import pandas as pd

from crmclean.merge import (
    attach_orders,
    attach_qualifications,
    attach_tasks,
    attach_touchpoints,
    relate_customers,
)
from crmclean.merge.attach import number_in_text
from crmclean.tables import ORDERS, QUALIFICATIONS, RELATIONS, TASKS, TOUCHPOINTS
from tests.merge.tables import company, contacts, identified, parties, person


def touchpoints(*rows):
    """Touchpoints written (identifier_kind, key, further)."""
    made = [
        {
            "touchpoint_id": str(n),
            "source": "log",
            "identifier_kind": kind,
            "identifier": key,
            "key": key,
            **further,
        }
        for n, (kind, key, further) in enumerate((*row, {})[:3] for row in rows)
    ]
    return TOUCHPOINTS.check(pd.DataFrame(made)) if made else TOUCHPOINTS.empty()


def customer(members, party):
    """The customer of a party."""
    return members.set_index("party")["customer_id"][party]


def family():
    """Two people of one household sharing a landline; the first has a mobile and an ERP number."""
    table = parties(
        person("erp:100", customer_no="100"),
        person("erp:200", customer_no="200"),
        person("chat:7", customer_no="100"),
    )
    points = contacts(
        ("erp:100", "phone", "+49401"), ("erp:200", "phone", "+49401"), ("erp:100", "phone", "+49171"),
        ("chat:7", "handle", "hasei4711"),
    )  # fmt: skip
    members, _ = identified(table, [["erp:100", "chat:7"]])
    return members, table, points


def test_one_holder_is_attached_several_are_candidates_none_is_kept():
    """The mobile has one holder, the landline two, the unknown handle none."""
    members, table, points = family()
    log = touchpoints(("phone", "+49171"), ("phone", "+49401"), ("handle", "nobody"), ("handle", "hasei4711"))
    result = attach_touchpoints(log, members, table, points)
    first, second = customer(members, "erp:100/person"), customer(members, "erp:200/person")
    assert result["customer_id"].fillna("").tolist() == [first, "", "", first]
    assert result["candidates"].fillna("").tolist() == ["", " ".join(sorted([first, second])), "", ""]


def test_kind_of_identifier_counts():
    """A handle that reads like somebody's number is not that number."""
    members, table, points = family()
    result = attach_touchpoints(touchpoints(("handle", "+49171")), members, table, points)
    assert result["customer_id"].isna().all()


def test_subject_decides_between_candidates_and_speaks_for_the_silent():
    """A customer number in the subject: chooses among candidates, attaches anonymous rows, never overrides."""
    members, table, points = family()
    said = {"subject": "Frage zu Kd.-Nr. 200"}
    log = touchpoints(("phone", "+49401", said), ("handle", "nobody", said), ("phone", "+49171", said))
    result = attach_touchpoints(log, members, table, points)
    first, second = customer(members, "erp:100/person"), customer(members, "erp:200/person")
    assert result["customer_id"].tolist() == [second, second, first]
    assert result["candidates"].isna().all()


def test_row_that_is_a_record_goes_to_its_customer():
    """A chat row is a record: its customer is known whatever the identifier says."""
    members, table, points = family()
    log = touchpoints(("phone", "+49401", {"source": "chat", "record_id": "7"}))
    result = attach_touchpoints(log, members, table, points)
    assert result["customer_id"].tolist() == [customer(members, "chat:7/person")]
    assert result["candidates"].isna().all()


def test_number_of_a_row_with_person_and_company_is_the_persons():
    """Both parties carry the contact point of their row: the row counts for the person."""
    table = parties(person("a:1"), company("a:1"), company("b:1"))
    points = contacts(
        ("a:1/person", "phone", "+49305"),
        ("a:1/organization", "phone", "+49305"),
        ("b:1/organization", "phone", "+49306"),
    )
    members, _ = identified(table, [])
    result = attach_touchpoints(touchpoints(("phone", "+49305"), ("phone", "+49306")), members, table, points)
    assert result["customer_id"].tolist() == [
        customer(members, "a:1/person"),
        customer(members, "b:1/organization"),
    ]


def test_customer_number_belongs_to_the_ledger():
    """A number goes to the record it is the key of, however others use it."""
    table = parties(
        person("erp:100", customer_no="100"),
        person("erp:101", customer_no="101"),
        person("chat:7", customer_no="100"),
    )
    members, _ = identified(table, [])
    orders = ORDERS.check(
        pd.DataFrame(
            {"order_id": ["o1", "o2", "o3"], "source": "orders", "customer_no": ["100", " 1-01", "999"]}
        )
    )
    result = attach_orders(orders, members, table)
    assert result["customer_id"].fillna("").tolist() == [
        customer(members, "erp:100/person"), customer(members, "erp:101/person"), "",
    ]  # fmt: skip


def test_record_key_without_customer_number():
    """A key that one record alone has identifies it; one that two sources use does not."""
    table = parties(person("crm:K1"), person("crm:5"), person("web:5"))
    members, _ = identified(table, [])
    tasks = TASKS.check(
        pd.DataFrame({"task_id": ["t1", "t2"], "source": "tasks", "customer_no": ["K1", "5"]})
    )
    result = attach_tasks(tasks, members, table)
    assert result["customer_id"].fillna("").tolist() == [customer(members, "crm:K1/person"), ""]


def test_nothing_to_attach():
    """Empty tables pass."""
    members, table, points = family()
    assert len(attach_touchpoints(TOUCHPOINTS.empty(), members, table, points)) == 0
    assert len(attach_orders(ORDERS.empty(), members, table)) == 0
    empty = parties()
    nobody, _ = identified(empty)
    log = touchpoints(("phone", "+49171"))
    assert attach_touchpoints(log, nobody, empty, contacts())["customer_id"].isna().all()
    facts = QUALIFICATIONS.check(pd.DataFrame({"source": ["q"], "customer_no": ["1"]}))
    assert attach_qualifications(facts, nobody, empty)["customer_id"].isna().all()


def test_order_of_rows_is_no_matter():
    """Shuffled inputs give the same answers."""
    members, table, points = family()
    log = touchpoints(("phone", "+49171"), ("phone", "+49401"))
    mixed = [f.iloc[::-1].reset_index(drop=True) for f in (members, table, points)]
    pd.testing.assert_frame_equal(
        attach_touchpoints(log, members, table, points), attach_touchpoints(log, *mixed)
    )


def test_number_in_text():
    """Customer numbers are read where they are called so, not order numbers or years."""
    assert number_in_text("Meine Kundennummer: 10 ist falsch") is None
    assert number_in_text("KdNr 10.234") is None
    assert number_in_text("customer no. AB-1234 please") == "AB1234"
    assert number_in_text("Bestellung 20240113 vom 3.4.2024") is None


def test_relations_speak_of_customers():
    """Clusters become customers; what falls together is one relation; none leads to itself."""
    table = parties(person("a:1"), person("a:2"), person("b:1"), company("b:1"))
    members, _ = identified(table, [["a:1", "b:1"]])
    rows = [
        ("a:1/person", "a:2/person", "household", "address landline", 1),
        ("a:2/person", "b:1/person", "household", "address name", 2),
        ("a:1/person", "b:1/person", "same_name", "name", 1),
        ("b:1/person", "b:1/organization", "works_at", "row", 1),
        ("x:1/person", "a:1/person", "household", "name", 1),
    ]
    relations = RELATIONS.check(pd.DataFrame(rows, columns=["left", "right", "kind", "evidence", "records"]))
    result = relate_customers(relations, members)
    one, two = customer(members, "a:1/person"), customer(members, "a:2/person")
    firm = customer(members, "b:1/organization")
    assert sorted(map(tuple, result.to_numpy().tolist())) == sorted(
        [(*sorted([one, two]), "household", "address landline name", 3), (one, firm, "works_at", "row", 1)]
    )
    assert len(relate_customers(RELATIONS.empty(), members)) == 0

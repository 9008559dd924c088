"""A small store with everything: a couple with one landline, a company with a switchboard."""

from __future__ import annotations

import pandas as pd

from crmclean.merge import attach_orders, attach_touchpoints, merge_clusters, relate_customers
from crmclean.store import Store
from crmclean.tables import (
    CONSENTS,
    IDENTITIES,
    ORDERS,
    PERMISSIONS,
    RELATIONS,
    TOUCHPOINTS,
)
from tests.merge.tables import addresses, company, contacts, identified, parties, person

ERIKA, PAUL, FIRM = "erp:100/person", "erp:200/person", "erp:300/organization"


def tables():
    """A couple sharing a landline, and a company with a switchboard; Erika is known from two sources."""
    table = parties(
        person(
            "erp:100",
            given_name="Erika",
            family_name="Meyer",
            title="Dr.",
            customer_no="100",
            birth_date="1970-03-04",
            created_at="2020-01-15",
        ),
        person("web:1", given_name="Erica", family_name="Meyer", modified_at="2025-11-02"),
        person("erp:200", given_name="Paul", family_name="Meyer", customer_no="200", created_at="2019-01-01"),
        company(
            "erp:300",
            organization="Kranbau Nord GmbH",
            org_base="Kranbau Nord",
            legal_form="GmbH",
            customer_no="300",
        ),
    )
    points = contacts(
        ("erp:100", "phone", "+49403334445", {"type": "landline"}),
        ("erp:200", "phone", "+49403334445", {"type": "landline"}),
        ("erp:100", "email", "erika@example.org", {"type": "home"}),
        ("web:1", "handle", "@Erika_M", {"key": "erika_m"}),
        (FIRM, "phone", "+494077880", {"type": "work"}),
    )
    places = addresses(
        ("erp:100", "Elbweg", "3", "20095", "Hamburg"), ("web:1", "Alsterufer", "8", "20354", "Hamburg"),
        ("erp:200", "Elbweg", "3", "20095", "Hamburg"),
    )  # fmt: skip
    return table, points, places


def saved(path):
    """A store with all of it."""
    table, points, places = tables()
    members, identities = identified(table, [["erp:100", "web:1"]])
    who = members.set_index("party")["customer_id"]
    customers, issues = merge_clusters(members, table, points, places, priority=("erp",))
    relations = RELATIONS.check(
        pd.DataFrame(
            [
                {"left": ERIKA, "right": PAUL, "kind": "household", "evidence": "address", "records": 1},
                {"left": PAUL, "right": FIRM, "kind": "works_at", "records": 1},
            ]
        )
    )
    log = [
        ("t1", "2024-05-01T10:00:00Z", "email", "erika@example.org", "email", "Frage"),
        ("t2", "2025-12-01T10:00:00Z", "phone", "+49403334445", "call", None),
        ("t3", "2026-03-01T10:00:00Z", "email", "erika@example.org", "email", "later"),
    ]
    touchpoints = TOUCHPOINTS.check(
        pd.DataFrame(
            [
                {
                    "touchpoint_id": i,
                    "source": "log",
                    "at": at,
                    "identifier_kind": k,
                    "identifier": v,
                    "key": v,
                    "channel": c,
                    "subject": s,
                    "direction": "in",
                }
                for i, at, k, v, c, s in log
            ]
        )
    )
    orders = ORDERS.check(
        pd.DataFrame(
            {"order_id": ["o1", "o2", "o3"], "source": "orders", "customer_no": "100", "at": ["2024-02-01", "2024-03-01", "2025-02-01"],
             "amount": [1200.5, -200.5, 10.0], "currency": "EUR"}
        )
    )  # fmt: skip
    permissions = PERMISSIONS.check(
        pd.DataFrame(
            [
                {
                    "customer_id": who[ERIKA],
                    "channel": "email",
                    "purpose": "marketing",
                    "allowed": True,
                    "reason": "CONSENT",
                }
            ]
        )
    )
    consents = CONSENTS.check(
        pd.DataFrame(
            [
                {
                    "event_id": "e1",
                    "source": "web",
                    "record_id": "1",
                    "event": "granted",
                    "channel": "email",
                    "at": "2024-01-01T00:00:00Z",
                },
                {
                    "event_id": "e2",
                    "contact_point": "erika@example.org",
                    "event": "confirmed",
                    "channel": "email",
                    "at": "2024-01-02T00:00:00Z",
                },
                {
                    "event_id": "e3",
                    "source": "erp",
                    "record_id": "200",
                    "event": "withdrawn",
                    "channel": "email",
                    "at": "2024-01-03T00:00:00Z",
                },
            ]
        )
    )
    old = IDENTITIES.check(
        pd.DataFrame(
            [
                {
                    "customer_id": "0" * 8 + "-0000-5000-8000-" + "0" * 12,
                    "kind": "person",
                    "anchor": "old:1/person",
                    "status": "merged",
                    "merged_into": who[ERIKA],
                }
            ]
        )
    )
    everything = {
        "parties": table, "contacts": points, "addresses": places, "members": members, "identities": identities,
        "customers": customers, "issues": issues, "relations": relate_customers(relations, members),
        "touchpoints": attach_touchpoints(touchpoints, members, table, points),
        "orders": attach_orders(orders, members, table), "permissions": permissions, "consents": consents,
    }  # fmt: skip
    with Store(path) as store:
        store.save_run(everything, {"at": "2026-01-31T00:00:00Z", "command": "run"})
        store.save_run({"identities": old}, {"at": "2026-01-31T00:00:00Z", "command": "run"})
    return {party: who[party] for party in (ERIKA, PAUL, FIRM)}

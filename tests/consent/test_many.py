"""Decisions for whole tables are those of the single call."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.config import config_from
from crmclean.consent import ConsentEvent, Policy, decide_customers, may_contact, may_contact_many, policy_of
from crmclean.consent.reasons import basis_of
from crmclean.tables import CONTACTS, MEMBERS, PERMISSIONS, Contacts, Members

sys.path.insert(0, str(Path(__file__).parent))
from histories import POINTS, histories, table

PERSONS = st.sampled_from(
    [
        ("DE", "consumer", None), ("DE", "business", None), ("AT", "", "2008-02-10"), ("CH", "consumer", None),
        ("DE", "consumer", "2008-01-15"), ("DE", "consumer", "2009-12-31"), ("AT", "", "2010-01-20"),
        ("DE", "", "1980-05-05"),
    ]
)  # fmt: skip
POLICIES = [
    {},
    {"policy": "de-strict"},
    {"policy": "opt-in-only", "pending_ttl_days": 0},
    {"double_opt_in_methods": ["any"], "stale_after_months": 0, "accept_legacy_flags": True},
    {"controller": "Stein AG", "soft_opt_in": {"months": 0}, "external_lists": False},
    {"policy": "at", "proof_fields": ["date"], "stale_after_months": {"phone": 1}},
    {"policy": "ch", "unknown_party": "business", "presumed": {"countries": ["DE", "CH"], "months": 2}},
    {
        "timezone": "UTC",
        "double_opt_in": ["email", "sms"],
        "live_call_ch": False,
        "post_marketing": "consent",
    },
]


def policy(keys: dict[str, Any]) -> Policy:
    return policy_of(config_from({"consent": keys}).consent)


@settings(deadline=None, max_examples=20)
@given(
    st.lists(st.tuples(histories(), PERSONS), min_size=1, max_size=6),
    st.sampled_from(POLICIES),
    st.sampled_from([None, "2024-02-01"]),
)
def test_many_answers_as_one(
    people: list[tuple[list[ConsentEvent], tuple[str, str, str | None]]],
    keys: dict[str, Any],
    known_at: str | None,
) -> None:
    """Allowed, reason, law, times and events agree for every person, channel and contact point."""
    chosen = policy(keys)
    questions, singles = [], []
    for number, (history, (country, party, born)) in enumerate(people):
        for channel in ("email", "phone", "sms", "post"):
            for point in POINTS:
                purpose = "marketing.newsletter" if channel == "sms" else "marketing.similar_products"
                questions.append((f"c{number}", channel, purpose, point, country, party, "Stein AG", born))
                singles.append(
                    may_contact(
                        history,
                        {"country": country, "party_type": party or None, "birth_date": born},
                        channel,
                        purpose,
                        "2024-05-01",
                        contact_point=point,
                        controller="Stein AG",
                        known_at=known_at,
                        policy=chosen,
                    )
                )
    names = [
        "customer_id",
        "channel",
        "purpose",
        "contact_point",
        "country",
        "party_type",
        "controller",
        "birth_date",
    ]
    asked = pd.DataFrame(questions, columns=names)
    told = pd.concat(
        [table(history).assign(customer_id=f"c{n}") for n, (history, _) in enumerate(people)],
        ignore_index=True,
    )
    found = may_contact_many(asked, told, at="2024-05-01", known_at=known_at, policy=chosen)
    said = found[["allowed", "reason", "basis", "since", "valid_until", "events"]].astype("object")
    rows = said.where(said.notna(), None).to_dict("records")
    assert rows == [
        {
            "allowed": s.allowed,
            "reason": s.reason,
            "basis": s.basis,
            "since": s.since,
            "valid_until": s.valid_until,
            "events": " ".join(s.events) or None,
        }
        for s in singles
    ]


def people(*rows: tuple[str, str]) -> Members:
    """Members of (customer, record)."""
    return MEMBERS.check(
        pd.DataFrame(
            {
                "customer_id": [c for c, _ in rows],
                "party": [f"erp:{r}/person" for _, r in rows],
                "source": "erp",
                "record_id": [r for _, r in rows],
                "kind": "person",
                "is_primary": True,
            }
        )
    )


def reach(*rows: tuple[str, str, str, str]) -> Contacts:
    """Contacts of (record, kind, value, type)."""
    return CONTACTS.check(
        pd.DataFrame(
            {
                "party": [f"erp:{r}/person" for r, _, _, _ in rows],
                "kind": [k for _, k, _, _ in rows],
                "value": [v for _, _, v, _ in rows],
                "key": [v.lower() for _, _, v, _ in rows],
                "raw": [v for _, _, v, _ in rows],
                "type": [t for _, _, _, t in rows],
                "field": [k for _, k, _, _ in rows],
                "valid": [not v.startswith("x") for _, _, v, _ in rows],
            }
        )
    )


def grant(
    record: str | None = None, point: str | None = None, channel: str = "email", **said: Any
) -> ConsentEvent:
    """A proven grant of 2024."""
    return ConsentEvent(
        event=said.pop("event", "granted"),
        at=said.pop("at", "2024-01-10T09:00:00Z"),
        channel=channel,
        purpose="marketing",
        record=record,
        contact_point=point,
        method="signed_form",
        text_version="v1",
        origin="fair",
        **said,
    )


def decide(events: list[ConsentEvent], members: Members, contacts: Contacts, **keys: Any) -> dict[Any, str]:
    """customer, channel, contact point -> reason."""
    found = decide_customers(
        table(events),
        members,
        contacts,
        pd.Series({"c1": "DE"}, dtype="str"),
        channels=["email", "sms", "post"],
        purposes=["marketing.newsletter"],
        as_of="2024-05-01",
        policy=policy(keys),
    )
    assert list(found.columns) == PERMISSIONS.names
    point = found["contact_point"].astype("object").where(found["contact_point"].notna(), None)
    return dict(
        zip(zip(found["customer_id"], found["channel"], point, strict=True), found["reason"], strict=True)
    )


def test_one_row_per_contact_point_of_the_channel() -> None:
    """Mail addresses for e-mail, mobile numbers for SMS, one row without for letters."""
    contacts = reach(
        ("1", "email", "Anna@x.de", ""),
        ("1", "phone", "+491701234567", "mobile"),
        ("1", "phone", "+4930123456", ""),
    )
    assert set(decide([], people(("c1", "1"), ("c2", "2")), contacts)) == {
        ("c1", "email", "Anna@x.de"),
        ("c1", "sms", "+491701234567"),
        ("c1", "post", None),
        ("c2", "email", None),
        ("c2", "sms", None),
        ("c2", "post", None),
    }


def test_an_event_keyed_by_an_address_belongs_to_who_has_it() -> None:
    """Also where its spelling differs."""
    found = decide([grant(point="ANNA@x.de")], people(("c1", "1")), reach(("1", "email", "Anna@x.de", "")))
    assert found["c1", "email", "Anna@x.de"] == "CONSENT"


def test_a_grant_by_a_shared_address_is_nobodys_a_denial_everybodys() -> None:
    """Two customers with one mailbox."""
    members = people(("c1", "1"), ("c2", "2"))
    contacts = reach(("1", "email", "a@x.de", ""), ("2", "email", "a@x.de", ""))
    found = decide([grant(point="a@x.de")], members, contacts)
    assert {found["c1", "email", "a@x.de"], found["c2", "email", "a@x.de"]} == {"SHARED_CONTACT_POINT"}
    denied = decide(
        [grant("erp:1"), grant(point="a@x.de", event="withdrawn", at="2024-02-01")], members, contacts
    )
    assert {denied["c1", "email", "a@x.de"], denied["c2", "email", "a@x.de"]} == {"WITHDRAWN"}


def test_a_shared_address_may_have_an_owner_by_policy() -> None:
    """The one on whose records it stands more often than on the other's."""
    members = people(("c1", "1"), ("c1", "3"), ("c2", "2"))
    contacts = reach(*((r, "email", "a@x.de", "") for r in ("1", "2", "3")))
    found = decide([grant(point="a@x.de")], members, contacts, shared_contact_grants="owner")
    assert found["c1", "email", "a@x.de"] == "CONSENT"
    assert found["c2", "email", "a@x.de"] == "SHARED_CONTACT_POINT"


def test_a_denial_on_the_others_record_closes_the_shared_address_only() -> None:
    """Customer 1 keeps the own address."""
    members = people(("c1", "1"), ("c2", "2"))
    contacts = reach(
        ("1", "email", "a@x.de", ""), ("1", "email", "own@x.de", ""), ("2", "email", "a@x.de", "")
    )
    no = grant("erp:2", "a@x.de", event="objected", at="2024-02-01")
    found = decide([grant("erp:1", "a@x.de"), grant("erp:1", "own@x.de"), no], members, contacts)
    assert found["c1", "email", "a@x.de"] == "OBJECTED"
    assert found["c1", "email", "own@x.de"] == "CONSENT"
    off = decide([grant("erp:1", "a@x.de"), no], members, contacts, shared_contact_denials=False)
    assert off["c1", "email", "a@x.de"] == "CONSENT"


def test_a_merge_moves_no_consent_to_another_address() -> None:
    """A grant that names no address holds for those of its record, or of the customer by policy."""
    members = people(("c1", "1"), ("c1", "2"))
    contacts = reach(("1", "email", "a@x.de", ""), ("2", "email", "b@x.de", ""))
    found = decide([grant("erp:1")], members, contacts)
    assert found["c1", "email", "a@x.de"] == "CONSENT"
    assert found["c1", "email", "b@x.de"] == "CONTACT_POINT_NOT_COVERED"
    wide = decide([grant("erp:1")], members, contacts, grants_without_point="customer")
    assert wide["c1", "email", "b@x.de"] == "CONSENT"


def test_a_point_that_cannot_serve_the_channel_names_the_person() -> None:
    """A consent to letters keyed by a mail address is one to letters."""
    found = decide(
        [
            grant(point="a@x.de", channel="post"),
            grant(point="a@x.de", channel="post", event="objected", at="2024-02-01"),
        ],
        people(("c1", "1")),
        reach(("1", "email", "a@x.de", "")),
    )
    assert found["c1", "post", None] == "OBJECTED"


def test_an_invalid_contact_point_is_not_contacted() -> None:
    """Normalisation found that it cannot work."""
    found = decide([grant("erp:1")], people(("c1", "1")), reach(("1", "email", "x@x", "")))
    assert found["c1", "email", "x@x"] == "CONTACT_POINT_INVALID"


def test_order_of_rows_does_not_matter() -> None:
    """Members, contacts and events backwards give the same table."""
    members = people(("c1", "1"), ("c2", "2"), ("c2", "3"))
    contacts = reach(("1", "email", "a@x.de", ""), ("2", "email", "a@x.de", ""), ("3", "email", "c@x.de", ""))
    events = [grant("erp:2"), grant(point="a@x.de", event="withdrawn"), grant("erp:3", at="2024-02-01")]
    back = MEMBERS.check(members.iloc[::-1]), CONTACTS.check(contacts.iloc[::-1])
    assert decide(events, members, contacts) == decide(events[::-1], *back)


def test_empty_tables_work() -> None:
    """No customers, no rows; no contacts, one row each."""
    assert decide([], MEMBERS.empty(), CONTACTS.empty()) == {}
    assert decide([], people(("c1", "1")), CONTACTS.empty())["c1", "post", None] == "LEGITIMATE_INTEREST"
    assert basis_of("LEGITIMATE_INTEREST", "post", "DE") == "GDPR 6(1)(f)"


def test_an_address_nobody_has_is_nobodys() -> None:
    """An event keyed by an unknown address counts for no one; on a record it stays an address of its own."""
    events = [grant(point="who@x.de"), grant("erp:1", "old@x.de"), grant("erp:9", "a@x.de", event="objected")]
    contacts = reach(("1", "email", "a@x.de", ""))
    found = decide(events[:2], people(("c1", "1")), contacts)
    assert found["c1", "email", "a@x.de"] == "CONTACT_POINT_NOT_COVERED"
    # The record is unknown, so the address tells whose the objection is.
    assert decide(events, people(("c1", "1")), contacts)["c1", "email", "a@x.de"] == "OBJECTED"


def test_a_number_that_cannot_be_called_still_tells_whose_a_withdrawal_is() -> None:
    """It has a key but no value: no row of its own, and the events keyed by it count."""
    contacts = reach(("1", "email", "a@x.de", ""), ("1", "phone", "0152/2112328", ""))
    contacts = CONTACTS.check(
        contacts.assign(value=["a@x.de", None], key=["a@x.de", "01522112328"], valid=[True, False])
    )
    found = decide(
        [grant("erp:1"), grant(point="01522112328", event="objected")], people(("c1", "1")), contacts
    )
    assert found["c1", "email", "a@x.de"] == "OBJECTED"
    assert set(found) == {("c1", "email", "a@x.de"), ("c1", "sms", None), ("c1", "post", None)}


def test_a_minors_consent_is_none_in_tables() -> None:
    """Two of one birthday, one of age when consenting: each by the time of the own consent."""
    log = table([
        grant("1", "a@x.de", at="2023-01-10T09:00:00Z"), grant("2", "b@x.de", at="2024-03-10T09:00:00Z"),
    ])  # fmt: skip
    found = decide_customers(
        log,
        people(("c1", "1"), ("c2", "2")),
        reach(("1", "email", "a@x.de", ""), ("2", "email", "b@x.de", "")),
        pd.Series({"c1": "DE", "c2": "DE"}),
        channels=["email"],
        purposes=["marketing"],
        as_of="2024-05-01",
        births=pd.Series({"c1": "2008-02-01", "c2": "2008-02-01"}),
    )
    reasons = found.set_index("customer_id")["reason"]
    assert reasons["c1"] == "MINOR"
    assert reasons["c2"] != "MINOR"

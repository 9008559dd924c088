"""A consent travels along sure merges only; a denial along all, and to possible doubles."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.config import config_from
from crmclean.consent import ConsentEvent, Person, Policy, decide_customers, may_contact, policy_of
from crmclean.consent.certain import Certainty, certainty_of, parts_of
from crmclean.consent.near import near_mails, near_numbers
from crmclean.errors import ConfigError
from crmclean.tables import CONTACTS, DECISIONS, MEMBERS, SCORES, Contacts, Members, Scores

sys.path.insert(0, str(Path(__file__).parent))
from histories import histories, table

CONSENT_ONLY = {"policy": "opt-in-only", "double_opt_in": [], "age_check": False}


def policy(**keys: Any) -> Policy:
    return policy_of(config_from({"consent": {**CONSENT_ONLY, **keys}}).consent)


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


def reach(*rows: tuple[str, str]) -> Contacts:
    """Mail addresses of (record, address)."""
    return CONTACTS.check(
        pd.DataFrame(
            {
                "party": [f"erp:{r}/person" for r, _ in rows],
                "kind": "email",
                "value": [v for _, v in rows],
                "key": [v for _, v in rows],
                "raw": [v for _, v in rows],
                "type": "work",
                "field": "email",
                "valid": True,
            }
        )
    )


def scored(*rows: tuple[str, str, float, str]) -> Scores:
    """Compared pairs of (record, record, probability, levels)."""
    return SCORES.check(
        pd.DataFrame(
            {
                "party_l": [f"erp:{a}/person" for a, _, _, _ in rows],
                "party_r": [f"erp:{b}/person" for _, b, _, _ in rows],
                "weight": 1.0,
                "probability": [p for _, _, p, _ in rows],
                "band": ["match" if p >= 0.5 else "review" for _, _, p, _ in rows],
                "levels": [levels for _, _, _, levels in rows],
                "outcome": ["merged" if p >= 0.5 else "below_threshold" for _, _, p, _ in rows],
            }
        )
    )


def grant(record: str, point: str | None = None) -> ConsentEvent:
    return ConsentEvent(
        event="granted", at="2024-01-10", channel="email", purpose="marketing", record=record,
        contact_point=point, text_version="t1", origin="web",
    )  # fmt: skip


def denial(record: str) -> ConsentEvent:
    return ConsentEvent(
        event="withdrawn", at="2024-02-10", channel="email", purpose="marketing", record=record
    )


def answers(
    events: list[ConsentEvent], members: Members, contacts: Contacts, certainty: Certainty | None, by: Policy
) -> dict[tuple[str, str | None], str]:
    """(customer, contact point) = reason, for e-mail advertising."""
    rows = decide_customers(
        table(events), members, contacts, pd.Series(dtype="str"), channels=["email"],
        purposes=["marketing"], as_of="2024-05-01", policy=by, certainty=certainty,
    )  # fmt: skip
    points = [None if pd.isna(p) else str(p) for p in rows["contact_point"]]
    return dict(zip(zip(rows["customer_id"], points, strict=True), rows["reason"], strict=True))


MEMBERS_AB = people(("c1", "a"), ("c1", "b"))
POINTS_AB = reach(("a", "a@x.de"), ("b", "b@x.de"))


@pytest.mark.parametrize(
    ("levels", "sure"),
    [
        ("family=equal;given=equal;gender=equal", False),
        ("family=equal;given=equal;address=place", False),
        ("family=equal;given=equal;email=typo", False),
        ("family=equal;address=full", False),
        ("family=equal;birth=equal;address=full", False),
        ("family=equal;given=equal;birth=equal", True),
        ("family=equal;given=equal;address=full", True),
        ("email=equal", True),
        ("family=equal;phone=mobile", True),
        ("name=equal;address=full", True),
        ("name=equal;legal_form=equal", False),
    ],
)
def test_what_makes_a_merge_sure(levels: str, sure: bool) -> None:  # noqa: FBT001  a parameter
    """A name proves nobody, a family shares its address, twins their birthday; an organization has no given name."""
    found = certainty_of(scored(("a", "b", 0.99, levels)), policy())
    assert len(found.links) == sure


def test_a_consent_stays_in_its_part_and_a_denial_does_not() -> None:
    """Merged by name alone: record b's address gets nothing by record a's consent, but its denial."""
    by = policy(grants_without_point="customer")
    doubtful = certainty_of(scored(("a", "b", 0.97, "family=equal;given=equal")), by)
    one = [grant("erp:a")]
    assert answers(one, MEMBERS_AB, POINTS_AB, None, by) == {
        ("c1", "a@x.de"): "CONSENT",
        ("c1", "b@x.de"): "CONSENT",
    }
    assert answers(one, MEMBERS_AB, POINTS_AB, doubtful, by) == {
        ("c1", "a@x.de"): "CONSENT",
        ("c1", "b@x.de"): "NO_CONSENT",
    }
    both = [*one, denial("erp:b")]
    assert set(answers(both, MEMBERS_AB, POINTS_AB, doubtful, by).values()) == {"WITHDRAWN"}


def test_a_steward_makes_sure() -> None:
    """Who links two records says that they are one; who splits them ends the doubt."""
    by = policy(grants_without_point="customer")
    said = pd.DataFrame(
        [{"party_l": "erp:a/person", "party_r": "erp:b/person", "decision": "same", "at": "2024"}]
    )
    scores = scored(("a", "b", 0.6, "family=equal"))
    linked = certainty_of(scores, by, decisions=DECISIONS.check(said))
    assert answers([grant("erp:a")], MEMBERS_AB, POINTS_AB, linked, by)["c1", "b@x.de"] == "CONSENT"
    apart = certainty_of(scores, by, decisions=DECISIONS.check(said.assign(decision="different")))
    assert not len(apart.doubts)


@pytest.mark.parametrize(("limit", "reason"), [(0.3, "WITHDRAWN"), (0.5, "CONSENT"), (0.0, "CONSENT")])
def test_a_possible_double_denies(limit: float, reason: str) -> None:
    """Two customers that are one with 40 %: the denial of the one closes the channel of the other."""
    by = policy(doubtful_denials=limit)
    members = people(("c1", "a"), ("c2", "b"))
    near = certainty_of(scored(("a", "b", 0.4, "family=equal;given=equal;address=moved")), by)
    found = answers([grant("erp:a"), denial("erp:b")], members, POINTS_AB, near, by)
    assert found["c1", "a@x.de"] == reason
    assert found["c2", "b@x.de"] == "WITHDRAWN"


def test_letters_go_by_the_party_that_lives_there() -> None:
    """Without a contact point the part answers whose address the customer shows."""
    by = policy()
    scores = scored(("a", "b", 0.97, "family=equal;given=equal"))
    event = ConsentEvent(
        event="granted", at="2024-01-10", channel="post", purpose="marketing", record="erp:b",
        text_version="t1", origin="card",
    )  # fmt: skip
    for home, reason in (("erp:a/person", "NO_CONSENT"), ("erp:b/person", "CONSENT")):
        sure = certainty_of(scores, by, homes=pd.Series({"c1": home}))
        rows = decide_customers(
            table([event]), MEMBERS_AB, POINTS_AB, pd.Series(dtype="str"), channels=["post"],
            purposes=["marketing"], as_of="2024-05-01", policy=by, certainty=sure,
        )  # fmt: skip
        assert rows["reason"].tolist() == [reason]


@settings(deadline=None, max_examples=30)
@given(st.lists(histories(), min_size=2, max_size=3), st.booleans())
def test_parts_answer_as_the_single_call(past: list[list[ConsentEvent]], joined: bool) -> None:  # noqa: FBT001
    """A part's answer is that of a person with its records, the other parts' being doubtful.

    Mail events keyed by a number are left out: in tables the number only names the person.
    """
    by = policy(double_opt_in=["email"])
    names = ["a", "b", "c"][: len(past)]
    owned = [
        ConsentEvent.of({**vars_of(event), "record": f"erp:{name}", "event_id": ""})
        for name, history in zip(names, past, strict=True)
        for event in history
        if event.event not in {"merged", "unmerged", "correction", "external_list", "erased"}
        and (event.channel != "email" or "@" in (event.contact_point or "@"))
    ]
    members = people(*(("c1", name) for name in names))
    contacts = reach(*((name, f"{name}@example.org") for name in names))
    pairs = [("a", "b", 0.99, "email=equal")] if joined else []
    found = answers(owned, members, contacts, certainty_of(scored(*pairs), by), by)
    for name in names:
        part = {"a", "b"} if joined and name in {"a", "b"} else {name}
        person = Person(
            records=frozenset(f"erp:{n}" for n in part),
            doubtful_records=frozenset(f"erp:{n}" for n in set(names) - part),
            record_points={f"erp:{n}": frozenset({f"{n}@example.org"}) for n in names},
        )
        single = may_contact(
            owned, person, "email", "marketing", "2024-05-01", contact_point=f"{name}@example.org", policy=by
        )
        assert found["c1", f"{name}@example.org"] == single.reason


def vars_of(event: ConsentEvent) -> dict[str, Any]:
    """The fields of an event as a mapping."""
    return {name: getattr(event, name) for name in event.__slots__}


def test_parts_number_within_their_customer() -> None:
    """The first part keeps the customer's id; no certainty, no parts."""
    members = people(("c1", "a"), ("c2", "b"), ("c1", "c"), ("c1", "d"))
    sure = certainty_of(scored(("c", "d", 0.99, "email=equal")), policy())
    assert parts_of(members, sure).members["customer_id"].tolist() == ["c1", "c2", "c1#1", "c1#1"]
    assert parts_of(members, None).members["customer_id"].tolist() == ["c1", "c2", "c1", "c1"]


def test_numbers_of_a_log_without_countries() -> None:
    """0660 1234567 read as German is the Austrian customer's number; other digits are nobody's."""
    held = pd.Series([0, 1], index=["+436601234567", "anna@x.de"])
    found = near_numbers(pd.Series(["+496601234567", "+496601234568", "06601234567"]), held)
    assert found.to_numpy().tolist() == [[0, 0], [2, 0]]


@pytest.mark.parametrize(
    ("known", "written", "meant"),
    [
        ("anna.maier@web.de", "anna.meier@web.de", True),
        ("anna.maier@web.de", "annamaier@web.de", True),
        ("anna.maier@web.de", "anna.maier@weeb.de", True),
        ("anna.maier@web.de", "anna.meyer@web.de", False),
        ("anna.maier@web.de", "anna.maier1@web.de", False),
        ("anna@web.de", "ama@web.de", False),
    ],
)
def test_an_address_one_letter_away(known: str, written: str, meant: bool) -> None:  # noqa: FBT001  a parameter
    """A slip of the pen is recognised, another digit is another person, short names are left alone."""
    assert bool(len(near_mails(pd.Series([written]), pd.Series([7], index=[known])))) == meant


def test_limits_are_probabilities() -> None:
    """A percentage is refused with what to write instead."""
    with pytest.raises(ConfigError, match="certain_link"):
        policy(certain_link=95.0)

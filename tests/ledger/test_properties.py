"""What no order of imports, repetition, merge or re-run may do: turn a no into a yes.

Histories are put into a ledger in batches, as files would come in, and decided for whole tables: a
dozen people at a time, each with two records that are one customer or two.
"""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmclean.config import ConsentConfig
from crmclean.consent import ConsentEvent, decide_customers, import_consents
from crmclean.consent.event import DENIALS
from crmclean.store import Store
from crmclean.store.ledger_verify import verify_ledger
from crmclean.tables import CONTACTS, MEMBERS, Contacts, Members, Permissions

sys.path.insert(0, str(Path(__file__).parent.parent / "consent"))
from histories import KINDS, events, table

DAY = "2024-05-01"
PEOPLE = range(12)
RECORDS = ("erp", "shop", None)
LATER = [kind for kind in KINDS if kind not in {"erased", "objection_lifted", "unblocked", "unrestricted"}]
MERGED = st.booleans()
FEW = settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def crowds(draw: st.DrawFn) -> list[ConsentEvent]:
    """The histories of a dozen people, each under own records and addresses."""
    told: list[ConsentEvent] = []
    for person in PEOPLE:
        for event in draw(st.lists(events(LATER, RECORDS), max_size=8)):
            record = None if event.record is None else f"{event.record}:{person}"
            point = None if event.contact_point is None else named(event.contact_point, person)
            told.append(replace(event, record=record, contact_point=point, event_id=""))
    return told


def named(point: str, person: int) -> str:
    """The address or number of a person."""
    return f"p{person}.{point}" if "@" in point else f"{point[:-2]}{person + 10}"


def members(*, merged: bool) -> Members:
    """Two records each, one customer or two."""
    rows = [
        (f"{'a' if merged else source}{n}", f"{source}:{n}/person", source, str(n), "person", True)
        for n in PEOPLE
        for source in ("erp", "shop")
    ]
    return MEMBERS.check(pd.DataFrame(rows, columns=MEMBERS.names))


def contacts() -> Contacts:
    """An address for each record, and a number that both have."""
    rows = []
    for n in PEOPLE:
        for source, mail in (("erp", "anna@example.org"), ("shop", "b@example.org")):
            rows.append((f"{source}:{n}/person", "email", named(mail, n)))
            rows.append((f"{source}:{n}/person", "phone", named("+491701234567", n)))
    frame = pd.DataFrame(rows, columns=["party", "kind", "value"])
    return CONTACTS.check(
        frame.assign(key=frame["value"], raw=frame["value"], type="mobile", field=frame["kind"], valid=True)
    )


def decided(consents: pd.DataFrame, *, merged: bool) -> Permissions:
    """The answers for all channels that have a contact point, and letters."""
    found: Permissions = decide_customers(
        consents, members(merged=merged), contacts(), pd.Series(dtype="str"),
        channels=["email", "phone", "post"], purposes=["marketing", "marketing.newsletter"], as_of=DAY,
    )  # fmt: skip
    return found


def taken_in(history: list[ConsentEvent]) -> pd.DataFrame:
    """The events as an import gives them."""
    accepted, _ = import_consents(table(history), ConsentConfig(), as_of=DAY)
    return pd.DataFrame(accepted)


def in_ledger(path: Path, batches: list[pd.DataFrame]) -> pd.DataFrame:
    """What a ledger holds after so many imports."""
    path.unlink(missing_ok=True)
    with Store(path) as store:
        for batch in batches:
            store.ledger.append(batch)
        assert verify_ledger(store.ledger.connection).broken == ""
        return pd.DataFrame(store.ledger.events())


@FEW
@given(told=crowds(), shuffle=st.randoms(use_true_random=False), merged=MERGED)
def test_no_order_and_no_repetition_matters(
    tmp_path: Path, told: list[ConsentEvent], shuffle: random.Random, *, merged: bool
) -> None:
    """The same events in other batches, another order, some of them twice: byte for byte the same answers."""
    mixed = told + shuffle.sample(told, len(told) // 2)
    shuffle.shuffle(mixed)
    cut = shuffle.randint(0, len(mixed))
    parts = [taken_in(mixed[:cut]), taken_in(mixed[cut:]), taken_in(mixed[:cut])]
    one, other = in_ledger(tmp_path / "one.db", [taken_in(told)]), in_ledger(tmp_path / "other.db", parts)
    assert decided(one, merged=merged).to_csv() == decided(other, merged=merged).to_csv()


@FEW
@given(told=crowds(), hours=st.sampled_from([-8, 1, 5]), merged=MERGED)
def test_no_spelling_of_zones_matters(told: list[ConsentEvent], hours: int, *, merged: bool) -> None:
    """The same moments in another zone: the same answers."""
    zone = timezone(timedelta(hours=hours))

    def moved(event: ConsentEvent) -> ConsentEvent:
        def said(text: object) -> str | None:
            return None if text is None else datetime.fromisoformat(str(text)).astimezone(zone).isoformat()

        return replace(event, at=said(event.at), recorded_at=said(event.recorded_at))

    shown = ["allowed", "reason", "since"]
    one = decided(taken_in(told), merged=merged)[shown]
    other = decided(taken_in([moved(event) for event in told]), merged=merged)[shown]
    assert one.equals(other)


@FEW
@given(told=crowds())
def test_merge_and_unmerge_give_back_every_decision(tmp_path: Path, told: list[ConsentEvent]) -> None:
    """Events are not rewritten: customers that were one are decided as before, byte for byte."""
    path = tmp_path / "store.db"
    before = decided(in_ledger(path, [taken_in(told)]), merged=False).to_csv()
    with Store(path) as store:
        decided(pd.DataFrame(store.ledger.events()), merged=True)
        assert decided(pd.DataFrame(store.ledger.events()), merged=False).to_csv() == before


@FEW
@given(told=crowds(), kind=st.sampled_from(sorted(DENIALS)), source=st.sampled_from(["erp", "shop"]))
def test_a_merge_loses_no_denial(told: list[ConsentEvent], kind: str, source: str) -> None:
    """Who refused last is not contacted, whomever he is merged with."""
    last = [
        ConsentEvent(
            event=kind, at=f"{DAY}T08:00:00Z", channel="any", purpose="marketing", record=f"{source}:{n}"
        )
        for n in PEOPLE
    ]
    assert not decided(taken_in([*told, *last]), merged=True)["allowed"].any()


@FEW
@given(told=crowds(), later=crowds(), merged=MERGED)
def test_what_comes_in_later_lifts_no_denial_but_by_a_proven_grant(
    told: list[ConsentEvent], later: list[ConsentEvent], *, merged: bool
) -> None:
    """A no that becomes a yes rests on a grant that is dated after the last no, with wording and origin."""
    consents = taken_in(told)
    both = pd.concat([consents, taken_in(later)]).drop_duplicates("event_id").reset_index(drop=True)
    one, other = decided(consents, merged=merged), decided(both, merged=merged)
    refused = one["reason"].isin(["WITHDRAWN", "OBJECTED", "DECLINED", "SUPPRESSED"])
    known = both.set_index("event_id")
    was = one.loc[refused & other["allowed"], "since"].tolist()
    for since, row in zip(was, other[refused & other["allowed"]].to_dict("records"), strict=True):
        grants = known.loc[[i for i in row["events"].split() if known.loc[i, "event"] == "granted"]]
        assert row["reason"] == "CONSENT"
        assert (grants["at"].notna() & grants["text_version"].notna() & grants["origin"].notna()).any()
        assert grants["at"].max() > since
        assert (grants["channel"] == row["channel"]).all()


@FEW
@given(told=crowds())
def test_a_re_run_changes_nothing(tmp_path: Path, told: list[ConsentEvent]) -> None:
    """The same batch again: the same head, the same answers."""
    batch = taken_in(told)
    path = tmp_path / "store.db"
    once = in_ledger(path, [batch])
    with Store(path) as store:
        head = store.ledger.head
        assert store.ledger.append(batch) == 0
        assert store.ledger.head == head
        again = pd.DataFrame(store.ledger.events())
    assert decided(once, merged=True).to_csv() == decided(again, merged=True).to_csv()

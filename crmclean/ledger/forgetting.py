"""Erasure of a person (GDPR Art. 17): what goes, what must remain, and how the person stays out.

What goes: the raw records and everything made of them, contacts, consent events, the search index,
what undo would bring back, and the free pages of the file. What remains: keyed hashes of addresses,
numbers and record ids, by which the next import knows the person (Art. 17 (3) (b), Art. 21 (3)); and,
locked away from every use, the proof of consents to calls for as long as UWG 7a (2) asks for it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from crmclean.config import Config
from crmclean.consent import policy_of
from crmclean.consent.retention import retention_clocks
from crmclean.ledger.marks import marks_of
from crmclean.normalize.records import Normalized
from crmclean.store import Store
from crmclean.store.erasure import compact, forget_people, remains_of
from crmclean.store.keys import KeyRing
from crmclean.store.ledger import transaction
from crmclean.store.ledger_erase import erase_events
from crmclean.store.suppressions import Suppression, keyed_hash, save_suppressions
from crmclean.tables import ADDRESSES, CONTACTS, ISSUES, PARTIES, Consents

__all__ = ["Erasure", "forget", "plan_erasure"]

_CALLS = frozenset({"phone", "robocall"})


@dataclass(frozen=True, slots=True)
class Erasure:
    """What will be, or was, erased.

    Args:
        customer_id: The person.
        records: source, record_id of the records.
        events: The consent events.
        marks: What tells the person again, see `marks_of`, with `scope`.
        locked: Event id = day until which a law keeps it.
        others: Further customers who stand on the same records and lose them with the person.
        alike: Further customers with the same name and a common address: perhaps the same person.
        company: Whether the customer is a company: then there is nobody to forget.
        remains: Tables in which an address still stands; empty is as it should be.
    """

    customer_id: str
    records: pd.DataFrame
    events: Consents
    marks: pd.DataFrame
    locked: Mapping[str, str]
    others: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    company: bool = False
    remains: tuple[str, ...] = ()


def plan_erasure(store: Store, customer_id: str, config: Config) -> Erasure:
    """What `forget` would do; nothing is changed.

    Args:
        store: The store.
        customer_id: The person.
        config: Policy and the day (`as_of`).
    """
    members = store.load("members", where={"customer_id": [customer_id]})
    records = members[["source", "record_id"]].drop_duplicates().sort_values(["source", "record_id"])
    normal = _rows_of(store, records)
    marks = marks_of(normal)
    marks = marks.assign(scope=_scope(store, marks, records))
    events = _events_of(store, records, marks)
    near = _on(store, "members", records)
    others = sorted(set(near.loc[near["kind"] == "person", "customer_id"]) - {customer_id})
    return Erasure(
        customer_id,
        records.reset_index(drop=True),
        events,
        marks,
        _locked(events, config),
        others=tuple(map(str, others)),
        alike=_alike(store, marks, customer_id),
        company=bool((members["kind"] == "organization").all()),
    )


def forget(store: Store, plan: Erasure, ring: KeyRing, *, at: str) -> Erasure:
    """Erases a person as planned; what was begun and broken off is finished by calling it again.

    Args:
        store: Open for writing.
        plan: Of `plan_erasure`.
        ring: The keys of the suppressions.
        at: Time of the erasure, ISO.

    Raises:
        StoreError: The store cannot be written.
    """
    ledger = store.ledger
    connection = ledger.connection
    connection.execute("PRAGMA secure_delete = ON")
    records = list(plan.records.itertuples(index=False, name=None))
    with transaction(connection, store.path, ledger.lang):
        save_suppressions(connection, _suppressions(plan, ring, at))
        erase_events(connection, plan.events["event_id"].tolist(), at=at, lock=plan.locked)
        forget_people(connection, records, plan.customer_id)
    store.erase(records, [plan.customer_id])
    index = store.path.with_name(store.path.name + ".index")
    if index.is_dir():
        shutil.rmtree(index)
    compact(connection, store.path, ledger.lang)
    values = _own_values(plan)
    return replace(plan, remains=remains_of(connection, values))


def _rows_of(store: Store, records: pd.DataFrame) -> Normalized:
    """Parties, contacts and addresses of records, those of the company on the same row, too."""
    ids = _on(store, "members", records)["party"].tolist()
    parties, contacts, addresses = (
        store.load(name, where={"party": ids}) for name in ("parties", "contacts", "addresses")
    )
    return Normalized(
        PARTIES.check(parties), CONTACTS.check(contacts), ADDRESSES.check(addresses), ISSUES.empty()
    )


def _on(store: Store, table: str, records: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table that stand on one of the records."""
    wanted = {"source": records["source"].tolist(), "record_id": records["record_id"].tolist()}
    near = store.load(table, where=wanted)
    mine = pd.MultiIndex.from_frame(near[["source", "record_id"]]).isin(pd.MultiIndex.from_frame(records))
    return near[mine]


def _scope(store: Store, marks: pd.DataFrame, records: pd.DataFrame) -> pd.Series[str]:
    """person: nobody else has it; named: others have it too, so it counts with the name alone."""
    scope = pd.Series("person", index=marks.index, dtype="str")
    points = marks[marks["channel"].isin(["email", "number", "handle"])]
    holders = store.load("contacts", where={"key": points["value"].unique().tolist()})
    owner = holders["party"].str.replace(r"/[^/]*$", "", regex=True)
    mine = set(records["source"] + ":" + records["record_id"])
    shared = set(holders.loc[~owner.isin(mine), "key"])
    office = set(points.loc[points["office"], "value"])
    named = points["value"].isin(shared | office)
    return scope.mask(marks.index.isin(points.index[named]), "named")


def _alike(store: Store, marks: pd.DataFrame, customer_id: str) -> tuple[str, ...]:
    """Customers who have one of the addresses and the same name."""
    points = marks[marks["channel"].isin(["email", "number", "handle"]) & marks["name"].notna()]
    holders = store.load("contacts", where={"key": points["value"].unique().tolist()})
    ids = holders["party"].unique().tolist()
    parties = PARTIES.check(store.load("parties", where={"party": ids}))
    contacts = CONTACTS.check(holders)
    theirs = marks_of(Normalized(parties, contacts, ADDRESSES.empty(), ISSUES.empty()))
    same = theirs.merge(points[["value", "name"]].drop_duplicates(), on=["value", "name"])
    members = _on(store, "members", same[["source", "record_id"]].drop_duplicates())
    people = members.loc[members["kind"] == "person", "customer_id"]
    return tuple(sorted(set(map(str, people)) - {customer_id}))


def _events_of(store: Store, records: pd.DataFrame, marks: pd.DataFrame) -> Consents:
    """The events booked on the records, and those that stand on an address nobody else has."""
    every = store.ledger.events()
    booked = pd.MultiIndex.from_frame(every[["source", "record_id"]]).isin(pd.MultiIndex.from_frame(records))
    own = set(marks.loc[marks["scope"].eq("person") & marks["channel"].isin(["email", "number"]), "value"])
    point = every["contact_point"].str.lower().isin(own)
    return Consents(every[booked | point.to_numpy(dtype=bool)].reset_index(drop=True))


def _locked(events: Consents, config: Config) -> dict[str, str]:
    """The proofs of consents to calls whose five years run, with the day on which they end."""
    policy = policy_of(config.consent)
    calls = events[events["channel"].isin(_CALLS)]
    if not len(calls) or not (calls["event"] == "granted").any():
        return {}
    ended = _with_end(calls.assign(recorded_at=calls["recorded_at"].fillna(calls["at"])), config.as_of)
    whose = pd.Series("person", index=ended.index, dtype="str")
    clocks = retention_clocks(ended, policy, as_of=config.as_of, whose=whose)
    proofs = clocks[clocks["event_id"].isin(calls["event_id"]) & (clocks["rule"] != "pending")]
    until = proofs["until"].dropna()
    last = str(until.max()) if len(until) else ""
    if last <= config.as_of:
        return {}
    return {str(event_id): last for event_id in proofs["event_id"]}


def _with_end(calls: pd.DataFrame, day: str) -> pd.DataFrame:
    """The events with the end that the erasure puts to them all."""
    end = {"event_id": "end", "event": "erased", "at": f"{day}T23:59:59Z", "row": 0}
    return pd.concat([calls, pd.DataFrame([end])], ignore_index=True)


def _suppressions(plan: Erasure, ring: KeyRing, at: str) -> Iterable[Suppression]:
    key_id, secret = ring.current
    for row in plan.marks.itertuples(index=False):
        value = row.value if row.scope == "person" else f"{row.value}\n{row.name}"
        if row.scope == "person" or isinstance(row.name, str):
            digest = keyed_hash(secret, str(row.channel), str(value))
            yield Suppression(key_id, str(row.channel), digest, str(row.scope), at)
    for event_id in plan.events["event_id"]:
        yield Suppression(key_id, "event", keyed_hash(secret, "event", str(event_id)), "person", at)


def _own_values(plan: Erasure) -> list[str]:
    """Addresses and numbers that nobody else has: they must not be anywhere in the file."""
    chosen = plan.marks[plan.marks["scope"].eq("person") & plan.marks["channel"].isin(["email", "number"])]
    kept = plan.events[plan.events["event_id"].isin(plan.locked)]["contact_point"].str.lower()
    return sorted(set(chosen["value"]) - set(kept.dropna()))

"""The table `permissions` after a booking: whoever reads it by plain SQL sees no yes that was taken back.

The customers an event touches are decided anew, and their rows are written in the transaction that
adds the event. Many events, or one of an address that nobody carries, may reach anybody: then all
customers are decided anew.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from crmclean.config import Config
from crmclean.ledger.surroundings import customers_around, surroundings, whole
from crmclean.permissions import decide_stored, questions_of
from crmclean.store import Store
from crmclean.tables import CONSENTS, Consents, Permissions

__all__ = ["add_events", "take_back"]

_FEW = 200


def add_events(store: Store, events: Consents, config: Config) -> int:
    """Adds events to the ledger and brings the permissions of those they touch up to date, in one step.

    Args:
        store: Open for writing.
        events: Sound events, each with its id.
        config: Policy, and the day (`as_of`) that the new decisions are of.

    Returns:
        How many events the ledger did not have.

    Raises:
        StoreError: The store cannot be written; it is as before then.
    """
    if not len(events) or not store.count("permissions"):
        return store.ledger.append(events)
    before = store.ledger.events()
    fresh = events[~events["event_id"].isin(before["event_id"])]
    if not len(fresh):
        return store.ledger.append(events)
    every = CONSENTS.check(pd.concat([before, fresh], ignore_index=True))
    ids = _touched(store, fresh)
    if ids is not None and not ids:
        return store.ledger.append(events)
    tables = whole(store, every) if ids is None else surroundings(store, ids, every)
    rows = _decided(tables, config, every)
    if ids is not None:
        rows = Permissions(rows[rows["customer_id"].isin(ids)].reset_index(drop=True))
    return store.ledger.append(events, permissions=rows, customers=ids)


def take_back(
    store: Store, run_id: str | None, config: Config, *, at: str | None = None, actor: str | None = None
) -> str:
    """Undoes a run by the journal; what the state put back allows is decided by the ledger of now.

    What was said since stays said: without this, a withdrawal booked after the run, or read by it,
    would show as a yes again to whoever reads the permissions by plain SQL.

    Args:
        store: Open for writing.
        run_id: The run; None: the last one that stands.
        config: Policy.
        at: Time of the undoing; None: that of the last run.
        actor: Who undid it.

    Returns:
        The id of the undoing.

    Raises:
        NotFoundError: There is no such run, or it is undone already.
    """

    def anew() -> Permissions | None:
        days = store.distinct("permissions", "as_of")
        if not days:
            return None
        every = Consents(store.ledger.events())
        return _decided(whole(store, every), replace(config, as_of=days[-1]), every)

    return store.undo_run(run_id, at=at, actor=actor, decide=anew)


def _touched(store: Store, fresh: pd.DataFrame) -> list[str] | None:
    """The customers that events touch; None: it may be anybody."""
    if len(fresh) > _FEW:
        return None
    keyed = fresh["record_id"].notna()
    named = fresh[keyed].drop_duplicates(["source", "record_id"])
    members = store.load("members", where={"record_id": named["record_id"].tolist()})
    known = pd.MultiIndex.from_frame(named[["source", "record_id"]])
    members = members[pd.MultiIndex.from_frame(members[["source", "record_id"]]).isin(known)]
    written = (
        [fresh["contact_point"], fresh["contact_key"]] if "contact_key" in fresh else [fresh["contact_point"]]
    )
    points = pd.concat(written).dropna().str.lower().unique().tolist()
    holders = store.load("contacts", where={"key": points})
    found = pd.MultiIndex.from_frame(members[["source", "record_id"]])
    lost = fresh[~pd.MultiIndex.from_frame(fresh[["source", "record_id"]]).isin(found)]
    carried = holders["key"].str.lower()
    if not lost["contact_point"].dropna().str.lower().isin(carried).all():
        return None
    parties = {*members["party"], *holders["party"]}
    return customers_around(store, parties)[0] if parties else []


def _decided(tables: dict[str, pd.DataFrame], config: Config, every: Consents) -> Permissions:
    """The answers for the customers of some tables, to what a run of all events would ask."""
    channels, purposes = questions_of(every, config)
    return decide_stored(tables, config, channels=channels, purposes=purposes)

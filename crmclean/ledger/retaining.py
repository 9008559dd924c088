"""The retention clocks of a store: what may be deleted when, and the deletion of what is due."""

from __future__ import annotations

import pandas as pd

from crmclean.config import Config
from crmclean.consent import policy_of
from crmclean.consent.retention import retention_clocks
from crmclean.store import Store
from crmclean.store.ledger import transaction
from crmclean.store.ledger_erase import drop_locked, erase_events, locked_events

__all__ = ["clocks_of", "delete_due"]


def clocks_of(store: Store, config: Config) -> pd.DataFrame:
    """Every event of the ledger with its rule and day, and the locked proofs; see `retention_clocks`."""
    events = store.ledger.events()
    members = store.load("members")
    chosen = members[members["is_primary"]].drop_duplicates(["source", "record_id"])
    keys = ["source", "record_id"]
    whose = events[keys].merge(chosen[[*keys, "customer_id"]], on=keys, how="left")["customer_id"]
    clocks = retention_clocks(events, policy_of(config.consent), as_of=config.as_of, whose=whose)
    locked = [
        {"event_id": said.get("event_id"), "channel": said.get("channel"), "purpose": said.get("purpose"),
         "event": said.get("event"), "at": said.get("at"), "rule": "locked", "until": until,
         "due": until < config.as_of}
        for _, said, until in locked_events(store.ledger.connection)
    ]  # fmt: skip
    if not locked:
        return clocks
    return pd.concat([clocks, pd.DataFrame(locked)], ignore_index=True)


def delete_due(store: Store, clocks: pd.DataFrame, *, day: str, at: str) -> int:
    """Erases the events whose day has come; the chain stays whole. Answers how many.

    Args:
        store: Open for writing.
        clocks: Of `clocks_of`.
        day: The day of the question.
        at: Time of the erasure, ISO.

    Raises:
        StoreError: The store cannot be written.
    """
    ledger = store.ledger
    due = clocks.loc[clocks["due"] & (clocks["rule"] != "locked"), "event_id"].tolist()
    ledger.connection.execute("PRAGMA secure_delete = ON")
    with transaction(ledger.connection, store.path, ledger.lang):
        erased, _ = erase_events(ledger.connection, due, at=at, lock={})
        return erased + drop_locked(ledger.connection, day=day, at=at)

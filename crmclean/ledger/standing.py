"""What holds now: the decisions for all customers of a store, by its ledger and the day asked about.

The table `permissions` is as of the last run; a withdrawal booked since is only in the ledger. Whoever
is about to write to people asks here.
"""

from __future__ import annotations

from collections.abc import Sequence

from crmclean.config import Config
from crmclean.permissions import decide_stored
from crmclean.store import Store
from crmclean.tables import Contacts, Customers, Decisions, Members, Permissions, Scores

__all__ = ["decisions_of"]


def decisions_of(
    store: Store, config: Config, *, channels: Sequence[str] = (), purposes: Sequence[str] = ()
) -> Permissions:
    """The answers for every customer, as a run would give them on that day.

    Args:
        store: The store.
        config: Policy, and the day (`as_of`).
        channels: Channels asked about; empty: as a run.
        purposes: Purposes asked about; empty: as a run.
    """
    members = Members(store.load("members"))
    contacts = store.load("contacts")
    return decide_stored(
        store.ledger.events(),
        members,
        Contacts(contacts[contacts["party"].isin(members["party"])].reset_index(drop=True)),
        Customers(
            store.load("customers", where={"field": ["country", "birth_date", "street", "po_box", "city"]})
        ),
        config,
        scores=Scores(store.load("scores")),
        decisions=Decisions(store.load("decisions")),
        channels=channels,
        purposes=purposes,
    )

"""What holds now: the decisions for all customers of a store, by its ledger and the day asked about.

The table `permissions` is as of the last run; a withdrawal booked since is only in the ledger. Whoever
is about to write to people asks here.
"""

from __future__ import annotations

from collections.abc import Sequence

from crmclean.config import Config
from crmclean.ledger.surroundings import whole
from crmclean.permissions import decide_stored
from crmclean.store import Store
from crmclean.tables import Permissions

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
    return decide_stored(whole(store, store.ledger.events()), config, channels=channels, purposes=purposes)

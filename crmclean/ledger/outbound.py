"""What the source systems must be told: refusals of people whom they still take for reachable.

A refusal that reached us by one source must not be undone by the next feed of another one (CJEU
C-129/21): so every source gets its records whose customer has refused, and by which event.
"""

from __future__ import annotations

import pandas as pd

from crmclean.config import Config
from crmclean.ledger.standing import decisions_of
from crmclean.store import Store

__all__ = ["COLUMNS", "denials_of"]

COLUMNS = [
    "source",
    "record_id",
    "channel",
    "purpose",
    "contact_point",
    "reason",
    "since",
    "told_by",
    "event_id",
]
_REFUSED = frozenset({"WITHDRAWN", "OBJECTED", "DECLINED", "SUPPRESSED"})
_SAID = ["event_id", "channel", "purpose", "contact_point", "at", "recorded_at", "source"]


def denials_of(store: Store, config: Config, source: str | None = None) -> pd.DataFrame:
    """One row per record and refusal that stands against its customer; columns `COLUMNS`.

    Channel, purpose and contact point are those of the refusal: `any` is all of them.

    Args:
        store: The store.
        config: Policy and the day (`as_of`).
        source: One source; missing: all of them.
    """
    decided = decisions_of(store, config)
    refused = decided.loc[decided["reason"].isin(_REFUSED), ["customer_id", "reason", "events"]]
    refused = refused.assign(event_id=refused["events"].str.split(" ").str[0]).drop(columns="events")
    said = store.ledger.events()[_SAID].rename(columns={"source": "told_by"})
    said["since"] = said.pop("at").fillna(said.pop("recorded_at"))
    members = store.load("members")[["customer_id", "source", "record_id"]].drop_duplicates()
    if source is not None:
        members = members[members["source"] == source]
    told = refused.drop_duplicates().merge(said, on="event_id").merge(members, on="customer_id")
    ordered: pd.DataFrame = told.sort_values(COLUMNS, na_position="first", kind="stable")[COLUMNS]
    return ordered.reset_index(drop=True)

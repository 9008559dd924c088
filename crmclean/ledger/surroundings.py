"""Some customers with everything that bears on their decisions, out of a store of any size.

Whoever shares an address or number with them, may be their double, or is a double's other half: the
decisions made of these tables are those made of all tables.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.consent.near import near_mails, near_numbers
from crmclean.store import Store

__all__ = ["customers_around", "surroundings", "whole"]

_SHOWN = ("country", "birth_date", "street", "po_box", "city", "given_name", "family_name", "organization", "house_number", "postal_code")  # fmt: skip


def whole(store: Store, events: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The same tables for all customers of a store."""
    members = store.load("members")
    contacts = store.load("contacts")
    return {
        "members": members,
        "contacts": contacts[contacts["party"].isin(members["party"])].reset_index(drop=True),
        "consents": events,
        "values": store.load(
            "customers", where={"field": ["country", "birth_date", "street", "po_box", "city"]}
        ),
        "scores": store.load("scores"),
        "decisions": store.load("decisions"),
    }


def customers_around(store: Store, parties: Collection[str]) -> tuple[list[str], pd.DataFrame]:
    """The customers of parties, of those who share a contact point and of possible doubles; those points."""
    own = sorted(parties)
    points = store.load("contacts", where={"party": own})
    keys = points["key"].dropna().unique().tolist()
    holders = store.load("contacts", where={"key": keys}) if keys else points
    scores = _scores(store, own)
    near = sorted({*own, *holders["party"], *scores["party_l"], *scores["party_r"]})
    around = store.load("members", where={"party": near})
    return sorted(around["customer_id"].unique()), points


def surroundings(store: Store, ids: Collection[str], events: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """members, contacts, consents, values (of the customers asked for), scores and decisions.

    Args:
        store: The store.
        ids: The customers asked about.
        events: All events; those that cannot concern them are left out.
    """
    own = store.load("members", where={"customer_id": sorted(ids)})
    customers, points = customers_around(store, own["party"].tolist())
    members = store.load("members", where={"customer_id": customers})
    parties = members["party"].tolist()
    contacts = store.load("contacts", where={"party": parties})
    named = pd.MultiIndex.from_frame(members[["source", "record_id"]])
    events = events.reset_index(drop=True)
    mine = pd.MultiIndex.from_frame(events[["source", "record_id"]]).isin(named)
    held = pd.concat([points["value"], points["key"]]).dropna().str.lower().drop_duplicates()
    keyed = events["contact_point"].str.lower().isin(held)
    keyed |= events["contact_key"].str.lower().isin(held) if "contact_key" in events else False
    mine |= keyed.to_numpy(dtype=bool)
    mine |= _slips(store, events, held, events["record_id"].isna().to_numpy(dtype=bool) & ~mine)
    values = store.load("customers", where={"customer_id": sorted(ids)})
    return {
        "members": members,
        "contacts": contacts,
        "consents": events[mine].reset_index(drop=True),
        "values": values[values["field"].isin(_SHOWN)].reset_index(drop=True),
        "scores": _scores(store, parties),
        "decisions": store.load("decisions"),
    }


def _slips(
    store: Store, events: pd.DataFrame, held: pd.Series[str], lone: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Events keyed by an address that nobody carries and that is all but one of theirs."""
    written = events["contact_point"].str.lower()[lone].dropna()
    codes = pd.Series(range(len(held)), index=pd.Index(held))
    near = pd.concat([near_mails(written, codes), near_numbers(written, codes)])["place"].unique()
    if not len(near):
        return np.zeros(len(events), dtype=bool)
    carried = store.load("contacts", where={"key": written.loc[near].unique().tolist()})["key"]
    meant = written.loc[near]
    found: npt.NDArray[np.bool_] = events.index.isin(meant[~meant.isin(carried.str.lower())].index)
    return found


def _scores(store: Store, parties: list[str]) -> pd.DataFrame:
    found = pd.concat([store.load("scores", where={side: parties}) for side in ("party_l", "party_r")])
    return found.drop_duplicates(["party_l", "party_r"]).reset_index(drop=True)

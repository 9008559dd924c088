"""What the consent commands know of one customer: its tables, its answers, the rules one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from crmclean.config import Config
from crmclean.consent import Person, events_of, explain
from crmclean.decisions import standing
from crmclean.ledger.surroundings import surroundings
from crmclean.messages import Lang, say
from crmclean.permissions import certainty, decide_stored, policy_for
from crmclean.store import Store
from crmclean.tables import Customers, Decisions, Members, Scores

__all__ = ["decided", "neighbourhood", "own_events", "person_of", "reason_text", "walk"]

Tables = dict[str, pd.DataFrame]


def reason_text(code: str, lang: Lang) -> str:
    """A reason code as a sentence."""
    return say(f"consent.reason.{code}", lang)


def neighbourhood(store: Store, customer_id: str) -> Tables:
    """The tables of a customer and of all who share a contact point with it or may be its double."""
    return surroundings(store, [customer_id], store.ledger.events())


def decided(
    tables: Tables, customer_id: str, channels: Sequence[str], purposes: Sequence[str], config: Config
) -> pd.DataFrame:
    """The answers per contact point, as the run gives them."""
    rows = decide_stored(tables, config, channels=channels, purposes=purposes)
    own: pd.DataFrame = rows[rows["customer_id"] == customer_id]
    return own.reset_index(drop=True)


def person_of(tables: Tables, customer_id: str, config: Config) -> Person:
    """The customer as the rules see it: its sure records, the doubtful ones, its contact points."""
    from crmclean.consent.certain import parts_of

    members, contacts = Members(tables["members"]), tables["contacts"]
    values = Customers(tables["values"])
    sure = certainty(
        Scores(tables["scores"]), standing(Decisions(tables["decisions"])), members, values, config
    )
    parts = parts_of(members, sure)
    own = members[members["customer_id"] == customer_id]
    part = parts.members.set_index("party")["customer_id"].reindex(own["party"]).to_numpy()
    lead = own[
        pd.Series(part, index=own.index).isin(
            {*parts.leads, customer_id} if len(set(part)) == 1 else parts.leads
        )
    ]
    named = own["source"] + ":" + own["record_id"]
    record_of = dict(zip(own["party"], named, strict=True))
    points = contacts[contacts["party"].isin(own["party"]) & contacts["value"].notna()]
    others = contacts[~contacts["party"].isin(own["party"])]
    country = values.loc[(values["field"] == "country") & values["is_primary"], "value"]
    born = values.loc[(values["field"] == "birth_date") & values["is_primary"], "value"]
    certain = frozenset(named[lead.index])
    return Person(
        country=str(country.iloc[0]) if len(country) else None,
        party_type="business" if len(own) and own["kind"].iloc[0] == "organization" else None,
        birth_date=str(born.iloc[0]) if len(born) else None,
        records=certain,
        doubtful_records=frozenset(named) - certain,
        contact_points=frozenset(points["value"]),
        shared_points=frozenset(points["value"]) & frozenset(others["value"].dropna()),
        record_points={
            record: frozenset(part["value"])
            for record, part in points.groupby(points["party"].map(record_of))
        },
    )


def own_events(tables: Tables, customer_id: str) -> pd.DataFrame:
    """The events of the customer's records and contact points."""
    members, contacts, consents = tables["members"], tables["contacts"], tables["consents"]
    own = members[members["customer_id"] == customer_id]
    points = contacts.loc[contacts["party"].isin(own["party"]), "value"].dropna()
    named = pd.MultiIndex.from_frame(own[["source", "record_id"]])
    mine = pd.MultiIndex.from_frame(consents[["source", "record_id"]]).isin(named)
    return consents[mine | consents["contact_point"].isin(points).to_numpy()].reset_index(drop=True)


def walk(
    tables: Tables, customer_id: str, channel: str, purpose: str, config: Config
) -> list[dict[str, Any]]:
    """The rules one by one, for the customer's own events."""
    policy = policy_for(customer_id, Members(tables["members"]), config)
    steps = explain(
        events_of(own_events(tables, customer_id)),
        person_of(tables, customer_id, config),
        channel,
        purpose,
        config.as_of,
        policy=policy,
    )
    return [asdict(step) for step in steps]

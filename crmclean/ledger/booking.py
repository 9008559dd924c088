"""One declaration into the ledger: a grant, its confirmation, a withdrawal, an objection.

A person is named by id, record, number, address or name. A refusal is booked on every record of the
customer, so that it reaches every part if the customer is ever split; a grant on the records that
carry its address. An address that nobody or several customers have is booked by itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from crmclean.config import Config
from crmclean.consent import import_consents
from crmclean.consent.event import DENIALS, NAMESPACE
from crmclean.consent.holdings import POINT_KINDS
from crmclean.errors import ConsentError, NotFoundError
from crmclean.fields import CHANNELS
from crmclean.ledger.refreshing import add_events
from crmclean.messages import say
from crmclean.normalize.contact_point import ContactPoint, normalize_contact_point
from crmclean.store import Store
from crmclean.tables import CONSENTS, Consents
from crmclean.view import pick_customer
from crmclean.write import issue_sentence

__all__ = ["Booked", "Declaration", "book", "correct"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What was declared.

    Args:
        event: granted, confirmed, withdrawn, objected ...
        channel: Channel, or any for a refusal.
        purpose: Dotted path, or any for a refusal.
        at: When, ISO.
        written: When it is booked, ISO.
        contact_point: The address or number it is about, as written.
        evidence: Further columns of `consents`: origin, method, text_version, evidence_ref ...
    """

    event: str
    channel: str
    purpose: str
    at: str
    written: str
    contact_point: str = ""
    evidence: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Booked:
    """What was booked.

    Args:
        events: The events.
        added: How many the ledger did not have.
        customer_id: Whom they reach; empty where they stand on an address alone.
        carriers: Customers who have the address, where it stands alone.
        head: Head of the ledger afterwards.
    """

    events: Consents
    added: int
    customer_id: str
    carriers: int
    head: str


def book(store: Store, who: str, said: Declaration, config: Config) -> Booked:
    """Adds a declaration to the ledger.

    Args:
        store: Open for writing.
        who: As for `find`: id, source:record_id, number, address, name.
        said: What was declared.
        config: Words, zone, country of national numbers and the day (`as_of`).

    Raises:
        NotFoundError: Nobody is meant by `who`, or several people are.
        ConsentError: The event cannot be accepted: unknown channel, a date to come, no address.
    """
    country = config.normalize.default_country or None
    named = normalize_contact_point(who, country=country)
    asked = normalize_contact_point(said.contact_point, country=country) if said.contact_point else None
    point = _point(asked or named)
    customer, carriers = _meant(store, who, named, config)
    if customer and said.event not in DENIALS:
        point = point or _only_point(store, customer, said.channel)
    if said.event == "granted" and said.channel in POINT_KINDS and point is None:
        raise ConsentError(
            say("ledger.need_point", config.lang, channel=said.channel),
            hint=say("ledger.need_point_hint", config.lang),
        )
    events = _events(said, _records(store, customer, said, point), point)
    accepted, issues = import_consents(events, config.consent, as_of=config.as_of)
    errors = issues[issues["severity"] == "error"]
    if len(errors):
        sentence = issue_sentence(str(errors["code"].iloc[0]), config.lang)
        raise ConsentError(
            say("ledger.refused", config.lang, sentence=sentence),
            hint=say("ledger.refused_hint", config.lang, channels=", ".join(CHANNELS)),
        )
    added = add_events(store, accepted, config)
    return Booked(accepted, added, customer, carriers, store.ledger.head)


def _point(found: ContactPoint) -> str | None:
    return found.value or found.key if found.kind in {"email", "phone"} else None


def _meant(store: Store, who: str, named: ContactPoint, config: Config) -> tuple[str, int]:
    """The customer, or none and the number of customers who have the address."""
    try:
        country = config.normalize.default_country or None
        return pick_customer(store, who, country=country, lang=config.lang), 0
    except NotFoundError:
        if _point(named) is None:
            raise
    holders = store.load("contacts", where={"key": [named.key or ""]})
    members = store.load("members", where={"party": holders["party"].tolist()}) if len(holders) else holders
    return "", int(members["customer_id"].nunique()) if len(holders) else 0


def _only_point(store: Store, customer: str, channel: str) -> str | None:
    """The customer's contact point of a channel, if there is exactly one."""
    kind = POINT_KINDS.get(channel)
    parties = store.load("members", where={"customer_id": [customer]})["party"].tolist()
    points = store.load("contacts", where={"party": parties})
    values = points.loc[(points["kind"] == kind) & points["valid"], "value"].dropna().unique()
    return str(values[0]) if len(values) == 1 else None


def _records(store: Store, customer: str, said: Declaration, point: str | None) -> pd.DataFrame:
    """The records an event is booked on: one row each, or one row without record."""
    nobody = pd.DataFrame({"source": [None], "record_id": [None]}, dtype="str")
    if not customer:
        return nobody
    members = store.load("members", where={"customer_id": [customer]})
    records = members[["source", "record_id"]].drop_duplicates()
    if said.event in DENIALS or point is None:
        return records.sort_values(["source", "record_id"])
    contacts = store.load("contacts", where={"party": members["party"].tolist()})
    holders = members[members["party"].isin(contacts.loc[contacts["value"] == point, "party"])]
    chosen = holders[["source", "record_id"]].drop_duplicates() if len(holders) else records
    return chosen.sort_values(["source", "record_id"]).head(1)


def _events(said: Declaration, records: pd.DataFrame, point: str | None) -> pd.DataFrame:
    events = records.reset_index(drop=True).assign(
        event=said.event,
        channel=said.channel,
        purpose=said.purpose,
        at=said.at,
        recorded_at=said.written,
        contact_point=point,
        **{name: value for name, value in said.evidence.items() if value},
    )
    if len(events) > 1:
        parts = (said.event, said.channel, said.purpose, said.at, *sorted(events["record_id"]))
        events["declaration"] = str(uuid.uuid5(NAMESPACE, "\x1f".join(parts)))
    return CONSENTS.check(events)


def correct(
    store: Store, event_id: str, said: Mapping[str, str | None], *, written: str, config: Config
) -> Booked:
    """Books that an event was booked wrongly: it no longer counts, and stays where it is.

    Args:
        store: Open for writing.
        event_id: The event.
        said: Columns of `consents`: `grounds` (why) and `actor` (who says so).
        written: When it is booked, ISO.
        config: The day (`as_of`).

    Raises:
        NotFoundError: The ledger has no such event.
    """
    every = store.ledger.events()
    wrong = every[every["event_id"] == event_id]
    if not len(wrong):
        raise NotFoundError(
            say("ledger.no_event", config.lang, event=event_id), hint=say("ledger.no_event_hint", config.lang)
        )
    row = wrong[["source", "record_id", "contact_point"]].reset_index(drop=True)
    filled = {name: value for name, value in said.items() if value}
    events = row.assign(event="correction", corrects=event_id, at=written, recorded_at=written, **filled)
    accepted, _ = import_consents(CONSENTS.check(events), config.consent, as_of=config.as_of)
    added = add_events(store, accepted, config)
    return Booked(accepted, added, "", 0, store.ledger.head)

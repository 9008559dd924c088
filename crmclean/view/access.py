"""The answer to a request for access (Art. 15 GDPR): all data, where they are from, for what, how long.

The data of others stay out (Art. 15(4)): people of the household and colleagues are named by their
relation alone, and contacts by a shared number or address, which may be another's, are only counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from crmclean.config import Config
from crmclean.consent import policy_of
from crmclean.messages import say
from crmclean.store import Store
from crmclean.tables import CONSENTS
from crmclean.view.customer import consent_events, view_customer
from crmclean.view.rows import of_customers, plain_rows

__all__ = ["access_request"]

_RIGHTS = ("rectification", "erasure", "restriction", "objection", "portability", "complaint")
_OF_OTHERS = frozenset({"household", "colleague", "employs"})


def access_request(
    store: Store, what: str, config: Config, *, as_of: str | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The view of a person without the data of others, and what Art. 15 asks for beside it.

    Keys of the second: controller, records (source rows, every column as read), sources (with origin:
    bought or own, and how columns were understood), purposes, recipients, retention, consents (every
    event with its evidence), matching (why which records were joined), shared_contacts (their number),
    rights (codes), automated_decisions (False: nothing here decides about a person by itself).

    Args:
        store: The store.
        what: Id, former id, source:record_id, number, address, handle or name.
        config: [view] says controller, purposes, recipients and retention; [read.sources] what was bought.
        as_of: Day of the view; None: the day of the last run.

    Raises:
        NotFoundError: Nobody, or several customers are meant.
    """
    view = view_customer(store, what, as_of=as_of, lang=config.lang, config=config.view)
    members = of_customers(store, "members", [view["customer_id"]])
    shared = len(view["possible"])
    view |= {"possible": [], "relations": [_without_others(r) for r in view["relations"]]}
    view["touchpoints"] = [t for t in view["touchpoints"] if "who_id" not in t]
    for sale in view["opportunities"]:
        sale["participants"] = [p for p in sale["participants"] if p["customer_id"] == view["customer_id"]]
    contacts = of_customers(store, "contacts", members["party"].tolist(), "party")
    events = consent_events(store, members, contacts, view["as_of"], CONSENTS.names)
    return view, {
        "controller": config.view.controller or None,
        "records": _records(store, members),
        "sources": _sources(store, members, config),
        "purposes": _purposes(view, config),
        "recipients": dict(config.view.recipients),
        "retention": dict(config.view.retention) | _consent_retention(config),
        "consents": events,
        "matching": _matching(store, members),
        "shared_contacts": shared,
        "rights": list(_RIGHTS),
        "automated_decisions": False,
    }


def _without_others(relation: Mapping[str, Any]) -> dict[str, Any]:
    if relation["kind"] in _OF_OTHERS:
        return {**relation, "name": "", "customer_id": ""}
    return dict(relation)


def _records(store: Store, members: pd.DataFrame) -> list[dict[str, Any]]:
    """The source rows with every column that was read, in the order of source and record."""
    keys = members[["source", "record_id"]].drop_duplicates()
    where = {c: keys[c].unique().tolist() or [""] for c in ("source", "record_id")}
    found = store.load("records", where=where).merge(keys, on=["source", "record_id"])
    return plain_rows(found.sort_values(["source", "record_id"]))


def _sources(store: Store, members: pd.DataFrame, config: Config) -> list[dict[str, Any]]:
    names = members["source"].unique().tolist()
    rows = plain_rows(of_customers(store, "sources", names, "source"), ("source", "file", "sheet", "format"))
    for row in rows:
        said = config.read.sources.get(row["source"])
        row["origin"] = said.origin if said is not None and said.origin else "own"
        if said is not None and said.obtained:
            row["obtained"] = said.obtained
    return sorted(rows, key=lambda r: (r["source"], r.get("file", "")))


def _purposes(view: Mapping[str, Any], config: Config) -> dict[str, str]:
    """Purpose -> legal basis or what the configuration says of it."""
    decided = {str(p["purpose"]): str(p.get("basis") or "") for p in view["permissions"] if p["allowed"]}
    kept = {
        f"column {name}": purpose for name, purpose in {**config.read.sensitive, **config.read.notes}.items()
    }
    return dict(sorted({**decided, **kept, **config.view.purposes}.items()))


def _consent_retention(config: Config) -> dict[str, str]:
    kept = policy_of(config.consent).retention
    return {
        f"consent_{name}": say("view.access.years", config.lang, count=kept[f"{name}_years"])
        for name in ("phone", "other")
        if f"{name}_years" in kept
    }


def _matching(store: Store, members: pd.DataFrame) -> list[dict[str, Any]]:
    """The pairs of the person's own records that were joined, with the probability."""
    own = members["party"].tolist()
    found = of_customers(store, "scores", own, "party_l")
    found = found[found["party_r"].isin(own) & found["outcome"].eq("merged")]
    return plain_rows(
        found.sort_values(["party_l", "party_r"]), ("party_l", "party_r", "probability", "levels")
    )

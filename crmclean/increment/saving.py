"""What an increment writes, and the whole result read back from the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

import crmclean
from crmclean.increment.base import among, rows_of
from crmclean.increment.taking import Taken
from crmclean.match import Matches
from crmclean.match.model import model_from_text
from crmclean.normalize.records import Normalized
from crmclean.result import Result
from crmclean.store import Store
from crmclean.store.layout import key_of
from crmclean.tables import (
    ISSUES,
    RELATIONS,
    SCORES,
    Addresses,
    Clusters,
    Consents,
    Contacts,
    Customers,
    Identities,
    Issues,
    Mappings,
    Members,
    Orders,
    Parties,
    Permissions,
    Records,
    Relations,
    Scores,
    Sources,
    Touchpoints,
)
from crmclean.view import Renewed

__all__ = ["renewed_by", "save_taken", "stored_result"]


def save_taken(store: Store, taken: Taken, note: Mapping[str, str]) -> str:
    """The tables of an increment in the store, in one transaction; answers the id of the run.

    Args:
        store: Where to.
        taken: As `take_increment` gave it.
        note: Columns of the run.
    """
    result, reach, base = taken.result, taken.reach, taken.base
    parties = sorted({*base.fresh, *base.gone})
    normal = rows_of(result.normal, base.fresh)
    customers = reach.customers.tolist()
    scores, pairs = _scores(taken)
    relations, lefts = _relations(store, taken)
    tables: dict[str, pd.DataFrame] = {
        "sources": result.read.sources,
        "mappings": result.read.mappings,
        "records": result.read.records,
        "parties": normal.parties,
        "contacts": normal.contacts,
        "addresses": normal.addresses,
        "issues": taken.issues,
        "scores": scores,
        "clusters": result.matches.clusters,
        "members": result.members,
        "relations": relations,
        "consents": taken.consents,
        "permissions": result.permissions,
        "customers": result.values,
        "identities": result.identities,
        "models": taken.models,
    }
    keys = pd.concat([taken.changed, result.read.records[["source", "record_id"]]])
    only: dict[str, list[str]] = {
        "records": [key_of(*row) for row in keys.itertuples(index=False, name=None)],
        **dict.fromkeys(("parties", "contacts", "addresses"), parties),
        "issues": taken.told,
        "scores": pairs,
        "clusters": reach.parties.tolist(),
        "members": customers,
        "relations": lefts,
        "customers": customers,
        "permissions": taken.decided.tolist(),
    }
    if taken.everybody:
        del only["permissions"]
    if taken.followed:
        tables |= {"touchpoints": result.touchpoints, "orders": result.orders, **result.followers}
    constants = {} if taken.everybody else {"permissions": {"as_of": result.as_of}}
    return store.save_run(tables, {**note, **_counts(store, taken)}, only=only, constants=constants)


def renewed_by(taken: Taken) -> Renewed:
    """What the index of `find` is told of an increment."""
    result, reach = taken.result, taken.reach
    tables = {
        "customers": result.golden,
        "members": result.members,
        "contacts": result.normal.contacts,
        "relations": result.relations,
        "permissions": result.decided,
        "identities": reach.registry,
        **({"touchpoints": result.touchpoints, "orders": result.orders} if taken.followed else {}),
    }
    return Renewed(reach.customers, tables, None if taken.everybody else taken.decided)


def _counts(store: Store, taken: Taken) -> dict[str, object]:
    """Version, records and customers, as a full run notes them."""
    fresh = taken.result.read.records[["source", "record_id"]]
    records = store.count("records") - len(taken.changed) + len(fresh)
    before, reach = taken.base.members["customer_id"], taken.reach
    distinct = before.drop_duplicates()
    customers = len(distinct) - int(among(distinct, reach.customers).sum())
    return {
        "version": crmclean.__version__,
        "records": records,
        "customers": customers + int(reach.members["customer_id"].nunique()),
    }


def _scores(taken: Taken) -> tuple[Scores, list[str]]:
    """The scored pairs of all left parties of which a pair is found anew, and these parties."""
    before, now, parties = taken.scores, taken.result.matches.scores, taken.reach.parties
    inside = among(before["party_l"], parties) | among(before["party_r"], parties)
    lefts = pd.Index(before.loc[inside, "party_l"]).union(pd.Index(now["party_l"])).unique()
    kept = before[~inside & among(before["party_l"], lefts)]
    rows = pd.concat([kept, now], ignore_index=True).sort_values(["party_l", "party_r"], kind="stable")
    return SCORES.check(rows.reset_index(drop=True)), lefts.tolist()


def _relations(store: Store, taken: Taken) -> tuple[Relations, list[str]]:
    """The relations of all left customers of which one concerns a touched customer, and these customers."""
    before, now, customers = store.load("relations"), taken.result.relations, taken.reach.customers
    inside = among(before["left"], customers) | among(before["right"], customers)
    lefts = pd.Index(before.loc[inside, "left"]).union(pd.Index(now["left"])).unique()
    kept = before[~inside & among(before["left"], lefts)]
    rows = pd.concat([kept, now], ignore_index=True).sort_values(["left", "right", "kind"], kind="stable")
    return RELATIONS.check(rows.reset_index(drop=True)), lefts.tolist()


def stored_result(store: Store, taken: Taken) -> Result:
    """The whole result, as a full run hands it back, read from the store.

    Args:
        store: The run saved.
        taken: What it found.
    """
    load, result = store.load, taken.result
    clusters, scores = Clusters(load("clusters")), Scores(load("scores"))
    issues = Issues(load("issues"))
    read = replace(
        result.read,
        sources=Sources(load("sources")),
        mappings=Mappings(load("mappings")),
        records=Records(load("records")),
    )
    models = {str(m["kind"]): model_from_text(str(m["text"])) for m in load("models").to_dict("records")}
    normal = Normalized(
        Parties(load("parties")), Contacts(load("contacts")), Addresses(load("addresses")), ISSUES.empty()
    )
    return replace(
        result,
        read=read,
        normal=normal,
        matches=Matches(scores, clusters, result.matches.relations, result.matches.issues, models),
        members=Members(load("members")),
        identities=Identities(load("identities")),
        golden=Customers(load("customers")),
        consents=Consents(store.ledger.events()),
        decided=Permissions(load("permissions")),
        relations=Relations(load("relations")),
        touchpoints=Touchpoints(load("touchpoints")),
        orders=Orders(load("orders")),
        followers={name: load(name) for name in result.followers},
        issues=issues,
        cache={},
    )

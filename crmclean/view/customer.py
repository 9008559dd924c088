"""One customer all round: values with origin and age, contacts, relations, history, consents.

Reads the store and decides nothing: permissions are those of the last run, with their day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from crmclean.config import ViewConfig
from crmclean.messages import Lang
from crmclean.store import Store
from crmclean.view.currency import age_months, currency_of, half_life
from crmclean.view.find import display_name, pick_customer

__all__ = ["view_customer"]

_DEFAULT = ViewConfig()
_CONTACT = ("kind", "value", "raw", "type", "extension", "valid", "field", "party")
_ADDRESS = (
    "type", "care_of", "street", "house_number", "addition", "po_box", "postal_code", "city", "district",
    "region", "country", "valid_from", "party",
)  # fmt: skip
_PERMISSION = (
    "channel",
    "purpose",
    "contact_point",
    "allowed",
    "reason",
    "basis",
    "since",
    "valid_until",
    "as_of",
    "policy",
)
_CONSENT = (
    "event_id",
    "at",
    "recorded_at",
    "source",
    "record_id",
    "channel",
    "purpose",
    "contact_point",
    "event",
    "origin",
    "evidence_ref",
)
_TOUCHPOINT = ("at", "channel", "direction", "identifier", "subject", "agent", "source", "touchpoint_id")
_ORDER = ("at", "order_id", "amount", "currency", "status", "sales_channel", "source")
_ISSUE = ("source", "record_id", "field", "severity", "raw", "proposal", "detail")


def view_customer(
    store: Store,
    what: str,
    *,
    as_of: str | None = None,
    lang: Lang = "en",
    config: ViewConfig = _DEFAULT,
) -> dict[str, Any]:
    """Everything the store knows of one customer, as nested dictionaries that JSON can hold.

    Keys: customer_id, asked (the former id asked for, else None), kind, name, as_of, master (the
    primary value of each field with origin, age in months and currency), others (values beside
    them), contacts, addresses, members, relations, touchpoints (latest first), possible (those
    whose identifier several customers share), orders (count, last, revenue by year, rows),
    opportunities, tasks, qualifications, permissions, consents, conflicts, identity, currency.

    Args:
        store: The store.
        what: Id, former id, source:record_id, number, address, handle or name; see `find_customers`.
        as_of: Day of the view; later contacts, orders and consent events are left out. None: the
            day of the last run.
        lang: Language of the errors.
        config: Half-lives.

    Raises:
        NotFoundError: Nobody, or several customers are meant.
    """
    customer = pick_customer(store, what, lang=lang)
    run = store.last_run()
    day = as_of or (str(run["at"])[:10] if run and run["at"] else "")
    members = store.load("members", where={"customer_id": [customer]})
    parties = members["party"].tolist()
    kind = str(members["kind"].iloc[0]) if len(members) else str(_identity(store, customer)["kind"])
    values = store.load("customers", where={"customer_id": [customer]})
    master = [_value(row, day, config) for row in _rows(values[values["is_primary"]])]
    shown = {row["field"]: str(row["value"]) for row in master}
    asked = what.strip().lower()
    return {
        "customer_id": customer,
        "asked": asked if asked != customer and _was_issued(store, asked) else None,
        "kind": kind,
        "name": display_name(shown, kind),
        "as_of": day,
        "currency": _currency(master),
        "master": master,
        "others": [_value(row, day, config) for row in _rows(values[~values["is_primary"]])],
        "contacts": _rows(_of(store, "contacts", "party", parties), _CONTACT),
        "addresses": _rows(_of(store, "addresses", "party", parties), _ADDRESS),
        "members": _rows(members, ("source", "record_id", "party", "is_primary")),
        "relations": _relations(store, customer),
        **_history(store, customer, day),
        "permissions": _rows(_of(store, "permissions", "customer_id", [customer]), _PERMISSION),
        "consents": _consents(store, members, parties, day),
        "conflicts": _conflicts(store, customer, members),
        "identity": _identity(store, customer),
    }


def _of(store: Store, name: str, column: str, values: Sequence[str]) -> pd.DataFrame:
    return store.load(name, where={column: list(values) or [""]})


def _of_records(store: Store, name: str, members: pd.DataFrame) -> pd.DataFrame:
    """Rows of these sources and these record keys; more than those of the records."""
    columns = ("source", "record_id")
    return store.load(name, where={c: members[c].unique().tolist() for c in columns})


def _rows(frame: pd.DataFrame, names: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """The rows as dictionaries of plain values, missing ones left out."""
    columns = list(names or frame.columns)
    lists = [frame[c].astype("object").where(frame[c].notna(), None).tolist() for c in columns]
    return [
        {n: v for n, v in zip(columns, row, strict=True) if v is not None} for row in zip(*lists, strict=True)
    ]


def _value(row: Mapping[str, Any], day: str, config: ViewConfig) -> dict[str, Any]:
    age = age_months(row.get("last_seen"), day)
    state, score = currency_of(age, half_life(str(row["field"]), config))
    kept = {k: v for k, v in row.items() if k not in {"customer_id", "is_primary"}}
    further = {"age_months": age, "state": state or None, "currency": score}
    return kept | {k: v for k, v in further.items() if v is not None}


def _currency(master: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The mean of the scores of address, phones, e-mail and role, with its parts."""
    parts = {str(v["field"]): float(v["currency"]) for v in master if "currency" in v}
    # the parts of one address are one fact
    place = [
        parts.pop(f)
        for f in ("street", "house_number", "postal_code", "city", "po_box", "care_of", "addition")
        if f in parts
    ]
    if place:
        parts["address"] = min(place)
    score = round(sum(parts.values()) / len(parts), 3) if parts else None
    return {"score": score, "parts": dict(sorted(parts.items()))}


def _was_issued(store: Store, asked: str) -> bool:
    return len(store.load("identities", where={"customer_id": [asked]})) > 0


def _identity(store: Store, customer: str) -> dict[str, Any]:
    rows = _rows(store.load("identities", where={"customer_id": [customer]}))
    merged = store.load("identities", where={"merged_into": [customer]})["customer_id"].tolist()
    return (rows[0] if rows else {"customer_id": customer, "kind": "person"}) | {"took_over": sorted(merged)}


def _relations(store: Store, customer: str) -> list[dict[str, Any]]:
    """Related customers by name; the kind is told from this customer's side."""
    turned = {"works_at": "employs", "branch_of": "has_branch"}
    forth = store.load("relations", where={"left": [customer]})
    back = store.load("relations", where={"right": [customer]})
    rows = [(str(r["right"]), str(r["kind"]), r) for r in _rows(forth)]
    rows += [(str(r["left"]), turned.get(str(r["kind"]), str(r["kind"])), r) for r in _rows(back)]
    names = _names(store, [other for other, _, _ in rows])
    related = [
        {"kind": kind, "customer_id": other, "name": names.get(other, ""), "records": r["records"]}
        | ({"evidence": r["evidence"]} if "evidence" in r else {})
        for other, kind, r in rows
    ]
    return sorted(related, key=lambda r: (r["kind"], r["name"], r["customer_id"]))


def _names(store: Store, customers: Sequence[str]) -> dict[str, str]:
    wanted = ["title", "given_name", "name_prefix", "family_name", "name_suffix", "organization"]
    values = store.load("customers", where={"customer_id": list(customers) or [""], "field": wanted})
    shown: dict[str, dict[str, str]] = {}
    for row in _rows(values[values["is_primary"]]):
        shown.setdefault(str(row["customer_id"]), {})[str(row["field"])] = str(row["value"])
    members = store.load("members", where={"customer_id": list(customers) or [""]})
    kinds = dict(zip(members["customer_id"].tolist(), members["kind"].tolist(), strict=True))
    return {c: display_name(v, kinds.get(c, "person")) for c, v in shown.items()}


def _until(frame: pd.DataFrame, column: str, day: str) -> pd.DataFrame:
    """Rows up to the end of a day; undated ones stay."""
    return frame[frame[column].isna() | frame[column].str[:10].le(day)] if day else frame


def _history(store: Store, customer: str, day: str) -> dict[str, Any]:
    touchpoints = _until(_of(store, "touchpoints", "customer_id", [customer]), "at", day)
    orders = _until(_of(store, "orders", "customer_id", [customer]), "at", day)
    latest = touchpoints.sort_values(["at", "source", "touchpoint_id"], ascending=[False, True, True])
    return {
        "touchpoints": _rows(latest, _TOUCHPOINT),
        "possible": _possible(store, customer, day),
        "orders": _order_facts(orders),
        "opportunities": _rows(_of(store, "opportunities", "customer_id", [customer])),
        "tasks": _rows(_of(store, "tasks", "customer_id", [customer]).sort_values(["due_to", "task_id"])),
        "qualifications": _rows(_of(store, "qualifications", "customer_id", [customer])),
    }


def _possible(store: Store, customer: str, day: str) -> list[dict[str, Any]]:
    """Contacts whose identifier the customer shares with others."""
    parties = store.load("members", where={"customer_id": [customer]})["party"].tolist()
    keys = _of(store, "contacts", "party", parties)["key"].dropna().unique().tolist()
    shared = _until(_of(store, "touchpoints", "key", keys), "at", day)
    shared = shared[shared["candidates"].fillna("").str.contains(customer, regex=False)]
    shared = shared.sort_values(["at", "source", "touchpoint_id"], ascending=[False, True, True])
    return _rows(shared, (*_TOUCHPOINT, "candidates"))


def _order_facts(orders: pd.DataFrame) -> dict[str, Any]:
    """Count, last order, revenue by year and currency; credit notes are negative amounts."""
    rows = orders.sort_values(["at", "source", "order_id"], ascending=[False, True, True])
    dated = orders[orders["at"].notna() & orders["amount"].notna()]
    years = dated.assign(year=dated["at"].str[:4], currency=dated["currency"].fillna(""))
    sums = years.groupby(["year", "currency"])[["amount"]].sum().reset_index()
    revenue: dict[str, dict[str, float]] = {}
    for row in _rows(sums):
        revenue.setdefault(row["year"], {})[row["currency"]] = round(row["amount"], 2)
    last = orders["at"].dropna()
    return {
        "count": len(orders),
        "last": str(last.max()) if len(last) else None,
        "revenue_by_year": revenue,
        "rows": _rows(rows, _ORDER),
    }


def _consents(store: Store, members: pd.DataFrame, parties: Sequence[str], day: str) -> list[dict[str, Any]]:
    """Events of the records and of the contact points, in the order of time."""
    own = pd.DataFrame({"source": members["source"], "record_id": members["record_id"]}).drop_duplicates()
    of_records = _of_records(store, "consents", members).merge(own, on=["source", "record_id"])
    contacts = _of(store, "contacts", "party", parties)
    points = pd.concat([contacts["value"], contacts["key"]]).dropna().unique().tolist()
    of_points = _of(store, "consents", "contact_point", points)
    both = pd.concat([of_records, of_points]).drop_duplicates("event_id")
    both = _until(both.assign(when=both["at"].fillna(both["recorded_at"])), "when", day)
    return _rows(both.sort_values(["when", "event_id"]), _CONSENT)


def _conflicts(store: Store, customer: str, members: pd.DataFrame) -> list[dict[str, Any]]:
    issues = _of_records(store, "issues", members)
    found = issues[
        issues["code"].eq("value_conflict")
        & issues["detail"].fillna("").str.contains(f"customer={customer} ", regex=False)
    ]
    return _rows(found, _ISSUE)

"""One customer all round: values with origin and age, contacts, relations, history, consents.

Reads the store and decides nothing: permissions are those of the last run, with their day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from crmclean.config import ViewConfig
from crmclean.messages import Lang
from crmclean.store import Store
from crmclean.view.channels import channel_answers
from crmclean.view.commerce import opportunity_rows, order_facts, task_rows
from crmclean.view.currency import age_months, currency_of, customer_currency, half_life, kind_of
from crmclean.view.find import display_name, pick_customer
from crmclean.view.history import (
    confirmed_keys,
    contacts_of,
    failed_keys,
    history_of,
    possible_contacts,
)
from crmclean.view.index import Index
from crmclean.view.rows import of_customers, plain_rows, until
from crmclean.view.saved import fresh_index
from crmclean.view.validity import mark_addresses, mark_values

__all__ = ["consent_events", "day_of", "names_of", "view_customer"]

_DEFAULT = ViewConfig()
_FEW = 2000
_CONTACT = ("kind", "value", "raw", "type", "extension", "valid", "field", "party")
_ADDRESS = (
    "type", "care_of", "street", "house_number", "addition", "po_box", "postal_code", "city", "district",
    "region", "country", "valid_from", "valid_to", "field", "party",
)  # fmt: skip
_PERMISSION = (
    "channel", "purpose", "contact_point", "allowed", "reason", "basis", "since", "valid_until", "as_of", "policy",
)  # fmt: skip
_CONSENT = (
    "event_id", "at", "recorded_at", "source", "record_id", "channel", "purpose", "contact_point", "event",
    "origin", "evidence_ref",
)  # fmt: skip
_ISSUE = ("source", "record_id", "field", "severity", "raw", "proposal", "detail")
_NAME = ("title", "given_name", "name_prefix", "family_name", "name_suffix", "organization")


def view_customer(
    store: Store,
    what: str,
    *,
    as_of: str | None = None,
    lang: Lang = "en",
    config: ViewConfig = _DEFAULT,
    decide: Callable[[str], pd.DataFrame] | None = None,
) -> dict[str, Any]:
    """Everything the store knows of one customer, as nested dictionaries that JSON can hold.

    Keys: customer_id, asked (the former id asked for, else None), kind, name, as_of, currency (score,
    parts, reasons), master (the primary value of each field with origin, age in months and currency),
    others (values beside them), contacts, addresses, members, relations, touchpoints (latest first; of a
    company with those of its people, who say `who`), channel_figures, cases, unanswered, possible
    (contacts whose identifier several customers share), channels (preferred, allowed and reachable
    apart), orders (count, last, revenue by year, open items, ABC class, rows), opportunities (with all
    who take part), tasks (open ones first), qualifications, permissions, consents, conflicts, identity.

    Args:
        store: The store.
        what: Id, former id, source:record_id, number, address, handle or name; see `find_customers`.
        as_of: Day of the view; later contacts, orders and consent events are left out. None: the
            day of the last run.
        lang: Language of the errors.
        config: Half-lives.
        decide: Gives the permissions of a customer on the day of the view; None: those of the last run.

    Raises:
        NotFoundError: Nobody, or several customers are meant.
    """
    customer = pick_customer(store, what, lang=lang)
    day = as_of or day_of(store)
    view: dict[str, Any] = {"customer_id": customer, "asked": _asked(store, what, customer)}
    members = of_customers(store, "members", [customer])
    identity = _identity(store, customer)
    view["kind"] = str(members["kind"].iloc[0]) if len(members) else str(identity["kind"])
    index = fresh_index(store)
    view["relations"] = _relations(store, customer, index)
    people = [r["customer_id"] for r in view["relations"] if r["kind"] == "employs"]
    touched = contacts_of(store, [customer, *people], day)
    own = touched[touched["customer_id"] == customer]
    contacts = of_customers(store, "contacts", members["party"].tolist(), "party")
    view["as_of"] = day
    values = of_customers(store, "customers", [customer])
    view |= _values(values, view, own, contacts, config)
    view |= _held(store, members, contacts, day)
    mark_values([*view["master"], *view["others"]], view["addresses"])
    named = {r["customer_id"]: r["name"] for r in view["relations"]}
    view |= history_of(touched, customer, named, day)
    view["possible"] = possible_contacts(store, customer, contacts["key"].dropna().unique().tolist(), day)
    view |= _sales(store, customer, view, index)
    allowed = decide(customer) if decide else of_customers(store, "permissions", [customer])
    view["permissions"] = plain_rows(allowed, _PERMISSION)
    view["consents"] = consent_events(store, members, contacts, day)
    today = (pd.Timestamp(day) - pd.Timestamp(0)) / pd.Timedelta(days=1) if day else 0.0
    view["channels"] = channel_answers(view, own, today, _failed_values(contacts, own))
    view["conflicts"] = _conflicts(store, customer, members)
    return view | {"identity": identity}


def day_of(store: Store) -> str:
    """The day of the last run, "" where there is none."""
    run = store.last_run()
    return str(run["at"])[:10] if run and run["at"] else ""


def _held(store: Store, members: pd.DataFrame, contacts: pd.DataFrame, day: str) -> dict[str, Any]:
    """What the records hold: contact points, addresses, and the records themselves."""
    places = of_customers(store, "addresses", members["party"].tolist(), "party")
    parties = of_customers(store, "parties", members["party"].tolist(), "party")
    return {
        "contacts": plain_rows(contacts, _CONTACT),
        "addresses": mark_addresses(plain_rows(places, _ADDRESS), parties, day),
        "members": plain_rows(members, ("source", "record_id", "party", "is_primary")),
    }


def _sales(store: Store, customer: str, view: Mapping[str, Any], index: Index | None) -> dict[str, Any]:
    """Orders, opportunities, tasks and qualifications."""
    day = str(view["as_of"])
    orders = until(of_customers(store, "orders", [customer]), "at", day)
    facts = of_customers(store, "qualifications", [customer])
    return {
        "orders": order_facts(store, orders, index),
        "opportunities": opportunity_rows(
            store,
            of_customers(store, "opportunities", [customer]),
            lambda ids: names_of(store, ids, index),
            view["touchpoints"],
        ),
        "tasks": task_rows(of_customers(store, "tasks", [customer]), day),
        "qualifications": plain_rows(facts.sort_values(["name", "observed_at"], ascending=[True, False])),
    }


def _values(
    values: pd.DataFrame,
    view: Mapping[str, Any],
    touched: pd.DataFrame,
    contacts: pd.DataFrame,
    config: ViewConfig,
) -> dict[str, Any]:
    """Name, primary values, those beside them, and the currency."""
    day, kind = str(view["as_of"]), str(view["kind"])
    failed = _failed_values(contacts, touched)
    confirmed = _by_value(contacts, confirmed_keys(touched))
    rows = [_value(row, day, config, failed, confirmed) for row in plain_rows(values)]
    master = [row for row in rows if row.pop("is_primary")]
    chosen = {id(row) for row in master}
    shown = {row["field"]: str(row["value"]) for row in master}
    return {
        "name": display_name(shown, kind),
        "master": master,
        "others": [row for row in rows if id(row) not in chosen],
        "currency": customer_currency(master),
    }


def _failed_values(contacts: pd.DataFrame, touched: pd.DataFrame) -> dict[str, str]:
    """What failed last by its value as shown, "post" for the address."""
    failed = failed_keys(touched)
    return _by_value(contacts, failed) | ({"post": failed["post"]} if "post" in failed else {})


def _by_value(contacts: pd.DataFrame, keys: Mapping[str, str]) -> dict[str, str]:
    known = contacts[contacts["key"].isin(list(keys)) & contacts["value"].notna()]
    return {
        value: keys[key] for value, key in zip(known["value"].tolist(), known["key"].tolist(), strict=True)
    }


def _value(
    row: Mapping[str, Any],
    day: str,
    config: ViewConfig,
    failed: Mapping[str, str],
    confirmed: Mapping[str, str],
) -> dict[str, Any]:
    """A value with its age, from when it was last seen on a record or came in, and its currency."""
    field, value = str(row["field"]), str(row.get("value"))
    kept = {k: v for k, v in row.items() if k != "customer_id"}
    came = confirmed.get(value) if kind_of(field) in {"phone", "email"} else None
    seen = max(filter(None, (row.get("last_seen"), came)), default=None)
    age = age_months(seen, day)
    state, score = currency_of(age, half_life(field, config))
    bad = failed.get("post") if kind_of(field) == "address" else failed.get(value)
    if bad is not None and bad[:10] >= (seen or "")[:10] and half_life(field, config) is not None:
        state, score = "stale", 0.0
    else:
        bad = None
    further = {
        "age_months": age, "state": state or None, "currency": score, "failed_at": bad,
        "confirmed_at": came if came and came == seen else None,
    }  # fmt: skip
    return kept | {k: v for k, v in further.items() if v is not None}


def _asked(store: Store, what: str, customer: str) -> str | None:
    """The former id that was asked for, None where it was something else."""
    asked = what.strip().lower()
    issued = asked != customer and len(of_customers(store, "identities", [asked])) > 0
    return asked if issued else None


def _identity(store: Store, customer: str) -> dict[str, Any]:
    rows = plain_rows(of_customers(store, "identities", [customer]))
    merged = of_customers(store, "identities", [customer], "merged_into")["customer_id"].tolist()
    return (rows[0] if rows else {"customer_id": customer, "kind": "person"}) | {"took_over": sorted(merged)}


def _relations(store: Store, customer: str, index: Index | None) -> list[dict[str, Any]]:
    """Related customers by name; the kind is told from this customer's side.

    Whoever else works at the employer of a person is a colleague.
    """
    turned = {"works_at": "employs", "branch_of": "has_branch"}
    forth = of_customers(store, "relations", [customer], "left")
    back = of_customers(store, "relations", [customer], "right")
    rows = [(str(r["right"]), str(r["kind"]), r) for r in plain_rows(forth)]
    rows += [(str(r["left"]), turned.get(str(r["kind"]), str(r["kind"])), r) for r in plain_rows(back)]
    employers = sorted({other for other, kind, _ in rows if kind == "works_at"})
    beside = of_customers(store, "relations", employers, "right") if employers else back.iloc[:0]
    beside = beside[beside["kind"].eq("works_at") & beside["left"].ne(customer)]
    known = {other for other, _, _ in rows}
    rows += [(str(r["left"]), "colleague", r) for r in plain_rows(beside) if r["left"] not in known]
    names = names_of(store, [other for other, _, _ in rows], index)
    related = [
        {"kind": kind, "customer_id": other, "name": names.get(other, ""), "records": r["records"]}
        | ({"evidence": r["evidence"]} if "evidence" in r else {})
        for other, kind, r in rows
    ]
    return sorted(related, key=lambda r: (r["kind"], r["name"], r["customer_id"]))


def names_of(store: Store, customers: Sequence[str], index: Index | None = None) -> dict[str, str]:
    """The names of customers as they are shown, by id.

    Args:
        store: The store.
        customers: Ids.
        index: The index of the last run, where it is at hand: it has all names ready.
    """
    listed = list(customers)
    if not listed:
        return {}
    if index is not None:
        rows = [row for row, _ in index.holders(f"id:{c}" for c in listed)]
        return {index.customer_id(row): index.shown(row)["name"] for row in rows}
    where: dict[str, Sequence[str]] = {"field": list(_NAME)}
    if len(listed) <= _FEW:  # more are found sooner by reading all
        where["customer_id"] = listed
    values = store.load("customers", where=where)
    values = values[values["customer_id"].isin(listed)]
    shown: dict[str, dict[str, str]] = {}
    for row in plain_rows(values[values["is_primary"]]):
        shown.setdefault(str(row["customer_id"]), {})[str(row["field"])] = str(row["value"])
    members = of_customers(store, "members", listed) if len(listed) <= _FEW else store.load("members")
    kinds = dict(zip(members["customer_id"].tolist(), members["kind"].tolist(), strict=True))
    return {c: display_name(v, kinds.get(c, "person")) for c, v in shown.items()}


def _of_records(store: Store, name: str, members: pd.DataFrame) -> pd.DataFrame:
    """Rows of these sources and these record keys; more than those of the records."""
    columns = ("source", "record_id")
    return store.load(name, where={c: members[c].unique().tolist() or [""] for c in columns})


def consent_events(
    store: Store, members: pd.DataFrame, contacts: pd.DataFrame, day: str, names: Iterable[str] = _CONSENT
) -> list[dict[str, Any]]:
    """The consent events of the records and of the contact points, in the order of time.

    Args:
        store: The store.
        members: The customer's records.
        contacts: Its contact points.
        day: Events after it are left out.
        names: Columns of the table consents.
    """
    own = pd.DataFrame({"source": members["source"], "record_id": members["record_id"]}).drop_duplicates()
    of_records = _of_records(store, "consents", members).merge(own, on=["source", "record_id"])
    points = pd.concat([contacts["value"], contacts["key"]]).dropna().unique().tolist()
    of_points = of_customers(store, "consents", points, "contact_point")
    both = pd.concat([of_records, of_points]).drop_duplicates("event_id")
    both = until(both.assign(when=both["at"].fillna(both["recorded_at"])), "when", day)
    return plain_rows(both.sort_values(["when", "event_id"]), list(names))


def _conflicts(store: Store, customer: str, members: pd.DataFrame) -> list[dict[str, Any]]:
    issues = _of_records(store, "issues", members)
    found = issues[
        issues["code"].eq("value_conflict")
        & issues["detail"].fillna("").str.contains(f"customer={customer} ", regex=False)
    ]
    return plain_rows(found, _ISSUE)

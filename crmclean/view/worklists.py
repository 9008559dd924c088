"""Worklists over all customers: values to verify again, leads to follow up, contacts that wait.

Whole tables, whole columns; each list is a frame with the most urgent row first.
"""

from __future__ import annotations

import difflib
from typing import Any

import numpy as np
import pandas as pd

from crmclean.config import ViewConfig
from crmclean.errors import ConfigError
from crmclean.store import Store
from crmclean.view.abc_classes import class_bounds, class_of
from crmclean.view.bounces import did_not_arrive, undeliverable
from crmclean.view.cases import unanswered_rows, with_cases
from crmclean.view.commerce import is_open
from crmclean.view.currency import ADDRESS_FIELDS, age_months, currency_of, half_life, kind_of
from crmclean.view.customer import names_of
from crmclean.view.rows import until
from crmclean.view.ways import channels_of

__all__ = [
    "LEADS",
    "STALE",
    "STALE_SOURCES",
    "UNANSWERED",
    "lead_list",
    "stale_list",
    "stale_sources",
    "unanswered_list",
]

STALE = (
    "customer_id", "name", "abc", "field", "value", "state", "reason", "last_confirmed", "age_months", "currency",
    "source", "record_id",
)  # fmt: skip
STALE_SOURCES = ("source", "kind", "values", "stale", "share", "undated", "failed")
LEADS = (
    "customer_id", "name", "priority", "completeness", "recency", "interest", "allowed", "source", "first_seen",
    "last_contact", "volume", "missing",
)  # fmt: skip
UNANSWERED = (
    "at", "waiting", "channel", "subject", "customer_id", "name", "candidates", "identifier", "agent", "source", "touchpoint_id",
)  # fmt: skip
_FACTS = ("name", "organization", "email", "phone", "address")
_LEAD_HALF_DAYS = 60.0


def stale_list(store: Store, *, as_of: str, config: ViewConfig, state: str = "stale") -> pd.DataFrame:
    """Primary values to verify again: columns `STALE`; what failed first, then A customers, then by age.

    Args:
        store: The store.
        as_of: Day from which ages count.
        config: Half-lives.
        state: stale; or ageing, which lists those as well.
    """
    dated = _dated_values(store, as_of, config)
    wanted = {"stale"} if state == "stale" else {"stale", "ageing"}
    found = dated[dated["state"].isin(list(wanted))]
    classes = _classes(store)
    found = found.assign(abc=found["customer_id"].map(classes).astype("str"))
    rank = found["abc"].map({"A": 0, "B": 1, "C": 2}).fillna(3)
    found = found.assign(first=found["reason"].ne("failed"), rank=rank)
    found = found.sort_values(
        ["first", "rank", "currency", "customer_id", "field"], ascending=True, kind="stable"
    )
    found["name"] = found["customer_id"].map(names_of(store, found["customer_id"].unique().tolist()))
    return found[list(STALE)].reset_index(drop=True)


def stale_sources(store: Store, *, as_of: str, config: ViewConfig) -> pd.DataFrame:
    """Share of stale values per source and kind of value: columns `STALE_SOURCES`."""
    dated = _dated_values(store, as_of, config)
    dated = dated.assign(
        kind=dated["field"].map({f: kind_of(f) or f for f in dated["field"].unique()}),
        is_stale=dated["state"].eq("stale"), is_undated=dated["state"].eq("undated"), is_failed=dated["reason"].eq("failed"),
    )  # fmt: skip
    counted = dated.groupby(["source", "kind"], sort=True).agg(
        values=("field", "size"),
        stale=("is_stale", "sum"),
        undated=("is_undated", "sum"),
        failed=("is_failed", "sum"),
    )
    counted["share"] = (counted["stale"] / counted["values"]).round(4)
    return (
        counted.reset_index()
        .sort_values(["share", "source", "kind"], ascending=[False, True, True])[list(STALE_SOURCES)]
        .reset_index(drop=True)
    )


def _dated_values(store: Store, as_of: str, config: ViewConfig) -> pd.DataFrame:
    """The primary values of a kind that ages, one of them per address, with state and currency."""
    values = store.load("customers")
    fields = {f: half_life(str(f), config) for f in values["field"].unique()}
    aging = [f for f, months in fields.items() if months is not None]
    first = next((f for f in ("street", "po_box", "city") if f in aging), "city")
    rest = set(ADDRESS_FIELDS) - {first}
    chosen = values["is_primary"] & values["field"].isin(aging) & ~values["field"].isin(list(rest))
    frame = values[chosen & values["source"].notna()].reset_index(drop=True)
    touchpoints = until(store.load("touchpoints"), "at", as_of)
    seen, failed = _last_confirmed(frame, touchpoints)
    frame["last_confirmed"] = seen
    ages = {d: age_months(str(d), as_of) for d in seen.dropna().str[:10].unique()}
    frame["age_months"] = seen.str[:10].map(ages).astype("float64")
    states = {
        (age, field): currency_of(None if np.isnan(age) else int(age), fields[field])
        for age, field in frame[["age_months", "field"]].drop_duplicates().itertuples(index=False)
        if not np.isnan(age)
    }
    pairs = list(zip(frame["age_months"].tolist(), frame["field"].tolist(), strict=True))
    frame["state"] = ["undated" if np.isnan(p[0]) else states[p][0] for p in pairs]
    frame["currency"] = [np.nan if np.isnan(p[0]) else float(states[p][1] or 0.0) for p in pairs]
    bad = failed.notna() & ~(seen.fillna("").str[:10] > failed.fillna("").str[:10])
    frame["reason"] = np.where(bad, "failed", "age")
    frame.loc[bad, ["state"]] = "stale"
    frame.loc[bad, ["currency"]] = 0.0
    return frame


def _last_confirmed(frame: pd.DataFrame, touchpoints: pd.DataFrame) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """When each value was last seen or used by its customer, and when it failed last."""
    failed = did_not_arrive(touchpoints)
    came = touchpoints[
        ~failed & touchpoints["direction"].eq("in").to_numpy() & touchpoints["customer_id"].notna()
    ]
    used = came.groupby(["customer_id", "key"])["at"].max()
    keys = pd.MultiIndex.from_arrays([frame["customer_id"], frame["value"]])
    seen = frame["last_seen"].fillna("")
    latest = pd.Series(used.reindex(keys).fillna("").to_numpy(), index=frame.index)
    seen = seen.where(seen >= latest, latest)
    seen = seen.where(seen != "").astype("str")
    points = frame["value"].map(undeliverable(touchpoints))
    post = touchpoints[failed & channels_of(touchpoints["channel"]).eq("post").to_numpy()]
    returned = frame["customer_id"].map(post.groupby("customer_id")["at"].max())
    is_place = frame["field"].map({f: kind_of(f) == "address" for f in frame["field"].unique()}).astype(bool)
    return seen, points.where(~is_place, returned).astype("str")


def _classes(store: Store) -> dict[str, str]:
    """ABC class by customer."""
    orders = store.load("orders")
    bounds = class_bounds(orders)
    if not bounds:
        return {}
    own = orders[orders["customer_id"].notna()]
    chosen = own["at"].str[:10].gt(bounds["since"]) & own["currency"].fillna("").eq(bounds["currency"])
    sums = own[chosen].groupby("customer_id")["amount"].sum()
    found = {str(c): class_of(float(s), bounds) for c, s in sums.items()}
    return {c: letter for c, letter in found.items() if letter is not None}


def lead_list(store: Store, *, as_of: str, source: str | None = None) -> pd.DataFrame:
    """Customers who have bought nothing yet, by the priority of their follow-up: columns `LEADS`.

    `priority` is 0 to 100: completeness (name, company, e-mail, phone, address: what is needed to follow
    up) 30, recency of the first record (half after 60 days) 30, interest (contacts that came in, an open
    sales case) 25, a channel on which advertising is allowed 15.

    Args:
        store: The store.
        as_of: Day of the question.
        source: Only customers of this source, such as the file of a trade fair.

    Raises:
        ConfigError: No customer comes from this source.
    """
    members = store.load("members")
    sources = sorted(members["source"].unique().tolist())
    if source is not None and source not in sources:
        near = difflib.get_close_matches(source, sources, n=1)
        key = "errors.worklist.source_near" if near else "errors.worklist.source"
        raise ConfigError.of(key, name=source, near=near[0] if near else "", known=", ".join(sources))
    orders = store.load("orders")
    bought = set(orders["customer_id"].dropna())
    values = store.load("customers")
    numbered = set(values.loc[values["field"].isin(["customer_no", "last_order", "revenue"]), "customer_id"])
    chosen = members if source is None else members[members["source"] == source]
    ids = sorted(set(chosen["customer_id"]) - bought - numbered)
    frame = pd.DataFrame({"customer_id": pd.Series(ids, dtype="str")})
    if not len(frame):
        return pd.DataFrame(columns=list(LEADS))
    own = values[values["is_primary"] & values["customer_id"].isin(ids)]
    frame = frame.assign(**_completeness(own, frame["customer_id"]))
    first = own.groupby("customer_id")["first_seen"].max().reindex(ids)
    frame["first_seen"] = first.to_numpy()
    days = (
        pd.Timestamp(as_of) - pd.to_datetime(frame["first_seen"].str[:10], errors="coerce")
    ) / pd.Timedelta(days=1)
    frame["recency"] = (0.5 ** (days.clip(lower=0) / _LEAD_HALF_DAYS)).fillna(0.0).round(3)
    frame = frame.assign(**_interest(store, frame["customer_id"], as_of))
    permissions = store.load("permissions")
    allowed = (
        permissions[permissions["allowed"]]
        .groupby("customer_id")["channel"]
        .agg(lambda c: " ".join(sorted(set(c))))
    )
    frame["allowed"] = frame["customer_id"].map(allowed)
    points = (
        30 * frame["completeness"]
        + 30 * frame["recency"]
        + 25 * frame["interest"]
        + 15 * frame["allowed"].notna()
    )
    frame["priority"] = points.round().astype("int64")
    record = chosen[chosen["is_primary"]].drop_duplicates("customer_id").set_index("customer_id")["source"]
    frame["source"] = frame["customer_id"].map(record)
    frame["name"] = frame["customer_id"].map(names_of(store, ids))
    ordered = frame.sort_values(["priority", "first_seen", "customer_id"], ascending=[False, False, True])
    return ordered[list(LEADS)].reset_index(drop=True)


def _completeness(own: pd.DataFrame, ids: pd.Series[Any]) -> dict[str, Any]:
    """Share of the facts that are there, and the names of those that are not."""
    groups = {
        "name": ("family_name",), "organization": ("organization",), "email": ("email",),
        "phone": ("phone", "mobile"), "address": ("street", "po_box"),
    }  # fmt: skip
    there = pd.DataFrame(
        {name: ids.isin(own.loc[own["field"].isin(fields), "customer_id"]) for name, fields in groups.items()}
    )
    missing = there.apply(lambda column: np.where(column, "", column.name + " "))
    return {
        "completeness": there.mean(axis=1).round(3),
        "missing": missing.sum(axis=1).str.strip(),
    }


def _interest(store: Store, ids: pd.Series[Any], as_of: str) -> dict[str, Any]:
    """Interest 0 to 1: what came in within a year (four contacts are as good as more), open sales cases."""
    touchpoints = until(store.load("touchpoints"), "at", as_of)
    own = touchpoints[touchpoints["customer_id"].isin(ids)]
    since = f"{int(as_of[:4]) - 1}{as_of[4:]}"
    came = own[own["direction"].ne("out") & own["at"].fillna("").gt(since)].groupby("customer_id").size()
    sales = store.load("opportunities")
    sales = sales[sales["customer_id"].isin(ids) & sales["stage"].map(is_open).astype(bool)]
    volume = sales.groupby("customer_id")["volume"].sum()
    contacts = ids.map(came).fillna(0).clip(upper=4) / 4
    return {
        "interest": (0.5 * contacts + 0.5 * ids.isin(sales["customer_id"])).round(3),
        "volume": ids.map(volume),
        "last_contact": ids.map(own.groupby("customer_id")["at"].max()),
    }


def unanswered_list(store: Store, *, as_of: str, days: int = 90) -> pd.DataFrame:
    """Contacts of the last days that somebody waits on: columns `UNANSWERED`, the oldest first.

    Args:
        store: The store.
        as_of: Day of the question.
        days: How far back; older ones are past answering.
    """
    touchpoints = until(store.load("touchpoints"), "at", as_of)
    touchpoints = touchpoints[~did_not_arrive(touchpoints)]
    found = unanswered_rows(with_cases(touchpoints), as_of=as_of)
    found = found[found["waiting"].le(days)]
    names = names_of(store, found["customer_id"].dropna().unique().tolist())
    return found.assign(name=found["customer_id"].map(names))[list(UNANSWERED)].reset_index(drop=True)

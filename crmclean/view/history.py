"""Contact history: one line of time over all channels, and what it tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from crmclean.store import Store
from crmclean.view.bounces import did_not_arrive
from crmclean.view.cases import case_rows, unanswered_rows, with_cases
from crmclean.view.channels import channel_figures
from crmclean.view.rows import of_customers, plain_rows, until

__all__ = ["TOUCHPOINT", "confirmed_keys", "contacts_of", "failed_keys", "history_of", "possible_contacts"]

TOUCHPOINT = (
    "at", "channel", "direction", "identifier", "subject", "agent", "outcome", "opportunity_id", "source",
    "touchpoint_id", "way", "case", "failed", "customer_id",
)  # fmt: skip
_LATEST = ["at", "source", "touchpoint_id"]


def contacts_of(store: Store, customers: Sequence[str], day: str) -> pd.DataFrame:
    """The contacts of customers up to a day, with their cases and `failed` where one did not arrive."""
    found = with_cases(until(of_customers(store, "touchpoints", customers), "at", day))
    return found.assign(failed=did_not_arrive(found))


def history_of(frame: pd.DataFrame, customer: str, names: Mapping[str, str], day: str) -> dict[str, Any]:
    """The contacts (latest first), figures per channel, cases and what is unanswered.

    Args:
        frame: From `contacts_of`; of a company with those of its people.
        customer: Whose history it is: the others' contacts say who they are.
        names: Names by customer id.
        day: Day of the view.
    """
    latest = frame.sort_values(_LATEST, ascending=[False, True, True])
    cases = frame["case"].value_counts()
    rows = plain_rows(latest, TOUCHPOINT)
    for row in rows:
        who = row.pop("customer_id")
        row["who"] = names.get(who, "") if who != customer else None
        row["who_id"] = who if who != customer else None
        row["case"] = int(row["case"]) if cases[row["case"]] > 1 else None
        row["failed"] = row["failed"] or None
    kept = [{k: v for k, v in row.items() if v is not None} for row in rows]
    arrived = frame[~frame["failed"]]
    waiting = unanswered_rows(arrived, as_of=day) if day else frame.iloc[:0].assign(waiting=0)
    return {
        "touchpoints": kept,
        "channel_figures": channel_figures(frame),
        "cases": plain_rows(case_rows(frame).drop(columns="customer_id")),
        "unanswered": plain_rows(waiting, ("at", "channel", "subject", "touchpoint_id", "source", "waiting")),
    }


def possible_contacts(store: Store, customer: str, keys: Sequence[str], day: str) -> list[dict[str, Any]]:
    """Contacts whose identifier the customer shares with others."""
    shared = until(of_customers(store, "touchpoints", keys, "key"), "at", day)
    shared = shared[shared["candidates"].fillna("").str.contains(customer, regex=False)]
    shared = shared.sort_values(_LATEST, ascending=[False, True, True])
    return plain_rows(
        shared,
        (
            "at",
            "channel",
            "direction",
            "identifier",
            "subject",
            "agent",
            "source",
            "touchpoint_id",
            "candidates",
        ),
    )


def failed_keys(frame: pd.DataFrame) -> dict[str, str]:
    """What failed last: match keys with the time, and "post" for the address; one customer's contacts."""
    failed: dict[str, str] = {}
    worked: dict[str, str] = {}
    post = frame["way"].eq("post").to_numpy(dtype=bool)
    keys = frame["key"].where(~post, "post")
    columns = (
        keys.tolist(),
        frame["at"].fillna("").tolist(),
        frame["failed"].tolist(),
        frame["direction"].tolist(),
    )
    for key, at, bad, direction in zip(*columns, strict=True):
        if not isinstance(key, str):
            continue
        if bad:
            failed[key] = max(at, failed.get(key, ""))
        elif direction == "in":
            worked[key] = max(at, worked.get(key, ""))
    return {key: at for key, at in failed.items() if worked.get(key, "") <= at}


def confirmed_keys(frame: pd.DataFrame) -> dict[str, str]:
    """When each address or number last came in: that confirms it."""
    came = frame[frame["direction"].eq("in") & ~frame["failed"] & frame["key"].notna() & frame["at"].notna()]
    last: dict[str, str] = {}
    for key, at in zip(came["key"].tolist(), came["at"].tolist(), strict=True):
        last[key] = max(at, last.get(key, ""))
    return last

"""Commercial facts of a customer: revenue by year, last order, open items, ABC class; opportunities."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from crmclean.store import Store
from crmclean.text.fold import fold
from crmclean.view.abc_classes import class_bounds, class_of, revenue_since
from crmclean.view.index import Index
from crmclean.view.rows import of_customers, plain_rows

__all__ = ["is_open", "names_case", "opportunity_rows", "order_facts", "task_rows"]

_ORDER = ("at", "order_id", "amount", "currency", "status", "sales_channel", "source")
_UNPAID = re.compile(
    r"^(?:offen|unbezahlt|ueberfaellig|gemahnt|mahnung|teilbezahlt|in mahnung|open|unpaid|overdue|due|dunning|partially paid|outstanding)\b"
)
_DONE = re.compile(
    r"^(?:erledigt|abgeschlossen|fertig|geschlossen|beendet|gewonnen|verloren|abgebrochen|storniert|done|completed?|"
    r"closed|cancell?ed|won|lost|finished|ja|yes|true|1|x)\b"
)


def order_facts(store: Store, orders: pd.DataFrame, index: Index | None = None) -> dict[str, Any]:
    """Count, last order, revenue by year and currency, open items, ABC class; credit notes are negative.

    Args:
        store: All orders, for the bounds of the classes where no index has them.
        orders: The customer's orders up to the day of the view.
        index: The index of the last run.
    """
    rows = orders.sort_values(["at", "source", "order_id"], ascending=[False, True, True])
    dated = orders[orders["at"].notna() & orders["amount"].notna()]
    years = dated.assign(year=dated["at"].str[:4], currency=dated["currency"].fillna(""))
    sums = years.groupby(["year", "currency"])[["amount"]].sum().reset_index()
    revenue: dict[str, dict[str, float]] = {}
    for row in plain_rows(sums):
        revenue.setdefault(row["year"], {})[row["currency"]] = round(row["amount"], 2)
    last = orders["at"].dropna()
    unpaid = orders[orders["status"].fillna("").map(lambda s: bool(_UNPAID.match(fold(s)))).astype(bool)]
    open_sums = unpaid.assign(currency=unpaid["currency"].fillna("")).groupby("currency")["amount"].sum()
    return {
        "count": len(orders),
        "last": str(last.max()) if len(last) else None,
        "revenue_by_year": revenue,
        "open_items": {str(c): round(float(s), 2) for c, s in open_sums.items()},
        "abc": _abc(store, orders, index) if len(orders) else None,
        "rows": plain_rows(rows, _ORDER),
    }


def _abc(store: Store, orders: pd.DataFrame, index: Index | None) -> dict[str, Any] | None:
    bounds = index.facts["abc"] if index is not None else class_bounds(store.load("orders"))
    if not bounds:
        return None
    revenue = revenue_since(orders, bounds)
    return {"class": class_of(revenue, bounds), "revenue": revenue} | {
        name: bounds[name] for name in ("since", "until", "currency")
    }


def names_case(touchpoint: Mapping[str, Any], opportunity_id: str) -> bool:
    """Whether a contact belongs to a sales case: by its row, or because its subject names it."""
    if touchpoint.get("opportunity_id") is not None:
        return bool(touchpoint["opportunity_id"] == opportunity_id)
    subject = str(touchpoint.get("subject") or "").casefold()
    return re.search(rf"(?<!\w){re.escape(opportunity_id.casefold())}(?!\w)", subject) is not None


def is_open(status: object) -> bool:
    """Whether a task or a sales case is still open; without a status it is.

    Example:
        >>> is_open("erledigt"), is_open("Offen"), is_open(None)
        (False, True, True)
    """
    return not (isinstance(status, str) and _DONE.match(fold(status)))


def task_rows(tasks: pd.DataFrame, day: str) -> list[dict[str, Any]]:
    """The tasks, open ones first, each with `open` and, where its day is past, `overdue`."""
    rows = plain_rows(tasks.sort_values(["due_to", "task_id"], na_position="last"))
    for row in rows:
        row["open"] = is_open(row.get("status"))
        row["overdue"] = bool(row["open"] and day and str(row.get("due_to", "9")) < day)
    return sorted(rows, key=lambda r: not r["open"])


def opportunity_rows(
    store: Store, own: pd.DataFrame, names: Any, touchpoints: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The sales cases, open ones first, with all who take part and the contacts that belong to each.

    Args:
        store: Where the other participants are.
        own: The customer's rows of the table opportunities.
        names: Function from customer ids to names by id.
        touchpoints: The customer's contacts.
    """
    if not len(own):
        return []
    ids = own["opportunity_id"].unique().tolist()
    everybody = of_customers(store, "opportunities", ids, "opportunity_id")
    called = names(everybody["customer_id"].dropna().unique().tolist())
    rows = []
    for row in plain_rows(own.drop_duplicates(["source", "opportunity_id"])):
        same = everybody[
            everybody["opportunity_id"].eq(row["opportunity_id"]) & everybody["source"].eq(row["source"])
        ]
        row["participants"] = [
            {
                "customer_id": p.get("customer_id"), "name": called.get(str(p.get("customer_id")), ""),
                "buying_role": p.get("buying_role"), "customer_no": p.get("customer_no"),
            }
            for p in plain_rows(same)
        ]  # fmt: skip
        row["open"] = is_open(row.get("stage"))
        row["contacts"] = sum(names_case(t, row["opportunity_id"]) for t in touchpoints)
        rows.append(row)
    return sorted(rows, key=lambda r: (not r["open"], str(r.get("expected_at") or "9"), r["opportunity_id"]))

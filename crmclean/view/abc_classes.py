"""ABC classes: the customers who bring most of the revenue.

The customers with orders are ranked by their revenue of the year before the last order of all. Those
who together bring the first 80 % are A, up to 95 % B, the others C; who bought nothing in that year has
no class. Amounts of different currencies are not added: the currency with most orders counts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

__all__ = ["class_bounds", "class_of", "revenue_since"]

_A, _B = 0.80, 0.95


def class_bounds(orders: pd.DataFrame) -> dict[str, Any]:
    """From which revenue on a customer is A or B, in which currency and time; {} without orders.

    Args:
        orders: All orders; uses customer_id, at, amount, currency.
    """
    known = orders[orders["customer_id"].notna() & orders["at"].notna() & orders["amount"].notna()]
    if not len(known):
        return {}
    currency = known["currency"].fillna("")
    main = str(currency.value_counts().sort_index().idxmax())
    until = str(known["at"].max())[:10]
    since = f"{int(until[:4]) - 1}{until[4:]}"
    year = known[currency.eq(main) & known["at"].str[:10].gt(since)]
    totals = year.groupby("customer_id")["amount"].sum().to_numpy(dtype=float)
    sums = np.sort(totals[totals > 0])[::-1]
    if not len(sums):
        return {}
    share = np.cumsum(sums) / sums.sum()
    # the customer with whom the share is reached still belongs to the class
    a, b = (float(sums[min(int(np.searchsorted(share, s - 1e-9)), len(sums) - 1)]) for s in (_A, _B))
    return {"since": since, "until": until, "currency": main, "a": round(a, 2), "b": round(b, 2)}


def revenue_since(orders: pd.DataFrame, bounds: dict[str, Any]) -> float:
    """The revenue of one customer's orders in the time and the currency of the classes."""
    at, currency = orders["at"].str[:10], orders["currency"].fillna("")
    chosen = at.gt(bounds["since"]) & at.le(bounds["until"]) & currency.eq(bounds["currency"])
    return round(float(orders.loc[chosen, "amount"].sum()), 2)


def class_of(revenue: float, bounds: dict[str, Any]) -> str | None:
    """A, B or C; None for who bought nothing.

    Example:
        >>> [class_of(r, {"a": 500.0, "b": 100.0}) for r in (900.0, 100.0, 1.0, 0.0)]
        ['A', 'B', 'C', None]
    """
    if revenue <= 0:
        return None
    return "A" if revenue >= bounds["a"] else "B" if revenue >= bounds["b"] else "C"

"""Touchpoints, orders, opportunities, tasks and qualifications: rows that follow their customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

import pandas as pd

from crmclean.config import Config
from crmclean.consent import policy_of
from crmclean.merge import (
    attach_opportunities,
    attach_orders,
    attach_qualifications,
    attach_tasks,
    attach_touchpoints,
)
from crmclean.normalize.event_points import record_numbers
from crmclean.normalize.events import (
    normalize_opportunities,
    normalize_orders,
    normalize_qualifications,
    normalize_tasks,
    normalize_touchpoints,
)
from crmclean.normalize.records import Normalized
from crmclean.read import ReadResult
from crmclean.schema import Table
from crmclean.tables import (
    ISSUES,
    OPPORTUNITIES,
    ORDERS,
    QUALIFICATIONS,
    TASKS,
    TOUCHPOINTS,
    Issues,
    Members,
    Orders,
    Touchpoints,
)

__all__ = ["Followed", "follow"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Followed:
    """The rows with their customers.

    Args:
        touchpoints: Contacts on all channels.
        orders: Orders.
        others: Opportunities, tasks and qualifications by table name.
        issues: What was wrong with them.
    """

    touchpoints: Touchpoints
    orders: Orders
    others: Mapping[str, pd.DataFrame]
    issues: Issues


def follow(
    read: ReadResult,
    normal: Normalized,
    members: Members,
    config: Config,
    *,
    before: Mapping[str, pd.DataFrame] | None = None,
) -> Followed:
    """All event tables, normalised and tied to the customers of this run.

    Args:
        read: Raw rows of the files.
        normal: Parties and contacts of the customers.
        members: Customers of the parties.
        config: Zone and country.
        before: Rows of earlier runs that the files do not bring again, by table name.
    """
    known = before or {}
    zone = policy_of(config.consent).timezone
    country = config.normalize.default_country or None
    numbers = record_numbers(normal.parties, normal.contacts) if len(read.touchpoints) else None
    touchpoints, found = normalize_touchpoints(
        read.touchpoints, timezone=zone, default_country=country, numbers=numbers
    )
    orders, found_orders = normalize_orders(read.orders)
    opportunities, found_opportunities = normalize_opportunities(read.opportunities)
    tasks, found_tasks = normalize_tasks(read.tasks)
    qualifications, found_qualifications = normalize_qualifications(read.qualifications)
    touchpoints = _over(TOUCHPOINTS, known, touchpoints)
    orders = _over(ORDERS, known, orders)
    opportunities = _over(OPPORTUNITIES, known, opportunities)
    tasks = _over(TASKS, known, tasks)
    qualifications = _over(QUALIFICATIONS, known, qualifications)
    issues = [found, found_orders, found_opportunities, found_tasks, found_qualifications]
    filled = [part for part in issues if len(part)]
    return Followed(
        touchpoints=_sorted(
            TOUCHPOINTS, attach_touchpoints(touchpoints, members, normal.parties, normal.contacts)
        ),
        orders=_sorted(ORDERS, attach_orders(orders, members, normal.parties)),
        others={
            "opportunities": _sorted(
                OPPORTUNITIES, attach_opportunities(opportunities, members, normal.parties)
            ),
            "tasks": _sorted(TASKS, attach_tasks(tasks, members, normal.parties)),
            "qualifications": _sorted(
                QUALIFICATIONS, attach_qualifications(qualifications, members, normal.parties)
            ),
        },
        issues=ISSUES.check(pd.concat(filled, ignore_index=True)) if filled else ISSUES.empty(),
    )


def _over(table: Table[T], known: Mapping[str, pd.DataFrame], fresh: T) -> T:
    """The rows of earlier runs and those of the files."""
    if not len(known.get(table.name, ())):
        return fresh
    rows = cast("pd.DataFrame", fresh)
    joined = pd.concat([known[table.name], rows], ignore_index=True) if len(rows) else known[table.name]
    return table.check(joined)


def _sorted(table: Table[T], frame: pd.DataFrame) -> T:
    """The rows in an order that neither files nor their rows change: by source and identifier."""
    first = list(dict.fromkeys(["source", *table.names[:2]]))
    rest = [name for name in table.names if name not in first]
    by = first if not frame.duplicated(first).any() else [*first, *rest]
    return table.check(frame.sort_values(by, na_position="first", kind="stable"))

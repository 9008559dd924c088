"""Whose decisions may be others than before: those whom something new touches, and those whose time has come.

A decision looks at the events of a customer and of its possible doubles, at the contact points they share with
others, and at the clock. The clock changes an answer only where an event begins to count, or a limit that hangs
on it passes: the end that it names, or months after it (`crmclean.consent.group` lists them). Whoever is named
here too many is decided as before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.consent.certain import Parts
from crmclean.consent.clock import instant
from crmclean.consent.columns import months_later
from crmclean.consent.event import RESTRICTIVE
from crmclean.consent.frames import MISSING, moments
from crmclean.consent.holdings import Holdings
from crmclean.consent.near import near_mails, near_numbers
from crmclean.consent.policy import Policy
from crmclean.fields import CHANNELS

__all__ = ["Since", "concerned"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since all customers were decided.

    Args:
        day: The day of those decisions.
        customers: Customers of which a record is new, changed or gone, and those that are or were compared with them.
        points: Contact points of these records, as they are and as they were.
        events: Ids of the events that are new.
    """

    day: str
    customers: pd.Index[Any]
    points: pd.Index[Any]
    events: pd.Index[Any] = field(default_factory=lambda: pd.Index([], dtype="str"))


def concerned(
    events: tuple[pd.DataFrame, pd.DataFrame],
    whose: tuple[Holdings, Parts],
    policy: Policy,
    since: Since,
    day: str,
) -> Mask:
    """Whether each customer of the holdings, or part of one, must be decided anew.

    Args:
        events: The events as they were assigned to customers, and all events.
        whose: Records and contact points of all customers, and their parts.
        policy: Its limits of time.
        since: What changed.
        day: The day asked about now.
    """
    (told, consents), (holdings, parts) = events, whose
    changed = pd.Index(since.points.astype("str").str.strip().str.lower()).unique()
    codes = _carried(changed, holdings)
    codes = np.union1d(codes, _meant(consents, changed, holdings))
    mask = np.zeros(len(holdings.customers), dtype=bool)
    mask[holdings.carried.loc[holdings.carried["point"].isin(codes), "customer"].to_numpy(dtype=np.int64)] = (
        True
    )
    rows = told["event_id"].isin(since.events).to_numpy() | told["point_code"].isin(codes).to_numpy()
    rows |= _due(told, policy, since.day, day)
    mask[told.loc[rows, "customer"].to_numpy(dtype=np.int64)] = True
    customers = parts.customers_of(holdings.customers)
    named = pd.Index(customers[mask]).union(since.customers.astype("str"))
    found: Mask = np.asarray(customers.isin(named), dtype=bool)
    return found


def _carried(points: pd.Index[Any], holdings: Holdings) -> Ints:
    """Codes of contact points."""
    found: Ints = holdings.alias[holdings.alias.index.isin(points)].unique().astype(np.int64)
    return found


def _meant(consents: pd.DataFrame, changed: pd.Index[Any], holdings: Holdings) -> Ints:
    """Codes of points that events may mean which name a changed one, or one like it."""
    lone = consents[consents["record_id"].isna()]
    columns = [lone[name] for name in ("contact_point", "contact_key") if name in lone]
    texts = pd.concat(columns).dropna().str.strip().str.lower().drop_duplicates().reset_index(drop=True)
    if not len(texts) or not len(changed):
        return np.zeros(0, dtype=np.int64)
    like = _near(texts, pd.Series(range(len(changed)), index=changed))
    asked = texts[texts.isin(changed).to_numpy() | texts.index.isin(like["place"])]
    every = pd.Series(range(len(holdings.texts)), index=holdings.texts)
    near = _near(asked.reset_index(drop=True), every)["point"].to_numpy(dtype=np.int64)
    return np.union1d(near, _carried(pd.Index(asked), holdings))


def _near(texts: pd.Series[Any], known: pd.Series[Any]) -> pd.DataFrame:
    return pd.concat([near_numbers(texts, known), near_mails(texts, known)])


def _due(told: pd.DataFrame, policy: Policy, one: str, two: str) -> Mask:
    """Events that begin to count between two days, or of which a limit passes; and those without any time."""
    low, high = (instant(day, policy.timezone, end=True) for day in sorted((one, two)))
    stated, recorded = (moments(told[name], policy.timezone) for name in ("at", "recorded_at"))
    effect = np.where(stated != MISSING, stated, recorded)
    if low is None or high is None:
        return np.ones(len(told), dtype=bool)
    if low == high:
        return np.zeros(len(told), dtype=bool)

    def between(times: Ints) -> Mask:
        return np.asarray((times != MISSING) & (times >= low) & (times <= high), dtype=bool)

    taking = told["event"].isin(RESTRICTIVE) | (
        (told["event"] == "imported_flag") & (told["value"] == "false")
    )
    due: Mask = np.asarray(between(effect) | ((effect == MISSING) & taking.to_numpy()), dtype=bool)
    due |= between(moments(told["valid_until"], policy.timezone, end=True))
    months = {policy.stale_months(channel) for channel in CHANNELS}
    for count in sorted(months | {policy.soft_opt_in.months, policy.presumed.months} - {0}):
        known = np.where(effect == MISSING, 0, effect)
        due |= between(np.where(effect == MISSING, MISSING, months_later(known, count)))
    return due

"""Whose an event is, by tables: through the record it was booked on, or the address it names.

An event keyed by a record belongs to the customer the record counts for. An event keyed by nothing
but an address or number belongs to every customer whose records carry it; if several do, what it
permits is nobody's (or its owner's, by policy) and what it denies is everybody's. A denial booked on
one customer's record closes a shared address or number for the others too. A denial of somebody who
is probably the same person counts as one's own (`crmclean.consent.certain`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crmclean.consent.certain import Parts
from crmclean.consent.event import DENIALS, RESTRICTIVE
from crmclean.consent.holdings import MOBILE, MOBILE_ONLY, POINT_KINDS, Holdings
from crmclean.consent.near import near_mails, near_numbers
from crmclean.consent.policy import Policy
from crmclean.fields import CHANNELS

__all__ = ["assign_events"]

# What tells whose an event is; the other columns are taken along at the end.
_NEEDED = ("source", "record_id", "channel", "event", "value", "contact_point")


def assign_events(
    consents: pd.DataFrame, holdings: Holdings, policy: Policy, parts: Parts | None = None
) -> pd.DataFrame:
    """The events once per customer they count for.

    With `parts` the holdings are those of the parts, and so are the customers: what takes away
    reaches the other parts of a customer, a denial the possible doubles, too.

    Columns added: `customer`, `record_code` and `point_code` (codes; points that nobody has get
    codes behind those of the holdings), `other` (somebody else's, counts on its contact point
    alone) and `shared` (keyed by a contact point of several customers).
    """
    given = consents.reset_index(drop=True)
    frame = given[[name for name in (*_NEEDED, "contact_key") if name in given]].copy()
    frame["place"] = np.arange(len(frame))
    frame["point_code"] = _point_codes(frame, holdings)
    frame = _meant(frame, holdings, policy)
    place = frame[["source", "record_id"]].merge(holdings.records, on=["source", "record_id"], how="left")
    frame["record_code"] = place["record"].fillna(-1).astype("int64").to_numpy()
    frame["customer"] = place["customer"].fillna(-1).astype("int64").to_numpy()
    by_record = frame[frame["customer"] >= 0].assign(other=False, shared=False)
    # A record that is not among the customers' says nothing of whose the event is.
    by_point = frame[(frame["customer"] < 0) & (frame["point_code"] >= 0)]
    by_point = by_point.assign(source=np.nan, record_id=np.nan)
    own = pd.concat([by_record, _keyed_by_point(by_point, holdings, policy)], ignore_index=True)
    told = pd.concat([_fitting(own, holdings), _closing(by_record, holdings, policy)], ignore_index=True)
    if parts is not None:
        told = pd.concat([told, *_of_kin(told, holdings, parts)], ignore_index=True)
    return _with_the_rest(told, given)


def _with_the_rest(told: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """All columns of the events; those in which nothing stands share one array."""
    place = told.pop("place").to_numpy()
    nothing = pd.Series(index=range(len(told)), dtype="str").array
    columns: dict[str, Any] = {str(name): told[name].array for name in told}
    for name in given:
        if name not in columns:
            columns[str(name)] = given[name].array.take(place) if given[name].notna().any() else nothing
    return pd.DataFrame(columns, copy=False)


def _of_kin(told: pd.DataFrame, holdings: Holdings, parts: Parts) -> list[pd.DataFrame]:
    """What takes away, once more for each part that is or may be the same person."""
    codes = pd.Series(range(len(holdings.customers)), index=holdings.customers)
    mine = told[~told["other"]]
    no = (mine["event"] == "imported_flag") & (mine["value"] == "false")
    found: list[pd.DataFrame] = []
    for pairs, kinds in ((parts.within, RESTRICTIVE), (parts.beyond, DENIALS)):
        if not len(pairs):
            continue
        reached = pd.DataFrame(
            {"customer": pairs["part"].map(codes), "kin": pairs["kin"].map(codes)}
        ).dropna()
        taking = mine[no | mine["event"].isin({*kinds, "correction"})]
        copied = taking.merge(reached.astype("int64"), on="customer")
        found.append(copied.assign(customer=copied["kin"], shared=False).drop(columns="kin"))
    return found


def _meant(frame: pd.DataFrame, holdings: Holdings, policy: Policy) -> pd.DataFrame:
    """Events keyed by a point that nobody carries as written, given to whom they mean.

    A number read under another country is that number; an address one letter away only takes away.
    """
    lost = frame["record_id"].isna() & (frame["point_code"] >= len(holdings.texts))
    if not lost.any():
        return frame
    written = (
        frame["contact_key"].fillna(frame["contact_point"])
        if "contact_key" in frame
        else frame["contact_point"]
    )
    unknown = written[lost].str.strip().str.lower()
    taking = frame["event"].isin(RESTRICTIVE) & bool(policy.doubtful_denials)
    known = pd.Series(range(len(holdings.texts)), index=holdings.texts)
    pairs = pd.concat([near_numbers(unknown, known), near_mails(unknown[taking[lost]], known)])
    if not len(pairs):
        return frame
    points = pairs["point"].to_numpy(dtype=np.int64)
    near = frame.loc[pairs["place"]].assign(
        point_code=points, contact_point=holdings.texts.take(points).array
    )
    kept = frame[~frame.index.isin(pairs["place"])]
    return pd.concat([kept, near]).sort_index(kind="stable").reset_index(drop=True)


def _point_codes(frame: pd.DataFrame, holdings: Holdings) -> pd.Series[Any]:
    """Codes of the contact points: by match key where normalisation gave one, else by spelling."""
    lower = frame["contact_point"].str.strip().str.lower()
    keys = frame["contact_key"].str.lower() if "contact_key" in frame else lower
    alias = holdings.alias
    alias = alias[alias.index.isin(pd.concat([lower, keys]).dropna().unique())]
    known = lower.map(alias)
    if "contact_key" in frame:
        by_key = keys.map(alias)
        known = by_key.where(by_key.notna() & lower.notna(), known)
    fresh = pd.factorize(lower.where(known.isna()))[0]
    unknown = np.where(fresh >= 0, fresh + len(holdings.texts), -1)
    return known.fillna(pd.Series(unknown, index=frame.index)).astype("int64")


def _fitting(own: pd.DataFrame, holdings: Holdings) -> pd.DataFrame:
    """Contact points that cannot serve the event's channel only said whose the event is.

    A consent to letters keyed by a mail address, to messages keyed by a landline: the person is
    known by it, but it is not the point the declaration is about.
    """
    text = own["contact_point"].astype("str")
    mail = text.str.contains("@", regex=False, na=False)
    known = own["point_code"].isin(holdings.points.loc[holdings.points["mobile"], "point"])
    mobile = known | text.str.match(MOBILE, na=False)
    fits = pd.Series(data=True, index=own.index)
    for channel in CHANNELS:
        here = own["channel"] == channel
        if channel not in POINT_KINDS:
            fits &= ~here
        elif channel == "email":
            fits &= ~here | mail
        else:
            fits &= ~here | (~mail & (mobile | (channel not in MOBILE_ONLY)))
    kept = fits | own["event"].isin(["bounced", "contact_point_ok"])
    return own.assign(point_code=own["point_code"].where(kept, -1), contact_point=text.where(kept))


def _keyed_by_point(frame: pd.DataFrame, holdings: Holdings, policy: Policy) -> pd.DataFrame:
    """The events for every customer who carries their contact point."""
    spread = _to_carriers(frame, holdings)
    counting = holdings.carried[holdings.carried["records"] > 0]
    counting = counting[counting["point"].isin(spread["point_code"])]
    users = counting.groupby("point")["customer"].nunique()
    shared = (spread["point_code"].map(users).fillna(0) > 1).to_numpy()
    if policy.shared_contact_grants == "owner":
        owner = spread["point_code"].map(_owners(counting))
        shared = shared & (owner.isna() | (owner != spread["customer"])).to_numpy()
    return spread.assign(other=False, shared=shared)


def _to_carriers(frame: pd.DataFrame, holdings: Holdings) -> pd.DataFrame:
    carried = holdings.carried[["point", "customer"]].rename(columns={"point": "point_code"})
    return frame.drop(columns="customer").merge(carried, on="point_code")


def _owners(counting: pd.DataFrame) -> pd.Series[Any]:
    """The customer on whose records a shared point stands more often than on anybody else's."""
    most = counting.groupby("point")["records"].transform("max")
    top = counting[counting["records"] == most]
    return top[~top.duplicated("point", keep=False)].set_index("point")["customer"]


def _closing(by_record: pd.DataFrame, holdings: Holdings, policy: Policy) -> pd.DataFrame:
    """Denials and bounces booked on one customer's record, for the others who share the point."""
    no = (by_record["event"] == "imported_flag") & (by_record["value"] == "false")
    denies = (by_record["event"].isin(DENIALS) | no) & policy.shared_contact_denials
    reaching = denies | by_record["event"].isin({"bounced", "contact_point_ok"})
    frame = by_record[reaching & (by_record["point_code"] >= 0)]
    spread = _to_carriers(frame.assign(booked=frame["customer"]), holdings)
    return (
        spread[spread["customer"] != spread["booked"]].drop(columns="booked").assign(other=True, shared=False)
    )

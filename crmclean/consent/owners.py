"""Whose an event is, by tables: through the record it was booked on, or the address it names.

An event keyed by a record belongs to the customer the record counts for. An event keyed by nothing
but an address or number belongs to every customer whose records carry it; if several do, what it
permits is nobody's (or its owner's, by policy) and what it denies is everybody's. A denial booked on
one customer's record closes a shared address or number for the others too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.consent.event import DENIALS
from crmclean.consent.frames import combine
from crmclean.consent.policy import Policy
from crmclean.fields import CHANNELS

__all__ = ["Holdings", "assign_events", "holdings_of", "points_on"]

Ints = npt.NDArray[np.int64]
_KINDS = {"email": "email", "phone": "phone", "robocall": "phone", "sms": "phone", "messenger": "phone"} | {
    "fax": "fax"
}
_MOBILE_ONLY = frozenset({"sms", "messenger"})
# Mobile ranges of Germany, Austria and Switzerland: numbering plans of BNetzA, RTR and BAKOM.
_MOBILE = r"\+49(?:15|16|17)\d|\+43(?:65|66|67|68|69)\d|\+417[4-9]"


@dataclass(frozen=True, slots=True)
class Holdings:
    """Who has which records and contact points; customers and records as codes.

    Args:
        customers: Their ids, sorted; a code is the place here.
        kinds: person or organization of each.
        records: source, record_id, `record` (code), `customer` it counts for.
        points: customer, kind, point (comparable), value (shown), mobile, valid.
        carried: point and customer, each pair once, with `records` that show it.
        record_points: record, point.
        alias: Other spellings of points.
    """

    customers: list[str]
    kinds: list[str]
    records: pd.DataFrame
    points: pd.DataFrame
    carried: pd.DataFrame
    record_points: pd.DataFrame
    alias: pd.Series[Any]


def holdings_of(members: pd.DataFrame, contacts: pd.DataFrame) -> Holdings:
    """The holdings of `members` (customer_id, party, source, record_id, kind, is_primary) and `contacts`."""
    codes, ids = pd.factorize(members["customer_id"], sort=True)
    owned = members[["party", "source", "record_id"]].assign(customer=codes.astype(np.int64))
    owned["record"] = combine(pd.factorize(owned["source"])[0], pd.factorize(owned["record_id"])[0])
    kinds = members.drop_duplicates("customer_id").set_index("customer_id")["kind"].reindex(ids)
    order = np.lexsort((owned["party"].to_numpy().astype(str), ~members["is_primary"].to_numpy(dtype=bool)))
    counting = owned.iloc[order].drop_duplicates("record")[["source", "record_id", "record", "customer"]]
    usable = contacts[contacts["value"].notna() & contacts["kind"].isin(["email", "phone", "fax", "handle"])]
    lower = usable["value"].str.strip().str.lower()
    held = pd.DataFrame(
        {
            "party": usable["party"],
            "kind": usable["kind"],
            "point": usable["key"].str.lower().fillna(lower),
            "lower": lower,
            "value": usable["value"],
            "mobile": (usable["type"] == "mobile") | usable["value"].str.match(_MOBILE),
            "valid": usable["valid"],
        }
    ).merge(owned[["party", "customer", "record"]], on="party")
    by_record = (
        held[["point", "record"]].drop_duplicates().merge(counting[["record", "customer"]], on="record")
    )
    counted = by_record.groupby(["point", "customer"]).size().rename("records").reset_index()
    pairs = pd.concat([counted, held[["point", "customer"]].assign(records=0)]).drop_duplicates(
        ["point", "customer"]
    )
    return Holdings(
        customers=[str(i) for i in ids],
        kinds=[str(k) for k in kinds],
        records=counting,
        points=_points(held),
        carried=pairs.reset_index(drop=True),
        record_points=held[["record", "point"]].drop_duplicates(),
        alias=held.sort_values("point").drop_duplicates("lower").set_index("lower")["point"],
    )


def _points(held: pd.DataFrame) -> pd.DataFrame:
    """Each contact point of a customer once: mobile or valid if any of its records says so."""
    ordered = held.sort_values(["customer", "kind", "point", "value"], kind="stable")
    keys = ["customer", "kind", "point"]
    first = ordered.drop_duplicates(keys)[[*keys, "value"]].reset_index(drop=True)
    flags = ordered.groupby(keys, sort=True)[["mobile", "valid"]].any().reset_index()
    return first.assign(mobile=flags["mobile"].to_numpy(), valid=flags["valid"].to_numpy())


def points_on(holdings: Holdings, channel: str) -> pd.DataFrame:
    """The contact points that serve a channel; none for channels without (letters, visits)."""
    points = holdings.points
    fitting = points["kind"] == _KINDS.get(channel, "")
    if channel in _MOBILE_ONLY:
        fitting &= points["mobile"]
    return points[fitting]


def assign_events(consents: pd.DataFrame, holdings: Holdings, policy: Policy) -> pd.DataFrame:
    """The events once per customer they count for.

    Columns added: `customer` and `record_code` (codes), `other` (somebody else's, counts on its
    contact point alone) and `shared` (keyed by a contact point of several customers);
    `contact_point` is in comparable form.
    """
    frame = consents.reset_index(drop=True)
    lower = frame["contact_point"].str.strip().str.lower()
    known = lower.map(holdings.alias)
    frame["contact_point"] = known.where(known.notna(), lower).astype("str")
    place = frame[["source", "record_id"]].merge(holdings.records, on=["source", "record_id"], how="left")
    frame["record_code"] = place["record"].fillna(-1).astype("int64").to_numpy()
    frame["customer"] = place["customer"].fillna(-1).astype("int64").to_numpy()
    by_record = frame[frame["customer"] >= 0].assign(other=False, shared=False)
    # A record that is not among the customers' says nothing of whose the event is.
    by_point = frame[(frame["customer"] < 0) & frame["contact_point"].notna()]
    by_point = by_point.assign(source=np.nan, record_id=np.nan)
    own = pd.concat([by_record, _keyed_by_point(by_point, holdings, policy)], ignore_index=True)
    return pd.concat([_fitting(own, holdings), _closing(by_record, holdings, policy)], ignore_index=True)


def _fitting(own: pd.DataFrame, holdings: Holdings) -> pd.DataFrame:
    """Contact points that cannot serve the event's channel only said whose the event is.

    A consent to letters keyed by a mail address, to messages keyed by a landline: the person is
    known by it, but it is not the point the declaration is about.
    """
    point = own["contact_point"].astype("str")
    mail = point.str.contains("@", regex=False, na=False)
    mobile = point.isin(holdings.points.loc[holdings.points["mobile"], "point"]) | point.str.match(
        _MOBILE, na=False
    )
    fits = pd.Series(data=True, index=own.index)
    for channel in CHANNELS:
        here = own["channel"] == channel
        if channel not in _KINDS:
            fits &= ~here
        elif channel == "email":
            fits &= ~here | mail
        else:
            fits &= ~here | (~mail & (mobile | (channel not in _MOBILE_ONLY)))
    kept = fits | own["event"].isin(["bounced", "contact_point_ok"])
    return own.assign(contact_point=point.where(kept))


def _keyed_by_point(frame: pd.DataFrame, holdings: Holdings, policy: Policy) -> pd.DataFrame:
    """The events for every customer who carries their contact point."""
    counting = holdings.carried[holdings.carried["records"] > 0]
    users = counting.groupby("point")["customer"].nunique()
    spread = _to_carriers(frame, holdings)
    shared = (spread["contact_point"].map(users).fillna(0) > 1).to_numpy()
    if policy.shared_contact_grants == "owner":
        owner = spread["contact_point"].map(_owners(counting))
        shared = shared & (owner.isna() | (owner != spread["customer"])).to_numpy()
    return spread.assign(other=False, shared=shared)


def _to_carriers(frame: pd.DataFrame, holdings: Holdings) -> pd.DataFrame:
    carried = holdings.carried[["point", "customer"]].rename(columns={"point": "contact_point"})
    return frame.drop(columns="customer").merge(carried, on="contact_point")


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
    frame = by_record[reaching & by_record["contact_point"].notna()]
    spread = _to_carriers(frame.assign(booked=frame["customer"]), holdings)
    return (
        spread[spread["customer"] != spread["booked"]].drop(columns="booked").assign(other=True, shared=False)
    )

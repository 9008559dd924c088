"""Who has which records and contact points: members and contacts as whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.consent.frames import combine

__all__ = ["MOBILE", "MOBILE_ONLY", "POINT_KINDS", "Holdings", "holdings_of", "points_on"]

Ints = npt.NDArray[np.int64]
POINT_KINDS = {
    "email": "email",
    "phone": "phone",
    "robocall": "phone",
    "sms": "phone",
    "messenger": "phone",
    "fax": "fax",
}
MOBILE_ONLY = frozenset({"sms", "messenger"})
# Mobile ranges of Germany, Austria and Switzerland: numbering plans of BNetzA, RTR and BAKOM.
MOBILE = r"\+49(?:15|16|17)\d|\+43(?:65|66|67|68|69)\d|\+417[4-9]"


@dataclass(frozen=True, slots=True)
class Holdings:
    """Customers, records and contact points, each with a code; frames of codes.

    Args:
        customers: Customer ids, sorted; a code is the place here.
        kinds: person or organization, per customer.
        texts: Contact points in comparable form.
        records: source, record_id, `record`, `customer` it counts for.
        points: customer, kind, point, value (as shown), mobile, valid; by customer and value.
        carried: point, customer, each pair once; `records` that show it (0: only another party's).
        record_points: record, point.
        alias: Spelling of a contact point = its code.
    """

    customers: pd.Index[Any]
    kinds: pd.Series[Any]
    texts: pd.Index[Any]
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
    first = pd.Series(codes).drop_duplicates().sort_values().index
    counting = _counting(owned, members["is_primary"].to_numpy(dtype=bool))
    held, texts, alias = _held(contacts, owned)
    by_record = (
        held[["point", "record"]].drop_duplicates().merge(counting[["record", "customer"]], on="record")
    )
    counted = by_record.groupby(["point", "customer"], sort=False).size().rename("records").reset_index()
    pairs = pd.concat([counted, held[["point", "customer"]].assign(records=0)], ignore_index=True)
    return Holdings(
        customers=pd.Index(ids, dtype="str"),
        kinds=members["kind"].iloc[first].astype("str").reset_index(drop=True),
        texts=texts,
        records=counting,
        points=_points(held[held["value"].notna()]),
        carried=pairs.drop_duplicates(["point", "customer"]).reset_index(drop=True),
        record_points=held[["record", "point"]].drop_duplicates(),
        alias=alias,
    )


def _counting(owned: pd.DataFrame, primary: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """The customer each record counts for: its primary party's, else that of the smallest party."""
    names = ["source", "record_id", "record", "customer"]
    several = owned.duplicated("record", keep=False).to_numpy()
    more = owned[several].assign(second=~primary[several]).sort_values(["record", "second", "party"])
    return pd.concat([owned[~several], more.drop_duplicates("record")])[names]


def _held(contacts: pd.DataFrame, owned: pd.DataFrame) -> tuple[pd.DataFrame, pd.Index[Any], pd.Series[Any]]:
    """Every usable contact with its customer and record; texts of the points; other spellings."""
    kinds = ["email", "phone", "fax", "handle"]
    # A number outside the numbering plan has no value but a key: it cannot be called, and still
    # tells whose a withdrawal is.
    known = contacts["value"].notna() | contacts["key"].notna()
    usable = contacts[known & contacts["kind"].isin(kinds)]
    lower = usable["value"].str.strip().str.lower()
    key = usable["key"].str.lower().fillna(lower)
    codes, texts = pd.factorize(key)
    other = (lower != key).fillna(False).to_numpy(dtype=bool)
    alias = _alias(texts, pd.DataFrame({"lower": lower[other], "point": codes[other], "text": key[other]}))
    mobile = (usable["type"] == "mobile") | usable["value"].str.match(MOBILE, na=False)
    held = usable[["party", "kind", "value", "valid"]].assign(point=codes.astype(np.int64), mobile=mobile)
    return held.merge(owned[["party", "customer", "record"]], on="party"), pd.Index(texts, dtype="str"), alias


def _alias(texts: Any, spelled: pd.DataFrame) -> pd.Series[Any]:
    """The code of every text, and of every other spelling; of two codes that of the smaller text."""
    base = pd.DataFrame({"lower": texts, "point": np.arange(len(texts)), "text": texts})
    spelled = spelled.dropna().drop_duplicates()
    clash = base["lower"].isin(spelled["lower"])
    more = pd.concat([base[clash], spelled]).sort_values(["lower", "text"]).drop_duplicates("lower")
    both = pd.concat([base[~clash], more], ignore_index=True)
    return pd.Series(both["point"].to_numpy(dtype=np.int64), index=pd.Index(both["lower"], dtype="str"))


def _points(held: pd.DataFrame) -> pd.DataFrame:
    """Each contact point of a customer once: mobile or valid if any of its records says so."""
    keys = ["customer", "kind", "point"]
    names = [*keys, "value", "mobile", "valid"]
    several = held.duplicated(keys, keep=False)
    more = held[several].sort_values([*keys, "value"])
    flags = more.groupby(keys, sort=False)[["mobile", "valid"]].any().reset_index(drop=True)
    once = more.drop_duplicates(keys)[[*keys, "value"]].reset_index(drop=True)
    joined = pd.concat(
        [held.loc[~several, names], pd.concat([once, flags], axis=1)[names]], ignore_index=True
    )
    many = joined.duplicated("customer", keep=False)
    ordered = joined[many].sort_values(["customer", "value"], kind="stable")
    return pd.concat([joined[~many], ordered]).sort_values("customer", kind="stable").reset_index(drop=True)


def points_on(holdings: Holdings, channel: str) -> pd.DataFrame:
    """The contact points that serve a channel; none for channels without (letters, visits)."""
    points = holdings.points
    fitting = points["kind"] == POINT_KINDS.get(channel, "")
    if channel in MOBILE_ONLY:
        fitting &= points["mobile"]
    return points[fitting]

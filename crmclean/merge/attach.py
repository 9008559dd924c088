"""Touchpoints, orders and other facts find their customer.

A fact knows its customer by an address, a number, a handle or a customer number. What belongs to
one customer is attached; what several share names them as candidates; the rest is kept without a
customer. Nothing is guessed.
"""

from __future__ import annotations

import re

import pandas as pd

from crmclean.tables import (
    OPPORTUNITIES,
    ORDERS,
    QUALIFICATIONS,
    TASKS,
    TOUCHPOINTS,
    Contacts,
    Members,
    Opportunities,
    Orders,
    Parties,
    Qualifications,
    Tasks,
    Touchpoints,
)

__all__ = [
    "attach_opportunities",
    "attach_orders",
    "attach_qualifications",
    "attach_tasks",
    "attach_touchpoints",
    "number_in_text",
]

# as in: Kundennummer 10234; Kd.-Nr.: 10234; KdNr 10234; customer no. 10234
_NUMBER = re.compile(
    r"\b(?:kunden?|kd|customer|cust|client)[\s.\-]*(?:nummer|nr|no|number|id)?[\s.:#\-]*(?P<no>[a-z]{0,3}[\-]?\d{3,})\b",
    re.IGNORECASE,
)
_NOT_WORD = re.compile(r"[\W_]+")


def number_in_text(text: str) -> str | None:
    """The customer number that a subject names, compact, or None.

    Example:
        >>> number_in_text("Rechnung zu Kd.-Nr.: 10234")
        '10234'
        >>> number_in_text("Rechnung 2024-113") is None
        True
    """
    found = _NUMBER.search(text)
    return _compact(found["no"]) if found else None


def _compact(text: str) -> str:
    return _NOT_WORD.sub("", text).upper()


def _compact_column(column: pd.Series[str]) -> pd.Series[str]:
    """The column in compact form, worked out once per distinct value; blank is missing."""
    codes, uniques = pd.factorize(column)
    values = pd.array([_compact(str(u)) or None for u in uniques] or [None], dtype="str")
    return pd.Series(values.take(codes, allow_fill=True), index=column.index)


def attach_touchpoints(
    touchpoints: Touchpoints, members: Members, parties: Parties, contacts: Contacts
) -> Touchpoints:
    """The touchpoints with their customer, or the candidates that share the identifier.

    In this order: the customer of the record that the row is itself; the one customer that has
    the identifier; a customer number named in the subject, which may also decide between
    candidates. A contact point that stands on a row with a person and a company counts for the
    one the row counts for.

    Args:
        touchpoints: Uses source, record_id, identifier_kind, key, subject; a customer that is
            already there is worked out anew.
        members: All columns.
        parties: Uses party, customer_no.
        contacts: Uses party, kind, key.
    """
    if not len(touchpoints):  # indexes of all customers are made for somebody alone
        return TOUCHPOINTS.check(touchpoints)
    index = pd.concat([_contact_index(contacts, members), _number_index(members, parties)], ignore_index=True)
    index = index.drop_duplicates()
    frame = touchpoints.reset_index(drop=True)
    frame = frame.assign(customer_id=pd.Series([None] * len(frame), dtype="str"), candidates=None)
    kind = frame["identifier_kind"].fillna("")
    key = frame["key"].where(
        kind.ne("customer_no"), _compact_column(frame["key"].fillna(frame["identifier"]))
    )
    answer = _lookup(kind + "\n" + key, index)
    named = frame["subject"].map(_named(frame["subject"])).astype("str")
    said = _lookup("customer_no\n" + named, index)
    one, several = answer["one"], answer["several"]
    said_one = said["one"]
    # the number in the subject decides between candidates, never against the identifier
    among = several.notna() & said_one.notna() & _contains(several, said_one)
    silent = one.isna() & several.isna()
    one = one.where(~(among | silent), said_one)
    several = several.where(one.isna()).where(~silent, said["several"])
    own = _own_record(frame, members)
    frame["customer_id"] = own.fillna(one)
    frame["candidates"] = several.where(frame["customer_id"].isna())
    return TOUCHPOINTS.check(frame)


def _named(subjects: pd.Series[str]) -> dict[str, str]:
    found = {text: number_in_text(text) for text in subjects.dropna().unique()}
    return {text: number for text, number in found.items() if number is not None}


def _contains(lists: pd.Series[str], one: pd.Series[str]) -> pd.Series[bool]:
    pairs = zip(lists.fillna("").tolist(), one.fillna("-").tolist(), strict=True)
    return pd.Series([b in a for a, b in pairs], index=lists.index, dtype="bool")


def _own_record(frame: pd.DataFrame, members: Members) -> pd.Series[str]:
    first = pd.DataFrame(members[members["is_primary"]])
    customer = pd.Series(first["customer_id"].array, index=first["source"] + "\n" + first["record_id"])
    return (frame["source"] + "\n" + frame["record_id"]).map(customer).astype("str")


def _contact_index(contacts: Contacts, members: Members) -> pd.DataFrame:
    """Which customers have a contact point: columns key, customer_id."""
    frame = contacts[contacts["key"].notna()]
    row = pd.Index(members["party"]).get_indexer(pd.Index(frame["party"]))
    frame = frame.assign(row=row)[row >= 0]
    member = members.iloc[frame["row"].to_numpy()]
    known = pd.DataFrame(
        {
            "key": (frame["kind"] + "\n" + frame["key"]).array,
            "customer_id": member["customer_id"].array,
            "account": (member["source"] + "\n" + member["record_id"]).array,
            "is_primary": member["is_primary"].to_numpy(),
        },
    )
    return _accounts_once(known)


def _accounts_once(known: pd.DataFrame) -> pd.DataFrame:
    """One customer per key and record: the one the record counts for, if it has the key."""
    known = known.sort_values(["key", "account", "is_primary"], ascending=[True, True, False], kind="stable")
    head = known.drop_duplicates(["key", "account"])
    # a couple on one row shares its number: without a primary holder both stay
    shared = known[~known["is_primary"]].merge(head.loc[~head["is_primary"], ["key", "account"]])
    return pd.concat([head[head["is_primary"]], shared])[["key", "customer_id"]]


def _number_index(members: Members, parties: Parties) -> pd.DataFrame:
    """Which customers have a customer number: columns key, customer_id.

    A number belongs to the record that it is the key of, in the sources whose keys are customer
    numbers; a number that is no such key belongs to the records that name it. A record key of
    another source counts where it is the key of one record alone.
    """
    row = pd.Index(parties["party"]).get_indexer(pd.Index(members["party"]))
    frame = pd.DataFrame(members)
    frame = frame.assign(
        number=_compact_column(parties["customer_no"]).array.take(row, allow_fill=True),
        own=_compact_column(frame["record_id"]),
        account=frame["source"] + "\n" + frame["record_id"],
    )
    owners = _keyed(frame[frame["source"].isin(_ledgers(frame))], "own")
    named = _keyed(frame[frame["number"].notna() & ~frame["number"].isin(owners["key"])], "number")
    taken = pd.concat([owners["key"], named["key"]]).unique()
    rest = _keyed(frame[~frame["own"].isin(taken)], "own")
    unique = rest.drop_duplicates("account")["key"].value_counts()
    rest = rest[rest["key"].isin(unique.index[unique.eq(1)])]
    known = pd.concat([owners, named, rest]).dropna(subset="key")
    return _accounts_once(known.assign(key="customer_no\n" + known["key"]))


def _keyed(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """The frame with one of its columns as key; an empty frame stays empty."""
    return frame.assign(key=frame[column])


def _ledgers(frame: pd.DataFrame) -> list[str]:
    """Sources whose record keys are customer numbers.

    Most of their rows carry their own key as customer number, or most of the customer numbers that
    other sources name are keys there.
    """
    numbered = frame[frame["number"].notna()]
    share = numbered["number"].eq(numbered["own"]).groupby(numbered["source"]).mean()
    own = share.index[share.gt(0.5)].tolist()
    named = set(numbered["number"][numbered["number"].ne(numbered["own"])].tolist())
    if own or not named:
        return own
    known = frame[frame["own"].isin(named)].groupby("source")["own"].nunique()
    return known.index[known.gt(len(named) / 2)].tolist()


def _lookup(keys: pd.Series[str], index: pd.DataFrame) -> pd.DataFrame:
    """For each key its one customer, or the several that share it, separated by blanks."""
    wanted = index[index["key"].isin(keys)].drop_duplicates().sort_values(["key", "customer_id"])
    lone = ~wanted["key"].duplicated(keep=False)
    one = wanted[lone].set_index("key")["customer_id"]
    many = wanted[~lone].groupby("key")["customer_id"].agg(" ".join).astype("str")
    return pd.DataFrame({"one": keys.map(one).astype("str"), "several": keys.map(many).astype("str")})


def _by_number(frame: pd.DataFrame, members: Members, parties: Parties) -> pd.DataFrame:
    if not len(frame):
        return frame
    index = _number_index(members, parties).drop_duplicates()
    found = _lookup("customer_no\n" + _compact_column(frame["customer_no"]).reset_index(drop=True), index)
    return frame.reset_index(drop=True).assign(customer_id=found["one"])


def attach_orders(orders: Orders, members: Members, parties: Parties) -> Orders:
    """The orders with the one customer that has their customer number."""
    return ORDERS.check(_by_number(orders, members, parties))


def attach_opportunities(opportunities: Opportunities, members: Members, parties: Parties) -> Opportunities:
    """The sales cases with their customer; see `attach_orders`."""
    return OPPORTUNITIES.check(_by_number(opportunities, members, parties))


def attach_tasks(tasks: Tasks, members: Members, parties: Parties) -> Tasks:
    """The planned activities with their customer; see `attach_orders`."""
    return TASKS.check(_by_number(tasks, members, parties))


def attach_qualifications(
    qualifications: Qualifications, members: Members, parties: Parties
) -> Qualifications:
    """The segmenting facts with their customer; see `attach_orders`."""
    return QUALIFICATIONS.check(_by_number(qualifications, members, parties))

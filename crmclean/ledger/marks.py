"""What tells a person again: mail addresses, numbers, handles, postal address with name, record ids.

Each mark has one normal form, so that the same person read from another file gives the same marks.
They are hashed under a key when a person is erased, and looked up whenever records come in.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from crmclean.normalize.records import Normalized
from crmclean.text.fold import fold, tokens

__all__ = ["event_marks", "marks_of", "postal_mark"]

_CHANNELS = {"email": "email", "phone": "number", "fax": "number", "handle": "handle"}
# A mailbox or number of an office is not one person's.
_OFFICE = frozenset({"role", "central"})
_STREET = (("strasse", "str"), ("platz", "pl"))
MARKS = ["source", "record_id", "channel", "value", "name", "office"]


def marks_of(normal: Normalized) -> pd.DataFrame:
    """The marks of all records.

    Returns:
        source, record_id, channel (email, number, handle, post, record), value (normal form), name
        (folded, missing where there is none), office (whether it is a mailbox or number of an office).
    """
    parties = normal.parties[["party", "source", "record_id", "kind"]].assign(name=_names(normal.parties))
    contacts = normal.contacts[normal.contacts["kind"].isin(_CHANNELS)].merge(parties, on="party")
    channel = contacts["kind_x"].map(_CHANNELS)
    base = contacts[["source", "record_id", "name"]].assign(
        channel=channel, office=contacts["type"].isin(_OFFICE) | (contacts["kind_y"] == "organization")
    )
    spelled = [base.assign(value=contacts[form].str.lower()) for form in ("value", "key")]
    records = parties[["source", "record_id"]].drop_duplicates()
    records = records.assign(
        channel="record", value=records["source"] + ":" + records["record_id"], office=False
    )
    found = pd.concat([*spelled, _postal(normal, parties), records], ignore_index=True)
    found = found[found["value"].notna() & (found["value"] != "")]
    return found[MARKS].drop_duplicates().reset_index(drop=True)


def _names(parties: pd.DataFrame) -> pd.Series[Any]:
    """Given and family name, folded, words in order; missing without a family name."""
    given, family = parties["given_name"].fillna(""), parties["family_name"].fillna("")
    joined = (given + "\x1f" + family).where(family != "")
    codes, texts = pd.factorize(joined)
    forms = [_name(str(text)) for text in texts]
    return pd.Series([*forms, None], dtype="str").take(codes).set_axis(parties.index)


def _name(text: str) -> str:
    given, _, family = text.partition("\x1f")
    return " ".join([*tokens(given)[:1], *tokens(family)])


def _postal(normal: Normalized, parties: pd.DataFrame) -> pd.DataFrame:
    """Letters: name, street, house number and postcode together."""
    columns = ["street", "house_number", "postal_code"]
    places = normal.addresses[["party", *columns]].merge(parties, on="party")
    places = places[places["name"].notna() & places["street"].notna() & places["postal_code"].notna()]
    texts = places["name"]
    for column in columns:
        texts = texts + "\x1f" + places[column].fillna("")
    codes, distinct = pd.factorize(texts)
    forms = [postal_mark(*str(text).split("\x1f")) for text in distinct.tolist()]
    value = pd.Series(forms, dtype="str").take(codes).set_axis(places.index)
    return places[["source", "record_id", "name"]].assign(channel="post", value=value, office=False)


def postal_mark(name: str, street: str, house_number: str, postal_code: str) -> str:
    """The normal form of a person at an address.

    Example:
        >>> postal_mark("ida koehler", "Lindenstraße", "4 a", "80331")
        'ida koehler|lindenstr|4a|80331'
    """
    road = "".join(tokens(street))
    for long, short in _STREET:
        road = road.removesuffix(long) + short if road.endswith(long) else road
    return "|".join([name, road, "".join(tokens(house_number)), fold(postal_code).replace(" ", "")])


def event_marks(events: pd.DataFrame) -> pd.DataFrame:
    """The marks of consent events or touchpoints: place (row), channel, value.

    Args:
        events: source, record_id and any of contact_point, contact_key, key, event_id.
    """
    parts = []
    named = events["record_id"].notna() if "record_id" in events else pd.Series(False, index=events.index)
    if named.any():
        rows = events[named]
        value = rows["source"].fillna("") + ":" + rows["record_id"]
        parts.append(pd.DataFrame({"place": rows.index, "channel": "record", "value": value}))
    for column in ("contact_point", "contact_key", "key"):
        if column in events:
            value = events.loc[events[column].notna(), column].astype("str").str.strip().str.lower()
            channel = value.str.contains("@", regex=False).map({True: "email", False: "number"})
            parts.append(pd.DataFrame({"place": value.index, "channel": channel, "value": value}))
    if "event_id" in events:
        value = events.loc[events["event_id"].notna(), "event_id"]
        parts.append(pd.DataFrame({"place": value.index, "channel": "event", "value": value}))
    if not parts:
        return pd.DataFrame({"place": [], "channel": [], "value": []})
    return pd.concat(parts, ignore_index=True).drop_duplicates()

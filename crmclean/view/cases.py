"""Contacts as cases: what belongs together, where the channel changed, what was never answered.

Contacts of one customer about one matter, none more than a fortnight after the one before, are a case.
The matter is the subject without Re:, numbers and signs; a contact of a sales case belongs to that.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmclean.text.fold import fold
from crmclean.view.ways import channels_of, is_written

__all__ = ["case_rows", "matter_of", "unanswered_rows", "with_cases"]

GAP_DAYS = 14
TWICE_DAYS = 3  # a second opening on another channel within so many days is the same matter again
_REPLY = re.compile(r"^(?:\s*(?:re|aw|wg|fwd?|antw|antwort)\s*(?:\[\d+\])?\s*:)+", re.IGNORECASE)
_NUMBER = re.compile(
    r"\b(?:kunden?|kd|customer|ticket|case|vorgang)[\s.\-]*(?:nummer|nr|no|number|id)?[\s.:#\-]*\w*\d\w*"
)
_NOT_LETTER = re.compile(r"[\W\d_]+")
_MISSED = re.compile(r"verpasst|missed|no answer|nicht erreicht|keine antwort|voicemail|mailbox")
Flags = NDArray[np.bool_]


def matter_of(subject: str) -> str:
    """What a subject is about: without Re:, customer numbers, digits and signs.

    Example:
        >>> matter_of("AW: Re: Rechnung 4711 falsch! Kundennummer 10234")
        'rechnung falsch'
    """
    text = _NUMBER.sub(" ", fold(_REPLY.sub("", subject)))
    return " ".join(_NOT_LETTER.sub(" ", text).split())


def with_cases(touchpoints: pd.DataFrame) -> pd.DataFrame:
    """The contacts in the order of customer and time, with columns way, days, matter and case.

    `case` is a number; contacts without a customer or a time are cases of their own.

    Args:
        touchpoints: Uses customer_id, at, channel, subject, opportunity_id, source, touchpoint_id.
    """
    codes, subjects = pd.factorize(touchpoints["subject"])
    matters = np.array([*(matter_of(str(s)) for s in subjects), ""], dtype=object)[codes]
    sales = touchpoints["opportunity_id"]
    matters = np.where(sales.notna(), "\n" + sales.fillna(""), matters)
    frame = touchpoints.assign(
        way=channels_of(touchpoints["channel"]), days=_days(touchpoints["at"]), matter=matters
    )
    frame = frame.sort_values(["customer_id", "matter", "at", "source", "touchpoint_id"], kind="stable")
    same = np.zeros(len(frame), dtype=bool)
    if len(frame) > 1:
        customer, matter = frame["customer_id"].to_numpy(), frame["matter"].to_numpy()
        days = frame["days"].to_numpy(dtype=float)
        known = frame["customer_id"].notna().to_numpy()[1:] & (matter[1:] != "")
        near = np.nan_to_num(days[1:] - days[:-1], nan=np.inf) <= GAP_DAYS
        same[1:] = known & (customer[1:] == customer[:-1]) & (matter[1:] == matter[:-1]) & near
    frame["case"] = np.cumsum(~same)
    return frame.sort_values(["customer_id", "at", "source", "touchpoint_id"], kind="stable")


def _days(at: pd.Series[Any]) -> pd.Series[Any]:
    """Days since 1970 of ISO times, with fractions; missing where unreadable."""
    codes, texts = pd.factorize(at)
    times = pd.to_datetime(pd.Series(texts, dtype="str"), utc=True, errors="coerce", format="ISO8601")
    values = (times - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)
    return pd.Series(np.append(values.to_numpy(dtype=float), np.nan)[codes], index=at.index)


def case_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per case of more than one contact, the latest first.

    Returns:
        Columns customer_id, subject, contacts, first, last, ways (in order, blanks between),
        changes (how often the channel changed), twice (whether it was opened on a second channel
        before anybody answered).
    """
    size = frame.groupby("case")["case"].transform("size")
    several = frame[size > 1].sort_values(["case", "at", "source", "touchpoint_id"], kind="stable")
    columns = ["customer_id", "subject", "contacts", "first", "last", "ways", "changes", "twice"]
    if not len(several):
        return pd.DataFrame(columns=columns)
    case, way = several["case"].to_numpy(), several["way"].to_numpy()
    inside = np.append(False, case[1:] == case[:-1])
    changed = inside & np.append(False, way[1:] != way[:-1])
    coming = several["direction"].ne("out").to_numpy(dtype=bool)
    days = several["days"].to_numpy(dtype=float)
    soon = np.append(False, days[1:] - days[:-1] <= TWICE_DAYS)
    twice = changed & soon & coming & np.append(False, coming[:-1])
    grouped = several.assign(changed=changed, twice_=twice).groupby("case", sort=False)
    found = grouped.agg(
        customer_id=("customer_id", "first"), subject=("subject", "first"), contacts=("at", "size"),
        first=("at", "min"), last=("at", "max"), changes=("changed", "sum"), twice=("twice_", "any"),
    )  # fmt: skip
    found["ways"] = grouped["way"].agg(lambda ways: " ".join(dict.fromkeys(ways)))
    return found.sort_values(["last", "customer_id"], ascending=[False, True])[columns].reset_index(drop=True)


def unanswered_rows(frame: pd.DataFrame, *, as_of: str) -> pd.DataFrame:
    """Contacts that somebody waits on: written or missed, and nothing of ours followed.

    What followed may be any contact of ours with the customer, or a talk of theirs with us. Contacts
    without a customer wait, too. Adds `waiting`, full days until the day of the question.

    Args:
        frame: From `with_cases`.
        as_of: Day of the question.
    """
    written = frame["channel"].map({c: is_written(str(c)) for c in frame["channel"].dropna().unique()})
    missed = frame["outcome"].fillna("").map(fold).str.contains(_MISSED)
    waits = frame["direction"].ne("out") & (written.fillna(False).astype(bool) | missed) & frame["at"].notna()
    reply = frame["direction"].eq("out") | (~written.fillna(False).astype(bool) & ~missed)
    last = frame[reply].groupby("customer_id")["days"].max()
    answered = frame["customer_id"].map(last).to_numpy(dtype=float)
    open_ = waits.to_numpy(dtype=bool) & ~(answered > frame["days"].to_numpy(dtype=float))
    found = frame[open_]
    today = _days(pd.Series([as_of], dtype="str")).iloc[0]
    waiting = np.floor(today - found["days"].to_numpy(dtype=float) + 1)
    return found.assign(waiting=np.maximum(waiting, 0).astype("int64")).sort_values(
        ["at", "source", "touchpoint_id"], kind="stable"
    )

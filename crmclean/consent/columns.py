"""Consent events as columns of numbers: what `many` works on.

One `EventColumns` holds events already assigned to customers, filtered and ordered as rule 0 says
(`crmclean.consent.history`), with one code for everything about an event that no other event, no
question and no clock changes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.consent.clock import DAY
from crmclean.consent.event import RESTRICTIVE, present
from crmclean.consent.frames import MISSING, combine, map_distinct, moments
from crmclean.consent.history import BEGINNING, covers_purpose
from crmclean.consent.policy import Policy
from crmclean.consent.reasons import NUMBERED

__all__ = ["EventColumns", "columns_of", "months_later"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_CLAIMS = frozenset({"granted", "imported_flag", "existing_customer", "correction"})
# What may matter whatever its channel and purpose.
_ALWAYS = frozenset(
    {"blocked", "unblocked", "restricted", "unrestricted", "erased", "existing_customer"}
    | {"external_list", "bounced", "contact_point_ok", "correction"}
)
_COVERING = RESTRICTIVE | {"granted", "imported_flag", "objection_lifted", "presumed_interest"}
_IDENTITY = ("channel", "purpose", "event", "controller", "method", "scope", "listing", "value")
_PRESENCE = (
    "guardian", "grounds", "text_version", "origin", "evidence_ref", "actor", "contact_point",
    "declaration", "legal_basis", "sale_ref", "address_from_sale", "notice_at_collection",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EventColumns:
    """Events of customers, ordered by customer and effect.

    Args:
        frame: The consents table they came from.
        row: Row in that table.
        customer: Code of the customer.
        effect: Effective time; `recorded` when written down; `until` end of validity or MISSING.
        dated: Whether the event says when it took effect.
        static: Code of everything unchanging.
        point: Code of the contact point, -1 for none; `record` of the record.
        declaration: Code of the declaration, -1 for none.
        other: Somebody else's; `shared` keyed by a shared contact point alone.
        single: Refers to another event: its history is decided by itself.
    """

    frame: pd.DataFrame
    row: Ints
    customer: Ints
    effect: Ints
    recorded: Ints
    until: Ints
    dated: Mask
    static: Ints
    point: Ints
    record: Ints
    declaration: Ints
    other: Mask
    shared: Mask
    single: Mask

    def take(self, places: npt.NDArray[Any]) -> EventColumns:
        """The events at some places, in that order."""
        names = [n for n in self.__slots__ if n != "frame"]
        changed: dict[str, Any] = {name: getattr(self, name)[places] for name in names}
        return replace(self, **changed)

    def relevant(self, channel: str, purpose: str) -> EventColumns:
        """Those that may matter for a channel and purpose; all of a customer who was erased."""
        codes, kinds = pd.factorize(
            combine(*(_codes(self.frame[n]) for n in ("event", "channel", "purpose")))
        )
        first = pd.Series(codes).drop_duplicates().index
        matters = np.zeros(len(kinds), dtype=bool)
        for place in first:
            matters[codes[place]] = _matters(self.frame.iloc[place], channel, purpose)
        erased = np.zeros(int(self.customer.max(initial=0)) + 1, dtype=bool)
        erased[self.customer[(self.frame["event"] == "erased").to_numpy()[self.row]]] = True
        return self.take(np.flatnonzero(matters[codes[self.row]] | erased[self.customer]))


def _matters(row: pd.Series[Any], channel: str, purpose: str) -> bool:
    kind = str(row["event"])
    said = {name: None if pd.isna(row[name]) else str(row[name]) for name in ("channel", "purpose")}
    if kind in _ALWAYS:
        return True
    mailed = channel in NUMBERED and said["channel"] == "email" and kind in {"granted", "confirmed"}
    if mailed:
        return True
    if said["channel"] not in {None, "", "any", channel}:
        return False
    return kind not in _COVERING or covers_purpose(said["purpose"], purpose)


def columns_of(
    events: pd.DataFrame,
    customers: Ints,
    policy: Policy,
    *,
    at: int,
    known_at: int | None,
) -> EventColumns:
    """The events that count at a time, as columns.

    Args:
        events: Columns of `consents` and `point_code`; if there are any `record_code` and the
            flags `other` and `shared`.
        customers: Code of the customer of every row.
        policy: Its time zone reads the times.
        at: The time asked about.
        known_at: What was written down later does not count.
    """
    frame = events.reset_index(drop=True)
    stated = moments(frame["at"], policy.timezone)
    recorded = moments(frame["recorded_at"], policy.timezone)
    taking = (frame["event"].isin(RESTRICTIVE) | _is_no(frame)).to_numpy()
    unknown = np.where(taking, at, BEGINNING)
    effective = np.where(stated != MISSING, stated, np.where(recorded != MISSING, recorded, unknown))
    written = np.where(recorded != MISSING, recorded, stated)
    keep = (effective <= at) & ((stated != MISSING) | taking | frame["event"].isin(_CLAIMS).to_numpy())
    if known_at is not None:
        keep &= (written == MISSING) | (written <= known_at)
    keep &= ~frame["event"].isin({"merged", "unmerged"}).to_numpy()
    refers = frame[["confirms", "corrects"]].notna().any(axis=1).to_numpy()
    found = EventColumns(
        frame=frame,
        row=np.arange(len(frame), dtype=np.int64),
        customer=customers,
        effect=effective,
        recorded=np.where(written != MISSING, written, unknown),
        until=_ends(frame, policy),
        dated=stated != MISSING,
        static=_static(frame),
        point=frame["point_code"].to_numpy(dtype=np.int64),
        record=_whole(frame, "record_code"),
        declaration=_codes(frame["declaration"]),
        other=_flag(frame, "other"),
        shared=_flag(frame, "shared"),
        single=refers,
    )
    return _ordered(found.take(np.flatnonzero(keep)), taking)


def _ends(frame: pd.DataFrame, policy: Policy) -> Ints:
    """Ends of validity; one that cannot be read has passed."""
    until = moments(frame["valid_until"], policy.timezone, end=True)
    return np.where((until == MISSING) & frame["valid_until"].notna().to_numpy(), BEGINNING, until)


def _ordered(found: EventColumns, taking: Mask) -> EventColumns:
    """By customer and effect (denials after grants of the same time), doubles dropped."""
    identity = pd.factorize(found.frame["event_id"].take(found.row))[0]
    order = np.lexsort((found.recorded, taking[found.row], found.effect, found.customer))
    order = _settled(order, found, taking)
    ordered, identity = found.take(order), identity[order]
    several = np.bincount(identity[identity >= 0], minlength=1)[identity] > 1
    if not several.any():
        return ordered
    places = np.flatnonzero(several)
    kind = _codes(found.frame["event"])[ordered.row]
    same = {"c": ordered.customer, "i": identity, "k": kind, "a": ordered.effect, "o": ordered.other}
    double = pd.DataFrame({name: values[places] for name, values in same.items()}).duplicated().to_numpy()
    return ordered.take(np.delete(np.arange(len(order)), places[double]))


def _settled(order: npt.NDArray[Any], found: EventColumns, taking: Mask) -> npt.NDArray[Any]:
    """The order with ties settled by the events' ids, so that it depends on no row order."""
    keys = (found.customer, found.effect, found.recorded, taking[found.row].astype(np.int64))
    tie = np.ones(max(len(order) - 1, 0), dtype=bool)
    for key in keys:
        tie &= np.diff(key[order]) == 0
    inside = np.zeros(len(order), dtype=bool)
    inside[1:] |= tie
    inside[:-1] |= tie
    places = np.flatnonzero(inside)
    if not len(places):
        return order
    group = np.cumsum(np.concatenate([[True], ~tie]))[places]
    ids = found.frame["event_id"].to_numpy(dtype=object)[found.row[order[places]]].astype(str)
    settled = order.copy()
    settled[places] = order[places][np.lexsort((np.unique(ids, return_inverse=True)[1], group))]
    return settled


def _static(frame: pd.DataFrame) -> Ints:
    said = [_codes(frame[name]) for name in _IDENTITY]
    said.append(_codes(frame["origin"].where(frame["event"] == "external_list")))
    there = [np.array(map_distinct(frame[n], present, missing=False), dtype=np.int64) for n in _PRESENCE]
    flags = [
        (frame[n] == "true").to_numpy().astype(np.int64)
        for n in ("address_from_sale", "notice_at_collection")
    ]
    keyed = frame["record_id"].notna().to_numpy().astype(np.int64)
    return combine(*said, *there, *flags, keyed)


def _is_no(frame: pd.DataFrame) -> pd.Series[bool]:
    return (frame["event"] == "imported_flag") & (frame["value"] == "false")


def _flag(frame: pd.DataFrame, name: str) -> Mask:
    return frame[name].to_numpy(dtype=bool) if name in frame else np.zeros(len(frame), dtype=bool)


def _whole(frame: pd.DataFrame, name: str) -> Ints:
    return frame[name].to_numpy(dtype=np.int64) if name in frame else np.full(len(frame), -1, dtype=np.int64)


def _codes(values: pd.Series[Any]) -> Ints:
    if not values.notna().any():
        return np.full(len(values), -1, dtype=np.int64)
    return pd.factorize(values)[0].astype(np.int64)


def months_later(times: Ints, months: int) -> Ints:
    """`add_months` over a column; times of unknown events come back as they are."""
    known = times > BEGINNING
    stamp = np.where(known, times, 0).astype("datetime64[us]")
    month = stamp.astype("datetime64[M]")
    rest = (stamp - month.astype("datetime64[us]")).astype(np.int64)
    target = month + np.timedelta64(months, "M")
    length = (
        (target + np.timedelta64(1, "M")).astype("datetime64[D]") - target.astype("datetime64[D]")
    ).astype(np.int64)
    day = np.minimum(rest // DAY, length - 1)
    later = target.astype("datetime64[us]").astype(np.int64) + day * DAY + rest % DAY
    return np.where(known, later, times)

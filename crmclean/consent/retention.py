"""How long consent events are kept: what may be deleted when, and why not before.

Sources: UWG 7a (2): the proof of a consent to calls is kept five years from the grant and from each
use. Other proofs: to the end of the third calendar year after their last use or end (practice).
Unconfirmed sign-ups: as long as the confirmation is waited for. Refusals have no end: they must be
obeyed for as long as anybody may write. The policy's `retention` has the numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.consent.clock import DAY, Moment, instant
from crmclean.consent.columns import months_later
from crmclean.consent.event import DENIALS
from crmclean.consent.findings import covering
from crmclean.consent.frames import MISSING, combine, moments, times_text
from crmclean.consent.policy import Policy
from crmclean.errors import ConsentError

__all__ = ["RULES", "retention_clocks"]

RULES = ("refusal", "active", "calls", "pending", "other")
_CONSENT = frozenset(
    {"granted", "confirmed", "used", "requested", "imported_flag", "existing_customer", "presumed_interest"}
)
_USES = frozenset({"granted", "confirmed", "used"})
_CALLS = frozenset({"phone", "robocall"})
_ENDS = DENIALS | {"expired", "invalidated", "revoked_by_controller", "erased"}
_NEVER = 2**62
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def retention_clocks(
    events: pd.DataFrame, policy: Policy, *, as_of: Moment, whose: pd.Series[Any] | None = None
) -> pd.DataFrame:
    """Until when each event must or may be kept.

    Args:
        events: Columns of `consents`.
        policy: Its `retention`, double opt-in and zone.
        as_of: The day asked about.
        whose: Customer of each event, where that is known; else the record or address stands for it.

    Returns:
        The columns event_id, source, record_id, channel, purpose, event, at of the events, and `rule`
        (see `RULES`), `until` (ISO day; missing: no end yet) and `due` (whether that day has passed).

    Raises:
        ConsentError: The day is missing or unreadable.
    """
    today = instant(as_of, policy.timezone, end=True)
    if today is None:
        raise ConsentError("the day asked about is missing or unreadable", hint="such as 2024-05-01")
    frame = events.reset_index(drop=True)
    stated, noted = (moments(frame[name], policy.timezone) for name in ("at", "recorded_at"))
    at = np.where(stated != MISSING, stated, noted)
    holder = _holders(frame, whose)
    group = combine(holder, *(pd.factorize(frame[name])[0] for name in ("channel", "purpose")))
    consent = _consenting(frame)
    last = _latest(group, np.where(frame["event"].isin(_USES), at, MISSING))
    ended = _ended(frame, holder, at, consent)
    pending = _pending(frame, group, policy)
    calls = frame["channel"].isin(_CALLS).to_numpy()
    rule = np.select(
        [~consent, pending, ~ended, calls], ["refusal", "pending", "active", "calls"], default="other"
    )
    until = _until(rule, np.where(last == MISSING, at, last), at, policy)
    shown = times_text(np.where(until == _NEVER, MISSING, until)).str.slice(0, 10)
    kept = frame[["event_id", "source", "record_id", "channel", "purpose", "event", "at"]]
    return kept.assign(rule=rule, until=shown, due=until < today)


def _holders(frame: pd.DataFrame, whose: pd.Series[Any] | None) -> Ints:
    record = (frame["source"].fillna("") + ":" + frame["record_id"]).astype("str")
    named = record.fillna(frame["contact_point"].str.lower())
    if whose is not None:
        named = whose.reset_index(drop=True).astype("str").fillna(named)
    return pd.factorize(named)[0].astype(np.int64)


def _consenting(frame: pd.DataFrame) -> Mask:
    no = (frame["event"] == "imported_flag") & (frame["value"] == "false")
    consent: Mask = (frame["event"].isin(_CONSENT) & ~no).to_numpy(dtype=bool)
    return consent


def _latest(group: Ints, times: Ints) -> Ints:
    return pd.Series(times).groupby(group).transform("max").to_numpy(dtype=np.int64)


def _ended(frame: pd.DataFrame, holder: Ints, at: Ints, consent: Mask) -> Mask:
    """Whether a refusal or an end of the same person, as late as the event or later, covers it."""
    told = frame[["channel", "purpose"]].assign(holder=holder, at=at, place=np.arange(len(frame)))
    ends = frame["event"].isin(_ENDS).to_numpy()
    flag_no = ((frame["event"] == "imported_flag") & (frame["value"] == "false")).to_numpy()
    last = told[consent].sort_values("at", kind="stable")
    no = told[ends | flag_no]
    pairs = last[last["holder"].isin(no["holder"])].merge(no, on="holder", suffixes=("", "_no"))
    later = pairs[covering(pairs) & (pairs["at_no"] >= pairs["at"]).to_numpy()]
    ended = np.zeros(len(frame), dtype=bool)
    ended[later["place"].to_numpy()] = True
    return ended


def _pending(frame: pd.DataFrame, group: Ints, policy: Policy) -> Mask:
    """Sign-ups on a double opt-in channel that nobody confirmed."""
    needs = frame["channel"].isin(policy.double_opt_in).to_numpy()
    if "any" not in policy.double_opt_in_methods:
        needs = needs & frame["method"].isin(policy.double_opt_in_methods).to_numpy()
    asked = needs & frame["event"].isin({"granted", "requested"}).to_numpy()
    confirmed = pd.Series((frame["event"] == "confirmed").to_numpy()).groupby(group).transform("any")
    pending: Mask = asked & ~confirmed.to_numpy(dtype=bool) & (policy.pending_ttl_days > 0)
    return pending


def _until(rule: npt.NDArray[np.str_], last: Ints, at: Ints, policy: Policy) -> Ints:
    """The end of each clock in microseconds; no end is a time beyond all days."""
    keep = policy.retention
    calls = months_later(last, 12 * keep.get("phone_years", 5))
    pending = at + keep.get("pending_days", 30) * DAY
    years = last.astype("datetime64[us]").astype("datetime64[Y]") + np.timedelta64(1, "Y")
    other = (
        (years + np.timedelta64(keep.get("other_years", 3), "Y")).astype("datetime64[us]").astype(np.int64)
    )
    until = np.select(
        [rule == "calls", rule == "pending", rule == "other"], [calls, pending, other - DAY], _NEVER
    )
    return np.where(last == MISSING, _NEVER, until)

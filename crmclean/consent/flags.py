"""Consent out of customer files: opt-in and opt-out columns, newsletter tables.

A no counts from the day of the import. A yes without date and wording is a claim that proves
nothing and waits for renewal. A blank says nothing. An opt-out column that says no is not a yes:
CRM systems fill it in without asking anybody. Who does not want the newsletter has said nothing of
other e-mail: that flag is of the purpose marketing.newsletter, all others of marketing. The dates of a newsletter table become events
without wording: the sign-up proves nothing by itself, the withdrawal counts.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from crmclean.consent.clock import Moment, instant, iso_text
from crmclean.consent.event import present
from crmclean.consent.frames import map_distinct
from crmclean.consent.importing import finish_consents
from crmclean.consent.words import answer_of
from crmclean.errors import ConsentError
from crmclean.fields import CHANNELS
from crmclean.tables import CONSENTS, Consents

__all__ = ["consents_from_flags"]

_DATED = (
    ("consent_given_at", "granted", "marketing.newsletter"),
    ("consent_confirmed_at", "confirmed", "marketing.newsletter"),
    # Who leaves a newsletter wants no advertising by e-mail: the wider reading is the safe one.
    ("consent_withdrawn_at", "withdrawn", "marketing"),
)


def consents_from_flags(
    records: pd.DataFrame,
    contact_points: pd.DataFrame,
    *,
    recorded_at: Moment,
    timezone: str = "Europe/Berlin",
) -> Consents:
    """The consent events that customer records claim.

    Args:
        records: source, record_id and any of ``optin_*``, ``optout_*``, ``consent_*`` as read;
            `file` and `row` are kept where they are there.
        contact_points: source, record_id, channel, contact_point (normalised). A record with one
            point on a channel has its events tied to it.
        recorded_at: The time of the import.
        timezone: Zone of dates in newsletter tables.

    Returns:
        Events, each once. The same flag at the next import is the same event, first seen wins.

    Raises:
        ConsentError: `recorded_at` is missing or unreadable.
    """
    moment = instant(recorded_at, timezone)
    if moment is None:
        raise ConsentError("the time of the import is missing or unreadable", hint="such as 2024-05-01")
    written = iso_text(moment)
    frame = records.reset_index(drop=True)
    tables = [t for channel in (*CHANNELS, "any") for t in _flags(frame, channel, channel, "marketing")]
    tables += _flags(frame, "newsletter", "email", "marketing.newsletter")
    tables += _dates(frame, timezone)
    if not tables:
        return CONSENTS.empty()
    events = pd.concat(tables, ignore_index=True)
    events["recorded_at"] = written
    events = _tied(events, contact_points)
    for name in CONSENTS.names:
        if name not in events:
            events[name] = 0 if name == "row" else pd.Series(index=events.index, dtype="str")
    return finish_consents(events.drop(columns="event_id"))


def _keyed(frame: pd.DataFrame, chosen: pd.Series[bool], **said: Any) -> pd.DataFrame:
    names = [n for n in ("source", "record_id", "file", "row") if n in frame]
    return frame.loc[chosen, names].assign(**said)


def _flags(frame: pd.DataFrame, name: str, channel: str, purpose: str) -> list[pd.DataFrame]:
    """What the columns ``optin_<name>`` and ``optout_<name>`` claim for a channel and a purpose."""
    found: list[pd.DataFrame] = []
    for column, yes, no in ((f"optin_{name}", "true", "false"), (f"optout_{name}", "false", None)):
        if column not in frame:
            continue
        answers = pd.Series(map_distinct(frame[column], answer_of, None), index=frame.index, dtype="object")
        for answer, value in ((True, yes), (False, no)):
            if value is not None:
                said = {"event": "imported_flag", "value": value, "channel": channel, "purpose": purpose}
                found.append(_keyed(frame, answers.eq(answer).fillna(False).astype(bool), **said))
    return found


def _dates(frame: pd.DataFrame, zone: str) -> list[pd.DataFrame]:
    """The dates of a newsletter table; a date that cannot be read is an event without date."""
    found: list[pd.DataFrame] = []
    for column, event, purpose in _DATED:
        if column not in frame:
            continue
        said = pd.Series(map_distinct(frame[column], present, missing=False), index=frame.index, dtype=bool)
        times = map_distinct(frame[column], lambda text: iso_text(instant(text, zone), exact=True), None)
        at = pd.Series(times, index=frame.index, dtype="str")
        rows = _keyed(frame, said, event=event, channel="email", purpose=purpose).assign(at=at[said])
        for name, source in (("origin", "consent_origin"), ("evidence_ref", "consent_evidence")):
            if source in frame and event != "withdrawn":
                text = frame.loc[said, source].astype("str").str.strip()
                rows[name] = text.where(text != "")
        found.append(rows)
    return found


def _tied(events: pd.DataFrame, contact_points: pd.DataFrame) -> pd.DataFrame:
    """The contact point, where the record has exactly one on the channel."""
    keys = ["source", "record_id", "channel"]
    points = contact_points[[*keys, "contact_point"]].dropna().drop_duplicates()
    single = points[~points.duplicated(keys, keep=False)]
    return (
        events.drop(columns="contact_point", errors="ignore")
        .merge(single, on=keys, how="left")
        .assign(event_id="")
    )

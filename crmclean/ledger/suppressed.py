"""Erased people stay out: records, events and contacts of theirs are dropped before anything is stored.

What was dropped is named by source and record id, never by its content. Somebody who comes back by a
declaration of their own - a consent dated after the erasure - is let in again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from crmclean.config import Config
from crmclean.consent import policy_of
from crmclean.errors import ConfigError
from crmclean.issues import issue_table, severity_of
from crmclean.ledger.marks import event_marks, marks_of
from crmclean.messages import Lang, say
from crmclean.normalize.admission import Admitted
from crmclean.normalize.events import normalize_consents, normalize_touchpoints
from crmclean.normalize.records import Normalized
from crmclean.read import ReadResult
from crmclean.store import Store
from crmclean.store.keys import VARIABLE, read_keys
from crmclean.store.suppressions import Suppressions, load_suppressions
from crmclean.tables import ADDRESSES, CONTACTS, ISSUES, PARTIES, RECORDS, Issues

__all__ = ["Guard", "guard_of", "keep_out"]

_RETURNING = frozenset({"granted", "confirmed", "objection_lifted"})


@dataclass(frozen=True, slots=True)
class Guard:
    """The suppressions of a store with the keys to look things up.

    Args:
        entries: All entries.
        keys: Key id = secret.
    """

    entries: Suppressions
    keys: Mapping[str, bytes]

    def days(self, channel: pd.Series[str], value: pd.Series[str]) -> pd.Series[str]:
        """The day of the erasure of whoever has a mark, missing where nobody was erased."""
        codes, pairs = pd.factorize(channel + "\n" + value)
        found = [self.entries.day(self.keys, *str(pair).split("\n", 1)) for pair in pairs]
        return pd.Series([*found, None], dtype="str").take(codes).set_axis(channel.index)

    def events(self, events: pd.DataFrame) -> pd.Series[bool]:
        """Which events are those of erased people and not newer than the erasure."""
        marks = event_marks(events)
        day = self.days(marks["channel"], marks["value"])
        erased = pd.DataFrame({"place": marks["place"], "day": day}).dropna().groupby("place")["day"].max()
        limit = pd.Series(erased, dtype="str").reindex(events.index)
        at = events.get("at", limit)
        return limit.notna() & ~(at.notna() & (at > limit))


def guard_of(store: Store | None, lang: Lang) -> Guard | None:
    """The guard of a store; None where nobody was ever erased.

    Raises:
        ConfigError: Somebody was erased, and the key by which to know him again is not here.
    """
    entries = None if store is None else load_suppressions(store.ledger.connection)
    if not entries:
        return None
    ring = read_keys(create=False, lang=lang)
    keys = ring.keys if ring else {}
    for key_id in entries.days:
        if key_id not in keys:
            raise ConfigError(
                say("ledger.key_missing", lang, id=key_id),
                hint=say("ledger.key_missing_hint", lang, variable=VARIABLE),
            )
    return Guard(entries, keys)


def keep_out(
    read: ReadResult, every: Normalized, admitted: Admitted, store: Store | None, config: Config
) -> tuple[ReadResult, Normalized, Admitted]:
    """The tables of a run without the records, events and contacts of erased people.

    Args:
        read: What was read.
        every: All records, normalised.
        admitted: Those that become customers.
        store: Its suppressions; without one nothing changes.
        config: Zone and country.

    Raises:
        ConfigError: The key of the suppressions is not here.
    """
    guard = guard_of(store, config.lang)
    if guard is None:
        return read, every, admitted
    zone, country = policy_of(config.consent).timezone, config.normalize.default_country or None
    events, _ = normalize_consents(read.consents, timezone=zone, default_country=country)
    booked = pd.DataFrame() if store is None else store.ledger.events()
    out, returned = _records_out(guard, every, pd.concat([events, booked], ignore_index=True))
    touch, _ = normalize_touchpoints(read.touchpoints, timezone=zone, default_country=country)
    kept_events = ~guard.events(events).to_numpy(dtype=bool)
    # what somebody writes to us is no consent: it counts again once he came back himself
    known = touch["key"].str.lower().isin(returned)
    kept_touch = ~guard.events(touch.assign(at=touch["at"].where(known))).to_numpy(dtype=bool)
    read = replace(
        read,
        records=RECORDS.check(read.records[~_among(read.records, out)].reset_index(drop=True)),
        frames={source: _frame_without(source, frame, out) for source, frame in read.frames.items()},
        consents=read.consents[kept_events].reset_index(drop=True),
        touchpoints=read.touchpoints[kept_touch].reset_index(drop=True),
        issues=_issues_without(read.issues, out),
    )
    excluded = out.assign(reason="suppressed")
    noted = out.assign(code="record_suppressed", severity=severity_of("record_suppressed"), row=0)
    admitted = Admitted(
        _without(admitted.normal, out),
        _ordered(pd.concat([admitted.excluded, excluded]).drop_duplicates(["source", "record_id"])),
        ISSUES.check(
            pd.concat([_issues_without(admitted.issues, out), noted, _dropped(events, kept_events)])
        ),
    )
    return read, _without(every, out), admitted


def _records_out(
    guard: Guard, every: Normalized, events: pd.DataFrame
) -> tuple[pd.DataFrame, pd.Series[str]]:
    """source, record_id of erased people who did not come back themselves; marks of those who did."""
    marks = marks_of(every)
    plain = guard.days(marks["channel"], marks["value"])
    named = guard.days(marks["channel"], marks["value"] + "\n" + marks["name"])
    hit = marks.assign(day=plain.fillna(named), back=_back(marks, events))
    records = hit.groupby(["source", "record_id"], sort=True)[["day", "back"]].max().reset_index()
    erased = records["day"].notna()
    returned = records["back"].notna() & (records["back"] > records["day"])
    back = marks.loc[_among(marks, records.loc[erased & returned, ["source", "record_id"]]), "value"]
    return records.loc[erased & ~returned, ["source", "record_id"]].reset_index(drop=True), back


def _back(marks: pd.DataFrame, events: pd.DataFrame) -> pd.Series[str]:
    """The time of the last consent that names a mark."""
    returning = events[events["event"].isin(_words_of(events)) & events["at"].notna()]
    said = event_marks(returning.drop(columns="event_id", errors="ignore"))
    if not len(said):
        return pd.Series(index=marks.index, dtype="str")
    said = said.assign(at=returning["at"].reindex(said["place"]).to_numpy())
    last = said.groupby(["channel", "value"])["at"].max()
    found = last.reindex(pd.MultiIndex.from_frame(marks[["channel", "value"]]))
    return pd.Series(found.to_numpy(), index=marks.index, dtype="str")


def _words_of(events: pd.DataFrame) -> list[str]:
    """The words for a consent among those that stand in the events."""
    from crmclean.consent.words import event_of

    return [w for w in events["event"].dropna().unique() if event_of(str(w)) in _RETURNING]


def _among(frame: pd.DataFrame, out: pd.DataFrame) -> pd.Series[bool]:
    named = pd.MultiIndex.from_frame(frame[["source", "record_id"]].astype("str"))
    return pd.Series(named.isin(pd.MultiIndex.from_frame(out)), index=frame.index)


def _frame_without(source: str, frame: pd.DataFrame, out: pd.DataFrame) -> pd.DataFrame:
    gone = out.loc[out["source"] == source, "record_id"]
    return frame[~frame.index.astype("str").isin(gone)] if len(gone) else frame


def _issues_without(issues: pd.DataFrame, out: pd.DataFrame) -> Issues:
    return ISSUES.check(issues[~_among(issues, out)].reset_index(drop=True))


def _without(normal: Normalized, out: pd.DataFrame) -> Normalized:
    parties = normal.parties[~_among(normal.parties, out)].reset_index(drop=True)
    contacts, addresses = (
        table[table["party"].isin(parties["party"])].reset_index(drop=True)
        for table in (normal.contacts, normal.addresses)
    )
    return Normalized(
        PARTIES.check(parties),
        CONTACTS.check(contacts),
        ADDRESSES.check(addresses),
        _issues_without(normal.issues, out),
    )


def _dropped(events: pd.DataFrame, kept: object) -> pd.DataFrame:
    """One finding per event that was dropped, without its content."""
    rows = events[~pd.Series(kept, index=events.index, dtype=bool)]
    found = rows[["source", "record_id", "file", "row"]].assign(code="consent_suppressed", field="event")
    return issue_table(found.to_dict("records"))  # type: ignore[arg-type]  # keys are column names


def _ordered(excluded: pd.DataFrame) -> pd.DataFrame:
    return excluded.sort_values(["source", "record_id"]).reset_index(drop=True)

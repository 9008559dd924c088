"""The files of this month over what the store holds: sources stay themselves, missing is not deleted.

A source is a `delta` (the default) or a `snapshot`. Of a delta what is not there stays as it was; a
row says itself that it is gone, in a column ``_deleted``. Of a snapshot what is not there is gone;
one that loses too much stops the run, because half an export looks just like that. A record whose
content is the same is kept as it was, line and file included, so that the same file twice changes
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmclean.comparing import compare_records, index_of_records, modes_of
from crmclean.config import ReadConfig
from crmclean.issues import CODES
from crmclean.messages import Lang
from crmclean.read import KnownSource, ReadResult
from crmclean.store import Store
from crmclean.tables import ISSUES, MAPPINGS, RECORDS, SOURCES, Issues, Mappings, Records, Sources

__all__ = [
    "FOLLOWERS",
    "Intake",
    "Stored",
    "joined_mappings",
    "joined_sources",
    "known_sources",
    "load_keys",
    "load_stored",
    "other_followers",
    "take_in",
]

FOLLOWERS: Mapping[str, tuple[str, ...]] = {
    "touchpoints": ("source", "touchpoint_id"),
    "orders": ("source", "order_id"),
    "opportunities": ("source", "opportunity_id"),
    "tasks": ("source", "task_id"),
    "qualifications": ("source", "customer_no", "name"),
}
"""Tables that follow their customer, with what identifies a row across months."""
_ANEW = frozenset(
    {
        "record_excluded",
        "purchased_notice",
        "consent_conflict",
        "consent_denial_by_merge",
        "consent_import_ignored_denial_stands",
        "consent_unknown_person",
    }
)
"""Findings that every run makes anew for all records; so are those of the groups match and merge."""
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store holds of the runs before.

    Args:
        sources: Files as they were understood.
        mappings: Columns of the sources.
        records: All records.
        issues: All findings.
        followers: Touchpoints, orders and their kin by table name.
    """

    sources: Sources
    mappings: Mappings
    records: Records
    issues: Issues
    followers: Mapping[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Intake:
    """What the files brought.

    Args:
        counts: source, mode, new, changed, unchanged, gone per source of customer records delivered.
        touched: source, record_id of records that are new or changed.
        gone: source, record_id of records that are no more.
        followers: Stored rows that stay, by table name.
    """

    counts: pd.DataFrame
    touched: pd.DataFrame
    gone: pd.DataFrame
    followers: Mapping[str, pd.DataFrame]


def load_stored(store: Store | None) -> Stored | None:
    """What a store holds; None without one, or before its first run."""
    if store is None or store.last_run() is None:
        return None
    return Stored(
        sources=Sources(store.load("sources")),
        mappings=Mappings(store.load("mappings")),
        records=Records(store.load("records")),
        issues=Issues(store.load("issues")),
        followers={name: store.load(name) for name in FOLLOWERS},
    )


def load_keys(store: Store) -> Stored:
    """The same with nothing of the records but source, record_id and file."""
    keys = store.load("records", columns=["source", "record_id", "file"])
    return Stored(
        sources=Sources(store.load("sources")),
        mappings=Mappings(store.load("mappings")),
        records=Records(keys),
        issues=Issues(store.load("issues")),
        followers={name: store.load(name) for name in FOLLOWERS},
    )


def known_sources(stored: Stored, store: Store) -> list[KnownSource]:
    """The sources of the runs before, as reading asks for them."""
    shared = stored.sources.groupby(["file", "sheet"], dropna=False)["source"].transform("nunique").gt(1)
    latest = stored.sources.assign(shared=shared).drop_duplicates("source", keep="last")
    known = []
    for row in latest.to_dict("records"):
        name = str(row["source"])
        own = stored.mappings[stored.mappings["source"] == name]
        known.append(
            KnownSource(
                name=name,
                columns=_fields_of(own),
                roles=tuple(_text(row["roles"]).split()),
                id_column=_text(row["id_column"]),
                event_column=_event_column(own),
                date_order=_text(row["date_order"]),
                ids=partial(_ids_of, stored, store, name),
                shared=bool(row["shared"]),
                format=_text(row["format"]),
            )
        )
    return known


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _fields_of(mappings: pd.DataFrame) -> dict[str, str | None]:
    """Header -> field; private columns are looked at anew, as the configuration may have changed."""
    found: dict[str, str | None] = {}
    for column, field, reason in zip(mappings["column"], mappings["field"], mappings["reason"], strict=True):
        found[str(column)] = None if reason in {"sensitive", "note"} else _text(field)
    return found


def _event_column(mappings: pd.DataFrame) -> str:
    """The column with the ids of consent events; empty without one."""
    named = mappings.loc[mappings["field"] == "source_event_id", "column"]
    return str(named.iloc[0]) if len(named) else ""


def _ids_of(stored: Stored, store: Store, name: str) -> pd.Index:
    """All ids of a source: of its records and of whatever else it holds."""
    own = stored.records["source"] == name
    ids = [stored.records.loc[own, "record_id"]]
    for table, key in FOLLOWERS.items():
        rows = stored.followers[table]
        ids.append(rows.loc[rows["source"] == name, key[1]])
    files = stored.sources.loc[stored.sources["source"] == name, "file"]
    if stored.sources.loc[stored.sources["source"] == name, "roles"].str.contains("consents").any():
        events = store.load("consents", where={"file": files.dropna().tolist()})
        ids.append(events["source_event_id"])
    found: pd.Index[Any] = pd.Index(pd.concat(ids).dropna().unique())
    return found


def take_in(
    read: ReadResult, stored: Stored, config: ReadConfig, *, lang: Lang = "en"
) -> tuple[ReadResult, Intake]:
    """All records, stored ones and new ones, as if everything had been read at once; and what is new.

    Raw events are those of the files; the stored rows that they do not replace are in the intake.

    Args:
        read: What the files hold.
        stored: What the store holds.
        config: Which sources are snapshots, and what they may lose.
        lang: Language of the error.

    Raises:
        GateError: A snapshot loses more of its records than it may.
    """
    modes = modes_of(read, config)
    found = compare_records(read, stored.records, config, lang=lang)
    records = _sorted(pd.concat([found.old[found.stay], found.new[found.fresh]], ignore_index=True))
    kept, followers = _carried_issues(stored, read, records), other_followers(stored, read, modes)
    merged = replace(
        read,
        sources=joined_sources(read, stored, records, followers),
        mappings=joined_mappings(read, stored),
        records=records,
        issues=ISSUES.check(pd.concat([read.issues, kept], ignore_index=True)),
    )
    keys = ["source", "record_id"]
    touched, gone = found.new.loc[found.fresh, keys], found.old.loc[found.gone, keys]
    return merged, Intake(found.counts, touched, gone, followers)


def _sorted(frame: pd.DataFrame) -> Records:
    return RECORDS.check(frame.sort_values(["source", "record_id"], kind="stable"))


def other_followers(stored: Stored, read: ReadResult, modes: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Stored rows of the tables that follow, without those that the files bring again."""
    found = {}
    for table, key in FOLLOWERS.items():
        rows, fresh = stored.followers[table], getattr(read, table)
        gone = rows["source"].map(modes).eq("snapshot").to_numpy()
        if len(fresh) and set(key) <= set(fresh.columns):
            gone = gone | pd.MultiIndex.from_frame(rows[list(key)]).isin(
                pd.MultiIndex.from_frame(fresh[list(key)])
            )
        found[table] = rows[~gone].reset_index(drop=True)
    return found


def joined_sources(
    read: ReadResult, stored: Stored, records: pd.DataFrame, followers: Mapping[str, pd.DataFrame]
) -> Sources:
    """What is known of files: those read now, and those before of which something is left."""
    key = ["source", "file", "sheet"]
    before, now = pd.DataFrame(stored.sources), pd.DataFrame(read.sources)
    again = _among(before[key].fillna(""), now[key].fillna(""))
    left = _among(before[["source", "file"]], pd.DataFrame(records)[["source", "file"]].drop_duplicates())
    following = {str(s) for rows in followers.values() for s in rows["source"].unique()}
    stays = ~before["source"].isin(now["source"]) | before["source"].isin(following)
    rows = pd.concat([before[~again & (left | stays.to_numpy(dtype=bool))], now], ignore_index=True)
    return SOURCES.check(rows.sort_values(key, na_position="first", kind="stable"))


def _among(rows: pd.DataFrame, others: pd.DataFrame) -> Bools:
    """Which rows are among others; both have the same columns."""
    return np.asarray(pd.MultiIndex.from_frame(rows).isin(pd.MultiIndex.from_frame(others)), dtype=bool)


def joined_mappings(read: ReadResult, stored: Stored) -> Mappings:
    """The columns of all sources; a known column keeps the reason for which it was recognised."""
    key = ["source", "column"]
    before, now = stored.mappings, read.mappings
    known = now.merge(before, on=key, how="left", suffixes=("", "_before"))
    agreed = known["field"].fillna("").eq(known["field_before"].fillna("")) & known["reason_before"].notna()
    agreed &= known["reason"].eq("config")
    for name in ("confidence", "reason"):
        known[name] = known[name].where(~agreed, known[f"{name}_before"])
    absent = ~pd.MultiIndex.from_frame(before[key]).isin(pd.MultiIndex.from_frame(now[key]))
    rows = pd.concat([before[absent], known[MAPPINGS.names]], ignore_index=True)
    return MAPPINGS.check(rows.sort_values(["source", "position", "column"], kind="stable"))


def _carried_issues(stored: Stored, read: ReadResult, records: pd.DataFrame) -> Issues:
    """Findings of records and files that were not read again; what every run finds anew is left out."""
    issues = stored.issues
    groups = issues["code"].map(lambda code: CODES[code][0] if code in CODES else "")
    kept = ~groups.isin(["match", "merge"]) & ~issues["code"].isin(_ANEW)
    lone = issues["record_id"].isna()
    pairs = pd.MultiIndex.from_frame(issues[["source", "record_id"]])
    again = pairs.isin(pd.MultiIndex.from_frame(read.records[["source", "record_id"]]))
    kept &= lone | ~again
    delivered = issues["source"].isin(read.sources["source"]) | issues["file"].isin(read.sources["file"])
    kept &= ~(delivered & (lone | ~pairs.isin(index_of_records(records))))
    alive = set(records["source"]) | set(stored.sources["source"])
    return ISSUES.check(issues[kept & (issues["source"].isna() | issues["source"].isin(alive))])

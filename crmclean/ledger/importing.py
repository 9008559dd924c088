"""Files of consent events into the ledger: what is sound is kept, what is not is named line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from crmclean.config import Config, ReadConfig, SourceConfig
from crmclean.consent import consent_findings, import_consents, policy_of
from crmclean.consent.event import RESTRICTIVE
from crmclean.errors import ConsentError
from crmclean.issues import issue_table
from crmclean.ledger.refreshing import add_events
from crmclean.ledger.suppressed import guard_of
from crmclean.memory import without_collector
from crmclean.messages import say
from crmclean.normalize.events import normalize_consents
from crmclean.read import Input, RawTable, ReadResult, load_tables, recognise_tables
from crmclean.read.ties import Known, tie_sources
from crmclean.store import Store
from crmclean.tables import CONSENTS, ISSUES, Consents, Contacts, Issues, Members

__all__ = ["Imported", "import_events"]

_DEFAULTS = ("event", "channel", "purpose", "listing", "method", "text_version", "origin", "controller")


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the files.

    Args:
        read: Events read.
        events: Those that are sound, each once.
        added: How many of them the ledger did not have.
        refused: How many were refused.
        total: Events in the ledger afterwards.
        issues: What was wrong or weak, with file and line.
        head: Head of the ledger afterwards.
        unmatched: Entries of a list by postal address that fit no customer; they are not kept.
    """

    read: int
    events: Consents
    added: int
    refused: int
    total: int
    issues: Issues
    head: str
    unmatched: int = 0


def import_events(
    inputs: Sequence[Input],
    store: Store,
    config: Config,
    *,
    said: Mapping[str, str] | None = None,
    all_or_nothing: bool = False,
) -> Imported:
    """Adds the sound events of files to the ledger, in one transaction.

    Args:
        inputs: As for `read_records`.
        store: Open for writing.
        config: Words, zone and the day of the import (`as_of`).
        said: Column = word for cells that are empty or missing: event, channel, purpose, listing ...
        all_or_nothing: One refused event refuses them all.

    Raises:
        ReadError: A file cannot be read.
        ConsentError: No event was recognised; or `all_or_nothing`, and an event is refused.
        StoreError: The store cannot be written; it is as before then.
    """
    with without_collector():
        return _imported(inputs, store, config, dict(said or {}), all_or_nothing=all_or_nothing)


def _imported(
    inputs: Sequence[Input], store: Store, config: Config, said: Mapping[str, str], *, all_or_nothing: bool
) -> Imported:
    raw, files = _raw_events(inputs, store, config, said)
    if not len(raw) or "event" not in raw or not {"record_id", "contact_point"} & set(raw):
        raise ConsentError(
            say("ledger.no_events", config.lang, files=", ".join(files)),
            hint=say("ledger.no_events_hint", config.lang),
        )
    policy = policy_of(config.consent)
    normal, unread = normalize_consents(
        raw, timezone=policy.timezone, default_country=config.normalize.default_country or None
    )
    events, weak = import_consents(_keyed(normal), config.consent, as_of=config.as_of)
    events = _dated(events, unread)
    events, erased = _admitted(events, store, config)
    issues = _joined(unread, weak, erased)
    errors = issues[issues["severity"] == "error"].drop_duplicates(["file", "row"])
    if all_or_nothing and len(errors):
        raise _refusal(errors, len(raw), config)
    issues = _joined(issues, _found(store, events, config))
    kept = pd.MultiIndex.from_frame(events[["file", "row"]])
    refused = int((~pd.MultiIndex.from_frame(errors[["file", "row"]]).isin(kept)).sum())
    added = add_events(store, events, config)
    return Imported(len(raw), events, added, refused, store.count("consents"), issues, store.ledger.head)


def _keyed(normal: pd.DataFrame) -> pd.DataFrame:
    """The match key only where it is another than the contact point: there may be millions of them."""
    differs = normal["contact_key"] != normal["contact_point"].str.lower()
    if not differs.any():
        return normal.drop(columns="contact_key")
    return normal.assign(contact_key=normal["contact_key"].where(differs))


def _joined(*parts: pd.DataFrame) -> Issues:
    filled = [part for part in parts if len(part)]
    if not filled:
        return ISSUES.empty()
    frame = pd.concat(filled, ignore_index=True)
    return ISSUES.check(frame.sort_values(["file", "row", "code"], kind="stable").reset_index(drop=True))


def _dated(events: Consents, unread: Issues) -> Consents:
    """The events without those whose date cannot be read; a refusal is kept, as one without date."""
    bad = unread[(unread["code"] == "consent_bad_date") & (unread["field"] == "at")]
    if not len(bad):
        return events
    lines = pd.MultiIndex.from_frame(events[["file", "row"]])
    unreadable = lines.isin(pd.MultiIndex.from_frame(bad[["file", "row"]]))
    says_no = events["event"].isin(RESTRICTIVE) | (events["value"] == "false")
    return CONSENTS.check(events[~unreadable | says_no.to_numpy(dtype=bool)].reset_index(drop=True))


def _admitted(events: Consents, store: Store, config: Config) -> tuple[Consents, Issues]:
    """The events without those of erased people that are not newer than the erasure."""
    guard = guard_of(store, config.lang)
    if guard is None or not len(events):
        return events, ISSUES.empty()
    out = guard.events(events).to_numpy(dtype=bool)
    rows = events[out][["source", "record_id", "file", "row"]].assign(
        code="consent_suppressed", field="event"
    )
    found = issue_table(rows.to_dict("records"))  # type: ignore[arg-type]  # keys are column names
    return CONSENTS.check(events[~out].reset_index(drop=True)), found


def _raw_events(
    inputs: Sequence[Input], store: Store, config: Config, said: Mapping[str, str]
) -> tuple[pd.DataFrame, list[str]]:
    """The events as they stand in the files, sources in the words of the store."""
    tables = load_tables(inputs, config.read)
    read = _recognised(tables, config.read)
    raw = read.consents.reset_index(drop=True)
    for column, word in said.items():
        if column not in _DEFAULTS:
            raise KeyError(column)
        raw[column] = raw[column].fillna(word) if column in raw else word
    return _tied(raw, store, config.read), sorted({table.file for table in tables})


def _recognised(tables: Sequence[RawTable], config: ReadConfig) -> ReadResult:
    """The tables, all of them taken for consent events, also those that lack a column of theirs."""
    read = recognise_tables(tables, config)
    roles = read.sources.set_index("source")["roles"]
    other = sorted({str(name) for name, role in roles.items() if "consents" not in str(role).split()})
    if not other:
        return read
    sources = dict(config.sources)
    for name in other:
        sources[name] = replace(sources.get(name, SourceConfig()), roles=("consents",))
    return recognise_tables(tables, replace(config, sources=sources))


def _tied(raw: pd.DataFrame, store: Store, config: ReadConfig) -> pd.DataFrame:
    """The events under the names that the store has for their sources; ids decide in doubt."""
    if "source" not in raw or "record_id" not in raw or raw["source"].isna().all():
        return raw
    members = store.load("members")[["source", "record_id"]].drop_duplicates()
    formats: dict[str, set[str]] = {}
    for name, said in store.load("sources")[["source", "format"]].dropna().itertuples(index=False):
        formats.setdefault(str(name), set()).add(str(said))
    known = [
        Known(str(name), frozenset(formats.get(str(name), ())), pd.Index(rows))
        for name, rows in members.groupby("source")["record_id"]
    ]
    cited = {
        str(word): pd.Index(raw.loc[rows, "record_id"].dropna().unique())
        for word, rows in raw.groupby("source").groups.items()
    }
    return raw.assign(source=raw["source"].replace(tie_sources(cited, known, config.sources)))


def _found(store: Store, events: Consents, config: Config) -> Issues:
    """What is odd about the new events, given the customers and events of the store."""
    members = Members(store.load("members"))
    if not len(members) or not len(events):
        return ISSUES.empty()
    every = pd.concat([store.ledger.events(), events], ignore_index=True).drop_duplicates("event_id")
    contacts = Contacts(store.load("contacts"))
    policy = policy_of(config.consent)
    found: Issues = consent_findings(
        CONSENTS.check(every), members, contacts, policy, among=events["event_id"]
    )
    return found


def _refusal(errors: pd.DataFrame, read: int, config: Config) -> ConsentError:
    first = errors.iloc[0]
    return ConsentError(
        say(
            "ledger.none_imported",
            config.lang,
            refused=len(errors),
            read=read,
            file=first["file"],
            row=int(first["row"]),
            code=first["code"],
        ),
        hint=say("ledger.none_imported_hint", config.lang),
    )

"""Lists of those who want no advertising, and of addresses that failed: Robinson, ECG, star, bounces.

A list of addresses or numbers is a file of events that says little; `words_of` says the rest. A list
of names with postal addresses is compared with the customers by name, street, house number and
postcode: the entries that fit are booked on their records, the others are not kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from crmclean.config import Config
from crmclean.consent import import_consents
from crmclean.ledger.importing import Imported, import_events
from crmclean.ledger.marks import marks_of
from crmclean.ledger.refreshing import add_events
from crmclean.normalize.records import Normalized, normalize_records
from crmclean.read import Input, read_records
from crmclean.store import Store
from crmclean.tables import ADDRESSES, CONSENTS, CONTACTS, ISSUES, PARTIES

__all__ = ["KINDS", "import_list", "listed_records", "words_of"]

_CHANNELS = {"robinson": "post", "ecg": "email", "star": "phone", "bounce": "email"}
KINDS = tuple(_CHANNELS)


def words_of(kind: str) -> dict[str, str]:
    """What a list says without words: event, channel and list of its entries."""
    if kind == "bounce":
        return {"event": "bounced", "channel": "email"}
    return {"event": "external_list", "channel": _CHANNELS[kind], "listing": kind}


def import_list(
    inputs: Sequence[Input], store: Store, kind: str, config: Config, *, said: Mapping[str, str] | None = None
) -> Imported:
    """Adds the entries of a list to the ledger.

    Args:
        inputs: As for `read_records`.
        store: Open for writing.
        kind: One of `KINDS`.
        config: Country of national numbers, and the day of the list (`as_of`).
        said: Words that differ from `words_of`: another channel.

    Raises:
        ReadError: A file cannot be read.
        ConsentError: The file is no such list.
        StoreError: The store cannot be written; it is as before then.
    """
    words = {**words_of(kind), **(said or {})}
    if words["channel"] == "post":
        entries, matched = listed_records(inputs, store, config)
        if entries:
            return _booked(store, matched, words, entries, config)
    return import_events(inputs, store, config, said=words)


def listed_records(inputs: Sequence[Input], store: Store, config: Config) -> tuple[int, pd.DataFrame]:
    """How many entries of a list have name and postal address, and the records that they fit.

    Returns:
        The number; source, record_id and entry (the place of the entry among them).
    """
    listed = _postal(_read(inputs, config)).drop_duplicates(["source", "record_id", "value"])
    entries = pd.Series(listed["value"].unique(), dtype="str")
    own = _postal(_stored(store))
    found = own[own["value"].isin(entries)].drop_duplicates(["source", "record_id"])
    places = pd.Series(range(len(entries)), index=pd.Index(entries))
    found = found.assign(entry=found["value"].map(places))[["source", "record_id", "entry"]]
    return len(entries), found.sort_values(["source", "record_id"]).reset_index(drop=True)


def _read(inputs: Sequence[Input], config: Config) -> Normalized:
    read = read_records(inputs, config.read)
    return normalize_records(read.records, config.normalize, sources=read.sources)


def _stored(store: Store) -> Normalized:
    tables = {name: store.load(name) for name in ("parties", "contacts", "addresses")}
    return Normalized(
        PARTIES.check(tables["parties"]),
        CONTACTS.check(tables["contacts"]),
        ADDRESSES.check(tables["addresses"]),
        ISSUES.empty(),
    )


def _postal(normal: Normalized) -> pd.DataFrame:
    marks = marks_of(normal)
    return marks[marks["channel"] == "post"]


def _booked(
    store: Store, matched: pd.DataFrame, words: Mapping[str, str], entries: int, config: Config
) -> Imported:
    rows = matched[["source", "record_id"]].assign(**words, at=config.as_of, recorded_at=config.as_of)
    events, issues = import_consents(CONSENTS.check(rows), config.consent, as_of=config.as_of)
    added = add_events(store, events, config)
    strange = entries - matched["entry"].nunique()
    ledger = store.ledger
    return Imported(
        entries, events, added, 0, store.count("consents"), issues, ledger.head, unmatched=strange
    )

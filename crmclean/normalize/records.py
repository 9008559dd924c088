"""The stage: records become parties, contacts, addresses and issues.

A record names a person, an organization, or a person at an organization; a couple makes two
persons. Persons get all contact points and addresses of their row; the organization beside a person
gets what is its own: role mailboxes, work and direct-dial numbers, the work address, the website and
the domain of the e-mail address. A record that names nobody is a person without a name. Work is done
once per distinct value, never per row. The order of the input rows does not matter.

Long tables are worked on in stretches of records, so that what is needed in between takes room for a
stretch and not for the table. What a record alone does not tell is found out before: countries, the
sources whose ids are customer numbers.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.config import DEFAULT, NormalizeConfig
from crmclean.memory import without_collector
from crmclean.normalize.person_facts import forget_names
from crmclean.normalize.records_addresses import read_addresses
from crmclean.normalize.records_arrow import stacked, texts, thinned
from crmclean.normalize.records_checks import freemail_notes, place_notes, text_notes
from crmclean.normalize.records_contacts import read_contacts
from crmclean.normalize.records_country import Countries, record_countries
from crmclean.normalize.records_facts import numbered_sources, read_facts
from crmclean.normalize.records_forked import can_fork, in_processes
from crmclean.normalize.records_issues import gathered, having, issues_of, nameless_note
from crmclean.normalize.records_names import read_names, rows_only
from crmclean.normalize.records_parties import (
    contact_rows,
    party_rows,
    place_rows,
    roster_of,
    with_quality,
)
from crmclean.tables import (
    ADDRESSES,
    CONTACTS,
    PARTIES,
    RECORDS,
    Addresses,
    Contacts,
    Issues,
    Parties,
    Records,
    Sources,
)

__all__ = ["Normalized", "Slim", "normalize_records"]


@dataclass(frozen=True, slots=True)
class Normalized:
    """What the stage makes of records."""

    parties: Parties
    contacts: Contacts
    addresses: Addresses
    issues: Issues


Slim = Callable[[Parties, Contacts, Addresses], tuple[Parties, Contacts, Addresses]]
_STRETCH = 1 << 17
_FORKED = 1 << 17
"""Records of a stretch in a process: what it needs in between, each process has to itself."""
_SHORTEST = 1 << 14
_MANY = 40_000
"""Records from which on processes are worth their start."""
_THREADS = 2  # Python reads the odd values under one lock; more threads would wait for it


def normalize_records(  # noqa: PLR0913  what is known of the records, and how the call behaves
    records: Records,
    config: NormalizeConfig = DEFAULT.normalize,
    *,
    sources: Sources | None = None,
    slim: Slim | None = None,
    threads: int = _THREADS,
    fork: bool = False,
    consume: bool = False,
) -> Normalized:
    """Parties, contacts, addresses and findings of all records.

    Args:
        records: Raw text under canonical field names; not changed, unless `consume` says so.
        config: Default countries, repairs.
        sources: How the files were understood; tells date orders and id columns.
        slim: Takes the three tables to what is needed of them; asked once per stretch of records.
        threads: Stretches worked on at once, two at most; the result does not depend on it.
        fork: Work in forked processes instead of threads where records are many and the system can.
        consume: Take the columns out of `records` once they are read, so that they need no room any more.

    Raises:
        TableError: The frame breaks the declaration of records.
    """
    with without_collector():
        return _normalized(records, config, sources, slim, _Hands(max(1, threads), fork, consume))


@dataclass(frozen=True, slots=True)
class _Hands:
    """How many stretches are worked on at once, whether in processes, and whether the records are taken."""

    number: int
    fork: bool
    consume: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of all records before a stretch of them is read."""

    frame: pd.DataFrame
    countries: Countries
    sources: Sources | None
    numbered: frozenset[str]
    config: NormalizeConfig
    slim: Slim | None


_Part = Sequence[pd.DataFrame]
"""Parties, contacts, addresses and findings of a stretch."""


def _normalized(
    records: Records, config: NormalizeConfig, sources: Sources | None, slim: Slim | None, hands: _Hands
) -> Normalized:
    frame = _in_order(RECORDS.check(records))
    countries = record_countries(frame, config.default_country, config.source_countries)
    known = _Known(frame, countries, sources, numbered_sources(frame, sources), config, slim)
    parties, points, places, notes = _read(known, hands)
    have, frame = having(frame), frame[["source", "record_id", "file", "row"]]
    del known, countries
    if hands.consume:
        for name in list(records.columns):
            records.pop(name)
        _release()
    with ThreadPoolExecutor(1) as pool:
        issues = pool.submit(issues_of, frame, notes, have)
        tables = []
        for parts in (parties, points, places):
            tables.append(stacked(parts))
            _release()
        if len(frame) > _STRETCH:
            forget_names()
        del frame
        return Normalized(Parties(tables[0]), Contacts(tables[1]), Addresses(tables[2]), issues.result())


def _read(known: _Known, hands: _Hands) -> list[list[pd.DataFrame]]:
    """Parties, contacts, addresses and findings, a frame of each per stretch."""
    tables: list[list[pd.DataFrame]] = [[], [], [], []]
    for part in _parts(known, hands):
        for frames, frame in zip(tables, part, strict=True):
            frames.append(thinned(frame))
    return tables


def _parts(known: _Known, hands: _Hands) -> Iterator[_Part]:
    """What is made of each stretch, in order: in processes, in threads where that may not be."""
    size = len(known.frame)
    if hands.fork and hands.number > 1 and size >= _MANY and can_fork():
        stretches = _stretches(size, hands.number, _FORKED)
        yield from in_processes(lambda at: _stretch(known, stretches[at]), len(stretches), hands.number)
        return
    threads = min(hands.number, _THREADS)
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(lambda rows: _stretch(known, rows), _stretches(size, threads))


def _stretches(size: int, hands: int, longest: int = _STRETCH) -> list[slice]:
    """Equal stretches of the records, as many for each thread, none too long; one where there are few."""
    rounds = max(2, -(-size // (longest * hands)))
    step = max(_SHORTEST, -(-size // (rounds * hands)))
    return [slice(start, min(start + step, size)) for start in range(0, max(size, 1), step)]


def _stretch(known: _Known, rows: slice) -> _Part:
    """Parties, contacts, addresses and findings of some of the records, in their order."""
    frame = known.frame.iloc[rows].reset_index(drop=True)
    countries = known.countries.of(rows)
    names = read_names(frame, countries.used)
    facts = read_facts(frame, countries.said, known.config.timezone, known.sources, known.numbered)
    roster = roster_of(frame, names)
    parties = party_rows(frame, roster, names, facts)
    notes = [*names.notes, *facts.notes, *text_notes(frame)]
    names = rows_only(names)
    points_found = read_contacts(frame, countries)
    notes += [*points_found.notes, freemail_notes(names, points_found.points)]
    points = contact_rows(roster, points_found.points)
    del points_found
    places_found = read_addresses(frame, repair=known.config.restore_postcodes)
    notes += [*places_found.notes, *place_notes(places_found.addresses, list(map(str, frame.columns)))]
    places = place_rows(roster, places_found.addresses, facts)
    del places_found
    parties = with_quality(parties, points, places)
    notes.append(nameless_note(len(frame), names))
    tables = (
        PARTIES.check(parties),
        CONTACTS.check(points.drop(columns="at")),
        ADDRESSES.check(places.drop(columns="at")),
    )
    part = *(known.slim(*tables) if known.slim else tables), gathered(notes, rows.start)
    del parties, points, places, names, facts, roster, tables, notes
    _release()
    return part


def _release() -> None:
    """Gives the memory back that Arrow keeps for later, and what is held in circles.

    phonenumbers keeps a caught exception in a variable: a circle that holds the frames of all its
    callers, and with them a stretch's columns, until the collector comes. Only what was made of late
    is looked at.
    """
    gc.collect(1)
    pa.default_memory_pool().release_unused()


def _in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """The records by source and record id, numbered from 0."""
    order = pc.array_sort_indices(texts(frame["record_id"])).to_numpy().astype(np.int64)
    sources = pd.factorize(frame["source"], sort=True)[0]
    order = order[np.argsort(sources[order], kind="stable")]
    if (np.diff(order) == 1).all():
        return frame
    return frame.take(order).reset_index(drop=True)

"""The stage: records become parties, contacts, addresses and issues.

A record names a person, an organization, or a person at an organization; a couple makes two
persons. Persons get all contact points and addresses of their row; the organization beside a person
gets what is its own: role mailboxes, work and direct-dial numbers, the work address, the website and
the domain of the e-mail address. A record that names nobody is a person without a name. Work is done
once per distinct value, never per row. The order of the input rows does not matter.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.config import DEFAULT, NormalizeConfig
from crmclean.normalize.records_addresses import read_addresses
from crmclean.normalize.records_arrow import texts
from crmclean.normalize.records_checks import freemail_notes, place_notes, text_notes
from crmclean.normalize.records_contacts import read_contacts
from crmclean.normalize.records_country import record_countries
from crmclean.normalize.records_facts import read_facts
from crmclean.normalize.records_issues import issues_of
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

__all__ = ["Normalized", "normalize_records"]


@dataclass(frozen=True, slots=True)
class Normalized:
    """What the stage makes of records."""

    parties: Parties
    contacts: Contacts
    addresses: Addresses
    issues: Issues


def normalize_records(
    records: Records, config: NormalizeConfig = DEFAULT.normalize, *, sources: Sources | None = None
) -> Normalized:
    """Parties, contacts, addresses and findings of all records.

    Args:
        records: Raw text under canonical field names; not changed.
        config: Default countries, repairs.
        sources: How the files were understood; tells date orders and id columns.

    Raises:
        TableError: The frame breaks the declaration of records.
    """
    with _without_collector():
        return _normalized(records, config, sources)


@contextmanager
def _without_collector() -> Iterator[None]:
    """No cyclic garbage collection meanwhile.

    Hundreds of thousands of small results hold no cycles; walking them again and again took a
    quarter of the time (100,000 records).
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _normalized(records: Records, config: NormalizeConfig, sources: Sources | None) -> Normalized:
    frame = _in_order(RECORDS.check(records))
    countries = record_countries(frame, config.default_country, config.source_countries)
    with ThreadPoolExecutor(max_workers=1) as beside:
        # Arrow works on the columns of contacts and addresses while Python reads the names
        contacts = beside.submit(read_contacts, frame, countries)
        addresses = beside.submit(read_addresses, frame, repair=config.restore_postcodes)
        names = read_names(frame, countries.used)
        facts = read_facts(frame, countries.said, config.timezone, sources)
        roster = roster_of(frame, names)
        parties = party_rows(frame, roster, names, facts)
        notes = [*names.notes, *facts.notes, *text_notes(frame)]
        names = rows_only(names)
        points_found = contacts.result()
        del contacts  # what has been read is let go as soon as its rows are made
        notes += [*points_found.notes, freemail_notes(names, points_found.points)]
        points = contact_rows(roster, points_found.points)
        del points_found
        places_found = addresses.result()
        del addresses
        notes += [*places_found.notes, *place_notes(places_found.addresses, list(map(str, frame.columns)))]
        places = place_rows(roster, places_found.addresses, facts)
        del places_found, roster, facts
    parties = with_quality(parties, points, places)
    points, places = points.drop(columns="at"), places.drop(columns="at")
    _release()
    issues = issues_of(frame, names, notes)
    _release()
    return Normalized(PARTIES.check(parties), CONTACTS.check(points), ADDRESSES.check(places), issues)


def _release() -> None:
    """Gives the memory back that Arrow keeps for later: matching comes next and needs it."""
    pa.default_memory_pool().release_unused()


def _in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """The records by source and record id, numbered from 0."""
    order = pc.array_sort_indices(texts(frame["record_id"])).to_numpy().astype(np.int64)
    sources = pd.factorize(frame["source"], sort=True)[0]
    order = order[np.argsort(sources[order], kind="stable")]
    if (np.diff(order) == 1).all():
        return frame
    return frame.take(order).reset_index(drop=True)

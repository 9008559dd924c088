"""The rows of parties, contacts and addresses, put together from what was read per record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.normalize.records_arrow import Bools, Ints, is_whole, picked, rows_of, series, taken, texts
from crmclean.normalize.records_facts import Facts
from crmclean.normalize.records_names import NAME_PARTS, Names

__all__ = ["Roster", "contact_rows", "party_rows", "place_rows", "roster_of", "with_quality"]

_BOTH = ("customer_no", "other_id", "language", "created_at", "modified_at", "last_order", "revenue")
_PERSON_FIRST = ("role", "department", "birth_date", "national_id", "iban", "tax_no")
_COMPANY_FIRST = ("vat_id", "register_no")


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is a party: one row per party.

    Args:
        row: Record number.
        party: Party key.
        is_person: Person or organization.
        second: Second person of its record.
        beside: Organization on a row with a person.
        name: Number of the person or company in `Names`; -1 for a person without a name.
    """

    row: Ints
    party: pd.Series[Any]
    is_person: np.ndarray[Any, np.dtype[np.bool_]]
    second: np.ndarray[Any, np.dtype[np.bool_]]
    beside: np.ndarray[Any, np.dtype[np.bool_]]
    name: Ints


def roster_of(records: pd.DataFrame, names: Names) -> Roster:
    """All parties of the records, in the order of their keys within each record."""
    n = len(records)
    has_person = np.zeros(n, dtype=bool)
    has_person[names.person_rows] = True
    has_company = np.zeros(n, dtype=bool)
    has_company[names.company_rows] = True
    nameless = np.flatnonzero(~has_person & ~has_company)
    row = np.concatenate([names.company_rows, names.person_rows, nameless])
    sizes = (len(names.company_rows), len(names.person_rows), len(nameless))
    is_person = np.repeat([False, True, True], sizes)
    second = np.concatenate([np.zeros(sizes[0], dtype=bool), names.second, np.zeros(sizes[2], dtype=bool)])
    number = np.concatenate([np.arange(sizes[0]), np.arange(sizes[1]), np.full(sizes[2], -1)])
    order = np.lexsort((second, is_person, row))
    row, is_person, second, number = row[order], is_person[order], second[order], number[order]
    suffix = taken(texts(["/person", "/person2", "/organization"]), np.where(is_person, second * 1, 2))
    parts = (taken(texts(records["source"]), row), ":", taken(texts(records["record_id"]), row), suffix, "")
    party = series(
        pc.binary_join_element_wise(
            *(pa.scalar(p, pa.large_string()) if isinstance(p, str) else p for p in parts)
        )
    )
    beside = ~is_person & has_person[row]
    return Roster(row.astype(np.int64), party, is_person, second, beside, number.astype(np.int64))


def party_rows(records: pd.DataFrame, roster: Roster, names: Names, facts: Facts) -> pd.DataFrame:
    """The parties table without `quality`."""
    data: dict[str, Any] = {"party": roster.party}
    for name in ("source", "record_id"):
        data[name] = rows_of(records[name], roster.row)
    data["kind"] = picked(["person", "organization"], np.where(roster.is_person, 0, 1))
    at = np.where(roster.is_person, roster.name, -1)
    for part in NAME_PARTS:
        data[part] = picked(texts(names.persons[part]), at)
    data.update(_company_columns(len(records), roster, names))
    data.update(_fact_columns(roster, facts))
    data["is_test"] = names.is_test[roster.row]
    return pd.DataFrame(data)


def _company_columns(n: int, roster: Roster, names: Names) -> dict[str, pd.Series[Any]]:
    """The organization of each party; for a person the one on its row."""
    where = np.full(n, -1, dtype=np.int64)
    where[names.company_rows] = np.arange(len(names.company_rows))
    at = where[roster.row]
    only_own = np.where(roster.is_person, -1, at)
    places = {"organization": at, "org_base": at, "legal_form": only_own}
    return {name: picked(texts(names.companies[name]), place) for name, place in places.items()}


def _fact_columns(roster: Roster, facts: Facts) -> dict[str, pd.Series[Any]]:
    """Facts of the record on the party they belong to."""
    size = int(roster.row.max(initial=-1)) + 1
    company = np.zeros(size, dtype=bool)
    company[roster.row[~roster.is_person]] = True
    result = {}
    for name, values in facts.columns.items():
        column = rows_of(values, roster.row)
        if name in _PERSON_FIRST:
            column = _without(column, roster.beside | roster.second)
        elif name in _COMPANY_FIRST:
            column = _without(column, roster.is_person & company[roster.row])
        elif name not in _BOTH:
            continue
        result[name] = column
    return result


def _without(column: pd.Series[Any], rows: Bools) -> pd.Series[Any]:
    return column.mask(rows) if rows.any() else column


def _per_party(
    roster: Roster, frame: pd.DataFrame, kept: Callable[[Ints, Ints], Bools], order: Sequence[str]
) -> pd.DataFrame:
    """The rows of a frame (column `row`) once per party that they belong to.

    Args:
        roster: The parties.
        frame: Points or places.
        kept: Tells of rows of the frame and parties, both as numbers, whether they go together.
        order: Columns of few words that sort the rows of a party.

    Returns:
        The frame with the party's key and number (`at`), sorted by party and `order`.
    """
    size = int(max(roster.row.max(initial=-1), frame["row"].max() if len(frame) else -1)) + 1
    counts = np.bincount(roster.row, minlength=size)
    starts = np.cumsum(counts) - counts
    rows = frame["row"].to_numpy(dtype=np.int64)
    repeat = counts[rows]
    points = np.repeat(np.arange(len(frame)), repeat)
    offset = np.arange(len(points)) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    at = np.repeat(starts[rows], repeat) + offset
    together = kept(points, at)
    points, at = points[together], at[together]
    key = at
    for name in order:
        codes, words = pd.factorize(frame[name], sort=True)
        key = key * (len(words) + 1) + codes[points] + 1
    if (np.diff(key) < 0).any():
        sort = np.argsort(key, kind="stable")
        points, at = points[sort], at[sort]
    placed = frame.drop(columns="row")
    if not is_whole(points, len(frame)):
        placed = placed.take(points).reset_index(drop=True)
    party = roster.party if is_whole(at, len(roster.party)) else picked(texts(roster.party), at)
    placed.insert(0, "party", party)
    return placed.assign(at=at)


def _once(frame: pd.DataFrame) -> pd.DataFrame:
    """The points without those that a party has twice from the same column."""
    key = frame["at"].to_numpy(dtype=np.int64)
    for name in ("kind", "field"):
        codes, words = pd.factorize(frame[name])
        key = key * (len(words) + 1) + codes + 1
    several = pd.Series(key).duplicated(keep=False).to_numpy(dtype=np.bool_)
    if not several.any():
        return frame
    again = frame[several].duplicated(["at", "kind", "value", "raw", "field"]).to_numpy(dtype=np.bool_)
    kept = np.ones(len(frame), dtype=np.bool_)
    kept[np.flatnonzero(several)[again]] = False
    return frame[kept].reset_index(drop=True)


def contact_rows(roster: Roster, points: pd.DataFrame) -> pd.DataFrame:
    """The contacts table with the party's number `at`.

    Points of persons, own points of organizations, and the domains of mailboxes as `web`.
    """
    own = points["own"].to_numpy(dtype=np.bool_)
    is_domain = np.zeros(len(points), dtype=np.bool_)
    named = points["domain"].notna().to_numpy(dtype=np.bool_)
    if not roster.is_person.all() and named.any():
        web = points[named].assign(kind="web", type="other", extension=None)
        web["value"] = web["key"] = web["domain"]
        points = pd.concat([points, web], ignore_index=True)
        own = np.append(own, own[named])
        is_domain = np.append(is_domain, np.ones(len(web), dtype=np.bool_))

    def kept(rows: Ints, at: Ints) -> Bools:
        belongs: Bools = np.where(is_domain[rows], ~roster.is_person[at], ~roster.beside[at] | own[rows])
        return belongs

    return _once(_per_party(roster, points.drop(columns=["own", "domain"]), kept, ("kind", "field")))


def place_rows(roster: Roster, addresses: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """The addresses table with the party's number `at`.

    All addresses of a person; of an organization beside it all but the private one.
    """
    for name in ("valid_from", "valid_to"):
        said = facts.columns.get(f"address_{name}")
        if said is not None and len(addresses):
            day = said.take(addresses["row"].to_numpy(dtype=np.int64)).reset_index(drop=True)
            addresses = addresses.assign(**{name: day.where(addresses["field"] == "")})
    own = (addresses["field"] != "home_").to_numpy(dtype=np.bool_)
    return _per_party(roster, addresses, lambda rows, at: ~roster.beside[at] | own[rows], ("field",))


def _has(size: int, frame: pd.DataFrame, rows: pd.Series[bool]) -> pd.Series[float]:
    flags = np.zeros(size)
    flags[frame.loc[rows, "at"].to_numpy(dtype=np.int64)] = 1.0
    return pd.Series(flags)


def with_quality(parties: pd.DataFrame, contacts: pd.DataFrame, addresses: pd.DataFrame) -> pd.DataFrame:
    """The parties with `quality`: the share of the expected facts that are there and valid.

    Expected of a person: given and family name, salutation, birth date; of an organization: name and
    legal form; of both: e-mail address, telephone number, street, house number, postcode, town.
    """
    n = len(parties)
    valid = contacts["valid"].astype(bool)
    reach = [_has(n, contacts, valid & (contacts["kind"] == kind)) for kind in ("email", "phone")]
    parts = ("street", "house_number", "postal_code", "city")
    place = [_has(n, addresses, addresses[part].notna()) for part in parts]
    common = sum((*reach, *place), start=pd.Series(np.zeros(n)))
    person = [
        parties[c].notna() for c in ("given_name", "family_name", "salutation", "birth_date") if c in parties
    ]
    company = [parties[c].notna() for c in ("organization", "legal_form")]
    is_person = parties["kind"] == "person"
    nothing = pd.Series(np.zeros(n))
    own = sum((f.astype(float) for f in person), start=nothing).where(
        is_person, sum((f.astype(float) for f in company), start=nothing)
    )
    total = np.where(is_person, 10.0, 8.0)
    return parties.assign(quality=((common + own) / total).round(3))

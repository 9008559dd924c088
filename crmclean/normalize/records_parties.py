"""The rows of parties, contacts and addresses, put together from what was read per record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmclean.normalize.records_columns import Ints
from crmclean.normalize.records_facts import Facts
from crmclean.normalize.records_names import Names

__all__ = ["Roster", "contact_rows", "party_rows", "place_rows", "roster_of", "with_quality"]

_NAME_PARTS = (
    "salutation", "gender", "title", "given_name", "middle_names", "name_prefix", "family_name", "name_suffix",
    "birth_name", "nickname",
)  # fmt: skip
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
    suffix = np.where(is_person, np.where(second, "/person2", "/person"), "/organization")
    key = records["source"].str.cat(records["record_id"], sep=":")
    party = key.take(row).reset_index(drop=True).str.cat(pd.Series(suffix, dtype="str"))
    beside = ~is_person & has_person[row]
    return Roster(row.astype(np.int64), party, is_person, second, beside, number.astype(np.int64))


def party_rows(records: pd.DataFrame, roster: Roster, names: Names, facts: Facts) -> pd.DataFrame:
    """The parties table without `quality`."""
    data: dict[str, Any] = {"party": roster.party}
    for name in ("source", "record_id"):
        data[name] = records[name].take(roster.row).reset_index(drop=True)
    data["kind"] = pd.Series(np.where(roster.is_person, "person", "organization"), dtype="str")
    at = np.where(roster.is_person, roster.name, -1)
    for part in _NAME_PARTS:
        data[part] = _picked([getattr(p, part, None) or None for p in names.persons], at)
    data.update(_company_columns(len(records), roster, names))
    data.update(_fact_columns(roster, facts))
    data["is_test"] = names.is_test[roster.row]
    return pd.DataFrame(data)


def _picked(values: list[str | None], at: Ints) -> pd.Series[Any]:
    table = np.array([*values, None], dtype=object)
    return pd.Series(table[at], dtype="str")


def _company_columns(n: int, roster: Roster, names: Names) -> dict[str, pd.Series[Any]]:
    """The organization of each party; for a person the one on its row."""
    where = np.full(n, -1, dtype=np.int64)
    where[names.company_rows] = np.arange(len(names.company_rows))
    at = where[roster.row]
    only_own = np.where(roster.is_person, -1, at)
    return {
        "organization": _picked([c.name for c in names.companies], at),
        "org_base": _picked([c.base for c in names.companies], at),
        "legal_form": _picked([c.legal_form for c in names.companies], only_own),
    }


def _fact_columns(roster: Roster, facts: Facts) -> dict[str, pd.Series[Any]]:
    """Facts of the record on the party they belong to."""
    size = int(roster.row.max(initial=-1)) + 1
    company = np.zeros(size, dtype=bool)
    company[roster.row[~roster.is_person]] = True
    result = {}
    for name, values in facts.columns.items():
        column = values.take(roster.row).reset_index(drop=True)
        if name in _PERSON_FIRST:
            column = column.mask(roster.beside | roster.second)
        elif name in _COMPANY_FIRST:
            column = column.mask(roster.is_person & company[roster.row])
        elif name not in _BOTH:
            continue
        result[name] = column
    return result


def _per_party(roster: Roster, frame: pd.DataFrame, own: np.ndarray[Any, np.dtype[np.bool_]]) -> pd.DataFrame:
    """The rows of a frame (column `row`) once per party that they belong to."""
    parties = pd.DataFrame({"row": roster.row, "party": roster.party, "beside": roster.beside})
    joined = frame.assign(own=own).merge(parties, on="row", how="inner")
    return joined[~joined["beside"] | joined["own"]].drop(columns=["beside", "own"])


def contact_rows(roster: Roster, points: pd.DataFrame) -> pd.DataFrame:
    """The contacts table: points of persons, own points of organizations, domains of mailboxes."""
    joined = _per_party(roster, points.drop(columns=["own", "domain"]), points["own"].to_numpy(dtype=bool))
    domains = points[points["domain"].notna()]
    web = domains.assign(kind="web", value=domains["domain"], key=domains["domain"], type="other", extension=None)
    companies = pd.DataFrame({"row": roster.row, "party": roster.party})[~roster.is_person]
    added = web.drop(columns=["own", "domain"]).merge(companies, on="row", how="inner")
    joined = pd.concat([f for f in (joined, added) if len(f)], ignore_index=True) if len(joined) or len(added) else joined
    joined = joined.sort_values(["row", "party", "kind", "field"], kind="stable").drop(columns="row")
    joined["valid"] = joined["valid"].astype(bool)
    return joined.drop_duplicates(["party", "kind", "value", "raw", "field"])


def place_rows(roster: Roster, addresses: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """The addresses table: all of a person's; plain and work addresses of an organization beside it."""
    addresses = addresses.copy()
    valid_from = facts.columns.get("address_valid_from")
    if valid_from is not None and len(addresses):
        taken = valid_from.take(addresses["row"].to_numpy(dtype=np.int64)).reset_index(drop=True)
        addresses["valid_from"] = taken.where(addresses["field"] == "")
    own = (addresses["field"] != "home_").to_numpy(dtype=bool)
    joined = _per_party(roster, addresses, own)
    return joined.sort_values(["row", "party", "field"], kind="stable").drop(columns="row")


def with_quality(parties: pd.DataFrame, contacts: pd.DataFrame, addresses: pd.DataFrame) -> pd.DataFrame:
    """The parties with `quality`: the share of the expected facts that are there and valid.

    Expected of a person: given and family name, salutation, birth date; of an organization: name and
    legal form; of both: e-mail address, telephone number, street, house number, postcode, town.
    """
    valid = contacts[contacts["valid"]]
    reach = [parties["party"].isin(valid.loc[valid["kind"] == kind, "party"]) for kind in ("email", "phone")]
    parts = ("street", "house_number", "postal_code", "city")
    place = [parties["party"].isin(addresses.loc[addresses[part].notna(), "party"]) for part in parts]
    common = sum(flag.astype(float) for flag in (*reach, *place))
    person = [parties[c].notna() for c in ("given_name", "family_name", "salutation", "birth_date") if c in parties]
    company = [parties[c].notna() for c in ("organization", "legal_form")]
    is_person = parties["kind"] == "person"
    own = sum(f.astype(float) for f in person).where(is_person, sum(f.astype(float) for f in company))
    total = np.where(is_person, 10.0, 8.0)
    return parties.assign(quality=((common + own) / total).round(3))

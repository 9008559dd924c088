"""The flat file: one row per customer with its primary values."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from crmclean.merge.columns import accounts, positions
from crmclean.merge.rules import Ints, uniques
from crmclean.schema import coded_rows
from crmclean.tables import Customers, Members, Parties

__all__ = ["FLAT_COLUMNS", "flat_customers"]

FIELDS = (
    "salutation", "title", "given_name", "family_name", "organization", "street", "house_number",
    "postal_code", "city", "country", "email", "phone", "mobile", "birth_date",
)  # fmt: skip
FLAT_COLUMNS = ("customer_id", "kind", *FIELDS, "records", "sources", "first_seen", "last_seen", "quality")
_USED = ("customer_id", "field", "value", "is_primary")
_PERSON = ("given_name", "family_name", "street", "postal_code", "city", "email", "phone")
_ORGANIZATION = ("organization", "legal_form", "street", "postal_code", "city", "email", "phone")


def flat_customers(customers: Customers | pa.Table, members: Members, parties: Parties) -> pd.DataFrame:
    """One row per customer, sorted by id; columns `FLAT_COLUMNS`, all text but records and quality.

    The family name carries its particles (von der Heide). Sources are separated by blanks.
    Quality is the share of seven expected facts that the customer has: name, street, postcode,
    town, e-mail and a phone or mobile number; for organizations name and legal form. Customers
    without any value are there too, so that the crosswalk points to nothing that is missing.

    Args:
        customers: Uses customer_id, field, value, is_primary; also as codes (`merge_coded`).
        members: Uses customer_id, party, source, record_id, kind.
        parties: Uses party, created_at, modified_at.
    """
    frame = _counted(members, parties)
    rows = coded_rows(customers[list(_USED)]) if isinstance(customers, pd.DataFrame) else customers
    shown = rows.select(_USED).filter(rows["is_primary"])
    owner, field, value = (shown[name].combine_chunks() for name in _USED[:3])
    row = positions(pd.Series(pd.array(owner.dictionary, dtype="str")), frame.index.to_series())
    row, codes = row[owner.indices.to_numpy()], field.indices.to_numpy()
    columns = {
        str(name): _column(value, row, codes == code, len(frame))
        for code, name in enumerate(field.dictionary.to_pylist())
    }
    for field in (*FIELDS, "legal_form", "name_prefix"):
        frame[field] = columns.get(field, pd.Series([None] * len(frame), dtype="str")).array
    frame["quality"] = _quality(frame)
    family = frame["name_prefix"].where(frame["name_prefix"].isna(), frame["name_prefix"] + " ").fillna("")
    frame["family_name"] = frame["family_name"].where(
        frame["family_name"].isna(), family + frame["family_name"]
    )
    return frame.reset_index()[list(FLAT_COLUMNS)]


def _column(values: pa.DictionaryArray, row: Ints, chosen: NDArray[np.bool_], size: int) -> pd.Series[str]:
    place = np.full(size, -1, dtype=np.int64)
    place[row[chosen]] = np.flatnonzero(chosen)
    found = values.take(pa.array(place, mask=place < 0))
    return pd.Series(pd.array(found.dictionary.take(found.indices), dtype="str"))


def _counted(members: Members, parties: Parties) -> pd.DataFrame:
    """Kind, number of records, sources and times of each customer."""
    customer, ids = pd.factorize(members["customer_id"], sort=True)
    size = len(ids)
    frame = pd.DataFrame(index=pd.Index(ids, name="customer_id"))
    frame["kind"] = members["kind"].array.take(_last_position(customer, size), allow_fill=True)
    account = accounts(members)
    pairs = uniques(customer * (len(members) + 1) + account)
    frame["records"] = np.bincount(pairs // (len(members) + 1), minlength=size)
    frame["sources"] = _source_lists(customer, members["source"], size)
    row = positions(members["party"], parties["party"])
    created = pd.Series(parties["created_at"].array.take(row, allow_fill=True))
    modified = pd.Series(parties["modified_at"].array.take(row, allow_fill=True))
    frame["first_seen"] = _extreme(customer, created.fillna(modified), size, latest=False).array
    frame["last_seen"] = _extreme(customer, modified.fillna(created), size, latest=True).array
    return frame


def _last_position(codes: Ints, size: int) -> Ints:
    place = np.full(size, -1, dtype=np.int64)
    place[codes] = np.arange(len(codes))
    return place


def _source_lists(customer: Ints, source: pd.Series[str], size: int) -> list[str]:
    """The names of each customer's sources; worked out once per combination that occurs."""
    codes, names = pd.factorize(source, sort=True)
    pairs = uniques(customer * (len(names) + 1) + codes)
    owner, which = pairs // (len(names) + 1), pairs % (len(names) + 1)
    texts = [str(n) for n in names]
    if len(names) > 62:  # no room in one whole number
        return pd.Series([texts[w] for w in which], dtype="str").groupby(owner).agg(" ".join).tolist()
    masks = np.zeros(size, dtype=np.int64)
    np.bitwise_or.at(masks, owner, np.left_shift(np.int64(1), which))
    label = {m: " ".join(t for i, t in enumerate(texts) if m >> i & 1) for m in uniques(masks).tolist()}
    return [label[m] for m in masks.tolist()]


def _extreme(customer: Ints, times: pd.Series[str], size: int, *, latest: bool) -> pd.Series[str]:
    codes, values = pd.factorize(times, sort=True)
    known = codes >= 0
    best = np.full(size, -1 if latest else len(values), dtype=np.int64)
    (np.maximum if latest else np.minimum).at(best, customer[known], codes[known])
    best[best == len(values)] = -1
    return pd.Series(pd.array([*(str(v) for v in values), ""], dtype="str").take(best, allow_fill=True))


def _quality(frame: pd.DataFrame) -> pd.Series[float]:
    has = frame[[*FIELDS, "legal_form"]].notna()
    has["phone"] |= has["mobile"]
    company = frame["kind"].eq("organization")
    return has[list(_ORGANIZATION)].mean(axis=1).where(company, has[list(_PERSON)].mean(axis=1)).round(3)

"""From a golden value back to the cell it was read from.

The customers table names record and canonical field of a value. The cell is the column of that
field; a part of a name, an address or a company may stand in the column of the whole, a number in
a subject line. Of several columns that come into question the one that holds the value is taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from crmclean.tables import Customers, Records
from crmclean.text.fold import fold_umlaut

__all__ = ["raw_cells", "says"]

_NAME = (
    "full_name",
    "given_name",
    "family_name",
    "organization",
    "organization_2",
    "title",
    "salutation",
    "handle",
)
_COMPANY = ("organization", "organization_2", "full_name", "family_name")
# field of a value -> columns in which it may stand, beside the one of its own name
_ALSO: Mapping[str, tuple[str, ...]] = {
    "salutation": _NAME, "title": _NAME, "given_name": _NAME, "middle_names": ("middle_names", *_NAME),
    "name_prefix": _NAME, "family_name": _NAME, "name_suffix": _NAME, "nickname": _NAME, "birth_name": _NAME,
    "organization": _COMPANY, "org_base": _COMPANY, "legal_form": _COMPANY, "department": ("role", *_COMPANY),
    "role": ("department", *_COMPANY), "customer_no": ("subject", "notes", "record_id"), "is_test": _NAME,
}  # fmt: skip
_PLACE = ("care_of", "street", "house_number", "address_addition", "po_box", "postal_code", "city", "district",
          "region", "country", "full_address")  # fmt: skip
_CONTACT = ("email", "email_2", "email_3", "phone", "phone_2", "phone_home", "phone_work", "mobile", "fax", "handle",
            "contact_any", "web")  # fmt: skip
_DIGITS = re.compile(r"\D+")
_WORDS = re.compile(r"[\W_]+")


def raw_cells(customers: Customers, records: Records) -> pd.DataFrame:
    """The column and the raw text that each value was read from; columns raw_field, raw, same index.

    A value that was calculated, or that only a steward said, has none.

    Args:
        customers: Uses field, value, source, record_id, source_field.
        records: All columns.
    """
    index = pd.MultiIndex.from_frame(records[["source", "record_id"]])
    place = index.get_indexer(pd.MultiIndex.from_frame(customers[["source", "record_id"]]))
    cells = {str(name): records[name].fillna("").to_numpy(dtype=object) for name in records.columns}
    where = np.full(len(customers), None, dtype=object)
    texts = np.full(len(customers), None, dtype=object)
    columns = zip(
        customers["field"], customers["source_field"], customers["value"], place.tolist(), strict=True
    )
    for row, (field, source_field, value, record) in enumerate(columns):
        if record >= 0:
            where[row], texts[row] = _cell(
                _candidates(str(field), str(source_field)), cells, record, str(value)
            )
    return pd.DataFrame({"raw_field": where, "raw": texts}, index=customers.index).astype("str")


def _candidates(field: str, source_field: str) -> list[str]:
    part = "address_addition" if field == "addition" else field
    prefix = source_field[: -len(part)] if source_field.endswith(part) else ""
    named = [source_field, field, *_ALSO.get(field, ())]
    if part in _PLACE:
        named += [f"{prefix}{place}" for place in _PLACE] + list(_PLACE)
    if field in _CONTACT:
        named += _CONTACT
    return list(dict.fromkeys(named))


def _cell(
    candidates: Sequence[str], cells: Mapping[str, np.ndarray], record: int, value: str
) -> tuple[str | None, str | None]:
    """The first column that holds the value, else the first that holds anything."""
    filled = [
        (name, str(cells[name][record])) for name in candidates if name in cells and cells[name][record]
    ]
    holding = next(((name, raw) for name, raw in filled if says(raw, value)), None)
    # an address or a number is read from a cell that holds it; of another kind of column it says nothing
    read = [(name, raw) for name, raw in filled if name not in _CONTACT or name in candidates[:2]]
    return holding or (read[0] if read else (None, None))


def says(raw: str, value: str) -> bool:
    """Whether a raw text holds a value: its words, its digits, or the digits of its date.

    Example:
        >>> says("Herr Dr. Max Müller", "Mueller"), says("0711/12 34 56", "+49711123456"), says("01.02.80", "1980-02-01")
        (True, True, True)
    """
    plain, wanted = _WORDS.sub(" ", fold_umlaut(raw)), _WORDS.sub(" ", fold_umlaut(value)).split()
    if wanted and all(word in plain for word in wanted):
        return True
    have, digits = _DIGITS.sub("", raw), _DIGITS.sub("", value)
    if re.fullmatch(r"\d{4}(-\d\d){0,2}", value):
        return _date_in(raw, value)
    return len(digits) >= 4 and digits[-min(len(digits), 7) :] in have


def _date_in(raw: str, value: str) -> bool:
    """Whether the numbers of a date stand in a text, the year also with two digits."""
    numbers = [int(number) for number in re.findall(r"\d+", raw)]
    year, *rest = (int(part) for part in value.split("-"))
    return (year in numbers or year % 100 in numbers) and all(part in numbers for part in rest)

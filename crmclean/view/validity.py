"""Since when and until when addresses hold: what records say of it, at the address and at its values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from crmclean.fields import PLACES
from crmclean.merge.address import PARTS, number_form, street_form
from crmclean.text.fold import fold

__all__ = ["mark_addresses", "mark_values"]

Row = dict[str, Any]


def mark_addresses(rows: Sequence[Row], parties: pd.DataFrame, day: str) -> list[Row]:
    """The addresses of a customer with `first_seen` and `last_seen`, and `status` former where they ended.

    An address that ended is in use again where another record, written later, still gives it.

    Args:
        rows: Addresses as records give them: parts, valid_from, valid_to, party.
        parties: Of the customer; uses party, created_at, modified_at.
        day: Day of the view.
    """
    times = parties.set_index("party")[["created_at", "modified_at"]]
    first = times["created_at"].fillna(times["modified_at"]).to_dict()
    last = times["modified_at"].fillna(times["created_at"]).to_dict()
    ends: dict[tuple[str, ...], str] = {}
    given: dict[tuple[str, ...], str] = {}
    for row in rows:
        until = str(row.get("valid_to") or "")
        if until and (not day or until < day):
            ends[_same(row)] = max(until, ends.get(_same(row), ""))
        else:
            seen = row.get("valid_from") or last.get(row["party"])
            given[_same(row)] = max(given.get(_same(row), ""), seen if isinstance(seen, str) else "")
    marked = []
    for row in rows:
        end = ends.get(_same(row))
        seen = {"first_seen": first.get(row["party"]), "last_seen": last.get(row["party"])}
        known = {name: time for name, time in seen.items() if isinstance(time, str)}
        former = {"status": "former"} if end is not None and given.get(_same(row), "") <= end else {}
        marked.append({**row, **known, **former})
    return marked


def _same(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Equal for addresses that merging takes for one."""
    street, number, box = (str(row.get(name) or "") for name in ("street", "house_number", "po_box"))
    place = str(row.get("postal_code") or "") or fold(str(row.get("city") or ""))
    return street_form(street), number_form(number), number_form(box), number_form(place)


def mark_values(values: Iterable[Row], addresses: Sequence[Mapping[str, Any]]) -> None:
    """Writes valid_from, valid_to and status of addresses at the values that come from them.

    Args:
        values: Values of the customer, with source, record_id and source_field.
        addresses: As `mark_addresses` gives them.
    """
    known = {(str(a["party"]).rpartition("/")[0], str(a.get("field") or "")): a for a in addresses}
    for row in values:
        if row["field"] not in PARTS or "record_id" not in row:
            continue
        origin = str(row.get("source_field") or "")
        place = next((p for p in PLACES if p and origin.startswith(p)), "")
        address = known.get((f"{row['source']}:{row['record_id']}", place), {})
        row.update({n: address[n] for n in ("valid_from", "valid_to", "status") if n in address})

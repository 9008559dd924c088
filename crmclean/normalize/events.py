"""Consents, touchpoints, orders, opportunities, tasks and qualifications: texts become values.

Words of channels, purposes, stages and states stay as written; times become ISO in UTC, dates ISO,
amounts numbers, contact points their normalised form. Each distinct text is read once. Dates with
slashes are read in the order that the column itself gives away (13/05 or 05/13), else day first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import pandas as pd

from crmclean.normalize.amount import normalize_amount
from crmclean.normalize.contact_point import contact_points
from crmclean.normalize.event_columns import (
    Notes,
    column_of,
    date_columns,
    read_column,
    text_column,
    time_columns,
    time_zones,
)
from crmclean.normalize.event_points import asked_points, read_points, tell_assumed
from crmclean.schema import Table
from crmclean.tables import (
    CONSENTS,
    OPPORTUNITIES,
    ORDERS,
    QUALIFICATIONS,
    TASKS,
    TOUCHPOINTS,
    Issues,
    Opportunities,
    Orders,
    Qualifications,
    Tasks,
    Touchpoints,
)

__all__ = [
    "normalize_consents",
    "normalize_opportunities",
    "normalize_orders",
    "normalize_qualifications",
    "normalize_tasks",
    "normalize_touchpoints",
]

T = TypeVar("T")
_CURRENCIES = {
    "€": "EUR",
    "euro": "EUR",
    "$": "USD",
    "us$": "USD",
    "£": "GBP",
    "fr.": "CHF",
    "sfr.": "CHF",
    "sfr": "CHF",
}
_DIRECTIONS = {
    "eingehend": "in", "eingang": "in", "inbound": "in", "incoming": "in", "ein": "in", "empfangen": "in",
    "ausgehend": "out", "ausgang": "out", "outbound": "out", "outgoing": "out", "aus": "out", "gesendet": "out",
}  # fmt: skip


def normalize_consents(
    raw: pd.DataFrame,
    *,
    timezone: str = "Europe/Berlin",
    default_country: str | None = "DE",
    numbers: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, Issues]:
    """The consent events with times in UTC and normalised contact points, and what was noticed.

    Words of channel, purpose and event stay as written; `import_consents` reads them. A contact
    point that cannot be normalised stays as written, so that no objection is lost. Adds the
    column `contact_key`, by which the point is found on the records.

    Args:
        raw: Texts under the column names of the table consents, with file and row.
        timezone: Zone of times that name none, unless the file's other times say UTC.
        default_country: Alpha-2 by which national numbers are read where neither the row nor the
            person on it says more; reported per file. None: such numbers stay as written.
        numbers: Telephone numbers of the records, as from `record_numbers`.
    """
    raw = raw.reset_index(drop=True)
    notes = Notes(raw, "record_id")
    zones = time_zones(raw, ("at", "recorded_at", "valid_until"), timezone, notes)
    bad = {"date_unreadable": "consent_bad_date", "date_impossible": "consent_bad_date"}
    columns = time_columns(raw, ("at", "recorded_at", "valid_until"), zones, notes, bad)
    asked = asked_points(raw, "contact_point", default_country, numbers)
    points = read_points(asked, "contact_point", notes)
    tell_assumed(raw, "contact_point", asked, text_column([p.kind if p else None for p in points]), notes)
    written = column_of(raw, "contact_point").str.strip()
    columns["contact_point"] = text_column([p.value if p else None for p in points]).fillna(written)
    columns["contact_key"] = text_column([p.key if p else None for p in points])
    return CONSENTS.check(raw.drop(columns="country", errors="ignore").assign(**columns)), notes.table()


def normalize_touchpoints(
    raw: pd.DataFrame,
    *,
    timezone: str = "Europe/Berlin",
    default_country: str | None = "DE",
    numbers: pd.DataFrame | None = None,
) -> tuple[Touchpoints, Issues]:
    """The touchpoints with times in UTC, kind and match key of the identifier.

    A customer number that the subject names is left to `attach_touchpoints`.

    Args:
        raw: Texts under the column names of the table touchpoints, with file and row.
        timezone: Zone of times that name none, unless the file's other times say UTC.
        default_country: As for consents.
        numbers: As for consents.
    """
    raw = raw.reset_index(drop=True)
    notes = Notes(raw, "touchpoint_id")
    columns = time_columns(raw, ("at",), time_zones(raw, ("at",), timezone, notes), notes)
    asked = asked_points(raw, "identifier", default_country, numbers)
    points = contact_points(asked.texts, country=asked.countries)
    tell_assumed(raw, "identifier", asked, points["kind"], notes)
    columns |= {"identifier_kind": points["kind"], "key": points["key"]}
    direction = column_of(raw, "direction")
    columns["direction"] = direction.str.strip().str.lower().map(_DIRECTIONS).astype("str").fillna(direction)
    return _checked(TOUCHPOINTS, raw, columns), notes.table()


def normalize_orders(raw: pd.DataFrame) -> tuple[Orders, Issues]:
    """The orders with ISO dates and amounts as numbers; credit notes stay negative."""
    raw = raw.reset_index(drop=True)
    notes = Notes(raw, "order_id")
    columns = date_columns(raw, ("at",), notes)
    columns["amount"] = _decimals(raw, "amount", notes)
    columns["currency"] = _currency(raw)
    return _checked(ORDERS, raw, columns), notes.table()


def normalize_opportunities(raw: pd.DataFrame) -> tuple[Opportunities, Issues]:
    """The sales cases; a probability above 1 or with a percent sign is a percentage."""
    raw = raw.reset_index(drop=True)
    notes = Notes(raw, "opportunity_id")
    columns = date_columns(raw, ("expected_at",), notes)
    columns["volume"] = _decimals(raw, "volume", notes)
    share = column_of(raw, "probability")
    percent = share.str.contains("%", regex=False).fillna(False).to_numpy(dtype=bool)
    plain = _decimals(raw.assign(probability=share.str.replace("%", "", regex=False)), "probability", notes)
    columns["probability"] = plain.where(~(percent | plain.gt(1).to_numpy()), plain / 100)
    columns["currency"] = _currency(raw)
    return _checked(OPPORTUNITIES, raw, columns), notes.table()


def normalize_tasks(raw: pd.DataFrame) -> tuple[Tasks, Issues]:
    """The planned activities with ISO dates."""
    raw = raw.reset_index(drop=True)
    notes = Notes(raw, "task_id")
    return _checked(TASKS, raw, date_columns(raw, ("due_from", "due_to"), notes)), notes.table()


def normalize_qualifications(raw: pd.DataFrame) -> tuple[Qualifications, Issues]:
    """The segmenting facts with ISO dates."""
    raw = raw.reset_index(drop=True)
    notes = Notes(raw, "customer_no")
    return _checked(QUALIFICATIONS, raw, date_columns(raw, ("observed_at",), notes)), notes.table()


def _checked(table: Table[T], raw: pd.DataFrame, columns: Mapping[str, pd.Series[Any]]) -> T:
    """The declared columns alone: raw frames carry file and row, and columns nobody declared.

    A row without identifier is named after its line.
    """
    merged = raw.assign(**columns)
    lines = "row-" + column_of(raw, "row").astype("str")
    for column in (c.name for c in table.columns if c.required and c.name != "source"):
        merged[column] = column_of(merged, column).fillna(lines)
    return table.check(merged[[c for c in merged.columns if c in set(table.names)]])


def _decimals(raw: pd.DataFrame, name: str, notes: Notes) -> pd.Series[Any]:
    values = read_column(raw, name, normalize_amount, notes)
    return pd.Series([float("nan") if v is None else float(v) for v in values], dtype="float64")


def _currency(raw: pd.DataFrame) -> pd.Series[Any]:
    written = column_of(raw, "currency").str.strip()
    return written.str.lower().map(_CURRENCIES).astype("str").fillna(written.str.upper())

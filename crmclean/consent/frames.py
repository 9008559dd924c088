"""Consent events as table columns and back: times as numbers, rows as `ConsentEvent`."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.consent.clock import instant
from crmclean.consent.event import ConsentEvent, truth

__all__ = ["MISSING", "combine", "events_of", "map_distinct", "moments", "times_text"]

MISSING = -(2**63)
T = TypeVar("T", bound=Hashable)
Ints = npt.NDArray[np.int64]
_TEXTS = (
    "channel", "purpose", "contact_point", "controller", "actor", "origin", "method", "text_version",
    "evidence_ref", "legal_basis", "valid_until", "grounds", "confirms", "corrects", "declaration",
    "sale_ref", "scope", "guardian", "listing", "at", "recorded_at",
)  # fmt: skip
_FLAGS = ("value", "address_from_sale", "notice_at_collection")
_USUAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_KEYS = ("event", "event_id", "source", "record_id")


def events_of(consents: pd.DataFrame) -> list[ConsentEvent]:
    """The rows of a consents table as events, in the same order; missing cells are None.

    Raises:
        ConsentError: The kind of event is unknown.
    """
    names = [name for name in (*_TEXTS, *_FLAGS, *_KEYS) if name in consents]
    columns = {name: _objects(consents[name]) for name in names}
    columns.update({name: [truth(cell) for cell in columns[name]] for name in _FLAGS if name in columns})
    rows = zip(*columns.values(), strict=True)
    return [_event(dict(zip(columns, row, strict=True))) for row in rows]


def _objects(values: pd.Series[Any]) -> list[Any]:
    cells = values.to_numpy(dtype=object)
    return [None if unsaid else cell for cell, unsaid in zip(cells, pd.isna(cells), strict=True)]


def _event(said: dict[str, Any]) -> ConsentEvent:
    source, record_id = said.pop("source", None), said.pop("record_id", None)
    record = f"{source or ''}:{record_id}" if record_id is not None else None
    said["event"], said["event_id"] = str(said.get("event") or ""), str(said.get("event_id") or "")
    return ConsentEvent(record=record, **said)


def map_distinct(values: pd.Series[Any], function: Callable[[str], Any], missing: Any) -> list[Any]:
    """The function's result for every cell, called once per distinct text."""
    if not values.notna().any():
        return [missing] * len(values)
    codes, uniques = pd.factorize(values)
    results = np.empty(len(uniques) + 1, dtype=object)
    results[:] = [*(function(str(text)) for text in pd.Index(uniques).tolist()), missing]
    found: list[Any] = results[codes].tolist()
    return found


def moments(values: pd.Series[Any], zone: str, *, end: bool = False) -> Ints:
    """Microseconds since 1970 UTC of every cell, MISSING where there is none or it is unreadable.

    The usual form ``2024-05-01T09:00:00Z`` is read as a column, everything else text by text.
    """
    result = np.full(len(values), MISSING, dtype=np.int64)
    if not values.notna().any():
        return result
    codes, uniques = pd.factorize(values)
    texts = pd.Series(uniques, dtype="str")
    usual = texts.str.fullmatch(_USUAL.pattern).fillna(False).to_numpy(dtype=bool)
    parsed = pd.to_datetime(texts.where(usual), format="ISO8601", errors="coerce", utc=True)
    numbers = parsed.dt.tz_localize(None).to_numpy(dtype="datetime64[us]").astype(np.int64)
    for place in np.flatnonzero(parsed.isna().to_numpy() & texts.notna().to_numpy()):
        moment = instant(str(texts.iloc[place]), zone, end=end)
        numbers[place] = MISSING if moment is None else moment
    known = codes >= 0
    result[known] = numbers[codes[known]]
    return result


def times_text(times: Ints) -> pd.Series[Any]:
    """Moments as ISO text in UTC to the second; MISSING becomes a missing cell."""
    here = np.flatnonzero(times != MISSING)
    texts = np.full(len(times), None, dtype=object)
    seconds = times[here].astype("datetime64[us]").astype("datetime64[s]")
    codes, uniques = pd.factorize(seconds)
    texts[here] = (np.datetime_as_string(uniques).astype(object) + "Z")[codes] if len(here) else ""
    return pd.Series(texts, dtype="str")


def combine(*columns: npt.NDArray[Any]) -> Ints:
    """One code per distinct combination of whole-number columns, in order of first appearance."""
    combined = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        values = pd.factorize(column)[0].astype(np.int64)
        width = int(values.max(initial=0)) + 1
        combined = pd.factorize(combined * width + values)[0].astype(np.int64)
    return combined

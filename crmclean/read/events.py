"""Raw frames of the other tables: consents, touchpoints, orders, opportunities, tasks, qualifications.

Columns are named as the tables declare them, all text, nothing normalised; `source`, `file` and
`row` are added, and `country` where the rows name one. A consent's `source` and `record_id` are those of the record that it cites.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from crmclean.read.mapping import Understood
from crmclean.schema import Table
from crmclean.tables import TABLES

__all__ = ["EVENT_ROLES", "raw_events"]

EVENT_ROLES = ("consents", "touchpoints", "orders", "opportunities", "tasks", "qualifications")
_TABLES: dict[str, Table[Any]] = {table.name: table for table in TABLES}
_IDENTIFIERS = ("contact_any", "email", "phone", "mobile", "phone_work", "phone_home", "handle")
_KEYS = {
    "orders": "order_id", "opportunities": "opportunity_id", "tasks": "task_id", "consents": "source_event_id",
}  # fmt: skip


def raw_events(role: str, frame: pd.DataFrame, understood: Understood, place: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table under the column names of a role.

    Args:
        role: One of `EVENT_ROLES`.
        frame: Raw cells.
        understood: What the columns mean.
        place: Columns source, record_id, file, row of the same rows.
    """
    data = {name: frame.iloc[:, at].reset_index(drop=True) for name, at in understood.columns[role].items()}
    out = pd.DataFrame(data, index=range(len(frame)), dtype="str")
    if role != "consents":
        out["source"] = place["source"]
    if role in _KEYS and _KEYS[role] in out:
        out[_KEYS[role]] = out[_KEYS[role]].fillna(place["record_id"])
    elif role in _KEYS and role != "consents":
        out[_KEYS[role]] = place["record_id"]
    if role == "touchpoints":
        out["touchpoint_id"] = place["record_id"]
        if "customers" in understood.roles:
            out["record_id"] = place["record_id"]
        out["identifier"] = _identifier(out, frame, understood)
    order = [name for name in _TABLES[role].names if name in out and name not in {"file", "row"}]
    if "country" in out:  # in which national numbers are read; no column of the table
        order.append("country")
    return out[order].assign(file=place["file"], row=place["row"])


def _identifier(out: pd.DataFrame, frame: pd.DataFrame, understood: Understood) -> pd.Series:
    """The identifier column; where it is missing the first contact point of the row."""
    found = (
        out["identifier"] if "identifier" in out else pd.Series(float("nan"), index=out.index, dtype="str")
    )
    at = {g.field: g.position for g in understood.guesses if g.field}
    for field in _IDENTIFIERS:
        if field in at and "customers" in understood.roles:
            found = found.fillna(frame.iloc[:, at[field]].reset_index(drop=True))
    return found

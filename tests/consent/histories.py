"""Invented histories for property tests: few days, few words, so that ties and covers happen often."""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import strategies as st

from crmclean.consent import ConsentEvent
from crmclean.tables import CONSENTS, Consents

DAYS = ["2021-03-01", "2023-02-01", "2024-01-10", "2024-01-20", "2024-03-01", "2024-04-30"]
TIMES = [None, *(f"{day}T{hour}:00:00Z" for day in DAYS for hour in ("08", "09"))]
POINTS = [None, "anna@example.org", "b@example.org", "+491701234567"]
PURPOSES = ["marketing", "marketing.newsletter", "marketing.similar_products", "service.order", None]
DENYING = ["withdrawn", "objected", "declined", "suppressed"]
KINDS = [
    "granted", "granted", "granted", "confirmed", "confirmed", "used", "imported_flag", "expired",
    "existing_customer", "presumed_interest", "invalidated", "bounced", "contact_point_ok",
    "external_list", "blocked", "unblocked", "restricted", "erased", "objection_lifted", *DENYING,
]  # fmt: skip


@st.composite
def events(
    draw: st.DrawFn, kinds: list[str] | None = None, records: tuple[Any, ...] = (None,)
) -> ConsentEvent:
    """One event."""
    kind = draw(st.sampled_from(kinds or KINDS))
    return ConsentEvent(
        event=kind,
        at=draw(st.sampled_from(TIMES)),
        recorded_at=draw(st.sampled_from(TIMES)),
        channel=draw(st.sampled_from(["email", "email", "phone", "sms", "post", "any", None])),
        purpose=draw(st.sampled_from(PURPOSES)),
        contact_point=draw(st.sampled_from(POINTS)),
        record=draw(st.sampled_from(records)),
        controller=draw(st.sampled_from([None, None, "Stein AG", "Blume GmbH"])),
        method=draw(st.sampled_from(["web_form", "signed_form"])),
        text_version=draw(st.sampled_from(["v1", "v1", None])),
        origin="fair",
        value=draw(st.booleans()) if kind == "imported_flag" else None,
        valid_until=draw(
            st.sampled_from([None, None, None, "2024-02-01", "2024-06-01", "soon", "9999-12-31"])
        ),
        grounds=draw(st.sampled_from([None, "asked for a quote"])),
        declaration=draw(st.sampled_from([None, None, "d1", "d2"])),
        sale_ref="A-1",
        address_from_sale=True,
        notice_at_collection=draw(st.booleans()),
        listing=draw(st.sampled_from([None, "robinson"])),
    )


def histories(kinds: list[str] | None = None, *, longest: int = 7) -> st.SearchStrategy[list[ConsentEvent]]:
    """Histories of one person."""
    return st.lists(events(kinds), max_size=longest)


def table(given: list[ConsentEvent]) -> Consents:
    """Events as the table `consents`."""
    rows = []
    for event in given:
        row = {
            name: getattr(event, name, None) for name in CONSENTS.names if name not in {"source", "record_id"}
        }
        for flag in ("value", "address_from_sale", "notice_at_collection"):
            row[flag] = None if row[flag] is None else str(row[flag]).lower()
        source, _, record_id = (event.record or "").partition(":")
        row.update(source=source or None, record_id=record_id or None, row=0)
        rows.append(row)
    return CONSENTS.check(pd.DataFrame(rows, columns=CONSENTS.names).astype({"row": "int64"}))

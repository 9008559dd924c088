"""Clocks of retention: what is kept until when, and why."""

from __future__ import annotations

import pandas as pd
import pytest

from crmclean.consent import DEFAULT_POLICY
from crmclean.consent.retention import retention_clocks
from crmclean.tables import CONSENTS

CASES = [
    ("a call, unused", [("granted", "phone", "2020-03-01"), ("withdrawn", "phone", "2021-01-01")], ("calls", "2025-03-01")),
    ("a call, used later", [("granted", "phone", "2020-03-01"), ("used", "phone", "2022-05-10"), ("withdrawn", "phone", "2023-01-01")], ("calls", "2027-05-10")),
    ("a call still allowed", [("granted", "phone", "2020-03-01")], ("active", None)),
    ("a mail, withdrawn", [("granted", "email", "2020-03-01"), ("withdrawn", "email", "2021-01-01")], ("other", "2023-12-31")),
    ("withdrawn on all channels", [("granted", "email", "2020-03-01"), ("objected", "any", "2021-01-01")], ("other", "2023-12-31")),
    ("a refusal of another channel", [("granted", "email", "2020-03-01"), ("withdrawn", "fax", "2021-01-01")], ("active", None)),
    ("granted anew", [("withdrawn", "email", "2019-01-01"), ("granted", "email", "2020-03-01")], ("active", None)),
    ("never confirmed", [("granted", "email", "2026-06-20", "web_form")], ("pending", "2026-07-20")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "history", "expected"), CASES, ids=[case[0] for case in CASES])
def test_clock_of_a_grant(
    name: str, history: list[tuple[str, ...]], expected: tuple[str, str | None]
) -> None:
    """Rule and day of the grant in a history of one person."""
    assert name
    rows = [
        {"event_id": str(n), "event": e[0], "channel": e[1], "at": f"{e[2]}T12:00:00Z", "purpose": "marketing",
         "source": "erp", "record_id": "1", "method": e[3] if len(e) > 3 else None}
        for n, e in enumerate(history)
    ]  # fmt: skip
    clocks = retention_clocks(CONSENTS.check(pd.DataFrame(rows)), DEFAULT_POLICY, as_of="2026-06-30")
    grant = clocks[clocks["event"] == "granted"].iloc[0]
    until = None if pd.isna(grant["until"]) else grant["until"]
    assert (grant["rule"], until) == expected
    assert bool(grant["due"]) == (until is not None and until <= "2026-06-30")
    refusals = clocks[clocks["event"].isin(["withdrawn", "objected"])]
    assert (refusals["rule"] == "refusal").all()
    assert refusals["until"].isna().all()


def test_no_events_no_clocks() -> None:
    """An empty ledger has none."""
    assert not len(retention_clocks(CONSENTS.empty(), DEFAULT_POLICY, as_of="2026-06-30"))

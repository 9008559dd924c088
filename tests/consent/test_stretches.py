"""Decisions for some customers at a time are those for all at once."""

from __future__ import annotations

import pandas as pd
import pytest

from crmclean.consent import decide_customers, stretches
from crmclean.consent.certain import certainty_of
from crmclean.tables import CONSENTS, CONTACTS, MEMBERS, SCORES
from tests.consent.test_certain import policy


def test_stretches_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Customers of several parts, points of several records, failing points, no points, companies, countries."""
    rows = [(f"c{n // 3}", f"{n}", "organization" if n % 9 > 5 else "person") for n in range(60)]
    members = MEMBERS.check(
        pd.DataFrame(
            [
                {"customer_id": c, "party": f"erp:{r}/x", "source": "erp", "record_id": r, "kind": k, "is_primary": True}
                for c, r, k in rows
            ]
        )
    )  # fmt: skip
    points = [
        (f"erp:{n}/x", "phone" if n % 4 else "email", f"+4917600000{n % 11}", n % 5 > 0)
        for n in range(60)
        if n % 7
    ]
    contacts = CONTACTS.check(
        pd.DataFrame(points, columns=["party", "kind", "value", "valid"]).assign(
            key=[p[2] for p in points], type="mobile"
        )
    )
    scores = SCORES.check(
        pd.DataFrame(
            [
                {"party_l": f"erp:{n}/x", "party_r": f"erp:{n + 1}/x", "weight": 1.0, "probability": 0.999,
                 "levels": "email=equal", "band": "match", "outcome": "merged"}
                for n in range(0, 58, 2)
            ]
        )
    )  # fmt: skip
    by = policy()
    homes = pd.Series({f"c{n}": f"erp:{3 * n + n % 3}/x" for n in range(20)})
    countries = pd.Series({"c1": "AT", "c7": "CH"})
    births = pd.Series({"c2": "2015-01-01"})

    def decided() -> pd.DataFrame:
        return decide_customers(
            CONSENTS.empty(), members, contacts, countries, channels=["email", "phone", "post", "sms"],
            purposes=["marketing"], as_of="2024-05-01", policy=by, certainty=certainty_of(scores, by, homes=homes),
            births=births,
        )  # fmt: skip

    whole = decided()
    assert len(whole) > 60
    monkeypatch.setattr(stretches, "STRETCH", 3)
    pd.testing.assert_frame_equal(decided(), whole)

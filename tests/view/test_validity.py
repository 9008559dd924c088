"""Addresses that ended are former: in the view, its text, and wherever a letter could go."""

from __future__ import annotations

import pandas as pd
import pytest

from crmclean.config import Config
from crmclean.pipeline import run
from crmclean.report.customer_page import render_customer
from crmclean.store import Store
from crmclean.view import customer_text, view_customer

pytestmark = pytest.mark.slow  # a run of the whole pipeline each
ROWS = pd.DataFrame(
    [
        ("1", "Ida", "Köhler", "ida@koehler.example", "Rosenstraße 7", "82340", "Feldafing", "01.02.2019", "31.03.2026"),
        ("2", "Ida", "Köhler", "ida@koehler.example", "Tulpenweg 9", "20095", "Hamburg", "01.04.2026", "31.12.9999"),
    ],
    columns=[
        "Kundennummer", "Vorname", "Nachname", "E-Mail", "Strasse", "PLZ", "Ort", "Anschrift gültig ab",
        "Anschrift gültig bis",
    ],
)  # fmt: skip
DAY = Config(as_of="2026-06-30")


def test_a_former_address_says_so(tmp_path):
    """It keeps its time of validity and is not the one shown; an open end is no end."""
    with Store(tmp_path / "crmclean.db") as store:
        found = run([("erp", ROWS)], DAY, store=store)
        assert found.customers["street"].tolist() == ["Tulpenweg"]
        assert not found.issues["field"].eq("address_valid_to").any()
        document = next(iter(found.documents()))
        assert [a.get("valid_to") for a in document["addresses"]] == ["2026-03-31", None]
        view = view_customer(store, "erp:1")
        told = {
            a["street"]: (a.get("valid_from"), a.get("valid_to"), a.get("status")) for a in view["addresses"]
        }
        assert told == {
            "Rosenstraße": ("2019-02-01", "2026-03-31", "former"),
            "Tulpenweg": ("2026-04-01", None, None),
        }
        former = next(v for v in view["others"] if v["field"] == "street")
        assert (former["value"], former["status"], former["valid_to"]) == (
            "Rosenstraße",
            "former",
            "2026-03-31",
        )
        assert "frühere Anschrift, bis 2026-03-31" in customer_text(view, "de")
        assert "since 2026-04-01" in customer_text(view, "en")
        assert "frühere Anschrift" in render_customer(view, "de")
        before = view_customer(store, "erp:1", as_of="2026-03-01")
        assert not any("status" in a for a in before["addresses"])


def test_only_a_former_address_is_nowhere_to_write_to(tmp_path):
    """A letter has no way to somebody who moved away."""
    with Store(tmp_path / "crmclean.db") as store:
        run([("erp", ROWS.head(1))], DAY, store=store)
        view = view_customer(store, "erp:1")
        assert view["channels"]["channels"]["post"]["why"] == "no_point"


def test_an_address_ends_between_two_increments(tmp_path):
    """The customer of an address that ended since the last run is merged anew, though no record changed."""
    rows = ROWS.assign(
        **{"Anschrift gültig ab": ["01.05.2026", "01.02.2019"], "Anschrift gültig bis": ["15.07.2026", ""]}
    )
    with Store(tmp_path / "crmclean.db") as store:
        first = run([("erp", rows)], DAY, store=store)
        assert first.customers["street"].tolist() == ["Rosenstraße"]
        other = rows.tail(1).assign(
            Kundennummer="3", Vorname="Ole", Nachname="Brandt", **{"E-Mail": "ole@b.example"}
        )
        found = run([("erp", other)], Config(as_of="2026-07-31"), store=store, how="increment")
        assert found.taken == "increment"
        assert set(found.customers["street"]) == {"Tulpenweg"}

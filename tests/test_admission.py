"""Records kept out of the customers, and bought addresses, through a whole run."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crmclean.config import config_from
from crmclean.duplicates import dedupe
from crmclean.pipeline import run
from crmclean.result import Result
from crmclean.store import Store
from crmclean.summary import counts_of, summary_lines

CRM = pd.DataFrame(
    {
        "Kundennummer": ["11", "12"],
        "Vorname": ["Ida", "Ole"],
        "Nachname": ["Maier", "Blum"],
        "E-Mail": ["ida@maier.example.com", "ole@blum.example.com"],
        "Land": ["DE", "DE"],
    }
)
BOUGHT = pd.DataFrame(
    {
        "Lead-ID": ["L1", "L2", "L3"],
        "Vorname": ["Ida", "Pia", "Max"],
        "Nachname": ["Maier", "Wirth", "Kern"],
        "E-Mail": ["ida@maier.example.com", "pia@wirth.example.com", "max@kern.example.com"],
        "Straße": ["Weg 1", "Gasse 2", "Allee 3"],
        "PLZ": ["01067", "80331", "50667"],
        "Ort": ["Dresden", "München", "Köln"],
        "Einwilligung E-Mail": ["nein", "ja", "ja"],
        "Land": ["DE", "DE", "DE"],
    }
)


def result(store: Store | None = None, **said: object) -> Result:
    """A run over the CRM and a list, with settings for the list."""
    config = config_from({"as_of": "2026-06-30", "read": {"sources": {"leads": said}}})
    return run([("crm", CRM), ("leads", BOUGHT)], config, store=store)


def answers(found: Result, channel: str, purpose: str = "marketing") -> dict[str, str]:
    """Record id of the customer -> reason."""
    rows = found.permissions
    rows = rows[(rows["channel"] == channel) & (rows["purpose"] == purpose)]
    reason = rows.drop_duplicates("customer_id").set_index("customer_id")["reason"]
    known = found.crosswalk.dropna(subset=["customer_id"])
    return dict(zip(known["record_id"], known["customer_id"].map(reason), strict=True))


def test_excluded_records_are_in_the_crosswalk_without_a_customer(tmp_path: Path) -> None:
    """They are read and found wanting, no customer comes of them, and the store holds the run."""
    with Store(tmp_path / "crm.db") as store:
        found = result(store, include=False)
        assert len(store.load("records")) == 5
        assert set(store.load("members")["source"]) == {"crm"}
    without = found.crosswalk[found.crosswalk["customer_id"].isna()]
    assert without["record_id"].tolist() == ["L1", "L2", "L3"]
    assert len(found.customers) == 2
    said = found.issues[found.issues["code"] == "record_excluded"]
    assert said[["record_id", "detail"]].values.tolist() == [[f"L{i}", "include"] for i in (1, 2, 3)]
    assert counts_of(found)["excluded"] == 3
    assert counts_of(found)["merged_records"] == 0
    assert any("3 records were kept out" in line for line in summary_lines(found))


def test_a_refusal_on_an_excluded_record_still_holds() -> None:
    """Ida's no on the list closes her address; nobody gets a yes from it."""
    assert answers(result(include=False), "email")["11"] == "DECLINED"


def test_of_bought_addresses_nothing_is_presumed() -> None:
    """Letters need a consent, unless the customer is known from elsewhere too."""
    own = answers(result(), "post")
    assert set(own.values()) == {"LEGITIMATE_INTEREST"}
    bought = answers(result(origin="purchased"), "post")
    assert {bought[i] for i in ("11", "12", "L1")} == {"LEGITIMATE_INTEREST"}
    assert {bought[i] for i in ("L2", "L3")} == {"NO_CONSENT"}


def test_bought_values_rank_last() -> None:
    """The list is the more complete source, and comes second all the same."""
    bought = BOUGHT.assign(Vorname=["Ida Eva", "Pia", "Max"])
    crm = CRM.assign(Vorname=["Ida Lea", "Ole"])
    config = {"as_of": "2026-06-30", "merge": {"rules": {"name": ["source_priority"]}}}
    names = []
    for origin in ("", "purchased"):
        said = {**config, "read": {"sources": {"leads": {"origin": origin}}}}
        found = run([("crm", crm), ("leads", bought)], config_from(said))
        ida = found.crosswalk.set_index("record_id")["customer_id"]["L1"]
        values = found.values[(found.values["customer_id"] == ida) & found.values["is_primary"]]
        names.append(values.set_index("field")["source"]["given_name"])
    assert names == ["leads", "crm"]


def test_dedupe_leaves_them_out_too() -> None:
    """Matching alone obeys the same settings."""
    config = config_from({"read": {"sources": {"leads": {"include": False}}}})
    found = dedupe([("crm", CRM), ("leads", BOUGHT)], config)
    assert found.crosswalk["customer_id"].isna().sum() == 3
    assert not len(found.pairs)

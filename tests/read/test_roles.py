"""What a table is follows from the columns that stand in it together."""

from __future__ import annotations

import pandas as pd
import pytest

from crmclean.config import ReadConfig, SourceConfig
from crmclean.errors import ConfigError
from crmclean.read.mapping import map_table

CASES = [
    ("Kundennummer Nachname Ort", {}, "customers"),
    ("ticket_id created_at channel requester requester_name subject", {}, "customers touchpoints"),
    ("session_id started_at platform nickname email phone display_name text", {}, "customers touchpoints"),
    ("touchpoint_id at channel direction identifier subject agent", {}, "touchpoints"),
    ("Auftragsnr Kundennummer Datum Betrag Währung Status", {}, "orders"),
    ("order_id email total billing_first_name billing_city", {}, "customers orders"),
    (
        "event_id source record_id contact channel purpose event_type occurred_at",
        {"event_type": "granted"},
        "consents",
    ),
    ("Ereignis-ID Kunden-Nr Kanal Zweck Ereignis Zeitpunkt", {"Ereignis": "widerrufen"}, "consents"),
    ("Deal_ID Kundennummer Bezeichnung Volumen Phase Abschlussdatum", {}, "opportunities"),
    ("Aufgabe Kundennummer fällig_am Status", {}, "tasks"),
    ("Kundennummer Merkmal Wert", {}, "qualifications"),
    ("sku price stock_level", {}, "unknown"),
    ("id email anrede vorname nachname angemeldet_am doi_bestaetigt_am", {}, "customers"),
]


@pytest.mark.parametrize(("columns", "values", "roles"), CASES)
def test_roles(columns, values, roles):
    """Each kind of file is known by its columns."""
    frame = pd.DataFrame({c: [values.get(c, "1")] for c in columns.split()}, dtype="str")
    assert " ".join(map_table(frame, ReadConfig(), SourceConfig()).roles) == roles


def test_columns_of_a_role():
    """The columns of other tables carry the names of their declarations."""
    frame = pd.DataFrame(
        {c: ["1"] for c in ["Auftragsnr", "Kundennummer", "Datum", "Betrag", "Vertriebsweg"]}, dtype="str"
    )
    found = map_table(frame, ReadConfig(), SourceConfig())
    assert [g.field for g in found.guesses] == ["order_id", "customer_no", "at", "amount", "sales_channel"]


def test_configured_roles():
    """A steward's roles are taken; a role that does not exist is an error."""
    frame = pd.DataFrame({"Nachname": ["Berg"]}, dtype="str")
    assert map_table(frame, ReadConfig(), SourceConfig(roles=("unknown",))).roles == ("unknown",)
    with pytest.raises(ConfigError, match="customer"):
        map_table(frame, ReadConfig(), SourceConfig(roles=("customer",)))

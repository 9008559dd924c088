"""Private columns are left unread unless a purpose is named."""

from __future__ import annotations

import pandas as pd
import pytest

from crmclean.config import ReadConfig
from crmclean.read import read_records
from crmclean.read.content import Content
from crmclean.read.headers import parse_header
from crmclean.read.sensitive import kept_out

NOTHING = Content((), 0.0, 0.0)


@pytest.mark.parametrize(
    "header",
    ["Religion", "Konfession", "Hobby", "Kinder", "Anzahl Kinder", "Partner", "Spouse", "Marital Status", "Familienstand",
     "Gewerkschaft", "Union", "Partei", "Nationalität", "ethnicity", "Krankenkasse", "Staatsangehörigkeit", "Regierungsnr."],
)  # fmt: skip
def test_sensitive_headers(header):
    """Special categories and family matters are not read."""
    assert kept_out(parse_header(header), NOTHING, ReadConfig()) == "sensitive"


@pytest.mark.parametrize(
    "header", ["Notizen", "Bemerkung", "Gesprächsnotiz", "comments", "Customer Notes", "Interne Bemerkungen"]
)
def test_notes(header):
    """Free notes are not read."""
    assert kept_out(parse_header(header), NOTHING, ReadConfig()) == "note"


@pytest.mark.parametrize(
    "header", ["Partner-Nr.", "Ansprechpartner", "Verein", "Vorname", "Geschäftspartner", "Party ID"]
)
def test_innocent_headers(header):
    """Words that only look alike are read."""
    assert kept_out(parse_header(header), NOTHING, ReadConfig()) is None


def test_values_give_a_religion_away():
    """A column of confessions is sensitive whatever it is called."""
    assert kept_out(parse_header("KZ"), Content(("ev", "rk", "rk."), 1.0, 0.1), ReadConfig()) == "sensitive"


def test_private_columns_reach_nothing_but_a_finding():
    """Neither records nor frames hold them; a named purpose lets them into the frame."""
    frame = pd.DataFrame(
        {
            "id": ["1", "2"],
            "Nachname": ["Berg", "Fels"],
            "Religion": ["ev", "rk"],
            "Bemerkung": ["ruft an und will sein Geld wieder haben", "x"],
        }
    )
    plain = read_records([("crm", frame)])
    assert list(plain.frames["crm"].columns) == ["id", "Nachname"]
    assert not {"ev", "rk", "x"} & set(plain.records.to_numpy().ravel())
    assert {"sensitive_column", "note_column"} <= set(plain.issues["code"])
    named = read_records([("crm", frame)], ReadConfig(notes={"bemerkung": "complaints"}))
    assert "Bemerkung" in named.frames["crm"].columns
    assert "note_column" not in set(named.issues["code"])

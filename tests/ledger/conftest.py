"""A store with a few invented people, made once; each test works on a copy of it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from crmclean.config import DEFAULT, Config
from crmclean.pipeline import run
from crmclean.store import Store

CONFIG = replace(DEFAULT, as_of="2026-06-30")
ERP = pd.DataFrame(
    [
        ("1", "Ida", "Köhler", "Lindenweg 4", "80331", "München", "ida.koehler@web.de", "0171 2345678"),
        ("2", "Ole", "Köhler", "Lindenweg 4", "80331", "München", "ole.koehler@gmx.de", "0171 2345678"),
        ("3", "Bernd", "Aydin", "Marktplatz 1", "70173", "Stuttgart", "bernd.aydin@gmx.de", "0160 9988776"),
        (
            "4",
            "Carla",
            "Brandt",
            "Hafenstr. 12",
            "20457",
            "Hamburg",
            "carla.brandt@posteo.de",
            "0172 5556667",
        ),
    ],
    columns=["Kundennummer", "Vorname", "Nachname", "Strasse", "PLZ", "Ort", "E-Mail", "Telefon"],
)
SHOP = pd.DataFrame(
    [("s1", "Ida", "Köhler", "Lindenweg 4", "80331", "München", "ida.koehler@web.de", "ja")],
    columns=["id", "Vorname", "Nachname", "Strasse", "PLZ", "Ort", "E-Mail", "Newsletter"],
)
EVENTS = pd.DataFrame(
    [
        ("erp", "1", "email", "newsletter", "granted", "2025-01-01T10:00:00Z", "ida.koehler@web.de", "form", "v1"),
        ("erp", "1", "phone", "werbung", "granted", "2025-02-01T10:00:00Z", "+491712345678", "form", "v1"),
        ("erp", "2", "email", "newsletter", "granted", "2025-01-01T10:00:00Z", "ole.koehler@gmx.de", "form", "v1"),
        ("erp", "3", "any", "werbung", "withdrawn", "2025-03-01T10:00:00Z", None, None, None),
        ("erp", "4", "email", "newsletter", "granted", "2025-01-01T10:00:00Z", "carla.brandt@posteo.de", "form", "v1"),
    ],
    columns=["source", "record_id", "channel", "purpose", "event", "at", "contact_point", "origin", "text_version"],
)  # fmt: skip


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store after one run; not to be written to."""
    path = tmp_path_factory.mktemp("ledger") / "crmclean.db"
    with Store(path) as store:
        run(inputs(), CONFIG, store=store)
    return path


@pytest.fixture
def path(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the store; keys lie in a home of their own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.delenv("CRMCLEAN_SUPPRESSION_KEY", raising=False)
    return Path(shutil.copy(made, tmp_path / "crmclean.db"))


def inputs() -> list[tuple[str, pd.DataFrame]]:
    """The frames of the run."""
    return [("erp", ERP), ("shop", SHOP), ("log", EVENTS)]


def config(**changes: object) -> Config:
    """The configuration with changes."""
    return replace(CONFIG, **changes)  # type: ignore[arg-type]  # names of fields


def customer_of(path: Path, record_id: str, source: str = "erp") -> str:
    """The customer of a record."""
    with Store(path, read_only=True) as store:
        members = store.load("members", where={"source": [source], "record_id": [record_id]})
    return str(members["customer_id"].iloc[0])

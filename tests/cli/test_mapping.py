"""What was recognised is shown, saved, corrected by hand and obeyed."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pandas as pd
import pytest

from crmclean.cli import main

ERP = """Kundennummer;Vorname;Nachname;Merkfeld;E-Mail;Ort
1;Ida;Maier;0351 123456;ida@maier.example.com;Ulm
2;Ole;Blum;0351 123457;ole@blum.example.com;Bern
"""


def called(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Standard output of a command that ends well."""
    with contextlib.suppress(SystemExit):  # tests look at what was said
        main(list(words))
    return capsys.readouterr().out


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with one export."""
    monkeypatch.chdir(tmp_path)
    Path("erp.csv").write_text(ERP, encoding="utf-8")
    return tmp_path


def test_the_mapping_is_shown_corrected_and_obeyed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Command init writes it, an edited line is the steward's word, run shows it as configured."""
    shown = called(capsys, "init", "erp.csv", "--lang", "de")
    assert "Spalte" in shown
    assert "nach der Überschrift" in shown
    settings = folder / "crmclean.toml"
    text = settings.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith(("Merkfeld", "Ort"))]
    assert lines[0].partition("#")[2].split()[-1] == "values"
    assert '"phone"' in lines[0]
    corrected = text.replace(lines[0], 'Merkfeld = "fax"').replace(lines[1], 'Ort = ""')
    settings.write_text(corrected, encoding="utf-8")
    found = json.loads(called(capsys, "run", "erp.csv", "--json", "--as-of", "2026-06-30"))
    fields = {c["column"]: (c["field"], c["confidence"], c["reason"]) for c in found["columns"]}
    assert fields["Merkfeld"] == ("fax", 1.0, "config")
    assert fields["Ort"] == (None, 1.0, "config")
    assert fields["E-Mail"][0] == "email"
    customers = pd.read_csv("out/customers.csv", dtype=str)
    assert customers["city"].isna().all()
    said = called(capsys, "run", "erp.csv", "--columns", "--as-of", "2026-06-30")
    row = next(line for line in said.splitlines() if line.strip().startswith("Merkfeld"))
    assert row.split() == ["Merkfeld", "fax", "1.00", "configured"]


def test_what_init_writes_reads_the_same_way(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Unedited, the configuration changes no field."""
    called(capsys, "init", "erp.csv", "--output", "other.toml")
    plain = json.loads(called(capsys, "profile", "erp.csv", "--json"))
    again = json.loads(called(capsys, "profile", "erp.csv", "--json", "--config", "other.toml"))
    assert folder.is_dir()
    assert [c["field"] for c in again["columns"]] == [c["field"] for c in plain["columns"]]
    assert again["profile"] == plain["profile"]


def test_every_sheet_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A workbook of two tables is two sources; the sheet stands beside the file; empty ones are findings."""
    people = pd.DataFrame(
        {"Lead-ID": ["1", "2"], "Nachname": ["Maier", "Blum"], "E-Mail": ["a@b.de", "c@d.de"]}
    )
    with pd.ExcelWriter(folder / "messe.xlsx", engine="xlsxwriter") as book:
        people.to_excel(book, sheet_name="Mai", index=False)
        people.to_excel(book, sheet_name="Juni", index=False)
        pd.DataFrame().to_excel(book, sheet_name="leer", index=False)
    said = called(capsys, "profile", "messe.xlsx")
    assert "messe.xlsx [Mai]" in said
    assert "messe.xlsx [Juni]" in said
    assert "messe_Juni" in said
    assert "sheet_skipped" in called(capsys, "profile", "messe.xlsx", "--json")

"""``crmclean profile``: verdicts as sentences, gates with exit code 1, values on request only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crmclean.cli import main

ERP = """Kundennummer;Vorname;Nachname;E-Mail;Ort
1;Ida;Maier;ida@maier.example.com;Ulm
2;Ole;Blum;ole at blum;Bern
3;Pia;Wirth;;Graz
"""
LEADS = "Lead-ID;Vorname;Nachname;E-Mail\nL1;Ida;Maier;ida@maier.example.com\n"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two small exports in an empty folder."""
    monkeypatch.chdir(tmp_path)
    Path("erp.csv").write_text(ERP, encoding="utf-8")
    Path("leads.csv").write_text(LEADS, encoding="utf-8")
    return ["erp.csv", "leads.csv"]


def called(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of ``crmclean profile``."""
    try:
        main(["profile", *words])
        code = 0
    except SystemExit as ended:
        code = int(ended.code or 0)
    out = capsys.readouterr()
    return code, out.out, out.err


def test_sentences_in_both_languages(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The verdict with its evidence; no cell of the file is shown unless asked for."""
    code, said, _ = called(capsys, *files, "--lang", "de")
    assert code == 0
    assert "erp: erst reparieren (33% der Datensätze haben eine falsche Angabe)" in said
    assert "leads: verwenden (nichts spricht dagegen)" in said
    assert "blum" not in said
    assert "erp: repair first" in called(capsys, *files)[1]
    assert "ole at blum" in called(capsys, *files, "--examples")[1]


def test_json_has_all_tables(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With --overlap what each source adds is among them."""
    code, said, _ = called(capsys, *files, "--json", "--overlap")
    found = json.loads(said)
    assert code == 0
    assert {"profile", "verdicts", "ages", "findings", "overlap", "sources", "columns"} <= set(found)
    assert [row["source"] for row in found["overlap"]] == ["erp", "leads"]
    assert "blum" not in said


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--min-completeness", "email=0.6"], 0),
        (["--min-completeness", "email=0.7"], 1),
        (["--min-completeness", "family_name=1", "--min-completeness", "city=1"], 1),
        (["--min-validity", "0.4"], 0),
        (["--min-validity", "0.9"], 1),
        (["--min-completeness", "email"], 2),
        (["--min-completeness", "shoe_size=0.5"], 2),
    ],
)
def test_gates(files: list[str], capsys: pytest.CaptureFixture[str], words: list[str], code: int) -> None:
    """A share below the wanted one ends with 1, a wrong option with 2."""
    assert called(capsys, *files, "--quiet", *words)[0] == code

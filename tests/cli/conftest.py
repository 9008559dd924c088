"""Calling commands in this process, in a folder of their own."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from crmclean.cli import main
from tests.conftest import Example

ERP = """Kundennummer;Vorname;Nachname;Strasse;PLZ;Ort;E-Mail;Telefon
1;Annegret;Köhler;Lindenweg 4;80331;München;annegret.koehler@web.de;0171 2345678
2;Bernd;Aydin;Marktplatz 1;70173;Stuttgart;bernd.aydin@gmx.de;0160 9988776
3;Annegret;Koehler;Lindenweg 4;80331;München;annegret.koehler@web.de;
4;Carla;Brandt;Hafenstr. 12;20457;Hamburg;carla@brandt-bau.example;040 123456
"""


@dataclass(frozen=True)
class Called:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


Call = Callable[..., Called]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: empty but for erp.csv, four rows of three people."""
    (tmp_path / "erp.csv").write_text(ERP, encoding="utf-8", newline="\r\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def call(project: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """A command line without the program's name -> how it ended."""
    assert project.is_dir()

    def run(*arguments: str | Path) -> Called:
        capsys.readouterr()
        code: object = 0
        try:
            main([str(a) for a in arguments])
        except SystemExit as ended:
            code = ended.code
        said = capsys.readouterr()
        return Called(code if isinstance(code, int) else 0, said.out, said.err)

    return run


@pytest.fixture
def stored(example: Example) -> list[str]:
    """Options that name the store of the example run."""
    return ["--store", str(example.store)]


def rows_of(text: str) -> list[dict[str, str]]:
    """The rows of a csv text."""
    return list(csv.DictReader(io.StringIO(text)))

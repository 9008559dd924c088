"""crmclean export: what the command writes, says and refuses."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.cli.conftest import Call


@pytest.fixture
def ready(project: Path, call: Call) -> Path:
    """A project with a store of one run."""
    assert call("run", "erp.csv", "--as-of", "2026-06-30", "-q").code == 0
    return project


def test_every_format_holds_the_same_customers(ready: Path, call: Call) -> None:
    """csv, parquet, jsonl and vCard agree on the ids, with each other and with the run."""
    for kind, target in (
        ("csv", "c"),
        ("parquet", "p"),
        ("jsonl", "j.jsonl"),
        ("vcard", "v.vcf"),
        ("xlsx", "x.xlsx"),
    ):
        called = call("export", "--format", kind, "--output", target)
        assert (called.code, called.err) == (0, "")
        assert "Written to" in called.out
    with (ready / "out/customers.csv").open(encoding="utf-8", newline="") as file:
        expected = [row["customer_id"] for row in csv.DictReader(file)]
    assert (ready / "c/customers.csv").read_bytes() == (ready / "out/customers.csv").read_bytes()
    assert (ready / "c/crosswalk.csv").read_bytes() == (ready / "out/crosswalk.csv").read_bytes()
    assert pq.read_table(ready / "p/customers.parquet")["customer_id"].to_pylist() == expected
    lines = (ready / "j.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["customer_id"] for line in lines] == expected
    cards = (ready / "v.vcf").read_text(encoding="utf-8").splitlines()
    assert [c.removeprefix("UID:urn:uuid:") for c in cards if c.startswith("UID:")] == expected
    first = [(ready / name).read_bytes() for name in ("x.xlsx", "v.vcf", "p/customers.parquet")]
    for kind, target in (("xlsx", "x.xlsx"), ("vcard", "v.vcf"), ("parquet", "p")):
        call("export", "--format", kind, "--output", target)
    assert [(ready / name).read_bytes() for name in ("x.xlsx", "v.vcf", "p/customers.parquet")] == first


def test_back_to_the_source(ready: Path, call: Call) -> None:
    """A file per source, told in the language of the user, with its file's own headers."""
    called = call("export", "erp.csv", "--format", "writeback", "--output", "back", "--lang", "de")
    assert called.code == 0
    assert "erp.csv: 4 Zeilen" in called.out
    header = (ready / "back/erp.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert header.startswith(
        "Kundennummer;Vorname;Nachname;Strasse;PLZ;Ort;E-Mail;Telefon;CRM-Kunden-ID;Dublette"
    )
    told = json.loads(call("export", "--format", "writeback", "--output", "back", "--json").out)
    assert [(f["source"], f["rows"], f["left_out"]) for f in told["files"]] == [("erp", 4, [])]


@pytest.mark.usefixtures("ready")
def test_into_a_database(call: Call) -> None:
    """Rows are counted per table; the store itself is refused as a target."""
    pytest.importorskip("sqlalchemy")
    assert "crmclean_crosswalk: 4 rows" in call("export", "--format", "sql", "-o", "sqlite:///x.db").out
    assert call("export", "--format", "sql", "-o", "sqlite:///crmclean.db").code == 4
    refused = call("export", "--format", "sql", "-o", "mysql://u:geheim@h/b")
    assert refused.code == 2
    assert "geheim" not in refused.err


def test_wrong_use_is_said(ready: Path, call: Call) -> None:
    """Files without writeback, a file that was never read, a target that is taken, no store: a sentence each."""
    assert call("export", "erp.csv", "--format", "csv", "-o", "c").code == 2
    (ready / "other.csv").write_text("Vorname;Nachname\nIda;Eich\n", encoding="utf-8")
    foreign = call("export", "other.csv", "--format", "writeback", "-o", "b")
    assert foreign.code == 2
    assert "other.csv is not a file that this store has read" in foreign.err
    (ready / "taken").mkdir()
    (ready / "taken/mine.txt").write_text("x", encoding="utf-8")
    assert call("export", "--format", "csv", "-o", "taken").code == 4
    assert call("export", "--format", "vcard", "-o", "taken").code == 4
    assert (ready / "taken/mine.txt").exists()
    assert call("export", "--store", "none.db", "--format", "csv", "-o", "c").code == 4


def test_records_that_are_left_out_are_in_the_crosswalk(project: Path, call: Call) -> None:
    """A source that the configuration keeps out: its records have no customer, as in the run's own files."""
    (project / "crmclean.toml").write_text("[read.sources.leads]\ninclude = false\n", encoding="utf-8")
    (project / "leads.csv").write_text(
        "id;Vorname;Nachname;E-Mail\n1;Ida;Eich;ida@eich.example\n", encoding="utf-8"
    )
    assert call("run", "erp.csv", "leads.csv", "--as-of", "2026-06-30", "-q").code == 0
    assert call("export", "--format", "csv", "-o", "c").code == 0
    assert (project / "c/crosswalk.csv").read_bytes() == (project / "out/crosswalk.csv").read_bytes()
    assert "leads,1,\n" in (project / "c/crosswalk.csv").read_text(encoding="utf-8")
    assert call("export", "--format", "writeback", "-o", "b").code == 0
    text = (project / "b/leads.csv").read_text(encoding="utf-8-sig")
    assert "ausgenommen" in text

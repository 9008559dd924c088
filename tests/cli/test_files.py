"""init, profile, normalize, dedupe: commands on files, without a store."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import crmclean
from tests.cli.conftest import ERP, Call, rows_of
from tests.conftest import DATA
from tests.conftest import crmclean as shell


def test_init_writes_what_was_recognised(call: Call, project: Path) -> None:
    """crmclean.toml is a valid configuration with the source, its columns and its id column."""
    assert call("init", DATA / "erp.csv", DATA / "orders.csv").code == 0
    text = (project / "crmclean.toml").read_text(encoding="utf-8")
    config = crmclean.load_config(project / "crmclean.toml")
    assert {"erp", "orders"} <= set(config.read.sources)
    erp = tomllib.loads(text)["read"]["sources"]["erp"]
    assert erp["columns"]["Nachname"] == "family_name"
    assert erp["encoding"] == "cp1252"


def test_a_corrected_line_is_obeyed(call: Call, project: Path) -> None:
    """A run takes what a steward changed in crmclean.toml."""
    call("init", "erp.csv")
    file = project / "crmclean.toml"
    text = file.read_text(encoding="utf-8")
    assert '"family_name"' in text
    file.write_text(text.replace('"family_name"', '"birth_name"'), encoding="utf-8")
    columns = json.loads(call("run", "erp.csv", "--json").out)["columns"]
    assert {c["column"]: c["field"] for c in columns}["Nachname"] == "birth_name"


def test_init_and_run_agree(call: Call, project: Path) -> None:
    """With the file that init wrote, untouched, a run gives what it gives without."""
    call("run", "erp.csv", "--as-of", "2026-06-30", "--store", "one.db")
    without = (project / "out" / "customers.csv").read_bytes()
    call("init", "erp.csv")
    call("run", "erp.csv", "--as-of", "2026-06-30", "--store", "two.db")
    assert (project / "out" / "customers.csv").read_bytes() == without


def test_init_replaces_nothing_unasked(call: Call, project: Path) -> None:
    """A configuration that is there stays, unless --force."""
    (project / "crmclean.toml").write_text('lang = "de"\n', encoding="utf-8")
    assert call("init", "erp.csv").code == 2
    assert (project / "crmclean.toml").read_text(encoding="utf-8") == 'lang = "de"\n'
    assert call("init", "erp.csv", "--force").code == 0


def test_profile_counts_and_names_nobody(call: Call) -> None:
    """Completeness and patterns per column; no value of a person is printed."""
    said = call("profile", "erp.csv").out
    assert "Vorname" in said
    assert "Annegret" not in said
    figures = json.loads(call("profile", "erp.csv", "--json").out)
    assert "Annegret" not in json.dumps(figures)


def test_profile_as_a_gate(call: Call) -> None:
    """--min-validity ends with exit code 1 where a column is worse."""
    assert call("profile", "erp.csv", "--min-validity", "0.1").code == 0
    bad = "id;E-Mail\n1;anna@web.de\n2;kaputt@\n3;@@\n"
    Path("bad.csv").write_text(bad, encoding="utf-8")
    assert call("profile", "bad.csv", "--min-validity", "0.9").code == 1


def test_normalize_keeps_the_columns_and_adds_its_own(call: Call, project: Path) -> None:
    """The original columns as they were, the normalised ones with n_, findings beside it."""
    assert call("normalize", "erp.csv", "--output", "clean.csv").code == 0
    rows = rows_of((project / "clean.csv").read_text(encoding="utf-8"))
    first = next(row for row in rows if row["record_id"] == "1")
    assert (first["Telefon"], first["n_family_name"]) == ("0171 2345678", "Köhler")
    assert "+491712345678" in first.values()
    assert (project / "clean.issues.csv").is_file()


def test_normalize_into_a_pipe(project: Path) -> None:
    """Standard input to standard output: a step of a pipeline, UTF-8 and plain line feeds."""
    done = shell("normalize", "-", cwd=project, stdin=ERP, environment={"PYTHONIOENCODING": "cp1252"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "\r" not in done.stdout
    assert {row["n_city"] for row in rows_of(done.stdout)} == {"München", "Stuttgart", "Hamburg"}


def test_dedupe_any_headers(call: Call, project: Path) -> None:
    """Matching alone: English snake_case headers, the same two files, no store."""
    rows = [
        "rec_id,first_name,surname,street,postcode,suburb,date_of_birth",
        "a,Mia,Thornbury,12 Rose Court,2601,Lyneham,19810304",
        "b,Mia,Thornbry,12 Rose Court,2601,Lyneham,19810304",
        "c,Jack,Whitlam,4 Alpha Street,2913,Nicholls,19620817",
    ]
    (project / "people.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert call("dedupe", "people.csv", "--output", "found").code == 0
    crosswalk = rows_of((project / "found" / "crosswalk.csv").read_text(encoding="utf-8"))
    ids = {row["record_id"]: row["customer_id"] for row in crosswalk}
    assert ids["a"] == ids["b"] != ids["c"]
    assert (project / "found" / "pairs.csv").is_file()
    assert not (project / "crmclean.db").exists()


def test_dedupe_json_and_quiet(call: Call) -> None:
    """--json prints one document, --quiet nothing."""
    figures = json.loads(call("dedupe", "erp.csv", "--json").out)
    assert (figures["records"], figures["customers"]) == (4, 3)
    assert call("dedupe", "erp.csv", "--quiet").out == ""


def test_a_german_project(call: Call, project: Path) -> None:
    """Lang = "de" in crmclean.toml makes all commands speak German."""
    (project / "crmclean.toml").write_text('lang = "de"\n', encoding="utf-8")
    assert "Datensätze" in call("dedupe", "erp.csv").out
    assert "Spalten" in call("profile", "erp.csv").out

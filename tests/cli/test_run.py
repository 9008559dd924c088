"""``crmclean run``: what it prints, writes and remembers; wrong things are in test_wrong.py."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import ERP, Call, rows_of
from tests.conftest import Example, crmclean

CUSTOMER_COLUMNS = [
    "customer_id",
    "kind",
    "salutation",
    "title",
    "given_name",
    "family_name",
    "organization",
    "street",
    "house_number",
    "postal_code",
    "city",
    "country",
    "email",
    "phone",
    "mobile",
    "birth_date",
    "records",
    "sources",
    "first_seen",
    "last_seen",
    "quality",
]
PAIR_COLUMNS = [
    "source_l",
    "record_id_l",
    "source_r",
    "record_id_r",
    "weight",
    "probability",
    "band",
    "reason",
]
CONSENT_COLUMNS = [
    "customer_id",
    "channel",
    "purpose",
    "contact_point",
    "allowed",
    "reason",
    "basis",
    "since",
    "valid_until",
    "as_of",
    "policy",
]


def header(file: Path) -> list[str]:
    """The first row of a csv file."""
    with file.open(encoding="utf-8", newline="") as stream:
        return next(csv.reader(stream))


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("customers.csv", CUSTOMER_COLUMNS),
        ("crosswalk.csv", ["source", "record_id", "customer_id"]),
        ("pairs.csv", PAIR_COLUMNS),
        ("consent.csv", CONSENT_COLUMNS),
        ("relations.csv", ["customer_id_l", "customer_id_r", "kind", "evidence"]),
    ],
)
def test_columns_are_the_contract(example: Example, name: str, columns: list[str]) -> None:
    """The columns other programs rely on stand first and in this order."""
    assert header(example.out / name)[: len(columns)] == columns


def test_each_record_is_in_the_crosswalk_once(example: Example) -> None:
    """Every record of every customer file has one customer."""
    rows = rows_of((example.out / "crosswalk.csv").read_text(encoding="utf-8"))
    keys = [(row["source"], row["record_id"]) for row in rows]
    assert len(keys) == len(set(keys)) == 289
    known = {
        row["customer_id"] for row in rows_of((example.out / "customers.csv").read_text(encoding="utf-8"))
    }
    assert {row["customer_id"] for row in rows} <= known


def test_documents_and_customers_are_the_same_people(example: Example) -> None:
    """customers.jsonl has a line of valid JSON for each row of customers.csv."""
    lines = (example.out / "customers.jsonl").read_text(encoding="utf-8").splitlines()
    rows = rows_of((example.out / "customers.csv").read_text(encoding="utf-8"))
    assert [json.loads(line)["customer_id"] for line in lines] == [row["customer_id"] for row in rows]


def test_says_what_was_understood_and_counted(example: Example) -> None:
    """Files with source and role, counts, permissions, risky merges, and where the results are."""
    for part in (
        "messe_leads.xlsx",
        "consents",
        "289 records from 8 files -> ",
        "riskiest",
        "written to out",
    ):
        assert part in example.said


def test_the_three_who_are_two(call: Call, project: Path) -> None:
    """Rows of one person get one customer id; others their own."""
    assert call("run", "erp.csv").code == 0
    rows = rows_of((project / "out" / "crosswalk.csv").read_text(encoding="utf-8"))
    ids = {row["record_id"]: row["customer_id"] for row in rows}
    assert ids["1"] == ids["3"]
    assert len(set(ids.values())) == 3


def test_quiet_says_nothing(call: Call) -> None:
    """--quiet prints nothing at all."""
    called = call("run", "erp.csv", "--quiet")
    assert (called.code, called.out, called.err) == (0, "", "")


def test_no_progress_into_a_pipe(project: Path) -> None:
    """Where nobody watches, standard error stays empty."""
    done = crmclean("run", "erp.csv", cwd=project)
    assert (done.returncode, done.stderr) == (0, "")


def test_json_for_machines(call: Call) -> None:
    """--json prints one document with counts, columns and files, and nothing else."""
    figures = json.loads(call("run", "erp.csv", "--json").out)
    assert (figures["records"], figures["customers"], figures["files"]) == (4, 3, 1)
    assert {"permissions", "issues", "sources", "columns", "riskiest", "files_written"} <= set(figures)


def test_german(call: Call, project: Path) -> None:
    """--lang de: German sentences and workbook; columns and codes of the csv files stay English."""
    said = call("run", "erp.csv", "--lang", "de").out
    assert "4 Datensätze" in said
    assert (project / "out" / "ergebnis.xlsx").is_file()
    assert header(project / "out" / "customers.csv")[: len(CUSTOMER_COLUMNS)] == CUSTOMER_COLUMNS


def test_csv_for_a_german_excel(call: Call, project: Path) -> None:
    """--csv-format excel-de: byte order mark, semicolons, decimal commas."""
    call("run", "erp.csv", "--csv-format", "excel-de")
    text = (project / "out" / "pairs.csv").read_bytes().decode("utf-8-sig")
    assert (project / "out" / "pairs.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    weight = next(csv.DictReader(text.splitlines(), delimiter=";"))["weight"]
    assert "," in weight
    assert "." not in weight


def test_source_by_name(call: Call, project: Path) -> None:
    """--source NAME=FILE names the source of a file."""
    assert call("run", "--source", "kunden=erp.csv", "erp.csv").code == 0
    rows = rows_of((project / "out" / "crosswalk.csv").read_text(encoding="utf-8"))
    assert {row["source"] for row in rows} == {"kunden"}


def test_standard_input(project: Path) -> None:
    """A dash reads standard input."""
    done = crmclean("run", "-", "--json", cwd=project, stdin=ERP)
    assert json.loads(done.stdout)["records"] == 4


def test_day_of_decisions(call: Call, project: Path) -> None:
    """--as-of stands in every decision."""
    call("run", "erp.csv", "--as-of", "2024-02-29")
    rows = rows_of((project / "out" / "consent.csv").read_text(encoding="utf-8"))
    assert {row["as_of"] for row in rows} == {"2024-02-29"}


def test_store_where_it_is_wanted(call: Call, project: Path) -> None:
    """The store lies in the current folder, or where --store says."""
    call("run", "erp.csv")
    assert (project / "crmclean.db").is_file()
    (project / "other").mkdir()
    call("run", "erp.csv", "--store", "other/kunden.db")
    assert (project / "other" / "kunden.db").is_file()


def test_ids_stay_when_files_are_added(call: Call, project: Path) -> None:
    """A later run with more files keeps the ids of the customers it knows."""
    call("run", "erp.csv")
    before = rows_of((project / "out" / "crosswalk.csv").read_text(encoding="utf-8"))
    shop = "account_id,first_name,last_name,email\nw1,Anne,Koehler,annegret.koehler@web.de\nw2,Zoe,Zander,z@zander.example\n"
    (project / "shop.csv").write_text(shop, encoding="utf-8")
    call("run", "erp.csv", "shop.csv")
    after = rows_of((project / "out" / "crosswalk.csv").read_text(encoding="utf-8"))
    assert [row for row in after if row["source"] == "erp"] == before


def test_workbook_keeps_identifiers_as_text(example: Example) -> None:
    """Postcodes and numbers are text cells: leading zeros and plus signs survive Excel."""
    book = openpyxl.load_workbook(example.out / "result.xlsx", read_only=True)
    cells = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    assert any(isinstance(c, str) and c.startswith("+49") for c in cells)
    assert any(isinstance(c, str) and c.isdigit() and len(c) == 5 and c.startswith("0") for c in cells)
    book.close()


@pytest.mark.parametrize("console", ["cp1252", "cp850", "ascii"])
def test_consoles_that_lack_characters(project: Path, console: str) -> None:
    """Whatever Python takes the console for, a pipe gets UTF-8 with plain line feeds, and nothing crashes."""
    (project / "welt.csv").write_text(
        "id;Vorname;Nachname;Ort\n1;Zoë;Łukasiewicz;Kраков\n2;日本;山田;東京\n", encoding="utf-8"
    )
    done = crmclean(
        "run",
        "welt.csv",
        "--columns",
        cwd=project,
        environment={"PYTHONIOENCODING": console, "PYTHONUTF8": "0"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "\r" not in done.stdout

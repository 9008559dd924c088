"""Back to the sources: their rows, their headers, their dialect, and what is certain beside them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crmclean.config import Config, WriteConfig
from crmclean.pipeline import run
from crmclean.read import load_tables
from crmclean.store import Store
from crmclean.tables import DECISIONS
from crmclean.write import source_files

ERP = """Kd-Nr;Anrede;Vorname;Nachname;Straße;PLZ;Ort;Telefon;E-Mail;Geburtsdatum;Bemerkung
007;Frau;ANNEGRET;KÖHLER;Lindenweg 4;80331;München;0171 2345678;annegret.koehler@web.de;05.03.1980;ruft gern an
008;Frau;Annegret;Köhler;Lindenweg 4;80331;München;;annegret.koehler@web.de;05.03.1980;
009;Herr;Bernd;Aydin;Marktplatz 1;70173;Stuttgart;0160 9988776;bernd.aydin@gmx.de;;=1+1
010;Frau;Carla;Brandt;Hafenstr. 12;20457;Hamburg;040 123456;carla@brandt-bau.example;;
"""
SHOP = """id,first name,last name,street,zip,city,email
s1,Annegret,Koehler,Lindenweg 4,80331,München,annegret.koehler@web.de
s2,Dora,Eich,Ufer 3,50667,Köln,dora@eich.example
"""
NAMES = (
    "sources", "mappings", "records", "parties", "contacts", "addresses", "members", "customers", "scores",
    "decisions",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two exports: a German one in cp1252, an English one in UTF-8."""
    folder = tmp_path_factory.mktemp("writeback")
    (folder / "erp.csv").write_text(ERP, encoding="cp1252", newline="\r\n")
    (folder / "shop.csv").write_text(SHOP, encoding="utf-8", newline="\n")
    return folder


@pytest.fixture(scope="module")
def tables(folder: Path) -> dict[str, pd.DataFrame]:
    """What a store holds after a run over both."""
    with Store(folder / "crm.db") as store:
        run(
            [str(folder / "erp.csv"), str(folder / "shop.csv")],
            replace(Config(), as_of="2026-06-30"),
            store=store,
        )
        return {name: store.load(name) for name in NAMES}


def _rows(file: Any, folder: Path) -> tuple[list[str], list[dict[str, str]], bytes]:
    file.dialect.writer(file.frame)[0](folder / file.name)
    data = (folder / file.name).read_bytes()
    text = data.decode("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else file.dialect.encoding)
    reader = csv.DictReader(io.StringIO(text), delimiter=file.dialect.delimiter)
    rows = list(reader)
    return list(reader.fieldnames or []), rows, data


def _told(tables: dict[str, pd.DataFrame], threshold: float, **more: Any) -> dict[str, Any]:
    config = WriteConfig(writeback_threshold=threshold)
    return {file.source: file for file in source_files(tables, config, **more)}


def test_a_source_gets_its_own_rows_and_headers(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    """Headers, order, raw cells, delimiter and encoding are the source's; what we know stands behind."""
    erp = _told(tables, 0.5)["erp"]
    header, rows, data = _rows(erp, tmp_path)
    assert header[:10] == ERP.splitlines()[0].split(";")[:10]
    assert header[10:15] == ["CRM-Kunden-ID", "Dublette", "Führend", "Führender Satz", "Sicherheit"]
    assert [list(row.values())[:10] for row in rows] == [
        line.split(";")[:10] for line in ERP.splitlines()[1:]
    ]
    assert b"K\xd6HLER" in data
    assert erp.left_out == ("Bemerkung",)


def test_duplicates_point_to_the_row_that_leads(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    """Of two rows of one person one leads and the other names it; both carry the id that the shop's row has."""
    files = _told(tables, 0.5)
    _, rows, _ = _rows(files["erp"], tmp_path)
    first, second, third, _ = rows
    assert sorted([first["Dublette"], second["Dublette"]]) == ["ja", "nein"]
    doubled, leading = (first, second) if first["Dublette"] == "ja" else (second, first)
    assert doubled["Führender Satz"] == leading["Kd-Nr"]
    assert (doubled["Führend"], leading["Führend"]) == ("nein", "ja")
    assert first["CRM-Kunden-ID"] == second["CRM-Kunden-ID"] != ""
    assert (third["Dublette"], third["Führend"], third["Sicherheit"]) == ("nein", "ja", "einzeln")
    _, shop, _ = _rows(files["shop"], tmp_path)
    assert shop[0]["CRM customer ID"] == first["CRM-Kunden-ID"]
    assert (shop[0]["Certainty"], shop[0]["Duplicate"]) == ("certain", "no")


def test_corrections_stand_beside_the_raw_values(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    """Names get the customer's spelling, numbers the international form; what is right gets nothing."""
    _, rows, _ = _rows(_told(tables, 0.5)["erp"], tmp_path)
    assert rows[0]["Vorname (korrigiert)"] == "Annegret"
    assert rows[0]["Vorname"] == "ANNEGRET"
    assert rows[0]["Telefon (korrigiert)"] == "+491712345678"
    assert rows[1]["Vorname (korrigiert)"] == ""
    assert rows[1]["Telefon (korrigiert)"] == ""  # nothing is filled into empty cells
    assert not any(name.startswith(("Kd-Nr (", "Anrede (", "Geburtsdatum (")) for name in rows[0])


def test_doubtful_merges_are_not_told(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    """Above every probability nothing is a duplicate, one row keeps the id, and no value moves between rows."""
    files = _told(tables, 1.01)
    _, rows, _ = _rows(files["erp"], tmp_path)
    _, shop, _ = _rows(files["shop"], tmp_path)
    states = [row["Sicherheit"] for row in rows[:2]] + [shop[0]["Certainty"]]
    assert sorted(states) == sorted(["einzeln", "zu prüfen", "to be checked"])
    assert {row["Dublette"] for row in rows} == {"nein"}
    assert sum(bool(row["CRM-Kunden-ID"]) for row in rows[:2]) + bool(shop[0]["CRM customer ID"]) == 1


def test_a_steward_makes_a_merge_certain(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    """The word of a steward counts whatever the threshold is; taken back it does not."""
    pair = {"party_l": "erp:007/person", "party_r": "erp:008/person", "decision": "same", "at": "2026-01-01"}
    said = DECISIONS.check(pd.DataFrame([pair]))
    _, rows, _ = _rows(_told({**tables, "decisions": said}, 1.01)["erp"], tmp_path)
    assert sorted(row["Dublette"] for row in rows[:2]) == ["ja", "nein"]
    withdrawn = DECISIONS.check(pd.DataFrame([pair, {**pair, "decision": "withdrawn", "at": "2026-01-02"}]))
    _, rows, _ = _rows(_told({**tables, "decisions": withdrawn}, 1.01)["erp"], tmp_path)
    assert {row["Dublette"] for row in rows} == {"nein"}


def test_the_original_brings_the_other_columns(
    tables: dict[str, pd.DataFrame], folder: Path, tmp_path: Path
) -> None:
    """With the file itself every column comes along, in its place; a changed file is not used."""
    originals = load_tables([str(folder / "erp.csv")])
    erp = _told(tables, 0.5, originals=originals)["erp"]
    header, rows, _ = _rows(erp, tmp_path)
    assert header[:11] == ERP.splitlines()[0].split(";")
    assert (rows[0]["Bemerkung"], rows[2]["Bemerkung"]) == ("ruft gern an", "=1+1")
    assert rows[0]["Vorname (korrigiert)"] == "Annegret"
    assert erp.left_out == ()
    changed = [replace(originals[0], sha256="0")]
    assert _told(tables, 0.5, originals=changed)["erp"].left_out == ("Bemerkung",)


def test_an_encoding_that_lacks_a_character_becomes_utf8(
    tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    """A Czech name in a cp1252 file: UTF-8 with byte order mark, and the caller is told."""
    erp = _told(tables, 0.5)["erp"]
    assert erp.dialect.writer(erp.frame)[1] is False
    czech = replace(erp, frame=erp.frame.assign(Nachname="Dvořák"))
    assert czech.dialect.writer(czech.frame)[1] is True
    _, rows, data = _rows(czech, tmp_path)
    assert data.startswith(b"\xef\xbb\xbf")
    assert rows[0]["Nachname"] == "Dvořák"


def test_spreadsheets_are_guarded_where_asked(
    tables: dict[str, pd.DataFrame], folder: Path, tmp_path: Path
) -> None:
    """A formula stays what it was by default; excel-de guards it."""
    originals = load_tables([str(folder / "erp.csv")])
    config = WriteConfig(csv_format="excel-de")
    erp = {f.source: f for f in source_files(tables, config, originals=originals)}["erp"]
    _, rows, _ = _rows(erp, tmp_path)
    assert (rows[2]["Bemerkung"], rows[0]["Kd-Nr"]) == ('="=1+1"', '="007"')


def test_row_order_of_tables_changes_no_byte(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    """Shuffled tables give the same files."""
    shuffled = {
        name: table if name == "decisions" else table.sample(frac=1, random_state=5)
        for name, table in tables.items()
    }
    for name, file in _told(tables, 0.5).items():
        assert _rows(file, tmp_path)[2] == _rows(_told(shuffled, 0.5)[name], tmp_path)[2]


def test_formats_go_back_as_they_came(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    """A workbook becomes a workbook of text cells, JSON lines become JSON lines."""
    import openpyxl

    for kind, ending in (("excel", "xlsx"), ("jsonl", "jsonl"), ("vcard", "csv"), ("parquet", "parquet")):
        sources = tables["sources"].assign(format=kind, sheet="Kunden")
        erp = _told({**tables, "sources": sources}, 0.5)["erp"]
        assert erp.name == f"erp.{ending}"
        erp.dialect.writer(erp.frame)[0](tmp_path / erp.name)
    sheet = openpyxl.load_workbook(tmp_path / "erp.xlsx")["Kunden"]
    assert [sheet.cell(2, 1).value, sheet.cell(2, 1).data_type, sheet.cell(1, 5).value] == [
        "007",
        "s",
        "Straße",
    ]
    assert '"Kd-Nr": "007"' in (tmp_path / "erp.jsonl").read_text(encoding="utf-8").splitlines()[0]


@pytest.mark.parametrize(
    ("source", "name"),
    [("CON", "_CON.csv"), ("a/b: c", "a_b_c.csv"), ("Händler", "Händler.csv"), ("nul.2", "_nul.2.csv")],
)
def test_file_names_are_possible_on_every_system(
    tables: dict[str, pd.DataFrame], source: str, name: str
) -> None:
    """No slash, no colon, none of the names that Windows keeps for devices."""
    renamed = {
        key: table.assign(source=table["source"].replace("erp", source)) if "source" in table else table
        for key, table in tables.items()
    }
    assert name in {file.name for file in source_files(renamed)}

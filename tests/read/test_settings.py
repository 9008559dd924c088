"""The written configuration reads the same inputs the same way."""

from __future__ import annotations

import pandas as pd
from pandas.testing import assert_frame_equal

from crmclean.config import load_config
from crmclean.read import read_records, toml_settings

KUNDEN = 'Kundennummer;"Firma ""1""";Straße;Titel;Bemerkung;Geb.-Datum\n7;Groth GmbH;Ring 1;;ruft an;\n8;;Am Markt 2;Dr.;;01.02.1960\n'
ORDERS = 'Auftragsnr,Kundennummer,Betrag,Datum\nA1,7,"1,00",01.02.2020\nA2,8,"3,50",05.06.2021\n'


def test_round_trip(tmp_path):
    """Reading with the settings gives the records, orders and fields of the first reading."""
    (tmp_path / "kunden.csv").write_text(KUNDEN, encoding="cp1252")
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    inputs = [tmp_path / "kunden.csv", tmp_path / "orders.csv"]
    first = read_records(inputs)
    path = tmp_path / "crmclean.toml"
    path.write_text(toml_settings(first), encoding="utf-8")
    second = read_records(inputs, load_config(path).read)
    assert_frame_equal(first.records, second.records)
    assert_frame_equal(first.orders, second.orders)
    assert_frame_equal(
        first.mappings[["source", "column", "field"]], second.mappings[["source", "column", "field"]]
    )
    assert_frame_equal(first.sources, second.sources)
    assert list(second.frames["kunden"].columns) == list(first.frames["kunden"].columns)


def test_each_column_says_why():
    """Confidence and reason stand behind each column; what is left out is empty."""
    frame = pd.DataFrame({"id": ["1"], "Vorname": ["Ida"], "Farbe": ["rot"], "Notizen": ["x"]})
    text = toml_settings(read_records([("crm", frame)]))
    assert "[read.sources.crm.columns]" in text
    assert 'Vorname = "given_name"  # 0.97 alias' in text
    assert 'Farbe   = ""  # unknown' in text
    assert 'Notizen = ""  # 0.95 note' in text


def test_strange_headers_are_quoted(tmp_path):
    """Quotes, backslashes and signs of TOML in headers survive."""
    frame = pd.DataFrame({'a"b\\c = #': ["Ida"], "Nachname": ["Berg"]})
    path = tmp_path / "crmclean.toml"
    path.write_text(toml_settings(read_records([("x y", frame)])), encoding="utf-8")
    columns = load_config(path).read.sources["x y"].columns
    assert list(columns) == ['a"b\\c = #', "Nachname"]

"""Small files of our own, one set per reader, from which `fuzz_readers` makes damaged ones."""

from __future__ import annotations

import gzip
import io
import sqlite3
import tempfile
import zipfile
from pathlib import Path

import pandas as pd
import xlsxwriter

from tests.read.old_workbooks import ODS, XLS

__all__ = ["READERS"]

ROWS = [
    ["Kd-Nr", "Vorname", "Nachname", "E-Mail", "Telefon", "PLZ", "Ort", "Geburtsdatum", "Newsletter"],
    ["10503", "Ida", "Müller", "ida@mueller.example.com", "+49 351 123456", "01067", "Dresden", "01.05.1980", "ja"],
    ["10504", "Ole", 'Blum "jun."', "ole@blum.example.com", "0172/9922904", "89073", "Ulm", "31.12.1975", "nein"],
    ["10505", "Zoë", "Öztürk; Söhne", "zoe@oe.example.com", "4,9E+10", "8001", "Zürich", "", "x"],
    ["Summe", "3", "", "", "", "", "", "", ""],
]  # fmt: skip
CARDS = (
    "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Ida;;Dr.;\r\n"
    "TEL;CELL:0172 9922904\r\nEMAIL:ida@mueller.example.com\r\nADR;HOME:;;Weg 1;Ulm;;89073;DE\r\n"
    "NOTE;ENCODING=QUOTED-PRINTABLE:eine =\r\n lange Notiz\r\nEND:VCARD\r\n"
    "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ole Blum\r\nitem1.EMAIL;PREF=1:ole@blum.example.com\r\n"
    "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQ\r\n AAAQABAAD\r\nORG:Bau\\; Garten;Einkauf\r\nEND:VCARD\r\n"
)
LINES = (
    '{"id": "ws_1", "email": "ida@mueller.example.com", "address": {"city": "Ulm", "zip": "01067"}, "tags": ["a", "b"]}\n'
    '{"id": "ws_2", "email": null, "address": {}, "orders": [{"no": 1, "sum": 1.5}, {"no": 2}], "newsletter": false}\n'
)


def _text(delimiter: str, quote: str = '"', end: str = "\r\n") -> str:
    lines = []
    for row in ROWS:
        cells = [
            f"{quote}{c.replace(quote, quote * 2)}{quote}" if set(c) & {delimiter, '"'} else c for c in row
        ]
        lines.append(delimiter.join(cells))
    return end.join(lines) + end


def _xlsx() -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        for name in ("Kunden", "Leads"):
            sheet = book.add_worksheet(name)
            for r, row in enumerate(ROWS):
                sheet.write_row(r, 0, row)
        sheet.write_datetime(6, 0, pd.Timestamp("2024-05-01").to_pydatetime())
        sheet.write_formula(7, 0, "=1/0", None, "#DIV/0!")
        sheet.merge_range(8, 0, 8, 3, "Ende")
    return stream.getvalue()


def _parquet() -> bytes:
    stream = io.BytesIO()
    frame = pd.DataFrame(ROWS[1:], columns=ROWS[0])
    frame["Umsatz"] = [1.5, None, 3.0, 4.0]
    frame["seit"] = pd.Timestamp("2024-05-01")
    frame["tags"] = [["a"], [], None, ["b", "c"]]
    frame.to_parquet(stream)
    return stream.getvalue()


def _zip(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return stream.getvalue()


def _database() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shop.db"
        connection = sqlite3.connect(path)
        connection.execute(
            "CREATE TABLE customers (id INTEGER, vorname TEXT, nachname TEXT, umsatz REAL, b BLOB)"
        )
        rows = [(1, "Ida", "Müller", 1.5, b"\xff"), (2, None, "Blum", None, None)]
        connection.executemany("INSERT INTO customers VALUES (?, ?, ?, ?, ?)", rows)
        connection.commit()
        connection.close()
        return path.read_bytes()


_CSV = {
    "plain.csv": _text(";").encode(),
    "comma.csv": _text(",", end="\n").encode("cp1252"),
    "tab.tsv": ("\ufeff" + _text("\t")).encode("utf-16-le"),
    "dos.txt": ("sep=|\r\nExport vom 1.5.2024\r\n\r\n" + _text("|")).encode("cp850", "replace"),
}
READERS: dict[str, dict[str, bytes]] = {
    "csv": _CSV,
    "vcard": {"cards.vcf": CARDS.encode(), "old.vcf": CARDS.encode("cp1252")},
    "json": {
        "shop.jsonl": LINES.encode(),
        "shop.json": f'{{"customers": [{",".join(LINES.splitlines())}]}}'.encode(),
    },
    "xlsx": {"leads.xlsx": _xlsx()},
    "xls": {"alt.xls": XLS},
    "ods": {"libre.ods": ODS},
    "parquet": {"shop.parquet": _parquet()},
    "archive": {
        "erp.csv.gz": gzip.compress(_CSV["plain.csv"], mtime=0),
        "all.zip": _zip({"erp.csv": _CSV["comma.csv"], "cards.vcf": CARDS.encode(), "leer.txt": b""}),
    },
    "sql": {"shop.db": _database()},
}
"""Reader -> file name -> a sound file."""

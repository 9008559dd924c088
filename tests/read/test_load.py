"""Whatever the caller hands in becomes raw tables, by content and not by ending."""

from __future__ import annotations

import gzip
import io
import random
import zipfile

import pandas as pd
import pytest
import xlsxwriter

from crmclean.config import ReadConfig, SourceConfig
from crmclean.errors import ReadError
from crmclean.issues import CODES, issue_table
from crmclean.read.load import load_tables

CSV = "Nr;Name;PLZ\n1;Müller;01067\n2;Schäfer;89073\n"
CARD = "BEGIN:VCARD\nVERSION:3.0\nFN:Ida\nEND:VCARD\n"
LINES = '{"id": "1", "a": {"b": 2}}\n{"id": "2"}\n'


def xlsx():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet("Leads").write_column(0, 0, ["Lead-ID", "M1"])
    return stream.getvalue()


def parquet():
    stream = io.BytesIO()
    pd.DataFrame({"a": ["x"]}).to_parquet(stream)
    return stream.getvalue()


def archive():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("erp.csv", CSV)
        packed.writestr("leads.xlsx", xlsx())
        packed.writestr("leer.txt", "")
    return stream.getvalue()


SAMPLES = {
    "erp.csv": CSV.encode("cp1252"),
    "card.vcf": CARD.encode(),
    "shop.jsonl": LINES.encode(),
    "leads.xlsx": xlsx(),
    "a.parquet": parquet(),
    "all.zip": archive(),
    "erp.csv.gz": gzip.compress(CSV.encode()),
}


@pytest.mark.parametrize("ending", ["csv", "txt", "dat"])
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("erp.csv", "csv"),
        ("card.vcf", "vcard"),
        ("shop.jsonl", "jsonl"),
        ("leads.xlsx", "excel"),
        ("a.parquet", "parquet"),
    ],
)
def test_content_decides(tmp_path, name, kind, ending):
    """The format follows from the bytes, whatever the file is called."""
    path = tmp_path / f"data.{ending}"
    path.write_bytes(SAMPLES[name])
    [table] = load_tables([path])
    assert (table.format, table.file, table.stem) == (kind, f"data.{ending}", "data")


def test_several_inputs_and_tables(tmp_path):
    """Tables come in the order of the inputs; archives give several; names are kept."""
    path = tmp_path / "all.zip"
    path.write_bytes(SAMPLES["all.zip"])
    tables = load_tables([("crm", pd.DataFrame({"a": [1]})), path, ("erp", str(path))])
    assert [(t.named, t.file, t.format) for t in tables] == [
        ("crm", "", "frame"), ("", "erp.csv", "csv"), ("", "leads.xlsx", "excel"),
        ("erp", "erp.csv", "csv"), ("erp", "leads.xlsx", "excel"),
    ]  # fmt: skip
    assert [f["detail"] for f in tables[1].findings if f["code"] == "member_skipped"] == ["leer.txt"]


def test_configuration_forces_encoding_and_delimiter(tmp_path):
    """A source's settings are found by the given name, a file pattern or the stem."""
    path = tmp_path / "alt_2019.csv"
    path.write_bytes("a,b;Größe\n1,2;x\n".encode("cp850"))
    settings = SourceConfig(files=("ALT_*.csv",), encoding="cp850", delimiter=",")
    [table] = load_tables([path], ReadConfig(sources={"erp": settings}))
    assert list(table.frame.columns) == ["a", "b;Größe"]
    for source, item in (("erp", ("erp", path)), ("alt_2019", path)):
        named = ReadConfig(sources={source: SourceConfig(delimiter=";", encoding="cp850")})
        assert list(load_tables([item], named)[0].frame.columns) == ["a,b", "Größe"]


def test_findings_are_issues(tmp_path):
    """Every finding carries the file's name and fits the issues table."""
    path = tmp_path / "erp.csv"
    path.write_bytes(SAMPLES["erp.csv"])
    [table] = load_tables([path])
    issues = issue_table(table.findings)
    assert (issues["code"].tolist(), issues["file"].tolist()) == (["encoding_guessed"], ["erp.csv"])


@pytest.mark.parametrize(
    ("name", "data", "key"),
    [
        ("a.csv", b"%PDF-1.7 ...", "foreign"),
        ("a.csv", b"SQLite format 3\x00" + bytes(99), "sqlite_file"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "markup"),
        ("a.xlsx", b"Nr;Name\n1;Ida\n", "workbook_broken"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "workbook_broken"),
        ("a.parquet", b"hello", "parquet_broken"),
        ("a.vcf", b"hello", "vcard_none"),
        ("a.json", b"hello", "json_broken"),
        ("a.xyz", bytes(range(256)) * 9, "binary"),
        ("a.csv", b"", "empty"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path, name, data, key):
    """Each kind of unusable file has its own sentence, a hint and exit code 3."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ReadError) as caught:
        load_tables([tmp_path / name])
    assert (caught.value.key, caught.value.exit_code) == (f"read.format.{key}", 3)
    assert caught.value.hint
    assert name in caught.value.message


def test_something_else_is_refused():
    """An object that is neither path nor frame is an error."""
    with pytest.raises(ReadError):
        load_tables([42])  # type: ignore[list-item]


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_damaged_files_never_raise_anything_else(tmp_path, name):
    """Cut, changed and shuffled bytes give tables or a ReadError, and registered findings."""
    chance = random.Random(name)  # noqa: S311  reproducible damage, no secret
    for _ in range(60):
        data = bytearray(SAMPLES[name])
        for _ in range(chance.choice([1, 2, 8])):
            at = chance.randrange(len(data) + 1)
            extra = chance.choice(
                [b"", b'"', b"\r", b"\0", b";", b"\xff", bytes(chance.randrange(256) for _ in range(5))]
            )
            data[at : at + chance.choice([0, 1, 30, 10_000])] = extra
        path = tmp_path / name
        path.write_bytes(data)
        try:
            tables = load_tables([path])
        except ReadError:
            continue
        for table in tables:
            assert len(table.frame) == len(table.lines)
            assert {str(f["code"]) for f in table.findings} <= CODES.keys()

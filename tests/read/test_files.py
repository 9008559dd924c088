"""Inputs become bytes, or a sentence says why not."""

from __future__ import annotations

import gzip
import hashlib
import io
import sys
import zipfile

import pytest

from crmclean.errors import ReadError
from crmclean.messages import catalogue
from crmclean.read.files import open_files


def zipped(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def test_file_keeps_its_bytes_digest_and_place(tmp_path):
    """A plain file is one blob with the digest of its bytes."""
    path = tmp_path / "erp.csv"
    path.write_bytes(b"a;b\n1;2\n")
    [blob] = open_files(path, "shop")
    assert (blob.data, blob.file, blob.folder, blob.stem, blob.named) == (
        b"a;b\n1;2\n", "erp.csv", str(tmp_path), "erp", "shop",
    )  # fmt: skip
    assert blob.sha256 == hashlib.sha256(b"a;b\n1;2\n").hexdigest()


def test_gzip_is_unpacked(tmp_path):
    """The ending .gz is no part of the name, the digest is that of the packed file."""
    packed = gzip.compress(b"a\n1\n")
    (tmp_path / "erp.csv.gz").write_bytes(packed)
    [blob] = open_files(tmp_path / "erp.csv.gz")
    assert (blob.data, blob.file, blob.stem, blob.ending) == (b"a\n1\n", "erp.csv", "erp", ".csv")
    assert blob.sha256 == hashlib.sha256(packed).hexdigest()


def test_zip_gives_its_members_in_order(tmp_path):
    """Members come sorted by name; folders of the Mac and empty members are left out and named."""
    data = zipped({"b/shop.csv": b"x\n2\n", "a.csv": b"x\n1\n", "__MACOSX/a.csv": b"?", "leer.csv": b""})
    (tmp_path / "all.zip").write_bytes(data)
    blobs = open_files(tmp_path / "all.zip")
    assert [blob.file for blob in blobs] == ["a.csv", "shop.csv"]
    assert blobs[0].skipped == ("leer.csv",)


def test_pattern_is_expanded(tmp_path):
    """A pattern stands for the files it fits, as shells do."""
    for name in ("b.csv", "a.csv", "c.txt"):
        (tmp_path / name).write_bytes(b"x")
    assert [blob.file for blob in open_files(tmp_path / "*.csv")] == ["a.csv", "b.csv"]


def test_standard_input_is_read(monkeypatch):
    """A single dash is standard input."""

    class Stdin:
        buffer = io.BytesIO(b"a\n1\n")

    monkeypatch.setattr(sys, "stdin", Stdin())
    assert [(blob.data, blob.file) for blob in open_files("-")] == [(b"a\n1\n", "stdin")]


def test_missing_file_names_the_nearest(tmp_path):
    """A misspelled file name is answered with the name that is there."""
    (tmp_path / "Kunden_2024.csv").write_bytes(b"x")
    with pytest.raises(ReadError) as caught:
        open_files(tmp_path / "kunden_2042.csv")
    assert "Kunden_2024.csv" in caught.value.hint
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("name", "data", "key"),
    [
        ("leer.csv", b"", "empty"),
        ("cut.csv.gz", gzip.compress(b"a" * 5000, mtime=0)[:20], "archive_broken"),
        ("cut.zip", zipped({"a.csv": b"a" * 5000})[:60], "archive_broken"),
        ("none.zip", zipped({}) + b"", "unknown"),
        ("bomb.csv.gz", None, "missing"),
    ],
)
def test_unusable_files_are_refused(tmp_path, name, data, key):
    """Empty and damaged files are refused with a sentence and a hint, never a traceback."""
    if data is not None:
        (tmp_path / name).write_bytes(data)
    if key == "unknown":  # an archive without members begins with other bytes and is a blob
        assert len(open_files(tmp_path / name)) == 1
        return
    with pytest.raises(ReadError) as caught:
        open_files(tmp_path / name)
    assert caught.value.key == f"read.format.{key}"
    assert caught.value.hint


def test_folder_is_refused(tmp_path):
    """A folder is not a file; the hint shows the pattern to use."""
    with pytest.raises(ReadError, match="folder"):
        open_files(tmp_path)
    with pytest.raises(ReadError) as caught:
        open_files(tmp_path / "no" / "such.csv")
    assert caught.value.key == "read.format.folder_missing"


def test_locked_archive_is_refused(tmp_path):
    """A member flagged as encrypted asks for unpacking first."""
    data = bytearray(zipped({"a.csv": b"abc"}))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(bytes(data))
    with pytest.raises(ReadError, match="password"):
        open_files(tmp_path / "a.zip")


def test_swelling_archive_is_refused(tmp_path, monkeypatch):
    """An archive that unpacks to far more than its size is not unpacked."""
    monkeypatch.setattr("crmclean.read.files._GIGABYTE", 1000)
    monkeypatch.setattr("crmclean.read.files._SWELL", 2)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"a" * 100_000))
    with pytest.raises(ReadError, match="300 times"):
        open_files(tmp_path / "a.csv.gz")


def test_every_refusal_has_a_hint():
    """Each sentence of a refused file has a hint beside it."""
    keys = {key for key in catalogue() if key.startswith("read.format.")}
    assert keys
    assert {f"{key}.hint" for key in keys if not key.endswith(".hint")} <= keys

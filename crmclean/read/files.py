"""Inputs become bytes: paths, patterns, standard input, gz and zip, each read once and hashed.

Owns everything that can be wrong before the first character is understood: a file that is not
there, a folder, no permission, an empty file, an archive that is broken, locked or swells beyond
reason. Workbooks are zip files too and are handed on as they are.
"""

from __future__ import annotations

import difflib
import glob
import gzip
import hashlib
import io
import os
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from crmclean.errors import ReadError
from crmclean.read.refusal import refuse

__all__ = ["Blob", "open_files"]

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_ENDINGS = {
    ".csv", ".tsv", ".txt", ".tab", ".dat", ".asc", ".gz", ".zip", ".json", ".jsonl", ".ndjson",
    ".vcf", ".vcard", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".parquet", ".pq",
}  # fmt: skip
_SWELL = 300
"""An archive that grows by more than this, and beyond a gigabyte, is taken for an attack."""
_GIGABYTE = 1 << 30


@dataclass(frozen=True, slots=True)
class Blob:
    """The bytes of one file or archive member.

    Args:
        data: Bytes, unpacked.
        file: Name without folder; the member's name in an archive.
        folder: Folder as given; for a member the archive.
        sha256: Digest of the bytes on disk; of the member's bytes in a zip.
        named: Source name that the caller gave.
        skipped: Members of the same archive that were left out, named at its first blob.
    """

    data: bytes
    file: str
    folder: str
    sha256: str
    named: str = ""
    skipped: tuple[str, ...] = ()

    @property
    def stem(self) -> str:
        """The file name without its endings: ``erp.csv.gz`` is ``erp``."""
        name = PurePosixPath(self.file)
        while name.suffix.lower() in _ENDINGS and name.stem:
            name = PurePosixPath(name.stem)
        return name.name

    @property
    def ending(self) -> str:
        """The last ending in lower case, that of a packing left out: ``.csv`` of erp.csv.gz."""
        name = self.file.lower().removesuffix(".gz")
        return PurePosixPath(name).suffix


def open_files(path: str | Path, named: str = "") -> list[Blob]:
    """The bytes behind a path: one blob, or one per member of a zip.

    Args:
        path: A file, ``-`` for standard input, or a pattern such as ``data/*.csv`` (Windows shells
            do not expand them).
        named: Source name that the caller gave.

    Raises:
        ReadError: Missing (with the nearest name in the folder), a folder, no permission, empty,
            a broken or locked archive.
    """
    if str(path) == "-":
        return _unpack(sys.stdin.buffer.read(), "stdin", "", named)
    target = Path(path)
    if not _exists(target) and any(c in str(path) for c in "*?["):
        found = sorted(p for p in glob.glob(str(path)) if Path(p).is_file())  # noqa: PTH207  the pattern may be absolute
        if found:
            return [blob for name in found for blob in open_files(name, named)]
    return _unpack(_bytes(target), target.name, str(target.parent), named)


def _exists(target: Path) -> bool:
    try:
        return target.exists()
    except (OSError, ValueError):
        return False


def _bytes(target: Path) -> bytes:
    try:
        return target.read_bytes()
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise _missing(target) from error
    except IsADirectoryError as error:
        raise refuse("directory", file=target.name or str(target)) from error
    except PermissionError as error:
        if target.is_dir():  # Windows says "permission denied" of a folder
            raise refuse("directory", file=target.name or str(target)) from error
        raise refuse("permission", file=target.name) from error
    except OSError as error:
        raise refuse("unreadable", file=target.name, cause=error.strerror or type(error).__name__) from error


def _missing(target: Path) -> ReadError:
    try:
        names = sorted(os.listdir(target.parent))  # noqa: PTH208  names, not paths
    except (OSError, ValueError):
        return refuse("folder_missing", file=target.name, folder=str(target.parent))
    lowered = {name.lower(): name for name in names}
    near = difflib.get_close_matches(target.name.lower(), list(lowered), n=1, cutoff=0.6)
    if near:
        return refuse("missing_near", file=target.name, near=lowered[near[0]])
    return refuse("missing", file=target.name)


def _unpack(data: bytes, file: str, folder: str, named: str) -> list[Blob]:
    digest = hashlib.sha256(data).hexdigest()
    if data.startswith(_GZIP):
        data = _gunzip(data, file)
        file = file.removesuffix(".gz")
    if not data:
        raise refuse("empty", file=file)
    if data.startswith(_ZIP) and not _is_workbook(data, file):
        return _members(data, file, folder, named)
    return [Blob(data, file, folder, digest, named)]


def _gunzip(data: bytes, file: str) -> bytes:
    limit = max(_GIGABYTE, _SWELL * len(data))
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            plain = stream.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise refuse("archive_broken", file=file) from error
    if len(plain) > limit:
        raise refuse("archive_swells", file=file)
    return plain


def _is_workbook(data: bytes, file: str) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        # A cut workbook has lost its directory; its first entry still tells what it was.
        return b"[Content_Types].xml" in data[:4096] or b"mimetypeapplication/vnd.oasis" in data[:4096]
    if not entries.keys() & {"[Content_Types].xml", "content.xml", "xl/workbook.xml"}:
        return False
    _admit(list(entries.values()), len(data), file)
    return True


def _members(data: bytes, file: str, folder: str, named: str) -> list[Blob]:
    place = f"{folder}/{file}" if folder else file
    blobs: list[Blob] = []
    skipped: list[str] = []
    for name, plain in _contents(data, file):
        short = PurePosixPath(name.replace("\\", "/")).name
        if plain.startswith(_ZIP) and not _is_workbook(plain, short):
            skipped.append(short)  # an archive in an archive
        elif plain:
            digest = hashlib.sha256(plain).hexdigest()
            if plain.startswith(_GZIP):
                plain, short = _gunzip(plain, short), short.removesuffix(".gz")  # noqa: PLW2901  the plain form takes its place
            blobs.append(Blob(plain, short, place, digest, named))
        else:
            skipped.append(short)
    if not blobs:
        raise refuse("archive_empty", file=file)
    first = blobs[0]
    blobs[0] = Blob(first.data, first.file, first.folder, first.sha256, first.named, tuple(skipped))
    return blobs


def _contents(data: bytes, file: str) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [e for e in archive.infolist() if not e.is_dir() and not _hidden(e.filename)]
            _admit(entries, len(data), file)
            for entry in sorted(entries, key=lambda e: e.filename):
                yield entry.filename, archive.read(entry)
    except ReadError:
        raise
    except Exception as error:
        # zipfile raises a dozen kinds on damaged archives (BadZipFile, zlib.error, struct.error,
        # KeyError, NotImplementedError, RuntimeError, lzma errors); all mean the same here.
        raise refuse("archive_broken", file=file) from error


def _admit(entries: list[zipfile.ZipInfo], size: int, file: str) -> None:
    if sum(e.file_size for e in entries) > max(_GIGABYTE, _SWELL * size):
        raise refuse("archive_swells", file=file)
    if any(e.flag_bits & 1 for e in entries):
        raise refuse("archive_locked", file=file)


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in name.replace("\\", "/").split("/"))

"""`load_tables`: whatever the caller hands in, as raw tables.

The format follows from the content, not from the ending: a workbook named .csv is read as a
workbook. Archives and workbooks give several tables. The configuration may force encoding and
delimiter by source: by the name the caller gave, by the file's stem, or by its patterns.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from crmclean.config import ReadConfig, SourceConfig
from crmclean.read.csv_files import read_csv
from crmclean.read.excel import read_excel
from crmclean.read.files import Blob, open_files
from crmclean.read.frames import read_frame
from crmclean.read.json_files import read_json
from crmclean.read.parquet import read_parquet
from crmclean.read.raw import ArrowFrame, Input, RawTable
from crmclean.read.refusal import refuse
from crmclean.read.sql import configured_query, is_database, read_sql, split_query
from crmclean.read.vcard import read_vcard

__all__ = ["load_tables"]

_FOREIGN = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"{\\rtf": "RTF",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "RAR",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"MZ": "EXE",
    b"\x7fELF": "ELF",
    b"!BDN": "Outlook PST",
    b"\x00\x01\x00\x00Standard": "Access",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_JSON_ENDINGS = {".json", ".jsonl", ".ndjson"}


def load_tables(inputs: Sequence[Input], config: ReadConfig = ReadConfig()) -> list[RawTable]:  # noqa: B008  frozen
    """The tables of all inputs, in the order given.

    Args:
        inputs: Paths, ``-`` for standard input, database URLs with ``#QUERY``, names of sources that
            the configuration gives a database, frames; pairs of a source name and one of these;
            triples of source name, SQLAlchemy engine or connection, and query.
        config: Sources may force encoding and delimiter.

    Raises:
        ReadError: An input cannot be read; the message names it, the hint says what to do.

    Example:
        >>> [table] = load_tables([("shop", pd.DataFrame({"id": [1.0], "name": ["Ulm GmbH"]}))])
        >>> table.frame.to_dict("records"), table.named
        ([{'id': '1', 'name': 'Ulm GmbH'}], 'shop')
    """
    return [table for item in inputs for table in _load(item, config)]


def _load(item: Input, config: ReadConfig) -> list[RawTable]:
    if isinstance(item, tuple) and len(item) == 3:
        return [_complete(read_sql(item[1], item[2], named=item[0]))]
    named, content = item if isinstance(item, tuple) else ("", item)
    if isinstance(content, str) and (asked := _query(content, named, config)) is not None:
        return [_complete(read_sql(asked[1], asked[2], named=asked[0]))]
    if isinstance(content, (str, Path)):
        return [_complete(t) for blob in open_files(content, named) for t in _tables(blob, config)]
    if isinstance(content, (pd.DataFrame, ArrowFrame)):
        return [_complete(read_frame(content, named=named))]
    raise refuse("frame_broken", file=named or type(content).__name__)


def _query(text: str, named: str, config: ReadConfig) -> tuple[str, str, str] | None:
    """Source name, URL and query of an input that is a database; None for a file."""
    if is_database(text):
        return (named, *split_query(text))
    said = configured_query(text, config)
    return None if said is None else (named or text, *said)


def _complete(table: RawTable) -> RawTable:
    """The table with file names in its findings."""
    findings = tuple({"file": table.file, **finding} for finding in table.findings)
    return replace(table, findings=findings)


def _tables(blob: Blob, config: ReadConfig) -> list[RawTable]:
    settings = _settings(blob, config)
    try:
        tables = _read(blob, settings)
    except MemoryError as error:
        raise refuse("unreadable", file=blob.file, cause="out of memory") from error
    if blob.skipped:
        extra = tuple({"code": "member_skipped", "row": 0, "detail": name} for name in blob.skipped)
        tables[0] = replace(tables[0], findings=tables[0].findings + extra)
    return tables


def _settings(blob: Blob, config: ReadConfig) -> SourceConfig:
    """What the configuration says of a file: the caller's name, a pattern, or the stem decides."""
    if blob.named in config.sources:
        return config.sources[blob.named]
    for settings in config.sources.values():
        if any(fnmatch.fnmatchcase(blob.file.lower(), pattern.lower()) for pattern in settings.files):
            return settings
    return config.sources.get(blob.stem, SourceConfig())


def _read(blob: Blob, settings: SourceConfig) -> list[RawTable]:
    data, encoding = blob.data, settings.encoding
    if data.startswith(b"SQLite format 3\x00"):
        raise refuse("sqlite_file", file=blob.file)
    for mark, kind in _FOREIGN.items():
        if data.startswith(mark) and (len(mark) > 2 or b"\0" in data[:256]):
            raise refuse("foreign", file=blob.file, kind=kind)
    if data.startswith((b"PK\x03\x04", _OLE)):
        return read_excel(blob)
    if data.startswith(b"PAR1"):
        return [read_parquet(blob)]
    head = _start(data)
    if head[:12].upper().startswith(b"BEGIN:VCARD") or blob.ending in {".vcf", ".vcard"}:
        return [read_vcard(blob, encoding=encoding)]
    if blob.ending in _JSON_ENDINGS or _looks_json(head):
        return read_json(blob, encoding=encoding)
    lowered = head[:300].lower()
    if lowered.startswith((b"<!doctype html", b"<html", b"<?xml", b"<table")):
        raise refuse("markup", file=blob.file)
    if blob.ending in {".xlsx", ".xlsm", ".xlsb", ".ods"}:
        raise refuse("workbook_broken" if data else "empty", file=blob.file)
    if blob.ending in {".parquet", ".pq"}:
        raise refuse("parquet_broken", file=blob.file)
    return [read_csv(blob, encoding=encoding, delimiter=settings.delimiter)]


def _start(data: bytes) -> bytes:
    """The first bytes without marks, zero bytes (UTF-16) and blanks."""
    return data[:2000].removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe\x00 \r\n\t").replace(b"\0", b"")


def _looks_json(head: bytes) -> bool:
    """An object or a list of objects begins here; ``[`` and ``{`` alone may begin a csv cell."""
    compact = b"".join(head[:200].split())
    return compact.startswith((b'{"', b'[{"', b"[{}", b"{}"))

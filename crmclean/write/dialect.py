"""A file back in the dialect it came in: format, delimiter, encoding; where that cannot hold it, said.

The encoding of the source is kept where it has every character of the file; else it is UTF-8
with a byte order mark. Sources without a file to imitate (vCard, frames, databases) become csv.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pandas as pd
import xlsxwriter

from crmclean.write.cells import cells_of
from crmclean.write.csv_files import csv_lines
from crmclean.write.folder import Writer
from crmclean.write.jsonl import write_jsonl
from crmclean.write.parquet import write_parquet

__all__ = ["Dialect", "dialect_of"]

_ENDINGS = {"excel": "xlsx", "jsonl": "jsonl", "json": "jsonl", "parquet": "parquet"}
_MARKED = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # fixed, or no two workbooks would have the same bytes


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a source's file is written.

    Args:
        ending: csv xlsx jsonl parquet.
        delimiter: Of a csv file.
        encoding: Of a csv file.
        sheet: Name of the sheet of a workbook.
        guarded: Values that a spreadsheet would damage are guarded.
    """

    ending: str
    delimiter: str = ","
    encoding: str = "utf-8"
    sheet: str = ""
    guarded: bool = False

    def writer(self, frame: pd.DataFrame) -> tuple[Writer, bool]:
        """What writes the frame, and whether the encoding had to become UTF-8."""
        if self.ending == "xlsx":
            return partial(_workbook, frame, self.sheet or "Sheet1"), False
        if self.ending == "jsonl":
            return lambda path: write_jsonl(_objects(frame), path), False
        if self.ending == "parquet":
            return lambda path: write_parquet(frame, path), False
        held = self._holds(frame)
        return partial(self._csv, frame, self.encoding if held else "utf-8-sig"), not held

    def _line_end(self) -> str:
        plain = self.encoding == "utf-8" and self.delimiter == ","
        return "\n" if plain else "\r\n"

    def _holds(self, frame: pd.DataFrame) -> bool:
        try:
            for text in csv_lines(frame, self.delimiter, self._line_end(), guarded=self.guarded):
                text.encode(self.encoding)
        except UnicodeEncodeError:
            return False
        return True

    def _csv(self, frame: pd.DataFrame, encoding: str, path: Path) -> None:
        encoder = codecs.getincrementalencoder(encoding)()
        with path.open("wb") as file:
            file.write(_MARKED.get(encoding, b""))
            for text in csv_lines(frame, self.delimiter, self._line_end(), guarded=self.guarded):
                file.write(encoder.encode(text))


def dialect_of(source: Mapping[str, object], *, guarded: bool = False) -> Dialect:
    """The dialect of a row of the table `sources`."""
    ending = _ENDINGS.get(str(source["format"]), "csv")
    delimiter, encoding, sheet = (_said(source[name]) for name in ("delimiter", "encoding", "sheet"))
    try:
        encoding = codecs.lookup(encoding or "utf-8").name
    except LookupError:
        encoding = "utf-8"
    named = str(source["encoding"]).lower()
    encoding = {"utf_8_sig": "utf-8-sig"}.get(encoding, encoding) if "sig" not in named else "utf-8-sig"
    return Dialect(ending, delimiter if len(delimiter) == 1 else ",", encoding, sheet, guarded)


def _said(value: object) -> str:
    return value if isinstance(value, str) else ""


def _objects(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Each row without what is missing."""
    names = [str(name) for name in frame.columns]
    columns = [frame.iloc[:, at].tolist() for at in range(len(names))]
    return [
        {name: value for name, value in zip(names, row, strict=True) if isinstance(value, str)}
        for row in zip(*columns, strict=True)
    ]


def _workbook(frame: pd.DataFrame, sheet: str, path: Path) -> None:
    """One sheet, headers and texts exactly as they are: every cell is a text cell."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": "crmclean", "created": _CREATED})
    page, text = book.add_worksheet(sheet[:31]), book.add_format({"num_format": "@"})
    columns = [cells_of(frame.iloc[:, at].rename(""), "en").values for at in range(frame.shape[1])]
    for at, name in enumerate(frame.columns):
        page.write_string(0, at, str(name))
    for row, cells in enumerate(zip(*columns, strict=True), start=1):
        for at, cell in enumerate(cells):
            if cell is not None:
                page.write_string(row, at, str(cell), text)
    page.freeze_panes(1, 0)
    book.close()

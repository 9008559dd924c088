"""`RawTable`: one file or sheet as it was read, before anyone knows what its columns mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd

__all__ = ["ArrowFrame", "Input", "RawTable"]


@runtime_checkable
class ArrowFrame(Protocol):
    """Any frame that hands out Arrow data: pyarrow, polars, duckdb, pandas."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """A capsule with the frame's columns."""
        ...


Input = (
    str
    | Path
    | pd.DataFrame
    | ArrowFrame
    | tuple[str, "str | Path | pd.DataFrame | ArrowFrame"]
    | tuple[str, object, str]
)
"""What a caller may hand in: a path, "-" for stdin, a database URL with ``#QUERY``, a frame; one of these
with a source name; or source name, SQLAlchemy engine or connection (or URL), and query."""


@dataclass(frozen=True, slots=True)
class RawTable:
    """The cells of one table as text.

    Args:
        frame: All columns of dtype str, headers as read (made unique), empty cells missing.
        lines: Line or row number in the file per row, from 1, header included (int64); of a frame
            and of a JSON array the number of the row.
        file: File name without its folder (in an archive: the member's name); empty for a frame.
        folder: Folder it lies in, as given.
        stem: File name without endings, the start of the source's name; a frame's given name.
        sheet: Sheet of a workbook, list of a JSON document.
        format: csv excel vcard jsonl json parquet frame sql.
        encoding: Encoding as found.
        delimiter: Delimiter of a csv file.
        sha256: Digest of the file's bytes; of a frame's cells.
        named: Source name that the caller gave, else empty.
        findings: Rows for the issues table: code, field, raw, row, detail ...
    """

    frame: pd.DataFrame
    lines: np.ndarray
    file: str
    folder: str
    stem: str
    format: str
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    sha256: str = ""
    named: str = ""
    findings: tuple[dict[str, object], ...] = field(default=())

"""Parquet files: their columns as text, types undone as for frames."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from crmclean.read.cells import text_frame
from crmclean.read.files import Blob
from crmclean.read.frames import arrow_columns
from crmclean.read.layout import name_columns
from crmclean.read.lost import lost_values
from crmclean.read.raw import RawTable
from crmclean.read.refusal import refuse

__all__ = ["read_parquet"]


def read_parquet(blob: Blob) -> RawTable:
    """The table of a Parquet file; structs become columns with dots.

    Raises:
        ReadError: Damaged, cut off, encrypted.
    """
    try:
        table = parquet.ParquetFile(pa.BufferReader(blob.data)).read()
        table.validate(full=True)  # reading does not look whether text is UTF-8
        headers, columns = arrow_columns(table)
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise refuse("parquet_broken", file=blob.file) from error
    names, remarks = name_columns(headers, len(headers))
    frame = text_frame(names, columns)
    lines = np.arange(1, table.num_rows + 1, dtype=np.int64)
    findings = [*({"row": 0, **r} for r in remarks), *lost_values(frame, lines)]
    if not table.num_rows:
        findings.append({"code": "no_rows", "row": 0})
    return RawTable(
        frame, lines, blob.file, blob.folder, blob.stem, "parquet",
        sha256=blob.sha256, named=blob.named, findings=tuple(findings),
    )  # fmt: skip

"""Text tables (csv, tsv and their kin) become raw tables.

`csv_sniff` finds the dialect and the place of the header on the first lines; `csv_body` reads the
rest, through Arrow where it is clean (`csv_fast`) and row by row where it is not (`csv_rows`). What
was guessed, skipped or repaired is a finding with its line.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmclean.read.cells import text_frame, unguarded
from crmclean.read.csv_body import read_body
from crmclean.read.csv_sniff import sniff_csv
from crmclean.read.files import Blob
from crmclean.read.layout import name_columns
from crmclean.read.lost import lost_values
from crmclean.read.raw import RawTable

__all__ = ["read_csv"]

Finding = dict[str, object]


def read_csv(blob: Blob, *, encoding: str = "", delimiter: str = "") -> RawTable:
    """The table of a text file.

    Args:
        blob: The file.
        encoding: Forced encoding.
        delimiter: Forced delimiter.

    Raises:
        ReadError: Empty, binary, or not in the forced encoding.
    """
    sniffed = sniff_csv(blob.data, file=blob.file, encoding=encoding, delimiter=delimiter)
    dialect = sniffed.dialect
    findings = list(sniffed.findings)
    columns, lines = read_body(sniffed, findings)
    header = list(sniffed.header)
    names, remarks = name_columns(header, max(sniffed.width, len(header)))
    missing = [[None] * len(lines)] * (len(names) - sniffed.width)
    frame = unguarded(text_frame(names, [*columns, *missing]))
    if missing:
        detail = f"header={len(names)} columns={sniffed.width}"
        findings.append({"code": "ragged_rows", "row": sniffed.line - 1, "detail": detail})
    frame, lines = _without_headers(frame, lines, header, findings)
    frame, remarks = _without_blank(frame, len(header), remarks)
    at = sniffed.line - 1 if header else 0
    findings += [{"row": at, **remark} for remark in remarks] + lost_values(frame, lines)
    if not len(frame):
        findings.append({"code": "no_rows", "row": 0})
    return RawTable(
        frame,
        lines,
        blob.file,
        blob.folder,
        blob.stem,
        "csv",
        encoding=sniffed.decoded.encoding,
        delimiter=dialect.delimiter,
        sha256=blob.sha256,
        named=blob.named,
        findings=tuple(findings),
    )


def _without_headers(
    frame: pd.DataFrame, lines: np.ndarray, header: list[str], findings: list[Finding]
) -> tuple[pd.DataFrame, np.ndarray]:
    """Without rows that repeat the header, as exports pasted together have them."""
    if len(header) < 2 or not header[0]:
        return frame, lines
    places = np.flatnonzero((frame.iloc[:, 0] == header[0]).to_numpy(dtype=bool))
    rows = frame.iloc[places, : len(header)].fillna("")
    again = places[[list(row) == header for row in rows.itertuples(index=False)]]
    if not len(again):
        return frame, lines
    row = int(lines[again[0]])
    findings.append({"code": "header_repeated", "row": row, "detail": f"rows={len(again)}"})
    keep = np.ones(len(lines), dtype=bool)
    keep[again] = False
    return frame[keep].reset_index(drop=True), lines[keep]


def _without_blank(
    frame: pd.DataFrame, named: int, remarks: list[Finding]
) -> tuple[pd.DataFrame, list[Finding]]:
    """Without columns that have neither a name nor a value: a delimiter ended each line."""
    blank = {name for name in frame.columns[named:] if not frame[name].notna().any()}
    if len(blank) == len(frame.columns):
        return frame, remarks
    kept = [remark for remark in remarks if remark.get("field") not in blank]
    return frame.drop(columns=list(blank)), kept

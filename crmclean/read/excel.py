"""Workbooks (xlsx, xlsm, xlsb, xls, ods): every sheet with a table becomes a raw table.

Text cells stay text, so that 01067 keeps its zero; numbers that are whole lose their ``.0``; dates
become ISO text; error cells (#NV, #DIV/0!) are missing. Lines above the header, sums below it and
blank rows are left out as in text files. Hidden and empty sheets and charts are reported.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import python_calamine as calamine

from crmclean.read.cells import cell_text, text_frame
from crmclean.read.files import Blob
from crmclean.read.layout import find_layout, footer_length, name_columns
from crmclean.read.lost import lost_values, numeric_phones
from crmclean.read.raw import RawTable
from crmclean.read.refusal import refuse
from crmclean.read.sound import is_sound

__all__ = ["read_excel"]

Finding = dict[str, object]
_ERROR = re.compile(r"#(?:N/?A|NV|DIV/0!|REF!|BEZUG!|VALUE!|WERT!|NAME\?|NUM!|ZAHL!|NULL!|SPILL!|CALC!)")
_PLAIN = re.compile(r"[+-]?\d{1,3}(?:[.,]?\d{3})*(?:[.,]\d+)?")
_RETURN = "_x000D_"


def read_excel(blob: Blob) -> list[RawTable]:
    """The tables of a workbook, one per visible sheet that holds one.

    Raises:
        ReadError: Broken, locked by a password, or no sheet holds data.
    """
    skipped: list[Finding] = []
    tables: list[RawTable] = []
    for sheet, rows in _sheets(blob, skipped):
        table = _table(rows, sheet, blob)
        tables.extend(table)
        skipped += [] if table else [_skipped(sheet, "empty")]
    if not tables:
        raise refuse("workbook_empty", file=blob.file)
    first = tables[0]
    return [replace(first, findings=(*first.findings, *skipped)), *tables[1:]]


def _sheets(blob: Blob, skipped: list[Finding]) -> list[tuple[str, list[list[Any]]]]:
    """The visible sheets with their rows."""
    if not is_sound(blob.data):
        raise refuse("workbook_broken", file=blob.file)
    try:
        with calamine.load_workbook(io.BytesIO(blob.data)) as book:
            found = []
            for sheet in book.sheets_metadata:
                if sheet.typ != calamine.SheetTypeEnum.WorkSheet:
                    skipped.append(_skipped(sheet.name, "chart"))
                elif sheet.visible != calamine.SheetVisibleEnum.Visible:
                    skipped.append(_skipped(sheet.name, "hidden"))
                else:
                    rows = book.get_sheet_by_name(sheet.name).iter_rows()
                    found.append((sheet.name, [row if any(c != "" for c in row) else [] for row in rows]))
            return found
    except calamine.PasswordError as error:
        raise refuse("workbook_locked", file=blob.file) from error
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        # Damaged old workbooks make the reader panic, which arrives as a BaseException.
        raise refuse("workbook_broken", file=blob.file) from error


def _skipped(sheet: str, why: str) -> Finding:
    return {"code": "sheet_skipped", "row": 0, "detail": f"sheet={sheet} {why}"}


def _table(rows: Sequence[Sequence[Any]], sheet: str, blob: Blob) -> list[RawTable]:
    """The table of a sheet; none where no cell is filled."""
    texts = [[_text(cell) for cell in row] for row in rows]
    columns = max((_width(row) for row in texts), default=0)
    if not columns:
        return []
    texts = [row[:columns] for row in texts]
    layout = find_layout(texts[:400], columns)
    findings: list[Finding] = []
    header = texts[layout.header] if layout.header is not None else []
    top = layout.header if layout.header is not None else layout.body
    if any(any(row) for row in texts[:top]):
        findings.append({"code": "preamble_skipped", "row": 1, "detail": f"lines={top}"})
    if layout.header is None:
        findings.append({"code": "header_missing", "row": layout.body + 1})
    body = [(i + 1, texts[i]) for i in range(layout.body, len(texts)) if any(texts[i])]
    count = footer_length([_unpadded(row) for _, row in body], columns)
    for line, row in body[len(body) - count :] if count else []:
        findings.append({"code": "footer_row", "row": line, "raw": " ".join(filter(None, row))[:200]})
    body = body[: len(body) - count]
    names, remarks = name_columns(header, columns)
    lines = np.array([line for line, _ in body], dtype=np.int64)
    frame = text_frame(names, list(zip(*(row for _, row in body), strict=True)) or [[]] * columns)
    frame = _without_blank(frame, header)
    findings += [{"row": top + 1, **r} for r in remarks if r["field"] in frame.columns]
    findings += _typed(frame, lines, [rows[line - 1] for line in lines], names)
    if not body:
        findings.append({"code": "no_rows", "row": 0})
    return [
        RawTable(
            frame,
            lines,
            blob.file,
            blob.folder,
            blob.stem,
            "excel",
            sheet=sheet,
            sha256=blob.sha256,
            named=blob.named,
            findings=tuple(findings),
        )
    ]


def _text(cell: object) -> str:
    if isinstance(cell, str):
        if not cell or _ERROR.fullmatch(cell):
            return ""
        return cell.replace(_RETURN, "") if _RETURN in cell else cell
    return cell_text(cell) or ""


def _width(row: Sequence[str]) -> int:
    return max((i + 1 for i, cell in enumerate(row) if cell), default=0)


def _unpadded(row: Sequence[str]) -> Sequence[str]:
    """The row without the empty cells at its end: sheets fill every row up."""
    return row[: _width(row)]


def _without_blank(frame: pd.DataFrame, header: Sequence[str]) -> pd.DataFrame:
    blank = [
        name
        for i, name in enumerate(frame.columns)
        if not (header[i : i + 1] and header[i].strip()) and len(frame) and not frame[name].notna().any()
    ]
    return frame.drop(columns=blank)


def _typed(
    frame: pd.DataFrame, lines: np.ndarray, rows: Sequence[Sequence[Any]], names: Sequence[str]
) -> list[Finding]:
    """What the types of the cells tell: numbers as text among numbers, numbers that were phones."""
    found = lost_values(frame, lines)
    known = {(f["code"], f.get("field")) for f in found}
    for index, name in enumerate(names):
        if name not in frame.columns:
            continue
        cells = [row[index] for row in rows]
        numeric = [isinstance(c, (int, float)) and not isinstance(c, bool) for c in cells]
        if not any(numeric):
            continue
        place = numeric_phones(name, cells, numeric)
        if place and ("leading_zeros_lost", name) not in known:
            line = int(lines[place[0]])
            found.append(
                {"code": "leading_zeros_lost", "field": name, "row": line, "detail": f"cells={len(place)}"}
            )
        text = [
            i
            for i, c in enumerate(cells)
            if isinstance(c, str) and _PLAIN.fullmatch(c.strip()) and c[:1] != "0"
        ]
        if text:
            line = int(lines[text[0]])
            found.append(
                {"code": "numbers_as_text", "field": name, "row": line, "detail": f"cells={len(text)}"}
            )
    return found

"""A workbook to be filled in: a column with a drop-down, a column for words, all others unchangeable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

__all__ = ["write_form"]

_CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # fixed, or no two workbooks would have the same bytes
_WIDEST = 40
_LONGEST = 32_767  # characters of a cell: "Excel specifications and limits", Microsoft


def write_form(
    path: Path,
    frame: pd.DataFrame,
    *,
    name: str,
    choices: Mapping[str, Sequence[str]],
    free: Sequence[str] = (),
    hidden: Sequence[str] = (),
) -> None:
    """Writes the form; every text is a text cell, whatever it looks like.

    Args:
        path: File to write.
        frame: Its rows, text and numbers; column names are the headers.
        name: Title of the sheet.
        choices: Column = words of its drop-down; empty cells are allowed.
        free: Further columns that may be filled in.
        hidden: Columns out of sight, needed when the form comes back.

    Raises:
        OSError: The file cannot be written.
    """
    book = xlsxwriter.Workbook(str(path), {"in_memory": True})
    book.set_properties({"title": "crmclean", "created": _CREATED})
    sheet = book.add_worksheet(name)
    formats = {
        "head": book.add_format({"bold": True, "bg_color": "#E7EDF3", "text_wrap": True, "valign": "top"}),
        "text": book.add_format({"num_format": "@", "valign": "top"}),
        "number": book.add_format({"num_format": "0.00", "valign": "top"}),
        "open": book.add_format({"num_format": "@", "bg_color": "#FFF8DC", "locked": False, "valign": "top"}),
    }
    for at, column in enumerate(frame.columns):
        opened = column in choices or column in free
        _fill(sheet, at, frame[column], formats, opened=opened)
        if column in hidden:
            sheet.set_column(at, at, None, None, {"hidden": True})
        if column in choices and len(frame):
            rule = {"validate": "list", "source": list(choices[column]), "ignore_blank": True}
            sheet.data_validation(1, at, len(frame), at, rule)
    sheet.freeze_panes(1, 0)
    if len(frame):
        sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)
    sheet.protect("", {"autofilter": True, "sort": True, "format_columns": True, "select_locked_cells": True})
    book.close()


def _fill(sheet: Any, at: int, column: pd.Series[Any], formats: Mapping[str, Any], *, opened: bool) -> None:
    sheet.write_string(0, at, str(column.name), formats["head"])
    numbers = pd.api.types.is_numeric_dtype(column)
    longest = len(str(column.name))
    for row, value in enumerate(column.tolist(), start=1):
        text = "" if pd.isna(value) else str(value)[:_LONGEST]
        longest = max(longest, len(text))
        if numbers and text:
            sheet.write_number(row, at, float(value), formats["number"])
        elif text:
            sheet.write_string(row, at, text, formats["open" if opened else "text"])
        elif opened:
            sheet.write_blank(row, at, None, formats["open"])
    sheet.set_column(at, at, min(_WIDEST, longest + 2))

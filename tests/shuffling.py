"""Files with the same rows in another order: for tests that order does not matter."""

from __future__ import annotations

import random
import re
from pathlib import Path

import openpyxl

__all__ = ["shuffled_copy"]


def shuffled_copy(file: Path, folder: Path, seed: int) -> Path:
    """A copy of a csv, jsonl, vcf or xlsx file in another folder, its rows shuffled, the rest byte by byte."""
    target = folder / file.name
    dice = random.Random(seed)  # noqa: S311  no secret
    if file.suffix == ".xlsx":
        _shuffle_workbook(file, target, dice)
        return target
    content = file.read_bytes()
    if file.suffix == ".vcf":
        head, rows = b"", re.findall(rb"BEGIN:VCARD.*?END:VCARD\r?\n", content, flags=re.DOTALL)
    else:
        rows = logical_lines(content)
        head = rows.pop(0) if file.suffix == ".csv" else b""
    dice.shuffle(rows)
    target.write_bytes(head + b"".join(rows))
    return target


def logical_lines(content: bytes) -> list[bytes]:
    """The rows of a csv file with their line ends; a line break inside quotes ends no row."""
    rows, open_row = [], b""
    for line in content.splitlines(keepends=True):
        open_row += line
        if open_row.count(b'"') % 2 == 0:
            rows.append(open_row)
            open_row = b""
    return rows


def _shuffle_workbook(file: Path, target: Path, dice: random.Random) -> None:
    book = openpyxl.load_workbook(file)
    for sheet in book.worksheets:
        head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        dice.shuffle(rows)
        sheet.delete_rows(1, sheet.max_row)
        for row in [head, *rows]:
            sheet.append(row)
    book.save(target)

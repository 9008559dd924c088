"""What a spreadsheet did to values before they were exported: lost zeros, numbers like 4,9E+10.

Judged per column, with the first line and a count; nothing is changed. A postcode column without
any leading zero among many five-digit codes, but with four-digit ones, has lost them: a tenth of
all German postcodes begins with 0. (Austrian and Swiss codes have four digits; a column in which
some codes still have their zero is left to the country of each row.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from crmclean.read.bytes_of import has_exponent

__all__ = ["lost_values", "numeric_phones"]

Finding = dict[str, object]
_SCIENTIFIC = r"^\s*[+-]?\d(?:[.,]\d+)?[eE]\+\d{1,3}\s*$"
_POSTCODE = re.compile(r"plz|postleitzahl|postcode|postal|zip", re.IGNORECASE)
_PHONE = re.compile(r"tel|phone|mobil|handy|fax|rufnummer|fon\b", re.IGNORECASE)
_SAMPLE = 20_000
_THREADS = 2  # columns looked through at once: their bytes are read without Python


def lost_values(frame: pd.DataFrame, lines: np.ndarray) -> list[Finding]:
    """Findings `scientific_notation` and `leading_zeros_lost`, at most one of each per column.

    Args:
        frame: Text columns.
        lines: Line of each row.
    """
    found: list[Finding] = []
    columns = [frame.iloc[:, at] for at in range(frame.shape[1])]
    with ThreadPoolExecutor(_THREADS) as pool:
        exponents = list(pool.map(has_exponent, columns))
    for name, column, exponent in zip(frame.columns, columns, exponents, strict=True):
        sample = column.iloc[:_SAMPLE].dropna()
        if sample.empty:
            continue
        if exponent:
            found += _finding("scientific_notation", name, _scientific(column), lines)
        if _POSTCODE.search(str(name)) and _short_codes(sample):
            found += _finding("leading_zeros_lost", name, column.str.fullmatch(r"\d{4}", na=False), lines)
        elif _PHONE.search(str(name)) and _bare_numbers(sample):
            bare = column.str.fullmatch(r"[1-9]\d{5,11}", na=False)
            found += _finding("leading_zeros_lost", name, bare, lines)
    return found


def _scientific(column: pd.Series) -> pd.Series:
    """Which cells are numbers like 4,9E+10: of those alone that hold an e+ is more asked."""
    maybe = column.str.contains("[eE][+]", na=False)
    return maybe & column[maybe].str.match(_SCIENTIFIC, na=False).reindex(column.index, fill_value=False)


def _finding(code: str, name: object, hits: pd.Series, lines: np.ndarray) -> list[Finding]:
    places = np.flatnonzero(hits.to_numpy(dtype=bool))
    if not len(places):
        return []
    return [
        {"code": code, "field": str(name), "row": int(lines[places[0]]), "detail": f"cells={len(places)}"}
    ]


def _short_codes(sample: pd.Series) -> bool:
    long = sample.str.fullmatch(r"\d{5}").sum()
    zero = sample.str.fullmatch(r"0\d{4}").sum()
    short = sample.str.fullmatch(r"\d{4}").sum()
    return bool(long >= 40 and zero == 0 and 0 < short <= 0.5 * long)


def _bare_numbers(sample: pd.Series) -> bool:
    digits = sample.str.fullmatch(r"\+?\d{6,15}")
    bare = sample.str.fullmatch(r"(?!49|43|41|00)[1-9]\d{5,11}")
    return bool(bare.sum() >= 2 and bare.sum() >= 0.5 * digits.sum() and bare.sum() >= 0.3 * len(sample))


def numeric_phones(name: str, cells: Sequence[object], numeric: Sequence[bool]) -> list[int]:
    """Places where a column of telephone numbers holds a number: its zero or plus is gone.

    Args:
        name: Header of the column.
        cells: Typed cells of a sheet.
        numeric: Whether each is a number.
    """
    if not _PHONE.search(name):
        return []
    return [i for i, n in enumerate(numeric) if n and isinstance(c := cells[i], (int, float)) and c >= 1e5]

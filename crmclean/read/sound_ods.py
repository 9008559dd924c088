"""Whether an OpenDocument sheet can be opened without hanging or exhausting the memory.

The reader of workbooks goes round for ever in XML that ends before its elements do, and lays the
cells of a sheet out as a full rectangle, repeated rows and columns included. Both are looked at first.

Source: OpenDocument 1.3 part 3, 9.1 (tables, number-rows-repeated, number-columns-repeated).
"""

from __future__ import annotations

import re
from xml.parsers import expat

__all__ = ["is_sound_ods"]

_ROWS, _COLUMNS = 1_048_576, 16_384
"""The reader cuts repetitions at these."""
_REPEATED = re.compile(rb'number-(?:rows|columns)-repeated="(\d{1,12})"')


def is_sound_ods(content: bytes, *, cells: int) -> bool:
    """Whether the XML is well formed and the filled cells of each sheet span at most `cells`.

    Args:
        content: The bytes of content.xml.
        cells: Cells of the largest rectangle that may be laid out.
    """
    extent = _Extent() if _may_be_large(content, cells) else None
    parser = expat.ParserCreate()
    if extent is not None:
        parser.StartElementHandler = extent.start
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError):  # torn, or in an encoding nobody knows
        return False
    return extent is None or extent.largest <= cells


def _may_be_large(content: bytes, cells: int) -> bool:
    """Whether repetitions could make a large rectangle of a small file."""
    repeated = sum(min(int(m[1]), _ROWS) for m in _REPEATED.finditer(content))
    return (repeated + content.count(b"<table:table-row")) * _COLUMNS > cells


class _Extent:
    """The rectangle around the filled cells of each sheet, as its elements come by."""

    def __init__(self) -> None:
        self.largest = 0
        self._row = self._rows = self._column = self._width = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins; names are those that every writer of the format uses."""
        local = name.rpartition(":")[2]
        if local == "table":
            self._row = self._rows = self._column = self._width = 0
        elif local == "table-row":
            self._row += self._rows
            self._rows = min(_times(attributes, "table:number-rows-repeated"), _ROWS)
            self._column = 0
        elif local in {"table-cell", "covered-table-cell"}:
            self._column += min(_times(attributes, "table:number-columns-repeated"), _COLUMNS)
            if "office:value-type" in attributes:
                self._width = max(self._width, self._column)
                self.largest = max(self.largest, (self._row + self._rows) * self._width)


def _times(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return int(text) if text.isdecimal() else 1

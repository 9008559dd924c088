"""Whether a workbook can be opened without exhausting the memory.

The reader of workbooks trusts two things that damaged and odd files break: that the sectors of an
old workbook (xls) form chains that end, and that the cells of a sheet stand close together, because
it lays them out as a full rectangle. Both would end the program, not raise an error, so they are
looked at first.

Source: [MS-CFB] 2.2 to 2.6 (header, FAT, mini FAT, directory), [MS-XLS] 2.4 (records of a sheet).
Not looked at: xlsb. OpenDocument: `sound_ods`.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from crmclean.read.sound_ods import is_sound_ods

__all__ = ["is_sound"]

_CELLS = 100_000_000
"""Cells of a sheet's rectangle; the reader needs about 32 bytes for each."""
_XLS_COLUMNS = 256
_END = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors."""
_CELL_RECORDS = frozenset({0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E})
_DIMENSIONS = 0x0200
_FAR = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_LAST_ROW = re.compile(rb'<(?:\w+:)?(?:row|c)\b[^>]*?\br="[A-Z]{0,3}(\d{1,7})"')
_WIDE = re.compile(rb'\br="[A-Z]{3}\d')


def is_sound(data: bytes) -> bool:
    """Whether the sectors of an old workbook end and no sheet spreads beyond reason."""
    if data.startswith(b"PK"):
        return _zip_is_sound(data)
    try:
        return _ole_is_sound(data)
    except (struct.error, IndexError, ValueError):
        return False


def _zip_is_sound(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/") and n.endswith(".xml")]
            if "content.xml" in archive.namelist():
                return is_sound_ods(archive.read("content.xml"), cells=_CELLS)
            return all(_is_compact(archive.read(name)) for name in sheets)
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, zlib.error, NotImplementedError, RuntimeError):
        return False


def _is_compact(sheet: bytes) -> bool:
    """Whether the rectangle around the cells is small; the exact one is found only where needed."""
    tail = [int(m[1]) for m in _LAST_ROW.finditer(sheet, max(len(sheet) - 100_000, 0))]
    columns = 16384 if _WIDE.search(sheet) else 702
    if max(tail, default=1_048_576) * columns <= _CELLS:
        return True
    height = width = 1
    for match in _FAR.finditer(sheet):
        height = max(height, int(match[2]))
        width = max(width, len(match[1]), _column(match[1]))
    return height * width <= _CELLS


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _ole_is_sound(data: bytes) -> bool:
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    if size not in {512, 4096}:
        return False
    fat = _fat(data, size)
    directory, _, cutoff, mini = struct.unpack_from("<4I", data, 48)
    entries = _stream(data, fat, directory, size)
    short = _stream(data, fat, mini, size) if mini < _END else b""
    table = struct.unpack(f"<{len(short) // 4}I", short[: len(short) // 4 * 4])
    for at in range(0, len(entries) - 127, 128):
        kind, start, length = entries[at + 66], *struct.unpack_from("<II", entries, at + 116)
        if kind not in {2, 5} or not length:
            continue
        if kind == 2 and length < cutoff:
            list(_chain(table, start))
            continue
        name = entries[at : at + 64].decode("utf-16-le", "replace").rstrip("\0").lower()
        stream = _stream(data, fat, start, size)
        if kind == 2 and name in {"workbook", "book"} and not _records_fit(stream):
            return False
    return True


def _fat(data: bytes, size: int) -> tuple[int, ...]:
    """The sector that follows each sector."""
    listed = list(struct.unpack_from("<109I", data, 76))
    following = struct.unpack_from("<I", data, 68)[0]
    seen: set[int] = set()
    while following < _END:
        if following in seen:
            raise ValueError("the list of sectors runs in a circle")
        seen.add(following)
        numbers = struct.unpack_from(f"<{size // 4}I", data, (following + 1) * size)
        listed += numbers[:-1]
        following = numbers[-1]
    fat: list[int] = []
    for sector in listed:
        if sector < _END:
            part = data[(sector + 1) * size : (sector + 2) * size]
            fat += struct.unpack(f"<{len(part) // 4}I", part[: len(part) // 4 * 4])
    return tuple(fat)


def _chain(table: tuple[int, ...], start: int) -> Iterator[int]:
    """The sectors of a stream.

    Raises:
        ValueError: They run in a circle.
        IndexError: They lead out of the file.
    """
    count = 0
    while start < _END:
        count += 1
        if count > len(table):
            raise ValueError("the sectors run in a circle")
        yield start
        start = table[start]


def _stream(data: bytes, fat: tuple[int, ...], start: int, size: int) -> bytes:
    return b"".join(data[(s + 1) * size : (s + 2) * size] for s in _chain(fat, start))


def _records_fit(stream: bytes) -> bool:
    """Whether all cells of an old workbook are within its 256 columns."""
    at, end = 0, len(stream) - 4
    while at <= end:
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind in _CELL_RECORDS and length >= 4 and at + 8 <= len(stream):
            if struct.unpack_from("<H", stream, at + 6)[0] >= _XLS_COLUMNS:
                return False
        elif kind == _DIMENSIONS and length >= 10 and at + 4 + length <= len(stream):
            form = "<IIHH" if length >= 14 else "<HHHH"
            top, bottom, left, right = struct.unpack_from(form, stream, at + 4)
            if bottom > 65_536 or right > _XLS_COLUMNS or top > bottom or left > right:
                return False
        at += 4 + length
    return True

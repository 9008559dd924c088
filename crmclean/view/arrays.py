"""A file of arrays that is mapped into memory, lists of texts as arrays, and keys as 64-bit numbers.

The file: a mark, the length of a JSON header, the header (facts; name, type, length and place of each
array), then the arrays, each at a multiple of 64. Opening reads the header alone; processes that map
the same file share its memory.
"""

from __future__ import annotations

import json
import mmap
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["Arrays", "Texts", "key_numbers", "open_arrays", "spans", "texts_of", "write_arrays"]

Arrays = Mapping[str, NDArray[Any]]
_MARK = b"crmclean-arrays1"
_STEP = 64


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of texts: their UTF-8 bytes one after the other, and where each begins."""

    data: NDArray[np.uint8]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, at: int) -> str:
        return self.data[int(self.starts[at]) : int(self.starts[at + 1])].tobytes().decode("utf-8")

    def find(self, text: str) -> int | None:
        """The position of a text, None if it is not there; they must be sorted by their bytes."""
        at = self._position(text.encode("utf-8"))
        return at if at < len(self) and self[at] == text else None

    def begins(self, prefix: str) -> tuple[int, int]:
        """First and end position of the texts with a beginning; they must be sorted by their bytes."""
        head = prefix.encode("utf-8")
        first = self._position(head)
        return first, max(first, self._position(head + b"\xff"))

    def _position(self, key: bytes) -> int:
        low, high = 0, len(self)
        data, starts = self.data, self.starts
        while low < high:
            middle = (low + high) // 2
            if data[starts[middle] : starts[middle + 1]].tobytes() < key:
                low = middle + 1
            else:
                high = middle
        return low


def texts_of(values: pd.Series[Any] | Sequence[str]) -> dict[str, NDArray[Any]]:
    """The arrays ``data`` and ``starts`` of a list of texts; a missing one is empty."""
    column = pa.array(values, type=pa.large_string(), from_pandas=True).fill_null("")
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], pa.large_string())
    if not len(column):
        return {"data": np.zeros(0, np.uint8), "starts": np.zeros(1, np.int64)}
    column = pa.concat_arrays([column])
    _, starts, data = column.buffers()
    offsets = np.frombuffer(starts, dtype=np.int64)[column.offset : column.offset + len(column) + 1]
    whole = np.frombuffer(data, dtype=np.uint8) if data is not None else np.zeros(0, np.uint8)
    return {"data": whole[offsets[0] : offsets[-1]], "starts": offsets - offsets[0]}


def key_numbers(keys: Iterable[str]) -> NDArray[np.uint64]:
    """A 64-bit number per text, the same on every machine.

    Two of five million different texts meet in one number with a probability of one to a million.
    """
    listed = np.array(list(keys), dtype=object)
    if not len(listed):
        return np.zeros(0, np.uint64)
    return np.asarray(pd.util.hash_array(listed, categorize=False), dtype=np.uint64)


def spans(keys: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> list[tuple[int, int]]:
    """For each number the first and the end position at which it stands in a sorted array."""
    first = np.searchsorted(keys, wanted, side="left").tolist()
    end = np.searchsorted(keys, wanted, side="right").tolist()
    return list(zip(first, end, strict=True))


def write_arrays(path: Path, arrays: Arrays, facts: Mapping[str, Any]) -> None:
    """Writes the file beside its place, then puts it there; a reader sees all of it or nothing.

    Args:
        path: The file; its folder is there.
        arrays: One-dimensional arrays by name.
        facts: Anything that JSON can hold.

    Raises:
        OSError: The folder cannot be written to, or the disk is full.
    """
    places: dict[str, tuple[str, int, int]] = {}
    at = 0
    for name, array in arrays.items():
        places[name] = (array.dtype.str, len(array), at)
        at += -(-array.nbytes // _STEP) * _STEP
    header = json.dumps({"facts": facts, "arrays": places}, sort_keys=True, ensure_ascii=False)
    head = _MARK + len(header.encode("utf-8")).to_bytes(8, "little") + header.encode("utf-8")
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with beside.open("wb") as file:
            file.write(head.ljust(-(-len(head) // _STEP) * _STEP, b" "))
            for array in arrays.values():
                whole = np.ascontiguousarray(array)
                file.write(whole.data)
                file.write(b"\0" * (-whole.nbytes % _STEP))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def open_arrays(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The arrays of a file, mapped read-only, and its facts.

    Raises:
        ValueError: It is no such file, or a part of one.
        OSError: It is not there.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        head = file.read(len(_MARK) + 8)
        length = int.from_bytes(head[len(_MARK) :], "little")
        if head[: len(_MARK)] != _MARK or length > size:
            raise ValueError("not a file of arrays")
        header = json.loads(file.read(length).decode("utf-8"))
        base = -(-(len(head) + length) // _STEP) * _STEP
        whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    arrays = {}
    for name, (kind, count, at) in header["arrays"].items():
        if base + at + np.dtype(kind).itemsize * count > size:
            raise ValueError("the file is cut off")
        arrays[name] = np.frombuffer(whole, dtype=np.dtype(kind), count=count, offset=base + at)
    return arrays, header["facts"]

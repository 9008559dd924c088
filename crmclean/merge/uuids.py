"""The ids themselves: uuid5 in our namespace, and where a merged id leads."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from crmclean.tables import Identities

__all__ = ["NAMESPACE", "customer_ids", "made_ids", "resolve_ids"]

NAMESPACE = uuid.UUID("6f1c1d0e-3b52-5a0f-9c1e-8f0b7d2c4a61")


def customer_ids(keys: Iterable[str]) -> list[str]:
    """The uuid5 (RFC 9562) of each key in our namespace.

    Example:
        >>> customer_ids(["person:erp:1/person"]) == [str(uuid.uuid5(NAMESPACE, "person:erp:1/person"))]
        True
    """
    return list(_texts(_digests(key.encode("utf-8") for key in keys)).to_pylist())


def made_ids(keys: pd.Series[str]) -> tuple[pa.Array, NDArray[np.int64]]:
    """The ids of distinct keys, and the place of each among them sorted."""
    made = _digests(_pieces(pa.array(keys.array, pa.large_string())))
    high, low = made.view(">u8").astype(np.uint64).T  # sorts as the texts do
    order = np.argsort(high)
    if (np.diff(high[order]) == 0).any():
        order = np.lexsort((low, high))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return _texts(made), rank


def _pieces(keys: pa.Array) -> Iterator[bytes]:
    """The keys, of which few at a time are strings."""
    for start in range(0, len(keys), 1 << 16):
        yield from keys[start : start + (1 << 16)].cast(pa.large_binary()).to_pylist()


def _digests(keys: Iterable[bytes]) -> NDArray[np.uint8]:
    """The sixteen bytes of each id."""
    begun = hashlib.sha1(NAMESPACE.bytes, usedforsecurity=False).copy

    def digest(key: bytes) -> bytes:
        copy = begun()
        copy.update(key)
        return copy.digest()

    raw = np.frombuffer(b"".join(map(digest, keys)), dtype=np.uint8).reshape(-1, 20)
    table = raw[:, :16].copy()
    table[:, 6] = (table[:, 6] & 0x0F) | 0x50
    table[:, 8] = (table[:, 8] & 0x3F) | 0x80
    return table


def _texts(table: NDArray[np.uint8]) -> pa.Array:
    """The ids in writing."""
    written = np.full((len(table), _LENGTH), ord("-"), dtype=np.uint8)
    digits = _HEX[table].view(np.uint8).reshape(len(table), 32)
    for place, (start, end) in enumerate(pairwise(_ENDS)):
        written[:, start + place : end + place] = digits[:, start:end]
    ends = np.arange(len(table) + 1, dtype=np.int64) * _LENGTH
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(written)]
    return pa.Array.from_buffers(pa.large_string(), len(table), buffers)


_LENGTH = 36
_ENDS = (0, 8, 12, 16, 20, 32)
"""Digits before each hyphen."""
_HEX = np.array([list(f"{byte:02x}".encode("ascii")) for byte in range(256)], dtype=np.uint8).view(np.uint16)[
    :, 0
]
"""Both digits of each byte."""


def resolve_ids(known: Identities) -> dict[str, str]:
    """Each merged id and the id that stands for it now, along the whole chain."""
    merged = known[known["merged_into"].notna()]
    step = dict(zip(merged["customer_id"].tolist(), merged["merged_into"].tolist(), strict=True))
    final = {}
    for start, target in step.items():
        seen, here = {start}, target
        while here in step and here not in seen:
            seen.add(here)
            here = step[here]
        final[start] = here
    return final

"""The ids themselves: uuid5 in our namespace, and where a merged id leads."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable

import numpy as np

from crmclean.tables import Identities

__all__ = ["NAMESPACE", "customer_ids", "resolve_ids"]

NAMESPACE = uuid.UUID("6f1c1d0e-3b52-5a0f-9c1e-8f0b7d2c4a61")


def customer_ids(keys: Iterable[str]) -> list[str]:
    """The uuid5 (RFC 9562) of each key in our namespace.

    Example:
        >>> customer_ids(["person:erp:1/person"]) == [str(uuid.uuid5(NAMESPACE, "person:erp:1/person"))]
        True
    """
    start = hashlib.sha1(NAMESPACE.bytes, usedforsecurity=False)
    raw = bytearray()
    for key in keys:
        digest = start.copy()
        digest.update(key.encode("utf-8"))
        raw += digest.digest()[:16]
    table = np.frombuffer(raw, dtype=np.uint8).reshape(-1, 16).copy()
    table[:, 6] = (table[:, 6] & 0x0F) | 0x50
    table[:, 8] = (table[:, 8] & 0x3F) | 0x80
    text = table.tobytes().hex().encode("ascii")
    written = np.full((len(table), _LENGTH), ord("-"), dtype=np.uint8)
    written[:, _DIGITS] = np.frombuffer(text, dtype=np.uint8).reshape(-1, 32)
    whole = written.tobytes().decode("ascii")
    return [whole[i : i + _LENGTH] for i in range(0, len(whole), _LENGTH)]


_LENGTH = 36
_DIGITS = np.array([i for i in range(_LENGTH) if i not in {8, 13, 18, 23}])


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

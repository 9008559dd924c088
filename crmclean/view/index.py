"""An opened index: who has a key, what a customer is called, which words it is found by.

Everything is mapped read-only and never changes, so any number of threads may ask at once. Customers
are numbers, 0 to n - 1, in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crmclean.view.arrays import Arrays, Texts, key_numbers, open_arrays, spans
from crmclean.view.index_build import FORMAT
from crmclean.view.vocabulary import Vocabulary

__all__ = ["Index", "open_index"]

Ints = NDArray[np.int32]


class Index:
    """The arrays of an index by their meaning.

    Args:
        arrays: As `index_arrays` makes them.
        facts: Likewise.
    """

    def __init__(self, arrays: Arrays, facts: dict[str, Any]) -> None:
        self.facts = facts
        self.count = int(facts["customers"])
        self.names = Vocabulary("names", arrays)
        self.places = Vocabulary("places", arrays)
        self.arrays = arrays
        self._texts = {
            name: Texts(arrays[f"{name}.data"], arrays[f"{name}.starts"])
            for name in ("ids", "shown.name", "shown.street", "shown.postal_code", "shown.city")
        }

    def holders(self, keys: Iterable[str]) -> list[tuple[int, bool]]:
        """The customers that have one of these keys, and whether it is known to be wrong or old."""
        wanted = key_numbers(keys)
        found: dict[int, bool] = {}
        for first, end in spans(self.arrays["keys"], wanted):
            rows, ranks = (self.arrays[n][first:end].tolist() for n in ("key_rows", "key_ranks"))
            for row, rank in zip(rows, ranks, strict=True):
                found[row] = bool(rank) and found.get(row, True)
        return sorted(found.items())

    def people(self, row: int) -> list[int]:
        """The people of a company."""
        starts = self.arrays["people.starts"]
        listed: list[int] = self.arrays["people.rows"][int(starts[row]) : int(starts[row + 1])].tolist()
        return listed

    def customer_id(self, row: int) -> str:
        """The id of a customer."""
        return self._texts["ids"][row]

    def kind(self, row: int) -> str:
        """Person or organization."""
        return "organization" if self.arrays["organization"][row] else "person"

    def hidden(self, row: int) -> bool:
        """Whether name and address must not be shown: erased or suppressed."""
        return bool(self.arrays["hidden"][row])

    def shown(self, row: int) -> dict[str, str]:
        """Name, street, postal_code and city as they are shown; "" where there is none."""
        names = ("name", "street", "postal_code", "city")
        return {name: "" if self.hidden(row) else self._texts[f"shown.{name}"][row] for name in names}

    def permissions(self, row: int) -> list[dict[str, str | bool]]:
        """The answers of the last run: channel, purpose, allowed, reason."""
        starts = self.arrays["permission.starts"]
        codes = self.arrays["permission.codes"][int(starts[row]) : int(starts[row + 1])]
        names = ("channel", "purpose", "allowed", "reason")
        answers: Sequence[list[str | bool]] = self.facts["permissions"]
        return [dict(zip(names, answers[code], strict=True)) for code in codes.tolist()]

    def last_contact(self, row: int) -> tuple[str, str] | None:
        """Time and channel of the last contact, None where there was none."""
        at = bytes(self.arrays["last.at"][row]).decode("ascii")
        channel = int(self.arrays["last.channel"][row])
        return (at, self.facts["channels"][channel] if channel >= 0 else "") if at else None


def open_index(path: Path) -> Index:
    """The index of a file.

    Raises:
        ValueError: It is none, cut off, or made by another version.
        OSError: It is not there.
    """
    arrays, facts = open_arrays(path)
    if facts.get("format") != FORMAT or facts.get("probe") != int(key_numbers(["crmclean"])[0]):
        raise ValueError("the index was made by another version")
    return Index(arrays, facts)

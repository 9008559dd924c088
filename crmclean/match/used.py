"""The tables that facts are made of; each can go as soon as all who read it are done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from crmclean.tables import Addresses, Contacts, Parties

__all__ = ["Tables"]


class Tables:
    """Parties, contacts and addresses.

    Args:
        parties: All parties.
        contacts: Their contact points.
        addresses: Their addresses.
        readers: How many read each table before it goes; 0: it stays.
    """

    __slots__ = ("_frames", "_left", "_lock")

    def __init__(
        self, parties: Parties, contacts: Contacts, addresses: Addresses, *, readers: int = 0
    ) -> None:
        self._frames: dict[str, Any] = {"parties": parties, "contacts": contacts, "addresses": addresses}
        self._left = dict.fromkeys(self._frames, readers)
        self._lock = Lock()

    def look(self, name: str) -> Any:
        """A table for who is done before all readers are."""
        return self._frames[name]

    @contextmanager
    def read(self, name: str) -> Iterator[Any]:
        """A table for a reader, who keeps nothing of it."""
        try:
            yield self._frames[name]
        finally:
            with self._lock:
                self._left[name] -= 1
                if not self._left[name]:
                    del self._frames[name]

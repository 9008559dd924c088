"""All errors that crmclean raises on purpose, and how a program or a shell sees them.

    CrmcleanError                message, hint, exit_code
    ├── ConfigError   2  ValueError   a key is unknown, missing or out of range
    ├── ReadError     3  ValueError   encoding, delimiter, required column, unreadable file
    ├── TableError    1  ValueError   a frame breaks its declaration: the caller's bug
    ├── ModelError    5  ValueError   the model is missing, untrained, or implausible
    ├── ConsentError  1  ValueError   event without evidence, contradiction
    ├── GateError     1  ValueError   a quality gate asked for by the caller was not met
    └── StoreError    4               locked, newer schema, not a store, target not writable
        └── NotFoundError  LookupError  no such record or customer

Dirty data is never an error but a row in the issues table. Messages name files, columns, codes
and ids, never the names, addresses or numbers of people.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from crmclean.messages import catalogue, say

__all__ = [
    "ConfigError",
    "ConsentError",
    "CrmcleanError",
    "GateError",
    "ModelError",
    "NotFoundError",
    "ReadError",
    "StoreError",
    "TableError",
]


class CrmcleanError(Exception):
    """What went wrong, where, and what to do about it.

    Args:
        message: What, where and what was found; no personal data.
        hint: What the user can do; empty if there is nothing to say.
        key: Key of the message in the catalogue (the hint's is the same with ".hint"), so that a
            command can say it in the user's language; empty where it is not in the catalogue.
        values: What fills both sentences.
    """

    exit_code = 1

    def __init__(
        self, message: str, *, hint: str = "", key: str = "", values: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.key = key
        self.values = dict(values or {})

    @classmethod
    def of(cls, key: str, **values: object) -> Self:
        """The error of a key of the catalogue, in English; a command can say it in German.

        The hint is the sentence of the key with ``.hint``, if there is one.

        Args:
            key: Key of the message.
            **values: What fills both sentences; file names, keys and counts, never cells.
        """
        hint = say(f"{key}.hint", "en", **values) if f"{key}.hint" in catalogue() else ""
        return cls(say(key, "en", **values), hint=hint, key=key, values=values)

    def __str__(self) -> str:
        return f"{self.message}\nHint: {self.hint}" if self.hint else self.message


class ConfigError(CrmcleanError, ValueError):
    """A configuration key is unknown, missing or out of range."""

    exit_code = 2


class ReadError(CrmcleanError, ValueError):
    """A file cannot be read as what it claims to be."""

    exit_code = 3


class TableError(CrmcleanError, ValueError):
    """A frame breaks the declaration of its table."""


class ModelError(CrmcleanError, ValueError):
    """The matching model is missing, untrained or implausible."""

    exit_code = 5


class ConsentError(CrmcleanError, ValueError):
    """A consent event cannot be accepted."""


class GateError(CrmcleanError, ValueError):
    """A quality gate that the caller asked for was not met."""


class StoreError(CrmcleanError):
    """The store or an output target cannot be used."""

    exit_code = 4


class NotFoundError(StoreError, LookupError):
    """No such record or customer."""

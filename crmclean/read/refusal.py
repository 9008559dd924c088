"""`refuse`: the error of a file that cannot be read, with its sentence from the catalogue."""

from __future__ import annotations

from crmclean.errors import ReadError

__all__ = ["refuse"]


def refuse(reason: str, **values: object) -> ReadError:
    """The error to raise: message and hint of ``read.format.<reason>``, in English.

    The error keeps key and values, so that a command can say both in German. Values are file
    names, counts and codes, never cells.
    """
    return ReadError.of(f"read.format.{reason}", **values)

"""`refuse`: the error of a file that cannot be read, with its sentence from the catalogue."""

from __future__ import annotations

from crmclean.errors import ReadError
from crmclean.messages import say

__all__ = ["refuse"]


def refuse(reason: str, **values: object) -> ReadError:
    """The error to raise: message and hint of ``read.format.<reason>``, in English.

    The error keeps key and values, so that a command can say both in German. Values are file
    names, counts and codes, never cells.
    """
    key = f"read.format.{reason}"
    return ReadError(
        say(key, "en", **values), hint=say(f"{key}.hint", "en", **values), key=key, values=values
    )

"""The end of a program that holds large tables.

Letting go of a million rows table by table takes longer than the system, which takes all back at once.
A command hands over what it holds; nothing but memory may be behind it: no store, no open file.
"""

from __future__ import annotations

import os
import sys

__all__ = ["keep", "leave", "leaves"]

_kept: list[object] = []
_programs = [False]  # whether the process ends with the command


def leaves() -> None:
    """Says that the process ends with this command; before, nothing is kept."""
    _programs[0] = True


def keep(*things: object) -> None:
    """Keeps these to the end of the process, if it ends with the command."""
    if _programs[0]:
        _kept.extend(things)


def leave(code: int) -> None:
    """Ends the process at once, all streams written; returns where nothing is kept or a stream is broken."""
    if not _kept:
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return
    os._exit(code)

"""Reference lists, each with source, licence, date and count.

A list is a UTF-8 text file: lines that begin with ``#`` are its header, every other line is an
entry, fields within an entry are separated by tabs.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

__all__ = ["read_list", "read_table"]


@cache
def read_list(name: str) -> tuple[str, ...]:
    """The entries of a bundled list, in the file's order.

    Args:
        name: File name without folder, such as ``titles.txt``.

    Raises:
        FileNotFoundError: No such list: a programming error.
    """
    text = files("crmclean.data").joinpath(name).read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line.strip() and not line.startswith("#"))


@cache
def read_table(name: str) -> tuple[tuple[str, ...], ...]:
    """The entries of a bundled list, split at the tabs."""
    return tuple(tuple(part.strip() for part in line.split("\t")) for line in read_list(name))

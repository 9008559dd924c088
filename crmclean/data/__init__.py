"""Reference lists, each with source, licence, date and count.

A list is a UTF-8 text file: lines that begin with ``#`` are its header, every other line is an
entry, fields within an entry are separated by tabs. The header says what the entries are, and then,
each on a line of its own, ``source:``, ``licence:``, ``date:`` and ``count:`` (of entries); a line
that begins with ``#  `` continues the one before. docs/data.md is made of the headers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["Header", "header_of", "list_names", "read_list", "read_table"]

_KEYS = ("source", "licence", "date", "count")


@dataclass(frozen=True, slots=True)
class Header:
    """What a list says of itself: its entries, where they come from, and how many there are."""

    what: str
    source: str
    licence: str
    date: str
    count: int


@cache
def read_list(name: str) -> tuple[str, ...]:
    """The entries of a bundled list, in the file's order.

    Args:
        name: File name without folder, such as ``titles.txt``.

    Raises:
        FileNotFoundError: No such list: a programming error.
    """
    return tuple(line for line in _lines(name) if line.strip() and not line.startswith("#"))


@cache
def read_table(name: str) -> tuple[tuple[str, ...], ...]:
    """The entries of a bundled list, split at the tabs."""
    return tuple(tuple(part.strip() for part in line.split("\t")) for line in read_list(name))


def list_names() -> list[str]:
    """The file names of all bundled lists, sorted."""
    return sorted(f.name for f in files("crmclean.data").iterdir() if f.name.endswith((".txt", ".toml")))


def header_of(name: str) -> Header:
    """The header of a list.

    Raises:
        KeyError: The header lacks one of source, licence, date, count.
    """
    said = {"what": ""}
    key = "what"
    for line in _lines(name):
        if not line.startswith("#"):
            break
        text = line[1:].strip()
        word, colon, rest = text.partition(":")
        if colon and word in _KEYS:
            key, text = word, rest.strip()
        elif not line.startswith("#  "):
            key = "what"
        said[key] = f"{said.get(key, '')} {text}".strip()
    count = int(said["count"].split()[0])
    return Header(said["what"], said["source"], said["licence"], said["date"], count)


def _lines(name: str) -> list[str]:
    return files("crmclean.data").joinpath(name).read_text(encoding="utf-8").splitlines()

"""Reference lists: text files of crmclean/data, read once."""

from __future__ import annotations

from functools import cache
from importlib import resources

__all__ = ["read_lines"]


@cache
def read_lines(name: str) -> tuple[str, ...]:
    """The lines of the list `name`.txt without comments and blank lines, read once."""
    text = resources.files("crmclean.data").joinpath(f"{name}.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line.strip() and not line.startswith("#"))

"""Every reference list says what it holds, where it comes from, under which licence, since when."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import crmclean.data
from crmclean.data import header_of, list_names, read_list

HERE = Path(crmclean.data.__file__).parent
LICENCES = {"Apache-2.0 (this project)", "MIT", "Unicode-3.0", "MPL-2.0"}


@pytest.mark.parametrize("name", list_names())
def test_header_is_complete_and_true(name: str) -> None:
    """Source, known licence, date and the true number of entries stand in the header."""
    header = header_of(name)
    assert header.what
    assert header.source
    assert header.licence in LICENCES
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", header.date)
    text = (HERE / name).read_text(encoding="utf-8")
    entries = tomllib.loads(text) if name.endswith(".toml") else read_list(name)
    assert header.count == len(entries)


@pytest.mark.parametrize("name", [n for n in list_names() if n.endswith(".txt")])
def test_entries_are_unique(name: str) -> None:
    """No entry stands twice."""
    entries = read_list(name)
    assert len(entries) == len(set(entries))


def test_every_file_is_a_list() -> None:
    """Nothing else lies among the lists."""
    others = {p.name for p in HERE.iterdir()} - set(list_names())
    assert others <= {"__init__.py", "__pycache__", "build"}

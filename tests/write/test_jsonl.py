"""Documents as JSON lines."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from crmclean.write import write_jsonl


def test_one_object_a_line_in_utf8(tmp_path: Path) -> None:
    """Letters are not escaped, line ends are LF, keys keep their order."""
    write_jsonl([{"name": "Jörg", "n": 1}, {"b": 1, "a": "x\u2028\ny"}], tmp_path / "x.jsonl")
    raw = (tmp_path / "x.jsonl").read_bytes()
    assert raw.startswith('{"name": "Jörg", "n": 1}\n'.encode())
    assert [json.loads(line) for line in raw.decode().split("\n")[:-1]][1] == {"b": 1, "a": "x\u2028\ny"}


def test_what_json_does_not_know_is_made_plain(tmp_path: Path) -> None:
    """NaN is null, NumPy numbers are numbers."""
    write_jsonl(
        [{"a": [float("nan"), {"b": float("inf")}], "n": np.int64(2), "f": np.bool_(1)}], tmp_path / "x"
    )
    assert json.loads((tmp_path / "x").read_text("utf-8")) == {"a": [None, {"b": None}], "n": 2, "f": True}


def test_an_unknown_type_is_refused(tmp_path: Path) -> None:
    """A document is data; anything else is a mistake of the caller."""
    with pytest.raises(TypeError, match="set"):
        write_jsonl([{"a": {1}}], tmp_path / "x")

"""Nested documents put together are those that json.dumps writes."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.write import nested
from crmclean.write.nested import document_lines, object_lines

TEXTS = (
    st.none()
    | st.sampled_from(["", "a", "Ä", '"', "\\", "\n", "\x00", "\u2028", "ß x", "7"])
    | st.text(max_size=3)
)
ROWS = st.lists(
    st.tuples(st.integers(0, 6), TEXTS, TEXTS, st.booleans(), st.floats(allow_infinity=False), TEXTS), max_size=12
)  # fmt: skip
VALUES = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from("abc"), st.text(max_size=3), TEXTS, st.integers()), max_size=20
)  # fmt: skip


def _frame(rows: list[tuple[object, ...]], names: dict[str, str]) -> tuple[pd.DataFrame, np.ndarray]:
    ordered = sorted(rows, key=lambda row: row[0])
    columns = {
        n: pd.Series([r[i] for r in ordered], dtype=t) for i, (n, t) in enumerate(names.items(), start=1)
    }
    return pd.DataFrame(columns), np.array([r[0] for r in ordered], dtype=np.int64)


def _shuffled(frame: pd.DataFrame, owner: np.ndarray) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """The rows upside down, and where they stand then."""
    return frame.iloc[::-1], owner, np.arange(len(frame))[::-1]


def _object(names: list[str], row: tuple[object, ...]) -> dict[str, object]:
    pairs = zip(names, row, strict=True)
    return {n: v for n, v in pairs if v is not None and not (isinstance(v, float) and math.isnan(v))}


@settings(max_examples=150, deadline=None)
@given(values=VALUES, rows=ROWS, few=st.sampled_from([1, 4096]), heads=st.sampled_from([1, 3, 8192]))
def test_the_bytes_are_those_of_json(
    values: list[tuple[object, ...]], rows: list[tuple[object, ...]], few: int, heads: int
) -> None:
    """Any texts, missing values, numbers and flags; however columns are joined and heads are cut."""
    said = list({(v[0], v[1], v[2]): v for v in values}.values())
    known: set[tuple[object, object]] = set()
    flagged = []
    for owner, field, value, type_, records in sorted(said, key=lambda v: v[0]):
        flagged.append((owner, field, value, (owner, field) not in known, type_, records % 1000))
        known.add((owner, field))
    kinds = {"field": "str", "value": "str", "is_primary": "bool", "type": "str", "records": "int64"}
    parts = {"list": {"one": "str", "two": "str", "flag": "bool", "number": "float64", "last": "str"}}
    top = pd.DataFrame(
        {"id": [f'c"{n}' for n in range(7)], "kind": pd.Series(["x", "y"] * 3 + ["x"], dtype="str")}
    )
    expected = []
    for n, (name, kind) in enumerate(top.itertuples(index=False, name=None)):
        document: dict[str, object] = {"id": name, "kind": kind, "primary": {}, "values": {}}
        for _, field, value, primary, type_, records in [f for f in flagged if f[0] == n]:
            entry = {"value": value, **_object(["type"], (type_,)), "records": records}
            if primary:
                entry["primary"] = True
                document["primary"][field] = value
            document["values"].setdefault(field, []).append(entry)
        own = [_object(list(parts["list"]), r[1:]) for r in sorted(rows, key=lambda r: r[0]) if r[0] == n]
        expected.append(json.dumps(document | ({"list": own} if own else {}), ensure_ascii=False))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nested, "_FEW", few)
        patch.setattr(nested, "_HEADS", heads)
        lines = document_lines(
            top, (*_frame(flagged, kinds), None), {"list": _shuffled(*_frame(rows, parts["list"]))}
        )
        text = b"".join(map(bytes, lines)).decode("utf-8")
    assert text == "".join(line + "\n" for line in expected)


def test_objects_leave_out_what_is_missing() -> None:
    """A row without anything is an empty object."""
    frame = pd.DataFrame({"a": ["x", None, None], "b": [None, "y\n", None]}, dtype="str")
    assert b"".join(map(bytes, object_lines(frame))) == b'{"a": "x"}\n{"b": "y\\n"}\n{}\n'
    assert list(object_lines(frame.head(0))) == []

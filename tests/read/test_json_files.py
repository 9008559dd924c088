"""JSON and JSON Lines become tables of text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmclean.errors import ReadError
from crmclean.read.files import Blob
from crmclean.read.json_files import read_json


def read(text, name="shop.json"):
    return read_json(Blob(text.encode(), name, "", "0"))


def rows(table):
    return [{k: v for k, v in row.items() if v == v} for row in table.frame.to_dict("records")]  # noqa: PLR0124  NaN


def test_lines():
    """One object per line; numbers as written, truth values as words, null and empty missing."""
    [table] = read(
        '{"id": "007", "n": 1.10, "ok": true, "x": null}\n\n{"id": "8", "n": 12345678901234567890, "x": ""}\n'
    )
    assert rows(table) == [{"id": "007", "n": "1.10", "ok": "true"}, {"id": "8", "n": "12345678901234567890"}]
    assert (table.format, table.lines.tolist()) == ("jsonl", [1, 3])


def test_array_of_nested_objects():
    """Objects within become columns with dots, further elements of lists get a number."""
    [table] = read('[{"a": {"b": "x", "c": ["p", "q"]}, "l": [{"s": "1"}, {"s": "2"}]}]')
    assert rows(table) == [{"a.b": "x", "a.c": "p", "a.c.2": "q", "l.s": "1", "l.2.s": "2"}]
    assert (table.format, table.lines.tolist()) == ("json", [1])


def test_lists_inside_a_document():
    """Every list of objects in a document is a table, named by its key."""
    tables = read('{"seite": 1, "kunden": [{"id": "1"}, {"id": "2"}], "orders": [{"nr": "9"}]}')
    assert [(t.sheet, len(t.frame)) for t in tables] == [("kunden", 2), ("orders", 1)]


def test_single_object_over_several_lines():
    """A document that is one object is one row."""
    [table] = read('{\n "id": "1",\n "name": "Ida"\n}\n')
    assert rows(table) == [{"id": "1", "name": "Ida"}]


def test_equal_names_lose_nothing():
    """Two paths that give one column name are both kept."""
    [table] = read('[{"a.b": "1", "a": {"b": "2"}}]')
    assert rows(table) == [{"a.b": "1", "a.b.2": "2"}]


def test_long_lists_are_kept_as_text():
    """What goes beyond twenty elements is kept as JSON text."""
    [table] = read(json.dumps([{"l": [str(i) for i in range(23)]}]))
    assert table.frame["l.more"].tolist() == ['["20", "21", "22"]']


def test_bad_lines_are_findings():
    """A line that is no object is left out and named."""
    [table] = read('{"id": "1"}\n{"id": "2"}\n{"id": \n{"id": "3"}\n')
    assert table.frame["id"].tolist() == ["1", "2", "3"]
    assert [(f["code"], f["row"]) for f in table.findings] == [("line_unreadable", 3)]


def test_empty_list_has_no_rows():
    """An empty list is a table without rows."""
    [table] = read("[]")
    assert (len(table.frame), [f["code"] for f in table.findings]) == (0, ["no_rows"])


def test_half_a_surrogate_pair_is_replaced():
    """An escape for half a character does not stop the reading."""
    [table] = read('[{"a": "x\\ud800", "\\udc00": "y"}]')
    assert table.frame.to_dict("records") == [{"a": "x\ufffd", "?": "y"}]


@pytest.mark.parametrize(
    ("text", "key"),
    [('[{"a": 1}', "json_broken"), ("[1, 2]", "json_shape"), ("  ", "empty"), ("[" * 99999, "json_broken")],
)
def test_unusable_documents_are_refused(text, key):
    """Cut documents and documents without objects are errors."""
    with pytest.raises(ReadError) as caught:
        read(text)
    assert caught.value.key == f"read.format.{key}"


SCALAR = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5))
VALUE = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(st.lists(st.dictionaries(st.text(max_size=3), VALUE, max_size=3), max_size=4))
def test_any_list_of_objects_is_a_table(objects):
    """Whatever the objects hold, lines and rows fit and columns are unique."""
    [table] = read(json.dumps(objects))
    assert len(table.frame) == len(table.lines)
    assert table.frame.columns.is_unique

"""Match forms of whole columns are those of their texts one by one; tables per value likewise."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.match.codes import Codes, Unnamed, encode
from crmclean.match.compare_facts import date_parts
from crmclean.match.compare_names import (
    _FEMININE,
    INITIAL,
    _bare,
    _first_letter,
    _is_compound,
    _may_be_compound,
    _no_single_part,
    _parts,
    _stems,
    _without_last,
    spoken_name,
)
from crmclean.match.forms import (
    beginning,
    compact,
    either_order,
    first_word,
    given_sound,
    number_key,
    seniority,
    street_key,
)
from crmclean.match.shapes import _may_be_short, _sorted_keys, marks, matching, share_any, word_sets
from crmclean.text.columns import Fold, fold_column
from crmclean.text.fold import fold

PIECES = [
    "1985-03-01",
    "85-1",
    "Haupt",
    "straße",
    "strasse",
    "Strasse ",
    "str.",
    "str",
    ".",
    "-",
    " ",
    "_",
    "1",
    "2a",
    "Öd",
    "Sarah",
    "a",
    "h",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=6).map("".join) | st.text(max_size=6)


@pytest.mark.parametrize(
    "form", [compact, street_key, number_key, either_order, seniority, given_sound, first_word]
)
@settings(deadline=None)
@given(texts=st.lists(TEXTS, max_size=30))
def test_columns_as_texts(form: Fold, texts: list[str]) -> None:
    """Streets and their short forms, numbers, marks of words, umlauts and anything else."""
    whole = fold_column(pa.array(texts, pa.large_string()), form)
    assert whole.to_pylist() == [form(text) for text in texts]


NAMES = st.text("ahnsetroi-. 'üÉ", max_size=7) | st.sampled_from(
    ["hans", "toni", "daniela", "max-max", "jo", "A"]
)


def names_column(names: list[str]) -> Codes:
    """Distinct names as codes."""
    return encode(pa.array(sorted(set(names)), pa.large_string()), fold)


@settings(deadline=None)
@given(names=st.lists(NAMES, min_size=1, max_size=30))
def test_only_who_may_have_a_mark_is_asked(names: list[str]) -> None:
    """Marks and words are those of asking every name."""
    column = names_column(names)
    compound = marks(column, _is_compound, among=_may_be_compound)
    assert compound.tolist() == [_is_compound(name) for name in column.values]
    single = [len(name.rstrip(".")) == 1 for name in column.values]
    assert matching(column, INITIAL).tolist() == single
    left, right = np.triu_indices(len(column.values), 1)
    for words, among in ((_parts, _no_single_part), (_sorted_keys, _may_be_short)):
        found = share_any(word_sets(column, words, among=among), left, right)
        sets = [set(words(name)) for name in column.values]
        assert found.tolist() == [not sets[a].isdisjoint(sets[b]) for a, b in zip(left, right, strict=True)]


@settings(deadline=None)
@given(names=st.lists(NAMES, min_size=1, max_size=30))
def test_shapes_are_equal_where_the_forms_are(names: list[str]) -> None:
    """One number for one form, -1 for none; and what is left of a name without its feminine ending."""
    column = names_column(names)
    for form in (_without_last, _bare, _first_letter, spoken_name):
        forms = [form(name) for name in column.values]
        shapes = column.shapes(form).tolist()
        known: dict[str, int] = {"": -1}
        assert [known.setdefault(text, number) for text, number in zip(forms, shapes, strict=True)] == shapes
        assert len(set(known.values())) == len(known)
    own, stems = _stems(column)
    for name, row in zip(column.values, stems.tolist(), strict=True):
        ends = [end for end in _FEMININE if name.endswith(end) and len(name) >= 3 + len(end)]
        left = {name[: -len(end)] for end in ends} & set(column.values)
        assert {column.values[i] for i in row if i >= 0} == left
    assert own.tolist() == list(range(len(column.values)))


@settings(deadline=None)
@given(texts=st.lists(TEXTS, max_size=30))
def test_beginnings(texts: list[str]) -> None:
    """Characters count, not bytes."""
    assert beginning(3)(pa.array(texts, pa.large_string())).to_pylist() == [text[:3] for text in texts]


def test_dates_in_parts() -> None:
    """Whole and partial dates, and what is none: nought stands for what is not known."""
    dates = ["1985-03-01", "1985-03", "1985", "19", "0000-00-00", "85-03-01x"]
    column = encode(pa.array(dates, pa.large_string()))
    parts = {value: part for value, *part in zip([*column.values, ""], *date_parts(column)[:3], strict=True)}
    assert parts["1985-03-01"] == [1985, 3, 1]
    assert parts["1985-03"] == [1985, 3, 0]
    assert parts["1985"] == [1985, 0, 0]
    assert parts["19"] == parts["85-03-01x"] == parts[""] == [0, 0, 0]
    digits = date_parts(column)[3].view(np.uint8).reshape(-1, 8)
    assert digits[list(column.values).index("1985-03-01")].tolist() == [1, 9, 8, 5, 0, 3, 0, 1]


def test_unnamed_values_are_so_many_empty_texts():
    """They count and read like a tuple of empty texts, which takes eight bytes for each."""
    values = Unnamed(3)
    assert len(values) == 3
    assert list(values) == ["", "", ""]
    assert values[1:] == ["", ""]
    with pytest.raises(IndexError):
        values[3]

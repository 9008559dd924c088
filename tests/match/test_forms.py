"""Match forms of whole columns are those of their texts one by one; tables per value likewise."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmclean.match.forms import (
    beginning,
    compact,
    first_word,
    given_sound,
    number_key,
    seniority,
    street_key,
)
from crmclean.text.columns import Fold, fold_column

PIECES = [
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


@pytest.mark.parametrize("form", [compact, street_key, number_key, seniority, given_sound, first_word])
@given(texts=st.lists(TEXTS, max_size=30))
def test_columns_as_texts(form: Fold, texts: list[str]) -> None:
    """Streets and their short forms, numbers, marks of words, umlauts and anything else."""
    whole = fold_column(pa.array(texts, pa.large_string()), form)
    assert whole.to_pylist() == [form(text) for text in texts]


@given(texts=st.lists(TEXTS, max_size=30))
def test_beginnings(texts: list[str]) -> None:
    """Characters count, not bytes."""
    assert beginning(3)(pa.array(texts, pa.large_string())).to_pylist() == [text[:3] for text in texts]

"""Foldings by column give what the functions of one text give."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.text.columns import Fold, by_column, fold_column
from crmclean.text.fold import fold, fold_umlaut
from crmclean.text.phonetics import cologne_words, orthography

FOLDS = [fold, fold_umlaut, cologne_words, orthography]
NAMES = st.text("aeiouychkdtzpsxjqnlmrß ü-_'.19Aé`", max_size=14)
ANY = st.text(max_size=8)


def column(texts: list[str]) -> pa.Array:
    """Texts as Arrow keeps them."""
    return pa.array(texts, pa.large_string())


@pytest.mark.parametrize("one", FOLDS)
@settings(deadline=None)
@given(texts=st.lists(NAMES | ANY, max_size=40))
def test_same_as_one_by_one(one: Fold, texts: list[str]) -> None:
    """Plain texts, umlauts, blanks anywhere, empty texts and any other character."""
    assert fold_column(column(texts), one).to_pylist() == [one(text) for text in texts]


@pytest.mark.parametrize("one", FOLDS)
def test_every_short_word(one: Fold) -> None:
    """All words of up to three of the letters that rules speak of, each beside others."""
    letters = "aeiouychkdtzps xjb"
    words = [a + b + c for a in letters for b in letters for c in letters]
    assert fold_column(column(words), one).to_pylist() == [one(word) for word in words]


def test_part_of_an_array() -> None:
    """An array that begins within another is folded from its own first text on."""
    part = column(["Weg", "Köhler", "Mayr", "Thaeler"])[1:3]
    assert fold_column(part, orthography).to_pylist() == [orthography("Köhler"), orthography("Mayr")]


def test_unmarked_functions_get_each_text() -> None:
    """A function nobody marked works all the same, and so does one marked for any text."""
    assert fold_column(column(["Öd", "b"]), str.upper).to_pylist() == ["ÖD", "B"]

    @by_column(lambda texts: texts, plain_only=False)
    def same(text: str) -> str:
        return text

    assert fold_column(column(["Öd", ""]), same).to_pylist() == ["Öd", ""]

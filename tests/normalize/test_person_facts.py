"""Facts of one word of a name: the short way for plain words says what the long one does."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmclean.data import read_list, read_table
from crmclean.normalize import person_facts
from crmclean.normalize.person_fast import forget_words, is_bare_word

WORDS = st.text(alphabet="abefnoxyzABEFNOXYZ", min_size=1, max_size=6).map(str.capitalize)


def _facts(word: str, *, short: bool) -> tuple[object, object]:
    """Both kinds of facts of a word, with and without the short way."""
    one, two = person_facts.given_facts.__wrapped__, person_facts.family_facts.__wrapped__
    if short:
        return one(word), two(word)
    with patch.object(person_facts, "is_bare_word", return_value=False):
        return one(word), two(word)


@given(WORDS)
def test_any_word(word: str) -> None:
    """Words of few letters, fillers like Xxx and Na among them."""
    assert _facts(word, short=True) == _facts(word, short=False)


@pytest.mark.parametrize(
    "name", ["placeholders.txt", "name_placeholders.txt", "family_names.txt", "test_names.txt"]
)
def test_listed_words(name: str) -> None:
    """Words that mean something, and names."""
    words = [word.capitalize() for line in read_list(name)[:3000] for word in line.split()]
    assert [_facts(w, short=True) for w in words] == [_facts(w, short=False) for w in words]


def test_given_names() -> None:
    """Listed given names, whatever their sex."""
    forget_words()
    words = [name for name, _ in read_table("given_names.txt")][:3000]
    assert [_facts(w, short=True) for w in words] == [_facts(w, short=False) for w in words]
    assert sum(map(is_bare_word, words)) > 1000


@pytest.mark.parametrize(
    "word", ["Na", "Test", "Dr", "Gmbh", "Xxx", "Unbekannt", "Müller", "Hans-Peter", "van"]
)
def test_words_that_say_more_take_the_long_way(word: str) -> None:
    """Fillers, titles, forms, umlauts and hyphens."""
    assert not is_bare_word(word)

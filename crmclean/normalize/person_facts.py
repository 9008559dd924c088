"""What whole columns of names ask of a word: all facts of it at once, remembered."""

from __future__ import annotations

from functools import lru_cache

from crmclean.normalize.person_fast import (
    family_parts,
    forget_words,
    given_parts,
    is_bare_word,
    is_said,
    listed_given,
    may_be_company,
    read_plain_fields,
)
from crmclean.normalize.person_words import is_given
from crmclean.text.fold import fold

__all__ = ["family_alone", "family_facts", "forget_names", "given_facts"]

_MOST = 1 << 18


@lru_cache(maxsize=_MOST)
def given_facts(text: str) -> tuple[bool, bool, bool, bool, str, str | None, str | None, str | None]:
    """What whole columns ask of a given name: plain, no family name, said, maybe a company; folded; its parts and sex."""
    if is_bare_word(text):
        listed, sex = listed_given(text)
        return True, listed, True, False, text.lower(), text, None, sex
    parts = given_parts(text)
    first, middle, sex, listed = parts or (None, None, None, False)
    return (
        parts is not None,
        listed,
        is_said(text),
        may_be_company(text),
        fold(first or ""),
        first,
        middle,
        sex,
    )


@lru_cache(maxsize=_MOST)
def family_facts(text: str) -> tuple[bool, bool, bool, bool, str, str | None, str | None]:
    """The same of a family name: plain, a given name too, said, maybe a company; folded; prefix and name."""
    if is_bare_word(text):
        return True, is_given(text), True, False, text.lower(), None, text
    parts = family_parts(text)
    prefix, last, too = parts or (None, None, False)
    return parts is not None, too, is_said(text), may_be_company(text), fold(last or ""), prefix, last


@lru_cache(maxsize=_MOST)
def family_alone(text: str) -> str | None:
    """The family name of a row without a given name, None where it may be more than one name."""
    plain = read_plain_fields("", text) if is_said(text) else None
    return plain.family if plain is not None else None


def forget_names() -> None:
    """Lets go of what was remembered of single words: of millions of rows it takes much room."""
    for known in (given_facts, family_facts, family_alone):
        known.cache_clear()
    forget_words()

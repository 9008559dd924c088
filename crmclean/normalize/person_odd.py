"""Odd spellings in name fields that are nothing but names all the same: ``DDenise``, ``Hans-J.``, ``García López``.

A field is read by itself, as the full path reads it; what it says is certain where nothing in it is
moved to another field, reported, or decided by what stands beside it. Everything else is None here
and takes the full path; both agree (property test).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from crmclean.normalize.company_words import is_generic
from crmclean.normalize.legal_form import is_form_word, may_close, may_end, may_open, split_words
from crmclean.normalize.person_fields import field_words
from crmclean.normalize.person_or_company import (
    is_name_placeholder,
    is_test_name,
    looks_like_company,
    names_owner,
    test_row_words,
)
from crmclean.normalize.person_pieces import Pieces
from crmclean.normalize.person_text import split_prefix
from crmclean.normalize.person_words import COUPLE_WORDS, noble_titles, particles, word_key
from crmclean.text.fold import collapse, fold, visible

__all__ = ["odd_family", "odd_words"]

_LONGEST = 40
_NAME = re.compile(r"[^\W\d_]['’]?(?:[^\W\d_]|['’.](?=[^\W\d_]|$|[ -])|[ -]+(?=[^\W\d_]))*\.?")
_HARMLESS = 0.5
_MOST = 1 << 16


@lru_cache(maxsize=_MOST)
def odd_words(text: str) -> tuple[str, ...] | None:
    """The words of a field that holds words of a name alone, else None.

    Letters, hyphens, dots, apostrophes and single blanks; capitals and small letters, so that nobody
    takes it for a name of one case; no word that means something.
    """
    if len(text) > _LONGEST or _NAME.fullmatch(text) is None or text.isupper() or text.islower():
        return None
    if text != collapse(visible(unicodedata.normalize("NFC", text))):
        return None
    words = re.split(r"[ .-]+", text.rstrip("."))
    if any(map(_means_something, (*words, *text.split(" ")))) or is_name_placeholder(text):
        return None
    if names_owner(f"{text} ") or is_test_name(text) or looks_like_company(text) >= _HARMLESS:
        return None
    pieces = Pieces()
    found, suffixes = field_words(text, pieces, "given_name")
    if suffixes or found != text.split(" ") or pieces != Pieces():
        return None
    return tuple(found)


def odd_family(text: str) -> tuple[str | None, str] | None:
    """Prefix and family name of such a field, else None."""
    words = odd_words(text)
    if words is None or len(words[-1].strip(".")) < 2:
        return None
    prefix, name = split_prefix(list(words))
    return " ".join(prefix) or None, " ".join(name)


def _means_something(word: str) -> bool:
    """Whether a word is known for anything but names: trade, forms, particles, fillers, test rows."""
    key = word_key(word)
    if len(key) == 1:
        return False  # an initial
    if not key or key in particles() or key in noble_titles() or key in COUPLE_WORDS:
        return True
    forms = [w.key for w in split_words(word) if len(w.key) > 1]
    return (
        fold(word) in test_row_words()
        or is_form_word(word)
        or is_generic(word)
        or any(may_open(k) or may_close(k) or may_end(k) for k in forms)
    )

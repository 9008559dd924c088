"""Columns that are not read: special categories of personal data, private matters, free notes.

Source: GDPR art. 9(1) (religion, health, party, union, ethnic origin ...) and data minimisation,
art. 5(1)(c): family, hobbies, nationality are not needed to know a customer. Such a column reaches
neither records nor frames unless the configuration names it with a purpose (`read.sensitive`,
`read.notes`). Decided by header, and for religion and marital status by values as well.
"""

from __future__ import annotations

from typing import Literal

from crmclean.config import ReadConfig
from crmclean.read.content import Content
from crmclean.read.headers import Header, parse_header
from crmclean.read.words import word_list
from crmclean.text.fold import fold

__all__ = ["Kept", "is_named", "kept_out", "private_kind"]

Kept = Literal["sensitive", "note"]
_SENSITIVE = word_list("sensitive")
_PHRASES = word_list("sensitive_phrase")
_NOTES = word_list("note")
_RELIGIONS = word_list("religion_value")
_MARITAL = word_list("marital_value")


def kept_out(header: Header, content: Content, config: ReadConfig) -> Kept | None:
    """Why the column is left unread, or None if it may be read.

    A column that the configuration names with a purpose (whatever its spelling) is read.
    """
    kind = private_kind(header, content)
    return None if kind is None or is_named(header, config, kind) else kind


def is_named(header: Header, config: ReadConfig, kind: Kept) -> bool:
    """Whether the configuration names the column with a purpose for which it is read."""
    named = config.sensitive if kind == "sensitive" else config.notes
    return header.compact in {parse_header(name).compact for name in named}


def private_kind(header: Header, content: Content) -> Kept | None:
    """What kind of private column it is, whatever the configuration says; None for other columns."""
    if _sensitive_words(header) or _sensitive_values(content):
        return "sensitive"
    words = set(header.words)
    if header.compact in _NOTES or (words & _NOTES and not words & _NOT_NOTES):
        return "note"
    compound = header.words[-1] if header.words else ""
    if compound.endswith(
        ("notiz", "notizen", "bemerkung", "bemerkungen", "anmerkung", "kommentar", "vermerk")
    ):
        return "note"
    return None


_ALONE = word_list("sensitive_alone")
"""Words that are sensitive only as the whole header: "Partner-Nr." and "Kind of business" are not."""
_NOT_NOTES = word_list("not_note")


def _sensitive_words(header: Header) -> bool:
    if header.compact in _PHRASES or header.compact in _SENSITIVE or header.stem in _SENSITIVE:
        return True
    words = set(header.words)
    return bool(words & (_SENSITIVE - _ALONE)) and not words & _NOT_NOTES


def _sensitive_values(content: Content) -> bool:
    words = [fold(value).rstrip(".") for value in content.sample]
    if not 1 < len(words) <= 40:
        return False
    return max(sum(w in _RELIGIONS for w in words), sum(w in _MARITAL for w in words)) >= 0.8 * len(words)

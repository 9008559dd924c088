"""The words people use for channels, purposes, kinds of event, and for yes and no.

The list is crmclean/data/consent_words.txt; a configuration's maps go before it. A word that is in
neither has no meaning: the row is refused, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from crmclean.consent.event import KINDS
from crmclean.data import read_list
from crmclean.fields import CHANNELS
from crmclean.text.fold import fold

__all__ = ["answer_of", "channel_of", "event_of", "purpose_of"]

_JOINED = re.compile(r"[\s_-]+")
_PATH = re.compile(r"(?:marketing|service|legal)(?:\.[a-z0-9_]+)+")
_NOTHING: Mapping[str, str] = {}


@lru_cache(maxsize=4096)
def _word(text: str) -> str:
    return _JOINED.sub("", fold(text).rstrip(".:"))


@cache
def _words(what: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in read_list("consent_words.txt"):
        kind, ours, spellings = line.split("\t")
        if kind == what:
            found.update((_word(spelling), ours) for spelling in spellings.split("|"))
    return found


def _look(what: str, text: str, own: Mapping[str, str]) -> str | None:
    word = _word(text)
    for spelling, ours in own.items():
        if _word(spelling) == word:
            return ours
    return _words(what).get(word)


def channel_of(text: str, own: Mapping[str, str] = _NOTHING) -> str | None:
    """The channel of a word, `any` for all of them, None where the word is not known.

    Args:
        text: As found in the data.
        own: Words of the configuration (`channel_map`), which go first.

    Example:
        >>> channel_of("Telefax"), channel_of("WhatsApp"), channel_of("Brieftaube")
        ('fax', 'messenger', None)
    """
    found = _look("channel", text, own)
    return found if found in CHANNELS or found == "any" else None


def purpose_of(text: str, own: Mapping[str, str] = _NOTHING) -> str | None:
    """The purpose of a word as dotted path; a path stays as it is; None where not known.

    Example:
        >>> purpose_of("Umfrage"), purpose_of("marketing.newsletter")
        ('marketing.survey', 'marketing.newsletter')
    """
    found = _look("purpose", text, own)
    if found is not None:
        return found
    path = text.strip().lower()
    return path if _PATH.fullmatch(path) else None


def event_of(text: str, own: Mapping[str, str] = _NOTHING) -> str | None:
    """The kind of event of a word; None where not known.

    Example:
        >>> event_of("erteilt"), event_of("Opt-Out"), event_of("vielleicht")
        ('granted', 'withdrawn', None)
    """
    found = _look("event", text, own)
    return found if found in KINDS else None


def answer_of(text: str) -> bool | None:
    """Yes or no of a flag's text; None where it is neither, such as a blank."""
    return {"yes": True, "no": False}.get(_words("answer").get(_word(text), ""))

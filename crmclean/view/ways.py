"""The ways of contacts as sources name them, and the channels that they are."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from crmclean.data import read_table
from crmclean.text.fold import fold

__all__ = ["channel_of", "channels_of", "is_written"]


@cache
def _words() -> dict[str, tuple[str, str]]:
    return {word: (channel, manner) for word, channel, manner in read_table("contact_channels.txt")}


def channel_of(word: str | None) -> str:
    """The channel that a word names; an unknown word is its own.

    Example:
        >>> channel_of("WhatsApp"), channel_of("Anruf"), channel_of("Brieftaube"), channel_of(None)
        ('messenger', 'phone', 'brieftaube', '')
    """
    folded = fold(word or "")
    return _words().get(folded, (folded, ""))[0]


def is_written(word: str | None) -> bool:
    """Whether somebody who comes in this way waits for an answer."""
    return _words().get(fold(word or ""), ("", "written"))[1] == "written"


def channels_of(words: pd.Series[Any]) -> pd.Series[Any]:
    """The channels of a column of words, looked up once per word."""
    return words.map({w: channel_of(str(w)) for w in words.dropna().unique()}).astype("str")

"""The word lists of recognition, from crmclean/data/read_words.txt."""

from __future__ import annotations

from functools import cache

from crmclean.data import read_list

__all__ = ["word_list"]


@cache
def word_list(name: str) -> frozenset[str]:
    """The words of a list, folded.

    Raises:
        KeyError: There is no such list: a programming error.
    """
    found: set[str] = set()
    for line in read_list("read_words.txt"):
        key, _, words = line.partition(": ")
        if key == name:
            found |= set(words.split())
    if not found:
        raise KeyError(name)
    return frozenset(found)

"""Nicknames: given names and their short forms, for matching only, never shown.

Hans is Johannes, Sepp is Josef, Bob is Robert. A short form may belong to several names (Steffi:
Stefanie, Stefan), so `nickname_keys` gives all of them, and two names may be the same person's
where their keys meet; `nickname_key` gives the first. Source: `data/nicknames_de.txt` and
`data/nicknames_en.txt`, our own lists.
"""

from __future__ import annotations

from functools import cache, lru_cache

from crmclean.data import read_table
from crmclean.text.fold import fold

__all__ = ["nickname_key", "nickname_keys"]


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Folded form -> folded full names it may stand for, the German ones first."""
    found: dict[str, tuple[str, ...]] = {}
    full = {fold(row[0]) for name in _LISTS for row in read_table(name)}
    for name in _LISTS:
        for row in read_table(name):
            key = fold(row[0])
            for form in (key, *map(fold, row[1].split())):
                if key not in found.get(form, ()):
                    found[form] = (*found.get(form, ()), key)
    # A full name stands for itself before all else: Stefan is Stefan, though Steffen may be, too.
    return {form: _own_first(form, keys) if form in full else keys for form, keys in found.items()}


def _own_first(form: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    return (form, *(k for k in keys if k != form))


_LISTS = ("nicknames_de.txt", "nicknames_en.txt")


@lru_cache(maxsize=65536)
def nickname_keys(given: str) -> frozenset[str]:
    """The full names a given name may stand for, folded, itself included.

    Example:
        >>> sorted(nickname_keys("Toni"))
        ['anton', 'antonia', 'toni']
    """
    key = fold(given)
    return frozenset((key, *_names().get(key, ())))


@lru_cache(maxsize=65536)
def nickname_key(given: str) -> str:
    """One key for a given name and its short forms; an unknown name is its own folded form.

    Example:
        >>> nickname_key("Sepp") == nickname_key("Josef"), nickname_key("Bob"), nickname_key("Uwe")
        (True, 'robert', 'uwe')
    """
    key = fold(given)
    names = _names().get(key)
    return names[0] if names else key

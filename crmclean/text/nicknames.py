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

__all__ = ["known_forms", "nickname_key", "nickname_keys"]


_LISTS = ("nicknames_de.txt", "nicknames_en.txt")


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Folded form -> folded full names it may stand for, the German ones first."""
    found: dict[str, tuple[str, ...]] = {}
    for name in _LISTS:
        for form, keys in _one_list(name).items():
            known = found.get(form, ())
            found[form] = (*known, *(k for k in keys if k not in known))
    return found


def _one_list(name: str) -> dict[str, tuple[str, ...]]:
    """Form -> full names of one list; a full name stands for itself before all else.

    Stefan is Stefan, though the list of short forms of another name may hold it, too.
    """
    rows = [(fold(row[0]), [fold(form) for form in row[1].split()]) for row in read_table(name)]
    found: dict[str, tuple[str, ...]] = {key: (key,) for key, _ in rows}
    for key, forms in rows:
        for form in forms:
            if key not in found.get(form, ()):
                found[form] = (*found.get(form, ()), key)
    return found


@cache
def known_forms() -> tuple[str, ...]:
    """The folded names and short forms that the lists hold; any other name stands for itself alone."""
    return tuple(_names())


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

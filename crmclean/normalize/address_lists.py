"""The word lists behind addresses, read once from crmclean/data."""

from __future__ import annotations

from functools import cache

from crmclean.data import read_list
from crmclean.text.fold import fold

__all__ = ["NUMBER_FIRST", "POSTCODE_LAST", "country_name", "region_codes", "region_names", "street_words"]

NUMBER_FIRST = frozenset({"US", "CA", "AU", "NZ", "GB", "IE", "FR", "LU", "IN", "ZA", "SG", "MC"})
POSTCODE_LAST = frozenset({"US", "CA", "AU", "NZ", "GB", "IE", "IN", "ZA", "SG"})


@cache
def street_words(kind: str) -> frozenset[str]:
    """The folded words of a kind: suffix weak lead tail adjective unit company."""
    words: set[str] = set()
    for line in read_list("street_words.txt"):
        name, rest = line.split(" ", 1)
        if name == kind:
            words.update(rest.split())
    return frozenset(words)


@cache
def region_names(country: str) -> dict[str, str]:
    """Folded names of a country's states and counties -> name as in the list."""
    rows = (line.split(" ", 2) for line in read_list("regions.txt"))
    return {
        fold(name): names.split("|")[0] for cc, _, names in rows if cc == country for name in names.split("|")
    }


@cache
def region_codes(country: str) -> dict[str, str]:
    """Codes of a country's states (NSW, NY) -> name; none for the United Kingdom's counties."""
    rows = (line.split(" ", 2) for line in read_list("regions.txt"))
    return {code: names.split("|")[0] for cc, code, names in rows if cc == country and code != "-"}


@cache
def country_name(country: str) -> str:
    """The German name of a country, as DIN 5008 wants it on letters abroad; its code if unknown."""
    rows = (line.split("\t") for line in read_list("countries.txt"))
    return next((names.split("|")[0] for code, _, names, *_ in rows if code == country), country)

"""The country at the end of an address text, in any spelling that `normalize_country` knows."""

from __future__ import annotations

from crmclean.normalize.address_lists import region_codes, region_names
from crmclean.normalize.country import normalize_country
from crmclean.text.fold import fold

__all__ = ["country_at_end", "country_of"]

# Names of countries that are also towns, states or words of a street: only a whole segment counts.
_ONLY_WHOLE = frozenset(
    {
        "georgia",
        "jersey",
        "luxembourg",
        "luxemburg",
        "monaco",
        "singapore",
        "singapur",
        "mexico",
        "gibraltar",
        "guernsey",
        "san marino",
        "panama",
        "jordan",
        "chad",
        "niger",
        "mali",
        "kuwait",
    }
)


def country_of(text: str) -> str | None:
    """ISO code of a country in any spelling, or None."""
    return normalize_country(text).value


def _named(text: str, hint: str | None, *, whole: bool) -> str | None:
    """The country that the words name, unless they rather mean a state or a town."""
    words = text.strip(" .,()")
    if not words or any(c.isdigit() for c in words):
        return None
    folded = fold(words)
    short = len(folded.replace(".", "")) <= 3
    if not whole and (folded in _ONLY_WHOLE or (short and not words.isupper())):
        return None
    if hint is not None and (words.upper() in region_codes(hint) or folded in region_names(hint)):
        return None
    if short and not whole and len(folded) < 2:
        return None
    return country_of(words)


def country_at_end(segments: list[str], hint: str | None) -> tuple[list[str], str | None]:
    """The segments without a country at their end, and the country; None where none is named.

    A town that is named like its country (Luxembourg, Monaco) stays where it stands alone.
    """
    if not segments:
        return segments, None
    last = segments[-1]
    whole = _named(last, hint, whole=True) if len(segments) > 1 else None
    if whole is not None:
        return segments[:-1], whole
    words = last.split()
    for length in (3, 2, 1):
        if length >= len(words):
            continue
        tail = " ".join(words[-length:])
        found = _named(tail, hint, whole=False)
        if found is not None and not (hint not in {None, found} and len(tail) <= 3):
            return [*segments[:-1], " ".join(words[:-length]).strip(" ,-")], found
    return segments, None

"""Do postcode and town belong together? Asks the register of places, if it is installed.

Source: the optional package countrystatecity-postal-codes (ODbL; extra `crmclean[postcodes]`), one file
per country, read on first use, for Germany, Austria, Switzerland and Liechtenstein. The German register
knows municipalities, not their parts, and delivery areas, not post office boxes: a town it does not know
is no finding, nor is a code without a delivery area an error.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from crmclean.normalize.address_keys import city_key
from crmclean.text.fold import fold
from crmclean.text.similarity import edit_distance
from crmclean.values import Finding

__all__ = ["REGISTER_CODES", "check_place", "has_register"]

REGISTER_CODES = frozenset({"postcode_city_mismatch", "city_spelling", "large_recipient_postcode"})
_PACKAGE = "countrystatecity_postal_codes"
_COUNTRIES = frozenset({"DE", "AT", "CH", "LI"})
_SHORT = 5  # shorter names have real neighbours one letter away


@cache
def has_register() -> bool:
    """Whether the register of places is installed."""
    return importlib.util.find_spec(_PACKAGE) is not None


@cache
def _places(country: str) -> Mapping[str, tuple[str, ...]]:
    """Code -> towns as the register writes them; empty where it is not installed."""
    spec = importlib.util.find_spec(_PACKAGE) if country in _COUNTRIES else None
    if spec is None or not spec.submodule_search_locations:
        return {}
    file = Path(spec.submodule_search_locations[0]) / "data" / "by-country" / country / "postcodes.json"
    if not file.exists():
        return {}
    found: dict[str, dict[str, None]] = {}
    for row in json.loads(file.read_text(encoding="utf-8")):
        found.setdefault(row["code"], {})[row["localityName"] or ""] = None
    return {code: tuple(name for name in names if name) for code, names in found.items()}


@cache
def _regions_of(country: str) -> Mapping[str, frozenset[str]]:
    """Key of a town -> first two digits of all its codes."""
    found: dict[str, set[str]] = {}
    for code, towns in _places(country).items():
        for town in towns:
            found.setdefault(_key(town), set()).add(code[:2])
    return {key: frozenset(regions) for key, regions in found.items()}


def _key(town: str) -> str:
    """The compare form of a town: Wien, Innere Stadt is Wien."""
    return city_key(town.partition(",")[0])


@lru_cache(maxsize=1 << 16)
def check_place(code: str, city: str, country: str | None = None) -> Finding | None:
    """What the register says of a postcode and its town; None where it has nothing to say.

    Without a country five digits are read as German, and only if the register knows the town.

    Args:
        code: In its usual form.
        city: As written.
        country: ISO 3166-1 alpha-2.

    Example (with the register installed):
        >>> check_place("10115", "Munchen", "DE")  # doctest: +SKIP
        Finding(code='postcode_city_mismatch', ...)
    """
    where = country or ("DE" if len(code) == 5 and code.isdigit() else None)
    places = _places(where) if where is not None else {}
    if not places or not code or not city:
        return None
    key, regions = _key(city), _regions_of(str(where))
    if code not in places:
        known = where == "DE" and code[:1] in {region[:1] for region in regions.get(key, ())}
        return Finding("large_recipient_postcode", field="postal_code") if known else None
    towns = places[code]
    if any(_same(key, town) for town in towns):
        return None
    near = _nearest(key, towns)
    if near is not None:
        return Finding("city_spelling", near, 0.8, "city")
    # names that occur all over the country (Neustadt) say nothing
    if key in regions and code[:2] not in regions[key] and len({r[:1] for r in regions[key]}) == 1:
        return Finding("postcode_city_mismatch", field="postal_code", confidence=0.9, detail=towns[0])
    return None


def _same(key: str, town: str) -> bool:
    """Whether two names are one town's: one may be longer (Köln-Deutz, Neustadt an der Aisch)."""
    other = _key(town)
    return key == other or (
        min(len(key), len(other)) > 2 and (key.startswith(other) or other.startswith(key))
    )


def _nearest(key: str, towns: tuple[str, ...]) -> str | None:
    """The one town of the code that differs by a slip of the keys only."""
    if len(key) < _SHORT or not towns:
        return None
    others = [_key(town) for town in towns]
    distances = edit_distance([key] * len(towns), others)
    reach = 1 if len(key) < 8 else 2
    hits = [town for town, d in zip(towns, distances, strict=True) if d <= reach and fold(town) != key]
    return hits[0] if len(hits) == 1 else None

"""The country of each record: said on the row, said for the source, or assumed.

Serves telephone numbers. Order: a country named on the row (any place); the source's country from the
configuration; the country that all other records with the same postcode name; the country whose states the source's region column names (NSW: Australia); the
commonest country of the source's other rows; the configured default. All but the first two are
assumptions and reported as such where a number was read by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmclean.fields import PLACES
from crmclean.normalize.address_lists import region_codes
from crmclean.normalize.country import normalize_country
from crmclean.normalize.records_columns import distinct, take_text

__all__ = ["Countries", "record_countries"]

_ORDER = ("", "work_", "billing_", "delivery_", "home_")
_WITH_STATES = ("US", "AU", "CA")


@dataclass(frozen=True, slots=True)
class Countries:
    """Country per record.

    Args:
        said: Country on the row or of the source by configuration; missing where neither.
        used: The same, filled by assumption.
        assumed: Where `used` is an assumption.
    """

    said: pd.Series[Any]
    used: pd.Series[Any]
    assumed: np.ndarray[Any, np.dtype[np.bool_]]

    def of(self, rows: slice) -> Countries:
        """Those of a stretch of the records, numbered from 0."""
        said, used = (c.iloc[rows].reset_index(drop=True) for c in (self.said, self.used))
        return Countries(said, used, self.assumed[rows])


def _said(records: pd.DataFrame) -> pd.Series[Any]:
    said = pd.Series(np.full(len(records), None, dtype=object), dtype="str")
    for place in (p for p in _ORDER if p in PLACES):
        name = f"{place}country"
        if name in records.columns:
            found = distinct(records, [name])
            codes = [normalize_country(v[0] or "").value for v in found.values]
            said = said.fillna(take_text(codes, found.codes))
    return said


def _by_states(records: pd.DataFrame) -> dict[str, str]:
    """Sources whose region columns hold the state codes of one country in most cells."""
    result: dict[str, str] = {}
    for name in (f"{place}region" for place in _ORDER):
        if name not in records.columns:
            continue
        counts = records.groupby(["source", records[name].str.upper().str.strip()]).size()
        for source, group in counts.groupby(level=0):
            codes = group.droplevel(0)
            total = int(codes.sum())
            shares = {
                c: int(codes[codes.index.isin(list(region_codes(c)))].sum()) / total for c in _WITH_STATES
            }
            best = max(sorted(shares), key=lambda c: shares[c])
            if total >= 5 and shares[best] > 0.5:
                result.setdefault(str(source), best)
    return result


def _commonest(records: pd.DataFrame, said: pd.Series[Any]) -> dict[str, str]:
    counts = pd.DataFrame({"source": records["source"], "country": said}).value_counts().reset_index(name="n")
    counts = counts.sort_values(["source", "n", "country"], ascending=[True, False, True])
    first = counts.drop_duplicates("source")
    return dict(zip(first["source"].astype(str), first["country"].astype(str), strict=True))


def _by_postcode(records: pd.DataFrame, said: pd.Series[Any]) -> pd.Series[Any]:
    """The country that the records with the same postcode agree on: 8010 is named with Austria only."""
    found = pd.Series(np.full(len(records), None, dtype=object), dtype="str")
    names = [f"{place}postal_code" for place in _ORDER if f"{place}postal_code" in records.columns]
    pairs = [pd.DataFrame({"code": records[n].str.strip(), "country": said}).dropna() for n in names]
    if not pairs:
        return found
    agreed = pd.concat(pairs).drop_duplicates().drop_duplicates("code", keep=False)
    table = dict(zip(agreed["code"], agreed["country"], strict=True))
    for name in names:
        found = found.fillna(records[name].str.strip().map(table).astype("str"))
    return found


def record_countries(records: pd.DataFrame, default: str, by_source: Mapping[str, str]) -> Countries:
    """The country of each record.

    Args:
        records: Records, index 0 to n - 1; read are `source` and the columns of countries and states.
        default: Country assumed where nothing else is known; empty: none.
        by_source: Configured countries of sources.
    """
    named = _said(records)
    anyone = bool(named.notna().any())
    said = named.fillna(records["source"].map(dict(by_source)).astype("str")) if by_source else named
    guesses = {**(_commonest(records, named) if anyone else {}), **_by_states(records)}
    used = said.fillna(_by_postcode(records, named)) if anyone else said
    if guesses:
        used = used.fillna(records["source"].map(guesses).astype("str"))
    if default:
        used = used.fillna(default)
    return Countries(said, used, (said.isna() & used.notna()).to_numpy(dtype=bool))

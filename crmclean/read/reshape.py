"""Columns that hold more than one field are taken apart, whole columns at a time.

``12345 Ort`` in one column becomes postcode and town; several values of a Google export in one
cell (``a ::: b``) become numbered fields; a display name beside name parts stays only in rows
without parts. What a cell means within itself (two numbers, name with title) is for `normalize`.
"""

from __future__ import annotations

import pandas as pd

from crmclean.fields import PLACES
from crmclean.read.mapping import Understood

__all__ = ["reshape_records"]

_JOINED = " ::: "
_POSTAL_CITY = r"^(?P<code>(?:[A-Za-z]{1,2}\s?-\s?)?\d{4,5})\s+(?P<city>[^\W\d].*)$"


def reshape_records(wide: pd.DataFrame, understood: Understood) -> pd.DataFrame:
    """The records with one field per column; the input is not changed.

    Args:
        wide: Rows under field names.
        understood: The table they come from.
    """
    found = _split_postal_city(wide, understood)
    if understood.profile and understood.profile.name in {"google_new", "google_old"}:
        found = _split_joined(found)
    return _display_names(found)


def _split_postal_city(wide: pd.DataFrame, understood: Understood) -> pd.DataFrame:
    out = wide
    for guess in understood.guesses:
        place = next((p for p in PLACES if guess.field == f"{p}city"), None)
        if place is None or f"{place}postal_code" in out:
            continue
        if understood.contents[guess.position].share("postal_city") < 0.5:
            continue
        cut = out[guess.field].str.extract(_POSTAL_CITY)
        out = out.assign(
            **{f"{place}postal_code": cut["code"], f"{place}city": cut["city"].fillna(out[guess.field])}
        )
    return out


def _split_joined(wide: pd.DataFrame) -> pd.DataFrame:
    out = wide
    for field in [c for c in wide.columns if c.startswith(("email", "phone", "mobile", "website"))]:
        if not out[field].str.contains(_JOINED, regex=False).any():
            continue
        values = out[field].str.split(_JOINED, expand=True, regex=False)
        out = out.assign(**{field: values[0].astype("str")})
        for extra in range(1, values.shape[1]):
            name = next(n for n in (f"{field.rstrip('_23456789')}_{i}" for i in range(2, 99)) if n not in out)
            out = out.assign(**{name: values[extra].astype("str")})
    return out


def _display_names(wide: pd.DataFrame) -> pd.DataFrame:
    parts = [c for c in ("given_name", "family_name") if c in wide]
    if "full_name" not in wide or not parts:
        return wide
    return wide.assign(full_name=wide["full_name"].where(wide[parts].isna().all(axis=1)))

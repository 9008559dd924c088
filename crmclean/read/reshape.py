"""Columns that hold more than one field are taken apart, whole columns at a time.

``12345 Ort`` in one column becomes postcode and town; several values of a Google export in one
cell (``a ::: b``) become numbered fields, under the field that their label names (`labels`); of DATEV's
three names the one holds that the row's kind of addressee tells (`datev`); a display name beside name parts stays only in rows
without parts. What a cell means within itself (two numbers, name with title) is for `normalize`.
"""

from __future__ import annotations

import pandas as pd

from crmclean.fields import PLACES
from crmclean.read.datev import PROFILE, addressee_findings, by_addressee
from crmclean.read.labels import LABELLED, by_labels, label_findings
from crmclean.read.mapping import Understood
from crmclean.tables import ISSUES

__all__ = ["reshape_records", "row_findings"]

_JOINED = " ::: "
_POSTAL_CITY = r"^(?P<code>(?:[A-Za-z]{1,2}\s?-\s?)?\d{4,5})\s+(?P<city>[^\W\d].*)$"


def reshape_records(wide: pd.DataFrame, frame: pd.DataFrame, understood: Understood) -> pd.DataFrame:
    """The records with one field per column; the input is not changed.

    Args:
        wide: Rows under field names.
        frame: The raw cells of these rows.
        understood: The table they come from.
    """
    found = wide
    program = understood.profile.name if understood.profile else ""
    if program in LABELLED:
        found = _split_joined(by_labels(wide, frame, understood))
    elif program == PROFILE:
        found = by_addressee(wide, frame, understood)
    return _display_names(_split_postal_city(found, understood))


def row_findings(
    wide: pd.DataFrame, frame: pd.DataFrame, understood: Understood, place: pd.DataFrame
) -> pd.DataFrame:
    """What was noticed on single rows while columns were taken apart.

    Args:
        wide: Rows under field names, before `reshape_records`.
        frame: The raw cells of these rows.
        understood: The table they come from.
        place: Source, record id, file and line of the rows.
    """
    program = understood.profile.name if understood.profile else ""
    if program in LABELLED:
        return label_findings(frame, understood, place)
    if program == PROFILE:
        return addressee_findings(wide, frame, understood, place)
    return ISSUES.empty()


def _split_postal_city(wide: pd.DataFrame, understood: Understood) -> pd.DataFrame:
    out = wide
    for guess in understood.guesses:
        place = next((p for p in PLACES if guess.field == f"{p}city"), None)
        if place is None or f"{place}postal_code" in out or guess.field not in out:
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

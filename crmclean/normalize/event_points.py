"""National telephone numbers of event logs: in which country each is read.

A number without country code says nothing by itself. In this order: the country that the row names;
the number of the person whom the row names (source and record), if it is the same number; the
configured default, which is an assumption and reported per file. Where the person's own numbers are all of
other countries, nothing is assumed: the number stays as written, `phone_region_missing`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import phonenumbers

from crmclean.normalize.contact_point import ContactPoint, read_contact_point
from crmclean.normalize.country import normalize_country
from crmclean.normalize.event_columns import Notes, column_of

__all__ = ["AskedPoints", "asked_points", "read_points", "record_numbers", "tell_assumed"]

_NUMBER, _WORLD = r"\s*\(?\s*\d[\d\s()/.\-]{5,}", r"\s*\(?\s*00"
_BLANK = re.compile(r"\D+")


@dataclass(frozen=True, slots=True)
class AskedPoints:
    """Contact points as they are to be read.

    Args:
        texts: As written; the person's own number where it is the same one.
        countries: Alpha-2 by which each is read; missing where there is none.
        assumed: Rows whose number is national and whose country is the default.
    """

    texts: pd.Series[Any]
    countries: pd.Series[Any]
    assumed: pd.Series[bool]


def record_numbers(parties: pd.DataFrame, contacts: pd.DataFrame) -> pd.DataFrame:
    """The telephone numbers of records: columns source, record_id, number (E.164).

    Args:
        parties: Uses party, source, record_id.
        contacts: Uses party, kind, value.
    """
    numbers = contacts.loc[
        contacts["kind"].isin(["phone", "fax"]) & contacts["value"].notna(), ["party", "value"]
    ]
    found = numbers.merge(parties[["party", "source", "record_id"]], on="party")
    return found.rename(columns={"value": "number"})[["source", "record_id", "number"]].drop_duplicates()


def asked_points(
    raw: pd.DataFrame, name: str, default: str | None, numbers: pd.DataFrame | None
) -> AskedPoints:
    """How the contact points of a column are to be read, row by row.

    Args:
        raw: Raw rows; uses source, record_id, country and the column.
        name: Column of contact points.
        default: Alpha-2 assumed where nothing else is known.
        numbers: As from `record_numbers`; None where no records are known.
    """
    texts = column_of(raw, name)
    national = (texts.str.fullmatch(_NUMBER, na=False) & ~texts.str.match(_WORLD, na=False)).astype(bool)
    said = _said(raw)
    countries = said.fillna(default) if default else said
    open_ = national & said.isna()
    if not open_.any():
        return AskedPoints(texts, countries, open_)
    if numbers is not None and len(numbers) and {"source", "record_id"} <= set(raw):
        own, foreign = _of_person(
            raw.loc[open_, ["source", "record_id"]].assign(text=texts[open_]), numbers, default
        )
        texts = texts.mask(texts.index.isin(own.index), own.reindex(texts.index))
        countries = countries.mask(texts.index.isin(foreign))
        open_ &= ~texts.index.isin(own.index)
    return AskedPoints(texts, countries, open_ & countries.notna())


def _said(raw: pd.DataFrame) -> pd.Series[Any]:
    """The country that each row names."""
    column = column_of(raw, "country")
    table = {text: normalize_country(str(text)).value for text in column.dropna().unique()}
    return column.map(table).astype("str")


def _of_person(
    rows: pd.DataFrame, numbers: pd.DataFrame, default: str | None
) -> tuple[pd.Series[Any], pd.Index[Any]]:
    """Rows whose number is the person's, with that number; rows of people with foreign numbers alone."""
    pairs = rows.reset_index(names="at").merge(numbers, on=["source", "record_id"])
    distinct = pairs[["text", "number"]].drop_duplicates()
    same = [_is_same(str(t), str(n)) for t, n in zip(distinct["text"], distinct["number"], strict=True)]
    pairs = pairs.merge(distinct.assign(same=np.array(same, dtype=np.bool_)), on=["text", "number"])
    hits = pairs[pairs["same"]].drop_duplicates(["at", "number"])
    own = hits[~hits["at"].duplicated(keep=False)].set_index("at")["number"]
    code = phonenumbers.country_code_for_region(default) if default else 0
    home = pairs["number"].str.startswith(f"+{code}") & (code > 0)
    abroad = pairs["at"][~pairs["at"].isin(pairs["at"][home]) | pairs["at"].isin(hits["at"])]
    return own, pd.Index(abroad.unique()).difference(own.index)


def _is_same(text: str, number: str) -> bool:
    """Whether a national number is an international one without its country code (and with a trunk zero)."""
    digits, whole = _BLANK.sub("", text), number.removeprefix("+")
    codes = [
        whole.removesuffix(n) for n in {digits, digits.removeprefix("0")} if len(n) >= 6 and whole.endswith(n)
    ]
    return any(c.isdigit() and int(c) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE for c in codes)


def read_points(asked: AskedPoints, name: str, notes: Notes) -> list[ContactPoint | None]:
    """The contact points, each distinct text read once per country; what was noticed is noted.

    Args:
        asked: As from `asked_points`.
        name: Column, for the findings.
        notes: Takes what was noticed; placeholders are as good as empty.
    """
    codes, uniques = pd.factorize(asked.texts)
    regions, names = pd.factorize(asked.countries)
    both = pd.Series(codes * (len(names) + 1) + regions + 1, dtype="float64").mask(codes < 0)
    rows, distinct = pd.factorize(both)
    pairs = [divmod(int(pair), len(names) + 1) for pair in distinct]
    texts = [str(uniques[text]) for text, _ in pairs]
    cleaned = [
        read_contact_point(text, country=str(names[region - 1]) if region else None)
        for text, (_, region) in zip(texts, pairs, strict=True)
    ]
    worth = [tuple(f for f in c.issues if f.code not in {"empty", "placeholder"}) for c in cleaned]
    notes.add(name, rows, texts, worth)
    values: list[ContactPoint | None] = [*(c.value for c in cleaned), None]
    return [values[row] for row in rows.tolist()]


def tell_assumed(
    raw: pd.DataFrame, name: str, asked: AskedPoints, kinds: pd.Series[Any], notes: Notes
) -> None:
    """One finding per file whose national telephone numbers were read by the assumed country."""
    rows = asked.assumed & kinds.eq("phone")
    files = column_of(raw, "file").fillna("")
    counts: Mapping[Any, int] = files[rows].value_counts().sort_index().to_dict()
    for file, count in counts.items():
        country = str(asked.countries[rows & files.eq(file)].iloc[0])
        notes.add_file(str(file), "phone_region_assumed", name, detail=f"country={country} rows={count}")

"""How common values are among all customers, where only some of them are merged."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.merge.address import street_form
from crmclean.tables import Addresses, Parties
from crmclean.text.fold import fold_umlaut

__all__ = ["FOLDS", "Population", "population_of"]

Population = Mapping[str, Mapping[str, int]]
"""Field = folded value = rows that have it."""
FOLDS: Mapping[str, Callable[[str], str]] = {
    "given_name": fold_umlaut,
    "family_name": fold_umlaut,
    "organization": fold_umlaut,
    "street": street_form,
    "city": fold_umlaut,
}
"""Fields that a rule asks of how common a value is, and when two values are the same."""
_PLACES = ("street", "city")
_TEXT = pa.large_string()


def population_of(parties: Parties, addresses: Addresses, some: tuple[Parties, Addresses]) -> Population:
    """How many rows of all customers have each value that some of them have.

    Args:
        parties: Of all customers.
        addresses: Of all customers.
        some: Parties and addresses of those that are merged.
    """
    found = {}
    for field, fold in FOLDS.items():
        whole, part = (addresses, some[1]) if field in _PLACES else (parties, some[0])
        found[field] = _times(whole[field], part[field], fold)
    return found


def _times(whole: pd.Series[str], some: pd.Series[str], fold: Callable[[str], str]) -> dict[str, int]:
    wanted = {fold(text) for text in some.dropna().unique()}
    counted = _texts(whole).value_counts()
    values, counts = counted.field("values"), counted.field("counts")
    known = _texts(some).unique()
    near = pc.is_in(_rough(values), value_set=_rough(known).unique())
    times: dict[str, int] = {}
    for text, count in zip(values.filter(near).to_pylist(), counts.filter(near).to_pylist(), strict=True):
        form = fold(text) if text is not None else ""
        if form in wanted:
            times[form] = times.get(form, 0) + count
    return times


def _rough(texts: pa.Array) -> pa.Array:
    """The plain consonants of texts, which no folding changes."""
    plain = pc.replace_substring(pc.utf8_lower(texts), "ß", "ss")
    return pc.replace_substring_regex(plain, "(strasse|str)|[^bcdfghjklmnpqrstvwxz]+", "")


def _texts(column: pd.Series[str]) -> pa.Array:
    found = pa.array(column.array, _TEXT)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found

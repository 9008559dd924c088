"""A column that slipped against the others: e-mail addresses that carry the names of other rows."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.match.codes import Codes, Ints, arrow_of
from crmclean.match.features import Features

__all__ = ["slipped_names"]

FEWEST_PAIRS = 50
"""Addresses with a family name in them that tell."""
SEEN = 20_000
"""Records that are looked at first; where these are in order, so are the others."""
FITTING = 0.25
"""Share of the e-mail addresses with the row's own family name from which no column slipped."""
_NO_WORD = "[^a-z]+"
_NUMBER = re.compile(r"\d+")


def slipped_names(features: Features) -> tuple[float, int] | None:
    """Whether the e-mail addresses carry the names of other rows: share and number of the addresses that tell."""
    if features.kind != "person" or "email_local" not in features.facts:
        return None
    local, family = features.facts["email_local"], features.facts["family_plain"]
    own = family.codes
    few = np.arange(0, features.n, max(1, features.n // SEEN))
    if features.n > 2 * SEEN and _fits_surely(_tokens(local, family, few), own[few]):
        return None
    token = _tokens(local, family, np.arange(features.n))
    telling = (token >= 0) & (own >= 0)
    if telling.sum() < FEWEST_PAIRS:
        return None
    fits = {0: _fit(token, own)}
    if fits[0] >= FITTING:
        return None
    order = _in_file_order(features.parties)
    token, own, telling = token[order], own[order], telling[order]
    for step in (-3, -2, -1, 1, 2, 3):
        fits[step] = float((token == np.roll(own, step))[telling].mean())
    best = max(fits, key=lambda k: (fits[k], k))
    if best and fits[best] >= 0.5:
        return fits[best], int(telling.sum())
    return None


def _fit(token: Ints, own: Ints) -> float:
    """Share of the addresses with a family name that have the row's own; 0 where there are few."""
    telling = (token >= 0) & (own >= 0)
    return float((token == own)[telling].mean()) if telling.sum() >= FEWEST_PAIRS else 0.0


def _fits_surely(token: Ints, own: Ints) -> bool:
    """Whether so large a share fits that all rows can be no exception: four standard errors above the limit."""
    telling = max(1, int(((token >= 0) & (own >= 0)).sum()))
    return bool(_fit(token, own) >= FITTING + 4.0 * np.sqrt(FITTING * (1.0 - FITTING) / telling))


def _tokens(local: Codes, family: Codes, rows: Ints) -> Ints:
    """The family name of four letters or more that is the first such word of the local part; else -1."""
    names = arrow_of(family.values)
    codes, back = np.unique(local.codes[rows, 0], return_inverse=True)
    there = codes >= 0
    words = pc.split_pattern_regex(arrow_of(local.values).take(pa.array(codes[there])), _NO_WORD)
    hit = pc.index_in(words.flatten(), value_set=names).fill_null(-1).to_numpy().copy()
    long = np.append(pc.greater_equal(pc.utf8_length(names), 4).to_numpy(zero_copy_only=False), np.False_)
    hits = np.flatnonzero(long[hit])
    owners = pc.list_parent_indices(words).to_numpy()[hits]
    owners, first = np.unique(owners, return_index=True)
    found = np.full(len(codes), -1, dtype=np.int32)
    found[np.flatnonzero(there)[owners]] = hit[hits[first]]
    return np.asarray(found[back])


def _in_file_order(parties: Sequence[str]) -> Ints:
    """The order of record ids with their numbers taken as numbers."""
    keys = [_NUMBER.sub(_padded, party) for party in parties]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)


def _padded(found: re.Match[str]) -> str:
    return found[0].zfill(12)

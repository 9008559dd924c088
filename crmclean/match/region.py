"""Where a change reaches: the rows that are clustered anew, and the pairs that are looked at for that.

What held rows together before (customers, scored pairs over the threshold, words of stewards) and what
does now is followed to its end; what none of it reaches stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.decisions import standing
from crmclean.match.cluster import components
from crmclean.match.codes import Ints, texts_of
from crmclean.match.features import Features
from crmclean.match.outcome import names_of
from crmclean.tables import Decisions, Scores

__all__ = [
    "Before",
    "Place",
    "bonds_of",
    "holders_of",
    "paired_touched",
    "place_of",
    "region_of",
]

Flags = npt.NDArray[np.bool_]
_TELLING = {"email": 50, "phone": 50, "handle": 50, "domain": 50, "given": 4}
"""Facts of which more is known than the value, and bearers up to which one more may change it: whether an
address or number is shared, whose company a domain is, whether a given name is known and whose it is."""
_NONE: Ints = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of the run before, and what is new.

    Args:
        touched: Parties that are new, changed or gone.
        owners: Columns party and customer_id: all parties of the run before.
        scores: Its scored pairs.
        doubts: (code, field) of the values that it left out of matching.
        quiet: Parties among the touched of which nothing changed, but that are to be looked at again.
    """

    touched: pd.Series[str]
    owners: pd.DataFrame
    scores: Scores
    doubts: frozenset[tuple[str, str]] = frozenset()
    quiet: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """Where what is known stands among the rows of the features.

    Args:
        touched: Rows that are new or changed.
        dirty: Rows whose customer held a party that changed or is gone.
        news: Those of them that are not so for a quiet party alone.
        label: Customer per row, as a number; rows without one have a number of their own.
        first: Per number of a customer its first row.
        pairs: Scored pairs of the run before.
        weight: Their match weights.
        joined: Which of them were over the threshold.
        sworn: Pairs that a steward called the same.
    """

    touched: Flags
    dirty: Flags
    news: Flags
    label: Ints
    first: Ints
    pairs: tuple[Ints, Ints]
    weight: npt.NDArray[np.float64]
    joined: Flags
    sworn: tuple[Ints, Ints]


def place_of(features: Features, before: Before, decisions: Decisions | None) -> Place:
    """Where what is known of the run before stands among the rows of the features."""
    names, n = names_of(features), features.n
    same = None if decisions is None or not len(decisions) else standing(decisions)
    same = None if same is None else same[same["decision"] == "same"]
    texts = [texts_of(c) for c in (before.touched, before.owners["party"])]
    texts += [texts_of(before.scores[f"party_{side}"]) for side in "lr"]
    texts += [] if same is None else [texts_of(same[f"party_{side}"]) for side in "lr"]
    found = pc.index_in(pa.concat_arrays(texts), value_set=names).fill_null(-1).to_numpy().astype(np.int64)
    parts = np.split(found, np.cumsum([len(t) for t in texts])[:-1])
    touched = np.zeros(n, dtype=bool)
    touched[parts[0][parts[0] >= 0]] = True
    coded = texts_of(before.owners["customer_id"]).dictionary_encode()
    customer = coded.indices.to_numpy().astype(np.int64)
    label = len(coded.dictionary) + np.arange(n, dtype=np.int64)
    label[parts[1][parts[1] >= 0]] = customer[parts[1] >= 0]
    first = np.full(len(coded.dictionary) + n, -1, dtype=np.int64)
    first[label[::-1]] = np.arange(n, dtype=np.int64)[::-1]
    gone = pc.is_in(texts[1], value_set=texts[0]).to_numpy(zero_copy_only=False)
    quiet = texts_of(pd.Series(sorted(before.quiet), dtype="str"))
    told = pc.is_in(texts[1], value_set=quiet).to_numpy(zero_copy_only=False)
    dirty, changed = (np.zeros(len(first), dtype=bool) for _ in range(2))
    dirty[customer[gone]] = True
    changed[customer[gone & ~told]] = True
    fresh = touched & ~pc.is_in(names, value_set=quiet).to_numpy(zero_copy_only=False)
    there = (parts[2] >= 0) & (parts[3] >= 0)
    over = (before.scores["outcome"] != "below_threshold").to_numpy(dtype=bool)[there]
    sworn = _both(*parts[4:6]) if same is not None else (_NONE, _NONE)
    pairs = (parts[2][there], parts[3][there])
    weight = before.scores["weight"].to_numpy(dtype=np.float64)[there]
    places = (dirty[label] | touched, changed[label] | fresh)
    return Place(touched, *places, label, first, pairs, weight, over, sworn)


def _both(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    there = (left >= 0) & (right >= 0)
    return left[there], right[there]


def holders_of(features: Features, touched: Flags) -> Flags:
    """Rows of which one more bearer of a value may change what is known: who shares it, and what it tells."""
    found = np.zeros(features.n, dtype=bool)
    for fact, most in _TELLING.items():
        if fact not in features.facts:
            continue
        column = features.facts[fact]
        codes = column.codes if column.codes.ndim == 2 else column.codes[:, None]
        own = codes[touched].ravel()
        wanted = np.zeros(len(column.counts) + 1, dtype=bool)
        wanted[own[own >= 0]] = True
        wanted[:-1] &= (column.counts > 1) & (column.counts <= most)
        found |= wanted[codes].any(axis=1)
    return found


def paired_touched(place: Place) -> Place:
    """The same with all rows to be looked at again that any pair was scored of."""
    dirty = place.dirty.copy()
    dirty[place.pairs[0]] = True
    dirty[place.pairs[1]] = True
    return replace(place, dirty=dirty)


def bonds_of(place: Place) -> list[tuple[Ints, Ints]]:
    """What held rows together before: customers, pairs over the threshold, the words of stewards."""
    rows = np.arange(len(place.label), dtype=np.int64)
    over = (place.pairs[0][place.joined], place.pairs[1][place.joined])
    return [(place.first[place.label], rows), over, place.sworn]


def region_of(n: int, seeds: Flags, bonds: Sequence[tuple[Ints, Ints]]) -> Flags:
    """The rows that are held together with these."""
    left, right = _joined(bonds)
    distinct = left != right
    label = components(n, left[distinct], right[distinct])
    chosen = np.zeros(n, dtype=bool)
    chosen[label[seeds]] = True
    return np.asarray(chosen[label])


def _joined(parts: Sequence[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    one, two = (np.concatenate([_NONE, *(part[side] for part in parts)]) for side in (0, 1))
    return one.astype(np.int64), two.astype(np.int64)

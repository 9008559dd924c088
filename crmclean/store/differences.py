"""What changed between two states of some rows, entity by entity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crmclean.schema import Table
from crmclean.store.layout import entity_keys

__all__ = ["Difference", "difference_of"]

Words = NDArray[np.uint64]
_TEXT = pa.large_string()


@dataclass(frozen=True, slots=True)
class Difference:
    """Entities of a table whose rows changed.

    Args:
        name: The table.
        whole: The table was empty before; `new` is all of it.
        added: Keys of the entities that had no rows before.
        old: The rows before, of the entities that had some.
        new: The rows now.
    """

    name: str
    whole: bool
    added: tuple[str, ...]
    old: pa.Table | None
    new: pa.Table


def difference_of(table: Table[Any], old: pa.Table, new: pa.Table) -> Difference | None:
    """The entities that have other rows, more, fewer, or in another order; None where there are none.

    Args:
        table: The declaration.
        old: Rows before, sorted by entity.
        new: Rows now, sorted by entity.
    """
    keys = pa.concat_arrays([entity_keys(table, old), entity_keys(table, new)]).dictionary_encode()
    entity = keys.indices.to_numpy()
    size, cut = len(keys.dictionary), len(old)
    words = _words(old, new)
    before, had = _by_entity(entity[:cut], words[:cut], size)
    after, has = _by_entity(entity[cut:], words[cut:], size)
    changed = (had != has) | (before != after)
    if not changed.any():
        return None
    added = keys.dictionary.filter(pa.array(has & ~had)).to_pylist()
    return Difference(
        table.name,
        whole=False,
        added=tuple(added),
        old=old.filter(pa.array(changed[entity[:cut]])),
        new=new.filter(pa.array(changed[entity[cut:]])),
    )


def _words(old: pa.Table, new: pa.Table) -> Words:
    """A number per row, equal for equal rows and for hardly any others."""
    total = np.zeros(len(old) + len(new), dtype=np.uint64)
    for position, name in enumerate(sorted({*old.column_names, *new.column_names} - {""})):
        parts = [t[name].combine_chunks() if name in t.column_names else None for t in (old, new)]
        kind = next(p.type for p in parts if p is not None)
        filled = [pa.nulls(len(t), kind) if p is None else p for p, t in zip(parts, (old, new), strict=True)]
        codes = pa.concat_arrays(filled).dictionary_encode().indices
        numbers = pc.fill_null(codes, -1).to_numpy().astype(np.int64).astype(np.uint64)
        total = _mixed(total ^ _mixed(numbers + np.uint64(0x9E3779B97F4A7C15 * (position + 1) % 2**64)))
    return total


def _mixed(words: Words) -> Words:
    """Every bit made to depend on every other (splitmix64)."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Words = words ^ (words >> np.uint64(31))
    return mixed


def _by_entity(entity: NDArray[Any], words: Words, size: int) -> tuple[Words, NDArray[np.bool_]]:
    """A number per entity that depends on its rows and their order; and which entities have rows."""
    total, has = np.zeros(size, dtype=np.uint64), np.zeros(size, dtype=bool)
    if not len(entity):
        return total, has
    starts = np.flatnonzero(np.r_[True, entity[1:] != entity[:-1]])
    place = np.arange(len(entity)) - np.repeat(starts, np.diff(np.r_[starts, len(entity)]))
    sums = np.add.reduceat(_mixed(words + place.astype(np.uint64)), starts)
    total[entity[starts]], has[entity[starts]] = sums, True
    return total, has

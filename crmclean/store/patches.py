"""Patches: a few entities of a group replaced without making the whole group anew.

A run that brings a hundredth of a table touches most of its groups, for keys lie scattered. So beside a
group there may be one patch: the keys that are not to be taken from the group, and their rows of now.
Whoever reads a group reads both; a group that would get a large patch is written anew, and `fold`
writes all that have one.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.schema import Table
from crmclean.store.batches import decode, encode
from crmclean.store.differences import Difference, difference_of
from crmclean.store.layout import ENTITY, SEPARATOR, entity_keys

__all__ = [
    "LEAST_SHARE",
    "Made",
    "amended",
    "drop_patch",
    "keep_patch",
    "made_patch",
    "patch_digest",
    "patch_of",
]

LEAST_SHARE = 4
"""A patch has at most one row for so many rows of its group."""
_TEXT = pa.large_string()
Body = tuple[bytes, bytes | None]
"""Keys, and rows of now; None: the entities are gone."""


@dataclass(frozen=True, slots=True)
class Made:
    """A patch to be written.

    Args:
        body: Keys and rows.
        rows: Rows of the group with it.
        size: Rows of the patch.
        fresh: The rows that this change brings.
        found: What changes.
    """

    body: Body
    rows: int
    size: int
    fresh: pa.Table
    found: Difference


def patch_of(connection: sqlite3.Connection, number: int) -> Body | None:
    """The patch of a group; None where it has none."""
    row = connection.execute("SELECT keys, body FROM patch WHERE chunk = ?", (number,)).fetchone()
    return None if row is None else (row[0], row[1])


def amended(
    table: Table[Any],
    block: bytes,
    patch: Body | None,
    names: Sequence[str] | None = None,
    where: Mapping[str, pa.Array] | None = None,
) -> pa.Table:
    """The rows of a group as they are now, sorted by entity.

    Args:
        table: The declaration.
        block: The group.
        patch: Its patch.
        names: Only these columns (and those of the entity), as far as they are there.
        where: Column = texts, one of which a row must have.
    """
    if patch is None:
        return decode(block, names, where)
    wanted = None if names is None else [*names, *ENTITY[table.name]]
    keys, body = patch
    base = decode(block, wanted, where)
    gone = pc.is_in(entity_keys(table, base), value_set=decode(keys)["key"].combine_chunks())
    stay = base.filter(pc.invert(gone))
    if body is None:
        return stay
    fresh = decode(body, wanted, where)
    return (
        _in_order(table, pa.concat_tables([stay, fresh], promote_options="default")) if len(fresh) else stay
    )


def _in_order(table: Table[Any], rows: pa.Table) -> pa.Table:
    return rows.take(pc.sort_indices(entity_keys(table, rows)))  # stable


def made_patch(
    table: Table[Any], state: tuple[bytes, Body | None, int], rows: pa.Table, only: Sequence[str]
) -> Made | None:
    """The patch that brings some entities of a group to these rows; None where they are so already.

    Args:
        table: The declaration.
        state: The group, its patch, and how many rows it has with it.
        rows: The rows of now, sorted by entity.
        only: Keys of the entities, sorted.
    """
    block, patch, size = state
    old = _among(table, amended(table, block, patch, None, _where(table, only)), pa.array(only, _TEXT))
    found = difference_of(table, old, rows)
    if found is None:
        return None
    changed = [pa.array(found.added, _TEXT), entity_keys(table, found.new)]
    changed += [] if found.old is None else [entity_keys(table, found.old)]
    keys, fresh = pa.concat_arrays(changed).unique(), found.new
    gone = 0 if found.old is None else len(found.old)
    if patch is not None:
        before, body = decode(patch[0])["key"].combine_chunks(), patch[1]
        if body is not None:
            kept = decode(body)
            kept = kept.filter(pc.invert(pc.is_in(entity_keys(table, kept), value_set=keys)))
            fresh = _in_order(table, pa.concat_tables([kept, fresh], promote_options="default"))
        keys = pa.concat_arrays([before, keys]).unique()
    keys = keys.take(pc.array_sort_indices(keys))
    made = (encode(pa.table({"key": keys})), encode(fresh) if len(fresh) else None)
    return Made(made, size - gone + len(found.new), len(fresh), found.new, found)


def _where(table: Table[Any], only: Sequence[str]) -> dict[str, pa.Array] | None:
    """What narrows rows down to some entities before they are unpacked; a missing part narrows nothing."""
    last = {key.rpartition(SEPARATOR)[2] for key in only}
    return None if "" in last else {ENTITY[table.name][-1]: pa.array(sorted(last), _TEXT)}


def _among(table: Table[Any], rows: pa.Table, keys: pa.Array) -> pa.Table:
    return rows.filter(pc.is_in(entity_keys(table, rows), value_set=keys))


def keep_patch(connection: sqlite3.Connection, number: int, made: Made) -> None:
    """Writes the patch of a group in the place of the one before."""
    connection.execute(
        "INSERT OR REPLACE INTO patch (chunk, rows, digest, keys, body) VALUES (?, ?, ?, ?, ?)",
        (number, made.rows, patch_digest(made.body), *made.body),
    )


def drop_patch(connection: sqlite3.Connection, number: int) -> None:
    """Takes the patch of a group away."""
    connection.execute("DELETE FROM patch WHERE chunk = ?", (number,))


def patch_digest(body: Body) -> bytes:
    """What a patch is known by."""
    total = hashlib.blake2b(digest_size=16)
    for part in body:
        total.update(part or b"")
    return total.digest()

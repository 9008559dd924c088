"""Tables as groups of rows: written where they differ, read where they are asked for.

The rows of a table stand in the order of their entity (`layout.ENTITY`) and are cut between
entities into groups of about `ROWS`. A group knows its first entity, so that the group of a key is
found by bisection. Saving compares group by group and rewrites only what differs; each difference
is handed to the caller, who keeps it in the journal. Where only few entities of a group are given,
it gets a patch (`patches`).
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.schema import Table, plain_rows
from crmclean.store.batches import content_of, decode, digest_of, encode, hashes_of
from crmclean.store.differences import Difference, difference_of
from crmclean.store.layout import ENTITY, IDENTIFIERS, LOOKUPS, entity_keys
from crmclean.store.patches import LEAST_SHARE, Made, amended, drop_patch, keep_patch, made_patch, patch_of
from crmclean.store.statements import table_named

__all__ = [
    "ROWS",
    "Group",
    "cuts_of",
    "fold_patches",
    "groups_of",
    "groups_with",
    "place_of",
    "read_groups",
    "replace_group",
    "write_rows",
]

ROWS = 4096
_THREADS = 2
_AHEAD = 64
Keep = Callable[[Difference], None]


@dataclass(frozen=True, slots=True)
class Group:
    """A group of rows in the file.

    Args:
        id: Its number.
        first: Key of the entity it was cut at.
        rows: How many rows it has.
        name: The table.
        patched: Whether it has a patch.
    """

    id: int
    first: str
    rows: int
    name: str
    patched: bool


def groups_of(connection: sqlite3.Connection, name: str) -> list[Group]:
    """The groups of a table, in order."""
    found = connection.execute(
        "SELECT c.id, c.first, COALESCE(p.rows, c.rows), c.name, p.chunk IS NOT NULL "
        "FROM chunk c LEFT JOIN patch p ON p.chunk = c.id WHERE c.name = ? ORDER BY c.first",
        (name,),
    )
    return [Group(*row) for row in found]


def read_groups(
    connection: sqlite3.Connection,
    groups: Iterable[Group],
    names: Sequence[str] | None = None,
    where: Mapping[str, pa.Array] | None = None,
) -> list[pa.Table]:
    """The rows of some groups.

    Args:
        connection: The file.
        groups: Which.
        names: Only these columns, as far as they are there.
        where: Column = texts, one of which a row must have.
    """
    return [
        amended(table_named(group.name), *_state(connection, group), names, where)
        if group.patched
        else decode(_body(connection, group), names, where)
        for group in groups
    ]


def _state(connection: sqlite3.Connection, group: Group) -> tuple[bytes, tuple[bytes, bytes | None] | None]:
    return _body(connection, group), patch_of(connection, group.id) if group.patched else None


def _body(connection: sqlite3.Connection, group: Group) -> bytes:
    body: bytes = connection.execute("SELECT body FROM chunk WHERE id = ?", (group.id,)).fetchone()[0]
    return body


def groups_with(groups: Sequence[Group], keys: Iterable[str], *, prefix: bool = False) -> set[int]:
    """Numbers of the groups that may hold some entities.

    Args:
        groups: Of a table, in order.
        keys: Keys of entities.
        prefix: Whether the keys are but beginnings of keys.
    """
    firsts = [group.first for group in groups]
    found: set[int] = set()
    for key in keys:
        low = max(bisect_right(firsts, key) - 1, 0)
        high = bisect_left(firsts, key + "\U0010ffff") if prefix else low + 1
        found.update(group.id for group in groups[low : max(high, low + 1)])
    return found


def write_rows(
    connection: sqlite3.Connection,
    table: Table[Any],
    rows: pa.Table,
    *,
    only: Iterable[str] | None = None,
    keep: Keep,
) -> None:
    """Brings a table, or some of its entities, to the rows given.

    Args:
        connection: The file, in a transaction.
        table: The declaration.
        rows: All rows, or all of the entities in `only`.
        only: Keys of the entities that are replaced, even by nothing; None: the whole table.
        keep: Told each difference, group by group.
    """
    groups = groups_of(connection, table.name)
    if not groups:
        rows, keys = _coded_in_order(table, rows) or _sorted(table, rows)
        if len(rows):
            _insert(connection, table, rows, keys)
            keep(Difference(table.name, whole=True, added=(), old=None, new=rows))
        return
    rows, keys = _sorted(table, rows)
    rows = plain_rows(rows)
    wanted = None if only is None else sorted({*only, *_distinct(keys)})
    places = [place_of(keys, group.first) for group in groups]
    spans = pairwise([0, *places[1:], len(rows)])
    parts = [rows.slice(start, end - start) for start, end in spans]
    if wanted is None:
        for group, part in zip(groups, parts, strict=True):
            _write_group(connection, table, group, (part, None), keep)
        return
    cuts = [0, *(bisect_left(wanted, group.first) for group in groups[1:]), len(wanted)]
    changes = [
        (group, part, wanted[low:high])
        for group, part, (low, high) in zip(groups, parts, pairwise(cuts), strict=True)
        if high > low
    ]
    few = [change for change in changes if _few(*change)]
    _patch_groups(connection, table, few, keep)
    for group, part, mine in changes:
        if not _few(group, part, mine):
            _write_group(connection, table, group, (part, mine), keep)


def _few(group: Group, rows: pa.Table, only: Sequence[str]) -> bool:
    """Whether a group gets a patch: little of it is named."""
    return LEAST_SHARE * max(len(rows), len(only)) <= group.rows


def _patch_groups(
    connection: sqlite3.Connection,
    table: Table[Any],
    changes: Sequence[tuple[Group, pa.Table, list[str]]],
    keep: Keep,
) -> None:
    """Patches for some groups; what changes in all of them is kept as one difference."""
    found: list[Difference] = []
    with ThreadPoolExecutor(_THREADS) as pool:
        for start in range(0, len(changes), _AHEAD):
            some = changes[start : start + _AHEAD]
            made = pool.map(
                lambda change, state: made_patch(table, (*state, change[0].rows), change[1], change[2]),
                some,
                [_state(connection, group) for group, _, _ in some],
            )
            for (group, _, _), patch in zip(some, made, strict=True):
                if patch is not None:
                    found.append(patch.found)
                    _put_patch(connection, table, group, patch)
    if found:
        keep(_joined(table, found))


def _put_patch(connection: sqlite3.Connection, table: Table[Any], group: Group, made: Made) -> None:
    keep_patch(connection, group.id, made)
    if LEAST_SHARE * made.size > made.rows or not made.rows:
        now = Group(group.id, group.first, made.rows, group.name, patched=True)
        replace_group(connection, table, now, read_groups(connection, [now])[0])
        return
    hashes = [(column, _hashes(table.name, column, made.fresh)) for column in LOOKUPS.get(table.name, ())]
    connection.executemany(
        'INSERT INTO lookup (chunk, name, "column", hashes) VALUES (?, ?, ?, ?)',
        [(group.id, table.name, column, listed) for column, listed in hashes if listed],
    )


def _joined(table: Table[Any], found: Sequence[Difference]) -> Difference:
    """The changes of several groups as one."""
    old = [one.old for one in found if one.old is not None]
    return Difference(
        table.name,
        whole=False,
        added=tuple(key for one in found for key in one.added),
        old=pa.concat_tables(old, promote_options="default") if old else None,
        new=pa.concat_tables([one.new for one in found], promote_options="default"),
    )


def _distinct(keys: pa.Array) -> list[str]:
    found: list[str] = keys.unique().to_pylist()
    return found


def _write_group(
    connection: sqlite3.Connection,
    table: Table[Any],
    group: Group,
    given: tuple[pa.Table, list[str] | None],
    keep: Keep,
) -> None:
    """A group brought to its rows, if they differ."""
    rows, only = given
    if 0 < len(rows) <= 2 * ROWS and not group.patched:
        content = connection.execute("SELECT content FROM chunk WHERE id = ?", (group.id,)).fetchone()[0]
        if content == content_of(rows):
            return
    old = read_groups(connection, [group])[0]
    if only is not None:
        mine = pc.is_in(entity_keys(table, old), value_set=pa.array(only, pa.large_string()))
        rest = old.filter(pc.invert(mine))
        rows, _ = _sorted(table, pa.concat_tables([rest, rows], promote_options="default"))
    found = difference_of(table, old, rows)
    if found is None:
        return
    replace_group(connection, table, group, rows)
    keep(found)


def replace_group(connection: sqlite3.Connection, table: Table[Any], group: Group, rows: pa.Table) -> None:
    """Puts other rows, sorted by entity, in the place of a group; none: the group goes."""
    connection.execute("DELETE FROM lookup WHERE chunk = ?", (group.id,))
    drop_patch(connection, group.id)
    connection.execute("DELETE FROM chunk WHERE id = ?", (group.id,))
    if len(rows):
        _insert(connection, table, rows, entity_keys(table, rows))


def fold_patches(connection: sqlite3.Connection) -> None:
    """Writes all groups that have a patch anew."""
    names = connection.execute("SELECT DISTINCT name FROM chunk JOIN patch ON chunk = id ORDER BY name")
    for (name,) in names.fetchall():
        for group in groups_of(connection, name):
            if group.patched:
                replace_group(connection, table_named(name), group, read_groups(connection, [group])[0])


def _sorted(table: Table[Any], rows: pa.Table) -> tuple[pa.Table, pa.Array]:
    keys = entity_keys(table, rows)
    if len(keys) < 2 or pc.all(pc.less_equal(keys[:-1], keys[1:])).as_py():
        return rows, keys
    order = pc.sort_indices(keys)  # stable
    return rows.take(order), keys.take(order)


def _coded_in_order(table: Table[Any], rows: pa.Table) -> tuple[pa.Table, pa.Array] | None:
    """Rows that stand in order already, and their keys as codes, where the keys are held so."""
    names = ENTITY[table.name]
    if len(names) != 1 or not len(rows) or not pa.types.is_dictionary(rows[names[0]].type):
        return None
    keys = rows[names[0]].combine_chunks()
    if keys.null_count:
        return None
    rank = np.empty(len(keys.dictionary), dtype=np.int64)
    rank[pc.sort_indices(keys.dictionary).to_numpy()] = np.arange(len(rank))
    codes = keys.indices.to_numpy()
    return None if (np.diff(rank[codes]) < 0).any() else (rows, keys)


def place_of(keys: pa.Array, first: str) -> int:
    """The first position whose key is not less."""
    low, high = 0, len(keys)
    while low < high:
        middle = (low + high) // 2
        if keys[middle].as_py() < first:
            low = middle + 1
        else:
            high = middle
    return low


def _insert(connection: sqlite3.Connection, table: Table[Any], rows: pa.Table, keys: pa.Array) -> None:
    """New groups of sorted rows, cut between entities."""
    pa.default_memory_pool().release_unused()  # room that the table before took meanwhile
    parts = [(start, rows.slice(start, end - start)) for start, end in pairwise(cuts_of(keys, ROWS))]
    for (start, part), (block, content, hashes) in zip(
        parts, _made(table.name, [p for _, p in parts]), strict=True
    ):
        number = connection.execute(
            "INSERT INTO chunk (name, first, rows, digest, content, body) VALUES (?, ?, ?, ?, ?, ?)",
            (table.name, keys[start].as_py(), len(part), digest_of(block), content, block),
        ).lastrowid
        connection.executemany(
            'INSERT INTO lookup (chunk, name, "column", hashes) VALUES (?, ?, ?, ?)',
            [(number, table.name, column, found) for column, found in hashes.items()],
        )


def cuts_of(keys: pa.Array, size: int) -> list[int]:
    """Where sorted rows are cut into pieces of about a size, between entities; 0 and the end with them.

    Args:
        keys: Of the rows; they may be codes of distinct keys.
        size: Rows of a piece.
    """
    keys = keys.indices if pa.types.is_dictionary(keys.type) else keys
    starts = np.flatnonzero(pc.not_equal(keys[1:], keys[:-1]).to_numpy(zero_copy_only=False)) + 1
    places = np.searchsorted(starts, np.arange(size, len(keys), size))
    return sorted({0, *(int(c) for c in starts[places[places < len(starts)]]), len(keys)})


def _made(name: str, parts: Sequence[pa.Table]) -> Iterator[tuple[bytes, bytes, dict[str, bytes]]]:
    """Block, content and hashes of each part; two at a time, for Arrow works without the lock of Python."""

    def make(part: pa.Table) -> tuple[bytes, bytes, dict[str, bytes]]:
        part = plain_rows(part)
        found = {column: _hashes(name, column, part) for column in LOOKUPS.get(name, ())}
        return encode(part), content_of(part), found

    if len(parts) == 1:
        yield make(parts[0])
        return
    with ThreadPoolExecutor(_THREADS) as pool:
        for start in range(0, len(parts), _AHEAD):  # blocks wait for the file, but not all of them
            yield from pool.map(make, parts[start : start + _AHEAD])


def _hashes(name: str, column: str, part: pa.Table) -> bytes:
    if name == "members" and column == "record":
        record = pc.binary_join_element_wise(
            part["source"], part["record_id"], pa.scalar(":", part["source"].type)
        )
        return np.sort(hashes_of(pc.unique(record).to_pylist())).tobytes()
    if column not in part.column_names:
        return b""
    if name == "customers":
        part = part.filter(pc.is_in(part["field"], value_set=pa.array(IDENTIFIERS, pa.large_string())))
    values = pc.drop_null(part[column].combine_chunks().unique())
    return np.sort(hashes_of(values.to_pylist())).tobytes()

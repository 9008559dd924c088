"""Tables as groups of rows: written where they differ, read where they are asked for.

The rows of a table stand in the order of their entity (`layout.ENTITY`) and are cut between
entities into groups of about `ROWS`. A group knows its first entity, so that the group of a key is
found by bisection. Saving compares group by group and rewrites only what differs; each difference
is handed to the caller, who keeps it in the journal.
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

from crmclean.schema import Table
from crmclean.store.batches import content_of, decode, digest_of, encode, hashes_of
from crmclean.store.differences import Difference, difference_of
from crmclean.store.layout import IDENTIFIERS, LOOKUPS, entity_keys

__all__ = [
    "ROWS",
    "Group",
    "cuts_of",
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
        first: Key of its first entity.
        rows: How many rows it has.
    """

    id: int
    first: str
    rows: int


def groups_of(connection: sqlite3.Connection, name: str) -> list[Group]:
    """The groups of a table, in order."""
    found = connection.execute("SELECT id, first, rows FROM chunk WHERE name = ? ORDER BY first", (name,))
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
    return [decode(_body(connection, group), names, where) for group in groups]


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
    rows, keys = _sorted(table, rows)
    groups = groups_of(connection, table.name)
    if not groups:
        if len(rows):
            _insert(connection, table, rows, keys)
            keep(Difference(table.name, whole=True, added=(), old=None, new=rows))
        return
    wanted = None if only is None else sorted({*only, *_distinct(keys)})
    places = [place_of(keys, group.first) for group in groups]
    spans = list(pairwise([0, *places[1:], len(rows)]))
    for group, (start, end) in zip(groups, spans, strict=True):
        _write_group(
            connection, table, group, (rows.slice(start, end - start), _within(wanted, groups, group)), keep
        )


def _distinct(keys: pa.Array) -> list[str]:
    found: list[str] = keys.unique().to_pylist()
    return found


def _within(wanted: list[str] | None, groups: Sequence[Group], group: Group) -> list[str] | None:
    """Those of the wanted keys that belong to a group."""
    if wanted is None:
        return None
    place = groups.index(group) if group is not groups[0] else 0
    low = 0 if place == 0 else bisect_left(wanted, group.first)
    high = len(wanted) if place + 1 == len(groups) else bisect_left(wanted, groups[place + 1].first)
    return wanted[low:high]


def _write_group(
    connection: sqlite3.Connection,
    table: Table[Any],
    group: Group,
    given: tuple[pa.Table, list[str] | None],
    keep: Keep,
) -> None:
    """A group brought to its rows, if they differ."""
    rows, only = given
    if only is not None and not only:
        return
    if 0 < len(rows) <= 2 * ROWS:
        content = connection.execute("SELECT content FROM chunk WHERE id = ?", (group.id,)).fetchone()[0]
        if content == content_of(rows):
            return
    old = decode(_body(connection, group))
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
    connection.execute("DELETE FROM chunk WHERE id = ?", (group.id,))
    if len(rows):
        _insert(connection, table, rows, entity_keys(table, rows))


def _sorted(table: Table[Any], rows: pa.Table) -> tuple[pa.Table, pa.Array]:
    keys = entity_keys(table, rows)
    if len(keys) < 2 or pc.all(pc.less_equal(keys[:-1], keys[1:])).as_py():
        return rows, keys
    order = pc.sort_indices(keys)  # stable
    return rows.take(order), keys.take(order)


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
    """Where sorted rows are cut into pieces of about a size, between entities; 0 and the end with them."""
    starts = np.flatnonzero(pc.not_equal(keys[1:], keys[:-1]).to_numpy(zero_copy_only=False)) + 1
    places = np.searchsorted(starts, np.arange(size, len(keys), size))
    return sorted({0, *(int(c) for c in starts[places[places < len(starts)]]), len(keys)})


def _made(name: str, parts: Sequence[pa.Table]) -> Iterator[tuple[bytes, bytes, dict[str, bytes]]]:
    """Block, content and hashes of each part; two at a time, for Arrow works without the lock of Python."""

    def make(part: pa.Table) -> tuple[bytes, bytes, dict[str, bytes]]:
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

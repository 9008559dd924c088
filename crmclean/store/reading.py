"""Rows chosen from the groups of a table: by entity, by a column that is looked up, else by looking at all."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from crmclean.schema import Table
from crmclean.store.batches import Hashes, frame_from, hashes_of
from crmclean.store.groups import Group, groups_of, groups_with, read_groups
from crmclean.store.layout import CONSTANT, ENTITY, IDENTIFIERS, LOOKUPS, SEPARATOR, key_of

__all__ = ["Where", "constants_of", "distinct_values", "load_frame", "load_rows"]

Where = Mapping[str, Sequence[str]]
_TEXT = pa.large_string()
_MOST_KEYS = 50_000
_FEW = 8


def load_frame(
    connection: sqlite3.Connection,
    table: Table[Any],
    where: Where | None = None,
    names: Sequence[str] | None = None,
) -> pd.DataFrame:
    """The declared frame of a table, or of those of its rows that have one of the values in every column.

    Args:
        connection: The file.
        table: The declaration.
        where: Column = values.
        names: Only these columns are read; the others are missing in all rows.
    """
    constants = constants_of(connection, table.name)
    named = {c: v for c, v in (where or {}).items() if c not in constants}
    if any(constants[c] not in where for c, where in (where or {}).items() if c in constants):
        return frame_from(table, [])
    parts = load_rows(connection, table, named, names)
    frame = frame_from(table, [part for part in parts if len(part)])
    for column, value in constants.items():
        if frame[column].isna().all():
            once = pd.array([value], dtype="str")
            frame[column] = pd.Series(once.take(np.zeros(len(frame), dtype=np.int64)), frame.index)
    return frame


def constants_of(connection: sqlite3.Connection, name: str) -> dict[str, str]:
    """The columns of a table whose one value is kept once."""
    if name not in CONSTANT:
        return {}
    row = connection.execute("SELECT value FROM fact WHERE name = ?", (f"constant:{name}",)).fetchone()
    found: dict[str, str] = json.loads(row[0]) if row else {}
    return found


def load_rows(
    connection: sqlite3.Connection,
    table: Table[Any],
    where: Where | None = None,
    names: Sequence[str] | None = None,
) -> list[pa.Table]:
    """The same as Arrow rows, group by group; groups without such rows are there, empty.

    Args:
        connection: The file.
        table: The declaration.
        where: Column = values.
        names: Only these columns (and those of `where`), as far as they are there.
    """
    groups = groups_of(connection, table.name)
    if where:
        near = _near(connection, table.name, groups, where)
        groups = groups if near is None else [group for group in groups if group.id in near]
        names = None if names is None else [*names, *where]
    wanted = {column: pa.array(list(values), _TEXT) for column, values in (where or {}).items()}
    return read_groups(connection, groups, names, wanted)


def _near(
    connection: sqlite3.Connection, name: str, groups: Sequence[Group], where: Where
) -> set[int] | None:
    """Numbers of the groups that may hold such rows; None where nothing narrows them down."""
    found = [_by_entity(groups, ENTITY[name], where)]
    records = _records(where)
    if name == "members" and records is not None:
        found.append(_by_hash(connection, name, "record", records))
    if ENTITY[name] == ("party",) and records is not None and "party" not in where:
        found.append(groups_with(groups, (record + "/" for record in records), prefix=True))
    sought = [column for column in LOOKUPS.get(name, ()) if column in where]
    if name == "customers" and not set(where.get("field", [""])) <= set(IDENTIFIERS):
        sought = []
    found.extend(_by_hash(connection, name, column, where[column]) for column in sought)
    sets = [ids for ids in found if ids is not None]
    return set.intersection(*sets) if sets else None


def _records(where: Where) -> list[str] | None:
    """source:record_id of the records that are asked for, also by a party of theirs; None: by none."""
    if "party" in where:
        return sorted({party.rpartition("/")[0] for party in where["party"]})
    if (
        "source" in where
        and "record_id" in where
        and len(where["source"]) * len(where["record_id"]) <= _MOST_KEYS
    ):
        return [f"{source}:{record}" for source, record in product(where["source"], where["record_id"])]
    return None


def _by_entity(groups: Sequence[Group], entity: Sequence[str], where: Where) -> set[int] | None:
    if entity[0] not in where:
        return None
    lists = [where[column] for column in entity if column in where]
    if len(lists) == len(entity):
        if prod(map(len, lists)) > _MOST_KEYS:
            return None
        return groups_with(groups, (key_of(*parts) for parts in product(*lists)))
    return groups_with(groups, (first + SEPARATOR for first in lists[0]), prefix=True)


def _by_hash(connection: sqlite3.Connection, name: str, column: str, values: Sequence[str]) -> set[int]:
    rows = connection.execute(
        'SELECT chunk, hashes FROM lookup WHERE name = ? AND "column" = ?', (name, column)
    ).fetchall()
    if not rows or not values:
        return set()
    every: Hashes = np.frombuffer(b"".join(hashes for _, hashes in rows), dtype=np.uint32)
    ends = np.cumsum([len(hashes) // 4 for _, hashes in rows])
    wanted = np.unique(hashes_of(values))
    if len(wanted) > _FEW:
        hits = np.flatnonzero(np.isin(every, wanted))
    else:
        hits = np.concatenate([np.flatnonzero(every == one) for one in wanted])
    return {rows[place][0] for place in np.unique(np.searchsorted(ends, hits, side="right")).tolist()}


def distinct_values(
    connection: sqlite3.Connection, table: Table[Any], column: str, where: Mapping[str, str]
) -> list[str]:
    """The distinct values of a column, sorted; missing left out."""
    constants = constants_of(connection, table.name)
    if column in constants:
        return [constants[column]]
    parts = load_rows(connection, table, {c: [v] for c, v in where.items()}, [column])
    found = [part[column].cast(_TEXT).unique() for part in parts if column in part.column_names and len(part)]
    return sorted({value for values in found for value in values.to_pylist() if value is not None})

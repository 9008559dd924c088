"""The journal: what each run changed, kept so that the tables of before can be had again.

A saved run is a step. For each group that it changed the journal keeps the rows of before of the
changed entities, compressed, and the keys of those that had none. Undoing puts these rows back,
latest first, and is a step itself: undoing it brings the run back.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from crmclean.store.batches import decode, encode
from crmclean.store.differences import Difference

__all__ = ["Patch", "keep_constants", "keep_difference", "new_step", "patches_since", "standing_steps"]


@dataclass(frozen=True, slots=True)
class Patch:
    """What puts a part of a table back.

    Args:
        name: The table.
        kind: rows; all: the table was empty; constant: values kept once.
        added: Keys of entities that had no rows.
        rows: Rows of the others.
        constants: The values kept once.
    """

    name: str
    kind: str
    added: list[str]
    rows: pa.Table | None
    constants: dict[str, str]


def new_step(connection: sqlite3.Connection, run_id: str, undoes: int | None = None) -> int:
    """The number of a new step."""
    made = connection.execute("INSERT INTO step (run_id, undoes) VALUES (?, ?)", (run_id, undoes)).lastrowid
    assert made is not None
    return made


def keep_difference(connection: sqlite3.Connection, step: int, found: Difference) -> None:
    """Writes a difference into the journal."""
    if found.whole:
        _insert(connection, step, found.name, "all", None, None)
        return
    added = encode(pa.table({"key": pa.array(found.added, pa.large_string())})) if found.added else None
    body = encode(found.old) if found.old is not None and len(found.old) else None
    _insert(connection, step, found.name, "rows", added, body)


def keep_constants(connection: sqlite3.Connection, step: int, name: str, before: dict[str, str]) -> None:
    """Writes down the values kept once that held before."""
    _insert(connection, step, name, "constant", json.dumps(before, sort_keys=True).encode("utf-8"), None)


def _insert(
    connection: sqlite3.Connection, step: int, name: str, kind: str, added: bytes | None, body: bytes | None
) -> None:
    connection.execute(
        "INSERT INTO journal (step, name, kind, added, body) VALUES (?, ?, ?, ?, ?)",
        (step, name, kind, added, body),
    )


def patches_since(connection: sqlite3.Connection, step: int) -> Iterator[Patch]:
    """What undoes a step and all after it, in the order in which it must be done."""
    newest = connection.execute(
        "SELECT id FROM journal WHERE step >= ? ORDER BY step DESC, id DESC", (step,)
    ).fetchall()
    for (number,) in newest:
        name, kind, added, body = connection.execute(
            "SELECT name, kind, added, body FROM journal WHERE id = ?", (number,)
        ).fetchone()
        if kind == "constant":
            yield Patch(name, kind, [], None, json.loads(added))
            continue
        keys = decode(added)["key"].to_pylist() if added else []
        yield Patch(name, kind, keys, decode(body) if body else None, {})


def standing_steps(connection: sqlite3.Connection) -> list[int]:
    """The steps whose changes stand in the tables, oldest first; what was undone is not among them.

    An undoing takes the tables back to before a step, also to before another undoing.
    """
    stack: list[int] = []
    before: dict[int, list[int]] = {}
    for step, undoes in connection.execute("SELECT step, undoes FROM step ORDER BY step").fetchall():
        before[step] = stack
        stack = [*stack, step] if undoes is None else before[undoes]
    return stack

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

__all__ = [
    "Patch",
    "forget_steps",
    "keep_constants",
    "keep_difference",
    "new_step",
    "patches_since",
    "standing_steps",
    "step_to_undo",
]


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


def step_to_undo(connection: sqlite3.Connection, run_id: str | None) -> int | None:
    """The step of a run that can be undone, of the last one without an id; None: there is none."""
    standing = standing_steps(connection)
    row = connection.execute("SELECT CAST(value AS INTEGER) FROM fact WHERE name = 'undo_after'").fetchone()
    oldest = row[0] if row else 0
    if run_id is None:
        return standing[-1] if standing and standing[-1] > oldest else None
    found = connection.execute(
        "SELECT step, undoes FROM step WHERE run_id = ? AND step > ? ORDER BY step DESC", (run_id, oldest)
    ).fetchall()
    for step, undoes in found:
        if step in standing or (undoes is not None and _undoing_stands(connection, step)):
            return int(step)
    return None


def _undoing_stands(connection: sqlite3.Connection, step: int) -> bool:
    """Whether no later undoing went back behind this one."""
    later = connection.execute("SELECT 1 FROM step WHERE step > ? AND undoes <= ? LIMIT 1", (step, step))
    return later.fetchone() is None


def forget_steps(connection: sqlite3.Connection, keep: int) -> None:
    """Drops what is needed to undo all but the latest steps."""
    row = connection.execute("SELECT step FROM step ORDER BY step DESC LIMIT 1 OFFSET ?", (keep,)).fetchone()
    if row is not None:
        connection.execute("DELETE FROM journal WHERE step <= ?", row)
        connection.execute("INSERT OR REPLACE INTO fact VALUES ('undo_after', ?)", (str(row[0]),))

"""What a run is called, and whether it says what the run before said."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping

__all__ = ["fresh_id", "same_run"]

_HOW = ("taken", "why")
"""What says how a run came by its result, and nothing of the result."""


def fresh_id(connection: sqlite3.Connection, note: Mapping[str, object]) -> str:
    """An id made of the note; of the number of runs too, where that id was given before."""
    text = json.dumps(
        {k: v for k, v in note.items() if k not in (*_HOW, "settings")}, sort_keys=True, default=str
    )
    made = hashlib.blake2b(text.encode("utf-8"), digest_size=8).hexdigest()
    if connection.execute("SELECT 1 FROM runs WHERE run_id = ?", (made,)).fetchone():
        number = connection.execute("SELECT COUNT(*) FROM runs").fetchone()[0]
        made = hashlib.blake2b(f"{text}{number}".encode(), digest_size=8).hexdigest()
    return made


def same_run(last: Mapping[str, object] | None, note: Mapping[str, object]) -> str | None:
    """The id of the last run, if it says what this one says; a count of none is like no count."""
    if last is None:
        return None
    said, asked = (
        {name: value for name, value in one.items() if value is not None and value != 0 and name not in _HOW}
        for one in (last, note)
    )
    asked.setdefault("run_id", said["run_id"])
    return str(said["run_id"]) if said == asked else None

"""What a run is called, whether it says what the run before said, and whether another came between."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from crmclean.errors import NotFoundError, StoreError
from crmclean.messages import Lang, say

__all__ = ["fresh_id", "no_run", "refuse_changed", "same_run"]

_HOW = ("taken", "why")
"""What says how a run came by its result, and nothing of the result."""


def version_of(connection: sqlite3.Connection) -> int:
    """A number that is another one once another connection has changed the file; what this one writes does not count.

    Source: SQLite, "PRAGMA data_version".
    """
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def refuse_changed(connection: sqlite3.Connection, watched: int | None, path: Path, lang: Lang) -> None:
    """Stops a run that was calculated from what another program has changed since.

    Args:
        connection: Inside a transaction: nobody changes it from here on.
        watched: Its version when the run began to read; None: nobody looked.
        path: The file.
        lang: Language of the error.

    Raises:
        StoreError: It has changed.
    """
    if watched is not None and version_of(connection) != watched:
        raise StoreError(say("store.changed", lang, path=path), hint=say("store.changed_hint", lang))


def no_run(run_id: str | None, lang: Lang) -> NotFoundError:
    """The error that there is no such run."""
    return NotFoundError(say("store.no_run", lang, run=run_id or ""), hint=say("store.no_run_hint", lang))


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

"""Whether the file is whole and its tables fit together."""

from __future__ import annotations

import sqlite3

__all__ = ["problems_of"]


def problems_of(connection: sqlite3.Connection) -> list[str]:
    """What is wrong, as sentences; empty if nothing is."""
    found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check").fetchall()]
    return [] if found == ["ok"] else found

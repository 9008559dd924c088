"""The table `suppressions`: keyed hashes of what belonged to erased people, and nothing else of them."""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = [
    "CREATE_SUPPRESSIONS",
    "Suppression",
    "Suppressions",
    "keyed_hash",
    "load_suppressions",
    "save_suppressions",
]

CREATE_SUPPRESSIONS = """CREATE TABLE IF NOT EXISTS suppressions (
    key_id TEXT NOT NULL, channel TEXT NOT NULL, digest BLOB NOT NULL, scope TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (key_id, channel, digest)
    ) WITHOUT ROWID"""


@dataclass(frozen=True, slots=True)
class Suppression:
    """One entry.

    Args:
        key_id: Key it was made with.
        channel: email, number, post, record, or event: what was hashed.
        digest: HMAC-SHA256 of it.
        scope: person: whoever has it is the erased person; named: only with the same name.
        at: Day of the erasure.
    """

    key_id: str
    channel: str
    digest: bytes
    scope: str
    at: str


@dataclass(frozen=True, slots=True)
class Suppressions:
    """All entries, for look-up.

    Args:
        days: Key id = (channel, digest) = day of the erasure.
    """

    days: Mapping[str, Mapping[tuple[str, bytes], str]]

    def __bool__(self) -> bool:
        """Whether there are any."""
        return any(self.days.values())

    def day(self, keys: Mapping[str, bytes], channel: str, value: str) -> str | None:
        """The day on which the owner of a value was erased; None where nobody was.

        Args:
            keys: Key id = secret.
            channel: email, number, post, record or event.
            value: In its normal form.
        """
        for key_id, known in self.days.items():
            found = known.get((channel, keyed_hash(keys[key_id], channel, value)))
            if found is not None:
                return found
        return None


def keyed_hash(secret: bytes, channel: str, value: str) -> bytes:
    """HMAC-SHA256 of a value under its channel.

    Example:
        >>> keyed_hash(b"secret", "email", "ida@example.org").hex()[:8]
        '79c24ce2'
    """
    return hmac.digest(secret, f"{channel}\n{value}".encode("utf-8", "surrogatepass"), "sha256")


def load_suppressions(connection: sqlite3.Connection) -> Suppressions:
    """All entries of a store."""
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'suppressions'").fetchone()
    if found is None:
        return Suppressions({})
    days: dict[str, dict[tuple[str, bytes], str]] = {}
    rows = connection.execute("SELECT key_id, channel, digest, at FROM suppressions ORDER BY 1, 2, 3")
    for key_id, channel, digest, at in rows:
        days.setdefault(key_id, {})[(channel, bytes(digest))] = at
    return Suppressions(days)


def save_suppressions(connection: sqlite3.Connection, entries: Iterable[Suppression]) -> None:
    """Adds entries; inside a transaction. One that is there keeps its first day."""
    connection.execute(CREATE_SUPPRESSIONS)
    connection.executemany(
        "INSERT OR IGNORE INTO suppressions (key_id, channel, digest, scope, at) VALUES (?, ?, ?, ?, ?)",
        [(e.key_id, e.channel, e.digest, e.scope, e.at) for e in entries],
    )

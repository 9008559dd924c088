"""`Store`: one SQLite file with the present state of all tables and the history that must last.

Source of the choice: docs/decisions.md. One transaction per run: a reader sees the run before or
this one, never half of it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pandas as pd

from crmclean.errors import NotFoundError
from crmclean.messages import Lang, say
from crmclean.schema import Table
from crmclean.store.ledger import Ledger, seal
from crmclean.store.opening import open_database, refusal
from crmclean.store.rows import frame_of, rows_of
from crmclean.store.statements import (
    HISTORY,
    INDEXES,
    count_rows,
    create_index,
    delete_rows,
    index_name,
    insert_row,
    select,
    select_distinct,
    table_named,
)
from crmclean.tables import RUNS, Runs

__all__ = ["Store"]

_MANY = 500  # values bound in one statement; SQLite's own limit is 999 in old builds


class Store:
    """The store of a project.

    Used as a context manager; opening makes the file if it is not there.

    Args:
        path: The file, usually crmclean.db in the project's folder.
        create: Make it if it is not there; False is an error then.
        read_only: Nothing is written; works in folders that cannot be written.
        wait: Seconds to wait while another program writes.
        lang: Language of its error messages.

    Raises:
        StoreError: It is no store, newer than this program, locked, or cannot be written.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        create: bool = True,
        read_only: bool = False,
        wait: float = 30.0,
        lang: Lang = "en",
    ) -> None:
        self.path = Path(path)
        self._lang: Lang = lang
        self._connection = open_database(self.path, create=create, read_only=read_only, wait=wait, lang=lang)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file; a second call does nothing."""
        self._connection.close()

    def save_run(self, tables: Mapping[str, pd.DataFrame], run: Mapping[str, object]) -> str:
        """Saves the tables of a run in one transaction; answers the run's id.

        Consents and decisions are added if they are new; identities are updated, none is ever
        deleted; the run is noted. Every other table given replaces what was there, tables not
        given stay. Saving the same run twice changes nothing.

        Args:
            tables: Frames by table name, as declared.
            run: Columns of the table `runs`; without run_id it is made of the others.

        Raises:
            StoreError: Locked, full, not writable; nothing was changed then.
            TableError: A frame breaks its declaration.
        """
        note = {k: v for k, v in run.items() if k in RUNS.names}
        if not note.get("run_id"):
            text = json.dumps(note, sort_keys=True, default=str)
            note["run_id"] = hashlib.blake2b(text.encode("utf-8"), digest_size=8).hexdigest()
        with self._transaction():
            for name, frame in tables.items():
                if name != "runs":
                    self._save(table_named(name), frame)
            note["head"] = seal(self._connection, tables.get("records"))
            self._insert(RUNS, pd.DataFrame([note]))
        with suppress(sqlite3.Error):  # another reader may hold the log; the next run shortens it
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return str(note["run_id"])

    @property
    def ledger(self) -> Ledger:
        """The consent events, sealed against change; docs/consent.md."""
        return Ledger(self._connection, self.path, self._lang)

    def load(self, name: str, *, where: Mapping[str, Sequence[str]] | None = None) -> pd.DataFrame:
        """A table as its declared frame, in the order in which it was saved.

        Args:
            name: Name of the table.
            where: Column = values; only rows that have one of the values in every column.
        """
        table = table_named(name)
        if not where:
            return frame_of(table, self._rows(select(table)))
        wanted = {_declared(table, column): sorted(set(values)) for column, values in where.items()}
        # the longest list is cut into parts, the others are bound whole
        first = max(wanted, key=lambda column: len(wanted[column]))
        others = {column: values for column, values in wanted.items() if column != first}
        bound = [v for values in others.values() for v in values]
        rows: list[tuple[Any, ...]] = []
        for start in range(0, len(wanted[first]), _MANY):
            part = wanted[first][start : start + _MANY]
            sizes = {first: len(part)} | {column: len(values) for column, values in others.items()}
            rows.extend(self._rows(select(table, sizes), [*part, *bound]))
        return frame_of(table, rows)

    def distinct(self, name: str, column: str, *, where: Mapping[str, str] | None = None) -> list[str]:
        """The distinct values of a column, sorted; missing left out.

        Args:
            name: Name of the table.
            column: The column.
            where: Column = value that the rows must have.
        """
        table, equal = table_named(name), where or {}
        names = [_declared(table, key) for key in equal]
        statement = select_distinct(table, _declared(table, column), names)
        return [str(row[0]) for row in self._rows(statement, list(equal.values()))]

    def count(self, name: str) -> int:
        """The number of rows of a table."""
        return int(self._rows(count_rows(table_named(name)))[0][0])

    def resolve(self, customer_id: str) -> str:
        """The id that stands for a customer now; every id ever issued has an answer.

        A merged id leads to its survivor, along the whole chain; a retired id to itself.

        Raises:
            NotFoundError: The id was never issued.
        """
        seen: set[str] = set()
        here = customer_id
        while here not in seen:
            seen.add(here)
            rows = self._rows("SELECT merged_into FROM identities WHERE customer_id = ?", [here])
            if not rows:
                raise NotFoundError(say("store.unknown_id", self._lang, id=here))
            if rows[0][0] is None:
                return here
            here = str(rows[0][0])
        return here

    def last_run(self) -> dict[str, Any] | None:
        """The row of the last run saved, or None."""
        runs = self.history()
        if not len(runs):
            return None
        return {str(k): (None if pd.isna(v) else v) for k, v in runs.iloc[-1].to_dict().items()}

    def history(self) -> Runs:
        """All runs, in the order in which they were saved."""
        return Runs(self.load("runs"))

    def check(self) -> list[str]:
        """What is wrong with the file, in SQLite's words; empty if nothing is."""
        found = [str(row[0]) for row in self._rows("PRAGMA integrity_check")]
        return [] if found == ["ok"] else found

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # a second error would hide the first
                    self._connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise refusal(error, self.path, self._lang) from error

    def _rows(self, statement: str, values: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(statement, list(values)).fetchall()
        except sqlite3.Error as error:
            raise refusal(error, self.path, self._lang) from error

    def _save(self, table: Table[Any], frame: pd.DataFrame) -> None:
        if table.name in HISTORY:
            self._insert(table, frame)
            return
        # indexes are made anew after the rows: half the time of keeping them row by row
        own = [columns for name, columns in INDEXES if name == table.name]
        for columns in own:
            self._connection.execute(f"DROP INDEX IF EXISTS {index_name(table.name, columns)}")
        self._connection.execute(delete_rows(table))
        self._insert(table, frame)
        for columns in own:
            self._connection.execute(create_index(table.name, columns))

    def _insert(self, table: Table[Any], frame: pd.DataFrame) -> None:
        statement = insert_row(table)
        for rows in rows_of(table, frame):
            self._connection.executemany(statement, rows)


def _declared(table: Table[Any], column: str) -> str:
    if column not in table.names:
        raise KeyError(column)
    return column

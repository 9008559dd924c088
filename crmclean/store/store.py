"""`Store`: one SQLite file with the present state of all tables and the history that must last.

Source of the choice: docs/decisions.md; how it lies in the file: docs/store.md. One transaction per
run: a reader sees the run before or this one, never half of it.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pandas as pd
import pyarrow as pa

from crmclean.errors import NotFoundError
from crmclean.messages import Lang, say
from crmclean.store.checking import problems_of
from crmclean.store.exporting import Format, export_tables
from crmclean.store.groups import fold_patches, groups_of
from crmclean.store.journal import forget_steps, standing_steps, step_to_undo
from crmclean.store.layout import PLAIN
from crmclean.store.ledger import Ledger, seal
from crmclean.store.locks import holding
from crmclean.store.opening import open_database, refusal
from crmclean.store.plain import count_plain, distinct_plain, insert_plain, load_plain
from crmclean.store.purging import purge
from crmclean.store.reading import distinct_values, load_frame
from crmclean.store.refreshing import add_permissions
from crmclean.store.resolving import final_id
from crmclean.store.runs import fresh_id, no_run, refuse_changed, same_run
from crmclean.store.saving import Saving
from crmclean.store.statements import require_columns, table_named
from crmclean.tables import LOCKS, RUNS, TABLES, Changes, Identities, Locks, Runs

__all__ = ["Store"]


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
        self._watched: int | None = None
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

    def watch(self) -> None:
        """From now on `save_run` refuses, once, if another program has changed the file in between."""
        self._watched = int(self._rows("PRAGMA data_version")[0][0])

    def save_run(
        self,
        tables: Mapping[str, pd.DataFrame | pa.Table],
        run: Mapping[str, object],
        *,
        only: Mapping[str, Collection[str]] | None = None,
        constants: Mapping[str, Mapping[str, str]] | None = None,
    ) -> str:
        """Saves the tables of a run in one transaction; answers the run's id.

        Consents, decisions and locks are added if they are new. Every other table given replaces
        what was there, tables not given stay; ids of identities that are not given stay as well.
        Only what differs is written, and the journal keeps what was there before (`undo_run`).
        Where nothing differs from the run before, its note included, nothing is written at all
        and the id is that run's.

        Args:
            tables: Frames by table name, as declared; customers also as rows whose texts are codes.
            run: Columns of the table `runs`; without run_id it is made of the others.
            only: Of these tables only the rows of these entities are replaced (docs/store.md).
            constants: Columns of these tables, and what all their rows have in them now (`as_of`).

        Raises:
            StoreError: Locked, full, not writable, changed by another (`watch`); nothing was changed then.
            TableError: A frame breaks its declaration.
        """
        note = {k: v for k, v in run.items() if k in RUNS.names}
        watched, self._watched = self._watched, None
        with self._transaction():
            refuse_changed(self._connection, watched, self.path, self._lang)
            saving = Saving(self._connection, str(note.get("run_id") or fresh_id(self._connection, note)))
            before = self._connection.total_changes
            for name, frame in tables.items():
                if name in PLAIN and name != "runs":
                    insert_plain(self._connection, table_named(name), frame)
            added = self._connection.total_changes > before
            for name, frame in tables.items():
                if name not in PLAIN:
                    ids = frame["customer_id"] if name == "identities" else (only or {}).get(name)
                    saving.write(table_named(name), frame, ids, (constants or {}).get(name))
            note["head"] = seal(self._connection, tables.get("records"))
            if not saving.changed and not added and (last := same_run(self.last_run(), note)) is not None:
                return last
            self._finish(saving, note)
        return saving.run_id

    def _finish(self, saving: Saving, note: Mapping[str, object]) -> None:
        """The change log, the rows for SQL, the note of the run and the stamp."""
        saving.step()
        saving.finish(None if note.get("at") is None else str(note["at"]))
        insert_plain(self._connection, RUNS, pd.DataFrame([{**note, "run_id": saving.run_id}]))
        self._new_stamp(f"{saving.run_id} {saving.step()}")

    def _new_stamp(self, what: str) -> None:
        text = f"{self.stamp()} {what}"
        made = hashlib.blake2b(text.encode("utf-8"), digest_size=16).hexdigest()
        self._connection.execute("INSERT OR REPLACE INTO fact VALUES ('stamp', ?)", (made,))

    def stamp(self) -> str:
        """A text that is another one after every run, undoing or lock that was saved; "" for a new store."""
        found = self._rows("SELECT value FROM fact WHERE name = 'stamp'")
        return str(found[0][0]) if found else ""

    def undo_run(
        self,
        run_id: str | None = None,
        *,
        at: str | None = None,
        command: str = "undo",
        actor: str | None = None,
        decide: Callable[[], pd.DataFrame | None] | None = None,
    ) -> str:
        """Puts the tables back to before a run, and before all runs after it; answers the id of the undoing.

        Consents, decisions and locks stay: what was said is not unsaid, a steward's word is
        superseded by another. The undoing is a run of its own in history and change log; undoing
        it brings back what it undid.

        Args:
            run_id: The run; None: the last one that stands.
            at: Time of the undoing; None: that of the last run.
            command: What is noted as its command.
            actor: Who undid it.
            decide: Asked in the same transaction for the permissions by the ledger of now.

        Raises:
            NotFoundError: There is no such run, or it is undone already.
        """
        with self._transaction():
            step = step_to_undo(self._connection, run_id)
            if step is None:
                raise no_run(run_id, self._lang)
            last = self.last_run() or {}
            undone = self._rows("SELECT run_id FROM step WHERE step = ?", [step])[0][0]
            told = " ".join(filter(None, (command, undone, actor)))
            said = {"command": told, "at": at or last.get("at"), "records": 0, "customers": 0}
            note = {k: v for k, v in {**last, **said, "run_id": None}.items() if v is not None}
            saving = Saving(self._connection, fresh_id(self._connection, {**note, "step": step}), undoes=step)
            saving.take_back(step)
            self._finish(saving, note)
            permissions = None if decide is None else decide()
            if permissions is not None:
                add_permissions(self._connection, permissions, None)
        return saving.run_id

    def changes(self, run_id: str) -> Changes:
        """The change log of a run."""
        return Changes(self.load("changes", where={"run_id": [run_id]}))

    def save_locks(self, locks: Locks) -> None:
        """Appends to what stewards pinned, freed or cleared; the same row twice is one."""
        with self._transaction():
            before = self._connection.total_changes
            insert_plain(self._connection, LOCKS, locks)
            if self._connection.total_changes > before:
                self._new_stamp(f"locks {self._connection.total_changes}")

    def locks(self, as_of: str | None = None) -> Locks:
        """The locks that hold: the last word per customer and field, freed and expired ones left out.

        Args:
            as_of: Day or time of the question; None: nothing has expired.
        """
        return holding(Locks(self.load("locks")), Identities(self.load("identities")), as_of)

    def erase(self, records: Sequence[tuple[str, str]], customers: Sequence[str] = ()) -> int:
        """Takes records out of all tables, the journal, the change log and the rows for SQL.

        Rows are gone from the file, not only marked as free. What was merged of other records
        stays; values read from an erased record go, the next run chooses others. Consents,
        decisions and locks have their own rules (docs/consent.md).

        Args:
            records: source and record_id.
            customers: Customers of whom nothing shall stay; their ids are kept without an anchor.

        Returns:
            The number of rows that went.
        """
        with self._transaction():
            gone = purge(self._connection, records, customers)
            self._new_stamp(f"erased {gone}")
        return gone

    def load(
        self,
        name: str,
        *,
        where: Mapping[str, Sequence[str]] | None = None,
        columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """A table as its declared frame, in the order of its entities (docs/store.md).

        Args:
            name: Name of the table.
            where: Column = values; only rows that have one of the values in every column.
            columns: Only these columns; None: all.
        """
        table = table_named(name)
        require_columns(table, (*(where or {}), *(columns or ())))
        with self._reading():
            if name in PLAIN:
                found = load_plain(self._connection, table, where)
            else:
                found = load_frame(self._connection, table, where, columns)
        return found if columns is None else found[list(columns)]

    def distinct(self, name: str, column: str, *, where: Mapping[str, str] | None = None) -> list[str]:
        """The distinct values of a column, sorted; missing left out.

        Args:
            name: Name of the table.
            column: The column.
            where: Column = value that the rows must have.
        """
        table = table_named(name)
        require_columns(table, (column, *(where or {})))
        with self._reading():
            if name in PLAIN:
                return distinct_plain(self._connection, table, column, where or {})
            return distinct_values(self._connection, table, column, where or {})

    def count(self, name: str) -> int:
        """The number of rows of a table."""
        if name in PLAIN:
            return count_plain(self._connection, table_named(name))
        return sum(group.rows for group in groups_of(self._connection, table_named(name).name))

    def counts(self) -> dict[str, int]:
        """The number of rows of each table that has some."""
        return {table.name: rows for table in TABLES if (rows := self.count(table.name))}

    def resolve(self, customer_id: str) -> str:
        """The id that stands for a customer now; every id ever issued has an answer.

        A merged id leads to its survivor, along the whole chain; a retired id, and one whose run
        was undone, to itself.

        Raises:
            NotFoundError: The id was never issued.
        """
        found = final_id(
            lambda where: self.load("identities", where=where),
            lambda one: one in self.distinct("changes", "customer_id", where={"customer_id": one}),
            customer_id,
        )
        if found is None:
            raise NotFoundError(say("store.unknown_id", self._lang, id=customer_id))
        return found

    def last_run(self) -> dict[str, Any] | None:
        """The row of the last run that stands, or None; what was undone and undoings do not count."""
        standing = standing_steps(self._connection)
        found = self._rows("SELECT run_id FROM step WHERE step = ?", [standing[-1]]) if standing else []
        if not found:
            return None
        runs = self.load("runs", where={"run_id": [found[0][0]]})
        return {str(k): (None if pd.isna(v) else v) for k, v in runs.iloc[-1].to_dict().items()}

    def history(self) -> Runs:
        """All runs, in the order in which they were saved."""
        return Runs(self.load("runs"))

    def standing(self) -> list[str]:
        """The ids of the runs whose changes stand in the tables; what was undone is not among them."""
        steps = standing_steps(self._connection)
        ids = dict(self._rows("SELECT step, run_id FROM step"))
        return [str(ids[step]) for step in steps]

    def change_counts(self) -> pd.DataFrame:
        """How many changes of each kind a run made: run_id, change, count."""
        found = self.load("changes", columns=["run_id", "change"])
        return found.groupby(["run_id", "change"], as_index=False).size().rename(columns={"size": "count"})

    def check(self) -> list[str]:
        """What is wrong with the file and its tables, as sentences; empty if nothing is.

        SQLite's own check; each group of rows against its digest; what rows name is there; values
        that are shown name their record; ids lead somewhere; the views show what the tables say.
        """
        with self._reading():
            found = problems_of(self._connection)
        return [say(key, self._lang, **values) for key, values in found]

    def vacuum(self, *, keep: int | None = None) -> None:
        """Gives room back that is no longer needed.

        Args:
            keep: How many of the latest runs can still be undone; None: all that can be.
        """
        with self._transaction():
            if keep is not None:
                forget_steps(self._connection, keep)
            fold_patches(self._connection)
        try:
            self._connection.execute("VACUUM")
        except sqlite3.Error as error:
            raise refusal(error, self.path, self._lang) from error

    def export(self, folder: str | Path, kind: Format = "csv") -> list[str]:
        """Writes all tables that have rows into a folder, which is replaced; answers the files' names.

        Args:
            folder: Where to.
            kind: csv, jsonl, parquet: a file per table; sqlite: one database with plain tables.
        """
        with self._reading():
            return export_tables(self.load, Path(folder), kind)

    @property
    def ledger(self) -> Ledger:
        """The consent events, sealed against change; docs/consent.md."""
        return Ledger(self._connection, self.path, self._lang)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            # pages written stay in memory, so that others can read meanwhile; a new store has no readers
            spill = "OFF" if self._rows("SELECT 1 FROM step LIMIT 1") else "ON"
            self._connection.execute(f"PRAGMA cache_spill = {spill}")
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

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """All reads inside see the same state."""
        if self._connection.in_transaction:
            yield
            return
        try:
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                with suppress(sqlite3.Error):
                    self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise refusal(error, self.path, self._lang) from error

    def _rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(statement, list(values)).fetchall()
        except sqlite3.Error as error:
            raise refusal(error, self.path, self._lang) from error

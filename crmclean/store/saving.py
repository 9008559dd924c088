"""Saving: tables into groups, differences into the journal, rows for SQL and the change log brought up to date.

One `Saving` is one transaction. The caller opens and ends it; nothing here commits.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.schema import Table, codes_of, frame_of_rows
from crmclean.store.batches import arrow_of, frame_from
from crmclean.store.changelog import changes_between
from crmclean.store.differences import Difference
from crmclean.store.groups import write_rows
from crmclean.store.journal import Patch, keep_constants, keep_difference, new_step, patches_since
from crmclean.store.layout import CONSTANT, entity_keys
from crmclean.store.mirror import (
    fill_crosswalk,
    fill_customers,
    fill_permissions,
    mirror_crosswalk,
    mirror_customers,
    mirror_permissions,
)
from crmclean.store.reading import constants_of, load_frame, load_rows
from crmclean.store.statements import table_named
from crmclean.tables import CHANGES, CUSTOMERS, MEMBERS, PERMISSIONS

__all__ = ["Saving", "add_changes"]

# columns that the change log and the wide rows need of a table
_WATCHED: Mapping[str, tuple[str, ...]] = {
    "identities": ("customer_id", "kind", "status", "merged_into", "split_from"),
    "members": ("customer_id", "kind", "source", "record_id", "is_primary"),
    "customers": ("customer_id", "field", "value", "is_primary"),
}


_MIRRORED = frozenset({"customers", "members", "permissions"})


class Saving:
    """What one run changes.

    Args:
        connection: The file, in a transaction.
        run_id: The run.
        undoes: The step that it takes back, with all after it; None: it is no undoing.
        log: Whether the change log is written.
        step: An earlier step that this one adds to; None: a step of its own.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        run_id: str,
        undoes: int | None = None,
        *,
        log: bool = True,
        step: int | None = None,
    ) -> None:
        self.run_id = run_id
        self._connection = connection
        self._undoes = undoes
        self._log = log
        self._step = step
        self._before: dict[str, list[pa.Table]] = {}
        self._after: dict[str, list[pa.Table]] = {}
        self._fresh: dict[str, pa.Table] = {}  # tables that were empty before
        self._permitted: set[str] = set()
        self._given: dict[str, tuple[pd.DataFrame, frozenset[str]]] = {}  # all rows of these customers
        self._earlier: dict[str, pd.DataFrame] = {}
        self._later: dict[str, pd.DataFrame] = {}

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return self._step is not None

    def step(self) -> int:
        """The number of this step; made when it is first asked for."""
        if self._step is None:
            self._step = new_step(self._connection, self.run_id, self._undoes)
        return self._step

    def write(
        self,
        table: Table[Any],
        frame: pd.DataFrame | pa.Table,
        only: Iterable[str] | None = None,
        constants: Mapping[str, str] | None = None,
    ) -> None:
        """Brings a table, or the entities `only` of it, to the rows of a frame.

        Args:
            table: The declaration.
            frame: The rows.
            only: Keys of the entities.
            constants: Columns with what all rows have in them now, those that are not given, too.
        """
        if isinstance(frame, pa.Table) and only is None:  # as a stage made them
            rows = self._without_constants(table, frame) if table.name in CONSTANT else frame
            write_rows(self._connection, table, rows, keep=self._keep)
            return
        frame = frame_of_rows(frame) if isinstance(frame, pa.Table) else frame
        checked: pd.DataFrame = table.check(frame)
        if only is not None and table.name in _MIRRORED:
            only = frozenset(only)
            self._given[table.name] = (checked, only)
        before = constants_of(self._connection, table.name)
        if constants and constants.keys() == before.keys():
            if constants != before:
                self._set_constants(table.name, before, constants)
            checked = checked.drop(columns=list(constants))
        elif table.name in CONSTANT:
            checked, only = self._constant(table, checked, only)
        write_rows(self._connection, table, arrow_of(table, checked), only=only, keep=self._keep)

    def _constant(
        self, table: Table[Any], frame: pd.DataFrame, only: Iterable[str] | None
    ) -> tuple[pd.DataFrame, Iterable[str] | None]:
        """The frame without the columns that hold one value, which is written down once."""
        before = constants_of(self._connection, table.name)
        found = _constants(table.name, frame)
        if only is not None and len(frame) and found != before:
            gone = set(only)
            rest = load_frame(self._connection, table)
            keys = entity_keys(table, arrow_of(table, rest))
            stays = ~pd.Series(keys.to_pandas()).isin(gone).to_numpy()
            frame, only = table.check(pd.concat([rest[stays], frame], ignore_index=True)), None
            found = _constants(table.name, frame)
        if only is None and found != before:
            self._set_constants(table.name, before, found)
        return frame.drop(columns=list(found if only is None else before)), only

    def _without_constants(self, table: Table[Any], rows: pa.Table) -> pa.Table:
        """All rows of a table without the columns that hold one value, which is written down once."""
        before, found = constants_of(self._connection, table.name), {}
        for name in CONSTANT[table.name]:
            codes, texts = codes_of(rows[name])
            if len(codes) and codes[0] >= 0 and (codes == codes[0]).all():
                found[name] = texts[int(codes[0])].as_py()
        if found != before:
            self._set_constants(table.name, before, found)
        return rows.drop_columns(list(found))

    def _set_constants(self, name: str, before: dict[str, str], after: Mapping[str, str]) -> None:
        keep_constants(self._connection, self.step(), name, before)
        text = json.dumps(dict(after), sort_keys=True, ensure_ascii=False)
        self._connection.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (f"constant:{name}", text))

    def take_back(self, step: int) -> None:
        """Puts the tables back to before a step."""
        # an entity may be touched by several steps: what it was is read before the first, not pieced together
        ids = self._touched_since(step)
        self._earlier = {name: self._of_customers(name, ids) for name in _WATCHED}
        # ids last: those that were issued since lead to whoever has their records then
        for patch in sorted(
            patches_since(self._connection, step), key=lambda patch: patch.name == "identities"
        ):
            self._put_back(patch)
        self._later = {name: self._of_customers(name, ids) for name in _WATCHED}

    def _touched_since(self, step: int) -> list[str] | None:
        """The customers that undoing a step touches; None: all."""
        ids: set[str] = set()
        for patch in patches_since(self._connection, step):
            if patch.name in _WATCHED and patch.kind == "all":
                return None
            if patch.name in _WATCHED:
                ids.update(patch.added)
                ids.update([] if patch.rows is None else patch.rows["customer_id"].unique().to_pylist())
        return sorted(ids)

    def _of_customers(self, name: str, ids: list[str] | None) -> pd.DataFrame:
        where = None if ids is None else {"customer_id": ids}
        return load_frame(self._connection, table_named(name), where)[list(_WATCHED[name])]

    def _put_back(self, patch: Patch) -> None:
        if patch.kind == "constant":
            self._set_constants(patch.name, constants_of(self._connection, patch.name), patch.constants)
            return
        table = table_named(patch.name)
        rows = arrow_of(table, table.empty()) if patch.rows is None else patch.rows
        if patch.name == "identities" and patch.kind != "all" and len(patch.added):
            ended = arrow_of(table, self._ended(patch.added))
            rows = pa.concat_tables([rows, ended], promote_options="permissive")
        only = None if patch.kind == "all" else [*patch.added, *entity_keys(table, rows).unique().to_pylist()]
        write_rows(self._connection, table, rows, only=only, keep=self._keep)

    def _ended(self, issued: Iterable[str]) -> pd.DataFrame:
        """Ids that what is taken back had issued: they stay known, and have an answer."""
        ids = load_frame(self._connection, table_named("identities"), {"customer_id": sorted(issued)})
        near = load_frame(self._connection, table_named("members"), {"party": ids["anchor"].tolist()})
        owner = ids["anchor"].map(dict(zip(near["party"], near["customer_id"], strict=True))).astype("str")
        status = pd.Series("retired", ids.index, dtype="str").mask(owner.notna(), "merged")
        return ids.assign(status=status, merged_into=owner, valid_to=ids["valid_from"])

    def _keep(self, found: Difference) -> None:
        keep_difference(self._connection, self.step(), found)
        if found.name == "permissions":
            self._note_permitted(found)
        if found.name not in _WATCHED:
            return
        if found.whole:
            self._fresh[found.name] = found.new
        for parts, rows in ((self._before, found.old), (self._after, found.new)):
            if rows is not None and len(rows) and not (found.whole and found.name != "identities"):
                parts.setdefault(found.name, []).append(_watched(found.name, rows))

    def _note_permitted(self, found: Difference) -> None:
        if found.whole:
            self._fresh["permissions"] = found.new
            return
        for rows in (found.old, found.new):
            if rows is not None and len(rows):
                self._permitted.update(rows["customer_id"].unique().to_pylist())

    def _frames(self) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
        """The watched tables that changed: their changed rows before and after."""
        names = [name for name in _WATCHED if name in self._before or name in self._after]
        if self._undoes is not None:
            return {name: (self._earlier[name], self._later[name]) for name in names}
        found = {}
        for name in names:
            table, wanted = table_named(name), list(_WATCHED[name])
            before, after = (
                frame_from(table, parts.get(name, []))[wanted] for parts in (self._before, self._after)
            )
            found[name] = (before, after)
        return found

    def finish(self, at: str | None) -> None:
        """The rows for SQL and the change log of what was written."""
        if not self.changed:
            return
        tables = self._frames()
        if "members" in tables:
            mirror_crosswalk(self._connection, *tables["members"])
        elif "members" in self._fresh:
            fill_crosswalk(self._connection, self._fresh["members"])
        self._mirror_customers(tables)
        self._mirror_permissions()
        if self._log:
            add_changes(self._connection, changes_between(tables, self.run_id, at))

    def _mirror_customers(self, tables: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]]) -> None:
        if {"members", "customers"} & set(self._fresh):
            fill_customers(self._connection, self._rows(CUSTOMERS), self._rows(MEMBERS))
            return
        both = [frame for name in ("members", "customers") for frame in tables.get(name, ())]
        if not both:
            return
        ids = sorted(set().union(*(frame["customer_id"] for frame in both)))
        values, members = (self._rows_of(table, ids) for table in (CUSTOMERS, MEMBERS))
        mirror_customers(self._connection, ids, values, members)

    def _rows_of(self, table: Table[Any], ids: list[str]) -> pd.DataFrame:
        """The rows of some customers: those that were given, where all were; else those of the file."""
        frame, known = self._given.get(table.name, (None, frozenset()))
        if frame is None or not known.issuperset(ids) or self._undoes is not None:
            return load_frame(self._connection, table, {"customer_id": ids})
        owner = pa.Array.from_pandas(frame["customer_id"], type=pa.large_string())
        mine = pc.is_in(owner, value_set=pa.array(ids, pa.large_string()))
        chosen: pd.DataFrame = frame[mine.to_numpy(zero_copy_only=False)]
        return chosen.sort_values("customer_id", kind="stable")

    def _rows(self, table: Table[Any]) -> pa.Table:
        """All rows of a table; those just written need not be read again, unless more was written after them."""
        if table.name in self._fresh and self._undoes is None:
            return self._fresh[table.name]
        parts = load_rows(self._connection, table)
        return pa.concat_tables(parts, promote_options="default") if parts else arrow_of(table, table.empty())

    def _mirror_permissions(self) -> None:
        constants = constants_of(self._connection, "permissions")
        if "permissions" in self._fresh:
            fill_permissions(self._connection, self._rows(PERMISSIONS), constants)
        elif self._permitted:
            rows = self._rows_of(PERMISSIONS, sorted(self._permitted))
            mirror_permissions(self._connection, self._permitted, rows, constants)


def _constants(name: str, frame: pd.DataFrame) -> dict[str, str]:
    found = {}
    for column in CONSTANT[name]:
        values = frame[column].unique()
        if len(values) == 1 and not pd.isna(values[0]):
            found[column] = str(values[0])
    return found


def _watched(name: str, rows: pa.Table) -> pa.Table:
    if name == "customers" and "is_primary" in rows.column_names:
        rows = rows.filter(rows["is_primary"])
    return rows.select([column for column in _WATCHED[name] if column in rows.column_names])


def add_changes(connection: sqlite3.Connection, changes: pd.DataFrame) -> None:
    """Appends rows to the change log."""
    if not len(changes):
        return
    rows = arrow_of(CHANGES, changes)
    keys = pc.unique(entity_keys(CHANGES, rows)).to_pylist()
    write_rows(connection, CHANGES, rows, only=keys, keep=lambda _: None)

"""Whether the file is whole and its tables fit together."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.schema import Table
from crmclean.store.batches import decode, digest_of
from crmclean.store.layout import entity_keys
from crmclean.store.mirror import wide_rows
from crmclean.store.patches import amended, patch_digest, patch_of
from crmclean.store.reading import load_frame, load_rows
from crmclean.store.statements import table_named
from crmclean.tables import CUSTOMERS, MEMBERS, PERMISSIONS, TABLES

__all__ = ["Problem", "problems_of"]

Problem = tuple[str, Mapping[str, object]]  # key of the sentence, and what fills it
_TEXT = pa.large_string()
_CALCULATED = ("sum", "concat", "locked")  # rules whose value need not stand in a record
_MANY = 100_000
# column -> where it must be: table, columns of the key, table, columns of the key there
_REFERENCES: tuple[tuple[str, tuple[str, ...], str, tuple[str, ...]], ...] = (
    ("parties", ("source", "record_id"), "records", ("source", "record_id")),
    ("members", ("source", "record_id"), "records", ("source", "record_id")),
    ("contacts", ("party",), "parties", ("party",)),
    ("addresses", ("party",), "parties", ("party",)),
    ("clusters", ("party",), "parties", ("party",)),
    ("members", ("party",), "parties", ("party",)),
    ("scores", ("party_l",), "parties", ("party",)),
    ("scores", ("party_r",), "parties", ("party",)),
    ("members", ("customer_id",), "identities", ("customer_id",)),
    ("identities", ("merged_into",), "identities", ("customer_id",)),
    ("identities", ("split_from",), "identities", ("customer_id",)),
    ("customers", ("customer_id",), "members", ("customer_id",)),
    ("customers", ("source", "record_id"), "records", ("source", "record_id")),
    ("permissions", ("customer_id",), "members", ("customer_id",)),
    ("relations", ("left",), "members", ("customer_id",)),
    ("relations", ("right",), "members", ("customer_id",)),
    ("touchpoints", ("customer_id",), "members", ("customer_id",)),
    ("orders", ("customer_id",), "members", ("customer_id",)),
)


def problems_of(connection: sqlite3.Connection) -> list[Problem]:
    """What is wrong; empty if nothing is."""
    found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check").fetchall()]
    if found != ["ok"]:
        return [("store.check.sqlite", {"text": text}) for text in found]
    groups = list(_groups(connection))
    if groups:
        return groups  # what cannot be read cannot be compared
    checks: Sequence[Callable[[sqlite3.Connection], Iterator[Problem]]] = (
        _references,
        _provenance,
        _identities,
        _crosswalk_rows,
        _customer_rows,
        _permission_rows,
    )
    return [problem for check in checks for problem in check(connection)]


def _groups(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Every group can be read, is as long as it says, and stands in its place."""
    for table in TABLES:
        before = ""
        numbers = connection.execute(
            "SELECT id FROM chunk WHERE name = ? ORDER BY first", (table.name,)
        ).fetchall()
        for (number,) in numbers:
            first, rows, digest, body = connection.execute(
                "SELECT first, rows, digest, body FROM chunk WHERE id = ?", (number,)
            ).fetchone()
            patch = patch_of(connection, number)
            if digest_of(body) != digest or (patch and not _whole(connection, number, patch)):
                yield "store.check.group", {"table": table.name, "group": number}
                continue
            for part, size in _states(connection, table, number, (body, rows, patch)):
                keys = entity_keys(table, part)
                ordered = pc.all(pc.less_equal(keys[:-1], keys[1:])).as_py() is not False
                begins = patch is not None or keys[0].as_py() == first
                if len(part) != size or not begins or first < before or not ordered:
                    yield "store.check.group", {"table": table.name, "group": number}
                last = keys[-1].as_py()
            before = last


def _whole(connection: sqlite3.Connection, number: int, patch: tuple[bytes, bytes | None]) -> bool:
    """Whether a patch is what was written."""
    row = connection.execute("SELECT digest FROM patch WHERE chunk = ?", (number,)).fetchone()
    return bool(row[0] == patch_digest(patch))


def _states(
    connection: sqlite3.Connection,
    table: Table[Any],
    number: int,
    group: tuple[bytes, int, tuple[bytes, bytes | None] | None],
) -> Iterator[tuple[pa.Table, int]]:
    """The rows of a group and how many there must be: as it was written, and with its patch."""
    body, rows, patch = group
    yield decode(body), rows
    if patch is not None:
        size = connection.execute("SELECT rows FROM patch WHERE chunk = ?", (number,)).fetchone()[0]
        yield amended(table, body, patch), size


def _keys(connection: sqlite3.Connection, name: str, columns: Sequence[str]) -> pa.Array:
    """The distinct keys in some columns of a table; rows in which one is missing have none."""
    found = []
    for part in load_rows(connection, table_named(name), None, columns):
        if set(columns) <= set(part.column_names):
            values = [part[column] for column in columns]
            key = (
                values[0] if len(values) == 1 else pc.binary_join_element_wise(*values, pa.scalar(":", _TEXT))
            )
            found.append(pc.drop_null(key.combine_chunks()))
    return pa.concat_arrays(found).unique() if found else pa.array([], _TEXT)


def _references(connection: sqlite3.Connection) -> Iterator[Problem]:
    """What a row names is there, as far as that table was ever saved."""
    known: dict[tuple[str, tuple[str, ...]], pa.Array] = {}
    for name, columns, other, key in _REFERENCES:
        for asked in ((name, columns), (other, key)):
            if asked not in known:
                known[asked] = _keys(connection, *asked)
        if len(known[other, key]):
            lost = pc.sum(pc.invert(pc.is_in(known[name, columns], value_set=known[other, key]))).as_py() or 0
            if lost:
                values = {"table": name, "columns": ", ".join(columns), "other": other, "count": lost}
                yield "store.check.reference", values


def _provenance(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Every value that is shown names its record and the rule that chose it."""
    lost = 0
    for part in load_rows(connection, CUSTOMERS, None, ["is_primary", "source", "record_id", "rule"]):
        have = {
            name: part[name] if name in part.column_names else pa.nulls(len(part), _TEXT)
            for name in part.column_names
        }
        rule = have.get("rule", pa.nulls(len(part), _TEXT))
        nowhere = pc.is_null(have.get("record_id", pa.nulls(len(part), _TEXT)))
        calculated = pc.fill_null(pc.is_in(rule, value_set=pa.array(_CALCULATED, _TEXT)), fill_value=False)
        bad = pc.and_(part["is_primary"], pc.or_(pc.is_null(rule), pc.and_(nowhere, pc.invert(calculated))))
        lost += pc.sum(bad).as_py() or 0
    if lost:
        yield "store.check.provenance", {"count": lost}


def _identities(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Every id leads to one that stands for itself."""
    frame = load_frame(connection, table_named("identities"))
    merged = frame[frame["merged_into"].notna()]
    step = dict(zip(merged["customer_id"].tolist(), merged["merged_into"].tolist(), strict=True))
    good: set[str] = set()
    for start in step:
        path, here = [], start
        while here in step and here not in good and here not in path:
            path.append(here)
            here = step[here]
        if here in path:
            yield "store.check.circle", {"id": start}
            return
        good.update(path)


def _crosswalk_rows(connection: sqlite3.Connection) -> Iterator[Problem]:
    frame = load_frame(connection, MEMBERS)
    wanted = frame.loc[frame["is_primary"], ["source", "record_id", "customer_id"]]
    wanted = wanted.sort_values(["source", "record_id"])
    found = connection.execute("SELECT * FROM crosswalk_row ORDER BY source, record_id").fetchall()
    if found != list(wanted.itertuples(index=False, name=None)):
        yield "store.check.view", {"view": "crosswalk"}


def _customer_rows(connection: sqlite3.Connection) -> Iterator[Problem]:
    ids = [row[0] for row in connection.execute("SELECT customer_id FROM customer_row ORDER BY 1").fetchall()]
    if len(ids) != len(_keys(connection, "members", ("customer_id",))):
        yield "store.check.view", {"view": "customer"}
        return
    for start, end in pairwise([*range(0, len(ids), _MANY), len(ids)]):
        where = {"customer_id": ids[start:end]}
        values, members = (load_frame(connection, table, where) for table in (CUSTOMERS, MEMBERS))
        columns = pa.Table.from_pandas(wide_rows(values, members), preserve_index=False).to_pydict().values()
        found = connection.execute(
            "SELECT * FROM customer_row WHERE customer_id BETWEEN ? AND ? ORDER BY 1",
            (ids[start], ids[end - 1]),
        ).fetchall()
        if found != list(zip(*columns, strict=True)):
            yield "store.check.view", {"view": "customer"}
            return


def _permission_rows(connection: sqlite3.Connection) -> Iterator[Problem]:
    columns = ["customer_id", "channel", "purpose", "contact_point", "allowed", "reason", "as_of"]
    frame = load_frame(connection, PERMISSIONS)[columns].astype("object")
    frame["allowed"] = frame["allowed"].map({True: "yes", False: "no"})
    wanted = frame.where(frame.notna(), None).itertuples(index=False, name=None)
    names = ", ".join(columns)
    found: list[Any] = connection.execute(f"SELECT {names} FROM permission").fetchall()  # noqa: S608  names from here
    if sorted(found, key=str) != sorted(wanted, key=str):
        yield "store.check.view", {"view": "permission"}

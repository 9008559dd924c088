"""Records taken out of the file for good: out of tables, journal, change log and rows for SQL.

A row goes that names an erased record as its own: by source and record_id, or by a party of it; of
an erased customer every row that names it. What speaks of an erased record beside another one is
cleaned: the anchor of an id, the values in the change log, the name of a cluster. Freed pages are
overwritten (`secure_delete`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.schema import Table
from crmclean.store.batches import decode, encode
from crmclean.store.groups import Group, groups_of, read_groups, replace_group
from crmclean.store.layout import ENTITY
from crmclean.store.mirror import mirror_customers
from crmclean.store.reading import load_frame
from crmclean.store.statements import table_named
from crmclean.tables import CUSTOMERS, MEMBERS

__all__ = ["purge"]

_TEXT = pa.large_string()
_SUFFIX = r"/[^/]*$"  # of a party: what follows its record
_OF_CUSTOMER = ("customer_id", "left", "right", "merged_into", "split_from", "other_id")


@dataclass(frozen=True, slots=True)
class _Erased:
    """What goes.

    Args:
        records: "source:record_id" of each record.
        customers: Customers of whom nothing stays.
        touched: Customers that have or had one of the records.
    """

    records: pa.Array
    customers: pa.Array
    touched: set[str] = field(default_factory=set)


def purge(
    connection: sqlite3.Connection, records: Sequence[tuple[str, str]], customers: Sequence[str] = ()
) -> int:
    """Takes records, and customers with all that names them, out of the file; answers how many rows went.

    Args:
        connection: The file, in a transaction.
        records: source and record_id.
        customers: Customers of whom nothing stays but the id.
    """
    connection.execute("PRAGMA secure_delete = ON")
    gone = _Erased(
        pa.array(sorted({f"{source}:{record}" for source, record in records}), _TEXT),
        pa.array(sorted(set(customers)), _TEXT),
        set(customers),
    )
    # members first: who had a record is known then
    names = sorted(ENTITY, key=lambda name: (name != "members", name == "changes"))
    count = sum(_purge_journal(connection, table_named(name), gone) for name in names)
    count += sum(_purge_table(connection, table_named(name), gone) for name in names)
    connection.executemany(
        "DELETE FROM crosswalk_row WHERE source = ? AND record_id = ?", sorted(set(records))
    )
    connection.executemany(
        "DELETE FROM permission_row WHERE customer_id = ?", [(c,) for c in sorted(customers)]
    )
    ids = sorted(gone.touched)
    where = {"customer_id": ids}
    mirror_customers(
        connection, ids, load_frame(connection, CUSTOMERS, where), load_frame(connection, MEMBERS, where)
    )
    return count


def _purge_table(connection: sqlite3.Connection, table: Table[Any], gone: _Erased) -> int:
    count = 0
    for group in groups_of(connection, table.name):
        rows = read_groups(connection, [group])[0]
        count += _rewritten(connection, table, group, (rows, _cleaned(table.name, rows, gone)))
    return count


def _rewritten(
    connection: sqlite3.Connection, table: Table[Any], group: Group, states: tuple[pa.Table, pa.Table]
) -> int:
    before, after = states
    if before is after:
        return 0
    replace_group(connection, table, group, after)
    return len(before) - len(after)


def _purge_journal(connection: sqlite3.Connection, table: Table[Any], gone: _Erased) -> int:
    count = 0
    found = connection.execute(
        "SELECT id FROM journal WHERE name = ? AND kind = 'rows'", (table.name,)
    ).fetchall()
    for (number,) in found:
        added, body = connection.execute("SELECT added, body FROM journal WHERE id = ?", (number,)).fetchone()
        if body is not None:
            rows = decode(body)
            kept = _cleaned(table.name, rows, gone)
            if kept is not rows:
                count += len(rows) - len(kept)
                block = encode(kept) if len(kept) else None
                connection.execute("UPDATE journal SET body = ? WHERE id = ?", (block, number))
        if added is not None:
            keys = decode(added)
            stay = keys.filter(pc.invert(_keys_gone(table.name, keys["key"], gone)))
            if len(stay) < len(keys):
                block = encode(stay) if len(stay) else None
                connection.execute("UPDATE journal SET added = ? WHERE id = ?", (block, number))
    return count


def _keys_gone(name: str, keys: pa.ChunkedArray, gone: _Erased) -> pa.ChunkedArray:
    """Which entities are those of erased records; keys of customers say nothing and stay."""
    entity = ENTITY[name]
    if entity == ("source", "record_id"):
        return pc.is_in(pc.replace_substring(keys, "\x1f", ":", max_replacements=1), value_set=gone.records)
    if entity[0].startswith("party"):
        return pc.is_in(_record_of(keys), value_set=gone.records)
    return pc.is_in(keys, value_set=pa.array([], _TEXT))


def _record_of(party: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.replace_substring_regex(party, _SUFFIX, "")


def _cleaned(name: str, rows: pa.Table, gone: _Erased) -> pa.Table:
    """The rows without what goes; the same object where nothing goes."""
    if name == "identities":
        return _without_anchor(rows, gone)
    going = _going(name, rows, gone)
    if name == "members" and pc.any(going).as_py():
        gone.touched.update(rows.filter(going)["customer_id"].to_pylist())
    kept = rows.filter(pc.invert(going)) if pc.any(going).as_py() else rows
    if name == "clusters":
        return _renamed(kept, gone)
    return _without_values(kept, gone) if name == "changes" else kept


def _going(name: str, rows: pa.Table, gone: _Erased) -> pa.ChunkedArray:
    have = set(rows.column_names)
    found = pa.chunked_array([pa.array([False] * len(rows), pa.bool_())])
    if {"source", "record_id"} <= have:
        record = pc.binary_join_element_wise(rows["source"], rows["record_id"], pa.scalar(":", _TEXT))
        found = pc.or_(found, _in(record, gone.records))
    for column in ("party", "party_l", "party_r"):
        if column in have:
            found = pc.or_(found, _in(_record_of(rows[column]), gone.records))
    for column in _OF_CUSTOMER:
        if column in have:
            found = pc.or_(found, _in(rows[column], gone.customers))
    if name == "issues" and "detail" in have:
        for key, values in (("record", gone.records), ("customer", pa.array(sorted(gone.touched), _TEXT))):
            said = pc.extract_regex(rows["detail"], rf"(?:^| ){key}=(?P<said>\S+)")
            found = pc.or_(found, _in(pc.struct_field(said, "said"), values))
    return found


def _in(values: pa.ChunkedArray, among: pa.Array) -> pa.ChunkedArray:
    return pc.is_in(values, value_set=among.cast(values.type))


def _without_anchor(rows: pa.Table, gone: _Erased) -> pa.Table:
    """Ids stay, for every id ever issued has an answer; but not the record they were made from, nor digests of records."""
    hit = pc.or_(_in(_record_of(rows["anchor"]), gone.records), _in(rows["customer_id"], gone.customers))
    hit = pc.and_(hit, pc.not_equal(rows["anchor"], ""))
    if not pc.any(hit).as_py():
        return rows
    nothing = pa.scalar(None, _TEXT)
    if "stood_for" in rows.column_names:  # not in what earlier versions wrote
        rows = _with(rows, "stood_for", pc.if_else(hit, nothing, rows["stood_for"]))
    return _with(rows, "anchor", pc.if_else(hit, pa.scalar("", _TEXT), rows["anchor"]))


def _renamed(rows: pa.Table, gone: _Erased) -> pa.Table:
    """Clusters are named after a party; one that is erased gives its name to none."""
    if not len(rows) or "cluster" not in rows.column_names:
        return rows
    hit = _in(_record_of(rows["cluster"]), gone.records)
    return (
        _with(rows, "cluster", pc.if_else(hit, rows["party"], rows["cluster"]))
        if pc.any(hit).as_py()
        else rows
    )


def _without_values(rows: pa.Table, gone: _Erased) -> pa.Table:
    """The change log of a customer that had an erased record says what changed, not from what to what."""
    if not len(rows):
        return rows
    hit = _in(rows["customer_id"], pa.array(sorted(gone.touched), _TEXT))
    for column in ("old", "new"):
        if column in rows.column_names and pc.any(pc.and_(hit, pc.is_valid(rows[column]))).as_py():
            rows = _with(rows, column, pc.if_else(hit, pa.scalar(None, _TEXT), rows[column]))
    return rows


def _with(rows: pa.Table, name: str, values: pa.ChunkedArray) -> pa.Table:
    return rows.set_column(rows.column_names.index(name), name, values)

"""Where which table lies: the entity whose rows stand together, columns that are looked up, SQL of the file.

Four tables are plain SQL tables (`LEDGERS` and `runs`); of all others the rows are sorted by their
entity and cut into groups (`chunk`). What is looked up by another column has a short hash of each
value beside the group.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.schema import Table, plain_rows

__all__ = [
    "CONSTANT",
    "ENTITY",
    "IDENTIFIERS",
    "LOOKUPS",
    "PLAIN",
    "SCHEMA",
    "SEPARATOR",
    "entity_keys",
    "key_of",
]

PLAIN = ("consents", "decisions", "locks", "runs")
SEPARATOR = "\x1f"  # between the parts of a key; sorts before all that can be seen
ENTITY: Mapping[str, tuple[str, ...]] = {
    "sources": ("source", "file"),
    "mappings": ("source",),
    "records": ("source", "record_id"),
    "parties": ("party",),
    "contacts": ("party",),
    "addresses": ("party",),
    "issues": ("source", "record_id"),
    "scores": ("party_l",),
    "clusters": ("party",),
    "members": ("customer_id",),
    "models": ("kind",),
    "relations": ("left",),
    "permissions": ("customer_id",),
    "texts": ("text_id",),
    "touchpoints": ("source", "touchpoint_id"),
    "orders": ("source", "order_id"),
    "opportunities": ("source", "opportunity_id"),
    "tasks": ("source", "task_id"),
    "qualifications": ("source", "customer_no"),
    "customers": ("customer_id",),
    "identities": ("customer_id",),
    "changes": ("run_id", "customer_id"),
}
IDENTIFIERS = (
    "email", "phone", "mobile", "fax", "handle", "web", "customer_no", "vat_id", "tax_no", "register_no", "iban",
    "national_id", "other_id",
)  # fmt: skip
LOOKUPS: Mapping[str, tuple[str, ...]] = {
    "parties": ("customer_no",),
    "contacts": ("key",),
    "scores": ("party_r",),
    "clusters": ("cluster",),
    "members": ("record",),  # source:record_id, of its columns or of its party
    "relations": ("right",),
    "touchpoints": ("customer_id", "key", "record_id"),
    "orders": ("customer_id", "customer_no"),
    "opportunities": ("customer_id", "customer_no", "opportunity_id"),
    "tasks": ("customer_id", "customer_no"),
    "qualifications": ("customer_id",),
    "customers": ("value",),  # of IDENTIFIERS only
    "identities": ("merged_into",),
}
# the same for all rows after a run and different after the next; kept once, or every row would change
CONSTANT: Mapping[str, tuple[str, ...]] = {"permissions": ("as_of",)}
SCHEMA = (
    "CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT)",
    (
        "CREATE TABLE IF NOT EXISTS chunk (id INTEGER PRIMARY KEY, name TEXT NOT NULL, first TEXT NOT NULL, "
        "rows INTEGER NOT NULL, digest BLOB NOT NULL, content BLOB, body BLOB NOT NULL)"
    ),
    "CREATE UNIQUE INDEX IF NOT EXISTS chunk_by_first ON chunk (name, first, rows)",
    (
        'CREATE TABLE IF NOT EXISTS lookup (chunk INTEGER NOT NULL, name TEXT NOT NULL, "column" TEXT NOT NULL, '
        "hashes BLOB NOT NULL)"
    ),
    'CREATE INDEX IF NOT EXISTS lookup_by_column ON lookup (name, "column", chunk)',
    "CREATE INDEX IF NOT EXISTS lookup_by_chunk ON lookup (chunk)",
    (
        "CREATE TABLE IF NOT EXISTS patch (chunk INTEGER PRIMARY KEY, rows INTEGER NOT NULL, digest BLOB NOT NULL, "
        "keys BLOB NOT NULL, body BLOB)"
    ),
    "CREATE TABLE IF NOT EXISTS step (step INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, undoes INTEGER)",
    (
        "CREATE TABLE IF NOT EXISTS journal (id INTEGER PRIMARY KEY, step INTEGER NOT NULL, name TEXT NOT NULL, "
        "kind TEXT NOT NULL, added BLOB, body BLOB)"
    ),
    "CREATE INDEX IF NOT EXISTS journal_by_step ON journal (step)",
)


def entity_keys(table: Table[Any], rows: pa.Table) -> pa.Array:
    """The key of the entity of each row; a missing part is empty."""
    parts = [_part(rows, name) for name in ENTITY[table.name]]
    if len(parts) == 1:
        return parts[0]
    return pc.binary_join_element_wise(*parts, pa.scalar(SEPARATOR, pa.large_string()))


def _part(rows: pa.Table, name: str) -> pa.Array:
    if name not in rows.column_names:
        return pa.array([""], pa.large_string()).take(pa.array([0] * len(rows), pa.int64()))
    column = plain_rows(rows.select([name]))[name].combine_chunks()
    return column if column.null_count == 0 else pc.fill_null(column, "")


def key_of(*parts: str) -> str:
    """The key of an entity: "source" and "record_id" of a record, for example."""
    return SEPARATOR.join(parts)

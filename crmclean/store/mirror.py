"""Rows for plain SQL: what the views `customer`, `crosswalk` and `permission` show.

They say again what stands in the tables customers, members and permissions, for programs that know
SQL and not us. They are brought up to date with every save; `store check` compares them.
"""

# ruff: noqa: S608  statements are built of names that are declared here

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Collection, Mapping
from itertools import chain, pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crmclean.schema import plain_rows
from crmclean.store.groups import cuts_of, place_of

__all__ = [
    "MIRROR_SCHEMA",
    "VIEWS",
    "fill_crosswalk",
    "fill_customers",
    "fill_permissions",
    "mirror_crosswalk",
    "mirror_customers",
    "mirror_permissions",
    "wide_rows",
]

WIDE = (
    "salutation", "title", "given_name", "name_prefix", "family_name", "organization", "street", "house_number",
    "postal_code", "city", "country", "email", "phone", "mobile", "birth_date", "customer_no", "vat_id",
)  # fmt: skip
DECIDED = ("channel", "purpose", "allowed", "reason", "basis", "policy")
_MANY = 100_000
_TOGETHER = 500
_ESCAPED = re.compile(r'["\\\x00-\x1f]')
MIRROR_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS customer_row (customer_id TEXT PRIMARY KEY, kind TEXT, records INTEGER, "
    + ", ".join(f"{name} TEXT" for name in WIDE)
    + ") WITHOUT ROWID",
    (
        "CREATE TABLE IF NOT EXISTS crosswalk_row (source TEXT, record_id TEXT, customer_id TEXT, "
        "PRIMARY KEY (source, record_id)) WITHOUT ROWID"
    ),
    "CREATE TABLE IF NOT EXISTS permission_row (customer_id TEXT PRIMARY KEY, body TEXT) WITHOUT ROWID",
    (
        "CREATE TABLE IF NOT EXISTS permission_kind (id INTEGER PRIMARY KEY, channel TEXT, purpose TEXT, "
        "allowed INTEGER, reason TEXT, basis TEXT, policy TEXT)"
    ),
)
VIEWS: Mapping[str, str] = {
    "customer": f"CREATE VIEW customer AS SELECT customer_id, kind, records, {', '.join(WIDE)} FROM customer_row",
    "crosswalk": "CREATE VIEW crosswalk AS SELECT source, record_id, customer_id FROM crosswalk_row",
    # an entry is [kind, contact point, since, valid until, day]; what is missing at its end is left out
    "permission": (
        "CREATE VIEW permission AS SELECT p.customer_id, k.channel, k.purpose, "
        "json_extract(e.value, '$[1]') AS contact_point, "
        "CASE k.allowed WHEN 1 THEN 'yes' ELSE 'no' END AS allowed, k.reason, k.basis, "
        "json_extract(e.value, '$[2]') AS since, json_extract(e.value, '$[3]') AS valid_until, "
        "COALESCE(json_extract(e.value, '$[4]'), "
        "(SELECT json_extract(value, '$.as_of') FROM fact WHERE name = 'constant:permissions')) AS as_of, k.policy "
        "FROM permission_row p JOIN json_each(p.body) e JOIN permission_kind k "
        "ON k.id = json_extract(e.value, '$[0]')"
    ),
}


def mirror_crosswalk(
    connection: sqlite3.Connection, before: pd.DataFrame | None, after: pd.DataFrame
) -> None:
    """Brings the rows of the crosswalk up to date.

    Args:
        connection: The file, in a transaction.
        before: The changed rows of members as they were; None: there were none.
        after: As they are.
    """
    if before is not None:
        old = before[before["is_primary"]]
        connection.executemany(
            "DELETE FROM crosswalk_row WHERE source = ? AND record_id = ?",
            zip(old["source"].tolist(), old["record_id"].tolist(), strict=True),
        )
    fill_crosswalk(connection, pa.Table.from_pandas(after, preserve_index=False))


def fill_crosswalk(connection: sqlite3.Connection, members: pa.Table) -> None:
    """Adds the rows of these members to the crosswalk."""
    chosen = members.filter(members["is_primary"]).select(["source", "record_id", "customer_id"])
    rows = chosen.sort_by([("source", "ascending"), ("record_id", "ascending")])
    _insert(connection, "INSERT OR REPLACE INTO crosswalk_row", rows)


def _insert(connection: sqlite3.Connection, statement: str, rows: pa.Table) -> None:
    """Adds rows, some hundred by one statement: between statements other threads get to work, and this one waits.

    Args:
        connection: The file, in a transaction.
        statement: All up to the word VALUES.
        rows: The rows.
    """
    width = rows.num_columns
    most = min(_TOGETHER, connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // width)
    row = f"({', '.join('?' * width)})"
    for start in range(0, len(rows), _MANY):
        columns = [column.to_pylist() for column in rows.slice(start, _MANY).columns]
        for first in range(0, len(columns[0]), most):
            some = zip(*(column[first : first + most] for column in columns), strict=True)
            values = list(chain.from_iterable(some))
            connection.execute(f"{statement} VALUES {', '.join([row] * (len(values) // width))}", values)


def mirror_customers(
    connection: sqlite3.Connection, ids: Collection[str] | None, values: pd.DataFrame, members: pd.DataFrame
) -> None:
    """Brings the wide rows of some customers, or of all, up to date.

    Args:
        connection: The file, in a transaction.
        ids: The customers.
        values: Their rows of customers.
        members: Their rows of members; who has none is gone.
    """
    _delete(connection, "customer_row", ids)
    rows = pa.Table.from_pandas(wide_rows(values, members), preserve_index=False)
    _insert(connection, "INSERT INTO customer_row", rows)


def fill_customers(connection: sqlite3.Connection, values: pa.Table, members: pa.Table) -> None:
    """The wide rows of all customers, some at a time.

    Args:
        connection: The file, in a transaction.
        values: The rows of customers, sorted by customer.
        members: The rows of members, sorted by customer.
    """
    _delete(connection, "customer_row", None)
    owner = values["customer_id"].combine_chunks()
    ids = members["customer_id"].combine_chunks()
    begun = 0
    for start, end in pairwise(cuts_of(ids, _MANY)):
        done = len(owner) if end == len(ids) else place_of(owner, ids[end].as_py())
        part = values.slice(begun, done - begun).select(["customer_id", "field", "value", "is_primary"])
        frames = (plain_rows(part.filter(part["is_primary"])), members.slice(start, end - start))
        mirror_customers(connection, [], *(frame.to_pandas() for frame in frames))
        begun = done


def _delete(connection: sqlite3.Connection, table: str, ids: Collection[str] | None) -> None:
    if ids is None:
        connection.execute(f"DELETE FROM {table}")
    else:
        connection.executemany(f"DELETE FROM {table} WHERE customer_id = ?", [(i,) for i in sorted(ids)])


def wide_rows(values: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """One row per customer: kind, number of records and primary values; sorted by id.

    Args:
        values: Uses customer_id, field, value, is_primary; sorted by customer.
        members: Uses customer_id, kind, source, record_id; sorted by customer and party.
    """
    customer, first = _runs(members["customer_id"])
    ids = members["customer_id"].array.take(first)
    frame = pd.DataFrame({"customer_id": pd.Series(ids, dtype="str")})
    frame["kind"] = pd.Series(members["kind"].array.take(first), dtype="str")
    # parties are in order: those of one record stand together
    same = _same_as_before(members["record_id"]) & _same_as_before(members["source"])
    new = ~same | np.r_[True, customer[1:] != customer[:-1]][: len(customer)]
    frame["records"] = np.bincount(customer[new], minlength=len(ids)).astype(np.int64)
    shown = values[values["is_primary"]]
    owner, begun = _runs(shown["customer_id"])
    row = pd.Index(ids).get_indexer(pd.Index(shown["customer_id"].array.take(begun)))[owner]
    codes, names = pd.factorize(shown["field"])
    order = {str(name): code for code, name in enumerate(names)}
    wide = {}
    for name in WIDE:
        here = np.flatnonzero((codes == order.get(name, -2)) & (row >= 0))
        place = np.full(len(ids), -1, dtype=np.int64)
        place[row[here]] = here
        wide[name] = shown["value"].array.take(place, allow_fill=True)
    return pd.concat([frame, pd.DataFrame(wide, index=frame.index)], axis=1)


def _same_as_before(column: pd.Series[str]) -> NDArray[np.bool_]:
    """Whether each row says what the row before it says."""
    texts = _texts(column)
    if not len(texts):
        return np.empty(0, dtype=bool)
    same: NDArray[np.bool_] = pc.equal(texts[1:], texts[:-1]).to_numpy(zero_copy_only=False)
    whole: NDArray[np.bool_] = np.concatenate([np.zeros(1, dtype=bool), same])
    return whole


def _runs(column: pd.Series[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each row the number of its run of equal texts, and where each run begins."""
    begins = ~_same_as_before(column)
    return np.cumsum(begins) - 1, np.flatnonzero(begins).astype(np.int64)


def mirror_permissions(
    connection: sqlite3.Connection, ids: Collection[str], rows: pd.DataFrame, constants: Mapping[str, str]
) -> None:
    """Brings the permissions of some customers up to date.

    Args:
        connection: The file, in a transaction.
        ids: The customers.
        rows: Their rows of permissions, sorted by customer.
        constants: Values kept once; they are not repeated in the rows.
    """
    _delete(connection, "permission_row", ids)
    _add_permissions(connection, rows, constants)


def fill_permissions(connection: sqlite3.Connection, rows: pa.Table, constants: Mapping[str, str]) -> None:
    """The permissions of all customers, some at a time; rows sorted by customer."""
    _delete(connection, "permission_row", None)
    connection.execute("DELETE FROM permission_kind")
    wanted = ["customer_id", *DECIDED, "contact_point", "since", "valid_until", "as_of"]
    for name in wanted:
        if name not in rows.column_names:
            rows = rows.append_column(name, pa.nulls(len(rows), pa.large_string()))
    for start, end in pairwise(cuts_of(rows["customer_id"].combine_chunks(), _MANY)):
        part = plain_rows(rows.slice(start, end - start).select(wanted)).to_pandas()
        _add_permissions(connection, part, constants)


def _add_permissions(
    connection: sqlite3.Connection, rows: pd.DataFrame, constants: Mapping[str, str]
) -> None:
    if not len(rows):
        return
    kind = _kinds(connection, rows)
    day = pd.Series(np.nan, rows.index, dtype="str") if "as_of" in constants else rows["as_of"]
    columns = [rows["contact_point"], rows["since"], rows["valid_until"], day]
    texts = [_quoted(_texts(column)) for column in columns]
    entry = _entries(pa.array(kind).cast(pa.large_string()), texts)
    ids_of = _texts(rows["customer_id"])
    starts = np.flatnonzero(np.r_[True, pc.not_equal(ids_of[1:], ids_of[:-1]).to_numpy(zero_copy_only=False)])
    lists = pa.LargeListArray.from_arrays(pa.array(np.r_[starts, len(rows)], pa.int64()), entry)
    body = _glued("[", pc.binary_join(lists, pa.scalar(",", pa.large_string())), "]")
    packed = pa.table([ids_of.take(pa.array(starts)), body], names=["customer_id", "body"])
    _insert(connection, "INSERT OR REPLACE INTO permission_row", packed)


def _kinds(connection: sqlite3.Connection, rows: pd.DataFrame) -> Any:
    """The number of each row's kind; new kinds are written down."""
    found = connection.execute(f"SELECT {', '.join(DECIDED)}, id FROM permission_kind").fetchall()
    known = {tuple(row[:-1]): row[-1] for row in found}
    decided = rows[list(DECIDED)].assign(allowed=rows["allowed"].astype("int64"))
    codes = decided.groupby(list(DECIDED), dropna=False, sort=True).ngroup().to_numpy()
    first = np.unique(codes, return_index=True)[1]
    each = [
        tuple(None if pd.isna(v) else v for v in row) for row in decided.iloc[first].itertuples(index=False)
    ]
    numbers = []
    for said in each:
        if said not in known:
            known[said] = max(known.values(), default=0) + 1
            connection.execute(
                "INSERT INTO permission_kind VALUES (?, ?, ?, ?, ?, ?, ?)", (known[said], *said)
            )
        numbers.append(known[said])
    return np.array(numbers, dtype=np.int64)[codes]


def _texts(column: pd.Series[Any]) -> pa.Array:
    found = pa.Array.from_pandas(column, type=pa.large_string())
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def _quoted(texts: pa.Array) -> pa.Array:
    """Texts as JSON, missing as null."""
    coded = texts.dictionary_encode()
    plain = coded.dictionary.to_pylist()
    quoted = [json.dumps(t, ensure_ascii=False) if _ESCAPED.search(t) else f'"{t}"' for t in plain]
    found = pa.array([*quoted, "null"], pa.large_string())
    return found.take(pc.fill_null(coded.indices.cast(pa.int64()), len(quoted)))


def _entries(kind: pa.Array, texts: list[pa.Array]) -> pa.Array:
    """[kind, ...] as JSON, without the nulls at the end."""
    entry = pa.array(["]"], pa.large_string()).take(pa.array(np.zeros(len(kind), dtype=np.int64)))
    for text in reversed(texts):
        longer = _glued(",", text, entry)
        nothing = pc.and_(pc.equal(entry, "]"), pc.equal(text, "null"))
        entry = pc.if_else(nothing, entry, longer)
    return _glued("[", kind, entry)


def _glued(*parts: pa.Array | str) -> pa.Array:
    """Texts put together, element by element."""
    plain = [pa.scalar(p, pa.large_string()) if isinstance(p, str) else p for p in (*parts, "")]
    return pc.binary_join_element_wise(*plain)  # the last part stands between the others

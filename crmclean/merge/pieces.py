"""Rows of the customers table while they are still codes, and the table made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from crmclean.merge.columns import Book
from crmclean.merge.rules import Evidence, Ints, Ranking, uniques
from crmclean.schema import coded_rows
from crmclean.tables import CUSTOMERS

__all__ = ["Piece", "Seen", "compact", "customers_table", "distinct", "representatives", "seen_by_class"]

ONLY, FILLED, KEPT, LAST, SUM = "only", "filled", "kept", "record_order", "sum"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of the customers table, as columns; within a customer the best first.

    Args:
        field: The field, for all rows.
        customer: The customer.
        value: Position in values.
        values: The distinct values.
        primary: Whether the value is the one shown.
        record: Party it was read from; -1 where it was calculated.
        rule: Rule that chose it: position in rules.
        rules: Names of the rules.
        first: Earliest time, position in the times of the book; -1 unknown.
        last: Latest time.
        records: Records that carry it.
        type: Position in types, -1 where it has none.
        types: Types.
        origin: Canonical field it was read from: position in origins.
        origins: Canonical fields.
    """

    field: str
    customer: Ints
    value: Ints
    values: Sequence[str]
    primary: NDArray[np.bool_]
    record: Ints
    rule: Ints
    rules: tuple[str, ...]
    first: Ints
    last: Ints
    records: Ints
    type: Ints | None = None
    types: Sequence[str] = ()
    origin: Ints | None = None
    origins: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """When and in how many records a value was seen, for each row."""

    first: Ints
    last: Ints
    records: Ints


def distinct(customer: Ints, same: Ints) -> Ints:
    """For each row the number of its class: equal value of one customer."""
    if not len(customer):
        return customer
    classes: Ints = pd.factorize(customer * (same.max() + 2) + same)[0].astype(np.int64)
    return classes


def seen_by_class(book: Book, group: Ints, record: Ints) -> Seen:
    """Earliest and latest time and number of records over the rows of one class."""
    size = int(group.max()) + 1 if len(group) else 0
    never = len(book.times)
    first = np.full(size, never, dtype=np.int64)
    last = np.full(size, -1, dtype=np.int64)
    begun = book.first[record]
    np.minimum.at(first, group, np.where(begun < 0, never, begun))
    np.maximum.at(last, group, book.last[record])
    first[first == never] = -1
    return Seen(first[group], last[group], _records(book, group, record)[group])


def _records(book: Book, group: Ints, record: Ints) -> Ints:
    """Number of records in each class; two parties of one record count once."""
    count = np.bincount(group).astype(np.int64)
    several = count[group] > 1
    if several.any():
        width = len(book.account) + 1
        pairs = uniques(group[several] * width + book.account[record[several]])
        exact = np.bincount(pairs // width, minlength=len(count))
        count = np.where(count > 1, exact, count)
    return count


def representatives(evidence: Evidence, ranking: Ranking) -> tuple[Ints, NDArray[np.bool_], Ints]:
    """The best row of each distinct value, in order; which are the best of all; and why.

    Returns:
        Positions in the evidence; whether each is its customer's first; the link that set the
        first apart from the next other value: -1 where there is none, past the end for the last.
    """
    order = ranking.order
    group = distinct(evidence.customer, evidence.same)[order]
    keep = np.unique(group, return_index=True)[1]
    keep.sort()
    rows = order[keep]
    customer = evidence.customer[rows]
    primary = np.ones(len(rows), dtype=bool)
    primary[1:] = customer[1:] != customer[:-1]
    link = np.full(len(rows), -1, dtype=np.int64)
    first = np.flatnonzero(primary[:-1] & ~primary[1:])
    link[first] = ranking.decided(rows[first], rows[first + 1])
    return rows, primary, link


def rule_names(ranking: Ranking) -> tuple[str, ...]:
    """The names that rule codes stand for: only, filled, kept, the chain, the last link."""
    return (ONLY, FILLED, KEPT, *map(_shown, ranking.names), LAST)


def _shown(name: str) -> str:
    """The link of a lock is named after its chain, which the reader of the table knows already."""
    return name.partition(" ")[0] if name.startswith(("locked ", "cleared ")) else name


def rule_codes(primary: NDArray[np.bool_], link: Ints) -> Ints:
    """Codes in `rule_names` of rows from `representatives`."""
    return np.where(primary, np.where(link < 0, 0, link + 3), 2).astype(np.int64)


def compact(piece: Piece) -> Piece:
    """The same rows in half the room; positions fit into 31 bits."""
    names = ("customer", "value", "record", "rule", "first", "last", "records", "type", "origin")
    narrow = {name: codes.astype(np.int32) for name in names if (codes := getattr(piece, name)) is not None}
    return replace(piece, **narrow)


def customers_table(book: Book, pieces: Sequence[Piece]) -> pa.Table:
    """The table of all pieces, by customer, field in the order given, best first; texts are codes."""
    pieces = [p for p in pieces if len(p.customer)]
    if not pieces:
        return coded_rows(CUSTOMERS.empty())
    fields = list(dict.fromkeys(p.field for p in pieces))
    number = np.concatenate([np.full(len(p.customer), fields.index(p.field), dtype=np.int64) for p in pieces])
    customer = np.concatenate([p.customer for p in pieces]).astype(np.int64)
    order = np.argsort(customer * len(fields) + number, kind="stable")
    record = np.concatenate([p.record for p in pieces])[order]
    missing = [_with_defaults(p) for p in pieces]
    columns = {
        "customer_id": _coded(book.customers, customer[order]),
        "field": _coded(fields, number[order]),
        "value": _joined([(p.values, p.value) for p in missing], order),
        "is_primary": pa.array(np.concatenate([p.primary for p in missing])[order]),
        "type": _joined([(p.types, _given(p.type)) for p in missing], order),
        "source": _of_records(book.parties["source"], record),
        "record_id": _of_records(book.parties["record_id"], record),
        "source_field": _joined([(p.origins, _given(p.origin)) for p in missing], order),
        "rule": _joined([(p.rules, p.rule) for p in missing], order),
        "first_seen": _coded(book.times, np.concatenate([p.first for p in missing])[order]),
        "last_seen": _coded(book.times, np.concatenate([p.last for p in missing])[order]),
        "records": pa.array(np.concatenate([p.records for p in missing])[order].astype(np.int64)),
    }
    return pa.table(columns)


def _given(codes: Ints | None) -> Ints:
    assert codes is not None
    return codes


def _with_defaults(piece: Piece) -> Piece:
    size = len(piece.customer)
    if piece.type is None:
        piece = replace(piece, type=np.full(size, -1, dtype=np.int64), types=("",))
    if piece.origin is None:
        piece = replace(piece, origin=np.zeros(size, dtype=np.int64), origins=(piece.field,))
    return piece


def _coded(values: Sequence[str] | pa.Array, codes: Ints) -> pa.DictionaryArray:
    texts = values if isinstance(values, pa.Array) else pa.array(list(values), pa.large_string())
    narrow = codes.astype(np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(narrow, mask=narrow < 0), texts)


def _of_records(column: pd.Series[str], record: Ints) -> pa.DictionaryArray:
    """The text of the record of each row."""
    codes, texts = pd.factorize(column)
    known = np.append(codes, -1)[record]
    return _coded(pa.Array.from_pandas(texts, type=pa.large_string()), known)


def _joined(parts: Sequence[tuple[Sequence[str], Ints]], order: Ints) -> pa.DictionaryArray:
    values: list[str] = []
    codes = []
    for texts, code in parts:
        codes.append(np.where(code < 0, -1, code + len(values)))
        values.extend(texts)
    return _coded(values, np.concatenate(codes)[order])

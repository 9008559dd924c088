"""Members, parties and their times as codes of whole columns: what the merge calculates with.

Parties stand in the order of customer, rank of the source, source and party: the last link of
every rule chain. Texts are looked at once per distinct value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crmclean.merge.rules import Evidence, Ints
from crmclean.tables import Members, Parties
from crmclean.text.fold import fold_umlaut

__all__ = [
    "Book",
    "Coded",
    "accounts",
    "code_column",
    "code_values",
    "common",
    "evidence_of",
    "in_order",
    "open_book",
    "positions",
    "ranks",
    "rarer",
    "row_order",
]


@dataclass(frozen=True, slots=True)
class Coded:
    """A column as codes (-1 is missing) of its distinct values, with what was measured of each.

    Args:
        codes: One per row.
        values: The distinct values.
        same: Class of each distinct value: equal when folded.
        letters: Length of each.
        order: Rank of each, as text.
        written: How well each is written, 0 is best.
        times: How many rows of all customers have each, where these are but some of them; None: count these.
    """

    codes: Ints
    values: list[str]
    same: Ints
    letters: Ints
    order: Ints
    written: Ints
    times: Ints | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """The parties of all customers, in order, as codes.

    Args:
        customers: The customer ids, sorted.
        organization: Whether a customer is an organization.
        given: The parties as they were given.
        rows: Position in it of each party, in order.
        parties: Columns source, record_id, customer_no, revenue, is_test in order.
        customer: Customer of each party.
        account: Number of the record of each party.
        counts: Whether that record counts for this customer in the crosswalk.
        source: Source of each party, alphabetical.
        rank: Rank of that source.
        times: All times that occur, sorted.
        first: When the record was first known: position in times, -1 where unknown.
        last: When it was last changed.
        population: Field = folded value = rows of all customers, where these are but some of them.
        day: The day of the run; "" where none is said.
    """

    customers: list[str]
    organization: Ints
    given: Parties
    rows: Ints
    parties: pd.DataFrame
    customer: Ints
    account: Ints
    counts: NDArray[np.bool_]
    source: Ints
    rank: Ints
    times: list[str]
    first: Ints
    last: Ints
    population: Mapping[str, Mapping[str, int]] | None = None
    day: str = ""

    def positions(self, party: pd.Series[str]) -> Ints:
        """Where each party stands in order, -1 where it is none of these."""
        place = np.full(len(self.given) + 1, -1, dtype=np.int64)  # the last is that of none
        place[self.rows] = np.arange(len(self.rows))
        found: Ints = place[positions(party, self.given["party"])]
        return found

    def column(self, field: str, fold: Callable[[str], str] = fold_umlaut) -> Coded:
        """A column of the parties as codes, in order."""
        coded = self.counted(field, code_column(self.given[field], fold), fold)
        return replace(coded, codes=coded.codes[self.rows])

    def counted(self, field: str, coded: Coded, fold: Callable[[str], str]) -> Coded:
        """The column with how common its values are among all customers, where that is known."""
        known = None if self.population is None else self.population.get(field)
        if known is None:
            return coded
        times = np.array([known.get(fold(value), 0) for value in coded.values], dtype=np.int64)
        return replace(coded, times=times)


_COLUMNS = ["source", "record_id", "customer_no", "revenue", "is_test"]


def open_book(
    members: Members,
    parties: Parties,
    priority: Sequence[str],
    population: Mapping[str, Mapping[str, int]] | None = None,
) -> Book:
    """The book of these members; parties that belong to no customer are left out.

    Args:
        members: Uses customer_id, party, kind, is_primary.
        parties: All columns.
        priority: Sources, best first; the others share the rank behind them.
        population: How common values are among all customers, where these are but some of them.
    """
    place = positions(parties["party"], members["party"])
    here = np.flatnonzero(place >= 0)
    member = place[here]
    customer, customers = pd.factorize(members["customer_id"], sort=True)
    customer = customer[member]
    if len(members) != len(here):
        kept, customer = np.unique(customer, return_inverse=True)
        customers = customers[kept]
    source, sources = pd.factorize(parties["source"], sort=True)
    source = source[here]
    ranks = {name: position for position, name in reversed(list(enumerate(priority)))}
    rank = np.array([ranks.get(str(name), len(priority)) for name in sources], dtype=np.int64)[source]
    order = _ordered((customer, rank, source), parties["party"], here)
    rows, customer = here[order], customer[order].astype(np.int64)
    chosen = member[order]
    organization = np.zeros(len(customers), dtype=np.int64)
    organization[customer] = members["kind"].eq("organization").to_numpy()[chosen]
    times, (first, last) = _times(parties["created_at"], parties["modified_at"])
    frame = parties[_COLUMNS].iloc[rows].reset_index(drop=True)
    return Book(
        customers=[str(c) for c in customers],
        organization=organization,
        given=parties,
        rows=rows,
        parties=frame,
        customer=customer,
        account=accounts(frame),
        counts=members["is_primary"].to_numpy(dtype=bool)[chosen],
        source=source[order].astype(np.int64),
        rank=rank[order],
        times=times,
        first=first[rows],
        last=last[rows],
        population=population,
    )


def _ordered(keys: tuple[Ints, Ints, Ints], party: pd.Series[str], here: Ints) -> Ints:
    """The order of customer, rank, source and party; only parties that share the others are compared."""
    order = np.lexsort((keys[2], keys[1], keys[0]))
    customer, rank, source = (key[order] for key in keys)
    same = (customer[1:] == customer[:-1]) & (rank[1:] == rank[:-1]) & (source[1:] == source[:-1])
    tied = np.flatnonzero(np.r_[False, same] | np.r_[same, False]) if len(order) else order
    if len(tied):
        names = pd.factorize(party.iloc[here[order[tied]]], sort=True)[0]
        group = np.cumsum(np.r_[True, ~same])[tied]
        order[tied] = order[tied][np.lexsort((names, group))]
    return order.astype(np.int64)


def positions(texts: pd.Series[str], among: pd.Series[str]) -> Ints:
    """The position of each text among others that are distinct; -1 where it is not there."""
    wanted, known = _text(texts), _text(among)
    if wanted.equals(known):
        return np.arange(len(known), dtype=np.int64)
    found = pc.fill_null(pc.index_in(wanted, value_set=known), -1)
    place: Ints = found.to_numpy().astype(np.int64)
    return place


def _text(texts: pd.Series[str]) -> pa.Array:
    column = pa.array(texts.array, type=pa.large_string())
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def ranks(texts: pd.Series[str]) -> Ints:
    """A number per text that sorts as the texts do; a missing text is -1."""
    coded = _text(texts).dictionary_encode()
    order = pc.array_sort_indices(coded.dictionary).to_numpy()
    rank = np.full(len(order) + 1, -1, dtype=np.int64)
    rank[order] = np.arange(len(order))
    found: Ints = rank[pc.fill_null(coded.indices, -1).to_numpy()]
    return found


def row_order(frame: pd.DataFrame, names: Sequence[str]) -> Ints:
    """The rows sorted by text columns, the first named first; equal rows stay in their order."""
    if in_order(frame, names):
        return np.arange(len(frame), dtype=np.int64)
    order: Ints = np.lexsort([ranks(frame[name]) for name in reversed(names)])
    return order


def accounts(frame: pd.DataFrame) -> Ints:
    """A number per record (source, record_id) of each row."""
    texts = [_text(frame[name]) for name in ("source", "record_id")]
    if (begins := _beginnings(texts)) is not None:
        return np.cumsum(begins) - 1
    source = pd.factorize(frame["source"])[0].astype(np.int64)
    record = pd.factorize(frame["record_id"])[0].astype(np.int64)
    return pd.factorize(source * (len(frame) + 1) + record)[0].astype(np.int64)


def in_order(frame: pd.DataFrame, names: Sequence[str], *, twice: bool = True) -> bool:
    """Whether rows stand sorted by text columns, the first named first; `twice` allows equal rows."""
    begins = _beginnings([_text(frame[name]) for name in names])
    return begins is not None and (twice or bool(begins.all()))


def _beginnings(columns: Sequence[pa.Array]) -> Ints | None:
    """1 where a row differs from the one before, else 0; None where the rows are not sorted by these columns."""
    if len(columns[0]) < 2:
        return np.ones(len(columns[0]), dtype=np.int64)
    same = pa.array(np.ones(len(columns[0]) - 1, dtype=bool))
    ordered = same
    for texts in columns:
        one, two = texts[:-1], texts[1:]
        ordered = pc.and_(ordered, pc.or_(pc.invert(same), pc.less_equal(one, two)))
        same = pc.and_(same, pc.equal(one, two))
    if not pc.all(ordered, skip_nulls=False).as_py():
        return None
    begins = np.ones(len(columns[0]), dtype=np.int64)
    begins[1:] = pc.invert(same).to_numpy(zero_copy_only=False)
    return begins


def _times(created: pd.Series[str], modified: pd.Series[str]) -> tuple[list[str], tuple[Ints, Ints]]:
    both = pd.concat([created.fillna(modified), modified.fillna(created)])
    codes, times = pd.factorize(both, sort=True)
    half = len(created)
    return [str(t) for t in times], (codes[:half].astype(np.int64), codes[half:].astype(np.int64))


def written(text: str) -> int:
    """How well a text is written, 0 is best: mixed case (2), and with its own letters (1)."""
    letters = [c for c in text if c.isalpha()]
    plain = len(letters) > 1 and (text == text.lower() or text == text.upper())
    return 2 * plain + text.isascii()


def code_column(column: pd.Series[str], fold: Callable[[str], str] = fold_umlaut) -> Coded:
    """A text column as codes; blank texts are missing.

    Args:
        column: Text.
        fold: Values with equal forms are the same.
    """
    codes, uniques = pd.factorize(column)
    return code_values(codes.astype(np.int64), [str(u) for u in uniques], fold)


def code_values(codes: Ints, values: list[str], fold: Callable[[str], str] = fold_umlaut) -> Coded:
    """Codes and their distinct values with what is measured of each."""
    blank = np.array([not v.strip() for v in values], dtype=bool)
    if blank.any():
        codes = np.where(blank[codes] & (codes >= 0), -1, codes)
    same = pd.factorize(pd.Series([fold(v) for v in values], dtype="str"))[0].astype(np.int64)
    order = np.empty(len(values), dtype=np.int64)
    order[np.argsort(np.array(values, dtype=object), kind="stable")] = np.arange(len(values))
    return Coded(
        codes=codes,
        values=values,
        same=same,
        letters=np.array([len(v) for v in values], dtype=np.int64),
        order=order,
        written=np.array([written(v) for v in values], dtype=np.int64),
    )


def evidence_of(book: Book, record: Ints, coded: Coded) -> Evidence:
    """The evidence of a field of the parties.

    Args:
        book: The parties.
        record: Parties that have a value, in order.
        coded: The column of all parties.
    """
    value = coded.codes[record]
    size = len(record)
    return Evidence(
        customer=book.customer[record],
        record=record,
        same=coded.same[value],
        source=book.source[record],
        source_rank=book.rank[record],
        time=book.last[record],
        valid=np.ones(size, dtype=np.int64),
        parts=coded.letters[value],
        letters=coded.letters[value],
        order=coded.order[value],
        written=coded.written[value],
        place=np.zeros(size, dtype=np.int64),
        common=common(coded)[record],
        code=value,
        listed=coded.values,
    )


def common(coded: Coded) -> Ints:
    """For each row how many rows have its value in folded form; 0 where it has none."""
    if coded.times is not None:
        return np.asarray(np.append(coded.times, 0)[coded.codes])
    same = np.append(coded.same, -1)[coded.codes]
    counts: Ints = np.append(np.bincount(same[same >= 0], minlength=1), 0).astype(np.int64)
    taken: Ints = counts[same]
    return taken


def rarer(left: Coded, right: Coded) -> Ints:
    """How common the rarer of two parts is; a part that is not there does not count."""
    one, two = common(left), common(right)
    return np.where(one == 0, two, np.where(two == 0, one, np.minimum(one, two)))

"""Fields that stand alone: birth date, identifiers, revenue; and the lists of contact points.

Each distinct value of a customer is kept; one of them is primary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from crmclean.merge.columns import Book, evidence_of
from crmclean.merge.defaults import place_rank
from crmclean.merge.pieces import SUM, Piece, distinct, representatives, rule_codes, rule_names, seen_by_class
from crmclean.merge.rules import Evidence, Ints, Ranking, Rule, rank
from crmclean.tables import Contacts

__all__ = ["CONTACT_FIELDS", "SINGLE", "contact_pieces", "single_pieces"]

SINGLE = (
    "birth_date", "birth_name", "nickname", "language", "customer_no", "vat_id", "tax_no",
    "register_no", "iban", "national_id", "other_id", "last_order",
)  # fmt: skip
_OF_ACCOUNT = ("customer_no", "last_order")
CONTACT_FIELDS = ("email", "phone", "mobile", "fax", "handle", "web")
Chains = Mapping[str, Sequence[str]]
Rules = Mapping[str, Rule]


def single_pieces(book: Book, chains: Chains, rules: Rules) -> list[Piece]:
    """The fields of the parties that no group holds together."""
    pieces = []
    for field in SINGLE:
        coded = book.column(field)
        # an account's number and orders are not those of the company beside the person on its row
        mine = book.counts | (book.organization[book.customer] == 0) if field in _OF_ACCOUNT else True
        record = np.flatnonzero((coded.codes >= 0) & mine).astype(np.int64)
        evidence = evidence_of(book, record, coded)
        ranking = rank(evidence, chains[field], rules)
        piece = _piece(book, field, evidence, ranking, (coded.codes[record], coded.values))
        pieces.extend(_together(book, piece) if "concat" in chains[field] else [piece])
    return [*pieces, *_revenue(book, chains["revenue"], rules), *_test_rows(book)]


def _together(book: Book, piece: Piece) -> list[Piece]:
    """All values of a customer in one, each with its source and day; the single ones are kept beside."""
    if not len(piece.customer):
        return [piece]
    customers, start = np.unique(piece.customer, return_index=True)
    days = [*(time[:10] for time in book.times), ""]
    sources = book.parties["source"].array.take(piece.record).tolist()
    told = [
        " ".join(filter(None, (source, days[last]))) + ": " + piece.values[value]
        for source, last, value in zip(sources, piece.last.tolist(), piece.value.tolist(), strict=True)
    ]
    ends = [*start[1:].tolist(), len(told)]
    texts = [" | ".join(told[a:b]) for a, b in zip(start.tolist(), ends, strict=True)]
    size = len(customers)
    first = np.minimum.reduceat(np.where(piece.first < 0, np.iinfo(np.int64).max, piece.first), start)
    whole = Piece(
        field=piece.field,
        customer=customers,
        value=np.arange(size, dtype=np.int64),
        values=texts,
        primary=np.ones(size, dtype=bool),
        record=np.full(size, -1, dtype=np.int64),
        rule=np.zeros(size, dtype=np.int64),
        rules=("concat",),
        first=np.where(first == np.iinfo(np.int64).max, -1, first),
        last=np.maximum.reduceat(piece.last, start),
        records=np.add.reduceat(piece.records, start),
    )
    kept = np.full(len(piece.rule), piece.rules.index("kept"), dtype=np.int64)
    return [whole, replace(piece, primary=np.zeros(len(kept), dtype=bool), rule=kept)]


def _piece(
    book: Book, field: str, evidence: Evidence, ranking: Ranking, coded: tuple[Ints, Sequence[str]]
) -> Piece:
    rows, primary, link = representatives(evidence, ranking)
    seen = seen_by_class(book, distinct(evidence.customer, evidence.same), evidence.record)
    return Piece(
        field=field,
        customer=evidence.customer[rows],
        value=coded[0][rows],
        values=coded[1],
        primary=primary,
        record=evidence.record[rows],
        rule=rule_codes(primary, link),
        rules=rule_names(ranking),
        first=seen.first[rows],
        last=seen.last[rows],
        records=seen.records[rows],
    )


def _revenue(book: Book, chain: Sequence[str], rules: Rules) -> list[Piece]:
    """Figures by account; with the rule "sum" their total too, where there are several.

    The same customer number in two exports of one system is one account and counts once.
    """
    amount = book.parties["revenue"].to_numpy(dtype=np.float64)
    record = np.flatnonzero(~np.isnan(amount) & book.counts).astype(np.int64)
    own = pd.Series(book.account[record].astype("str"), dtype="str")
    number = book.parties["customer_no"].iloc[record].reset_index(drop=True)
    value, distinct_amounts = pd.factorize(amount[record], sort=True)
    account = pd.factorize(number.where(number.notna(), "\0" + own))[0].astype(np.int64)
    size = len(record)
    evidence = Evidence(
        customer=book.customer[record], record=record, same=account, source=book.source[record],
        source_rank=book.rank[record], time=book.last[record], valid=np.ones(size, dtype=np.int64),
        parts=np.ones(size, dtype=np.int64), letters=np.ones(size, dtype=np.int64),
        order=value.astype(np.int64), written=np.zeros(size, dtype=np.int64), place=np.zeros(size, dtype=np.int64),
        common=np.zeros(size, dtype=np.int64),
    )  # fmt: skip
    links = ("most_recent", "source_priority") if "sum" in chain else chain
    texts = [f"{v:.2f}" for v in distinct_amounts]
    piece = _piece(book, "revenue", evidence, rank(evidence, links, rules), (value.astype(np.int64), texts))
    return _summed(piece, distinct_amounts) if "sum" in chain else [piece]


def _summed(piece: Piece, amounts: pd.Index | np.ndarray) -> list[Piece]:
    customers, start, count = np.unique(piece.customer, return_index=True, return_counts=True)
    several = count > 1
    if not several.any():
        return [piece]
    total = np.add.reduceat(np.asarray(amounts, dtype=np.float64)[piece.value], start)[several]
    begin = start[several]
    codes, sums = pd.factorize(np.round(total, 2), sort=True)
    primary = piece.primary.copy()
    primary[begin] = False
    kept = piece.rules.index("kept")
    rule = np.where(primary, piece.rule, kept)
    first = np.where(piece.first < 0, np.iinfo(np.int64).max, piece.first)
    first = np.minimum.reduceat(first, start)[several]
    whole = Piece(
        field="revenue",
        customer=customers[several],
        value=codes.astype(np.int64),
        values=[f"{v:.2f}" for v in sums],
        primary=np.ones(len(begin), dtype=bool),
        record=np.full(len(begin), -1, dtype=np.int64),
        rule=np.zeros(len(begin), dtype=np.int64),
        rules=(SUM,),
        first=np.where(first == np.iinfo(np.int64).max, -1, first),
        last=np.maximum.reduceat(piece.last, start)[several],
        records=np.add.reduceat(piece.records, start)[several],
    )
    return [whole, replace(piece, primary=primary, rule=rule)]


def _test_rows(book: Book) -> list[Piece]:
    """`is_test` for customers all of whose rows are tests."""
    test = book.parties["is_test"].to_numpy(dtype=bool)
    start = np.flatnonzero(np.r_[True, book.customer[1:] != book.customer[:-1]][: len(test)]).astype(np.int64)
    if not len(start):
        return []
    rows = start[np.logical_and.reduceat(test, start)]
    size = len(rows)
    seen = seen_by_class(book, book.customer, np.arange(len(test), dtype=np.int64))
    zero = np.zeros(size, dtype=np.int64)
    return [
        Piece("is_test", book.customer[rows], zero, ("true",), np.ones(size, dtype=bool), rows, zero, ("only",),
              seen.first[rows], seen.last[rows], seen.records[rows])
    ]  # fmt: skip


def contact_pieces(book: Book, contacts: Contacts, chains: Chains, rules: Rules) -> list[Piece]:
    """E-mail addresses, numbers and handles: every usable one, the best primary.

    Contact points without a value or marked invalid are left out (they stay in `contacts`). A
    phone of type mobile is the field `mobile`.
    """
    party = book.positions(contacts["party"])
    usable = np.flatnonzero((party >= 0) & contacts["valid"].to_numpy(dtype=bool))
    value, values = pd.factorize(contacts["value"].array.take(usable), sort=True)
    texts = [str(v) for v in values]
    blank = np.array([*(not text for text in texts), True], dtype=bool)  # the code -1 takes the last: missing
    usable, value = usable[~blank[value]], value[~blank[value]]
    columns = {
        name: pd.factorize(contacts[name].array.take(usable), sort=True) for name in ("kind", "type", "field")
    }
    key, keys = pd.factorize(contacts["key"].array.take(usable))
    kinds = {str(k): code for code, k in enumerate(columns["kind"][1])}
    mobile = {str(t): code for code, t in enumerate(columns["type"][1])}.get("mobile", -2)
    points = Points(
        record=party[usable].astype(np.int64),
        code=value.astype(np.int64),
        same=_classes(value, texts, key, [str(k) for k in keys]),
        type=columns["type"],
        field=columns["field"],
        texts=texts,
        letters=np.array([len(text) for text in texts], dtype=np.int64),
    )
    kind = columns["kind"][0]
    is_mobile = (kind == kinds.get("phone", -2)) & (columns["type"][0] == mobile)
    pieces = []
    for field in CONTACT_FIELDS:
        of_field = is_mobile if field == "mobile" else (kind == kinds.get(field, -2)) & ~is_mobile
        pieces.append(_contact_piece(book, field, points, np.flatnonzero(of_field), (chains[field], rules)))
    return pieces


@dataclass(frozen=True, slots=True)
class Points:
    """Usable contact points as columns.

    Args:
        record: Party each belongs to.
        code: Value of each: position in texts, which are in alphabetical order.
        same: Class of those that are equal for matching.
        type: Codes and types.
        field: Codes and fields it was read from.
        texts: The distinct values.
        letters: Length of each.
    """

    record: Ints
    code: Ints
    same: Ints
    type: tuple[Ints, pd.Index]
    field: tuple[Ints, pd.Index]
    texts: list[str]
    letters: Ints


def _classes(value: Ints, texts: list[str], key: Ints, keys: list[str]) -> Ints:
    """The class of each point: its match key, where it has none its value; equal texts are one class."""
    number = {text: code for code, text in enumerate(keys)}
    own = np.array(
        [number.get(text, len(keys) + code) for code, text in enumerate(texts)] or [0], dtype=np.int64
    )
    return np.where(key >= 0, key, own[value]).astype(np.int64)


def _contact_piece(
    book: Book, field: str, points: Points, rows: Ints, law: tuple[Sequence[str], Rules]
) -> Piece:
    types, names = points.type
    origin, origins = points.field
    listed = [
        *(str(o) for o in origins),
        field,
    ]  # the code -1 takes the last: read from a column of this name
    rows = rows[np.lexsort((types[rows], origin[rows], points.code[rows], points.record[rows]))]
    record, code = points.record[rows], points.code[rows]
    evidence = Evidence(
        customer=book.customer[record], record=record, same=points.same[rows],
        source=book.source[record], source_rank=book.rank[record], time=book.last[record],
        valid=np.ones(len(record), dtype=np.int64), parts=np.ones(len(record), dtype=np.int64),
        letters=points.letters[code], order=code, written=np.zeros(len(record), dtype=np.int64),
        place=_places(book, field, record, (types[rows], [str(n) for n in names])),
        common=np.zeros(len(record), dtype=np.int64), code=code, listed=points.texts,
    )  # fmt: skip
    ranking = rank(evidence, law[0], law[1])
    piece = _piece(book, field, evidence, ranking, (code, points.texts))
    best = rows[representatives(evidence, ranking)[0]]
    return replace(piece, type=types[best], types=[str(n) for n in names], origin=origin[best] % len(listed),
                   origins=listed)  # fmt: skip


def _places(book: Book, field: str, record: Ints, coded: tuple[Ints, list[str]]) -> Ints:
    names = [*coded[1], ""]  # the code -1 takes the last: no type
    table = np.array(
        [[place_rank(field, n, organization=o) for n in names] for o in (False, True)], dtype=np.int64
    )
    return table[book.organization[book.customer[record]], coded[0]]

"""The postal addresses of each customer: all of them, one primary, parts never mixed.

Two spellings are one address when street, number and postcode (or town) are the same in folded
form; "Str." and "Straße" are the same. The primary address may be completed from an address that
agrees with it on street and place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmclean.merge.columns import Book, Coded, code_column, rarer
from crmclean.merge.defaults import place_rank
from crmclean.merge.groups import Won, choose
from crmclean.merge.pieces import Piece, distinct, rule_names, seen_by_class
from crmclean.merge.place import greatest_within, numbered, places_of, smallest_within
from crmclean.merge.rules import Evidence, Ints, Rule, rows_of_several
from crmclean.tables import Addresses
from crmclean.text.fold import fold, fold_umlaut

__all__ = ["PARTS", "address_pieces", "number_form", "street_form"]

PARTS = (
    "care_of", "street", "house_number", "addition", "po_box", "postal_code", "city", "district",
    "region", "country",
)  # fmt: skip
_STREET = re.compile(r"str(?:asse|\.)?$|str(?:asse|\.)?(?=\s)")
_NOT_WORD = re.compile(r"[\W_]+")
_FIELD_OF = {"addition": "address_addition"}
FILLABLE = ("house_number", "addition", "postal_code", "city", "district", "region", "country")


def street_form(text: str) -> str:
    """One form for "Hauptstraße", "Haupt-Str." and "HAUPTSTRASSE".

    Example:
        >>> street_form("Haupt-Str.") == street_form("Hauptstraße") == "hauptstr"
        True
    """
    return _NOT_WORD.sub("", _STREET.sub("str", fold_umlaut(text)))


def number_form(text: str) -> str:
    """One form for "12 a" and "12A", "14-16" and "14/16"."""
    return _NOT_WORD.sub("", fold(text).replace("-", "bis").replace("/", "bis"))


def address_pieces(
    book: Book,
    addresses: Addresses,
    chains: Mapping[str, Sequence[str]],
    rules: Mapping[str, Rule],
) -> list[Piece]:
    """All distinct addresses of each customer, part by part; the primary one completed."""
    party = book.positions(addresses["party"])
    frame = _in_order(addresses, party)
    forms = {
        "street": street_form,
        "house_number": number_form,
        "postal_code": number_form,
        "po_box": number_form,
    }
    folds = {part: forms.get(part, fold_umlaut) for part in PARTS}
    parts = {part: book.counted(part, code_column(frame[part], fold), fold) for part, fold in folds.items()}
    key = {part: np.append(coded.same, -1)[coded.codes] for part, coded in parts.items()}
    said = np.any([coded.codes >= 0 for p, coded in parts.items() if p != "country"], axis=0)
    if not said.all():
        rows = np.flatnonzero(said)
        frame, key = frame.iloc[rows], {part: codes[rows] for part, codes in key.items()}
        parts = {part: replace(coded, codes=coded.codes[rows]) for part, coded in parts.items()}
    evidence = _evidence(book, frame, key, parts)
    won = choose(book, evidence, chains["address"], rules)
    agree = _agree(key, won.winner, evidence.customer)
    won = _told_once(book, key, evidence, won, agree)
    columns = (pd.factorize(frame["type"]), pd.factorize(frame["field"].fillna("")))
    pieces = [_piece(field, coded, evidence, won, (agree, columns)) for field, coded in parts.items()]
    return [piece for piece in pieces if len(piece.customer)]


def _in_order(addresses: Addresses, record: Ints) -> pd.DataFrame:
    """The addresses of known records in the order of these; those of one record by all they say."""
    rows = np.flatnonzero(record >= 0)
    rows = rows[np.argsort(record[rows], kind="stable")]
    owner = record[rows]
    tied = rows_of_several(owner)
    if len(tied):
        several = addresses.iloc[rows[tied]].assign(record=owner[tied], place=rows[tied])
        several = several.sort_values(["record", "field", "raw", *PARTS], kind="stable")
        rows[tied] = several["place"].to_numpy()
    columns = [*PARTS, "type", "field", "valid_from", "valid_to"]
    return pd.DataFrame(addresses[columns].iloc[rows]).assign(record=record[rows])


def _evidence(
    book: Book, frame: pd.DataFrame, key: Mapping[str, Ints], parts: Mapping[str, Coded]
) -> Evidence:
    record = frame["record"].to_numpy(dtype=np.int64)
    has = {part: codes >= 0 for part, codes in key.items()}
    known_place = has["postal_code"] | has["city"]
    # 5 and 4: a letter arrives; 3: without the house number it may; the rest is no address to write to
    complete = np.select(
        [
            has["street"] & has["house_number"] & known_place,
            has["po_box"] & known_place,
            has["street"] & known_place,
        ],
        [5, 4, 3],
        default=1,
    ) + (has["street"] & ~known_place)
    place = np.where(has["postal_code"], key["postal_code"], -2 - key["city"])
    same = numbered(key["street"], key["house_number"], key["po_box"], place)
    types, names = pd.factorize(frame["type"])
    ranks = [
        [place_rank("address", str(n), organization=o) for n in [*names, ""]] for o in (False, True)
    ]  # the code -1 takes the last: no type
    time, ends = _times(book, frame, record)
    rank = np.array(ranks, dtype=np.int64)[book.organization[book.customer[record]], types]
    # the latest record and the best type of a place count for all its spellings
    site = places_of(book.customer[record], key, _initial(parts["street"]))
    return Evidence(
        customer=book.customer[record], record=record, same=same, source=book.source[record],
        source_rank=book.rank[record], time=greatest_within(site, time), valid=has["postal_code"].astype(np.int64),
        parts=complete.astype(np.int64), letters=_letters(parts["house_number"]),
        order=np.zeros(len(record), dtype=np.int64), written=_written(parts), place=smallest_within(site, rank),
        common=rarer(parts["street"], parts["city"]), ended=_ended(distinct(book.customer[record], same), time, ends),
    )  # fmt: skip


def _times(book: Book, frame: pd.DataFrame, record: Ints) -> tuple[Ints, Ints]:
    """Ranks of the time since which an address holds, its own, else that of its record, and of its end.

    -1 is unknown; of ends also those that are not over on the day of the run.
    """
    columns = [pd.factorize(frame[name]) for name in ("valid_from", "valid_to")]
    every = sorted({*book.times, *(str(t) for _, said in columns for t in said)})
    rank = {time: place for place, time in enumerate(every)}
    (since, begun), (until, ended) = columns
    own = np.array([*(rank[str(t)] for t in begun), -1], dtype=np.int64)[since]
    of_record = np.array([*(rank[t] for t in book.times), -1], dtype=np.int64)[book.last[record]]
    over = [rank[str(t)] if not book.day or str(t) < book.day else -1 for t in ended]
    return np.where(since >= 0, own, of_record), np.array([*over, -1], dtype=np.int64)[until]


def _ended(same: Ints, time: Ints, ends: Ints) -> Ints:
    """1 for addresses that are said to have ended, unless a record written later still gives them."""
    if not (ends >= 0).any():
        return np.zeros(len(same), dtype=np.int64)
    end = greatest_within(same, ends)
    later = greatest_within(same, np.where(ends < 0, time, -1))
    return ((end >= 0) & (later <= end)).astype(np.int64)


def _initial(street: Coded) -> Ints:
    letters = pd.factorize(pd.Series([street_form(v)[:1] for v in street.values], dtype="str"))[0]
    return np.append(letters, -1)[street.codes].astype(np.int64)


def _letters(number: Coded) -> Ints:
    return np.append([len(number_form(v)) for v in number.values], 0)[number.codes].astype(np.int64)


def _written(parts: Mapping[str, Coded]) -> Ints:
    street, city = parts["street"], parts["city"]
    total: Ints = np.append(street.written, 0)[street.codes] + np.append(city.written, 0)[city.codes]
    return total


def _agree(key: Mapping[str, Ints], winner: Ints, customer: Ints) -> NDArray[np.bool_]:
    """Whether each address says the same as its customer's primary one, as far as both speak.

    Where the winner is silent and those who agree with it contradict each other, none of the
    contradicting ones is heard: the house number of one must not meet the town of another.
    """
    agree: NDArray[np.bool_] = key["street"] == key["street"][winner]
    for part in ("house_number", "po_box", "postal_code", "city", "country"):
        own, other = key[part], key[part][winner]
        agree &= (own == other) | (own < 0) | (other < 0)
    zips, towns = key["postal_code"], key["city"]
    agree &= ((zips == zips[winner]) & (zips >= 0)) | ((towns == towns[winner]) & (towns >= 0))
    agree[winner] = True
    for part in ("house_number", "postal_code", "city", "country"):
        own = key[part]
        speaks = agree & (own >= 0) & (own[winner] < 0)
        pairs = np.unique(np.stack([customer[speaks], own[speaks]]), axis=1)[0]
        several, count = np.unique(pairs, return_counts=True)
        agree &= ~(speaks & np.isin(customer, several[count > 1]))
    return agree


def _told_once(
    book: Book, key: Mapping[str, Ints], evidence: Evidence, won: Won, agree: NDArray[np.bool_]
) -> Won:
    """Without the addresses that only say less than the primary one; they count as its records."""
    less = agree.copy()
    for part in ("care_of", "po_box"):  # never filled in, so an address that has one says more
        less &= (key[part] < 0) | (key[part] == key[part][won.winner])
    less[won.winner] = False
    keep = ~less[won.rows]
    together = np.where(agree, evidence.same[won.winner], evidence.same)
    seen = seen_by_class(book, distinct(evidence.customer, together), evidence.record)
    return replace(won, rows=won.rows[keep], primary=won.primary[keep], seen=seen)


def _piece(
    field: str,
    coded: Coded,
    evidence: Evidence,
    won: Won,
    how: tuple[NDArray[np.bool_], tuple[tuple[Ints, pd.Index], tuple[Ints, pd.Index]]],
) -> Piece:
    """One part of all distinct addresses; the primary ones filled from those who agree."""
    (agree, (types, fields)), rows, primary = how, won.rows, won.primary
    source = rows.copy()
    if field in FILLABLE:
        order = won.ranking.order
        order = order[(coded.codes[order] >= 0) & agree[order]]
        customer, first = np.unique(evidence.customer[order], return_index=True)
        filler = np.full(int(evidence.customer.max(initial=0)) + 1, -1, dtype=np.int64)
        filler[customer] = order[first]
        silent = primary & (coded.codes[rows] < 0) & (filler[evidence.customer[rows]] >= 0)
        source[silent] = filler[evidence.customer[rows[silent]]]
    keep = coded.codes[source] >= 0
    rows, source, primary = rows[keep], source[keep], primary[keep]
    rule = np.where(~primary, 2, np.where(source == rows, won.link[rows], 1))
    return Piece(
        field=field, customer=evidence.customer[rows], value=coded.codes[source], values=coded.values,
        primary=primary, record=evidence.record[source], rule=rule.astype(np.int64), rules=rule_names(won.ranking),
        first=won.seen.first[source], last=won.seen.last[source], records=won.seen.records[source],
        type=types[0][rows].astype(np.int64), types=[str(t) for t in types[1]],
        origin=fields[0][source].astype(np.int64), origins=[f"{f}{_FIELD_OF.get(field, field)}" for f in fields[1]],
    )  # fmt: skip

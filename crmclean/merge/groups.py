"""Groups: the parts of a name, of a company and of an address come from one record.

Where the winning record is silent on a part, only a record that agrees with it on the rest may
speak: the same given and family name, the same company, the same street and place. So a value is
never put together from two records that contradict each other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmclean.merge.columns import Book, Coded, code_column, common, rarer
from crmclean.merge.pieces import Piece, Seen, distinct, representatives, rule_names, seen_by_class
from crmclean.merge.rules import Evidence, Ints, Ranking, Rule, rank
from crmclean.text.fold import fold_umlaut

__all__ = ["COMPANY", "NAME", "company_pieces", "name_pieces", "part_pieces"]

NAME = (
    "salutation", "title", "given_name", "middle_names", "name_prefix", "family_name", "name_suffix",
)  # fmt: skip
COMPANY = ("organization", "org_base", "legal_form", "department", "role")
_NOT_WORD = re.compile(r"[\W_]+")
Chains = Mapping[str, Sequence[str]]
Rules = Mapping[str, Rule]


@dataclass(frozen=True, slots=True)
class Won:
    """The winner of each customer in a group.

    Args:
        ranking: Order of the units (records or addresses).
        winner: For each unit the winning unit of its customer.
        link: For each unit the rule code of its winner.
        seen: Times and counts of each unit's class.
        rows: The best unit of each class, in order.
        primary: Which of these are winners.
    """

    ranking: Ranking
    winner: Ints
    link: Ints
    seen: Seen
    rows: Ints
    primary: NDArray[np.bool_]


def choose(book: Book, evidence: Evidence, chain: Sequence[str], rules: Rules) -> Won:
    """The best unit of each customer by a chain of rules."""
    ranking = rank(evidence, chain, rules)
    rows, primary, link = representatives(evidence, ranking)
    size = len(book.customers)
    winner, code = np.full(size, -1, dtype=np.int64), np.zeros(size, dtype=np.int64)
    winner[evidence.customer[rows[primary]]] = rows[primary]
    code[evidence.customer[rows[primary]]] = np.where(link[primary] < 0, 0, link[primary] + 3)
    seen = seen_by_class(book, distinct(evidence.customer, evidence.same), evidence.record)
    return Won(ranking, winner[evidence.customer], code[evidence.customer], seen, rows, primary)


def part_pieces(
    book: Book, evidence: Evidence, won: Won, agree: NDArray[np.bool_], parts: Mapping[str, Coded]
) -> list[Piece]:
    """The parts of the winner, filled from agreeing units, and the other values of each part.

    Args:
        book: The parties.
        evidence: The units.
        won: Their winners.
        agree: Whether a unit agrees with its winner.
        parts: Columns of the units.
    """
    pieces = []
    for field, coded in parts.items():
        order = won.ranking.order[coded.codes[won.ranking.order] >= 0]
        if not len(order):
            continue
        customer, same = evidence.customer[order], coded.same[coded.codes[order]]
        # the winner first, then those who agree, then the others; each in order
        level = np.where(order == won.winner[order], 0, np.where(agree[order], 1, 2))
        turn = np.lexsort((level, customer))
        order, customer, same, level = order[turn], customer[turn], same[turn], level[turn]
        group = distinct(customer, same)
        keep = np.unique(group, return_index=True)[1]
        keep.sort()
        first = np.ones(len(keep), dtype=bool)
        first[1:] = customer[keep][1:] != customer[keep][:-1]
        primary = first & (level[keep] < 2)
        seen = seen_by_class(book, group, evidence.record[order])
        units = order[keep]
        rule = np.where(~primary, 2, np.where(level[keep] == 0, won.link[units], 1))
        pieces.append(
            Piece(field, customer[keep], coded.codes[units], coded.values, primary, evidence.record[units],
                  rule.astype(np.int64), rule_names(won.ranking), seen.first[keep], seen.last[keep],
                  seen.records[keep])
        )  # fmt: skip
    return pieces


def _units(book: Book, rows: Ints, classes: Ints, measures: tuple[Ints, Ints, Ints]) -> Evidence:
    """Evidence of parties as units: `measures` are filled parts, how well written and how common."""
    size = len(rows)
    return Evidence(
        customer=book.customer[rows], record=rows, same=classes[rows], source=book.source[rows],
        source_rank=book.rank[rows], time=book.last[rows], valid=np.ones(size, dtype=np.int64),
        parts=measures[0][rows], letters=measures[0][rows], order=np.zeros(size, dtype=np.int64), written=measures[1][rows],
        place=np.zeros(size, dtype=np.int64), common=measures[2][rows],
    )  # fmt: skip


def name_pieces(book: Book, chains: Chains, rules: Rules) -> list[Piece]:
    """The name of each person: salutation, titles, given and family name from one record."""
    parts = {field: book.column(field) for field in NAME}
    given, family = parts["given_name"], parts["family_name"]
    full = np.array([len(_NOT_WORD.sub("", v)) > 1 for v in given.values] + [False])
    has = (given.codes >= 0, family.codes >= 0)
    complete = 4 * has[1] + np.where(full[given.codes], 2, 0) + has[0]
    rows = np.flatnonzero((book.organization[book.customer] == 0) & (has[0] | has[1])).astype(np.int64)
    classes = _pair(_same(given), _same(family))
    evidence = _units(
        book,
        rows,
        classes,
        (complete.astype(np.int64), _written(given) + _written(family), rarer(given, family)),
    )
    won = choose(book, evidence, chains["name"], rules)
    agree = evidence.same == evidence.same[won.winner]
    return part_pieces(book, evidence, won, agree, _of_rows(parts, rows))


def company_pieces(book: Book, chains: Chains, rules: Rules) -> list[Piece]:
    """The company of each organization, and the employer of each person, from one record."""
    parts = {field: book.column(field) for field in COMPANY}
    base, shown = parts["org_base"], parts["organization"]
    # the name without its legal form decides what is the same company
    bare = code_column(book.given["org_base"]).codes >= 0
    both = book.given["org_base"].where(bare, book.given["organization"])
    classes = _same(code_column(both, _company_form))[book.rows]
    complete = np.sum(
        [parts[f].codes >= 0 for f in ("organization", "legal_form", "role", "department")], axis=0
    )
    named = (shown.codes >= 0) | (base.codes >= 0)
    organization = book.organization[book.customer] == 1
    pieces = []
    for group, members in (("company", organization), ("employer", ~organization)):
        rows = np.flatnonzero(named & members).astype(np.int64)
        evidence = _units(book, rows, classes, (complete.astype(np.int64), _written(shown), common(shown)))
        won = choose(book, evidence, chains[group], rules)
        agree = evidence.same == evidence.same[won.winner]
        wanted = parts if group == "company" else {f: c for f, c in parts.items() if f != "org_base"}
        pieces.extend(part_pieces(book, evidence, won, agree, _of_rows(wanted, rows)))
    return _in_one_field(pieces)


def _in_one_field(pieces: Sequence[Piece]) -> list[Piece]:
    return sorted(pieces, key=lambda piece: COMPANY.index(piece.field))


def _company_form(text: str) -> str:
    return " ".join(_NOT_WORD.sub(" ", fold_umlaut(text.replace("&", " und ").replace("+", " und "))).split())


def _of_rows(parts: Mapping[str, Coded], rows: Ints) -> dict[str, Coded]:
    return {field: replace(coded, codes=coded.codes[rows]) for field, coded in parts.items()}


def _same(coded: Coded) -> Ints:
    return np.append(coded.same, -1)[coded.codes]


def _written(coded: Coded) -> Ints:
    return np.append(coded.written, 0)[coded.codes]


def _pair(left: Ints, right: Ints) -> Ints:
    return pd.factorize((left + 1) * (int(right.max(initial=0)) + 2) + right + 1)[0].astype(np.int64)

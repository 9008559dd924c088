"""Plain names of whole columns at once: each distinct word is looked at once, rows are arithmetic.

Three forms are read here: given and family name in columns of their own, a family name alone, and one
text of two words (``Hans Meyer``, ``Meyer, Hans``), all with any salutation, title or sex beside them that the fast
path of `normalize_person` knows. Agrees with `normalize_person` and with the decision between person
and company (property tests); every other name is read one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.normalize.person import Address, plain_address
from crmclean.normalize.person_facts import family_alone, family_facts, given_facts
from crmclean.normalize.person_fast import (
    COMPANY,
    TextWord,
    has_case,
    may_be_swapped,
    recased,
    text_word,
)
from crmclean.normalize.person_or_company import looks_like_company
from crmclean.normalize.records_arrow import Bools, Ints, flags, picked
from crmclean.text.fold import fold

__all__ = ["Beside", "PlainPersons", "plain_alone", "plain_pairs", "plain_texts"]

_PAIR = r"^(?P<first>[^ ,]+)(?P<comma>,?) (?P<last>[^ ,]+)$"
_NO_ADDRESS: Address = (None, None, None, ())
Beside = tuple[Ints, Sequence[tuple[str | None, ...]]]


@dataclass(frozen=True, slots=True)
class PlainPersons:
    """Plain names: their rows and parts, and per finding its code, field, confidence and rows.

    Args:
        rows: Row numbers.
        parts: Columns of the parties table.
        notes: (code, field, confidence, rows).
    """

    rows: Ints
    parts: pd.DataFrame
    notes: list[tuple[str, str | None, float | None, Ints]]


@dataclass(frozen=True, slots=True)
class _Words:
    """Facts of distinct words as arrays; the last entry stands for a missing word."""

    code: Ints
    names: Sequence[str]
    upper: Bools
    lower: Bools
    again: Ints


def _words(column: Any) -> _Words:
    """The distinct words of a column and, behind them, those of one case with their case restored."""
    coded = column.dictionary_encode()
    names: list[str] = coded.dictionary.to_pylist()
    upper = np.array([w.isupper() for w in names], dtype=np.bool_)
    lower = np.array([w.islower() for w in names], dtype=np.bool_)
    known = {w: n for n, w in enumerate(names)}
    again = np.arange(len(names), dtype=np.int64)
    for at in np.flatnonzero(upper | lower).tolist():
        word = names[at]
        if has_case(word):
            again[at] = known.setdefault(recased(word), len(known))
        else:
            again[at] = -1
    code = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return _Words(code, list(known), upper, lower, again)


def _flags(items: Sequence[Any], test: Callable[[Any], object]) -> Bools:
    return np.array([*(bool(test(i)) for i in items), False], dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class _Addressed:
    """What stands beside the names: per row a number, per number salutation, gender and title."""

    code: Ints
    known: list[Address | None]
    who: Bools

    def column(self, place: int, rows: Bools) -> pd.Series[Any]:
        """One fact of it for these rows: 0 salutation, 1 gender, 2 title."""
        values = [None if k is None else k[place] for k in self.known]
        return picked([None if v is None else str(v) for v in values], self.code[rows])

    def flags(self, test: Callable[[Address], object]) -> Bools:
        """A test of what is known, spread over the rows."""
        return _flags(self.known, lambda k: k is not None and test(k))[self.code]


def _addressed(beside: Beside, is_who: Callable[[str], bool]) -> _Addressed:
    codes, values = beside
    known: list[Address | None] = [plain_address(a or "", b or "", c or "") for a, b, c in values]
    who = [bool(a) and is_who(a or "") for a, _, _ in values]
    codes = np.where(codes < 0, len(known), codes)
    return _Addressed(codes, [*known, _NO_ADDRESS], np.array([*who, False], dtype=np.bool_)[codes])


def _mismatch(beside: _Addressed, sex: Ints) -> Bools:
    """Whether salutation or sex field say otherwise than the given name's list does (m 0, f 1)."""
    said = [k[1] if k is not None else None for k in beside.known]
    gender = np.array([-1 if g is None else {"m": 0, "f": 1}.get(g, 2) for g in said])[beside.code]
    odd: Bools = (gender >= 0) & (sex >= 0) & (gender != sex)
    return odd


def _sexes(items: Sequence[str | None]) -> Ints:
    return np.array([*({"m": 0, "f": 1}.get(s or "", -1) for s in items), -1], dtype=np.int64)


def _found(
    rows: Ints, fits: Bools, beside: _Addressed, parts: dict[str, Any], cased: Bools, odd: Bools
) -> PlainPersons:
    kept = rows[fits]
    columns = {
        "salutation": beside.column(0, fits), "gender": beside.column(1, fits), "title": beside.column(2, fits),
        **parts,
    }  # fmt: skip
    notes: list[tuple[str, str | None, float | None, Ints]] = [
        (f.code, f.field, f.confidence, rows[fits & (beside.code == n)])
        for n, address in enumerate(beside.known)
        for f in (address[3] if address is not None else ())
    ]
    notes.append(("name_all_caps", None, None, rows[fits & cased]))
    notes.append(("salutation_gender_mismatch", "salutation", 0.9, rows[fits & odd]))
    return PlainPersons(kept, pd.DataFrame(columns), [n for n in notes if len(n[3])])


def _same(one: Sequence[str], two: Sequence[str], at: Ints, to: Ints) -> Bools:
    """Where both names, folded, are one."""
    known: dict[str, int] = {}
    left = np.array([*(known.setdefault(w, len(known)) for w in one), -1], dtype=np.int64)
    right = np.array([*(known.get(w, -2) for w in two), -2], dtype=np.int64)
    same: Bools = left[at] == right[to]
    return same


def _swapped(one: _Words, two: _Words, at: Ints, to: Ints, rows: Bools) -> Bools:
    """Which of these rows look as if given and family name stood in each other's field."""
    found = np.zeros(len(rows), dtype=np.bool_)
    pairs, places = np.unique(at[rows] * len(two.names) + to[rows], return_inverse=True)
    table = [
        may_be_swapped(one.names[p // len(two.names)], two.names[p % len(two.names)]) for p in pairs.tolist()
    ]
    found[rows] = np.array(table, dtype=np.bool_)[places]
    return found


def _cased(one: _Words, two: _Words, both: Bools) -> tuple[Ints, Ints]:
    """The words of each row, with their case restored where both are of one case."""
    at = np.where(both, one.again[one.code], one.code)
    to = np.where(both, two.again[two.code], two.code)
    lost = (at < 0) | (to < 0)
    return np.where(lost, -1, at), np.where(lost, -1, to)


def plain_alone(rows: Ints, family: Any, beside: Beside, is_who: Callable[[str], bool]) -> PlainPersons:
    """The plain ones of family names without a given name beside them.

    Args:
        rows: Row numbers.
        family: Family names (Arrow texts), none missing.
        beside: As for `plain_pairs`.
        is_who: Whether a salutation addresses one person.
    """
    coded, address = family.dictionary_encode(), _addressed(beside, is_who)
    code = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    words = coded.dictionary.to_pylist()
    last = [family_alone(w) for w in words]
    fits = _flags(last, bool)[code] & address.flags(lambda _: True)
    fits &= address.who | ~_flags(words, lambda w: looks_like_company(w) >= COMPANY)[code]
    parts: dict[str, Any] = {"given_name": None, "middle_names": None, "name_prefix": None}
    parts["family_name"] = picked(last, code[fits])
    nobody = np.zeros(len(rows), dtype=np.bool_)
    return _found(rows, fits, address, parts, nobody, nobody)


def plain_pairs(
    rows: Ints, given: Any, family: Any, beside: Beside, is_who: Callable[[str], bool]
) -> PlainPersons:
    """The plain ones of names in two columns.

    Args:
        rows: Row numbers.
        given: Given names (Arrow texts), none missing.
        family: Family names, likewise.
        beside: Per row a number, -1 for nothing, and what it stands for: salutation, title, sex.
        is_who: Whether a salutation addresses one person.
    """
    one, two, address = _words(given), _words(family), _addressed(beside, is_who)
    first, last = _columns(map(given_facts, one.names), 8), _columns(map(family_facts, two.names), 7)
    fits_1, listed, said_1, odd_1 = map(_marks, first[:4])
    fits_2, is_given_too, said_2, odd_2 = map(_marks, last[:4])
    both = (one.upper[one.code] & two.upper[two.code]) | (one.lower[one.code] & two.lower[two.code])
    at, to = _cased(one, two, both)
    fits = fits_1[at] & fits_2[to] & address.flags(lambda _: True)
    fits &= ~_swapped(one, two, at, to, fits & is_given_too[to] & ~listed[at])
    fits &= said_1[one.code] & said_2[two.code] & ~_same(first[4], last[4], at, to)
    fits &= ~(odd_1[one.code] | odd_2[two.code]) | address.who
    parts = {
        "given_name": picked(first[5], at[fits]),
        "middle_names": picked(first[6], at[fits]),
        "name_prefix": picked(last[5], to[fits]),
        "family_name": picked(last[6], to[fits]),
    }
    return _found(rows, fits, address, parts, both, _mismatch(address, _sexes(first[7])[at]))


def _columns(facts: Iterable[tuple[Any, ...]], width: int) -> list[tuple[Any, ...]]:
    """The facts of words, fact by fact."""
    return list(zip(*facts, strict=True)) or [()] * width


def _marks(values: Sequence[bool]) -> Bools:
    """Flags of words; the last entry stands for a missing word."""
    return np.array([*values, False], dtype=np.bool_)


def _may_be_form(first: Sequence[TextWord], last: Sequence[TextWord], one: Ints, two: Ints) -> Bools:
    """Whether two words in this order may be a legal form or a filler of two words."""
    ends = _flags(last, lambda w: w.ends)[two]
    nearly = _flags(last, lambda w: w.nearly_ends)[two]
    initial = _flags(first, lambda w: w.initial)[one]
    opens = _flags(first, lambda w: w.opens)[one]
    odd: Bools = ends | np.where(initial, nearly, opens)
    return odd


def plain_texts(rows: Ints, text: Any, beside: Beside, is_who: Callable[[str], bool]) -> PlainPersons:
    """The plain ones of names in one text: two words, the family name last or before a comma.

    Args:
        rows: Row numbers.
        text: Names (Arrow texts), none missing.
        beside: As for `plain_pairs`; where a title stands beside, the name is not read here.
        is_who: Whether a salutation addresses one person.
    """
    pair = pc.extract_regex(text, _PAIR)
    hit = flags(pc.is_valid(pair))
    pair, rows, beside = pair.filter(pa.array(hit)), rows[hit], (beside[0][hit], beside[1])
    comma = flags(pc.equal(pc.struct_field(pair, "comma"), ","))
    front, back = pc.struct_field(pair, "first"), pc.struct_field(pair, "last")
    one = _words(pc.if_else(pa.array(comma), back, front))
    two = _words(pc.if_else(pa.array(comma), front, back))
    address = _addressed(beside, is_who)
    first, last = [text_word(w) for w in one.names], [text_word(w) for w in two.names]
    both = one.upper[one.code] & two.upper[two.code]
    at, to = _cased(one, two, both)
    leads = _flags(first, lambda w: w.plain and w.listed)[at] | (
        _flags(first, lambda w: w.plain and w.quiet)[at] & ~_flags(last, lambda w: w.given)[to]
    )
    leads |= _flags(first, lambda w: w.initial)[at] & ~comma
    fits = (
        leads
        & _flags(last, lambda w: w.plain and w.quiet)[to]
        & ~_same([*map(fold, one.names)], [*map(fold, two.names)], at, to)
    )
    fits &= _flags(first, lambda w: w.harmless)[one.code] & _flags(last, lambda w: w.harmless)[two.code]
    fits &= ~_may_be_form(first, last, one.code, two.code) & ~(
        comma & _may_be_form(last, first, two.code, one.code)
    )
    fits &= address.flags(lambda a: a[2] is None) & (~comma | address.flags(lambda a: not a[3]))
    parts = {
        "given_name": picked(one.names, at[fits]),
        "middle_names": None,
        "name_prefix": None,
        "family_name": picked(two.names, to[fits]),
    }
    return _found(rows, fits, address, parts, both, _mismatch(address, _sexes([w.sex for w in first])[at]))

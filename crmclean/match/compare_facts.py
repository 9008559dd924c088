"""Agreement levels of everything but names: dates, contact points, addresses, identifiers."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.match.codes import Codes, Ints, arrow_of, on_distinct_pairs, take
from crmclean.match.features import Features
from crmclean.match.forms import DATE
from crmclean.match.model import Comparison
from crmclean.match.shapes import lengths, matching, may_be_one_edit
from crmclean.text.columns import by_column
from crmclean.text.similarity import edit_distance, jaro_winkler

__all__ = [
    "comparable_numbers",
    "compare_address",
    "compare_birth",
    "compare_email",
    "compare_equal",
    "compare_identifier",
    "compare_phone",
    "date_parts",
]

Levels = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]


def compare_equal(comparison: Comparison, column: Codes, left: Ints, right: Ints) -> Levels:
    """Level equal or different; any slot that agrees counts; 0 where one side has nothing."""
    there = _any(column, left) & _any(column, right)
    result = np.where(there, comparison.index("different"), 0).astype(np.int8)
    result[there & _any_equal(column, left, right)] = comparison.index("equal")
    return result


def compare_identifier(comparison: Comparison, column: Codes, left: Ints, right: Ints) -> Levels:
    """Level equal, typo (one edit in six characters or more) or different."""
    a, b = column.codes.take(left), column.codes.take(right)
    there = (a >= 0) & (b >= 0)
    result = np.where(there, comparison.index("different"), 0).astype(np.int8)
    at = np.flatnonzero(there & (a != b))
    at = at[_one_edit(column, a[at], b[at], smallest=6, first_fixed=False)]
    result[at] = comparison.index("typo")
    result[there & (a == b)] = comparison.index("equal")
    return result


def compare_birth(comparison: Comparison, column: Codes, left: Ints, right: Ints) -> Levels:
    """Level equal, swapped (day and month), typo (one digit or two neighbours swapped), part, different.

    Partial dates agree as "part" as far as they go.
    """
    all_left, all_right = column.codes.take(left), column.codes.take(right)
    result = np.zeros(len(left), dtype=np.int8)
    there = np.flatnonzero((all_left >= 0) & (all_right >= 0))
    if not len(there):
        return result
    year, month, day, digits = date_parts(column)
    a, b = all_left[there], all_right[there]
    same = [part[a] == part[b] for part in (year, month, day)]
    known = (day[a] > 0) & (day[b] > 0)
    agreeing = same[0].astype(np.int8) + same[1] + same[2]
    partial = ~known & same[0] & ((month[a] == 0) | (month[b] == 0) | same[1])
    found = np.full(len(a), comparison.index("different"), dtype=np.int8)
    found[(known & (agreeing == 2)) | partial] = comparison.index("part")
    found[known & _digit_slip(digits[a], digits[b])] = comparison.index("typo")
    crossed = same[0] & (month[a] == day[b]) & (day[a] == month[b]) & ~same[1]
    found[known & crossed] = comparison.index("swapped")
    found[(a == b) & known] = comparison.index("equal")
    result[there] = found
    return result


def _digit_slip(one: npt.NDArray[np.uint64], two: npt.NDArray[np.uint64]) -> Flags:
    """One of eight digits differs, or two that stand crosswise; a byte per digit."""
    unlike = one ^ two
    off = np.zeros(len(one), dtype=np.uint8)
    for place in range(8):
        off += (unlike >> np.uint64(8 * place)) & np.uint64(255) != 0
    result = off == 1
    at = np.flatnonzero(off == 2)
    if len(at):
        first, second = (np.sort(side[at].view(np.uint8).reshape(-1, 8), axis=1) for side in (one, two))
        result[at] = (first == second).all(axis=1)
    return np.asarray(result)


def date_parts(column: Codes) -> tuple[Ints, Ints, Ints, npt.NDArray[np.uint64]]:
    """Year, month, day (0 where not known) and the eight digits, a byte each, of each distinct date."""
    return column.memo("date_parts", lambda: _date_parts(column))


def _date_parts(column: Codes) -> tuple[Ints, Ints, Ints, npt.NDArray[np.uint64]]:
    texts = pa.concat_arrays([arrow_of(column.values), pa.array(["0000-00-00"], pa.large_string())])
    partial = pc.invert(pc.match_substring_regex(texts, DATE))
    padded = [_padded(value) for value in texts.filter(partial).to_pylist()]
    texts = pc.replace_with_mask(texts, partial, pa.array(padded, texts.type))
    letters = np.frombuffer(texts.buffers()[2], dtype=np.uint8)[: 10 * len(texts)].reshape(-1, 10)
    digits = letters[:, [0, 1, 2, 3, 5, 6, 8, 9]] - np.uint8(48)
    year, month, day = (
        digits[:, start:end] @ _TENS[start - end :] for start, end in ((0, 4), (4, 6), (6, 8))
    )
    return year, month, day, np.ascontiguousarray(digits).view(np.uint64).ravel()


_TENS = np.array([1000, 100, 10, 1], dtype=np.int32)


def _padded(date: str) -> str:
    """A partial date with noughts for what is not known; noughts alone where it is none."""
    number = (date + "-00-00")[:10].replace("-", "")
    clean = number if len(number) == 8 and number.isascii() and number.isdigit() else "00000000"
    return f"{clean[:4]}-{clean[4:6]}-{clean[6:]}"


def compare_email(comparison: Comparison, features: Features, left: Ints, right: Ints) -> Levels:
    """Level equal, shared (a mailbox that several given names use), typo, local (same local part), different."""
    column = features.facts["email"]
    there = _any(column, left) & _any(column, right)
    result = np.where(there, comparison.index("different"), 0).astype(np.int8)
    if not there.any():
        return result
    rest = np.flatnonzero(there & ~_any_equal(column, left, right))
    if "local" in {level.name for level in comparison.levels}:
        local = features.facts["email_local"]
        result[rest[_any_equal(local, left[rest], right[rest])]] = comparison.index("local")
        result[rest[_near(column, left[rest], right[rest], smallest=8)]] = comparison.index("typo")
    own, shared = _equal_by(column, left, right, features.masks["email_names"] > 1)
    result[shared] = comparison.index("shared")
    result[own] = comparison.index("equal")
    return result


def compare_phone(comparison: Comparison, features: Features, left: Ints, right: Ints) -> Levels:
    """Level mobile or landline equal, shared (several given names use it), typo, trunk (same head number).

    A mobile number on one side and a landline on the other are two numbers of anybody: not compared.
    """
    column = features.facts["phone"]
    there = _any(column, left) & _any(column, right) & comparable_numbers(features, left, right)
    result = np.where(there, comparison.index("different"), 0).astype(np.int8)
    if not there.any():
        return result
    names = {level.name for level in comparison.levels}
    rest = np.flatnonzero(there & ~_any_equal(column, left, right))
    result[rest[_any_equal(features.facts["trunk"], left[rest], right[rest])]] = comparison.index("trunk")
    if len(rest):
        result[rest[_near(column, left[rest], right[rest], smallest=9)]] = comparison.index("typo")
    if "equal" in names:
        result[there & _any_equal(column, left, right)] = comparison.index("equal")
        return result
    own, shared = _equal_by(column, left, right, features.masks["phone_names"] > 1)
    mobile, _ = _equal_by(column, left, right, features.masks["mobile"] == 0)
    result[shared] = comparison.index("shared")
    result[own] = comparison.index("landline")
    result[own & mobile] = comparison.index("mobile")
    return result


def comparable_numbers(features: Features, left: Ints, right: Ints) -> Flags:
    """Whether both sides have a mobile number, or both another one."""
    has_mobile, has_other = features.facts["phone"].memo("lines", lambda: _lines(features))
    mobile = has_mobile.take(left) & has_mobile.take(right)
    return np.asarray(mobile | (has_other.take(left) & has_other.take(right)))


def _lines(features: Features) -> tuple[Flags, Flags]:
    """Which rows have a mobile number, and which another one."""
    column = features.facts["phone"]
    codes = column.codes if column.codes.ndim == 2 else column.codes[:, None]
    known = (features.masks["mobile"] > 0) | matching(column, _MOBILE)
    mobile = np.asarray(np.append(known, False))[codes]
    return np.asarray(mobile.any(axis=1)), np.asarray(((codes >= 0) & ~mobile).any(axis=1))


_MOBILE = r"^\+(?:4915|4916|4917|436(?:50|60|64|76|77|78|80|81|88|99)|417[4-9])"
"""Beginnings of German, Austrian and Swiss mobile numbers, valid or not."""


def compare_address(comparison: Comparison, features: Features, left: Ints, right: Ints) -> Levels:
    """The best of all slot pairs: full, near, place, moved, different; 0 where nothing compares."""
    width = features.facts["street"].codes.shape[1]
    order = ["full", "near", "place", "moved", "different", "missing"]
    rank = np.full(len(left), order.index("missing"), dtype=np.int8)
    for i in range(width):
        for j in range(width):
            np.minimum(rank, _address_rank(features, (left, i), (right, j), order), out=rank)
    table = np.array([0 if name == "missing" else comparison.index(name) for name in order], dtype=np.int8)
    return table[rank]


def _address_rank(
    features: Features, one: tuple[Ints, int], two: tuple[Ints, int], order: list[str]
) -> Levels:
    def pick(fact: str) -> tuple[Ints, Ints]:
        slots = features.facts[fact].slots
        return slots[one[1]].take(one[0]), slots[two[1]].take(two[0])

    street, number, postal, city = pick("street"), pick("number"), pick("postal"), pick("city")
    same = {
        n: (c[0] == c[1]) & (c[0] >= 0) for n, c in zip("snpc", (street, number, postal, city), strict=True)
    }
    both = {n: (c[0] >= 0) & (c[1] >= 0) for n, c in zip("snpc", (street, number, postal, city), strict=True)}
    place = same["p"] | same["c"]
    bare = np.flatnonzero(both["c"] & ~place & ~both["p"] & (same["n"] | ~both["n"]))
    place[bare] = _town_slip(features.facts["city"], city[0][bare], city[1][bare])
    placed = both["p"] | both["c"]
    alike = same["s"].copy()
    unequal = np.flatnonzero(both["s"] & ~same["s"] & (place | ~placed) & (same["n"] | ~both["n"]))
    if len(unequal):
        alike[unequal] = _street_like(features.facts["street"], street[0][unequal], street[1][unequal])
    rank = np.full(len(place), order.index("missing"), dtype=np.int8)
    rank[placed | both["s"]] = order.index("different")
    rank[place & both["s"]] = order.index("moved")
    rank[place & ~both["s"]] = order.index("place")
    near_place = same["s"] & same["n"] & placed & ~place
    asked = np.flatnonzero(near_place)
    near_place[asked] = _place_like(
        features, (postal[0][asked], postal[1][asked]), (city[0][asked], city[1][asked])
    )
    near = (alike & (same["n"] | (~both["n"] & place)) & (place | ~placed)) | near_place
    rank[near & (same["n"] | place)] = order.index("near")
    rank[same["s"] & same["n"] & place] = order.index("full")
    return rank


def _town_slip(column: Codes, a: Ints, b: Ints) -> Flags:
    """Towns of which one is a slip of the other, or its beginning.

    A slip is one edit (two in nine letters) and makes a rare name; Frankfurt is Frankfurt am Main.
    """
    rare = np.minimum(column.counts[a], column.counts[b]) <= RARE_TOWN

    def slip(x: Ints, y: Ints) -> Flags:
        edits = edit_distance(take(column.values, x), take(column.values, y))
        letters = np.minimum(lengths(column)[x], lengths(column)[y])
        return np.asarray((edits <= np.where(letters >= 9, 2, 1)) & (letters >= 5))

    starts = column.shapes(_first_word)
    same = starts[a] == starts[b]
    result = np.zeros(len(a), dtype=bool)
    for asked, compare in ((np.flatnonzero(rare), slip), (np.flatnonzero(same), _begins(column))):
        if len(asked):
            result[asked] |= on_distinct_pairs(a[asked], b[asked], len(column.values), compare)
    return result


def _begins(column: Codes) -> Callable[[Ints, Ints], Flags]:
    """Whether the words of one town are the first words of the other."""

    def compare(x: Ints, y: Ints) -> Flags:
        pairs = zip(take(column.values, x), take(column.values, y), strict=True)
        words = ((_WORD.findall(one), _WORD.findall(two)) for one, two in pairs)
        return np.array([one[: len(two)] == two[: len(one)] for one, two in words], dtype=bool)

    return compare


def _first_word(text: str) -> str:
    found = _WORD.match(text)
    return found[0] if found and len(found[0]) >= 3 else ""


_WORD = re.compile(r"[^\W_]+")
RARE_TOWN = 2
"""Records up to which a town's name counts as hardly known."""


def _street_like(column: Codes, a: Ints, b: Ints) -> Flags:
    def compare(x: Ints, y: Ints) -> Flags:
        left, right = take(column.values, x), take(column.values, y)
        return np.asarray((jaro_winkler(left, right) >= 0.90) | (edit_distance(left, right) <= 2))

    return np.asarray(on_distinct_pairs(a, b, len(column.values), compare))


def _place_like(features: Features, postal: tuple[Ints, Ints], city: tuple[Ints, Ints]) -> Flags:
    """Postcodes one edit apart, or towns that look alike."""
    result = np.zeros(len(postal[0]), dtype=bool)
    for fact, (a, b), limit in (("postal", postal, 1), ("city", city, 2)):
        at = np.flatnonzero((a >= 0) & (b >= 0) & (a != b))
        if len(at):
            column = features.facts[fact]
            result[at] |= on_distinct_pairs(a[at], b[at], len(column.values), _within(column, limit))
    return result


def _within(column: Codes, limit: int) -> Callable[[Ints, Ints], Flags]:
    def compare(x: Ints, y: Ints) -> Flags:
        return np.asarray(edit_distance(take(column.values, x), take(column.values, y)) <= limit)

    return compare


def _any(column: Codes, rows: Ints) -> Flags:
    return np.asarray(np.logical_or.reduce([slot.take(rows) >= 0 for slot in column.slots]))


def _slot_pairs(column: Codes, left: Ints, right: Ints) -> list[tuple[Ints, Ints]]:
    one, two = ([slot.take(rows) for slot in column.slots] for rows in (left, right))
    return [(a, b) for a in one for b in two]


def _any_equal(column: Codes, left: Ints, right: Ints) -> Flags:
    result = np.zeros(len(left), dtype=bool)
    for a, b in _slot_pairs(column, left, right):
        result |= (a == b) & (a >= 0)
    return result


def _equal_by(column: Codes, left: Ints, right: Ints, mark: npt.NDArray[np.bool_]) -> tuple[Flags, Flags]:
    """Pairs that share an unmarked value, and pairs that share a marked one."""
    unmarked, marked = np.zeros(len(left), dtype=bool), np.zeros(len(left), dtype=bool)
    for a, b in _slot_pairs(column, left, right):
        same = (a == b) & (a >= 0)
        flag = mark[np.where(same, a, 0)] if len(mark) else same
        unmarked |= same & ~flag
        marked |= same & flag
    return unmarked, marked


def _near(column: Codes, left: Ints, right: Ints, *, smallest: int) -> Flags:
    """Pairs with a value in each that are one edit apart behind their first character."""
    result = np.zeros(len(left), dtype=bool)
    for a, b in _slot_pairs(column, left, right):
        at = np.flatnonzero((a >= 0) & (b >= 0) & ~result)
        if len(at):
            result[at] = _one_edit(column, a[at], b[at], smallest=smallest, first_fixed=True)
    return result


def _one_edit(column: Codes, left: Ints, right: Ints, *, smallest: int, first_fixed: bool) -> Flags:
    """Values of so many characters at least that are at most one edit apart."""
    length = lengths(column)
    may = (length.take(left) >= smallest) & (length.take(right) >= smallest)
    if first_fixed:
        first = column.shapes(_first_character)
        may &= first.take(left) == first.take(right)
    at = np.flatnonzero(may)
    at = at[may_be_one_edit(column, left[at], right[at])]
    result = np.zeros(len(left), dtype=bool)
    if len(at):
        result[at] = on_distinct_pairs(left[at], right[at], len(column.values), _within(column, 1))
    return result


@by_column(lambda texts: pc.utf8_slice_codeunits(texts, 0, 1), plain_only=False)
def _first_character(value: str) -> str:
    return value[:1]

"""The weight that a pair can reach at most, told from codes alone.

Most candidate pairs share one key and little else. Whether values are equal, missing or unequal is
known from codes, and each comparison adds at most what its best possible level adds. Pairs whose
sum stays below what is asked for are dropped before any string is compared; the result is the same
as without, because no rule raises a weight above the sum of its levels (tests/match/test_bound.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt

from crmclean.match.codes import Codes, Ints, in_common
from crmclean.match.compare import rarity_fact, rarity_of
from crmclean.match.compare_facts import comparable_numbers, date_parts
from crmclean.match.compare_names import spoken_name
from crmclean.match.features import Features
from crmclean.match.model import Comparison, Model
from crmclean.match.shapes import may_be_one_edit
from crmclean.match.slips import UNLIKE, may_be_alike, may_be_slip

__all__ = ["Bound", "bound_of"]

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Term = Callable[[Ints, Ints], Floats]
SLACK = 0.01
"""Bits for the rounding of sums in single precision."""
EXACT = frozenset({"gender", "handle", "customer_no", "other_id", "vat_id", "domain", "legal_form"})
"""Comparisons that know equal and different alone."""


class Bound:
    """Which pairs can reach a match weight.

    Args:
        terms: Bits that each comparison adds at most, per pair.
        least: Sum of bits from which a pair is kept.
        crossed: Pairs that are kept whatever the sum.
    """

    __slots__ = ("crossed", "least", "terms")

    def __init__(self, terms: list[Term], least: float, crossed: Callable[[Ints, Ints], Flags]) -> None:
        self.terms, self.least, self.crossed = terms, least, crossed

    def may_reach(self, left: Ints, right: Ints) -> Flags:
        """Whether each pair can reach the weight."""
        total = np.zeros(len(left), dtype=np.float32)
        for term in self.terms:
            total += term(left, right)
        return np.asarray((total >= self.least) | self.crossed(left, right))


def bound_of(model: Model, features: Features, weight: float) -> Bound:
    """The bound for a match weight in bits.

    Args:
        model: The trained model.
        features: Facts of the parties.
        weight: Match weight, prior included, that is asked for.
    """
    neither = 1.0 - model.prior_match - model.prior_kin - model.prior_associate
    least = weight - np.log2(model.prior_match) + np.log2(neither) - SLACK
    special = {"family": _family, "given": _given, "birth": _birth, "address": _address}
    terms = []
    for comparison in model.comparisons:
        bits = _Bits(comparison, features)
        if comparison.name in special:
            terms.append(special[comparison.name](bits))
        elif comparison.name in ("email", "phone"):
            terms.append(_contact(bits))
        elif comparison.name == "suffix":
            terms.append(_one_sided(bits))
        elif _holds(features, comparison.name):
            terms.append(_generic(bits))
    crossed = _crossed(features) if model.kind == "person" else _never
    return Bound(terms, float(least), crossed)


def _holds(features: Features, fact: str) -> bool:
    return fact in features.facts and bool((features.facts[fact].codes >= 0).any())


class _Bits:
    """The bits of one comparison's levels, with what rarity adds, per row."""

    __slots__ = ("comparison", "features")

    def __init__(self, comparison: Comparison, features: Features) -> None:
        self.comparison, self.features = comparison, features

    def best(self, levels: Iterable[str] | None = None, *, without: Iterable[str] = ()) -> Floats:
        """The most that one of these levels adds, per row; all but missing without a choice."""
        chosen = set(levels) if levels is not None else {v.name for v in self.comparison.levels[1:]}
        result = np.full(self.features.n, -np.inf, dtype=np.float32)
        for level in self.comparison.levels[1:]:
            if level.name in chosen and level.name not in set(without):
                bits = np.float32(np.log2(level.m / level.u))
                fact = rarity_fact(self.comparison, level)
                rarity = rarity_of(self.features.facts[fact]) if fact is not None else np.float32(0.0)
                np.maximum(result, bits + rarity, out=result)
        return result

    def codes(self, fact: str) -> Codes:
        """The codes of a fact."""
        return self.features.facts[fact]


def _lower(rows: Floats, left: Ints, right: Ints) -> Floats:
    """What a pair can have: rarity is that of the more frequent value."""
    return np.minimum(rows[left], rows[right])


def _family(bits: _Bits) -> Term:
    column, birth_name = bits.codes("family"), bits.codes("birth_name").codes
    codes, equal = column.codes, bits.best(["equal"])
    slip, unlike = bits.best(without=["equal", "swapped"]), _peaks(bits)

    def term(left: Ints, right: Ints) -> Floats:
        a, b = codes[left], codes[right]
        result = np.where(a == b, _lower(equal, left, right), unlike[0])
        at = np.flatnonzero((a != b) & (a >= 0) & (b >= 0))
        close = may_be_slip(column, a[at], b[at])
        close |= (birth_name[left[at]] >= 0) | (birth_name[right[at]] >= 0)
        result[at[close]] = _lower(slip, left[at[close]], right[at[close]])
        at = at[~close]
        result[at[may_be_alike(column, a[at], b[at])]] = unlike[1]
        result[(a < 0) | (b < 0)] = 0.0
        return np.asarray(result, dtype=np.float32)

    return term


def _given(bits: _Bits) -> Term:
    column, whole = bits.codes("given"), bits.codes("given_whole").codes
    codes, equal = column.codes, np.maximum(bits.best(["equal"]), np.float32(0.0))
    slip, unlike = bits.best(without=["equal"]), _peaks(bits)
    first, middle = bits.codes("given_first").codes, bits.codes("middle").codes

    def term(left: Ints, right: Ints) -> Floats:
        a, b = codes[left], codes[right]
        same = (a == b) | (whole[left] == whole[right])
        result = np.where(same, _lower(equal, left, right), unlike[0])
        at = np.flatnonzero(~same & (a >= 0) & (b >= 0))
        close = may_be_slip(column, a[at], b[at])
        result[at[close]] = _lower(slip, left[at[close]], right[at[close]])
        at = at[~close]
        one, two = left[at], right[at]
        further = (first[one] == first[two]) | (middle[one] >= 0) | (middle[two] >= 0)
        result[at[further | may_be_alike(column, a[at], b[at])]] = unlike[1]
        result[~same & ((a < 0) | (b < 0))] = 0.0
        return np.asarray(result, dtype=np.float32)

    return term


def _peaks(bits: _Bits) -> tuple[np.float32, np.float32]:
    """The most that names add which are different, and which are unlike."""
    different = _peak(bits, ["different"])
    return different, max(different, _peak(bits, UNLIKE))


def _peak(bits: _Bits, levels: Iterable[str]) -> np.float32:
    """The most that one of these levels adds to any pair."""
    return np.float32(np.max(bits.best(levels), initial=-np.inf))


def _birth(bits: _Bits) -> Term:
    column = bits.codes("birth")
    codes = column.codes
    year, rest, digits = (part[codes] for part in _dates(column))
    unlike = _peak(bits, ["different"])
    near = max(unlike, _peak(bits, ["swapped", "typo", "part"]))
    equal = max(near, _peak(bits, ["equal"]))

    def term(left: Ints, right: Ints) -> Floats:
        a, b = codes[left], codes[right]
        close = (year[left] == year[right]) | (rest[left] == rest[right]) | (digits[left] == digits[right])
        result = np.where(close, near, unlike)
        result[a == b] = equal
        result[(a < 0) | (b < 0)] = 0.0
        return np.asarray(result, dtype=np.float32)

    return term


def _dates(column: Codes) -> tuple[Ints, Ints, Ints]:
    """Year, month and day, and the sum of the digits' squares, which swapping digits keeps."""
    year, month, day, digits = date_parts(column)
    squares = digits.view(np.uint8).reshape(-1, 8).astype(np.int32) ** 2
    return year, month * 100 + day, squares.sum(axis=1, dtype=np.int32)


def _contact(bits: _Bits) -> Term:
    column = bits.codes(bits.comparison.name)
    beside = bits.codes("email_local" if bits.comparison.name == "email" else "trunk").codes
    unlike = _peak(bits, ["different"])
    near = max(unlike, _peak(bits, ["typo", "local", "trunk"]))
    equal = max(near, _peak(bits, ["equal", "shared", "mobile", "landline"]))
    width = column.codes.shape[1]

    def term(left: Ints, right: Ints) -> Floats:
        result = np.zeros(len(left), dtype=np.float32)
        same = np.zeros(len(left), dtype=bool)
        close = same.copy()
        there = same.copy()
        for i in range(width):
            for j in range(width):
                a, b = column.codes[left, i], column.codes[right, j]
                at = np.flatnonzero((a >= 0) & (b >= 0))
                there[at] = True
                same[at] |= a[at] == b[at]
                close[at] |= beside[left[at], i] == beside[right[at], j]
                close[at] |= may_be_one_edit(column, a[at], b[at])
        if bits.comparison.name == "phone":
            there &= comparable_numbers(bits.features, left, right)
        result[there] = np.where(same[there], equal, np.where(close[there], near, unlike))
        return result

    return term


def _address(bits: _Bits) -> Term:
    street, number, postal, city = (bits.codes(f).codes for f in ("street", "number", "postal", "city"))
    ranked = (bits.best(), bits.best(without=["full"]), bits.best(["place", "moved", "different"]))
    unlike = _peak(bits, ["different"])
    width, columns = street.shape[1], (street, number, postal, city)

    def term(left: Ints, right: Ints) -> Floats:
        best = np.full(len(left), 4, dtype=np.int8)
        for i in range(width):
            for j in range(width):
                sides = (tuple(x[left, i] for x in columns), tuple(x[right, j] for x in columns))
                np.minimum(best, _address_rank(*sides), out=best)
        result = np.full(len(left), unlike, dtype=np.float32)
        for rank, rows in enumerate(ranked):
            at = np.flatnonzero(best == rank)
            result[at] = _lower(rows, left[at], right[at])
        result[best == 4] = 0.0
        return result

    return term


Parts = tuple[Ints, ...]


def _address_rank(one: Parts, two: Parts) -> npt.NDArray[np.int8]:
    """The best that two addresses can be: 0 full, 1 near, 2 one town, 3 different, 4 nothing to compare.

    Street, number, postcode and town; towns may be misspelt where no postcode says otherwise.
    """
    same_s, same_n, same_p, same_c = ((a == b) & (a >= 0) for a, b in zip(one, two, strict=True))
    both_s, both_n, both_p, both_c = ((a >= 0) & (b >= 0) for a, b in zip(one, two, strict=True))
    fits = same_n | ~both_n
    place = same_p | same_c | (both_c & ~both_p & fits)
    placed = both_p | both_c
    near = (same_s | both_s) & fits & (place | ~placed)
    near |= same_s & same_n & placed
    result = np.where(placed | both_s, np.int8(3), np.int8(4))
    result[place] = 2
    result[near] = 1
    result[same_s & same_n & place] = 0
    return np.asarray(result)


def _one_sided(bits: _Bits) -> Term:
    codes = bits.codes("suffix").codes
    best = max(np.float32(0.0), _peak(bits, [level.name for level in bits.comparison.levels]))
    return lambda left, right: np.where((codes[left] >= 0) | (codes[right] >= 0), best, np.float32(0.0))


def _generic(bits: _Bits) -> Term:
    name = bits.comparison.name
    slots = bits.codes(name).codes.reshape(bits.features.n, -1)
    codes, exact = slots[:, 0], name in EXACT and slots.shape[1] == 1
    best = bits.best()
    unequal = bits.best(["different"]) if exact else best
    if name == "organization":
        unequal = bits.best(without=["equal"])

    def term(left: Ints, right: Ints) -> Floats:
        a, b = codes[left], codes[right]
        result = np.where(a == b, _lower(best, left, right), _lower(unequal, left, right))
        result[(a < 0) | (b < 0)] = 0.0
        return np.asarray(result, dtype=np.float32)

    return term


def _crossed(features: Features) -> Callable[[Ints, Ints], Flags]:
    """Pairs whose names may be swapped: a family name that sounds like the partner's given name."""
    family, given = features.facts["family"], features.facts["given"]
    one, two = in_common(family, given, spoken_name)
    f, g = one[family.codes], two[given.codes]
    return lambda left, right: np.asarray((f[left] == g[right]) | (g[left] == f[right]))


def _never(left: Ints, _right: Ints) -> Flags:
    return np.zeros(len(left), dtype=bool)

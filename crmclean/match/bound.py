"""The weight that a pair can reach at most, told from codes alone.

Most candidate pairs share one key and little else. Whether values are equal, missing or unequal is
known from codes, and each comparison adds at most what its best possible level adds. Pairs whose
sum stays below what is asked for are dropped before any string is compared; the result is the same
as without, because no rule raises a weight above the sum of its levels (tests/match/test_pairing.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from crmclean.match.bits import Bits, Flags, Floats, both, lower, peak
from crmclean.match.codes import Codes, Ints, in_common
from crmclean.match.compare_facts import comparable_numbers, date_parts
from crmclean.match.compare_names import spoken_name
from crmclean.match.features import Features
from crmclean.match.fitted import raw_weight
from crmclean.match.model import Model
from crmclean.match.shapes import may_be_one_edit
from crmclean.match.slips import UNLIKE, may_be_alike, may_be_slip

__all__ = ["Bound", "bound_of"]

Term = Callable[[Ints, Ints], Floats]
SLACK = 0.01
"""Bits for the rounding of sums in single precision."""
EXACT = frozenset({"gender", "handle", "customer_no", "vat_id", "domain", "legal_form"})
"""Comparisons that know equal and different alone."""


class Bound:
    """Which pairs can reach a match weight.

    Args:
        terms: Bits that each comparison adds at most, per pair.
        late: Terms that are asked of those pairs alone which they could still lift to the weight, and what each
            row can get at most of a term and those behind it.
        least: Sum of bits from which a pair is kept.
        crossed: Pairs that are kept whatever the late terms say of them.
    """

    __slots__ = ("crossed", "late", "least", "terms")

    def __init__(
        self,
        terms: list[Term],
        late: list[tuple[Term, Floats]],
        least: float,
        crossed: Callable[[Ints, Ints], Flags],
    ) -> None:
        self.terms, self.late, self.least, self.crossed = terms, late, least, crossed

    def may_reach(self, left: Ints, right: Ints) -> Flags:
        """Whether each pair can reach the weight."""
        result = np.zeros(len(left), dtype=bool)
        for start in range(0, len(left), _PART):  # what is worked on stays in the cache
            part = slice(start, start + _PART)
            result[part] = self._may_reach(left[part], right[part])
        return result

    def _may_reach(self, left: Ints, right: Ints) -> Flags:
        total = np.zeros(len(left), dtype=np.float32)
        for term in self.terms:
            total += term(left, right)
        if not self.late:
            return np.asarray(total >= self.least)
        result, rest = np.zeros(len(left), dtype=bool), self.late[0][1]
        at = np.flatnonzero(total + lower(rest, left, right) >= self.least)  # swapped names included
        left, right = left[at], right[at]
        reached = self._late(total[at], left, right)
        short = np.flatnonzero(~reached)
        reached[short] = self.crossed(left[short], right[short])
        result[at] = reached
        return result

    def _late(self, total: Floats, left: Ints, right: Ints) -> Flags:
        """Whether pairs that have this sum of the other terms reach the weight, names not swapped."""
        result, at = np.zeros(len(left), dtype=bool), np.arange(len(left))
        for place, (term, rest) in enumerate(self.late):
            if place:
                alive = np.flatnonzero(total + lower(rest, left, right) >= self.least)
                at, left, right, total = at[alive], left[alive], right[alive], total[alive]
            total = total + term(left, right)
        result[at] = total >= self.least
        return result


_PART = 1 << 16


def bound_of(model: Model, features: Features, weight: float) -> Bound:
    """The bound for a match weight in bits.

    Args:
        model: The trained model.
        features: Facts of the parties.
        weight: Match weight, prior included, that is asked for.
    """
    if model.calibration is not None:
        weight = raw_weight(model.calibration.points, weight)
    neither = 1.0 - model.prior_match - model.prior_kin - model.prior_associate
    least = weight - np.log2(model.prior_match) + np.log2(neither) - SLACK
    special, late = {"birth": _birth, "address": _address}, _late_terms(model, features)
    terms = []
    for comparison in model.comparisons:
        bits = Bits(comparison, features)
        if comparison.presence:
            least -= float(np.log2(max(level.m / level.u for level in comparison.levels)))
        elif comparison.name in _NAMES:
            continue
        elif comparison.name in special:
            terms.append(special[comparison.name](bits))
        elif comparison.name in ("email", "phone"):
            terms.append(_contact(bits))
        elif comparison.name == "suffix":
            terms.append(_one_sided(bits))
        elif _holds(features, comparison.name):
            terms.append(_generic(bits))
    crossed = _crossed(features) if model.kind == "person" else _never
    return Bound(terms, late, float(least), crossed)


_NAMES = {"given": "given_whole", "family": "family"}
"""Comparisons of names, which cost most, in the order in which they are made; and a fact that stands in for each."""


def _late_terms(model: Model, features: Features) -> list[tuple[Term, Floats]]:
    """The names, and what each row can get of a name and those behind it."""
    named = {c.name: Bits(c, features) for c in model.comparisons}
    rest, result = np.zeros(features.n, dtype=np.float32), []
    for name, other in reversed(_NAMES.items()):
        if name in named:
            there = (named[name].codes(name).codes >= 0) | (named[name].codes(other).codes >= 0)
            rest = rest + np.where(there, np.maximum(named[name].best(), np.float32(0.0)), np.float32(0.0))
            result.append(({"given": _given, "family": _family}[name](named[name]), rest))
    return result[::-1]


def _holds(features: Features, fact: str) -> bool:
    return fact in features.facts and bool((features.facts[fact].codes >= 0).any())


def _family(bits: Bits) -> Term:
    column, birth_name = bits.codes("family"), bits.codes("birth_name").codes
    codes, equal = column.codes, bits.best(["equal"])
    slip, unlike = bits.best(without=["equal", "swapped"]), _peaks(bits)

    def term(left: Ints, right: Ints) -> Floats:
        a, b = codes.take(left), codes.take(right)
        result, there, same = np.zeros(len(left), dtype=np.float32), both(a, b), a == b
        at = np.flatnonzero(same & there)
        result[at] = lower(equal, left[at], right[at])
        at = np.flatnonzero(there & ~same)
        known = (birth_name.take(left[at]) >= 0) | (birth_name.take(right[at]) >= 0)
        result[at] = _unequal(column, (a[at], b[at]), (left[at], right[at], slip), unlike, (known, None))
        return result

    return term


def _given(bits: Bits) -> Term:
    column, whole = bits.codes("given"), bits.codes("given_whole").codes
    codes, equal = column.codes, np.maximum(bits.best(["equal"]), np.float32(0.0))
    slip, unlike = bits.best(without=["equal"]), _peaks(bits)
    first, middle = bits.codes("given_first").codes, bits.codes("middle").codes

    def term(left: Ints, right: Ints) -> Floats:
        a, b = codes.take(left), codes.take(right)
        result, there, same = np.zeros(len(left), dtype=np.float32), both(a, b), a == b
        one, two = whole.take(left), whole.take(right)
        same = (same & there) | ((one == two) & (one >= 0))
        at = np.flatnonzero(same)
        result[at] = lower(equal, left[at], right[at])
        at = np.flatnonzero(there & ~same)
        one, two = left[at], right[at]
        further = (first.take(one) == first.take(two)) | (middle.take(one) >= 0) | (middle.take(two) >= 0)
        result[at] = _unequal(column, (a[at], b[at]), (one, two, slip), unlike, (None, further))
        return result

    return term


def _unequal(
    column: Codes,
    codes: tuple[Ints, Ints],
    slips: tuple[Ints, Ints, Floats],
    unlike: tuple[np.float32, np.float32],
    marks: tuple[Flags | None, Flags | None],
) -> Floats:
    """What unequal names add at most.

    Args:
        column: The names.
        codes: Of the two names.
        slips: Rows, and what a slip adds per row.
        unlike: What names add that are different, and that are unlike.
        marks: Pairs that count as slips, and as alike, whatever their names.
    """
    a, b = codes
    slip, alike = marks
    result = np.full(len(a), unlike[0], dtype=np.float32)
    close = may_be_slip(column, a, b)
    if slip is not None:
        close |= slip
    at = np.flatnonzero(~close)
    near = may_be_alike(column, a[at], b[at])
    if alike is not None:
        near |= alike[at]
    result[at[near]] = unlike[1]
    at = np.flatnonzero(close)
    result[at] = lower(slips[2], slips[0][at], slips[1][at])
    return result


def _peaks(bits: Bits) -> tuple[np.float32, np.float32]:
    """The most that names add which are different, and which are unlike."""
    different = peak(bits, ["different"])
    return different, max(different, peak(bits, UNLIKE))


def _birth(bits: Bits) -> Term:
    column = bits.codes("birth")
    codes = column.codes
    year, rest, digits = _dates(column)
    unlike = peak(bits, ["different"])
    near = max(unlike, peak(bits, ["swapped", "typo", "part"]))
    equal = max(near, peak(bits, ["equal"]))

    bits_of = np.array([unlike, near, equal], dtype=np.float32)

    def term(left: Ints, right: Ints) -> Floats:
        a, b = codes.take(left), codes.take(right)
        result = np.zeros(len(left), dtype=np.float32)
        at = np.flatnonzero(both(a, b))
        a, b = a[at], b[at]
        same = a == b
        close = (year.take(a) == year.take(b)) | (rest.take(a) == rest.take(b)) | same
        close |= digits.take(a) == digits.take(b)
        result[at] = bits_of.take(close.view(np.int8) + same.view(np.int8))
        return result

    return term


def _dates(column: Codes) -> tuple[Ints, Ints, Ints]:
    """Year, month and day, and the sum of the digits' squares, which swapping digits keeps."""
    year, month, day, digits = date_parts(column)
    squares = digits.view(np.uint8).reshape(-1, 8).astype(np.int32) ** 2
    return year, month * 100 + day, squares.sum(axis=1, dtype=np.int32)


def _contact(bits: Bits) -> Term:
    column = bits.codes(bits.comparison.name)
    beside = bits.codes("email_local" if bits.comparison.name == "email" else "trunk")
    unlike = peak(bits, ["different"])
    near = max(unlike, peak(bits, ["typo", "local", "trunk"]))
    equal = max(near, peak(bits, ["equal", "shared", "mobile", "landline"]))
    slots, others = column.slots, beside.slots
    bits_of = np.array([0.0, unlike, near, near, equal, equal, equal, equal], dtype=np.float32)

    def term(left: Ints, right: Ints) -> Floats:
        state = np.zeros(len(left), dtype=np.int8)
        for one, beside_one in zip(slots, others, strict=True):
            for two, beside_two in zip(slots, others, strict=True):
                a, b = one.take(left), two.take(right)
                at = np.flatnonzero(both(a, b))
                a, b = a[at], b[at]
                close = beside_one.take(left[at]) == beside_two.take(right[at])
                close |= may_be_one_edit(column, a, b)
                state[at] |= 1 + 2 * close.view(np.int8) + 4 * (a == b).view(np.int8)
        if bits.comparison.name == "phone":
            at = np.flatnonzero(state)
            state[at[~comparable_numbers(bits.features, left[at], right[at])]] = 0
        return bits_of.take(state)

    return term


def _address(bits: Bits) -> Term:
    ranked = (bits.best(), bits.best(without=["full"]), bits.best(["place", "moved", "different"]))
    unlike = peak(bits, ["different"])
    slots = list(
        zip(*(bits.codes(fact).slots for fact in ("street", "number", "postal", "city")), strict=True)
    )
    bits_of = np.array([0.0, 0.0, 0.0, unlike, 0.0], dtype=np.float32)

    def term(left: Ints, right: Ints) -> Floats:
        best = np.full(len(left), 4, dtype=np.uint8)
        for one in slots:
            for two in slots:
                found = _address_rank([x.take(left) for x in one], [x.take(right) for x in two])
                np.minimum(best, found, out=best)
        result = bits_of.take(best)
        for rank, rows in enumerate(ranked):
            at = np.flatnonzero(best == rank)
            result[at] = lower(rows, left[at], right[at])
        return result

    return term


def _address_rank(one: Sequence[Ints], two: Sequence[Ints]) -> npt.NDArray[np.uint8]:
    """The best that two addresses can be: 0 full, 1 near, 2 one town, 3 different, 4 nothing to compare.

    Street, number, postcode and town; towns may be misspelt where no postcode says otherwise.
    """
    both_s, both_n, both_p, both_c = (both(a, b) for a, b in zip(one, two, strict=True))
    equal = (a == b for a, b in zip(one, two, strict=True))
    same_s, same_n, same_p, same_c = (
        same & both for same, both in zip(equal, (both_s, both_n, both_p, both_c), strict=True)
    )
    fits = same_n | ~both_n
    place = same_p | same_c | (both_c & ~both_p & fits)
    placed = both_p | both_c
    home = same_s & same_n
    near = (both_s & fits & (place | ~placed)) | (home & placed)
    marks = ((placed | both_s), place, near, home & place)
    state = np.zeros(len(place), dtype=np.uint8)
    for place_of, mark in enumerate(marks):
        state |= mark.view(np.uint8) << np.uint8(place_of)
    return _RANKS.take(state)


_RANKS = np.array([4, 3, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0], dtype=np.uint8)
"""Rank by what holds: something to compare, one town, near, full."""


def _one_sided(bits: Bits) -> Term:
    codes = bits.codes("suffix").codes
    best = max(np.float32(0.0), peak(bits, [level.name for level in bits.comparison.levels]))
    bits_of = np.array([0.0, best], dtype=np.float32)
    # the sign is gone where either has one
    return lambda left, right: bits_of.take(((codes.take(left) & codes.take(right)) >= 0).view(np.int8))


def _generic(bits: Bits) -> Term:
    name = bits.comparison.name
    slots = bits.codes(name).codes.reshape(bits.features.n, -1)
    codes, exact = slots[:, 0], name in EXACT and slots.shape[1] == 1
    best = bits.best()
    unequal = bits.best(["different"]) if exact else best
    if name in ("organization", "other_id"):
        unequal = bits.best(without=["equal"])

    codes = np.ascontiguousarray(codes)

    def term(left: Ints, right: Ints) -> Floats:
        a, b = codes.take(left), codes.take(right)
        result = np.zeros(len(left), dtype=np.float32)
        there, same = both(a, b), a == b
        for rows, chosen in ((best, there & same), (unequal, there & ~same)):
            at = np.flatnonzero(chosen)
            result[at] = lower(rows, left[at], right[at])
        return result

    return term


def _crossed(features: Features) -> Callable[[Ints, Ints], Flags]:
    """Pairs whose names may be swapped: a family name that sounds like the partner's given name."""
    family, given = features.facts["family"], features.facts["given"]
    one, two = in_common(family, given, spoken_name)
    f, g = one[family.codes], two[given.codes]
    return lambda left, right: np.asarray((f.take(left) == g.take(right)) | (g.take(left) == f.take(right)))


def _never(left: Ints, _right: Ints) -> Flags:
    return np.zeros(len(left), dtype=bool)

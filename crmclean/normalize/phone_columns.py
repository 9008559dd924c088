"""Plain telephone numbers of a whole column at once: digits and usual separators, one number.

National numbers of Germany, Austria and Switzerland and international ones of them; the patterns
are those of the installed phonenumbers metadata. Agrees with `normalize_phone` (property test);
anything that says more - an extension, brackets, direct dialling, letters - is read value by value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.normalize.bytes_of import Letters, cut, letters, without
from crmclean.normalize.phone import plan_of
from crmclean.normalize.phone_fast import FAST_CODES
from crmclean.normalize.phone_model import PhoneKind
from crmclean.normalize.phone_plan import Plan, Rule
from crmclean.normalize.records_arrow import Bools, Ints, flags, matches

__all__ = ["PlainPhones", "plain_phones"]

_PLAIN = r"^(?:\+|00|0)[1-9][0-9 /.-]*[0-9]$"
# a second number, a range, or digits of direct dialling behind the last hyphen
_DOUBTFUL = r"/\s*[0-]|--|-\s*[0-9]{1,5}$"
_COUNTED = r"^(?:0123|0987)[0-9]*$"
# an area code, and a number that begins with 0 behind it
_SLASHED = r"^0[1-9][0-9]{1,2}/0[0-9]*$"
_AREA = 3
_ZERO, _PLUS = ord("0"), ord("+")
_LONGEST = 11
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class PlainPhones:
    """Plain numbers: their rows, and per row E.164, kind and whether the country was needed."""

    rows: Ints
    e164: Any
    kinds: tuple[PhoneKind, ...]
    kind: Ints
    national: Bools


def plain_phones(column: Any, regions: Any) -> PlainPhones:
    """The plain numbers of a column.

    Args:
        column: Arrow texts.
        regions: Arrow texts, the country of each row by which national numbers are read.
    """
    rows = np.flatnonzero(matches(column, _PLAIN))
    text, region = column.take(pa.array(rows)), regions.take(pa.array(rows))
    sure = ~matches(text, _COUNTED) & (~matches(text, _DOUBTFUL) | _one_number(text, region))
    rows, text, region = rows[sure], text.filter(pa.array(sure)), region.filter(pa.array(sure))
    digits = without(text, b" /.-")
    first, second = (np.asarray(c) for c in _first_two(digits))
    zeros = (first == _ZERO) & (second == _ZERO)
    abroad = (first == _PLUS) | zeros
    far = zeros & _is_far(region)
    bare = cut(digits, 1 + zeros.astype(np.int64))
    e164 = pa.nulls(len(rows), pa.large_string())
    kinds: list[PhoneKind] = []
    kind = np.full(len(rows), -1, dtype=np.int64)
    for code, name in FAST_CODES.items():
        here = np.where(abroad, matches(bare, f"^{code}[1-9]"), _is(region, name)) & ~far
        places = np.flatnonzero(here)
        number = bare.take(pa.array(places))
        number = cut(number, np.where(abroad[places], len(code), 0))
        usual = _usual(number)
        places, number = places[usual], number.filter(pa.array(usual))
        found = _kinds(plan_of(name), number, kinds)
        kind[places] = found
        full = pc.binary_join_element_wise(
            pa.scalar(f"+{code}", pa.large_string()), number, pa.scalar("", pa.large_string())
        )
        e164 = pc.replace_with_mask(e164, _mask(places, len(rows)), full)
    kept = kind >= 0
    return PlainPhones(rows[kept], e164.filter(pa.array(kept)), tuple(kinds), kind[kept], ~abroad[kept])


def _mask(places: Ints, size: int) -> Any:
    mask = np.zeros(size, dtype=np.bool_)
    mask[places] = True
    return pa.array(mask)


def _first_two(array: Any) -> tuple[Letters, Letters]:
    """The first two characters of texts of at least two."""
    data, at = letters(array)
    return data[at[:-1]], data[at[:-1] + 1]


def _one_number(text: Any, region: Any) -> Bools:
    """Doubtful texts that are one number all the same: before the slash stand too few digits for another."""
    short = [n for n in FAST_CODES.values() if min(plan_of(n).general.lengths) > _AREA]
    return matches(text, _SLASHED) & flags(pc.is_in(region, pa.array(short, pa.large_string())))


def _is(region: Any, name: str) -> Bools:
    return flags(pc.equal(region, name))


def _is_far(region: Any) -> Bools:
    """Rows of countries that may dial abroad otherwise than with 00."""
    near = pc.is_in(region, pa.array(sorted(FAST_CODES.values()), pa.large_string()))
    return flags(pc.invert(pc.or_(near, pc.is_null(region))))


def _usual(number: Any) -> Bools:
    """Whether national numbers have the usual length and at least three different digits."""
    data, at = letters(number)
    length = np.diff(at)
    usual: Bools = (length >= _SHORTEST) & (length <= _LONGEST)
    if len(length):
        seen = np.bitwise_or.reduceat(np.left_shift(np.int16(1), (data - _ZERO).astype(np.int16)), at[:-1])
        usual &= _SET[seen] >= 3
    return usual


_SET = np.array([n.bit_count() for n in range(1 << 10)], dtype=np.int8)


def _kinds(plan: Plan, number: Any, kinds: list[PhoneKind]) -> Ints:
    """The place in `kinds` of each number's kind, -1 where it is none or needs the long way."""
    found = np.full(len(number), -1, dtype=np.int64)
    length = pc.utf8_length(number).to_numpy(zero_copy_only=False)
    open_ = np.flatnonzero(_fits(plan.general, number, length))
    for rule in plan.rules:
        hit = _fits(rule, number.take(pa.array(open_)), length[open_])
        if rule.kind not in {"premium", "landline_or_mobile"} and hit.any():
            if rule.kind not in kinds:
                kinds.append(rule.kind)
            found[open_[hit]] = kinds.index(rule.kind)
        open_ = open_[~hit]
    return found


def _fits(rule: Rule, number: Any, length: Any) -> Bools:
    pattern = f"^(?:{rule.pattern})$"
    if not rule.lengths:
        return matches(number, pattern)
    known = np.zeros(_LONGEST + 1, dtype=np.bool_)
    known[[n for n in rule.lengths if n <= _LONGEST]] = True
    places = np.flatnonzero(known[length])
    fits: Bools = np.zeros(len(number), dtype=np.bool_)
    if len(places):
        fits[places] = matches(number.take(pa.array(places)), pattern)
    return fits

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

from crmclean.normalize.phone import plan_of
from crmclean.normalize.phone_fast import FAST_CODES
from crmclean.normalize.phone_model import PhoneKind
from crmclean.normalize.phone_plan import Plan, Rule
from crmclean.normalize.records_arrow import Bools, Ints, flags, matches, replaced

__all__ = ["PlainPhones", "plain_phones"]

_PLAIN = r"^(?:\+|00|0)[1-9][0-9 /.-]*[0-9]$"
# a second number, a range, or digits of direct dialling behind the last hyphen
_DOUBTFUL = r"/\s*[0-]|--|-\s*[0-9]{1,5}$"
_COUNTED = r"^(?:0123|0987)[0-9]*$"
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
    sure = matches(column, _PLAIN) & ~matches(column, _DOUBTFUL) & ~matches(column, _COUNTED)
    rows = np.flatnonzero(sure)
    text, region = column.take(pa.array(rows)), regions.take(pa.array(rows))
    digits = replaced(text, "[ /.-]+", "")
    abroad = matches(digits, r"^(?:\+|00)")
    far = _is_far(region) & matches(digits, "^00")
    bare = replaced(digits, r"^(?:\+|00?)", "")
    e164 = pa.array(np.full(len(rows), None, dtype=object), pa.large_string())
    kinds: list[PhoneKind] = []
    kind = np.full(len(rows), -1, dtype=np.int64)
    for code, name in FAST_CODES.items():
        plan = plan_of(name)
        here = np.where(abroad, matches(bare, f"^{code}[1-9]"), _is(region, name) & ~abroad)
        number = pc.if_else(pa.array(abroad), replaced(bare, f"^{code}", ""), bare)
        here &= ~far
        here[here] = _usual(number.filter(pa.array(here)))
        places = np.flatnonzero(here)
        found = _kinds(plan, number.take(pa.array(places)), kinds)
        kind[places] = found
        full = pc.binary_join_element_wise(
            pa.scalar(f"+{code}", pa.large_string()), number, pa.scalar("", pa.large_string())
        )
        e164 = pc.if_else(pa.array(here), full, e164)
    kept = kind >= 0
    mask = pa.array(kept)
    return PlainPhones(rows[kept], e164.filter(mask), tuple(kinds), kind[kept], ~abroad[kept])


def _is(region: Any, name: str) -> Bools:
    return flags(pc.equal(region, name))


def _is_far(region: Any) -> Bools:
    """Rows of countries that may dial abroad otherwise than with 00."""
    near = pc.is_in(region, pa.array(sorted(FAST_CODES.values()), pa.large_string()))
    return flags(pc.invert(pc.or_(near, pc.is_null(region))))


def _usual(number: Any) -> Bools:
    """Whether national numbers have the usual length and at least three different digits."""
    length = pc.utf8_length(number).to_numpy(zero_copy_only=False)
    fits = np.asarray((length >= _SHORTEST) & (length <= _LONGEST), dtype=np.bool_)
    left = pc.if_else(pa.array(fits), number, pa.scalar("0", pa.large_string())).cast(pa.int64())
    rest = np.array(left.to_numpy(zero_copy_only=False), dtype=np.int64)
    seen = np.zeros(len(rest), dtype=np.int64)
    while rest.any():
        seen |= np.where(rest > 0, np.int64(1) << (rest % 10), 0)
        rest //= 10
    different = sum(((seen >> digit) & 1 for digit in range(10)), start=np.zeros(len(seen), dtype=np.int64))
    usual: Bools = fits & (different >= 3)
    return usual


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
    right = np.isin(length, rule.lengths) if rule.lengths else np.ones(len(number), dtype=np.bool_)
    fits: Bools = right & matches(number, f"^(?:{rule.pattern})$")
    return fits

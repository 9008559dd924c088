"""Contact points as facts: their values in slots, and who shares them.

A mailbox or number that people of unlike given names use is shared: a family's mailbox, a
switchboard. Spellings, short forms, initials and swapped fields of one name count once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.data import read_table
from crmclean.match.codes import (
    Codes,
    Ints,
    arrow_of,
    distinct,
    encode,
    in_common,
    recode_texts,
    slots,
    take,
    texts_of,
)
from crmclean.match.numbers import number_facts
from crmclean.match.shapes import lengths, matching, share_nickname
from crmclean.text.fold import fold
from crmclean.text.phonetics import cologne_words
from crmclean.text.similarity import jaro_winkler

__all__ = ["contact_facts", "given_facts", "names_per_value"]

_KINDS = (("email", "email", 3), ("phone", "phone", 4), ("handle", "handle", 1), ("web", "web", 1))
_PHONE = 1
_FAMILY_MAILBOX = "^(?:(?:familie|family|fam|die|haus)[._-]|familie|family)"
"""Mailboxes that call themselves a family's, whoever has used them so far."""
ATTESTED = 3
"""Bearers from which an unlisted given name counts as a name and not as a garbled one."""
_ALIKE = 0.84
"""Jaro-Winkler similarity from which two given names on one mailbox are spellings of one."""


def contact_facts(
    rows: pd.DataFrame, at: Ints, row: Ints, n: int, *, each: Callable[..., Iterable[Any]] = map
) -> tuple[dict[str, Codes], Ints]:
    """E-mail, phone, handle and web domain as slots, and which of the numbers are said to be mobile ones.

    Beside them stand parts of addresses and numbers by which a slip elsewhere in them still meets.

    Args:
        rows: The contacts table.
        at: Places in it of those that are asked for.
        row: Party that each of them belongs to, ascending.
        n: Number of parties.
        each: Works on several facts; the `map` of a pool does so at once.
    """
    keys, kinds = texts_of(rows["key"]), texts_of(rows["kind"])
    there = pc.is_valid(keys)

    def one(kind: str, width: int) -> _Kind:
        is_kind = pc.and_(pc.equal(kinds, kind), there).fill_null(fill_value=False)
        chosen = np.flatnonzero(is_kind.to_numpy(zero_copy_only=False)[at])
        place = at[chosen]
        own = keys.take(pa.array(place))
        if kind == "phone":
            own = _numbers(own, texts_of(rows["extension"]).take(pa.array(place)))
        column = encode(own, in_order=False)
        del own
        fact = slots(row[chosen], column, n, width)
        if kind == "phone":
            return _Kind(fact, number_facts(fact), _said_mobile(rows, place, column))
        return _Kind(fact, _address_parts(fact) if kind == "email" else {})

    found = list(each(one, [kind for _, kind, _ in _KINDS], [width for _, _, width in _KINDS]))
    result = {name: kind.fact for (name, _, _), kind in zip(_KINDS, found, strict=True)}
    for kind in found:
        result |= kind.parts
    return result, found[_PHONE].mobile


@dataclass(frozen=True, slots=True)
class _Kind:
    """The contact points of a kind, their parts, and which values are said to be mobile numbers."""

    fact: Codes
    parts: Mapping[str, Codes]
    mobile: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))


def _said_mobile(rows: pd.DataFrame, place: Ints, column: Codes) -> Ints:
    mobile = np.zeros(len(column.values), dtype=np.int64)
    said = pc.equal(texts_of(rows["type"]), "mobile").fill_null(fill_value=False)
    mobile[column.codes[said.to_numpy(zero_copy_only=False)[place]]] = 1
    return mobile


def _address_parts(email: Codes) -> dict[str, Codes]:
    """The local part of addresses, parts of it, and the domain."""
    local = recode_texts(email, _local)
    return {
        "email_local": local,
        "email_digits": recode_texts(local, _email_digits),
        "email_start": recode_texts(local, _email_start),
        "domain": recode_texts(email, _domain),
    }


def given_facts(rows: pd.DataFrame, at: Ints, row: Ints, n: int) -> dict[str, Codes]:
    """Which parties have an e-mail address or a number at all, a wrong one too: code 0, else -1.

    Args:
        rows: The contacts table.
        at: Places in it of those that are asked for.
        row: Party that each of them belongs to.
        n: Number of parties.
    """
    kinds = texts_of(rows["kind"])
    result = {}
    for kind in ("email", "phone"):
        is_kind = pc.equal(kinds, kind).fill_null(fill_value=False).to_numpy(zero_copy_only=False)
        codes = np.full(n, -1, dtype=np.int8)
        codes[row[is_kind[at]]] = 0
        result[f"{kind}_given"] = Codes(codes, ("",), np.array([int((codes == 0).sum())], dtype=np.int64))
    return result


def _numbers(numbers: pa.Array, extensions: pa.Array) -> pa.Array:
    """Numbers with the extension that was given in words: behind one number sits a whole office."""
    extended = pc.is_valid(extensions)
    if not pc.any(extended, min_count=0).as_py():
        return numbers
    both = (numbers.filter(extended), extensions.filter(extended))
    return pc.replace_with_mask(
        numbers, extended, pc.binary_join_element_wise(*both, pa.scalar("x", numbers.type))
    )


def names_per_value(
    reach: Mapping[str, Codes], facts: Mapping[str, Codes], each: Callable[..., Iterable[Any]] = map
) -> dict[str, Ints]:
    """How many unlike names carry each value: email_names and so on.

    Args:
        reach: As `contact_facts` gives them.
        facts: Names of the parties.
        each: Works on several facts.
    """
    names = [fact for fact, _, _ in _KINDS]
    counts = each(lambda fact: _names_per_value(reach[fact], facts), names)
    masks = {f"{fact}_names": count for fact, count in zip(names, counts, strict=True)}
    texts = arrow_of(reach["email"].values)
    family = pc.match_substring_regex(texts, _FAMILY_MAILBOX).to_numpy(zero_copy_only=False)
    masks["email_names"] = np.where(family, 2, masks["email_names"]).astype(np.int64)
    return masks


def _local(addresses: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(addresses, "@.*$", "")


def _domain(addresses: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(addresses, "^[^@]*@?", "")


def _email_start(local: pa.Array) -> pa.Array:
    """Seven characters of local parts that have eight."""
    return pc.if_else(pc.greater_equal(pc.utf8_length(local), 8), pc.utf8_slice_codeunits(local, 0, 7), None)


def _email_digits(local: pa.Array) -> pa.Array:
    """The digits of the local part, where there are at least four."""
    several = pc.match_substring_regex(local, r"\p{Nd}\P{Nd}*\p{Nd}\P{Nd}*\p{Nd}\P{Nd}*\p{Nd}")
    at = pc.if_else(several, local, None)
    return pc.replace_substring_regex(at, r"\P{Nd}+", "")


def _names_per_value(column: Codes, facts: Mapping[str, Codes]) -> Ints:
    """How many unlike given names (for organizations: names) carry each value."""
    person = "given" in facts
    names = facts["given"] if person else facts["name_sound"]
    width = max(1, len(names.values))
    rows, slot = np.nonzero((column.codes >= 0) & (names.codes >= 0)[:, None])
    value, name = column.codes[rows, slot].astype(np.int64), names.codes[rows]
    counts = np.bincount(distinct(value * width + name) // width, minlength=len(column.values))
    if person:
        several = counts[value] > 1
        family = facts["family"].codes[rows[several]]
        triples = np.stack([value[several], name[several], family], axis=1)
        _merge_spellings(counts, np.unique(triples, axis=0), facts)
    return counts.astype(np.int64)


def _merge_spellings(counts: Ints, several: Ints, facts: Mapping[str, Codes]) -> None:
    """Counts the names of a value again where it has several, spellings of one name once.

    Args:
        counts: Names per value; changed in place.
        several: Distinct (value, given name, family name) of these values, sorted.
        facts: Names of the parties.
    """
    if not len(several):
        return
    names = _names_to_tell(several, facts)
    starts = (
        np.flatnonzero(np.r_[True, names.value[1:] != names.value[:-1]]) if len(names.value) else names.value
    )
    sizes = np.diff(np.r_[starts, len(names.value)])
    counts[several[:, 0]] = 1
    own = np.ones(len(names.value), dtype=bool)  # whether no earlier name of the value explains it
    for size in np.unique(sizes[sizes > 1]).tolist():
        firsts = starts[sizes == size]
        for later in range(1, size):
            earlier = firsts[:, None] + np.arange(later)
            at, place = np.nonzero(own[earlier])
            same = names.same(firsts[at] + later, earlier[at, place])
            own[firsts[at[same]] + later] = False
    counts[names.value[starts]] = np.add.reduceat(own, starts, dtype=np.int64) if len(starts) else 0


@dataclass(frozen=True, slots=True)
class _Names:
    """Distinct (value, given name, family name) to tell apart, by value, the longest given name first."""

    value: Ints
    given: Ints
    family: Ints
    facts: Mapping[str, Codes]

    def same(self, one: Ints, other: Ints) -> npt.NDArray[np.bool_]:
        """Whether two names are spellings, short forms or swapped fields of one."""
        given, family = self.facts["given"], self.facts["family"]
        a, b = self.given[one], self.given[other]
        numbers = in_common(given, family)
        result = (a == b) | (numbers[0][a] == numbers[1][self.family[other]])
        result |= numbers[0][b] == numbers[1][self.family[one]]
        result |= share_nickname(given, a, b)
        feminine = matching(given, "ah*$")
        at = np.flatnonzero(~result & (feminine[a] == feminine[b]))
        a, b, sounds = a[at], b[at], given.shapes(cologne_words)
        alike = sounds[a] == sounds[b]
        rest = np.flatnonzero(~alike)
        similarity = jaro_winkler(take(given.values, a[rest]), take(given.values, b[rest]))
        alike[rest] = similarity.astype(np.float64) >= _ALIKE
        result[at] = alike
        return np.asarray(result)


def _names_to_tell(several: Ints, facts: Mapping[str, Codes]) -> _Names:
    """Names that people are known to have; no initials."""
    given = facts["given"]
    texts = arrow_of(given.values)
    listed = pc.is_in(texts, value_set=pa.array(_listed(), texts.type)).to_numpy(zero_copy_only=False)
    told = ((given.counts >= ATTESTED) | listed) & matching(given, "(?s).[^.]")
    value, name, family = several[told[several[:, 1]]].T
    order = np.lexsort((family, name, -lengths(given)[name], value))
    return _Names(value[order], name[order], family[order], facts)


@cache
def _listed() -> tuple[str, ...]:
    """Given names that people are known to have, folded."""
    return tuple({fold(row[0]) for row in read_table("given_names.txt")})

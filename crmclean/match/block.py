"""Candidate pairs: which parties are worth comparing, within a stated budget.

A rule is a key made of codes; parties with the same key meet. A block larger than the cap is
refined by the rule's further keys; what is still too large after that is left out and counted, so
that nothing is lost in silence. Each rule has a budget of pairs per party, set by what the rule
finds that no other does: where whole blocks would exceed it, the largest are refined first, and
the work grows with the data and not with their square. No rule needs a field that both records always have: thin records
meet others through whatever they hold.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from crmclean.match.codes import Ints, combine, in_common
from crmclean.match.features import Features

__all__ = [
    "Blocked",
    "Blocks",
    "Rule",
    "blocks_of",
    "candidate_pairs",
    "pairs_between",
    "pairs_of_rows",
    "pairs_with",
    "rules_for",
]

Counts = npt.NDArray[np.unsignedinteger[Any]]
LEAST = 200_000
"""Pairs that every rule may bring together, whatever its budget per party."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A blocking rule: facts that must be equal, and facts that refine blocks that are too large.

    Args:
        name: The rule.
        facts: Facts that must be equal.
        refine: Further facts, one after the other.
        budget: Pairs per party that it may bring together.
    """

    name: str
    facts: tuple[str, ...]
    refine: tuple[str, ...] = ()
    budget: float = 2.0


@dataclass(frozen=True, slots=True)
class Blocked:
    """The candidate pairs, each once, left < right, sorted; and what was cut.

    Args:
        left: Row of the smaller party.
        right: Row of the greater party.
        cut: Rule -> parties in blocks that stayed over the cap.
    """

    left: Ints
    right: Ints
    cut: dict[str, int]


_PERSON_RULES = (
    Rule("email", ("email",), ("given_sound", "family_sound")),
    Rule("phone", ("phone",), ("given_sound", "family_sound")),
    Rule("handle", ("handle",)),
    Rule("customer_no", ("customer_no",)),
    Rule("national_id", ("national_id",)),
    Rule("other_id", ("other_id",), ("given_sound", "family_sound")),
    Rule("email_local", ("email_local",), ("family_sound", "given_sound")),
    Rule("family+birth", ("family_sound", "birth")),
    Rule("given+birth", ("given_sound", "birth"), ("place", "initial")),
    Rule("family+initial+place", ("family_sound", "initial", "place"), ("street", "birth")),
    Rule("family+initial+city", ("family_sound", "initial", "city"), ("street", "birth"), 0.7),
    Rule("family+street", ("family_sound", "street"), ("place", "given_sound"), 1.0),
    Rule("given+street", ("given_sound", "street"), ("place", "number"), 1.0),
    Rule("full_address", ("full",), ("given_sound", "family_sound"), 1.0),
    Rule("family_plain+place", ("family_plain", "place"), ("initial", "street"), 1.0),
    Rule("family_start+given+place", ("family_start", "given_plain", "place")),
    Rule("birth+place", ("birth", "place"), ("initial",)),
    Rule("birth+initial", ("birth_any", "initial"), ("birth", "family_start"), 0.7),
    Rule("names_any_order", ("name_set",), ("place", "birth", "organization", "email_start"), 2.5),
    Rule("names_any_order+place", ("name_set", "place"), ("street", "birth")),
    Rule("names_any_order+birth_year", ("name_set", "birth_year"), ("birth", "place")),
    Rule("family+organization", ("family_sound", "organization"), ("given_sound",)),
    Rule("given+organization", ("given_sound", "organization"), ("family_start",)),
    Rule("phone_start", ("phone_start",), ("family_start", "given_start"), 0.3),
    Rule("phone_end", ("phone_end",), ("family_start", "given_start"), 0.4),
    Rule("email_start", ("email_start",), ("family_start", "given_start"), 0.5),
    Rule("email_digits", ("email_digits",), ("family_start", "given_start"), 0.5),
    Rule("family_start+organization_start", ("family_start", "organization_start"), ("given_start",)),
    Rule("given_start+organization_start", ("given_start", "organization_start"), ("family_start",)),
    Rule("given_start+family_start+city", ("given_start", "family_start", "city"), ("street",), 0.6),
    Rule("given_start+family_start+number", ("given_start", "family_start", "number"), ("street",), 0.5),
    Rule("birth_name+given", ("birth_name", "given_sound"), ("place", "birth")),
)
_ORGANIZATION_RULES = (
    Rule("email", ("email",), ("name_sound",)),
    Rule("phone", ("phone",), ("name_sound",)),
    Rule("trunk", ("trunk",), ("name_sound",)),
    Rule("domain", ("domain",), ("name_sound",)),
    Rule("web", ("web",), ("name_sound",)),
    Rule("vat_id", ("vat_id",)),
    Rule("customer_no", ("customer_no",)),
    Rule("other_id", ("other_id",), ("name_sound",)),
    Rule("name", ("name_compact",), ("place", "street")),
    Rule("sound", ("name_sound",), ("place", "street")),
    Rule("word+place", ("word", "place"), ("street",)),
    Rule("word+city", ("word", "city"), ("street",)),
    Rule("rare_words", ("word",), ("place",)),
    Rule("acronym+place", ("acronym", "place"), ("street",), 0.5),
    Rule("acronym+city", ("acronym", "city"), ("street",), 0.5),
    Rule("full_address", ("full",), ("name_sound",)),
    Rule("name_start+number", ("name_start", "number"), ("street", "place"), 0.5),
)


def rules_for(kind: str) -> tuple[Rule, ...]:
    """The blocking rules of a kind of party."""
    return _PERSON_RULES if kind == "person" else _ORGANIZATION_RULES


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of one rule: rows that share a key stand side by side, ascending.

    Args:
        rule: Its name.
        rows: Rows, block after block.
        further: How many rows of the same block follow each.
        order: Places in `rows` by row, to find what a row meets.
        lost: Parties in blocks that stayed over the cap.
    """

    rule: str
    rows: npt.NDArray[np.int32]
    further: Counts
    order: npt.NDArray[np.int32]
    lost: int

    @property
    def pairs(self) -> int:
        """Pairs that the rule brings together."""
        return int(self.further.sum(dtype=np.int64))

    def pairs_from(self, first: int, last: int) -> tuple[Ints, Ints]:
        """The pairs whose smaller row is in first..last - 1."""
        places = range(len(self.order))  # numpy's search would copy all rows for each portion
        start, end = (bisect_left(places, row, key=self._row_at) for row in (first, last))
        return self.pairs_at(self.order[start:end])

    def _row_at(self, place: int) -> int:
        """The row that stands at a place of those ordered by row."""
        return int(self.rows[self.order[place]])

    def pairs_at(self, at: Ints) -> tuple[Ints, Ints]:
        """The pairs of the rows at these places with those that follow them."""
        times = self.further[at]
        ends = np.cumsum(times, dtype=np.int64)
        if not len(ends) or not ends[-1]:
            return self.rows[:0], self.rows[:0]
        partner = np.repeat(at + 1 - (ends - times), times)
        partner += np.arange(ends[-1], dtype=np.int64)
        return np.repeat(self.rows.take(at), times), self.rows.take(partner)

    def pairs_around(self, at: Ints) -> tuple[Ints, Ints]:
        """The rows at these places, each with all others of its block."""
        begins = np.ones(len(self.rows), dtype=bool)
        begins[1:] = self.further[:-1] == 0
        places = np.arange(len(self.rows), dtype=np.int64)
        before = at - np.maximum.accumulate(np.where(begins, places, 0))[at]
        times = before + self.further[at]
        ends = np.cumsum(times, dtype=np.int64)
        if not len(ends) or not ends[-1]:
            return self.rows[:0], self.rows[:0]
        step = np.arange(ends[-1], dtype=np.int64) - np.repeat(ends - times, times)
        step += step >= np.repeat(before, times)  # a row does not meet itself
        return np.repeat(self.rows[at], times), self.rows[np.repeat(at - before, times) + step]


def blocks_of(features: Features, rules: Iterable[Rule], *, cap: int, threads: int = 1) -> list[Blocks]:
    """The blocks of all rules whose facts the features have.

    Args:
        features: Facts of the parties.
        rules: Blocking rules.
        cap: Largest block compared whole.
        threads: Rules worked on at once.
    """
    asked = [rule for rule in rules if all(_has(features, fact) for fact in rule.facts)]
    if threads <= 1:
        return [_blocks(features, rule, cap) for rule in asked]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda rule: _blocks(features, rule, cap), asked))


def pairs_between(blocks: Sequence[Blocks], n: int, first: int, last: int) -> tuple[Ints, Ints]:
    """All pairs, each once, sorted by the greater row; the smaller one is in first..last - 1."""
    pairs = (block.pairs_from(first, last) for block in blocks)
    right, left = _unique([right.astype(np.int64) * n + left for left, right in pairs], n)
    return left, right


def pairs_of_rows(blocks: Sequence[Blocks], n: int, rows: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """All pairs, each once, sorted, whose smaller row is marked."""
    keys = []
    for block in blocks:
        left, right = block.pairs_at(np.flatnonzero(rows[block.rows]))
        keys.append(left.astype(np.int64) * n + right)
    return _unique(keys, n)


def pairs_with(
    blocks: Sequence[Blocks], n: int, rows: npt.NDArray[np.bool_], *, after: Ints | None = None
) -> tuple[Ints, Ints]:
    """All pairs, each once, sorted, of which at least one row is marked.

    Args:
        blocks: Of all rules.
        n: Number of rows.
        rows: Which rows are asked about.
        after: Number of each row in the order in which rows are asked about; a pair is found with the
            first of its two. Without it all are asked about at once.
    """
    keys = []
    for block in blocks:
        one, other = block.pairs_around(np.flatnonzero(rows[block.rows]))
        if after is not None:
            first = after[one] <= after[other]
            one, other = one[first], other[first]
        keys.append(np.minimum(one, other).astype(np.int64) * n + np.maximum(one, other))
    return _unique(keys, n)


def _unique(parts: Sequence[Ints], n: int) -> tuple[Ints, Ints]:
    keys = np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
    keys.sort()
    if len(keys):
        keys = keys[np.r_[True, keys[1:] != keys[:-1]]]
    left = keys // max(1, n)
    return left, keys - left * max(1, n)


def candidate_pairs(features: Features, rules: Iterable[Rule], *, cap: int) -> Blocked:
    """All pairs that at least one rule brings together, each once.

    Args:
        features: Facts of the parties.
        rules: Blocking rules; facts that the features lack are skipped.
        cap: Largest block compared whole.
    """
    blocks = blocks_of(features, rules, cap=cap)
    left, right = pairs_of_rows(blocks, features.n, np.ones(features.n, dtype=bool))
    return Blocked(left, right, {block.rule: block.lost for block in blocks if block.lost})


def _has(features: Features, fact: str) -> bool:
    return fact == "name_set" or (fact in features.facts and bool((features.facts[fact].codes >= 0).any()))


def _blocks(features: Features, rule: Rule, cap: int) -> Blocks:
    most = max(LEAST, int(rule.budget * features.n))
    rows, keys = _postings(features, rule.facts)
    parts: list[tuple[Ints, Ints]] = []
    lost = 0
    for refinement in (*rule.refine, None):
        rows, keys, sizes = _in_blocks(rows, keys, features.n)
        limit = _limit(sizes, cap, most)
        small = np.repeat(sizes <= limit, sizes)
        further = _further(sizes[sizes <= limit])
        parts.append((rows[small], further))
        most = max(0, most - int(further.sum(dtype=np.int64)))
        rows, keys = rows[~small], keys[~small]
        if not len(rows):
            break
        if refinement is None:
            lost = len(rows)
        else:
            rows, keys = _refined(features, rows, keys, refinement)
    found = np.concatenate([part[0] for part in parts]).astype(np.int32)
    counts: Counts = np.concatenate([part[1] for part in parts]).astype(np.uint8 if cap < 256 else np.uint32)
    return Blocks(rule.name, found, counts, _places_by_row(found), lost)


def _limit(sizes: Ints, cap: int, most: int) -> int:
    """The largest block compared whole: the cap, or less where that would give too many pairs."""
    usual = np.bincount(np.minimum(sizes, cap + 1), minlength=cap + 2)[: cap + 1]
    size = np.arange(cap + 1, dtype=np.int64)
    total = np.cumsum(usual * (size * (size - 1) // 2))
    return int(np.searchsorted(total, most, side="right")) - 1 if total[-1] > most else cap


def _further(sizes: Ints) -> npt.NDArray[np.int32]:
    """For each row of blocks of these sizes, how many of its block follow it."""
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if len(ends) else 0
    return (np.repeat(ends, sizes) - np.arange(1, total + 1)).astype(np.int32)


def _in_blocks(rows: Ints, keys: Ints, n: int) -> tuple[Ints, Ints, Ints]:
    """The postings whose key another row has too, sorted by key and row, and the sizes of the blocks.

    A key and its row are sorted as one number, which is several times faster than by a key; of the
    key's 63 bits as many are kept as the row leaves (40 for ten million rows).

    Args:
        rows: Rows.
        keys: Hashed keys, none negative.
        n: Number of rows there are.
    """
    width = np.uint64(max(1, int(n - 1).bit_length()))
    both = keys.astype(np.uint64)
    both <<= np.uint64(1)
    both >>= width
    both <<= width
    both |= rows.astype(np.uint64)
    both.sort()
    both = both[_repeated(both >> width)]
    if (both[1:] == both[:-1]).any():  # a row has a key in two slots
        both = both[np.r_[True, both[1:] != both[:-1]]]
        both = both[_repeated(both >> width)]
    found = (both >> width).astype(np.int64)
    starts = (
        np.flatnonzero(np.r_[True, found[1:] != found[:-1]]) if len(found) else np.empty(0, dtype=np.int64)
    )
    both &= (np.uint64(1) << width) - np.uint64(1)
    return both.astype(np.int32), found, np.diff(np.r_[starts, len(found)])


def _repeated(ordered: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Which of sorted numbers stand there more than once."""
    same = ordered[1:] == ordered[:-1]
    result = np.zeros(len(ordered), dtype=bool)
    result[1:] = same
    result[:-1] |= same
    return result


def _places_by_row(rows: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """The places of the rows, by row and place."""
    both = rows.astype(np.int64) << 32
    both |= np.arange(len(rows), dtype=np.int64)
    both.sort()
    return both.astype(np.int32)  # the lower half


def _columns(features: Features, fact: str) -> list[Ints]:
    if fact == "name_set":
        family, given = features.facts["family_sound"].codes, features.facts["given_sound"].codes
        return [_unordered(features, family, given)]
    codes = features.facts[fact].codes
    return [codes] if codes.ndim == 1 else [codes[:, slot] for slot in range(codes.shape[1])]


def _unordered(features: Features, family: Ints, given: Ints) -> Ints:
    """One key for (family, given) and (given, family): sounds numbered in a common list."""
    one, two = in_common(features.facts["family_sound"], features.facts["given_sound"])
    left, right = one[family], two[given]
    return combine(np.minimum(left, right), np.maximum(left, right))


def _postings(features: Features, facts: Sequence[str]) -> tuple[Ints, Ints]:
    """(row, key) for every combination of slots, by row; address facts stay in their common slot."""
    columns = [_columns(features, fact) for fact in facts]
    width = max(len(c) for c in columns)
    slots = []
    for slot in range(width):
        chosen = [c[slot] if len(c) > 1 else c[0] for c in columns if len(c) > slot or len(c) == 1]
        if len(chosen) == len(columns):
            slots.append(combine(*chosen))
    return _by_row(np.arange(features.n, dtype=np.int32), slots)


def _by_row(rows: Ints, slots: Sequence[Ints]) -> tuple[Ints, Ints]:
    """Rows and their keys, none missing, row by row."""
    if len(slots) == 1:
        keep = slots[0] >= 0
        return rows[keep], slots[0][keep]
    keys = np.stack(slots, axis=1).ravel()
    keep = keys >= 0
    return np.repeat(rows, len(slots))[keep], keys[keep]


def _refined(features: Features, rows: Ints, keys: Ints, fact: str) -> tuple[Ints, Ints]:
    if not _has(features, fact):
        return rows, keys
    return _by_row(rows, [combine(keys, column[rows]) for column in _columns(features, fact)])

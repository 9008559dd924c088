"""Candidate pairs: which parties are worth comparing, within a stated budget.

A rule is a key made of codes; parties with the same key meet. A block larger than the cap is
refined by the rule's further keys; what is still too large after that is left out and counted, so
that nothing is lost in silence. No rule needs a field that both records always have: thin records
meet others through whatever they hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from crmclean.match.codes import Ints, combine
from crmclean.match.features import Features

__all__ = ["Blocked", "Rule", "candidate_pairs", "rules_for"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A blocking rule: facts that must be equal, and facts that refine blocks over the cap."""

    name: str
    facts: tuple[str, ...]
    refine: tuple[str, ...] = ()


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
    Rule("family+given", ("family_sound", "given_sound"), ("place", "birth", "organization")),
    Rule("family+given+place", ("family_sound", "given_sound", "place"), ("street", "birth")),
    Rule("family+given+city", ("family_sound", "given_sound", "city"), ("street", "birth")),
    Rule("family+initial+place", ("family_sound", "initial", "place"), ("street", "birth")),
    Rule("family+initial+city", ("family_sound", "initial", "city"), ("street", "birth")),
    Rule("family+street", ("family_sound", "street"), ("place", "given_sound")),
    Rule("given+street", ("given_sound", "street"), ("place", "number")),
    Rule("full_address", ("full",), ("given_sound", "family_sound")),
    Rule("family_plain+place", ("family_plain", "place"), ("initial", "street")),
    Rule("family_start+given+place", ("family_start", "given_plain", "place")),
    Rule("birth+place", ("birth", "place"), ("initial",)),
    Rule("birth+initial", ("birth", "initial"), ("family_start",)),
    Rule("names_any_order", ("name_set",), ("place", "birth", "email_start")),
    Rule("names_any_order+place", ("name_set", "place"), ("street", "birth")),
    Rule("names_any_order+birth_year", ("name_set", "birth_year"), ("birth", "place")),
    Rule("family+organization", ("family_sound", "organization"), ("given_sound",)),
    Rule("given+organization", ("given_sound", "organization"), ("family_start",)),
    Rule("phone_start", ("phone_start",), ("family_start", "given_start")),
    Rule("phone_end", ("phone_end",), ("family_start", "given_start")),
    Rule("email_start", ("email_start",), ("family_start", "given_start")),
    Rule("email_digits", ("email_digits",), ("family_start", "given_start")),
    Rule("family_start+organization_start", ("family_start", "organization_start"), ("given_start",)),
    Rule("given_start+organization_start", ("given_start", "organization_start"), ("family_start",)),
    Rule("given_start+family_start+city", ("given_start", "family_start", "city"), ("street",)),
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
    Rule("full_address", ("full",), ("name_sound",)),
)


def rules_for(kind: str) -> tuple[Rule, ...]:
    """The blocking rules of a kind of party."""
    return _PERSON_RULES if kind == "person" else _ORGANIZATION_RULES


def candidate_pairs(features: Features, rules: Iterable[Rule], *, cap: int) -> Blocked:
    """All pairs that at least one rule brings together, each once.

    Args:
        features: Facts of the parties.
        rules: Blocking rules; facts that the features lack are skipped.
        cap: Largest block compared whole.
    """
    parts: list[Ints] = []
    cut: dict[str, int] = {}
    for rule in rules:
        if not all(_has(features, fact) for fact in rule.facts):
            continue
        found, lost = _pairs_of_rule(features, rule, cap)
        if lost:
            cut[rule.name] = lost
        parts.append(found)
    keys = np.unique(np.concatenate(parts)) if parts else np.empty(0, dtype=np.int64)
    return Blocked(keys // features.n if features.n else keys, keys % max(1, features.n), cut)


def _has(features: Features, fact: str) -> bool:
    return fact == "name_set" or (fact in features.facts and bool((features.facts[fact].codes >= 0).any()))


def _pairs_of_rule(features: Features, rule: Rule, cap: int) -> tuple[Ints, int]:
    """Pair keys left * n + right of one rule, and the parties in blocks that were left out."""
    rows, keys = _postings(features, rule.facts)
    found: list[Ints] = []
    for refinement in (*rule.refine, None):
        small, large = _split_by_size(rows, keys, cap)
        found.extend(_pairs(rows, small, features.n))
        if not len(large):
            return _joined(found), 0
        if refinement is None:
            break
        rows, keys = _refined(features, rows[large], keys[large], refinement)
    return _joined(found), len(large)


def _joined(parts: Sequence[Ints]) -> Ints:
    return np.unique(np.concatenate(parts)) if parts else np.empty(0, dtype=np.int64)


def _columns(features: Features, fact: str) -> list[Ints]:
    if fact == "name_set":
        family, given = features.facts["family_sound"].codes, features.facts["given_sound"].codes
        return [_unordered(features, family, given)]
    codes = features.facts[fact].codes
    return [codes] if codes.ndim == 1 else [codes[:, slot] for slot in range(codes.shape[1])]


def _unordered(features: Features, family: Ints, given: Ints) -> Ints:
    """One key for (family, given) and (given, family): sounds numbered in a common list."""
    names = sorted({*features.facts["family_sound"].values, *features.facts["given_sound"].values})
    number = {name: i for i, name in enumerate(names)}
    tables = [
        np.array([number[v] for v in features.facts[f].values] + [-1], dtype=np.int64)
        for f in ("family_sound", "given_sound")
    ]
    left, right = tables[0][family], tables[1][given]
    return combine(np.minimum(left, right), np.maximum(left, right))


def _postings(features: Features, facts: Sequence[str]) -> tuple[Ints, Ints]:
    """(row, key) for every combination of slots; address facts stay in their common slot."""
    rows = np.arange(features.n, dtype=np.int64)
    columns = [_columns(features, fact) for fact in facts]
    width = max(len(c) for c in columns)
    all_rows, all_keys = [], []
    for slot in range(width):
        chosen = [c[slot] if len(c) > 1 else c[0] for c in columns if len(c) > slot or len(c) == 1]
        if len(chosen) < len(columns):
            continue
        key = combine(*chosen)
        keep = key >= 0
        all_rows.append(rows[keep])
        all_keys.append(key[keep])
    return np.concatenate(all_rows), np.concatenate(all_keys)


def _refined(features: Features, rows: Ints, keys: Ints, fact: str) -> tuple[Ints, Ints]:
    if not _has(features, fact):
        return rows, keys
    parts = [(rows, combine(keys, column[rows])) for column in _columns(features, fact)]
    all_rows = np.concatenate([r[k >= 0] for r, k in parts])
    return all_rows, np.concatenate([k[k >= 0] for _, k in parts])


def _split_by_size(rows: Ints, keys: Ints, cap: int) -> tuple[list[Ints], Ints]:
    """Positions of the postings in blocks of 2..cap, grouped by block size; and of larger blocks."""
    order = np.lexsort((rows, keys))
    ordered, owner = keys[order], rows[order]
    repeated = np.zeros(len(order), dtype=bool)
    repeated[1:] = (ordered[1:] == ordered[:-1]) & (owner[1:] == owner[:-1])
    order, ordered = order[~repeated], ordered[~repeated]
    if not len(order):
        return [], order
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    sizes = np.diff(np.r_[starts, len(ordered)])
    groups = []
    for size in np.unique(sizes[(sizes >= 2) & (sizes <= cap)]):
        at = starts[sizes == size]
        groups.append(order[(at[:, None] + np.arange(size)).ravel()].reshape(len(at), size))
    big = np.repeat(sizes > cap, sizes)
    return groups, order[big]


def _pairs(rows: Ints, groups: Sequence[Ints], n: int) -> Iterator[Ints]:
    for group in groups:
        first, second = np.triu_indices(group.shape[1], 1)
        a, b = rows[group[:, first].ravel()], rows[group[:, second].ravel()]
        yield np.minimum(a, b) * np.int64(n) + np.maximum(a, b)

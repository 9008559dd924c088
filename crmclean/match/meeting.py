"""Why two parties were compared, or never were: which blocking rules brought them together.

The same keys and the same cap as in `block`, asked for one pair.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crmclean.match.block import Rule, _columns, _has, _postings, blocks_of, rules_for
from crmclean.match.codes import Ints
from crmclean.match.features import Features

__all__ = ["Meeting", "meetings"]


@dataclass(frozen=True, slots=True)
class Meeting:
    """One rule and one pair.

    Args:
        rule: Name of the rule.
        met: Whether it brought the two together.
        shared: Facts of the rule that agree.
        differing: Facts that both have and that differ.
        missing: Facts that one of them lacks.
        block: Parties that share the whole key; 0 where the two do not.
    """

    rule: str
    met: bool
    shared: tuple[str, ...]
    differing: tuple[str, ...]
    missing: tuple[str, ...]
    block: int

    @property
    def cut(self) -> bool:
        """Whether the two share the key and were still not compared: the block was too large."""
        return self.block > 0 and not self.met


def meetings(features: Features, left: int, right: int, *, cap: int) -> list[Meeting]:
    """How close each rule came to bringing two parties together, the closest first.

    Args:
        features: Facts of all parties.
        left: Row of a party.
        right: Row of another.
        cap: Largest block compared whole.
    """
    found = [
        _meeting(features, rule, (left, right), cap)
        for rule in rules_for(features.kind)
        if all(_has(features, fact) for fact in rule.facts)
    ]
    return sorted(found, key=_distance)


def _distance(meeting: Meeting) -> tuple[bool, bool, bool, int, int, int, str]:
    """How far a rule is from bringing the two together: first whether they share anything of it."""
    lacking = len(meeting.differing) + len(meeting.missing)
    apart = (lacking, len(meeting.differing), -len(meeting.shared))
    return (not meeting.met, not meeting.cut, not meeting.shared, *apart, meeting.rule)


def _meeting(features: Features, rule: Rule, pair: tuple[int, int], cap: int) -> Meeting:
    states = {fact: _state(features, fact, pair) for fact in rule.facts}
    shared, differing, missing = (
        tuple(f for f, s in states.items() if s == state) for state in ("shared", "differing", "missing")
    )
    block, met = _block(features, rule, pair, cap) if len(shared) == len(rule.facts) else (0, False)
    return Meeting(rule.name, met, shared, differing, missing, block)


def _state(features: Features, fact: str, pair: tuple[int, int]) -> str:
    one, two = ({int(column[row]) for column in _columns(features, fact)} - {-1} for row in pair)
    if not one or not two:
        return "missing"
    return "differing" if one.isdisjoint(two) else "shared"


def _block(features: Features, rule: Rule, pair: tuple[int, int], cap: int) -> tuple[int, bool]:
    """Size of the smallest block of the rule that holds both, and whether it was compared."""
    rows, keys = _postings(features, rule.facts)
    sizes = _shared_sizes(rows, keys, pair)
    (blocks,) = blocks_of(features, [rule], cap=cap)
    _, met = blocks.pairs_from(min(pair), min(pair) + 1)
    return int(sizes.min()) if len(sizes) else 0, bool((met == max(pair)).any())


def _shared_sizes(rows: Ints, keys: Ints, pair: tuple[int, int]) -> Ints:
    common = np.intersect1d(keys[rows == pair[0]], keys[rows == pair[1]])
    return np.array([len(np.unique(rows[keys == key])) for key in common.tolist()], dtype=np.int64)

"""A numbering plan as one compiled pattern, built from metadata handed in; see `phone.py`.

Answers for one national number what libphonenumber answers (valid or not, and of which kind), some
ten times faster, because it neither parses nor copies. Rules of order and length as in
libphonenumber's ``number_type``; a property test holds both together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crmclean.normalize.phone_model import PhoneKind

__all__ = ["Plan", "Rule", "make_plan"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of number: its pattern and the lengths it can have (none: any)."""

    kind: PhoneKind
    pattern: str
    lengths: tuple[int, ...]

    def regex(self) -> str:
        """One pattern for both."""
        if not self.lengths:
            return f"(?:{self.pattern})\\Z"
        lengths = "|".join(rf"\d{{{n}}}" for n in self.lengths)
        return rf"(?=(?:{lengths})\Z)(?:{self.pattern})\Z"


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one region.

    Args:
        region: ISO 3166-1 alpha-2.
        code: Country calling code.
        pattern: Matches every valid national number; the last group that matched is its kind.
        kinds: Kinds in the order of the groups.
        open_lengths: Whether landline numbers differ so much in length that companies add
            extensions of their own (Germany, Austria, not Switzerland).
        general: What every number matches.
        rules: What `pattern` is made of, for whole columns.
    """

    region: str
    code: str
    pattern: re.Pattern[str]
    kinds: tuple[PhoneKind, ...]
    open_lengths: bool
    general: Rule
    rules: tuple[Rule, ...]

    def kind_of(self, number: str) -> PhoneKind | None:
        """The kind of a national number, None if it is not valid."""
        found = self.pattern.match(number)
        return self.kinds[found.lastindex - 1] if found and found.lastindex else None


def make_plan(region: str, code: str, general: Rule, rules: Sequence[Rule], *, open_lengths: bool) -> Plan:
    """The plan of a region.

    Args:
        region: ISO 3166-1 alpha-2.
        code: Country calling code.
        general: What every number of the region matches.
        rules: In the order in which they are tried; the first that matches names the kind.
        open_lengths: See `Plan`.
    """
    kinds = "|".join(f"({rule.regex()})" for rule in rules)
    pattern = re.compile(f"(?={general.regex()})(?:{kinds})")
    return Plan(
        region, code, pattern, tuple(rule.kind for rule in rules), open_lengths, general, tuple(rules)
    )

"""Export profiles: a known program's export, recognised by its columns, says what its words mean.

The profiles are in crmclean/data/export_profiles.toml. A profile holds if at least three of its
signature columns are there (all, where it lists fewer). A profile speaks only where the general
aliases would be wrong or undecided; a field "" leaves a column out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from crmclean.read.headers import Header, parse_header

__all__ = ["Profile", "detect_profile", "profiles"]


@dataclass(frozen=True, slots=True)
class Profile:
    """One program's export.

    Args:
        name: outlook_de, google_new ...
        signature: Compact headers it is recognised by.
        need: How many of them must be there.
        fields: Compact header -> field; "" leaves the column out.
        ids: Compact headers that identify a row, best first.
        own_number: Its customer number is the program's own, not the ERP's.
    """

    name: str
    signature: frozenset[str]
    need: int
    fields: MappingProxyType[str, str]
    ids: tuple[str, ...]
    own_number: bool = False

    def field_of(self, header: Header) -> str | None:
        """The field of a header, "" to leave it out, None where the profile says nothing.

        Numbers in the header do not matter where the profile has it without (``TEL.cell.2``).
        """
        if header.compact in self.fields:
            return self.fields[header.compact]
        return self.fields.get(re.sub(r"\d+", "", header.compact))


@cache
def profiles() -> tuple[Profile, ...]:
    """All profiles, in the order of the list."""
    text = resources.files("crmclean.data").joinpath("export_profiles.toml").read_text(encoding="utf-8")
    return tuple(_profile(name, entry) for name, entry in tomllib.loads(text).items())


def _profile(name: str, entry: dict[str, Any]) -> Profile:
    signature = frozenset(parse_header(h).compact for h in entry["signature"])
    return Profile(
        name=name,
        signature=signature,
        need=int(entry.get("need", min(3, len(signature)))),
        fields=MappingProxyType({parse_header(h).compact: f for h, f in entry.get("fields", {}).items()}),
        ids=tuple(parse_header(h).compact for h in entry.get("id", ())),
        own_number=bool(entry.get("own_number", False)),
    )


def detect_profile(columns: Iterable[str]) -> Profile | None:
    """The profile whose signature these headers show best, or None.

    Most signature columns win; on a tie the larger share of the signature, then the list's order.
    """
    have = {parse_header(column).compact for column in columns}
    best, best_rank = None, (0, 0.0)
    for profile in profiles():
        seen = len(profile.signature & have)
        rank = (seen, seen / len(profile.signature))
        if seen >= profile.need and rank > best_rank:
            best, best_rank = profile, rank
    return best

"""What settings mean for the data at hand: how matching is set, which source goes first, what is refused."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from crmclean.config import Config, MatchConfig
from crmclean.errors import ModelError
from crmclean.tables import Issues

__all__ = ["DOUBTFUL", "matching_of", "refuse_implausible", "sources_by_rank"]

DOUBTFUL = (
    *("field_constant", "numbers_not_unique", "values_misplaced", "names_alone", "facts_missing"),
    "ids_repeated",
)
"""Codes of findings that make a result doubtful as a whole."""


def matching_of(config: Config) -> MatchConfig:
    """The section of matching, with the sources that a steward calls free of duplicates."""
    free = {name for name, source in config.read.sources.items() if source.no_duplicates}
    return replace(config.match, no_duplicates=tuple(sorted({*config.match.no_duplicates, *free})))


def sources_by_rank(config: Config, quality: pd.Series[float]) -> tuple[str, ...]:
    """Sources, best first: as ranked by the steward, else by the quality of their records, bought ones last.

    Args:
        config: What is said of the sources.
        quality: Mean quality of the parties of each source.
    """
    said = config.read.sources
    ranks = {name: source.rank for name, source in said.items() if source.rank}
    last = {name for name, source in said.items() if source.origin == "purchased"}
    return tuple(
        sorted(
            map(str, quality.index),
            key=lambda s: (ranks.get(s, 10**6), s in last, -round(float(quality[s]), 6), s),
        )
    )


def refuse_implausible(*found: Issues, strict: bool) -> None:
    """Ends a strict run of which a part is implausible.

    Args:
        found: Findings of reading and matching.
        strict: Whether a run ends on them at all.

    Raises:
        ModelError: With what is implausible.
    """
    if not strict:
        return
    issues = pd.concat([part[["code", "field", "detail"]] for part in found], ignore_index=True)
    broken = issues[issues["code"] == "cluster_implausible"]
    doubtful = issues[issues["code"].isin(DOUBTFUL)]
    if len(doubtful):
        told = sorted(set((doubtful["code"] + " " + doubtful["field"].fillna("")).str.strip()))
        raise ModelError.of("match.refused.doubtful", found=", ".join(told))
    if len(broken):
        largest = int(broken["detail"].astype("int64").max())
        raise ModelError.of("match.refused.clusters", count=len(broken), largest=largest)

"""Linking sources that are free of duplicates: at most one row of each in a cluster."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from crmclean.match.block import Blocked
from crmclean.match.codes import Codes, Ints

__all__ = ["across_sources", "exclusive_sources"]


def exclusive_sources(sources: Codes, names: Iterable[str], *, every: bool) -> Ints:
    """The source per row of those sources in which no two rows are one customer, else -1.

    Args:
        sources: Source per row.
        names: Sources said to be free of duplicates; unknown ones are ignored.
        every: Whether all are.
    """
    known = set(names)
    free = np.array([every or name in known for name in sources.values], dtype=bool)
    return np.where(free[sources.codes], sources.codes, -1) if len(free) else sources.codes


def across_sources(blocked: Blocked, sources: Ints) -> Blocked:
    """The candidate pairs of two sources; those within a source are dropped.

    Args:
        blocked: Candidate pairs.
        sources: Source per row as codes.
    """
    kept = sources[blocked.left] != sources[blocked.right]
    return replace(blocked, left=blocked.left[kept], right=blocked.right[kept])

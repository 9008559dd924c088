"""Other files' words for a source: a consent log says ``messe`` of ``messe_leads.xlsx``.

A word is tied by name (equal, also known as, part of the name, the format of the only such file),
unless the record ids that it cites say otherwise; else by those ids. What stays untied is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from crmclean.config import SourceConfig
from crmclean.text.fold import tokens

__all__ = ["Known", "tie_sources"]

_SAMPLE = 2000
_LEAST = 0.5
"""Share of the cited ids that must be there before ids alone tie a word."""


@dataclass(frozen=True, slots=True)
class Known:
    """A source that other files may mean.

    Args:
        name: Its name.
        formats: Formats and file stems of its files.
        ids: Its record ids.
    """

    name: str
    formats: frozenset[str]
    ids: pd.Index


def tie_sources(
    cited: Mapping[str, pd.Index], known: Sequence[Known], config: Mapping[str, SourceConfig]
) -> dict[str, str]:
    """Word -> name of the source that it means; words that stay untied are missing.

    Args:
        cited: Word -> distinct record ids cited under it.
        known: The sources with records.
        config: For names that a steward gave (`also_known_as`).
    """
    tied: dict[str, str] = {}
    for word, ids in sorted(cited.items()):
        found = _exact(word, known, config) or _by_name(word, ids, known) or _by_ids(ids, known)
        if found:
            tied[word] = found
    return tied


def _exact(word: str, known: Sequence[Known], config: Mapping[str, SourceConfig]) -> str | None:
    folded = " ".join(tokens(word))
    for source in known:
        said = config.get(source.name)
        names = (source.name, *(said.also_known_as if said else ()))
        if folded in {" ".join(tokens(name)) for name in names}:
            return source.name
    return None


def _by_name(word: str, ids: pd.Index, known: Sequence[Known]) -> str | None:
    """The only source whose name or format has to do with the word, unless the ids deny it."""
    words = set(tokens(word))
    near = [s for s in known if words and (words <= set(tokens(s.name)) or set(tokens(s.name)) <= words)]
    near = near or [
        s
        for s in known
        if any(
            w.startswith(v) or v.startswith(w)
            for w in words
            for v in tokens(s.name)
            if min(len(w), len(v)) >= 4
        )
    ]
    near = near or [s for s in known if words & {f.lower() for f in s.formats}]
    if len(near) != 1:
        near = [s for s in near if _share(ids, s) >= _LEAST]
    if len(near) != 1 or (len(ids) >= 3 and _share(ids, near[0]) < 0.1):
        return None
    return near[0].name


def _by_ids(ids: pd.Index, known: Sequence[Known]) -> str | None:
    if len(ids) < 2:
        return None
    shares = sorted(((_share(ids, s), s.name) for s in known), reverse=True)
    if not shares or shares[0][0] < _LEAST:
        return None
    clear = len(shares) == 1 or shares[1][0] <= shares[0][0] / 2
    return shares[0][1] if clear else None


def _share(ids: pd.Index, source: Known) -> float:
    some = ids.sort_values()[:_SAMPLE]
    return float(some.isin(source.ids).mean()) if len(some) else 0.0

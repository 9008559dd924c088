"""Sources stay themselves: the file of this month is the source that it was last month.

``Kunden_2026-12 (1).csv`` is ``Kunden`` by its name (see `names`). A file whose name says nothing is
known by its columns and by ids that it shares with one source; same columns without common ids may
be a new source or the next part of an old one: that is asked, never guessed. What a source's columns
were taken for holds on, so that a small delta is not understood anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from crmclean.config import SourceConfig
from crmclean.fields import is_field
from crmclean.read.aliases import aliases
from crmclean.read.headers import parse_header
from crmclean.read.names import source_names
from crmclean.read.raw import RawTable
from crmclean.read.refusal import refuse
from crmclean.read.roles import ROLES

__all__ = ["KnownSource", "as_before", "known_tables"]

SAME, SIMILAR = 0.8, 0.5
"""Share of common columns from which two tables may be one source; and with the same name or ids."""
COMMON_IDS = 0.3
"""Share of a file's ids that a source must know to be recognised by them."""


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A source of earlier runs.

    Args:
        name: Its name.
        columns: Header = field that it was taken for, empty where it is left out, None where that is
            found out anew.
        roles: What it holds.
        id_column: Header of the column that identifies its rows; empty without one.
        date_order: DMY, MDY, YMD or empty.
        ids: Its known ids, asked for only where the name does not tell.
        shared: Whether its file holds rows of several sources.
        format: Format of its file.
        event_column: Header of the ids of consent events, where no column identifies the rows.
    """

    name: str
    columns: Mapping[str, str | None]
    roles: tuple[str, ...]
    id_column: str
    date_order: str
    ids: Callable[[], pd.Index]
    shared: bool = False
    format: str = ""
    event_column: str = ""


def known_tables(
    tables: Sequence[RawTable], sources: Mapping[str, SourceConfig], known: Sequence[KnownSource]
) -> list[RawTable]:
    """The tables, those recognised as a known source under its name.

    Args:
        tables: As loaded.
        sources: What a steward said of sources; files it names are not asked about.
        known: The sources of earlier runs.

    Raises:
        ReadError: It cannot be told whether a file is a known source; the hint says how to say so.
    """
    by_name = {source.name: source for source in known}
    names = source_names(tables, sources)
    found = []
    for table, name in zip(tables, names, strict=True):
        if not table.named and name not in sources:
            found.append(replace(table, named=_name(table, name, by_name)))
        else:
            found.append(table)
    return found


def _name(table: RawTable, name: str, known: Mapping[str, KnownSource]) -> str:
    """The known source that a table is, else empty."""
    mine = _headers(table.frame.columns)
    if not len(table.frame):
        return ""
    if name in known:
        source = known[name]
        if _alike(mine, source) >= SIMILAR or _common(table, source) >= COMMON_IDS:
            return ""
        raise refuse("source_changed", file=table.file or name, source=name)
    alike = {s.name: _alike(mine, s) for s in known.values()}
    if any(s.shared and alike[s.name] >= SAME for s in known.values()):
        return ""
    likely = [s for s in known.values() if alike[s.name] >= SIMILAR]
    sure = [s.name for s in likely if _common(table, s) >= COMMON_IDS]
    if len(sure) == 1:
        return sure[0]
    asked = sure or [s.name for s in likely if alike[s.name] >= SAME]
    if asked:
        listed = ", ".join(sorted(asked))
        raise refuse("source_doubtful", file=table.file or name, sources=listed, source=asked[0], name=name)
    return ""


def _headers(columns: Sequence[object] | pd.Index) -> frozenset[str]:
    return frozenset(parse_header(str(column)).compact for column in columns) - {""}


def _alike(mine: frozenset[str], source: KnownSource) -> float:
    """Share of the columns of both that both have."""
    theirs = _headers(list(source.columns))
    both = mine | theirs
    return len(mine & theirs) / len(both) if both else 0.0


def _common(table: RawTable, source: KnownSource) -> float:
    """Share of the table's ids that the source knows; 0 where its rows have no ids."""
    column = source.id_column or source.event_column
    wanted = parse_header(column).compact if column else None
    at = next((i for i, c in enumerate(table.frame.columns) if parse_header(str(c)).compact == wanted), None)
    if wanted is None or at is None:
        return 0.0
    ids = table.frame.iloc[:, at].dropna().str.strip().unique()
    return float(pd.Index(ids).isin(source.ids()).mean()) if len(ids) else 0.0


def as_before(said: SourceConfig, known: KnownSource | None, table: RawTable) -> SourceConfig:
    """What a steward said of a source, filled up with how it was understood before."""
    if known is None:
        return said
    headers = {parse_header(str(c)).compact: str(c) for c in table.frame.columns}
    columns = {
        c: f
        for c, f in known.columns.items()
        if f is not None and parse_header(c).compact in headers and _is_known(f)
    }
    key = known.id_column if parse_header(known.id_column or "-").compact in headers else ""
    return replace(
        said,
        columns={**columns, **said.columns},
        roles=said.roles or known.roles,
        id_column=said.id_column or key,
    )


def _is_known(field: str) -> bool:
    return not field or is_field(field) or any(field in aliases(role).values() for role in ROLES)

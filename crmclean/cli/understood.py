"""What reading understood, as lines for a terminal: files, columns, what was left out."""

from __future__ import annotations

import pandas as pd

from crmclean.cli.console import table_text
from crmclean.messages import Lang, say
from crmclean.read import ReadResult

__all__ = ["mapping_json", "understood_lines"]

_UNREAD = ("sensitive", "note")


def understood_lines(read: ReadResult, lang: Lang, *, columns: bool) -> list[str]:
    """Lines on every file and, where asked for, on every column.

    Args:
        read: The result of reading.
        lang: Language.
        columns: Whether to list the columns one by one, with confidence and reason.
    """
    several = set(read.sources["file"][read.sources["file"].duplicated()])
    mapped = read.mappings.dropna(subset=["field"]).groupby("source").size()
    rows = [
        (_place(s, several), s.source, s.roles, s.rows, _format(s), int(mapped.get(s.source, 0)))
        for s in read.sources.itertuples(index=False)
    ]
    lines = [
        say("cli.understood.title", lang),
        table_text(say("cli.understood.columns", lang).split(), rows),
        "",
    ]
    for source in sorted(set(read.sources["source"])):
        part = read.mappings[read.mappings["source"] == source]
        if columns:
            lines += [say("cli.mapping.title", lang, source=source), _columns(part, lang), ""]
        unread = part[part["reason"].isin(_UNREAD)]["column"].tolist()
        unknown = part[part["field"].isna() & ~part["reason"].isin(_UNREAD)]["column"].tolist()
        if unread:
            lines.append(say("cli.unread_columns", lang, source=source, columns=", ".join(map(str, unread))))
        if unknown:
            lines.append(say("cli.left_out", lang, source=source, columns=", ".join(map(str, unknown))))
    return lines


def _place(source: object, several: set[str]) -> str:
    """The file and, of a workbook with several tables, the sheet: each is a source of its own."""
    file, sheet = getattr(source, "file"), getattr(source, "sheet")  # noqa: B009  a row of a frame
    return f"{file} [{sheet}]" if isinstance(sheet, str) and file in several else str(file or "-")


def _format(source: object) -> str:
    parts = [getattr(source, name) for name in ("format", "profile", "encoding", "delimiter")]
    return " ".join(
        repr(p) if p in ("\t", ";", ",", "|") else str(p) for p in parts if isinstance(p, str) and p
    )


def _columns(part: pd.DataFrame, lang: Lang) -> str:
    rows = [
        (
            m.column,
            m.field if isinstance(m.field, str) else "-",
            f"{m.confidence:.2f}",
            say(f"read.map.reason.{m.reason}", lang),
        )
        for m in part.sort_values("position").itertuples(index=False)
    ]
    column, *others = say("cli.mapping.columns", lang).split()
    return table_text([f"  {column}", *others], [(f"  {c}", f, n, r) for c, f, n, r in rows])


def mapping_json(read: ReadResult) -> dict[str, object]:
    """Sources and their columns for machines."""
    sources = read.sources.astype(object).where(read.sources.notna(), None).to_dict("records")
    mappings = read.mappings.astype(object).where(read.mappings.notna(), None).to_dict("records")
    return {"sources": sources, "columns": mappings}

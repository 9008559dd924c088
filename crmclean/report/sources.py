"""What each file was taken for: roles, encoding, and the field of every column."""

from __future__ import annotations

import pandas as pd

from crmclean.messages import Lang, say
from crmclean.report.blocks import counted, label, nothing, percent, present, section
from crmclean.report.facts import ReportFacts
from crmclean.report.html import Html, Part, join, table, tag
from crmclean.write.words import title

__all__ = ["understood"]

_COLUMNS = ("source", "file", "roles", "rows", "format", "id_column")


def understood(facts: ReportFacts, lang: Lang) -> Html:
    """The section with a row per file and, below, the mapping of each source's columns."""
    if not present(facts.sources, "source", "file"):
        return section("sources", lang, nothing(lang))
    return section("sources", lang, _files(facts.sources, lang), _mappings(facts.mappings, lang))


def _files(sources: pd.DataFrame, lang: Lang) -> Html:
    headings = [say(f"report.sources.{name}", lang) for name in _COLUMNS]
    ordered = sources.sort_values(["source", "file"], kind="stable").astype("object")
    ordered = ordered.where(ordered.notna(), None)
    rows = [_file(row, lang) for row in ordered.to_dict("records")]
    return table(headings, rows, numbers={3}, caption=say("report.sources.caption", lang))


def _file(row: dict[object, object], lang: Lang) -> list[Part]:
    roles = [label("role", role, lang) for role in str(row.get("roles") or "unknown").split()]
    details = (
        row.get("format"),
        row.get("encoding"),
        _delimiter(row.get("delimiter"), lang),
        row.get("date_order"),
    )
    sheet = f" ({row['sheet']})" if row.get("sheet") else ""
    identified = row.get("id_column") or say("report.sources.no_id", lang)
    return [
        str(row["source"]),
        f"{row['file']}{sheet}",
        ", ".join(roles),
        counted(int(str(row.get("rows") or 0)), lang),
        ", ".join(str(detail) for detail in details if detail),
        str(identified),
    ]


def _delimiter(sign: object, lang: Lang) -> str:
    if sign == "\t":
        return say("report.sources.tab", lang)
    return f"“{sign}”" if sign else ""


def _mappings(mappings: pd.DataFrame, lang: Lang) -> Html:
    if not present(mappings, "source", "column", "field"):
        return Html("")
    parts: list[Part] = [
        tag("h3", say("report.mapping.title", lang)),
        tag("p", say("report.mapping.lead", lang)),
    ]
    for source, columns in mappings.groupby("source", sort=True):
        taken = int(columns["field"].notna().sum())
        told = say("report.mapping.summary", lang, taken=taken, columns=len(columns))
        summary = tag("summary", tag("b", str(source)), " – ", told)
        parts.append(tag("details", summary, _mapping(columns, lang)))
    return join(parts)


def _mapping(columns: pd.DataFrame, lang: Lang) -> Html:
    order = ["position", "column"] if "position" in columns.columns else ["column"]
    headings = [say(f"report.mapping.{name}", lang) for name in ("column", "field", "confidence", "reason")]
    rows: list[list[Part]] = []
    for row in columns.sort_values(order, kind="stable").to_dict("records"):
        known = isinstance(row["field"], str) and row["field"]
        reason = row.get("reason")
        rows.append(
            [
                str(row["column"]),
                _field(str(row["field"]), lang)
                if known
                else tag("span", say("report.mapping.left", lang), class_="tag"),
                percent(float(row.get("confidence") or 0), 1, lang) if known else "",
                label("mapping.by", reason, lang) if isinstance(reason, str) else "",
            ]
        )
    return table(headings, rows, numbers={2})


def _field(field: str, lang: Lang) -> Html:
    return join([title(field, lang), " ", tag("span", field, class_="tag")], "")

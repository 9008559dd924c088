"""Data quality: findings per source and field, and the most frequent in words."""

from __future__ import annotations

import pandas as pd

from crmclean.messages import Lang, say
from crmclean.report.blocks import counted, nothing, percent, present, record, section
from crmclean.report.facts import ReportFacts
from crmclean.report.html import Html, Part, join, table, tag
from crmclean.write.words import issue_sentence, title, word

__all__ = ["quality"]

_TOP, _FIELDS, _CHARACTERS = 20, 14, 60
_SEVERITIES = ("error", "warning", "info")


def quality(facts: ReportFacts, lang: Lang) -> Html:
    """The section on findings; nothing of it was altered in the source files."""
    issues = facts.issues
    if not present(issues, "code", "severity", "source"):
        return section("quality", lang, nothing(lang))
    return section(
        "quality", lang, _per_source(facts, lang), _per_field(issues, lang), _most_frequent(issues, lang)
    )


def _per_source(facts: ReportFacts, lang: Lang) -> Html:
    issues = facts.issues.assign(source=facts.issues["source"].fillna("–"))
    counts = pd.crosstab(issues["source"], issues["severity"]).reindex(
        columns=list(_SEVERITIES), fill_value=0
    )
    errors = issues[(issues["severity"] == "error") & issues["record_id"].notna()]
    faulty = errors.drop_duplicates(["source", "record_id"]).groupby("source").size()
    rows_read = (
        facts.sources.groupby("source")["rows"].sum()
        if present(facts.sources, "rows")
        else pd.Series(dtype="int64")
    )
    rows: list[list[Part]] = []
    for source in sorted(set(counts.index) | set(rows_read.index)):
        found = [int(counts[s].get(source, 0)) for s in _SEVERITIES]
        read, wrong = int(rows_read.get(source, 0)), int(faulty.get(source, 0))
        share = percent(wrong, read, lang)
        rows.append([str(source), counted(read, lang), *(counted(n, lang) for n in found), share])
    names = ("source", "rows", *_SEVERITIES, "faulty")
    headings = [say(f"report.quality.{name}", lang) for name in names]
    return table(headings, rows, numbers={1, 2, 3, 4, 5}, caption=say("report.quality.by_source", lang))


def _per_field(issues: pd.DataFrame, lang: Lang) -> Html:
    """Errors and warnings by field and source, the fields with most of them first."""
    grave = issues[
        issues["severity"].isin(["error", "warning"]) & issues["field"].notna() & issues["source"].notna()
    ]
    if not len(grave):
        return Html("")
    counts = pd.crosstab(grave["field"], grave["source"])
    total = counts.sum(axis=1)
    order = sorted(counts.index, key=lambda field: (-int(total[field]), str(field)))[:_FIELDS]
    most = int(counts.to_numpy().max())
    rows = [
        [title(str(field), lang), *(_heat(int(n), most, lang) for n in counts.loc[field].tolist())]
        for field in order
    ]
    headings = [say("report.quality.field", lang), *(str(c) for c in counts.columns)]
    numbers = set(range(1, len(headings)))
    return join(
        [
            tag("h3", say("report.quality.by_field", lang)),
            tag("p", say("report.quality.by_field_lead", lang)),
            table(headings, rows, numbers=numbers, class_="matrix"),
        ]
    )


def _heat(count: int, most: int, lang: Lang) -> Part:
    if not count:
        return ""
    return tag("span", counted(count, lang), class_="hot" if 3 * count >= most else "warm")


def _most_frequent(issues: pd.DataFrame, lang: Lang) -> Html:
    rows: list[list[Part]] = []
    counts = issues.groupby("code").size()
    rank = {code: _SEVERITIES.index(s) for code, s in issues.groupby("code")["severity"].first().items()}
    order = sorted(counts.index, key=lambda code: (rank[code] == 2, -int(counts[code]), str(code)))[:_TOP]
    first = issues[issues["code"].isin(order)].drop_duplicates("code").set_index("code")
    for code in order:
        severity = _SEVERITIES[rank[code]]
        badge = tag("span", word("severity", severity, lang), class_=f"tag {severity}")
        told = join([issue_sentence(str(code), lang), " ", tag("span", str(code), class_="tag")], "")
        rows.append([told, badge, counted(int(counts[code]), lang), _example(first.loc[code])])
    headings = [say(f"report.quality.{name}", lang) for name in ("finding", "severity", "count", "example")]
    return join([tag("h3", say("report.quality.frequent", lang)), table(headings, rows, numbers={2})])


def _example(issue: pd.Series) -> str:
    raw, source, record_id = (issue.get(name) for name in ("raw", "source", "record_id"))
    if not isinstance(record_id, str):
        return str(issue.get("file")) if isinstance(issue.get("file"), str) else ""
    shown = raw if isinstance(raw, str) else ""
    cut = shown if len(shown) <= _CHARACTERS else f"{shown[:_CHARACTERS]}…"
    return f"{cut} ({record(source, record_id)})" if cut else record(source, record_id)

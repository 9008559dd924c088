"""What makes a result doubtful as a whole, as lines for a terminal: told after every run, ended on by ``--strict``."""

from __future__ import annotations

from crmclean.choices import DOUBTFUL
from crmclean.messages import Lang, say
from crmclean.tables import Issues
from crmclean.write.words import issue_sentence, title

__all__ = ["doubt_lines", "doubts_json"]


def doubts_json(issues: Issues) -> list[dict[str, str | None]]:
    """The doubts for machines: code, source, field and count."""
    found = issues[issues["code"].isin(DOUBTFUL)]
    rows = (
        found[["code", "source", "field", "detail"]]
        .drop_duplicates()
        .sort_values(["code", "source", "field"])
    )
    return [
        {
            name: None if value != value else value  # noqa: PLR0124  NaN is unlike itself
            for name, value in zip(rows.columns, row, strict=True)
        }
        for row in rows.itertuples(index=False, name=None)
    ]


def doubt_lines(issues: Issues, lang: Lang) -> list[str]:
    """A heading and a line per doubt; nothing where there is none."""
    rows = doubts_json(issues)
    crowds = int((issues["code"] == "cluster_implausible").sum())
    lines = [_line(row, lang) for row in rows]
    if crowds:
        lines.append(f"  {say('cli.doubts.clusters', lang, count=crowds)}")
    return [say("cli.doubts.title", lang), *lines, ""] if lines else []


def _line(row: dict[str, str | None], lang: Lang) -> str:
    """One doubt: which field of which source, how many records, and what it means."""
    field = row["field"] or ""
    known = say(f"cli.kind.{field}", lang) if field in {"person", "organization"} else title(field, lang)
    named = ", ".join(part for part in (row["source"], known if field else "") if part)
    count = f" ({row['detail']})" if row["detail"] else ""
    return f"  {named}{count}: {issue_sentence(str(row['code']), lang)}"

"""The last pages: what was not understood, and by which rules and figures was decided."""

from __future__ import annotations

from dataclasses import fields
from math import log2

import pandas as pd

from crmclean.issues import CODES
from crmclean.match.model import Comparison, Level, Model
from crmclean.messages import Lang, catalogue, say
from crmclean.report.blocks import counted, day, decimal, label, nothing, present, section
from crmclean.report.facts import ReportFacts
from crmclean.report.html import Html, Part, join, table, tag
from crmclean.write.words import issue_sentences

__all__ = ["not_understood", "rules"]

_MOST = 40
_PROBABILITIES = tuple(f.name for f in fields(Level) if f.type in {float, "float"})


def not_understood(facts: ReportFacts, lang: Lang) -> Html:
    """The section on files, columns and sources that were left out or need a look."""
    parts: list[Part] = [_notes(facts.notes), _files(facts.sources, lang), _columns(facts.mappings, lang)]
    parts.append(_findings(facts.issues, lang))
    shown = [part for part in parts if part]
    return section("unclear", lang, *(shown or [nothing(lang)]))


def _notes(notes: tuple[str, ...]) -> Html:
    return tag("ul", join(tag("li", note) for note in notes), class_="notes") if notes else Html("")


def _files(sources: pd.DataFrame, lang: Lang) -> Html:
    if not present(sources, "roles", "file"):
        return Html("")
    unknown = sources[sources["roles"].fillna("unknown").str.contains("unknown", regex=False)]
    if not len(unknown):
        return Html("")
    told = say("report.unclear.files", lang, files=", ".join(sorted(unknown["file"].astype(str).unique())))
    return tag("p", told)


def _columns(mappings: pd.DataFrame, lang: Lang) -> Html:
    if not present(mappings, "source", "column", "field"):
        return Html("")
    left = mappings[mappings["field"].isna() | (mappings["field"] == "")]
    if not len(left):
        return Html("")
    reasons = (
        left["reason"].fillna("unknown")
        if "reason" in left.columns
        else pd.Series("unknown", index=left.index)
    )
    rows: list[list[Part]] = [
        [str(source), label("mapping.by", reason, lang), ", ".join(group["column"].astype(str))]
        for (source, reason), group in left.groupby([left["source"], reasons], sort=True)
    ]
    headings = [say(f"report.unclear.{name}", lang) for name in ("source", "reason", "columns")]
    return table(headings, rows, caption=say("report.unclear.columns_caption", lang))


def _findings(issues: pd.DataFrame, lang: Lang) -> Html:
    """Findings about whole files, each once with how often it occurred."""
    if not present(issues, "code", "source"):
        return Html("")
    groups = {code: group for code, (group, _) in CODES.items()}
    about = issues[(issues["code"].map(groups) == "file") & (issues["severity"] != "info")]
    if not len(about):
        return Html("")
    told = about.assign(sentence=issue_sentences(about, lang), source=about["source"].fillna("–"))
    counts = told.groupby(["source", "sentence"], sort=True).size()
    rows: list[list[Part]] = [
        [str(key[0]), str(key[1]), counted(int(n), lang)]
        for key, n in zip(counts.index.tolist(), counts.tolist(), strict=True)
    ]
    headings = [say(f"report.unclear.{name}", lang) for name in ("source", "finding", "count")]
    return table(headings, rows[:_MOST], numbers={2}, caption=say("report.unclear.findings_caption", lang))


def rules(facts: ReportFacts, lang: Lang) -> Html:
    """The section on policy, day, version and the parameters of the matching models."""
    named = [("policy", facts.policy), ("as_of", day(facts.as_of, lang)), ("version", facts.version)]
    rows: list[list[Part]] = [[say(f"report.rules.{key}", lang), value or "–"] for key, value in named]
    headings = [say("report.rules.what", lang), say("report.rules.value", lang)]
    return section("rules", lang, table(headings, rows), *(_model(model, lang) for model in facts.models))


def _model(model: Model, lang: Lang) -> Html:
    rows: list[list[Part]] = [
        _level(model, comparison, level, lang)
        for comparison in model.comparisons
        for level in comparison.levels[1:]
    ]
    headings = [say(f"report.model.{name}", lang) for name in ("fact", *_PROBABILITIES, "bits")]
    told = say(
        "report.model.summary",
        lang,
        kind=say(f"report.model.{model.kind}", lang),
        one_in=max(round(1 / model.prior_match), 1) if model.prior_match > 0 else 0,
    )
    unsettled = "" if model.converged else tag("p", say("issues.model_not_converged", lang))
    numbers = set(range(1, len(headings)))
    return tag("details", tag("summary", told), unsettled, table(headings, rows, numbers=numbers))


def _level(model: Model, comparison: Comparison, level: Level, lang: Lang) -> list[Part]:
    key = f"match.level.{model.kind}.{comparison.name}.{level.name}"
    fact = say(key, lang) if key in catalogue() else f"{comparison.name}: {level.name}"
    bits = decimal(log2(level.m / level.u), 1, lang) if level.m > 0 and level.u > 0 else ""
    return [fact, *(_share(getattr(level, name), lang) for name in _PROBABILITIES), bits]


def _share(probability: float, lang: Lang) -> str:
    return decimal(probability, 3 if probability >= 0.001 else 6, lang)

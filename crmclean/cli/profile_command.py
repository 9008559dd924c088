"""``crmclean profile``: what files hold and how good it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import click
import pandas as pd

from crmclean.cli.console import table_text, tell, tell_json
from crmclean.cli.options import common_options, configured, inputs_of
from crmclean.cli.understood import mapping_json, understood_lines
from crmclean.config import Config
from crmclean.errors import ConfigError, GateError
from crmclean.fields import is_field
from crmclean.messages import Lang, say
from crmclean.read import ReadResult

__all__ = ["command"]

_SOURCES = ["source", "roles", "records", "errors", "warnings", "affected", "completeness", "stale", "dated"]
_COLUMNS = [
    "source",
    "column",
    "field",
    "completeness",
    "distinct",
    "valid",
    "outliers",
    "patterns",
    "top_issue",
]
_OVERLAP = ["source", "customers", "only_here", "duplicates", "new_contacts"]
_ISSUES = ["source", "field", "code", "count", "examples"]
_MOST = 15


@dataclass(frozen=True, slots=True)
class _Profile:
    """The tables of a profile."""

    sources: pd.DataFrame
    columns: pd.DataFrame
    ages: pd.DataFrame
    issues: pd.DataFrame
    overlap: pd.DataFrame | None


@click.command("profile")
@click.argument("files", nargs=-1, required=True, metavar="FILES...")
@click.option("--source", "sources", multiple=True, metavar="NAME=FILE", help="Name the source of a file.")
@click.option("--overlap", is_flag=True, help="Match the sources and say what only one of them has.")
@click.option("--examples", is_flag=True, help="Show the values of the examples: personal data.")
@click.option("--as-of", help="Day from which age is counted, as 2026-06-30; default: today.")
@click.option(
    "--min-validity",
    type=click.FloatRange(0, 1),
    help="End with exit code 1 if a column's share of valid cells is below.",
)
@click.option(
    "--min-completeness",
    multiple=True,
    metavar="FIELD=SHARE",
    help="End with exit code 1 if a source has the field in a smaller share of its records, as email=0.9.",
)
@common_options
def command(
    files: tuple[str, ...], sources: tuple[str, ...], min_completeness: tuple[str, ...], **options: Any
) -> None:
    """Say how complete, valid, old and redundant sources are, and whether to use them; counts, no values."""
    from crmclean.read import read_records

    wanted = _wanted(min_completeness)
    config = configured(options["config"], lang=options["lang"], as_of=options["as_of"])
    read = read_records(inputs_of(files, sources), config.read)
    found = _profiled(read, config, overlap=options["overlap"], values=options["examples"])
    if options["as_json"]:
        tell_json({**mapping_json(read), **_json(found)})
    elif not options["quiet"]:
        for line in understood_lines(read, config.lang, columns=False):
            tell(line)
        _print(found, config.lang)
    _gate_validity(found.columns, options["min_validity"])
    _gate_completeness(found, wanted)


def _profiled(read: ReadResult, config: Config, *, overlap: bool, values: bool) -> _Profile:
    from crmclean.match import match_parties
    from crmclean.normalize.records import normalize_records
    from crmclean.profile import (
        profile_ages,
        profile_columns,
        profile_issues,
        profile_overlap,
        profile_sources,
    )

    normal = normalize_records(read.records, config.normalize, sources=read.sources)
    issues = pd.concat([part for part in (read.issues, normal.issues) if len(part)] or [read.issues])
    shared = None
    if overlap:
        matches = match_parties(normal.parties, normal.contacts, normal.addresses, config.match)
        shared = profile_overlap(matches.clusters, normal.parties, normal.contacts)
    today = config.as_of or datetime.now(UTC).date().isoformat()
    return _Profile(
        sources=profile_sources(
            read.sources, read.records, issues, parties=normal.parties, overlap=shared, as_of=today
        ),
        columns=profile_columns(read.records, read.mappings, issues),
        ages=profile_ages(normal.parties),
        issues=profile_issues(issues, values=values),
        overlap=shared,
    )


def _json(found: _Profile) -> dict[str, object]:
    tables = {
        "profile": found.columns,
        "verdicts": found.sources,
        "ages": found.ages,
        "findings": found.issues,
        **({} if found.overlap is None else {"overlap": found.overlap}),
    }
    return {
        name: table.astype(object).where(table.notna(), None).to_dict("records")
        for name, table in tables.items()
    }


def _print(found: _Profile, lang: Lang) -> None:
    tell(say("cli.profile.sources", lang))
    tell(_table(found.sources, _SOURCES, lang))
    tell()
    for row in found.sources.to_dict("records"):
        tell(verdict_line(str(row["source"]), str(row["verdict"]), str(row["evidence"]), lang))
    tell("\n" + say("cli.profile.columns", lang))
    tell(_table(found.columns, _COLUMNS, lang))
    if len(found.ages):
        tell("\n" + say("profile.ages", lang))
        tell(_age_table(found.ages, lang))
    if found.overlap is not None:
        tell("\n" + say("profile.overlap", lang))
        tell(_table(found.overlap, _OVERLAP, lang))
    tell("\n" + say("cli.profile.issues", lang))
    shown = [*_ISSUES, *(["raw"] if "raw" in found.issues else [])]
    tell(_table(found.issues.head(_MOST), shown, lang))


def verdict_line(source: str, verdict: str, evidence: str, lang: Lang) -> str:
    """A source's verdict with its evidence as a sentence."""
    told = [
        say(f"profile.evidence.{name}", lang, share=f"{float(share):.0%}")
        for name, _, share in (entry.partition("=") for entry in evidence.split())
    ]
    reasons = "; ".join(told) or say("profile.evidence.none", lang)
    return f"{source}: {say(f'profile.verdict.{verdict}', lang)} ({reasons})"


def _table(table: pd.DataFrame, columns: Sequence[str], lang: Lang) -> str:
    shown = table[list(columns)].astype(object).where(table[list(columns)].notna(), None)
    return table_text([say(f"profile.head.{name}", lang) for name in columns], shown.values.tolist(), most=40)


def _age_table(ages: pd.DataFrame, lang: Lang) -> str:
    """One line per source, its years with their shares; years below two in a hundred are left out."""
    unknown = say("profile.unknown_year", lang)
    rows = []
    for source, part in ages.groupby("source", sort=True):
        years = [
            f"{y or unknown} {s:.0%}" for y, s in zip(part["year"], part["share"], strict=True) if s >= 0.02
        ]
        rows.append((source, "  ".join(years)))
    return table_text([say("profile.head.source", lang), ""], rows, most=160)


def _wanted(entries: Sequence[str]) -> dict[str, float]:
    """The fields of --min-completeness and their shares.

    Raises:
        ConfigError: An entry is not FIELD=SHARE, or the field does not exist.
    """
    wanted: dict[str, float] = {}
    for entry in entries:
        field, _, share = entry.partition("=")
        try:
            wanted[field] = float(share)
        except ValueError:
            wanted[field] = -1.0
        if not is_field(field) or not 0 <= wanted[field] <= 1:
            raise ConfigError.of("errors.profile.share", entry=entry)
    return wanted


def _gate_validity(by_column: pd.DataFrame, least: float | None) -> None:
    if least is None:
        return
    low = by_column[by_column["valid"] < least]
    if len(low):
        first = low.sort_values(["valid", "source", "field"]).iloc[0]
        name, valid = f"{first['source']}.{first['field']}", f"{first['valid']:.4f}"
        raise GateError.of("errors.profile.validity", count=len(low), least=least, name=name, valid=valid)


def _gate_completeness(found: _Profile, wanted: dict[str, float]) -> None:
    shares = found.columns.set_index(["source", "field"])["completeness"].to_dict()
    sources = found.sources.loc[found.sources["records"] > 0, "source"].tolist()
    low = [
        (shares.get((source, field), 0.0), f"{source}.{field}", least)
        for field, least in wanted.items()
        for source in sources
        if shares.get((source, field), 0.0) < least
    ]
    if low:
        share, name, least = min(low)
        values = {"count": len(low), "name": name, "share": f"{share:.4f}", "least": least}
        raise GateError.of("errors.profile.completeness", **values)

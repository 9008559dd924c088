"""``crmclean profile``: what files hold and how good it is."""

from __future__ import annotations

from typing import Any

import click
import pandas as pd

from crmclean.cli.console import table_text, tell, tell_json
from crmclean.cli.options import common_options, configured, inputs_of
from crmclean.cli.understood import mapping_json, understood_lines
from crmclean.errors import GateError
from crmclean.messages import Lang, say

__all__ = ["command"]

_SHOWN = ["source", "column", "field", "filled", "completeness", "distinct", "valid", "pattern", "top_issue"]


@click.command("profile")
@click.argument("files", nargs=-1, required=True, metavar="FILES...")
@click.option("--source", "sources", multiple=True, metavar="NAME=FILE", help="Name the source of a file.")
@click.option(
    "--min-validity",
    type=click.FloatRange(0, 1),
    help="End with exit code 1 if a column's share of valid cells is below.",
)
@common_options
def command(
    files: tuple[str, ...], sources: tuple[str, ...], min_validity: float | None, **options: Any
) -> None:
    """Report completeness, validity, patterns and findings per source and column; counts, no values."""
    from crmclean.normalize.records import normalize_records
    from crmclean.profile import profile_columns, profile_sources
    from crmclean.read import read_records

    config = configured(options["config"], lang=options["lang"])
    read = read_records(inputs_of(files, sources), config.read)
    normal = normalize_records(read.records, config.normalize, sources=read.sources)
    issues = pd.concat([read.issues, normal.issues], ignore_index=True)
    by_column = profile_columns(read.records, read.mappings, issues)
    by_source = profile_sources(read.sources, read.records, issues)
    if options["as_json"]:
        found = issues.groupby(["source", "field", "code"], dropna=False).size().reset_index(name="count")
        tell_json(
            {
                **mapping_json(read),
                "profile": by_column.to_dict("records"),
                "verdicts": by_source.to_dict("records"),
                "findings": found.to_dict("records"),
            }
        )
    elif not options["quiet"]:
        for line in understood_lines(read, config.lang, columns=False):
            tell(line)
        _print(by_source, by_column, issues, config.lang)
    _gate(by_column, min_validity)


def _print(by_source: pd.DataFrame, by_column: pd.DataFrame, issues: pd.DataFrame, lang: Lang) -> None:
    tell(say("cli.profile.sources", lang))
    tell(table_text(list(by_source.columns), by_source.values.tolist()))
    tell("\n" + say("cli.profile.columns", lang))
    tell(table_text(_SHOWN, by_column[_SHOWN].values.tolist(), most=32))
    counts = issues["code"].value_counts().sort_index().sort_values(ascending=False, kind="stable").head(15)
    tell("\n" + say("cli.profile.issues", lang))
    tell(table_text(["code", "count"], [(code, int(n)) for code, n in counts.items()]))


def _gate(by_column: pd.DataFrame, least: float | None) -> None:
    if least is None:
        return
    low = by_column[by_column["valid"] < least]
    if len(low):
        first = low.sort_values(["valid", "source", "field"]).iloc[0]
        raise GateError(
            f"{len(low)} columns are below --min-validity {least}; lowest: {first['source']}.{first['field']} with {first['valid']:.4f}",
            hint="crmclean profile lists the findings per column",
        )

"""``crmclean worklist``: what somebody should look at next."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import click
import pandas as pd

from crmclean.cli.console import table_text, tell, tell_json
from crmclean.cli.options import common_options, configured, store_path
from crmclean.config import Config
from crmclean.errors import ConfigError
from crmclean.messages import say
from crmclean.store import Store
from crmclean.view.worklists import lead_list, stale_list, stale_sources, unanswered_list

__all__ = ["command"]

KINDS = ("stale", "leads", "unanswered")


@click.command("worklist")
@click.argument("kind", type=click.Choice(KINDS))
@click.option(
    "--store", type=click.Path(dir_okay=False, path_type=Path), help="Store; default: crmclean.db here."
)
@click.option("--as-of", help="Day of the question, as 2026-06-30; default: the day of the last run.")
@click.option("--by-source", is_flag=True, help="stale: the share of stale values per source instead.")
@click.option("--ageing", is_flag=True, help="stale: values that will soon be stale as well.")
@click.option("--source", help="leads: only customers of this source, such as the file of a fair.")
@click.option(
    "--days", type=click.IntRange(1), default=90, show_default=True, help="unanswered: how far back."
)
@click.option("--limit", type=click.IntRange(1), help="Most rows; default: 30 on a terminal, else all.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, for a spreadsheet or a dialler.")
@common_options
def command(kind: str, store: Path | None, **options: Any) -> None:
    """List stale values to verify, leads to follow up, or contacts that nobody answered.

    The most urgent row comes first.
    """
    if options["as_csv"] and options["as_json"]:
        raise ConfigError.of("errors.worklist.both")
    config = configured(options["config"], lang=options["lang"], as_of=options["as_of"], store=store)
    with Store(store_path(store), create=False, read_only=True, lang=config.lang) as opened:
        found = _list(opened, kind, config, options)
    total = len(found)
    plain = not options["as_csv"] and not options["as_json"]
    most = options["limit"] or (30 if plain else total)
    _tell(found.head(most), config, options)
    if plain and total > most:
        tell(say("view.more", config.lang, count=total - most))


def _list(store: Store, kind: str, config: Config, options: dict[str, Any]) -> pd.DataFrame:
    run = store.last_run()
    day = config.as_of or (str(run["at"])[:10] if run and run["at"] else "")
    if not day:
        raise ConfigError.of("errors.worklist.no_run")
    if kind == "stale" and options["by_source"]:
        return stale_sources(store, as_of=day, config=config.view)
    if kind == "stale":
        return stale_list(
            store, as_of=day, config=config.view, state="ageing" if options["ageing"] else "stale"
        )
    if kind == "leads":
        return lead_list(store, as_of=day, source=options["source"])
    return unanswered_list(store, as_of=day, days=options["days"])


def _tell(found: pd.DataFrame, config: Config, options: dict[str, Any]) -> None:
    if options["as_json"]:
        tell_json(found.astype(object).where(found.notna(), None).to_dict("records"))
    elif options["as_csv"]:
        text = io.StringIO()
        found.to_csv(text, index=False, lineterminator="\n")
        tell(text.getvalue().rstrip("\n"))
    elif not len(found):
        tell(say("view.worklist.none", config.lang))
    else:
        headings = [say(f"view.worklist.{name}", config.lang) for name in found.columns]
        rows = [[_cell(v) for v in row] for row in found.itertuples(index=False, name=None)]
        tell(table_text(headings, rows, most=36))


def _cell(value: Any) -> Any:
    """Whole numbers without a point, times without seconds."""
    if isinstance(value, float) and value == value and value == int(value):  # noqa: PLR0124  NaN is unlike itself
        return int(value)
    return value[:16].replace("T", " ") if isinstance(value, str) and value[10:11] == "T" else value

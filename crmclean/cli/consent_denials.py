"""``crmclean consent denials``: the refusals that each source system must be told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from crmclean.cli.consent_options import STORE, today
from crmclean.cli.options import common_options, configured, store_path
from crmclean.errors import NotFoundError
from crmclean.messages import say

__all__ = ["command"]


@click.command("denials")
@STORE
@click.option("--source", help="One source; default: all of them.")
@click.option("--as-of", help="Day asked about, as 2026-06-30; default: today.")
@click.option("--output", "-o", default="-", help="CSV file of the list; - is standard output.")
@common_options
def command(store: Path | None, source: str | None, output: str, **options: Any) -> None:
    """List, per source, the records whose customer has refused, so that the source can be corrected."""
    from crmclean.ledger.outbound import denials_of
    from crmclean.store import Store
    from crmclean.write import write_csv

    config = today(configured(options["config"], lang=options["lang"], as_of=options["as_of"], store=store))
    with Store(store_path(store), create=False, read_only=True, lang=config.lang) as opened:
        known = sorted(set(opened.load("members")["source"])) if source is not None else []
        if source is not None and source not in known:
            raise NotFoundError(
                say("ledger.no_source", config.lang, source=source),
                hint=say("ledger.no_source_hint", config.lang, sources=", ".join(known)),
            )
        rows = denials_of(opened, config, source)
    write_csv(rows, output, config.write.csv_format)

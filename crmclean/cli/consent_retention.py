"""``crmclean consent retention``: what may be deleted when, and why not before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pandas as pd

from crmclean.cli.consent_options import STORE, now, today
from crmclean.cli.console import table_text, tell, tell_json
from crmclean.cli.options import common_options, configured, store_path
from crmclean.messages import say

__all__ = ["command"]


@click.command("retention")
@STORE
@click.option("--as-of", help="Day asked about, as 2026-06-30; default: today.")
@click.option("--output", "-o", help="CSV file with every event and its day; - is standard output.")
@click.option("--delete", is_flag=True, help="Erase what may be deleted now; the chain stays whole.")
@common_options
def command(store: Path | None, output: str | None, *, delete: bool, **options: Any) -> None:
    """List until when consent events are kept; the section retention of the policy has the numbers."""
    from crmclean.ledger.retaining import clocks_of, delete_due
    from crmclean.store import Store
    from crmclean.write import write_csv

    config = today(configured(options["config"], lang=options["lang"], as_of=options["as_of"], store=store))
    with Store(store_path(store), create=False, read_only=not delete, lang=config.lang) as opened:
        clocks = clocks_of(opened, config)
        deleted = delete_due(opened, clocks, day=config.as_of, at=now()) if delete else 0
    if output is not None:
        write_csv(clocks, output, config.write.csv_format)
        if output == "-":
            return
    rows = _rows(clocks)
    if options["as_json"]:
        tell_json({"as_of": config.as_of, "deleted": deleted, "rules": rows})
        return
    if options["quiet"]:
        return
    table = [
        (say(f"ledger.retention.{row['rule']}", config.lang), row["events"], row["due"], row["next"] or "")
        for row in rows
    ]
    header = say("ledger.retention.head", config.lang).split("  ")
    tell(table_text(header, table, most=110))
    if delete:
        tell(say("ledger.retention.deleted", config.lang, number=deleted))


def _rows(clocks: pd.DataFrame) -> list[dict[str, Any]]:
    """Per rule: events, those that may go now, and the next day on which one may."""
    rows = []
    for rule, part in clocks.groupby("rule", sort=True):
        later = part.loc[~part["due"], "until"].dropna()
        day = str(later.min()) if len(later) else None
        rows.append({"rule": str(rule), "events": len(part), "due": int(part["due"].sum()), "next": day})
    return rows

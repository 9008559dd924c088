"""``crmclean consent correct``: an event was booked wrongly and no longer counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from crmclean.cli.consent_options import STORE, now, today
from crmclean.cli.console import tell, tell_json
from crmclean.cli.options import common_options, configured, store_path
from crmclean.messages import say

__all__ = ["command"]


@click.command("correct")
@click.argument("event", metavar="EVENT")
@click.option("--reason", "grounds", required=True, help="Why it was wrong.")
@click.option("--actor", required=True, help="Who says so.")
@STORE
@common_options
def command(event: str, store: Path | None, *, grounds: str, actor: str, **options: Any) -> None:
    """Book that an event was booked wrongly. It stays in the ledger and no longer counts.

    EVENT is the id of an event, as check names it.
    """
    from crmclean.ledger.booking import correct
    from crmclean.store import Store

    config = today(configured(options["config"], lang=options["lang"], store=store))
    with Store(store_path(store), create=False, lang=config.lang) as opened:
        done = correct(opened, event, {"grounds": grounds, "actor": actor}, written=now(), config=config)
    if options["as_json"]:
        tell_json({"corrects": event, "event_id": done.events["event_id"].iloc[0], "head": done.head})
    elif not options["quiet"]:
        tell(say("ledger.corrected", config.lang, event=event))

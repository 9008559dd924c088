"""``crmclean consent verify``: is the ledger as it was written?"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from crmclean.cli.consent_options import STORE
from crmclean.cli.console import tell, tell_json
from crmclean.cli.options import common_options, configured, store_path
from crmclean.messages import say

__all__ = ["command"]


@click.command("verify")
@STORE
@click.option(
    "--head", "heads", multiple=True, metavar="HASH", help="A head kept elsewhere, such as in a summary."
)
@common_options
def command(store: Path | None, heads: tuple[str, ...], **options: Any) -> None:
    """Prove that no consent event was changed, added or lost; exit code 1 if one was.

    Names the first broken entry. The heads that runs noted must all be part of the chain, and those
    given with --head.
    """
    from crmclean.store import Store
    from crmclean.store.ledger_verify import verify_ledger

    config = configured(options["config"], lang=options["lang"], store=store)
    with Store(store_path(store), create=False, read_only=True, lang=config.lang) as opened:
        found = verify_ledger(opened.ledger.connection, heads=heads)
    if options["as_json"]:
        tell_json({**asdict(found), "ok": not found.broken})
    elif found.broken:
        what = say(f"ledger.broken.{found.broken}", config.lang)
        event = found.event_id or "-"
        tell(say("ledger.broken", config.lang, seq=found.seq or "-", event=event, what=what))
    elif not options["quiet"]:
        told = {"events": found.events, "erased": found.erased, "locked": found.locked, "head": found.head}
        tell(say("ledger.verified" if found.head else "ledger.empty", config.lang, **told))
    if found.broken:
        raise click.exceptions.Exit(1)

"""``crmclean consent reach``: how many may be reached, and why the others not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from crmclean.cli.consent_options import STORE, today
from crmclean.cli.console import table_text, tell, tell_json
from crmclean.cli.options import common_options, configured, store_path
from crmclean.messages import say

__all__ = ["command"]


@click.command("reach")
@click.option("--channel", "channels", multiple=True, help="Only this channel; may be repeated.")
@click.option("--purpose", "purposes", multiple=True, help="Only this purpose; may be repeated.")
@click.option("--as-of", help="Day asked about, as 2026-06-30; default: today.")
@STORE
@click.option("--output", "-o", help="CSV or xlsx file of the counts.")
@common_options
def command(
    channels: tuple[str, ...],
    purposes: tuple[str, ...],
    store: Path | None,
    output: str | None,
    **options: Any,
) -> None:
    """How many customers may be reached per channel and purpose, and why the others not.

    Decided anew from the ledger for the day; a customer counts once, by the best of its addresses.
    """
    from crmclean.cli.consent_people import reason_text
    from crmclean.cli.consent_tables import write_table
    from crmclean.ledger.standing import decisions_of
    from crmclean.store import Store

    config = today(configured(options["config"], lang=options["lang"], as_of=options["as_of"], store=store))
    with Store(store_path(store), create=False, read_only=True, lang=config.lang) as opened:
        rows = decisions_of(opened, config, channels=channels, purposes=purposes)
    best = rows.sort_values(["allowed", "reason"], ascending=[False, True], kind="stable")
    best = best.drop_duplicates(["customer_id", "channel", "purpose"])
    asked = ["channel", "purpose", "allowed", "reason"]
    counted = best.groupby(asked, sort=True).size().reset_index(name="customers")
    counted = counted.sort_values([*asked[:2], "allowed", "customers"], ascending=[True, True, False, False])
    counted["reason_text"] = [reason_text(str(code), config.lang) for code in counted["reason"]]
    if output is not None:
        write_table(counted.reset_index(drop=True), output, config)
    if options["as_json"]:
        tell_json(counted.to_dict("records"))
    elif output is None:
        yes, no = say("cli.consent.answer.yes", config.lang), say("cli.consent.answer.no", config.lang)
        shown = [
            (r.channel, r.purpose, yes if r.allowed else no, r.customers, r.reason_text)
            for r in counted.itertuples()
        ]
        tell(table_text(["", "", "", "", ""], shown, most=90).lstrip())

"""``crmclean consent renewals``: claims that prove nothing, and how one may ask for a renewal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pandas as pd

from crmclean.cli.consent_options import STORE, today
from crmclean.cli.console import table_text, tell, tell_json
from crmclean.cli.options import common_options, configured, store_path
from crmclean.fields import CHANNELS
from crmclean.messages import say

__all__ = ["command"]

_WAITING = ("LEGACY_UNPROVEN", "NOT_PROVEN", "NOT_SPECIFIC", "PENDING_CONFIRMATION", "STALE", "EXPIRED")


@click.command("renewals")
@click.option("--channel", "channels", multiple=True, help="Only claims on this channel; may be repeated.")
@click.option("--purpose", "purposes", multiple=True, help="Only this purpose; may be repeated.")
@click.option("--as-of", help="Day asked about, as 2026-06-30; default: today.")
@STORE
@click.option("--output", "-o", help="CSV or xlsx file of the list; - is standard output.")
@common_options
def command(
    channels: tuple[str, ...],
    purposes: tuple[str, ...],
    store: Path | None,
    output: str | None,
    **options: Any,
) -> None:
    """List consents that wait for renewal, and on which channels the customer may be asked for it.

    The request is advertising itself: it may go only where advertising is permitted anyway, such as
    by letter or to existing customers. Without -o the counts are shown.
    """
    from crmclean.cli.consent_people import reason_text
    from crmclean.cli.consent_tables import write_table
    from crmclean.ledger.standing import decisions_of
    from crmclean.store import Store

    config = today(configured(options["config"], lang=options["lang"], as_of=options["as_of"], store=store))
    with Store(store_path(store), create=False, read_only=True, lang=config.lang) as opened:
        rows = decisions_of(opened, config, channels=CHANNELS, purposes=purposes)
    table = _waiting(rows, channels)
    table["reason_text"] = [reason_text(str(code), config.lang) for code in table["reason"]]
    if output is not None:
        write_table(table, output, config)
    if options["as_json"]:
        tell_json(table.astype(object).where(table.notna(), None).to_dict("records"))
    elif output is None:
        counted = table.assign(may=table["ask_by"].notna()).groupby(
            ["channel", "purpose", "reason", "reason_text"]
        )["may"]
        shown = [
            (*keys, str(count), str(may))
            for keys, count, may in zip(counted.size().index, counted.size(), counted.sum(), strict=True)
        ]
        heads = [
            say(f"cli.consent.head.{name}", config.lang)
            for name in ("channel", "purpose", "reason", "why", "claims", "may_ask")
        ]
        tell(table_text(heads, shown, most=90) if shown else say("cli.consent.no_renewals", config.lang))


def _waiting(rows: pd.DataFrame, channels: tuple[str, ...]) -> pd.DataFrame:
    """The claims without proof; `ask_by` names the channels on which advertising is permitted."""
    claims = rows[rows["reason"].isin(_WAITING)]
    if channels:
        claims = claims[claims["channel"].isin(channels)]
    keys = ["customer_id", "purpose"]
    permitted = (
        rows.loc[rows["allowed"], [*keys, "channel"]].drop_duplicates().sort_values([*keys, "channel"])
    )
    ways = permitted.groupby(keys)["channel"].agg(" ".join).rename("ask_by").reset_index()
    joined = claims.merge(ways, on=keys, how="left").astype({"ask_by": "str"})
    names = ["customer_id", "channel", "purpose", "contact_point", "reason", "since", "ask_by", "as_of"]
    return joined[names].reset_index(drop=True)

"""``crmclean find``: who is this number, address, name?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from crmclean.cli.console import table_text, tell, tell_json
from crmclean.cli.options import common_options, configured, store_path
from crmclean.messages import say
from crmclean.store import Store
from crmclean.view import find_customers, why_text

__all__ = ["command"]


@click.command("find")
@click.argument("query", metavar="QUERY")
@click.option(
    "--store", type=click.Path(dir_okay=False, path_type=Path), help="Store; default: crmclean.db here."
)
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="Most candidates shown."
)
@common_options
def command(query: str, store: Path | None, limit: int, **options: Any) -> None:
    """Find a customer by phone number, e-mail, user name, customer number, or words of name and place.

    Exit code 1 if nobody is found.
    """
    config = configured(options["config"], lang=options["lang"], store=store)
    country = config.normalize.default_country or None
    with Store(store_path(store), create=False, read_only=True, lang=config.lang) as opened:
        found = find_customers(opened, query, limit=limit, country=country)
    if options["as_json"]:
        tell_json(found.astype(object).where(found.notna(), None).to_dict("records"))
    elif len(found):
        place = (
            found[["street", "postal_code", "city"]]
            .fillna("")
            .agg(" ".join, axis=1)
            .str.split()
            .str.join(" ")
        )
        rows = [
            (c.customer_id, c.name, p, f"{c.score:.2f}", why_text(str(c.why), config.lang))
            for c, p in zip(found.drop(columns="kind").itertuples(index=False), place, strict=True)
        ]
        tell(
            table_text(
                [say(f"cli.find.{h}", config.lang) for h in ("id", "name", "place", "score", "why")], rows
            )
        )
    else:
        tell(say("cli.find.none", config.lang))
    if not len(found):
        raise click.exceptions.Exit(1)

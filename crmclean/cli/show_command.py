"""``crmclean show``: everything known of one customer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from crmclean.cli.console import tell, tell_json
from crmclean.cli.options import common_options, configured, store_path
from crmclean.store import Store
from crmclean.view import customer_text, view_customer

__all__ = ["command"]


@click.command("show")
@click.argument("customer", metavar="CUSTOMER")
@click.option(
    "--store", type=click.Path(dir_okay=False, path_type=Path), help="Store; default: crmclean.db here."
)
@click.option("--as-of", help="Day of the view, as 2026-06-30; default: the day of the last run.")
@common_options
def command(customer: str, store: Path | None, as_of: str | None, **options: Any) -> None:
    """Show everything known of one customer.

    CUSTOMER is an id (also a former one), source:record_id, a customer number, phone number, e-mail
    address, user name, or a name with place.
    """
    config = configured(options["config"], lang=options["lang"], as_of=as_of, store=store)
    day = config.as_of or None
    with Store(store_path(store), create=False, read_only=True, lang=config.lang) as opened:
        view = view_customer(opened, customer, as_of=day, lang=config.lang, config=config.view)
    if options["as_json"]:
        tell_json(view)
    else:
        tell(customer_text(view, config.lang))

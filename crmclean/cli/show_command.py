"""``crmclean show``: everything known of one customer, or of one sales case."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click
import pandas as pd

from crmclean.cli.console import tell, tell_json
from crmclean.cli.options import common_options, configured, store_path
from crmclean.config import Config
from crmclean.errors import StoreError
from crmclean.messages import say
from crmclean.store import Store
from crmclean.view import customer_text, opportunity_text, view_customer, view_opportunity

__all__ = ["command"]


@click.command("show")
@click.argument("customer", metavar="CUSTOMER")
@click.option(
    "--store", type=click.Path(dir_okay=False, path_type=Path), help="Store; default: crmclean.db here."
)
@click.option("--as-of", help="Day of the view, as 2026-06-30; default: the day of the last run.")
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write one page that prints into this file.",
)
@click.option(
    "--access-request",
    "access",
    is_flag=True,
    help="The answer under Art. 15 GDPR: all data, sources, recipients.",
)
@common_options
def command(customer: str, store: Path | None, as_of: str | None, **options: Any) -> None:
    """Show everything known of one customer.

    CUSTOMER is an id (also a former one), source:record_id, a customer number, phone number, e-mail
    address, user name, or a name with place. opportunity:ID shows a sales case with all who take part.
    """
    config = configured(options["config"], lang=options["lang"], as_of=as_of, store=store)
    day = config.as_of or None
    found: dict[str, Any] | None = None
    with Store(store_path(store), create=False, read_only=True, lang=config.lang) as opened:
        if customer.startswith("opportunity:"):
            sale = view_opportunity(opened, customer.partition(":")[2], as_of=day, lang=config.lang)
            if options["as_json"]:
                tell_json(sale)
            else:
                tell(opportunity_text(sale, config.lang))
            return
        if options["access"]:
            from crmclean.view.access import access_request

            view, found = access_request(opened, customer, config, as_of=day)
        else:
            decide = partial(_decided, opened, config) if as_of else None
            view = view_customer(
                opened, customer, as_of=day, lang=config.lang, config=config.view, decide=decide
            )
    if options["html"] is not None:
        from crmclean.report.customer_page import render_customer

        _write(options["html"], render_customer(view, config.lang, access=found))
        if not options["quiet"]:
            tell(say("view.written", config.lang, file=options["html"].as_posix()))
    elif options["as_json"] or found is not None:
        tell_json(view if found is None else {"customer": view, "access": found})
    else:
        tell(customer_text(view, config.lang))


def _decided(store: Store, config: Config, customer_id: str) -> pd.DataFrame:
    """What was allowed on the day of the view, on the channels and for the purposes of the last run."""
    from crmclean.cli.consent_people import decided, neighbourhood

    known = store.load("permissions", where={"customer_id": [customer_id]})
    channels, purposes = (sorted(known[name].unique().tolist()) for name in ("channel", "purpose"))
    return decided(neighbourhood(store, customer_id), customer_id, channels, purposes, config)


def _write(file: Path, text: str) -> None:
    """The page beside its place, then at it.

    Raises:
        StoreError: The file cannot be written.
    """
    beside = file.with_name(file.name + ".new")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise StoreError.of("errors.write.file", name=file.name, reason=error.strerror or "?") from error

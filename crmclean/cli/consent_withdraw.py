"""``crmclean consent withdraw``: a withdrawal or objection is booked; it holds at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from crmclean.cli.consent_booking import book_command, booking_options

__all__ = ["command"]


@click.command("withdraw")
@click.option("--channel", default="any", show_default=True, help="Channel, or any for all of them.")
@click.option("--purpose", default="marketing", show_default=True, help="Dotted path, or any for everything.")
@click.option("--objection", is_flag=True, help="An objection to advertising, not the end of a consent.")
@booking_options(evidence=False)
def command(customer: str, store: Path | None, *, objection: bool, **options: Any) -> None:
    """Book a withdrawal. It reaches the whole customer, over all records and addresses.

    CUSTOMER is an id, source:record_id, number, address or name, as for show; an address that
    nobody or several have is closed for all of them.
    """
    book_command("objected" if objection else "withdrawn", customer, store, options)

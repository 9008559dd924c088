"""``crmclean consent confirm``: the second step of a double opt-in is booked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from crmclean.cli.consent_booking import book_command, booking_options

__all__ = ["command"]


@click.command("confirm")
@click.option("--channel", default="email", show_default=True, help="Channel of the consent confirmed.")
@click.option("--purpose", required=True, help="Purpose of the consent confirmed, a dotted path.")
@booking_options(evidence=True)
def command(customer: str, store: Path | None, **options: Any) -> None:
    """Book the confirmation of a consent.

    CUSTOMER is an id, source:record_id, number, address or name, as for show.
    """
    book_command("confirmed", customer, store, options)

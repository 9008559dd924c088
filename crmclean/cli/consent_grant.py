"""``crmclean consent grant``: a consent is booked, with what proves it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from crmclean.cli.consent_booking import book_command, booking_options

__all__ = ["command"]


@click.command("grant")
@click.option("--channel", required=True, help="email phone sms messenger fax robocall post push visit")
@click.option("--purpose", required=True, help="Dotted path: marketing.newsletter")
@booking_options(evidence=True)
def command(customer: str, store: Path | None, **options: Any) -> None:
    """Book a consent. It allows nothing that it does not prove: name wording and origin.

    CUSTOMER is an id, source:record_id, number, address or name, as for show.
    """
    book_command("granted", customer, store, options)

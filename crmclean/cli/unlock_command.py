"""``crmclean unlock``: the sources decide again."""

from __future__ import annotations

from typing import Any

import click

from crmclean.cli.deciding import deciding_options, word_of, worked

__all__ = ["command"]


@click.command("unlock")
@click.argument("customer", metavar="CUSTOMER")
@click.argument("field", metavar="FIELD")
@deciding_options
def command(customer: str, field: str, **options: Any) -> None:
    """Let the sources decide of a locked field again. Without --apply it shows what would change."""
    from crmclean.steward import unlock_field

    worked(
        lambda store, config: unlock_field(store, customer, field, word_of(options), config=config), options
    )

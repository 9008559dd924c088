"""``crmclean link``: two customers are one."""

from __future__ import annotations

from typing import Any

import click

from crmclean.cli.deciding import deciding_options, word_of, worked

__all__ = ["command"]


@click.command("link")
@click.argument("left", metavar="CUSTOMER")
@click.argument("right", metavar="CUSTOMER")
@deciding_options
def command(left: str, right: str, **options: Any) -> None:
    """Say that two customers are one; every later run obeys.

    A CUSTOMER is an id (also a former one), source:record_id, a customer number, or whatever finds only one.
    Without --apply it shows what would change: values, ids, permissions, orders and contacts.
    """
    from crmclean.steward import link_customers

    worked(lambda store, config: link_customers(store, left, right, word_of(options), config=config), options)

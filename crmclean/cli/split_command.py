"""``crmclean split``: records that are not of this customer."""

from __future__ import annotations

from typing import Any

import click

from crmclean.cli.deciding import deciding_options, word_of, worked

__all__ = ["command"]


@click.command("split")
@click.argument("customer", metavar="CUSTOMER")
@click.argument("records", nargs=-1, required=True, metavar="RECORD...")
@click.option("--each", is_flag=True, help="Each of the records is a customer by itself.")
@deciding_options
def command(customer: str, records: tuple[str, ...], each: bool, **options: Any) -> None:
    """Take records out of a customer; every later run keeps them apart.

    The records become one customer of their own, unless evidence ties them to another. A RECORD is written
    source:record_id, or its id alone where the customer has it once. Without --apply it shows what would change.
    """
    from crmclean.steward import split_customer

    worked(
        lambda store, config: split_customer(
            store, customer, records, word_of(options), config=config, each=each
        ),
        options,
    )

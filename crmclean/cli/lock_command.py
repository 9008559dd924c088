"""``crmclean lock``: a value that holds whatever the sources say."""

from __future__ import annotations

from typing import Any

import click

from crmclean.cli.deciding import deciding_options, word_of, worked

__all__ = ["command"]


@click.command("lock")
@click.argument("customer", metavar="CUSTOMER")
@click.argument("field", metavar="FIELD")
@click.argument("value", metavar="[VALUE]", default="", required=False)
@click.option(
    "--record", default="", metavar="RECORD", help="Instead of a value: the record whose value holds."
)
@click.option(
    "--expires", default="", metavar="DAY", help="Until when it holds, as 2027-06-30; default: for good."
)
@deciding_options
def command(customer: str, field: str, value: str, record: str, expires: str, **options: Any) -> None:
    """Pin a value of a customer; it survives every later run.

    FIELD is a field of the customer, or with --record a group: name, company, employer, address. If a newer
    source says otherwise, the findings tell. Without --apply it shows what would change.
    """
    from crmclean.steward import lock_value

    worked(
        lambda store, config: lock_value(
            store,
            customer,
            field,
            word_of(options),
            value=value,
            record=record,
            expires=expires,
            config=config,
        ),
        options,
    )

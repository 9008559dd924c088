"""What ``consent grant``, ``confirm`` and ``withdraw`` have in common: their options and what they say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from crmclean.cli.consent_options import STORE, now, today
from crmclean.cli.console import tell, tell_json
from crmclean.cli.options import common_options, configured, store_path
from crmclean.fields import CHANNELS
from crmclean.messages import say

__all__ = ["book_command", "booking_options"]

_EVIDENCE = {
    "--origin": ("origin", "Where it was declared: URL, form, fair, call."),
    "--method": ("method", "web_form, signed_form, card, oral ..."),
    "--text-version": ("text_version", "Version of the wording."),
    "--evidence": ("evidence_ref", "Where the proof lies."),
    "--controller": ("controller", "Company that may use it."),
    "--actor": ("actor", "Who took the declaration."),
}


def booking_options(*, evidence: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options of a booking; with `evidence` those that prove a consent, too."""

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        function = common_options(STORE(function))
        for flag, (name, meaning) in reversed(_EVIDENCE.items()):
            if evidence or flag in {"--origin", "--actor"}:
                function = click.option(flag, name, help=meaning)(function)
        point = click.option("--contact-point", help="Address or number it is about; default: the only one.")
        at = click.option("--at", help="When it was declared, ISO; default: now.")
        return click.argument("customer", metavar="CUSTOMER")(at(point(function)))

    return add


def book_command(event: str, customer: str, store: Path | None, options: dict[str, Any]) -> None:
    """Books an event and says what was booked."""
    from crmclean.ledger.booking import Declaration, book
    from crmclean.store import Store

    config = today(configured(options["config"], lang=options["lang"], store=store))
    evidence = {name: options.get(name) for name, _ in _EVIDENCE.values()}
    said = Declaration(
        event=event,
        channel=options["channel"],
        purpose=options["purpose"],
        at=options["at"] or now(),
        written=now(),
        contact_point=options["contact_point"] or "",
        evidence=evidence,
    )
    with Store(store_path(store), create=False, lang=config.lang) as opened:
        done = book(opened, customer, said, config)
    events = done.events.astype(object).where(done.events.notna(), None)
    if options["as_json"]:
        tell_json(
            {
                "customer_id": done.customer_id or None,
                "added": done.added,
                "head": done.head,
                "events": [
                    {k: v for k, v in row.items() if v is not None} for row in events.to_dict("records")
                ],
            }
        )
        return
    if options["quiet"]:
        return
    if not done.customer_id:
        tell(say("ledger.shared" if done.carriers else "ledger.nobody", config.lang, number=done.carriers))
    if not done.added:
        tell(say("ledger.booked_before", config.lang))
        return
    first = events.iloc[0]
    channel = str(first["channel"])
    names = {
        "event": say(f"consent.kind.{first['event']}", config.lang),
        "channel": say(f"write.word.channel.{channel}", config.lang) if channel in CHANNELS else channel,
        "purpose": str(first["purpose"]),
    }
    tell(say("ledger.booked", config.lang, number=done.added, **names))

"""``crmclean consent forget``: a person is erased and stays out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from crmclean.cli.consent_options import STORE, now, today
from crmclean.cli.console import tell, tell_json
from crmclean.cli.options import common_options, configured, store_path
from crmclean.messages import Lang, say

__all__ = ["command"]


@click.command("forget")
@click.argument("customer", metavar="CUSTOMER")
@STORE
@click.option("--dry-run", is_flag=True, help="Say what would be erased and what must remain; erase nothing.")
@click.option("--yes", is_flag=True, help="Do not ask on a terminal.")
@click.option("--at", help="Time of the erasure, ISO; default: now.")
@common_options
def command(
    customer: str, store: Path | None, *, dry_run: bool, yes: bool, at: str | None, **options: Any
) -> None:
    """Erase a person: raw records, history, undo, search index, free pages of the file.

    What must remain is named with the reason. Later imports of the same person stay out, by keyed
    hashes; the key comes from CRMCLEAN_SUPPRESSION_KEY or a file of yours that is made on first use.
    CUSTOMER is an id, source:record_id, number, address or name, as for show.
    """
    from crmclean.ledger.forgetting import forget, plan_erasure
    from crmclean.store import Store
    from crmclean.store.keys import read_keys
    from crmclean.view import pick_customer

    config = today(configured(options["config"], lang=options["lang"], store=store))
    country = config.normalize.default_country or None
    with Store(store_path(store), create=False, read_only=dry_run, lang=config.lang) as opened:
        customer_id = pick_customer(opened, customer, country=country, lang=config.lang)
        plan = plan_erasure(opened, customer_id, config)
        ring = None
        if not dry_run:
            if not yes and sys.stdin.isatty():
                click.confirm(say("ledger.forget.ask", config.lang, customer=customer_id), abort=True)
            ring = read_keys(create=True, lang=config.lang)
            assert ring is not None  # it was made where there was none
            plan = forget(opened, plan, ring, at=at or now())
        head = opened.ledger.head
    if options["as_json"]:
        tell_json(_json(plan, head, done=not dry_run))
    elif not options["quiet"]:
        if ring is not None and ring.made:
            tell(say("ledger.key_made", config.lang, place=ring.place))
        for line in _lines(plan, head, config.lang, done=not dry_run):
            tell(line)
    if plan.remains:
        raise click.exceptions.Exit(1)


def _json(plan: Any, head: str, *, done: bool) -> dict[str, Any]:
    return {
        "customer_id": plan.customer_id,
        "erased": done,
        "records": (plan.records["source"] + ":" + plan.records["record_id"]).tolist(),
        "events": len(plan.events) - len(plan.locked),
        "hashes": len(plan.marks) + len(plan.events),
        "locked": dict(sorted(plan.locked.items())),
        "others": list(plan.others),
        "alike": list(plan.alike),
        "remains": list(plan.remains),
        "head": head,
    }


def _lines(plan: Any, head: str, lang: Lang, *, done: bool) -> list[str]:
    events = len(plan.events) - len(plan.locked)
    what = "done" if done else "plan"
    lines = [say(f"ledger.forget.{what}", lang, records=len(plan.records), events=events)]
    for source, record_id in plan.records.itertuples(index=False, name=None):
        lines.append(say("ledger.forget.record", lang, record=f"{source}:{record_id}"))
    if plan.others:
        lines.append(say("ledger.forget.others", lang, customers=", ".join(plan.others)))
    if plan.alike:
        lines.append(say("ledger.forget.alike", lang, customers=", ".join(plan.alike)))
    if plan.company:
        lines.append(say("ledger.forget.company", lang))
    lines.append(say("ledger.forget.hashes", lang, number=len(plan.marks) + len(plan.events)))
    if plan.locked:
        until = max(plan.locked.values())
        lines.append(say("ledger.forget.locked", lang, number=len(plan.locked), until=until))
    if head:
        lines.append(say("ledger.forget.chain", lang, head=head))
    lines.append(say("ledger.forget.elsewhere", lang))
    if plan.remains:
        lines.append(say("ledger.forget.remains", lang, places=", ".join(plan.remains)))
    return lines

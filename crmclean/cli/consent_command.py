"""``crmclean consent``: may we contact this person, and whom may we contact at all?"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import pandas as pd

from crmclean.cli.console import table_text, tell, tell_json
from crmclean.cli.options import common_options, configured, store_path
from crmclean.config import Config
from crmclean.messages import Lang, say
from crmclean.store import Store

__all__ = ["command"]

_STORE = click.option(
    "--store", type=click.Path(dir_okay=False, path_type=Path), help="Store; default: crmclean.db here."
)
_AS_OF = click.option("--as-of", help="Day asked about, as 2026-06-30; default: today.")
_CHANNEL = click.option(
    "--channel", required=True, help="email phone sms messenger fax robocall post push visit"
)
_PURPOSE = click.option(
    "--purpose", default="marketing", show_default=True, help="Dotted path: marketing.newsletter"
)


@click.group("consent")
def command() -> None:
    """Ask who may be contacted, on which channel, for what, and why."""


@command.command("check")
@click.argument("customer", metavar="CUSTOMER")
@_CHANNEL
@_PURPOSE
@_AS_OF
@_STORE
@click.option("--explain", "steps", is_flag=True, help="Walk the rules one by one.")
@common_options
def check(
    customer: str, channel: str, purpose: str, store: Path | None, *, steps: bool, **options: Any
) -> None:
    """May this customer be contacted? Exit code 1 if not.

    CUSTOMER is an id, source:record_id, number, address or name, as for show.
    """
    from crmclean.consent import explain, may_contact, policy_of
    from crmclean.view import pick_customer

    config = configured(options["config"], lang=options["lang"], as_of=options["as_of"], store=store)
    with Store(store_path(store), create=False, read_only=True, lang=config.lang) as opened:
        customer_id = pick_customer(
            opened, customer, country=config.normalize.default_country or None, lang=config.lang
        )
        events, person = _history(opened, customer_id)
    policy, at = policy_of(config.consent), _day(config)
    decision = may_contact(events, person, channel, purpose, at, policy=policy)
    walked = explain(events, person, channel, purpose, at, policy=policy) if steps else ()
    if options["as_json"]:
        answer = {
            "customer_id": customer_id,
            "channel": channel,
            "purpose": purpose,
            "as_of": at,
            "policy": policy.name,
        }
        tell_json({**answer, **asdict(decision), **({"steps": [asdict(s) for s in walked]} if steps else {})})
    else:
        word = say("cli.consent.answer.yes" if decision.allowed else "cli.consent.answer.no", config.lang)
        tell(f"{word}: {reason_text(decision.reason, config.lang)} ({decision.reason})")
        for line in _details(decision):
            tell(line)
        if steps:
            tell(
                table_text(
                    ["#", "rule", "outcome", "reason"],
                    [(s.number, s.rule, s.outcome, s.reason or "") for s in walked],
                )
            )
    if not decision.allowed:
        raise click.exceptions.Exit(1)


@command.command("reach")
@_AS_OF
@_STORE
@common_options
def reach(store: Path | None, **options: Any) -> None:
    """How many customers may be reached per channel and purpose, and why the others not."""
    config = configured(options["config"], lang=options["lang"], store=store)
    with Store(store_path(store), create=False, read_only=True, lang=config.lang) as opened:
        permissions = opened.load("permissions")
    best = permissions.sort_values(["allowed", "reason"], ascending=[False, True], kind="stable")
    best = best.drop_duplicates(["customer_id", "channel", "purpose"])
    counted = (
        best.groupby(["channel", "purpose", "allowed", "reason"], sort=True)
        .size()
        .reset_index(name="customers")
    )
    if options["as_json"]:
        tell_json(counted.to_dict("records"))
        return
    rows = [
        (
            r.channel,
            r.purpose,
            say(f"cli.consent.answer.{'yes' if r.allowed else 'no'}", config.lang),
            r.customers,
            reason_text(str(r.reason), config.lang),
        )
        for r in counted.itertuples(index=False)
    ]
    tell(table_text(["", "", "", "", ""], rows, most=90).lstrip())


@command.command("select")
@_CHANNEL
@_PURPOSE
@_STORE
@click.option("--output", "-o", default="-", help="CSV file of the list; - is standard output.")
@click.option("--all", "everyone", is_flag=True, help="List the excluded, too, with the reason.")
@common_options
def select(
    channel: str, purpose: str, store: Path | None, output: str, *, everyone: bool, **options: Any
) -> None:
    """The campaign list of the last run: who may be contacted, at which address, and why."""
    from crmclean.write import write_csv

    config = configured(options["config"], lang=options["lang"], store=store)
    with Store(store_path(store), create=False, read_only=True, lang=config.lang) as opened:
        rows = opened.load("permissions", where={"channel": [channel], "purpose": [purpose]})
    chosen = rows if everyone else rows[rows["allowed"]]
    chosen = chosen.assign(
        reason_text=[reason_text(str(code), config.lang) for code in chosen["reason"].tolist()]
    )
    write_csv(chosen.drop(columns="events").reset_index(drop=True), output, config.write.csv_format)


def reason_text(code: str, lang: Lang) -> str:
    """A reason code as a sentence."""
    return say(f"consent.reason.{code}", lang)


def _day(config: Config) -> str:
    from datetime import UTC, datetime

    return config.as_of or datetime.now(UTC).date().isoformat()


def _history(store: Store, customer_id: str) -> tuple[list[Any], Any]:
    """The events of a customer's records and contact points, and what else a decision has to know."""
    from crmclean.consent import Person, events_of

    members = store.load("members", where={"customer_id": [customer_id]})
    contacts = store.load("contacts", where={"party": members["party"].tolist()})
    points = contacts[contacts["valid"] & contacts["value"].notna()]
    holders = store.load("contacts", where={"value": points["value"].tolist()}) if len(points) else points
    owners = store.load("members", where={"party": holders["party"].tolist()}) if len(holders) else members
    by_record = store.load("consents", where={"record_id": members["record_id"].tolist()})
    keys = members["source"] + "\n" + members["record_id"]
    by_record = by_record[(by_record["source"] + "\n" + by_record["record_id"]).isin(keys)]
    by_point = (
        store.load("consents", where={"contact_point": points["value"].tolist()})
        if len(points)
        else by_record
    )
    events = pd.concat([by_record, by_point], ignore_index=True).drop_duplicates("event_id")
    country = store.load("customers", where={"customer_id": [customer_id], "field": ["country"]})
    chosen = country[country["is_primary"]]["value"].tolist()
    others = set(owners[owners["customer_id"] != customer_id]["party"])
    shared = set(holders[holders["party"].isin(others)]["value"])
    person = Person(
        country=chosen[0] if chosen else None,
        records=frozenset(members["source"] + ":" + members["record_id"]),
        contact_points=frozenset(points["value"]),
        shared_points=frozenset(shared),
    )
    return list(events_of(events)), person


def _details(decision: Any) -> list[str]:
    named = {"basis": decision.basis, "since": decision.since, "valid_until": decision.valid_until}
    lines = [f"  {name}: {value}" for name, value in named.items() if value]
    if decision.obligations:
        lines.append(f"  obligations: {' '.join(decision.obligations)}")
    if decision.events:
        lines.append(f"  events: {' '.join(decision.events)}")
    return lines

"""``crmclean consent``: may we contact this person, and whom may we contact at all?"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import pandas as pd

from crmclean.cli import (
    consent_confirm,
    consent_correct,
    consent_denials,
    consent_forget,
    consent_grant,
    consent_import,
    consent_key,
    consent_retention,
    consent_verify,
    consent_withdraw,
)
from crmclean.cli.console import table_text, tell, tell_json
from crmclean.cli.options import common_options, configured, store_path
from crmclean.config import Config
from crmclean.messages import Lang, say
from crmclean.store import Store
from crmclean.tables import Consents, Contacts, Members

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


for _module in (
    consent_import,
    consent_grant,
    consent_confirm,
    consent_withdraw,
    consent_correct,
    consent_verify,
    consent_forget,
    consent_key,
    consent_retention,
    consent_denials,
):
    command.add_command(_module.command)


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
    from crmclean.view import pick_customer

    config = configured(options["config"], lang=options["lang"], as_of=options["as_of"], store=store)
    country = config.normalize.default_country or None
    with Store(store_path(store), create=False, read_only=True, lang=config.lang) as opened:
        customer_id = pick_customer(opened, customer, country=country, lang=config.lang)
        tables = neighbourhood(opened, customer_id)
    rows = decided(tables, customer_id, channel, purpose, config)
    walked = walk(tables, customer_id, channel, purpose, config) if steps else []
    best = rows.sort_values(["allowed", "reason"], ascending=[False, True], kind="stable").iloc[0]
    if options["as_json"]:
        points = rows.astype(object).where(rows.notna(), None).to_dict("records")
        answer = {"customer_id": customer_id, "allowed": bool(best["allowed"]), "reason": best["reason"]}
        tell_json({**answer, "contact_points": points, **({"steps": walked} if steps else {})})
    else:
        for line in _answer_lines(rows, config.lang):
            tell(line)
        if steps:
            table = [(s["number"], s["rule"], s["outcome"], s["reason"] or "") for s in walked]
            tell(table_text(["#", "rule", "outcome", "reason"], table))
    if not best["allowed"]:
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


Tables = dict[str, pd.DataFrame]


def neighbourhood(store: Store, customer_id: str) -> Tables:
    """Members, contacts, events and country of a customer and of all who share a contact point."""
    own = store.load("members", where={"customer_id": [customer_id]})
    points = store.load("contacts", where={"party": own["party"].tolist()})
    keys = points["key"].dropna().unique().tolist()
    holders = store.load("contacts", where={"key": keys}) if keys else points
    near = store.load("members", where={"party": [*own["party"], *holders["party"]]})
    members = store.load("members", where={"customer_id": near["customer_id"].unique().tolist()})
    contacts = store.load("contacts", where={"party": members["party"].tolist()})
    by_record = store.load("consents", where={"record_id": members["record_id"].tolist()})
    named = members["source"] + "\n" + members["record_id"]
    by_record = by_record[(by_record["source"] + "\n" + by_record["record_id"]).isin(named)]
    unnamed = store.load("consents")
    unnamed = unnamed[unnamed["record_id"].isna() | unnamed["contact_point"].isin(points["value"].dropna())]
    consents = pd.concat([by_record, unnamed], ignore_index=True).drop_duplicates("event_id")
    country = store.load("customers", where={"customer_id": [customer_id], "field": ["country"]})
    return {"members": members, "contacts": contacts, "consents": consents, "country": country}


def decided(tables: Tables, customer_id: str, channel: str, purpose: str, config: Config) -> pd.DataFrame:
    """The answer per contact point, as the run gives it."""
    from crmclean.consent import decide_customers
    from crmclean.permissions import policy_for

    members = Members(tables["members"])
    chosen = tables["country"][tables["country"]["is_primary"]].drop_duplicates("customer_id")
    rows = decide_customers(
        Consents(tables["consents"]),
        members,
        Contacts(tables["contacts"]),
        chosen.set_index("customer_id")["value"],
        channels=[channel],
        purposes=[purpose],
        as_of=_day(config),
        policy=policy_for(customer_id, members, config),
    )
    own: pd.DataFrame = rows[rows["customer_id"] == customer_id]
    return own.reset_index(drop=True)


def walk(
    tables: Tables, customer_id: str, channel: str, purpose: str, config: Config
) -> list[dict[str, Any]]:
    """The rules one by one, for the customer's own events."""
    from crmclean.consent import Person, events_of, explain
    from crmclean.permissions import policy_for

    members, contacts = Members(tables["members"]), tables["contacts"]
    own = members[members["customer_id"] == customer_id]
    records = frozenset(own["source"] + ":" + own["record_id"])
    record_of = dict(zip(own["party"], own["source"] + ":" + own["record_id"], strict=True))
    points = contacts[contacts["party"].isin(own["party"]) & contacts["value"].notna()]
    others = contacts[~contacts["party"].isin(own["party"])]
    by_record = {
        record: frozenset(part["value"]) for record, part in points.groupby(points["party"].map(record_of))
    }
    person = Person(
        records=records,
        contact_points=frozenset(points["value"]),
        shared_points=frozenset(points["value"]) & frozenset(others["value"].dropna()),
        record_points=by_record,
    )
    consents = tables["consents"]
    key = consents["source"] + ":" + consents["record_id"]
    mine = consents[key.isin(records) | consents["contact_point"].isin(points["value"])]
    policy = policy_for(customer_id, members, config)
    steps = explain(events_of(mine), person, channel, purpose, _day(config), policy=policy)
    return [asdict(step) for step in steps]


def _answer_lines(rows: pd.DataFrame, lang: Lang) -> list[str]:
    lines = []
    for row in rows.astype(object).where(rows.notna(), None).to_dict("records"):
        word = say("cli.consent.answer.yes" if row["allowed"] else "cli.consent.answer.no", lang)
        point = f"{row['contact_point']}: " if row["contact_point"] else ""
        lines.append(f"{point}{word}. {reason_text(str(row['reason']), lang)} ({row['reason']})")
        named = {name: row[name] for name in ("basis", "since", "valid_until", "events") if row[name]}
        lines += [f"  {name}: {value}" for name, value in named.items()]
    return lines

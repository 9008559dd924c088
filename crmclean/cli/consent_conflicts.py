"""``crmclean consent conflicts``: where sources say different things, and which of them holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pandas as pd

from crmclean.cli.consent_options import STORE, today
from crmclean.cli.console import table_text, tell, tell_json
from crmclean.cli.options import common_options, configured, store_path
from crmclean.messages import Lang, say

__all__ = ["command"]

_CODES = ("consent_conflict", "consent_denial_by_merge", "consent_import_ignored_denial_stands")
_SIDE = (
    "event_id",
    "event",
    "at",
    "recorded_at",
    "source",
    "record_id",
    "channel",
    "purpose",
    "contact_point",
)


@click.command("conflicts")
@STORE
@click.option("--as-of", help="Day asked about, as 2026-06-30; default: today.")
@click.option("--output", "-o", help="CSV or xlsx file of the list; - is standard output.")
@common_options
def command(store: Path | None, output: str | None, **options: Any) -> None:
    """List a yes and a no that meet on one customer: both events, their sources, which holds and why."""
    from crmclean.cli.consent_tables import write_table
    from crmclean.consent import consent_findings, policy_of
    from crmclean.store import Store
    from crmclean.tables import Contacts, Members

    config = today(configured(options["config"], lang=options["lang"], as_of=options["as_of"], store=store))
    with Store(store_path(store), create=False, read_only=True, lang=config.lang) as opened:
        events = opened.ledger.events()
        members = Members(opened.load("members"))
        contacts = opened.load("contacts")
    policy = policy_of(config.consent)
    known = Contacts(contacts[contacts["party"].isin(members["party"])].reset_index(drop=True))
    found = consent_findings(events, members, known, policy)
    table = _table(found[found["code"].isin(_CODES)], events, members, config.lang)
    if options["as_json"]:
        tell_json(table.astype(object).where(table.notna(), None).to_dict("records"))
    elif output is not None:
        write_table(table, output, config)
    else:
        tell(_text(table, config.lang))


def _table(found: pd.DataFrame, events: pd.DataFrame, members: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    """One row per conflict: customer, code, why, and both events."""
    said = found["detail"].str.extract(r"denial=(?P<no>\S+) grant=(?P<yes>\S+)")
    by_id = events.drop_duplicates("event_id").set_index("event_id", drop=False)
    table = pd.DataFrame({"code": found["code"].to_numpy()})
    yes, no = by_id.reindex(said["yes"]), by_id.reindex(said["no"])
    main = members[members["is_primary"]].drop_duplicates(["source", "record_id"])
    owner = main.set_index(["source", "record_id"])["customer_id"]
    first, second = (pd.MultiIndex.from_frame(side[["source", "record_id"]]) for side in (yes, no))
    whose = pd.Series(owner.reindex(first).to_numpy()).fillna(pd.Series(owner.reindex(second).to_numpy()))
    table["customer_id"] = whose.to_numpy()
    table["holds"] = _which(yes, no)
    table["why"] = [
        say(f"cli.consent.holds.{code}.{which}", lang)
        for code, which in zip(table["code"], table["holds"], strict=True)
    ]
    for side, told in (("yes", yes), ("no", no)):
        for name in _SIDE:
            table[f"{side}_{name}"] = told[name].to_numpy()
    order = ["customer_id", "code", "yes_event_id"]
    return table.sort_values(order, kind="stable").reset_index(drop=True)


def _which(yes: pd.DataFrame, no: pd.DataFrame) -> list[str]:
    """The later of two dated events holds, the no on a tie and where the yes has no date."""
    given, refused = (
        yes["at"].to_numpy(dtype=object),
        no["at"].fillna(no["recorded_at"]).to_numpy(dtype=object),
    )
    later = [isinstance(a, str) and isinstance(b, str) and a > b for a, b in zip(given, refused, strict=True)]
    return ["yes" if x else "no" for x in later]


def _text(table: pd.DataFrame, lang: Lang) -> str:
    if not len(table):
        return say("cli.consent.no_conflicts", lang)
    rows = [
        (
            r.customer_id, f"{r.yes_source}:{r.yes_record_id} {r.yes_event} {_day(r.yes_at, lang)}",
            f"{r.no_source}:{r.no_record_id} {r.no_event} {_day(r.no_at or r.no_recorded_at, lang)}", r.why,
        )
        for r in table.fillna("").itertuples()
    ]  # fmt: skip
    heads = [say(f"cli.consent.head.{name}", lang) for name in ("customer", "yes", "no", "holds")]
    return table_text(heads, rows, most=90)


def _day(at: object, lang: Lang) -> str:
    return str(at)[:10] or say("cli.consent.undated", lang)

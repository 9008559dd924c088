"""``crmclean consent check``: may we contact this person, and why."""

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


@click.command("check")
@click.argument("customer", metavar="CUSTOMER")
@click.option("--channel", required=True, help="email phone sms messenger fax robocall post push visit")
@click.option("--purpose", default="marketing", show_default=True, help="Dotted path: marketing.newsletter")
@click.option("--as-of", help="Day asked about, as 2026-06-30; default: today.")
@STORE
@click.option("--explain", "steps", is_flag=True, help="Walk the rules one by one.")
@common_options
def command(
    customer: str, channel: str, purpose: str, store: Path | None, *, steps: bool, **options: Any
) -> None:
    """May this customer be contacted? Exit code 1 if not.

    CUSTOMER is an id, source:record_id, number, address or name, as for show.
    """
    from crmclean.cli.consent_people import decided, neighbourhood, walk
    from crmclean.store import Store
    from crmclean.view import pick_customer

    config = today(configured(options["config"], lang=options["lang"], as_of=options["as_of"], store=store))
    country = config.normalize.default_country or None
    with Store(store_path(store), create=False, read_only=True, lang=config.lang) as opened:
        customer_id = pick_customer(opened, customer, country=country, lang=config.lang)
        tables = neighbourhood(opened, customer_id)
    rows = decided(tables, customer_id, [channel], [purpose], config)
    walked = walk(tables, customer_id, channel, purpose, config) if steps else []
    best = rows.sort_values(["allowed", "reason"], ascending=[False, True], kind="stable").iloc[0]
    if options["as_json"]:
        points = rows.astype(object).where(rows.notna(), None).to_dict("records")
        answer = {"customer_id": customer_id, "allowed": bool(best["allowed"]), "reason": best["reason"]}
        tell_json({**answer, "contact_points": points, **({"steps": walked} if steps else {})})
    else:
        for line in _lines(rows, config.lang):
            tell(line)
        if steps:
            tell(_steps(walked, config.lang))
    if not best["allowed"]:
        raise click.exceptions.Exit(1)


def _steps(walked: list[dict[str, Any]], lang: Lang) -> str:
    rows = [
        (
            step["number"],
            say(f"consent.rule.{step['rule']}", lang),
            say(f"consent.outcome.{step['outcome']}", lang),
            step["reason"] or "",
        )
        for step in walked
    ]
    return table_text(["#", "", "", ""], rows, most=60)


def _lines(rows: pd.DataFrame, lang: Lang) -> list[str]:
    from crmclean.cli.consent_people import reason_text

    lines = []
    for row in rows.astype(object).where(rows.notna(), None).to_dict("records"):
        word = say("cli.consent.answer.yes" if row["allowed"] else "cli.consent.answer.no", lang)
        point = f"{row['contact_point']}: " if row["contact_point"] else ""
        lines.append(f"{point}{word}. {reason_text(str(row['reason']), lang)} ({row['reason']})")
        named = {name: row[name] for name in ("basis", "since", "valid_until", "events") if row[name]}
        lines += [f"  {name}: {value}" for name, value in named.items()]
    return lines

"""``crmclean consent select``: the list of a campaign, and why the others are not on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pandas as pd

from crmclean.cli.consent_options import STORE, today
from crmclean.cli.console import tell_json
from crmclean.cli.options import common_options, configured, store_path
from crmclean.messages import Lang, say

__all__ = ["command"]

_ADDRESS = (
    "title",
    "given_name",
    "family_name",
    "organization",
    "street",
    "house_number",
    "po_box",
    "postal_code",
    "city",
    "country",
)
_SHORT = ("title", "given_name", "family_name", "organization")


@click.command("select")
@click.option("--channel", required=True, help="email phone sms messenger fax robocall post push visit")
@click.option("--purpose", default="marketing", show_default=True, help="Dotted path: marketing.newsletter")
@click.option("--as-of", help="Day of the campaign, as 2026-06-30; default: today.")
@STORE
@click.option("--output", "-o", default="-", help="CSV or xlsx file of the list; - is standard output.")
@click.option("--all", "everyone", is_flag=True, help="List the excluded, too, with the reason.")
@click.option(
    "--exclude",
    "lists",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of those who want no advertising (Robinson, ECG): an address or number a line, or for letters names with postal address; may be repeated.",
)
@common_options
def command(
    channel: str,
    purpose: str,
    store: Path | None,
    output: str,
    lists: tuple[Path, ...],
    *,
    everyone: bool,
    **options: Any,
) -> None:
    """List whom a campaign may reach, at which address, and why; erased and failing addresses are left out.

    Decided anew from the ledger for the day of the campaign.
    """
    from crmclean.cli.consent_people import reason_text
    from crmclean.cli.consent_tables import write_table
    from crmclean.ledger.standing import decisions_of
    from crmclean.ledger.suppressed import guard_of
    from crmclean.store import Store

    config = today(configured(options["config"], lang=options["lang"], as_of=options["as_of"], store=store))
    with Store(store_path(store), create=False, read_only=True, lang=config.lang) as opened:
        rows = pd.DataFrame(decisions_of(opened, config, channels=[channel], purposes=[purpose]))
        fields = _ADDRESS if channel in {"post", "visit"} else _SHORT
        values = opened.load("customers", where={"field": list(fields)})
        guard = guard_of(opened, config.lang)
        postal: set[str] = _postal_hits(lists, opened, config) if channel == "post" else set()
    rows = rows.drop(columns=["events", "policy"])
    if guard is not None:
        kind = "email" if channel == "email" else "phone"
        there = rows["contact_point"].fillna("")
        erased = guard.days(pd.Series(kind, index=rows.index), there).notna()
        rows = _excluded(rows, erased & (there != ""), "SUPPRESSED")
    rows = _excluded(
        rows, rows["customer_id"].isin(postal) & (rows["reason"] != "CONSENT"), "EXTERNAL_OPT_OUT_LIST"
    )
    for path in lists:
        listed = (
            rows["contact_point"].str.lower().isin(_listed(path, config.normalize.default_country or None))
        )
        rows = _excluded(rows, listed & (rows["reason"] != "CONSENT"), "EXTERNAL_OPT_OUT_LIST")
    found = _named(rows, values, fields)
    found["reason_text"] = [reason_text(str(code), config.lang) for code in found["reason"]]
    chosen = (found if everyone else found[found["allowed"]]).reset_index(drop=True)
    counts = _counts(rows)
    if options["as_json"]:
        listed_rows = chosen.astype(object).where(chosen.notna(), None).to_dict("records")
        tell_json(
            {"channel": channel, "purpose": purpose, "as_of": config.as_of, **counts, "rows": listed_rows}
        )
        return
    write_table(chosen, output, config)
    if not options["quiet"]:
        for line in _said(counts, config.lang):
            click.echo(line, err=True)


def _excluded(rows: pd.DataFrame, where: pd.Series[Any], reason: str) -> pd.DataFrame:
    """The rows with what a list forbids forbidden; what was forbidden before keeps its reason."""
    hit = where.fillna(value=False).astype(bool) & rows["allowed"]
    return rows.assign(
        allowed=rows["allowed"] & ~hit,
        reason=rows["reason"].mask(hit, reason),
        basis=rows["basis"].mask(hit),
        valid_until=rows["valid_until"].mask(hit),
    )


def _postal_hits(lists: tuple[Path, ...], store: Any, config: Any) -> set[str]:
    """The customers whose name and postal address stand in a list."""
    from crmclean.ledger.listing import listed_records

    found: set[str] = set()
    for path in lists:
        _, records = listed_records([str(path)], store, config)
        members = store.load("members", where={"record_id": records["record_id"].tolist()})
        hit = members.merge(records, on=["source", "record_id"])
        found.update(hit["customer_id"])
    return found


def _listed(path: Path, country: str | None) -> set[str]:
    """The addresses and numbers of a list, normalised; the first value of each line counts."""
    from crmclean.normalize.contact_point import contact_points

    lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    first = pd.Series(
        [line.replace(",", ";").split(";")[0].strip().strip('"') for line in lines], dtype="str"
    )
    points = contact_points(first[first != ""], country=country)
    return set(points["value"].dropna().str.lower()) | set(points["key"].dropna().str.lower())


def _named(rows: pd.DataFrame, values: pd.DataFrame, fields: tuple[str, ...]) -> pd.DataFrame:
    """The rows with the customer's name, and for letters the address."""
    shown = values[values["is_primary"] & values["customer_id"].isin(rows["customer_id"])]
    named = rows.copy()
    for field in fields:
        one = shown[shown["field"] == field].drop_duplicates("customer_id").set_index("customer_id")["value"]
        named[field] = rows["customer_id"].map(one).astype("str")
    return named


def _counts(rows: pd.DataFrame) -> dict[str, Any]:
    best = rows.sort_values("allowed", ascending=False, kind="stable").drop_duplicates("customer_id")
    reasons = best.loc[~best["allowed"], "reason"].value_counts()
    return {
        "customers": len(best),
        "allowed": int(best["allowed"].sum()),
        "excluded": {
            str(code): int(count) for code, count in sorted(reasons.items(), key=lambda x: (-x[1], str(x[0])))
        },
    }


def _said(counts: dict[str, Any], lang: Lang) -> list[str]:
    """How many, and a line per reason why not; beside the list, on standard error."""
    from crmclean.cli.consent_people import reason_text

    left = counts["customers"] - counts["allowed"]
    told = {"customers": counts["customers"], "allowed": counts["allowed"], "left": left}
    why = [f"  {count}: {reason_text(code, lang)}" for code, count in counts["excluded"].items()]
    return [say("cli.consent.selected", lang, **told), *why]

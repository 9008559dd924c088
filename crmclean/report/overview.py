"""The first page: how many records became how many customers, and who may be contacted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmclean.messages import Lang, say
from crmclean.report.blocks import cards, counted, percent, present, section
from crmclean.report.charts import Bar, bars
from crmclean.report.facts import ReportFacts
from crmclean.report.html import Html, join, tag
from crmclean.schema import coded_rows, codes_of, ranked_codes
from crmclean.write.words import word

__all__ = ["overview"]

_FILLED = (
    ("name", ("family_name", "organization")),
    ("address", ("street", "postal_code", "city")),
    ("email", ("email",)),
    ("phone", ("phone", "mobile")),
    ("birth_date", ("birth_date",)),
)


def overview(facts: ReportFacts, lang: Lang) -> Html:
    """The section with the figures of the run and how complete the customers are."""
    found = figures(facts)
    shown = [
        (counted(value, lang), say(f"report.figure.{name}", lang))
        for name, value in found.items()
        if value is not None
    ]
    return section("overview", lang, cards(shown), _reachable(facts, lang), _complete(facts, lang))


def figures(facts: ReportFacts) -> dict[str, int | None]:
    """What was counted: from the tables, or as given in `counts`; None where nothing is known."""
    customers, sources = facts.customers_flat, facts.sources
    kinds = customers["kind"].value_counts() if present(customers, "kind") else pd.Series(dtype="int64")
    bands = facts.pairs["band"].value_counts() if present(facts.pairs, "band") else pd.Series(dtype="int64")
    records = int(customers["records"].sum()) if present(customers, "records") else None
    told: dict[str, int | None] = {
        "records": records,
        "files": sources["file"].nunique() if present(sources, "file") else None,
        "customers": len(customers) if len(customers.columns) else None,
        "persons": int(kinds.get("person", 0)) if len(kinds) else None,
        "organizations": int(kinds.get("organization", 0)) if len(kinds) else None,
        "merged": int((customers["records"] > 1).sum()) if present(customers, "records") else None,
        "review": int(bands.get("review", 0)) if len(facts.pairs.columns) else None,
        "findings": len(facts.issues) if len(facts.issues.columns) else None,
        "touchpoints": len(facts.touchpoints) if len(facts.touchpoints.columns) else None,
    }
    return told | {name: facts.counts[name] for name in told if name in facts.counts}


def _reachable(facts: ReportFacts, lang: Lang) -> Html:
    """Customers who may be contacted for at least one purpose, per channel."""
    decisions = facts.permissions
    if not present(decisions, "customer_id", "channel", "allowed"):
        return Html("")
    rows = coded_rows(decisions, ["customer_id", "channel", "allowed"])
    customer, channel = codes_of(rows["customer_id"])[0], ranked_codes(rows["channel"])
    whole = len(np.unique(customer))
    allowed = rows["allowed"].to_numpy().astype(bool)
    shown: list[Bar] = []
    for number, name in enumerate(channel[1]):
        count = len(np.unique(customer[allowed & (channel[0] == number)]))
        told = f"{counted(count, lang)} ({percent(count, whole, lang)})"
        shown.append((word("channel", name, lang), count, told))
    heading = tag("h3", say("report.reachable.title", lang))
    return join([heading, tag("p", say("report.reachable.lead", lang)), bars(shown, most=whole)])


def _complete(facts: ReportFacts, lang: Lang) -> Html:
    customers = facts.customers_flat
    if not len(customers):
        return Html("")
    rows: list[Bar] = []
    for name, columns in _FILLED:
        have = [c for c in columns if c in customers.columns]
        if have:
            filled = customers[have].notna() & (customers[have] != "")
            count = int((filled.all(axis=1) if name == "address" else filled.any(axis=1)).sum())
            shown = f"{counted(count, lang)} ({percent(count, len(customers), lang)})"
            rows.append((say(f"report.complete.{name}", lang), count, shown))
    heading = tag("h3", say("report.complete.title", lang))
    return join([heading, tag("p", say("report.complete.lead", lang)), bars(rows, most=len(customers))])

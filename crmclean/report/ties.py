"""What ties customers together, and which contacts on all channels were tied to a customer."""

from __future__ import annotations

import pandas as pd

from crmclean.messages import Lang, say
from crmclean.report.blocks import counted, label, nothing, percent, present, section
from crmclean.report.facts import ReportFacts
from crmclean.report.html import Html, Part, table
from crmclean.write.words import word

__all__ = ["contacts", "relations"]


def relations(facts: ReportFacts, lang: Lang) -> Html:
    """The section on households, contact persons and branches: related, never merged."""
    found = facts.relations
    if not present(found, "kind"):
        return section("relations", lang, nothing(lang))
    sides = [c for c in ("customer_id_l", "customer_id_r", "left", "right") if c in found.columns]
    rows: list[list[Part]] = []
    for kind, group in found.groupby("kind", sort=True):
        tied = int(pd.concat([group[c] for c in sides]).nunique()) if sides else 0
        rows.append([label("relation", kind, lang), counted(len(group), lang), counted(tied, lang)])
    headings = [say(f"report.relations.{name}", lang) for name in ("kind", "count", "customers")]
    return section("relations", lang, table(headings, rows, numbers={1, 2}))


def contacts(facts: ReportFacts, lang: Lang) -> Html:
    """The section on touchpoints: known customer, several candidates, unknown."""
    found = facts.touchpoints
    if not present(found, "channel", "customer_id"):
        return section("contacts", lang, nothing(lang))
    known = found["customer_id"].notna()
    several = ~known & found["candidates"].notna() if "candidates" in found.columns else known & False
    channel = found["channel"].fillna("–")
    rows: list[list[Part]] = []
    for name in sorted(channel.unique()):
        here = channel == name
        total, tied, unclear = int(here.sum()), int((here & known).sum()), int((here & several).sum())
        figures = [counted(n, lang) for n in (total, tied, unclear, total - tied - unclear)]
        rows.append([word("channel", str(name), lang), *figures, percent(tied, total, lang)])
    names = ("channel", "total", "tied", "several", "unknown", "share")
    headings = [say(f"report.contacts.{name}", lang) for name in names]
    return section("contacts", lang, table(headings, rows, numbers={1, 2, 3, 4, 5}))

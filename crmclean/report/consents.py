"""Consents: per channel and purpose how many customers may be contacted, and why not the others."""

from __future__ import annotations

import pandas as pd

from crmclean.messages import Lang, say
from crmclean.report.blocks import counted, nothing, percent, present, section
from crmclean.report.charts import share_bar
from crmclean.report.facts import ReportFacts
from crmclean.report.html import Html, Part, join, table, tag
from crmclean.write.words import word

__all__ = ["consents", "decided"]

_KEY = ["customer_id", "channel", "purpose"]
_YES = ("yes-fill", "yes2-fill")
_NO = ("no-fill", "maybe-fill", "none-fill", "no2-fill", "none2-fill")


def decided(permissions: pd.DataFrame) -> pd.DataFrame:
    """Customers per channel, purpose, answer and reason, the most frequent first.

    A customer with several contact points counts once per channel and purpose: with the allowed
    one if there is any.

    Returns:
        Columns channel, purpose, allowed, reason, customers.
    """
    once = permissions
    if permissions.duplicated(_KEY).any():
        allowed = permissions["allowed"].astype(bool)
        once = pd.concat([permissions[allowed], permissions[~allowed]]).drop_duplicates(_KEY)
    reasons = once.assign(reason=once["reason"].fillna(""))
    counts = (
        reasons.groupby(["channel", "purpose", "allowed", "reason"]).size().rename("customers").reset_index()
    )
    order = ["channel", "purpose", "allowed", "customers", "reason"]
    return counts.sort_values(order, ascending=[True, True, False, False, True], kind="stable")


def consents(facts: ReportFacts, lang: Lang) -> Html:
    """The section on who may be contacted, with the policy and the day it was decided for."""
    if not present(facts.permissions, *_KEY, "allowed", "reason"):
        return section("consents", lang, nothing(lang))
    counts = decided(facts.permissions)
    told = say("report.consents.policy", lang, policy=facts.policy or "–", as_of=facts.as_of or "–")
    return section("consents", lang, tag("p", told), _shares(counts, lang), _reasons(counts, lang))


def _shares(counts: pd.DataFrame, lang: Lang) -> Html:
    rows: list[list[Part]] = []
    for (channel, purpose), group in counts.groupby(["channel", "purpose"], sort=True):
        allowed = int(group.loc[group["allowed"].astype(bool), "customers"].sum())
        whole = int(group["customers"].sum())
        rows.append(
            [
                word("channel", str(channel), lang),
                word("purpose", str(purpose), lang),
                counted(allowed, lang),
                percent(allowed, whole, lang),
                share_bar(_parts(group, lang)),
            ]
        )
    headings = [
        say(f"report.consents.{name}", lang) for name in ("channel", "purpose", "allowed", "share", "chart")
    ]
    return table(
        headings, rows, numbers={2, 3}, caption=say("report.consents.caption", lang), class_="shares"
    )


def _parts(group: pd.DataFrame, lang: Lang) -> list[tuple[str, float, str]]:
    used = {True: 0, False: 0}
    parts = []
    for row in group.to_dict("records"):
        allowed = bool(row["allowed"])
        colours = _YES if allowed else _NO
        colour = colours[min(used[allowed], len(colours) - 1)]
        used[allowed] += 1
        told = f"{word('reason', str(row['reason']), lang)}: {counted(row['customers'], lang)}"
        parts.append((told, float(row["customers"]), colour))
    return parts


def _reasons(counts: pd.DataFrame, lang: Lang) -> Html:
    rows: list[list[Part]] = []
    for row in counts.to_dict("records"):
        allowed = bool(row["allowed"])
        answer = tag(
            "span",
            say("write.yes" if allowed else "write.no", lang),
            class_="tag yes" if allowed else "tag no",
        )
        reason = str(row["reason"])
        told = (
            join([word("reason", reason, lang), " ", tag("span", reason, class_="tag")], "")
            if reason
            else "–"
        )
        place = [word("channel", str(row["channel"]), lang), word("purpose", str(row["purpose"]), lang)]
        rows.append([*place, answer, told, counted(row["customers"], lang)])
    names = ("channel", "purpose", "answer", "reason", "customers")
    headings = [say(f"report.consents.{name}", lang) for name in names]
    return join([tag("h3", say("report.consents.reasons", lang)), table(headings, rows, numbers={4})])

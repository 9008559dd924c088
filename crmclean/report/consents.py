"""Consents: per channel and purpose how many customers may be contacted, and why not the others."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from crmclean.messages import Lang, catalogue, say
from crmclean.report.blocks import counted, day, nothing, percent, present, section
from crmclean.report.charts import share_bar, swatch
from crmclean.report.facts import ReportFacts
from crmclean.report.html import Html, Part, join, table, tag
from crmclean.schema import coded_rows, codes_of, ranked_codes
from crmclean.write.words import word

__all__ = ["consents", "decided"]

_KEY = ["customer_id", "channel", "purpose"]
_YES = ("yes-fill", "yes2-fill")
_NO = ("no-fill", "maybe-fill", "none-fill", "no2-fill", "none2-fill")


def decided(permissions: pd.DataFrame | pa.Table) -> pd.DataFrame:
    """Customers per channel, purpose, answer and reason, the most frequent first.

    A customer with several contact points counts once per channel and purpose: with the allowed
    one if there is any.

    Returns:
        Columns channel, purpose, allowed, reason, customers.
    """
    rows = coded_rows(permissions, [*_KEY, "allowed", "reason"])
    (channel, channels), (purpose, purposes), (reason, reasons) = (
        ranked_codes(rows[name]) for name in ("channel", "purpose", "reason")
    )
    asked = channel * len(purposes) + purpose
    key = codes_of(rows["customer_id"])[0] * (len(channels) * len(purposes)) + asked
    allowed = rows["allowed"].to_numpy().astype(bool)
    ordered = np.concatenate([np.flatnonzero(allowed), np.flatnonzero(~allowed)])
    first = ordered[np.unique(key[ordered], return_index=True)[1]]
    answer = (asked[first] * 2 + allowed[first]) * len(reasons) + reason[first]
    known, customers = np.unique(answer, return_counts=True)
    on, why = np.divmod(known, len(reasons))
    counts = pd.DataFrame(
        {
            "channel": pd.Series(channels, dtype="str").take(on // 2 // len(purposes)).array,
            "purpose": pd.Series(purposes, dtype="str").take(on // 2 % len(purposes)).array,
            "allowed": on % 2 == 1,
            "reason": pd.Series(reasons, dtype="str").take(why).array,
            "customers": customers,
        }
    )
    order = ["channel", "purpose", "allowed", "customers", "reason"]
    return counts.sort_values(order, ascending=[True, True, False, False, True], kind="stable")


def consents(facts: ReportFacts, lang: Lang) -> Html:
    """The section on who may be contacted, with the policy and the day it was decided for."""
    if not present(facts.permissions, *_KEY, "allowed", "reason"):
        return section("consents", lang, nothing(lang))
    counts = decided(facts.permissions)
    told = say("report.consents.policy", lang, policy=facts.policy or "–", as_of=day(facts.as_of, lang))
    return section("consents", lang, tag("p", told), _shares(counts, lang), _reasons(counts, lang))


def _shares(counts: pd.DataFrame, lang: Lang) -> Html:
    colours = _colours(counts)
    rows: list[list[Part]] = []
    for (channel, purpose), group in counts.groupby(["channel", "purpose"], sort=True):
        allowed = int(group.loc[group["allowed"].astype(bool), "customers"].sum())
        whole = int(group["customers"].sum())
        named = [word("channel", str(channel), lang), word("purpose", str(purpose), lang)]
        figures = [counted(allowed, lang), percent(allowed, whole, lang)]
        rows.append([*named, *figures, share_bar(_parts(group, colours, lang))])
    names = ("channel", "purpose", "allowed", "share", "chart")
    headings = [say(f"report.consents.{name}", lang) for name in names]
    caption = say("report.consents.caption", lang)
    return join([table(headings, rows, numbers={2, 3}, caption=caption), _key(colours, lang)])


def _colours(counts: pd.DataFrame) -> dict[tuple[bool, str], str]:
    """A colour per answer and reason, the same in every bar: the most frequent have their own."""
    totals = counts.groupby(["allowed", "reason"])["customers"].sum().reset_index()
    ranked = totals.sort_values(["allowed", "customers", "reason"], ascending=[False, False, True])
    colours: dict[tuple[bool, str], str] = {}
    for answer, choice in ((True, _YES), (False, _NO)):
        reasons = ranked.loc[ranked["allowed"].astype(bool) == answer, "reason"].tolist()
        for place, reason in enumerate(reasons):
            colours[answer, str(reason)] = choice[min(place, len(choice) - 1)]
    return colours


def _key(colours: Mapping[tuple[bool, str], str], lang: Lang) -> Html:
    """What each colour stands for; reasons that share one stand together."""
    named: dict[str, list[str]] = {}
    for (_, reason), colour in colours.items():
        named.setdefault(colour, []).append(word("reason", reason, lang) if reason else "–")
    items = [tag("li", swatch(colour), ", ".join(reasons)) for colour, reasons in named.items()]
    return tag("ul", join(items, ""), class_="key")


def _parts(
    group: pd.DataFrame, colours: Mapping[tuple[bool, str], str], lang: Lang
) -> list[tuple[str, float, str]]:
    parts = [
        (
            f"{word('reason', str(reason), lang)}: {counted(n, lang)}",
            float(n),
            colours[bool(allowed), str(reason)],
        )
        for reason, allowed, n in zip(
            group["reason"].tolist(), group["allowed"].tolist(), group["customers"].tolist(), strict=True
        )
    ]
    order = list(colours.values())
    return sorted(parts, key=lambda part: order.index(part[2]))


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
        key = f"consent.reason.{reason}"
        sentence = say(key, lang) if key in catalogue() else word("reason", reason, lang)
        told = join([sentence, " ", tag("span", reason, class_="tag")], "") if reason else "–"
        place = [word("channel", str(row["channel"]), lang), word("purpose", str(row["purpose"]), lang)]
        rows.append([*place, answer, told, counted(row["customers"], lang)])
    names = ("channel", "purpose", "answer", "reason", "customers")
    headings = [say(f"report.consents.{name}", lang) for name in names]
    return join([tag("h3", say("report.consents.reasons", lang)), table(headings, rows, numbers={4})])

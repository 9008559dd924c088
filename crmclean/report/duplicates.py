"""Duplicates: how many, on what evidence, how certain, and those to look at first."""

from __future__ import annotations

import re

import pandas as pd

from crmclean.messages import Lang, catalogue, say
from crmclean.report.blocks import counted, nothing, percent, present, section
from crmclean.report.charts import bars, histogram, swatch
from crmclean.report.facts import ReportFacts
from crmclean.report.html import Html, Part, join, tag
from crmclean.report.pairs import in_order, pair_cards

__all__ = ["duplicates", "to_review"]

_RISKIEST, _EXAMPLES, _REVIEWED, _EVIDENCE = 10, 3, 10, 15
_NEEDED = ("band", "weight", "probability", "source_l", "record_id_l", "source_r", "record_id_r")
_BANDS = (("match", "yes-fill"), ("review", "maybe-fill"))
_PARTS = re.compile(r";\s*(?:but |aber )?|,\s+(?!which |die |yet |aber |[^(]*\))")


def duplicates(facts: ReportFacts, lang: Lang) -> Html:
    """The section on merged records: sizes, evidence, certainty, examples, the least certain."""
    pairs = facts.pairs
    if not present(pairs, *_NEEDED):
        return section("duplicates", lang, nothing(lang))
    merged = in_order(pairs[pairs["band"] == "match"], upward=True)
    risky = facts.riskiest if present(facts.riskiest, *_NEEDED[1:]) else merged
    parts: list[Part] = [_sizes(facts.customers_flat, lang), _certainty(pairs, lang), _evidence(merged, lang)]
    if len(merged):
        parts += [
            tag("h3", say("report.riskiest.title", lang)),
            tag("p", say("report.riskiest.lead", lang)),
            pair_cards(risky.head(_RISKIEST), facts.records, lang, facts.models),
            tag("h3", say("report.examples.title", lang)),
            pair_cards(_typical(merged), facts.records, lang, facts.models),
        ]
    return section("duplicates", lang, *parts)


def to_review(facts: ReportFacts, lang: Lang) -> Html:
    """The section on pairs that a person should decide, the likeliest first."""
    if not present(facts.pairs, *_NEEDED):
        return section("review", lang, nothing(lang))
    open_ = in_order(facts.pairs[facts.pairs["band"] == "review"], upward=False)
    if not len(open_):
        return section("review", lang, nothing(lang))
    told = say("report.review.count", lang, pairs=len(open_), shown=min(_REVIEWED, len(open_)))
    cards = pair_cards(open_.head(_REVIEWED), facts.records, lang, facts.models)
    return section("review", lang, tag("p", told), cards)


def _sizes(customers: pd.DataFrame, lang: Lang) -> Html:
    if not present(customers, "records"):
        return Html("")
    sizes = customers["records"].clip(upper=6).value_counts().sort_index()
    rows: list[tuple[Part, float, Part]] = []
    for size, count in sizes.items():
        key = "more" if size == 6 else "one" if size == 1 else "size"
        shown = f"{counted(count, lang)} ({percent(count, len(customers), lang)})"
        rows.append((say(f"report.sizes.{key}", lang, records=int(str(size))), float(count), shown))
    return join([tag("h3", say("report.sizes.title", lang)), bars(rows)])


def _certainty(pairs: pd.DataFrame, lang: Lang) -> Html:
    """A record joins a customer by its best pair: pairs of low weight may lie within one, too."""
    known = pairs[pairs["weight"].notna()]
    if not len(known):
        return Html("")
    weights = {band: known.loc[known["band"] == band, "weight"].tolist() for band, _ in _BANDS}
    keys = [
        tag("li", swatch(class_), f"{say(f'report.band.{band}', lang)}: {counted(len(weights[band]), lang)}")
        for band, class_ in _BANDS
    ]
    label = say("report.certainty.label", lang)
    return join(
        [
            tag("h3", say("report.certainty.title", lang)),
            tag("p", say("report.certainty.lead", lang)),
            histogram([(weights[band], class_) for band, class_ in _BANDS], label=label),
            tag("ul", join(keys, ""), class_="key"),
        ]
    )


def _evidence(merged: pd.DataFrame, lang: Lang) -> Html:
    """How many merged pairs show each fact, those that speak against it among them."""
    if present(merged, "levels"):
        counts = _levels(merged, lang)
    elif present(merged, "reason"):
        counts = merged["reason"].dropna().str.split(_PARTS.pattern, regex=True).explode().str.strip()
        counts = counts[counts != ""].value_counts()
    else:
        return Html("")
    top = counts.reset_index().set_axis(["fact", "pairs"], axis=1)
    top = top.sort_values(["pairs", "fact"], ascending=[False, True]).head(_EVIDENCE)
    rows = [
        (fact, float(n), f"{counted(n, lang)} ({percent(n, len(merged), lang)})")
        for fact, n in zip(top["fact"].tolist(), top["pairs"].tolist(), strict=True)
    ]
    lead = tag("p", say("report.evidence.lead", lang, pairs=len(merged)))
    return join([tag("h3", say("report.evidence.title", lang)), lead, bars(rows)])


def _levels(merged: pd.DataFrame, lang: Lang) -> pd.Series:
    codes = merged["levels"].dropna().str.split(";").explode()
    counts = codes[
        codes.str.contains("=", regex=False) & ~codes.str.endswith(("=missing", "=same_gaps"))
    ].value_counts()
    return counts.groupby([_fact(str(code), lang) for code in counts.index]).sum()


def _fact(code: str, lang: Lang) -> str:
    name, _, level = code.partition("=")
    for kind in ("person", "organization"):
        key = f"match.level.{kind}.{name}.{level}"
        if key in catalogue():
            return say(key, lang)
    return code


def _typical(merged: pd.DataFrame) -> pd.DataFrame:
    """Three pairs from the middle of the field: at a quarter, half and three quarters."""
    places = sorted({round((len(merged) - 1) * share) for share in (0.25, 0.5, 0.75)})
    return merged.iloc[places[:_EXAMPLES]]

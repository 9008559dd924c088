"""Pairs of records side by side: what agrees, what differs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from crmclean.fields import FIELDS, base_field
from crmclean.match.model import Model
from crmclean.messages import Lang, say
from crmclean.report.blocks import decimal, percent, record
from crmclean.report.html import Html, Part, join, tag
from crmclean.report.steps import drawn_steps, steps_of
from crmclean.text.fold import fold
from crmclean.write.words import title

__all__ = ["in_order", "pair_cards"]

_SHOWN = {"name", "birth", "organization", "contact", "identifier", "address"}
_OF_PEOPLE = {"name", "birth"}  # not shown where two organizations are compared
_MOST = 120  # characters of a value
_NUMBERS = ("phone", "mobile", "fax")
_ORDER = {field: place for place, field in enumerate(FIELDS)}
_NOT_DIGIT = re.compile(r"\D")
_NOT_WORD = re.compile(r"[\W_]+")


def in_order(pairs: pd.DataFrame, *, upward: bool) -> pd.DataFrame:
    """The pairs by weight; equal weights by their records, so that the order is always the same."""
    keys = ["weight", "source_l", "record_id_l", "source_r", "record_id_r"]
    return pairs.sort_values(keys, ascending=[upward, True, True, True, True], kind="stable")


def pair_cards(pairs: pd.DataFrame, records: pd.DataFrame, lang: Lang, models: Sequence[Model] = ()) -> Html:
    """One card per pair: records, weight, probability, reason, values side by side, and the steps of the weight."""
    listed = [{str(key): value for key, value in pair.items()} for pair in pairs.to_dict("records")]
    wanted = {(p[f"source_{s}"], p[f"record_id_{s}"]) for p in listed for s in "lr"}
    values = _values(records, wanted)
    known = {model.kind: model for model in models}
    return tag("div", join(_card(pair, values, known, lang) for pair in listed), class_="pairs")


def _values(
    records: pd.DataFrame, wanted: Iterable[tuple[object, object]]
) -> dict[tuple[object, object], dict[str, str]]:
    if not len(records):
        return {}
    index = pd.MultiIndex.from_frame(records[["source", "record_id"]])
    chosen = records[index.isin(list(wanted))] if wanted else records.head(0)
    fields = [c for c in records.columns if _group(c) in _SHOWN]
    return {
        (row["source"], row["record_id"]): {f: row[f] for f in fields if isinstance(row[f], str) and row[f]}
        for row in chosen.to_dict("records")
    }


def _card(
    pair: dict[str, object],
    values: dict[tuple[object, object], dict[str, str]],
    models: Mapping[str, Model],
    lang: Lang,
) -> Html:
    names = [(pair["source_l"], pair["record_id_l"]), (pair["source_r"], pair["record_id_r"])]
    figures = say(
        "report.pair.figures",
        lang,
        weight=decimal(float(str(pair["weight"])), 1, lang),
        probability=percent(float(str(pair["probability"])), 1, lang),
    )
    reason = pair.get("reason")
    told = tag("p", str(reason)) if isinstance(reason, str) else Html("")
    heading = tag(
        "p", tag("b", f"{record(*names[0])}  –  {record(*names[1])}"), " ", tag("span", figures, class_="tag")
    )
    hidden = _OF_PEOPLE if pair.get("kind") == "organization" else set()
    sides = [{f: v for f, v in values.get(n, {}).items() if _group(f) not in hidden} for n in names]
    steps = steps_of(
        str(pair.get("levels") or ""), str(pair.get("kind")), float(str(pair["weight"])), models, lang
    )
    return tag("div", heading, told, _beside(names, sides, lang), drawn_steps(steps, lang), class_="pair")


def _group(field: str) -> str:
    """The group of a field, numbered or not; none for what is not a field."""
    known = FIELDS.get(base_field(field))
    return "" if known is None else known.group


def _beside(names: list[tuple[object, object]], sides: list[dict[str, str]], lang: Lang) -> Html:
    left, right = sides
    fields = sorted(left.keys() | right.keys(), key=lambda field: (_ORDER.get(base_field(field), 999), field))
    if not fields:
        return Html("")
    rows = [_row(f, left.get(f), right.get(f), lang) for f in fields]
    headings = [say("report.pair.field", lang), record(*names[0]), record(*names[1]), ""]
    head = tag("thead", tag("tr", *(tag("th", h, scope="col") for h in headings)))
    return tag("div", tag("table", head, tag("tbody", join(rows))), class_="scroll", tabindex="0")


def _row(field: str, left: str | None, right: str | None, lang: Lang) -> Html:
    sign, told = "", ""
    if left and right and _NOT_WORD.sub("", left) and _NOT_WORD.sub("", right):
        sign, told = ("=", "same") if _same(field, left, right) else ("≠", "differs")
    mark: Part = tag("span", sign, title=say(f"report.pair.{told}", lang)) if told else ""
    cells = (tag("td", value[:_MOST] if value else "") for value in (left, right))
    head = tag("th", title(field, lang), scope="row")
    return tag("tr", head, *cells, tag("td", mark), class_="differs" if told == "differs" else None)


def _same(field: str, left: str, right: str) -> bool:
    """Whether two values say the same in different writing; for numbers, whether their ends agree."""
    if field.startswith(_NUMBERS):
        ends = [_NOT_DIGIT.sub("", value)[-7:] for value in (left, right)]
        return ends[0] == ends[1] and len(ends[0]) > 5
    folded = [_NOT_WORD.sub("", fold(value)) for value in (left, right)]
    return folded[0] == folded[1]

"""Building blocks that several sections share: headings, figures, numbers, labels of records."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

import pandas as pd
import pyarrow as pa

from crmclean.messages import Lang, catalogue, number, say
from crmclean.report.html import Html, Part, join, tag

__all__ = [
    "cards",
    "counted",
    "day",
    "decimal",
    "label",
    "nothing",
    "percent",
    "present",
    "record",
    "section",
]

_ISO = re.compile(r"\d{4}-\d\d-\d\d")


def section(key: str, lang: Lang, *content: Part) -> Html:
    """A section with its heading and its introductory sentence."""
    return tag(
        "section",
        tag("h2", say(f"report.{key}.title", lang)),
        tag("p", say(f"report.{key}.lead", lang)),
        join(content),
        id=key,
    )


def cards(figures: Iterable[tuple[Part, str]]) -> Html:
    """Large figures, each with what it counts."""
    return tag(
        "div",
        join(tag("div", tag("b", f), tag("span", told), class_="card") for f, told in figures),
        class_="cards",
    )


def nothing(lang: Lang) -> Html:
    """The sentence for an empty table."""
    return tag("p", say("report.nothing", lang), class_="hint")


def counted(value: float, lang: Lang) -> str:
    """A whole number with the language's separator."""
    return number(int(value), lang)


def decimal(value: float, places: int, lang: Lang) -> str:
    """A decimal with the language's comma or point; missing is empty."""
    if math.isnan(value):
        return ""
    shown = f"{value:,.{places}f}"
    return shown if lang == "en" else shown.translate(str.maketrans(",.", ".,"))


def percent(part: float, whole: float, lang: Lang) -> str:
    """A share in per cent, whole numbers from ten on; empty where there is no whole."""
    if not whole:
        return ""
    share = 100 * part / whole
    if 99.95 <= share < 100:  # never a hundred where something is missing
        shown = f"> {decimal(99.9, 1, lang)}"
    else:
        shown = decimal(share, 1 if 0 < share < 10 or 99 < share < 100 else 0, lang)
    return f"{shown} %" if lang == "de" else f"{shown}%"


def day(iso: str, lang: Lang) -> str:
    """A date as the language writes it: 30.06.2026 or 2026-06-30; other text as it is."""
    if lang == "en" or not _ISO.fullmatch(iso):
        return iso or "–"
    return f"{iso[8:]}.{iso[5:7]}.{iso[:4]}"


def label(key: str, code: object, lang: Lang) -> str:
    """The word for a code under a key of the catalogue; the code itself where there is none."""
    full = f"report.{key}.{code}"
    return say(full, lang) if full in catalogue() else str(code)


def record(source: object, record_id: object) -> str:
    """A record as people and commands write it: ``erp:10004``."""
    return f"{source}:{record_id}"


def present(frame: pd.DataFrame | pa.Table, *columns: str) -> bool:
    """Whether the frame has rows and these columns."""
    names = frame.column_names if isinstance(frame, pa.Table) else frame.columns
    return len(frame) > 0 and set(columns) <= set(names)

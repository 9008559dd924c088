"""Words for people: titles of columns and the words that stand for codes, in both languages.

Files for machines carry codes and English column names; the workbook and the report carry these.
"""

from __future__ import annotations

import pandas as pd

from crmclean.fields import is_field
from crmclean.messages import Lang, catalogue, say

__all__ = ["issue_sentence", "issue_sentences", "title", "word", "words"]


def title(column: str, lang: Lang) -> str:
    """The title of a column or field; its name in words where the catalogue has none.

    Example:
        >>> title("postal_code", "de"), title("work_city", "de"), title("email_2", "en")
        ('PLZ', 'Ort (geschäftlich)', 'E-mail 2')
        >>> title("vip_level", "de")
        'Vip level'
    """
    known = catalogue()
    if f"write.column.{column}" in known:
        return say(f"write.column.{column}", lang)
    base, _, number = column.rpartition("_")
    if number.isdecimal() and base:
        return f"{title(base, lang)} {number}"
    place, _, rest = column.partition("_")
    if f"write.place.{place}" in known and rest:
        field = word("channel", rest, lang) if place in {"optin", "optout"} else title(rest, lang)
        return say(f"write.place.{place}", lang, field=field)
    return column.replace("_", " ").capitalize()


def word(group: str, code: str, lang: Lang) -> str:
    """The word for a code of a group (kind, band, severity, channel ...); the code where there is none.

    Example:
        >>> word("severity", "error", "de"), word("severity", "odd", "de")
        ('Fehler', 'odd')
    """
    if group == "field":
        return title(code, lang) if is_field(code) or f"write.column.{code}" in catalogue() else code
    key = f"write.word.{group}.{code}"
    return say(key, lang) if key in catalogue() else code


def words(group: str, codes: pd.Series, lang: Lang) -> pd.Series:
    """The words for a column of codes; missing stays missing."""
    return codes.map({code: word(group, str(code), lang) for code in codes.dropna().unique()})


def issue_sentence(code: str, lang: Lang) -> str:
    """The sentence of an issue code; the code in words where the catalogue has none."""
    key = f"issues.{code}"
    return say(key, lang) if key in catalogue() else f"{code.replace('_', ' ').capitalize()}."


def issue_sentences(issues: pd.DataFrame, lang: Lang) -> pd.Series:
    """One sentence per finding, from its code; what the detail adds stands in brackets."""
    sentences = issues["code"].map(
        {code: issue_sentence(str(code), lang) for code in issues["code"].unique()}
    )
    if "detail" not in issues.columns:
        return sentences.astype("str")
    detail = issues["detail"].astype("str")
    told = detail.notna() & (detail != "")
    joined = sentences.str.removesuffix(".") + " (" + detail + ")."
    return sentences.where(~told, joined).astype("str")

"""Building blocks of a customer's page: listings that fit narrow screens, words, amounts, times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crmclean.messages import Lang, catalogue, say
from crmclean.report.blocks import day, decimal
from crmclean.report.html import Html, Part, join, tag
from crmclean.write.words import word

__all__ = ["label", "listing", "money", "when"]

_LOOKS = {
    **dict.fromkeys(
        ("at", "first", "last", "due", "seen", "expected", "observed", "age", "obtained"), "when"
    ),
    **dict.fromkeys(
        ("volume", "probability", "contacts", "amount", "in", "out", "waiting", "observed_share"), "number"
    ),
    **dict.fromkeys(("point", "id", "value", "record_l", "record_r", "file"), "long"),
}


def label(code: str, lang: Lang) -> str:
    """The word for a field, or for a way of contact (``way.email``); the code where there is none."""
    for key in (f"view.field.{code}", f"view.{code}"):
        if key in catalogue():
            return say(key, lang)
    return word("channel", code.removeprefix("way."), lang) if code.startswith("way.") else code


def money(amount: float, lang: Lang) -> str:
    """An amount with two decimals."""
    return decimal(float(amount), 2, lang)


def when(at: object, lang: Lang) -> str:
    """Day and time of a contact; the day alone where no time is known."""
    text = str(at or "")
    clock = text[11:16] if text[10:11] == "T" and text[11:16] != "00:00" else ""
    return f"{day(text[:10], lang)} {clock}".strip() if text else "–"


def listing(names: Sequence[str], rows: Iterable[Sequence[Part]], lang: Lang, *, class_: str = "") -> Html:
    """A table that becomes a list of cards on a narrow screen, each cell under its heading.

    Args:
        names: Columns, by which their headings and their looks are known.
        rows: Cells.
        lang: Language of the headings.
        class_: Further CSS classes.
    """
    headings = [say(f"view.column.{name}", lang) for name in names]
    looks = [_LOOKS.get(name) for name in names]
    head = [tag("th", h, scope="col", class_=look) for h, look in zip(headings, looks, strict=True)]
    body = [
        tag(
            "tr",
            *(
                tag(
                    "td" if i else "th",
                    cell,
                    class_=_look(cell, looks[i]),
                    data_label=headings[i] if i else None,
                    scope=None if i else "row",
                )
                for i, cell in enumerate(row)
            ),
        )
        for row in rows
    ]
    whole = tag(
        "table",
        tag("thead", tag("tr", join(head, ""))),
        tag("tbody", join(body)),
        class_=f"stack {class_}".strip(),
    )
    return tag("div", whole, class_="listing")


def _look(cell: Part, look: str | None) -> str | None:
    empty = cell is None or str(cell) == ""
    return f"{look or ''} empty".strip() if empty else look

"""HTML from values: everything is escaped that was not made here.

`Html` marks text that is markup already; any other value that enters an element is escaped. No
part of the report joins strings to markup in another way.
"""

from __future__ import annotations

import html
from collections.abc import Collection, Iterable, Sequence

__all__ = ["Html", "Part", "join", "table", "tag", "text"]


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


Part = str | int | float | None | Html
_NOT_SHOWN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])
_VOID = frozenset({"meta", "br"})


def text(value: Part) -> Html:
    """The value as markup: escaped, without control characters; missing is empty."""
    if isinstance(value, Html):
        return value
    if value is None or value != value:  # noqa: PLR0124  NaN is the only value unequal to itself
        return Html("")
    return Html(html.escape(str(value).translate(_NOT_SHOWN)))


def tag(name: str, /, *content: Part, **attributes: str | float | None) -> Html:
    """An element; ``class_`` and ``for_`` lose their underscore, others turn into a hyphen.

    Example:
        >>> tag("p", "a < b", class_="x")
        '<p class="x">a &lt; b</p>'
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{''.join(text(part) for part in content)}</{name}>")


def join(parts: Iterable[Part], separator: str = "\n") -> Html:
    """The parts one after the other; the separator is not escaped."""
    return Html(separator.join(text(part) for part in parts))


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[Part]],
    *,
    numbers: Collection[int] = (),
    caption: str = "",
    class_: str | None = None,
) -> Html:
    """A table that scrolls by itself on a narrow screen; the first cell of a row heads it.

    Args:
        headings: Column titles.
        rows: Cells.
        numbers: Columns aligned to the right.
        caption: Sentence above the table.
        class_: CSS class.
    """
    aligned = ["number" if i in numbers else None for i in range(len(headings))]
    head = join([tag("th", h, scope="col", class_=a) for h, a in zip(headings, aligned, strict=True)], "")
    body = [
        tag(
            "tr",
            *(
                tag("td" if i else "th", cell, class_=aligned[i], scope=None if i else "row")
                for i, cell in enumerate(row)
            ),
        )
        for row in rows
    ]
    told = tag("caption", caption) if caption else Html("")
    whole = tag("table", told, tag("thead", tag("tr", head)), tag("tbody", join(body)), class_=class_)
    return tag("div", whole, class_="scroll", tabindex="0", role="region", aria_label=caption or headings[0])

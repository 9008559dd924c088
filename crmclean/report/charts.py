"""Charts as inline SVG, with every figure in words beside them: colour never stands alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crmclean.report.html import Html, Part, join, tag

__all__ = ["Bar", "bars", "histogram", "share_bar", "swatch"]

Bar = tuple[Part, float, Part]
_WIDE, _HIGH, _FOOT = 640, 190, 34


def bars(rows: Sequence[Bar], *, most: float | None = None) -> Html:
    """Horizontal bars: label, value, and the figure as it is to be read.

    Args:
        rows: Label, value, figure.
        most: Value of a full bar; the greatest of the rows where it is not given.
    """
    full = most or max((value for _, value, _ in rows), default=0) or 1
    return tag(
        "div",
        join(
            tag(
                "div",
                tag("span", label, class_="bar-label"),
                _strip([(value / full, "bar")]),
                tag("span", figure, class_="bar-figure"),
                class_="bar-row",
            )
            for label, value, figure in rows
        ),
        class_="bars",
    )


def share_bar(parts: Sequence[tuple[str, float, str]]) -> Html:
    """One bar divided into parts: what it says when pointed at, value, CSS class."""
    whole = sum(value for _, value, _ in parts) or 1
    return _strip([(value / whole, class_) for _, value, class_ in parts], [label for label, _, _ in parts])


def _strip(parts: Sequence[tuple[float, str]], labels: Sequence[str] = ()) -> Html:
    drawn, left = [], 0.0
    for i, (share, class_) in enumerate(parts):
        told = tag("title", labels[i]) if labels else Html("")
        width = round(1000 * share, 1)
        drawn.append(
            Html(
                f'<rect class="{class_}" x="{round(left, 1)}" y="0" width="{width}" height="20">{told}</rect>'
            )
        )
        left += width
    return tag(
        "svg",
        join(drawn, ""),
        viewBox="0 0 1000 20",
        preserveAspectRatio="none",
        aria_hidden="true",
        class_="strip",
    )


def swatch(class_: str) -> Html:
    """A small square of a colour, for the key of a chart."""
    square = f'<rect class="{class_}" width="12" height="12"></rect>'
    return Html(f'<svg viewBox="0 0 12 12" aria-hidden="true">{square}</svg>')


def histogram(series: Sequence[tuple[Sequence[float], str]], *, label: str) -> Html:
    """Columns of how many values fall into each whole number, the series one upon the other.

    Args:
        series: Values and CSS class of each; together at least one value.
        label: What a reader who cannot see it is told.
    """
    whole = [np.floor(np.asarray(values, dtype=float)).astype(int) for values, _ in series]
    low, high = (int(f(np.concatenate(whole))) for f in (np.min, np.max))
    counts = [np.bincount(numbers - low, minlength=high - low + 1) for numbers in whole]
    most = int(np.sum(counts, axis=0).max())
    width = (_WIDE - 20) / (high - low + 1)
    columns: list[Html] = []
    below = np.zeros(high - low + 1)
    for heights, (_, class_) in zip(counts, series, strict=True):
        shares = heights / most
        columns += [
            _column((10 + i * width, width), (float(below[i]), float(shares[i])), class_, f"{low + i}: {n}")
            for i, n in enumerate(heights.tolist())
            if n
        ]
        below = below + shares
    return tag(
        "svg",
        tag("title", label),
        join(columns, ""),
        tag("line", x1=10, x2=_WIDE - 10, y1=_HIGH, y2=_HIGH, class_="axis"),
        _ticks(low, high, width),
        viewBox=f"0 0 {_WIDE} {_HIGH + _FOOT}",
        role="img",
        class_="histogram",
    )


def _ticks(low: int, high: int, width: float) -> Html:
    step = max(1, round((high - low + 1) / 12))
    return join(
        [
            tag("text", number, x=round(10 + (number - low) * width, 1), y=_HIGH + 18, class_="tick")
            for number in range(low, high + 1, step)
        ],
        "",
    )


def _column(across: tuple[float, float], up: tuple[float, float], class_: str, told: str) -> Html:
    (left, width), (below, share) = across, up
    room = _HIGH - 10
    height, top = round(share * room, 1), _HIGH - (below + share) * room
    place = f'x="{left + 0.5:.1f}" y="{top:.1f}" width="{max(width - 1, 0.5):.1f}" height="{height}"'
    return Html(f'<rect class="{class_}" {place}>{tag("title", told)}</rect>')

"""What the commands print: streams that never break, progress, tables, errors.

Standard output is UTF-8 with plain line feeds when it goes into a pipe or a file, and whatever
the console has on a terminal, with characters it lacks replaced instead of a crash. Progress goes
to standard error, and only on a terminal.
"""

from __future__ import annotations

import io
import json
import sys
import time
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import click

__all__ = ["Progress", "prepare_streams", "table_text", "tell", "tell_error", "tell_json"]


def prepare_streams() -> None:
    """Makes standard output and error safe for every character; see the module."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def tell(text: str = "") -> None:
    """A line on standard output."""
    click.echo(text)


def tell_json(value: Any) -> None:
    """A value as JSON on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=str))


def tell_error(message: str, hint: str, *, lang: str = "en") -> None:
    """An error on standard error: what, and what to do."""
    click.echo(f"crmclean: {message}", err=True)
    if hint:
        click.echo(f"{'Hinweis' if lang == 'de' else 'Hint'}: {hint}", err=True)


class Progress:
    """Stages with rate, time left and seconds on a terminal's standard error; nothing anywhere else.

    Args:
        quiet: Say nothing even on a terminal.
        named: Name of a stage in the user's language.

    Attributes:
        spent: Name, seconds and peak memory (bytes) of the stages that are done.
    """

    def __init__(self, *, quiet: bool, named: Callable[[str], str] = str) -> None:
        self.shown = not quiet and sys.stderr.isatty()
        self.named = named
        self.last = self.told = time.perf_counter()
        self.stage = ""
        self.spent: list[tuple[str, float, int]] = []

    def __call__(self, stage: str) -> None:
        """Ends the stage before and begins this one; an empty name ends the last."""
        from crmclean.memory import give_back, mark_peak, peak_memory

        now = time.perf_counter()
        if self.stage:
            self.spent.append((self.stage, now - self.last, peak_memory()))
        give_back()
        mark_peak()
        if self.shown and self.stage:
            click.echo(f"\r  {self.stage}: {now - self.last:.1f} s\x1b[K", err=True)
        self.stage, self.last = self.named(stage) if stage else "", now
        if self.shown and self.stage:
            click.echo(f"\r  {self.stage} ...\x1b[K", err=True, nl=False)

    def advance(self, done: int, total: int) -> None:
        """How far the stage is: shown with rate and time left, five times a second at most."""
        now = time.perf_counter()
        if not self.shown or now - self.told < 0.2 or not done:
            return
        self.told = now
        rate = done / max(1e-9, now - self.last)
        left = (total - done) / rate
        text = f"{100 * done // max(1, total)} %, {rate:,.0f}/s, {left:.0f} s"
        click.echo(f"\r  {self.stage} ... {text}\x1b[K", err=True, nl=False)


def width(text: str) -> int:
    """Columns a text takes on a terminal."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def table_text(header: Sequence[str], rows: Sequence[Sequence[object]], *, most: int = 48) -> str:
    """Rows in aligned columns, numbers to the right; cells longer than `most` are cut with an ellipsis."""
    cells = [[_cell(value, most) for value in row] for row in rows]
    numeric = [
        bool(rows) and all(isinstance(row[i], int | float) for row in rows) for i in range(len(header))
    ]
    widths = [max([width(h), *(width(row[i]) for row in cells)]) for i, h in enumerate(header)]

    def line(values: Sequence[str]) -> str:
        padded = [
            " " * (w - width(v)) + v if right else v + " " * (w - width(v))
            for v, w, right in zip(values, widths, numeric, strict=True)
        ]
        return "  ".join(padded).rstrip()

    return "\n".join([line(list(header)), *(line(row) for row in cells)])


def _cell(value: object, most: int) -> str:
    text = "" if value is None or value != value else str(value)  # noqa: PLR0124  NaN is unlike itself
    text = " ".join(text.split())
    return text if width(text) <= most else text[: most - 1] + "…"

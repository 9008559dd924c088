"""Every sentence that a person reads, in English and German: one catalogue, a module per stage.

A sentence is looked up by key and language and filled with values:
``say("read.rows", "de", rows=12)``. A key that is missing in one language fails the tests. The
language comes from ``--lang`` or the configuration, never from the locale: the same input must
give the same bytes everywhere. Errors alone, which reach no file, follow the system where neither says
one (`crmclean.cli.language`).
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Literal

__all__ = ["Lang", "catalogue", "number", "say"]

Lang = Literal["en", "de"]
PARTS = (
    "read",
    "profile",
    "issues",
    "match",
    "explain",
    "consent",
    "ledger",
    "merge",
    "write",
    "report",
    "view",
    "steward",
    "cli",
    "increment",
    "errors",
)


@cache
def catalogue() -> dict[str, tuple[str, str]]:
    """All sentences: key -> (English, German)."""
    merged: dict[str, tuple[str, str]] = {}
    for part in PARTS:
        module = importlib.import_module(f"crmclean.messages.{part}")
        merged.update(module.SENTENCES)
    return merged


def say(key: str, lang: Lang, **values: object) -> str:
    """The sentence of a key in a language, filled in.

    Whole numbers are written with the language's thousands separator.

    Raises:
        KeyError: No such key, or a value is missing: a programming error.
    """
    text = catalogue()[key][0 if lang == "en" else 1]
    shown = {
        k: number(v, lang) if isinstance(v, int) and not isinstance(v, bool) else v for k, v in values.items()
    }
    return text.format(**shown)


def number(value: int, lang: Lang) -> str:
    """A whole number with the language's thousands separator: 9,936 or 9.936."""
    text = f"{value:,}"
    return text if lang == "en" else text.replace(",", ".")

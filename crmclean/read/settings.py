"""`toml_settings`: what was recognised, as the crmclean.toml that a steward corrects.

One table per source: files, roles, encoding, delimiter, date order, id column, and each column with
its field and a comment that says how sure that is and why. An empty field leaves the column out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from crmclean.read.records import ReadResult

__all__ = ["toml_settings"]

_BARE = re.compile(r"^[A-Za-z0-9_-]+$")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}


def toml_settings(result: ReadResult) -> str:
    """The text of a configuration file that reads the same inputs the same way.

    Args:
        result: As `read_records` returned it.
    """
    lines = ["# What crmclean recognised. Correct what is wrong; an empty field leaves a column out.", ""]
    for source, rows in result.sources.groupby("source", sort=True):
        lines += [*_source(str(source), rows), ""]
        mappings = result.mappings[result.mappings["source"] == source]
        if len(mappings):
            lines += [f"[read.sources.{_key(str(source))}.columns]", *_columns(mappings), ""]
    return "\n".join(lines)


def _source(source: str, rows: pd.DataFrame) -> Iterator[str]:
    yield f"[read.sources.{_key(source)}]"
    first = rows.iloc[0]
    files = sorted(set(rows["file"].dropna())) if not rows["format"].isin(["frame", "sql"]).all() else []
    if files:
        yield f"files = [{', '.join(_quoted(file) for file in files)}]"
    yield f"roles = [{', '.join(_quoted(role) for role in str(first['roles']).split())}]"
    for name in ("encoding", "delimiter", "date_order", "id_column"):
        value = first[name]
        if isinstance(value, str) and value:
            yield f"{name} = {_quoted(value)}"


def _columns(mappings: pd.DataFrame) -> Iterator[str]:
    width = max(len(_key(column)) for column in mappings["column"])
    for column, field, confidence, reason in zip(
        mappings["column"],
        mappings["field"].fillna(""),
        mappings["confidence"],
        mappings["reason"],
        strict=True,
    ):
        setting = f"{_key(column):{width}} = {_quoted(field)}"
        yield f"{setting}  # {reason}" if reason == "unknown" else f"{setting}  # {confidence:.2f} {reason}"


def _key(text: str) -> str:
    return text if _BARE.match(text) else _quoted(text)


def _quoted(text: str) -> str:
    escaped = "".join(_ESCAPES.get(c, c if c.isprintable() else _code(c)) for c in text)
    return f'"{escaped}"'


def _code(character: str) -> str:
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"

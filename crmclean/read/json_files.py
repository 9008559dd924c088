"""JSON and JSON Lines: every object becomes a row, nested objects columns with dots.

``{"address": {"city": "Ulm"}}`` is the column ``address.city``. The first element of a list takes
the column's own name, the second ``.2``: ``emails``, ``emails.2``, ``addresses.2.city``. Numbers
stay exactly as written (``1.10``, ``007`` is no number in JSON), truth values become ``true`` and
``false``, null, NaN and empty texts are missing. A document that holds its list inside an object
(``{"customers": [...]}``) gives a table per list of objects, named as the sheet.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from crmclean.read.cells import text_frame
from crmclean.read.encoding import decode_text, encoding_findings
from crmclean.read.files import Blob
from crmclean.read.layout import name_columns
from crmclean.read.lost import lost_values
from crmclean.read.raw import RawTable
from crmclean.read.refusal import refuse

__all__ = ["read_json"]

Finding = dict[str, object]
Rows = list[tuple[int, dict[str, Any]]]
_LIST = 20
"""Elements of a list that become columns; the rest is kept as JSON text in ``.more``."""
_DEEP = 8
_REPORTED = 50


def read_json(blob: Blob, *, encoding: str = "") -> list[RawTable]:
    """The tables of a JSON or JSON Lines file.

    Args:
        blob: The file.
        encoding: Forced encoding.

    Raises:
        ReadError: Not JSON, no objects in it, or not in the forced encoding.
    """
    decoded = decode_text(blob.data, blob.file, forced=encoding)
    text = decoded.data.decode().strip(" \r\n\t\x1a\x00")
    if not text:
        raise refuse("empty", file=blob.file)
    findings = encoding_findings(decoded)
    whole = _document(text) if not _is_lines(text) else None
    if whole is None:
        rows = _lines(decoded.data.decode(), blob.file, findings)
        return [_table(rows, blob, "jsonl", decoded.encoding, "", findings)]
    lists = _lists(whole, blob.file)
    tables = []
    for index, (sheet, found) in enumerate(lists):
        extra = findings if not index else []
        tables.append(_table(found, blob, "json", decoded.encoding, sheet, extra))
    return tables


def _load(text: str) -> Any:
    """A JSON value; numbers as written, NaN and Infinity missing.

    Raises:
        ValueError: Not JSON, or nested beyond the recursion limit.
    """
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=lambda _: None)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _is_lines(text: str) -> bool:
    """Whether the first line is a whole object and more follows."""
    first, _, rest = text.partition("\n")
    if not rest.strip() or not first.lstrip().startswith("{"):
        return False
    try:
        return isinstance(_load(first), dict)
    except ValueError:
        return False


def _document(text: str) -> Any:
    """The document; None where it is not one (then it may be lines)."""
    try:
        return _load(text)
    except ValueError:
        return None


def _lines(text: str, file: str, findings: list[Finding]) -> Rows:
    rows: Rows = []
    bad: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        plain = line.strip(" \r\t\x1a\x00,")
        if not plain or plain in "[]":
            continue
        try:
            value = _load(plain)
        except ValueError:
            bad.append(number)
            continue
        if isinstance(value, dict):
            rows.append((number, value))
        else:
            bad.append(number)
    if not rows or len(bad) > len(rows):
        raise refuse("json_broken", file=file, line=bad[0] if bad else 1)
    findings += [
        {"code": "line_unreadable", "row": number, "detail": "not a JSON object"}
        for number in bad[:_REPORTED]
    ]
    if len(bad) > _REPORTED:
        findings.append({"code": "line_unreadable", "row": 0, "detail": f"lines={len(bad)}"})
    return rows


def _lists(whole: Any, file: str) -> list[tuple[str, Rows]]:
    """The lists of objects in a document, each with the key it stands under."""
    if isinstance(whole, list):
        objects = [(i, item) for i, item in enumerate(whole, 1) if isinstance(item, dict)]
        if objects or not whole:
            return [("", objects)]
    if isinstance(whole, dict):
        found = [(str(key), _objects(value)) for key, value in whole.items() if _objects(value)]
        return found or [("", [(1, whole)])]
    raise refuse("json_shape", file=file)


def _objects(value: Any) -> Rows:
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        return []
    return list(enumerate(value, 1))


def _table(
    rows: Rows, blob: Blob, kind: str, encoding: str, sheet: str, findings: Sequence[Finding]
) -> RawTable:
    flat = [_row(value) for _, value in rows]
    order: dict[str, None] = {}
    for row in flat:
        order.update(dict.fromkeys(row))
    if not order:
        rows = []  # objects without a single key
    names, remarks = name_columns(list(order), len(order))
    frame = text_frame(names, [[row.get(key) for row in flat] for key in order])
    lines = np.array([line for line, _ in rows], dtype=np.int64)
    noticed = [*findings, *({"row": 0, **r} for r in remarks), *lost_values(frame, lines)]
    if not len(frame):
        noticed.append({"code": "no_rows", "row": 0})
    return RawTable(
        frame, lines, blob.file, blob.folder, blob.stem, kind,
        sheet=sheet, encoding=encoding, sha256=blob.sha256, named=blob.named, findings=tuple(noticed),
    )  # fmt: skip


def _row(value: dict[str, Any]) -> dict[str, str | None]:
    """The columns of an object; where two paths give one name, the second gets a number."""
    row: dict[str, str | None] = {}
    for name, text in _flat(value, "", 0):
        place, number = name, 2
        while row.get(place) is not None:
            place, number = f"{name}.{number}", number + 1
        row[place] = text
    return row


def _flat(value: Any, name: str, depth: int) -> Iterator[tuple[str, str | None]]:
    """Column names and texts of a value."""
    if isinstance(value, dict) and depth < _DEEP:
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else str(key), depth + 1)
    elif isinstance(value, list) and depth < _DEEP:
        for number, inner in enumerate(value[:_LIST], 1):
            yield from _flat(inner, name if number == 1 else f"{name}.{number}", depth + 1)
        if len(value) > _LIST:
            yield f"{name}.more", json.dumps(value[_LIST:], ensure_ascii=False)
        if not value:
            yield name, None
    elif isinstance(value, (dict, list)):
        yield name, json.dumps(value, ensure_ascii=False)
    elif isinstance(value, bool):
        yield name, "true" if value else "false"
    else:
        yield name, value

"""What a text table is, from its first lines: encoding, dialect, header, where the body begins."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from crmclean.read.csv_rows import numbered
from crmclean.read.dialect import Dialect, find_dialect, lines_of
from crmclean.read.encoding import Decoded, decode_text, encoding_findings
from crmclean.read.layout import Layout, find_layout
from crmclean.read.refusal import refuse

__all__ = ["Sniffed", "sniff_csv"]

Finding = dict[str, object]
_SEP = re.compile(r'"?sep=(?P<mark>[^"\r\n]{1,3})"?[ ;,\t]*(?:\r\n|\r|\n|$)', re.IGNORECASE)
_SAMPLE = 400_000
_CONTROL = bytes(set(range(32)) - {9, 10, 11, 12, 13, 26, 27, 28, 29, 30, 31, 1, 2, 0})


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What was found out about a text table before its body is read.

    Args:
        decoded: Text as UTF-8 and its encoding.
        dialect: Delimiter, quote, escape, most frequent number of cells.
        header: Header cells; empty where the first row is data.
        width: Number of cells that each row of the body gets.
        body: Offset of the first data row in the text.
        line: Line number of the first data row, from 1.
        findings: What was noticed on the way.
    """

    decoded: Decoded
    dialect: Dialect
    header: tuple[str, ...]
    width: int
    body: int
    line: int
    findings: tuple[Finding, ...] = field(default=())


def sniff_csv(data: bytes, *, file: str = "", encoding: str = "", delimiter: str = "") -> Sniffed:
    """Encoding, dialect and layout of a text table.

    Args:
        data: Bytes of the file.
        file: Its name, for errors.
        encoding: Forced encoding.
        delimiter: Forced delimiter.

    Raises:
        ReadError: Empty, binary, or not in the forced encoding.
    """
    decoded = decode_text(data, file, forced=encoding)
    decoded = replace(decoded, data=_one_line_end(decoded.data))
    if not decoded.data.strip():
        raise refuse("empty", file=file)
    _refuse_binary(decoded.data, file)
    findings = encoding_findings(decoded)
    text = _head(decoded.data)
    sep = _SEP.match(text)
    start = len(sep[0]) if sep else 0
    if sep:
        delimiter = delimiter or _mark(sep["mark"])
        findings.append({"code": "sep_line", "row": 1, "detail": f"delimiter={_shown(delimiter)}"})
    dialect = find_dialect(text[start:], delimiter=delimiter)
    findings += _delimiter_findings(dialect, text[start:], forced=bool(delimiter))
    rows, ends = _first_rows(lines_of(text[start:]), dialect)
    layout = find_layout(rows, dialect.columns)
    first_line = 1 + bool(sep)
    line = first_line + (ends[layout.body - 1] if layout.body else 0)
    skipped = "".join(lines_of(text[start:])[: line - first_line])
    findings += _layout_findings(layout, rows, ends, first_line)
    header = _trimmed(rows[layout.header]) if layout.header is not None else ()
    width = _width(dialect.columns, len(header), rows[layout.body :])
    body = start + len(skipped)
    offset = body if text[:body].isascii() else len(text[:body].encode())
    return Sniffed(decoded, dialect, header, width, offset, line, tuple(findings))


def _trimmed(header: list[str]) -> tuple[str, ...]:
    """The header without empty cells at its end (a delimiter ended the line)."""
    names = list(header)
    while names and not names[-1].strip():
        names.pop()
    return tuple(names)


def _width(columns: int, named: int, rows: list[list[str]]) -> int:
    """Cells of a row: where some rows go beyond the usual number as the header does, the header's."""
    return named if any(columns < len(row) <= named for row in rows) else columns


def _one_line_end(data: bytes) -> bytes:
    """The text without blank lines at its end; old Mac line ends become new ones."""
    data = data.rstrip(b"\r\n\x1a")
    if b"\n" not in data and b"\r" in data:
        return data.replace(b"\r", b"\n")
    return data


def _head(data: bytes) -> str:
    """The first lines as text, cut after a line end where the file is longer."""
    head = data[:_SAMPLE]
    if len(data) > _SAMPLE:
        cut = max(head.rfind(b"\n"), head.rfind(b"\r"))
        head = head[: cut + 1] if cut > 0 else head
    return head.decode("utf-8", "ignore")


def _refuse_binary(data: bytes, file: str) -> None:
    head = data[:65536]
    control = len(head) - len(head.translate(None, _CONTROL))
    zeros = head.count(0)
    if control > 0.01 * len(head) or zeros > 0.1 * len(head):
        raise refuse("binary", file=file)


def _mark(text: str) -> str:
    return "\t" if text.lower() in {"\\t", "tab"} else text


def _shown(delimiter: str) -> str:
    """A delimiter as it is named in a sentence."""
    return {"\t": "tab", " ": "blank"}.get(delimiter, delimiter)


def _first_rows(lines: list[str], dialect: Dialect) -> tuple[list[list[str]], list[int]]:
    """The first rows and, for each, the number of lines up to its end."""
    rows: list[list[str]] = []
    starts: list[int] = []
    for start, row in numbered(lines[:2000], dialect, dialect.columns, [], first=0):
        rows.append(row)
        starts.append(start)
        if len(rows) > 400:
            break
    ends = [*starts[1:], min(len(lines), 2000)]
    return (rows[:-1], ends[:-1]) if len(rows) > 400 else (rows, ends)


def _delimiter_findings(dialect: Dialect, text: str, *, forced: bool) -> list[Finding]:
    """One column although something separates, or a delimiter that was not obvious."""
    if dialect.columns == 1:
        sign = _suspect(text)
        if sign or forced:
            return [{"code": "delimiter_not_found", "row": 0, "detail": f"sign={_shown(sign)}"}]
        return []
    unusual = dialect.delimiter not in {",", ";", "\t"} or dialect.score < 0.5
    if not forced and (unusual or dialect.rival):
        rival = f" rival={_shown(dialect.rival)}" if dialect.rival else ""
        detail = f"delimiter={_shown(dialect.delimiter)}{rival}"
        return [{"code": "delimiter_guessed", "row": 0, "detail": detail}]
    return []


def _suspect(text: str) -> str:
    """A sign that stands in half of all lines of a single column: it may have been the delimiter."""
    lines = [line.strip() for line in lines_of(text)[:200] if line.strip()]
    for sign in (";", "\t", "|", "^", "~", "¦", ",", "  "):
        having = sum(sign in line for line in lines)
        headed = sign in {";", "\t", "|"} or (lines and sign in lines[0])
        if having and having >= 0.5 * len(lines) and headed:
            return sign
    return ""


def _layout_findings(layout: Layout, rows: list[list[str]], ends: list[int], first: int) -> list[Finding]:
    found: list[Finding] = []
    at = layout.header if layout.header is not None else layout.body
    if any(any(cell.strip() for cell in row) for row in rows[:at]):
        found.append({"code": "preamble_skipped", "row": first, "detail": f"lines={ends[at - 1]}"})
    if layout.header is None:
        found.append({"code": "header_missing", "row": first + (ends[at - 1] if at else 0)})
    elif layout.body > layout.header + 1:
        repeats = layout.body - layout.header - 1
        line = first + ends[layout.header]
        found.append({"code": "header_repeated", "row": line, "detail": f"rows={repeats}"})
    return found

"""Text tables (csv, tsv and their kin) become raw tables.

The dialect and the place of the header are found on the first lines; the body then goes through
Arrow where it is clean (`csv_fast`) and row by row where it is not (`csv_rows`). What was guessed,
skipped or repaired is a finding with its line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from crmclean.read.cells import text_frame
from crmclean.read.csv_fast import read_fast
from crmclean.read.csv_rows import Rows, numbered, square
from crmclean.read.dialect import Dialect, find_dialect, lines_of
from crmclean.read.encoding import Decoded, decode_text
from crmclean.read.files import Blob
from crmclean.read.layout import Layout, find_layout, footer_length, name_columns
from crmclean.read.lost import lost_values
from crmclean.read.raw import RawTable
from crmclean.read.refusal import refuse

__all__ = ["Sniffed", "read_csv", "sniff_csv"]

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
        body: Offset of the first data row in the text.
        line: Line number of the first data row, from 1.
        findings: What was noticed on the way.
    """

    decoded: Decoded
    dialect: Dialect
    header: tuple[str, ...]
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
    findings = _encoding_findings(decoded)
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
    header = tuple(rows[layout.header]) if layout.header is not None else ()
    body = start + len(skipped)
    offset = body if text[:body].isascii() else len(text[:body].encode())
    return Sniffed(decoded, dialect, header, offset, line, tuple(findings))


def read_csv(blob: Blob, *, encoding: str = "", delimiter: str = "") -> RawTable:
    """The table of a text file.

    Args:
        blob: The file.
        encoding: Forced encoding.
        delimiter: Forced delimiter.

    Raises:
        ReadError: Empty, binary, or not in the forced encoding.
    """
    sniffed = sniff_csv(blob.data, file=blob.file, encoding=encoding, delimiter=delimiter)
    dialect = sniffed.dialect
    findings = list(sniffed.findings)
    width = max(dialect.columns, 1)
    body = memoryview(sniffed.decoded.data)[sniffed.body :]
    fast = read_fast(body, dialect, width, sniffed.line)
    columns: Sequence[pa.ChunkedArray | Sequence[str | None]]
    if fast is None:
        columns, lines = _slow(bytes(body).decode(), sniffed, width, findings)
    else:
        columns, lines, cut = _without_footer(*fast, width)
        findings += cut
    names, remarks = name_columns(sniffed.header, max(width, len(_trimmed(sniffed.header))))
    frame = text_frame(names, [*columns, *([[None] * len(lines)] * (len(names) - width))])
    frame, remarks = _drop_blank(frame, sniffed.header, remarks)
    at = sniffed.line - 1 if sniffed.header else 0
    findings += [{"row": at, **remark} for remark in remarks] + lost_values(frame, lines)
    if not len(frame):
        findings.append({"code": "no_rows", "row": 0})
    return RawTable(
        frame,
        lines,
        blob.file,
        blob.folder,
        blob.stem,
        "csv",
        encoding=sniffed.decoded.encoding,
        delimiter=dialect.delimiter,
        sha256=blob.sha256,
        named=blob.named,
        findings=tuple(findings),
    )


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


def _encoding_findings(decoded: Decoded) -> list[Finding]:
    found: list[Finding] = []
    if decoded.bom:
        found.append({"code": "bom", "row": 0, "detail": f"encoding={decoded.encoding}"})
    if decoded.mixed:
        detail = f"encoding={decoded.encoding} lines={len(decoded.mixed)}"
        found.append({"code": "encoding_mixed", "row": decoded.mixed[0], "detail": detail})
    elif decoded.guessed:
        found.append({"code": "encoding_guessed", "row": 0, "detail": f"encoding={decoded.encoding}"})
    if decoded.lost:
        found.append({"code": "replacement_character", "row": 0, "detail": f"count={decoded.lost}"})
    return found


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


def _slow(
    text: str, sniffed: Sniffed, width: int, findings: list[Finding]
) -> tuple[list[Sequence[str | None]], np.ndarray]:
    stray: list[Finding] = []
    rows = list(numbered(lines_of(text), sniffed.dialect, width, stray, first=sniffed.line))
    head = list(sniffed.header)
    again = [line for line, row in rows if head and row == head]
    if again:
        rows = [item for item in rows if item[1] != head]
        findings.append({"code": "header_repeated", "row": again[0], "detail": f"rows={len(again)}"})
    count = footer_length([row for _, row in rows], width)
    if count:
        rows, cut = rows[:-count], rows[-count:]
        findings += _footer_findings([(line, row) for line, row in cut if any(row)])
    out = square(iter(rows), width, sniffed.dialect.delimiter, Rows())
    findings += stray[:50] + out.findings
    columns: list[Sequence[str | None]] = [list(c) for c in zip(*out.cells, strict=True)]
    return columns or [[] for _ in range(width)], np.array(out.lines, dtype=np.int64)


def _without_footer(
    arrays: list[pa.ChunkedArray], lines: np.ndarray, width: int
) -> tuple[list[pa.ChunkedArray], np.ndarray, list[Finding]]:
    tail = [array.slice(max(len(lines) - 7, 0)).to_pylist() for array in arrays]
    rows = [[cell or "" for cell in row] for row in zip(*tail, strict=True)]
    count = footer_length(rows, width)
    if not count:
        return arrays, lines, []
    keep = len(lines) - count
    cut = [(int(line), row) for line, row in zip(lines[keep:], rows[-count:], strict=True) if any(row)]
    return [array.slice(0, keep) for array in arrays], lines[:keep], _footer_findings(cut)


def _footer_findings(rows: list[tuple[int, list[str]]]) -> list[Finding]:
    return [
        {"code": "footer_row", "row": line, "raw": " ".join(cell for cell in row if cell)[:200]}
        for line, row in rows
    ]


def _trimmed(header: Sequence[str]) -> list[str]:
    """The header without empty cells at its end (trailing delimiters)."""
    names = list(header)
    while names and not names[-1].strip():
        names.pop()
    return names


def _drop_blank(
    frame: pd.DataFrame, header: Sequence[str], remarks: list[Finding]
) -> tuple[pd.DataFrame, list[Finding]]:
    """Without columns that have neither a name nor a value: a delimiter ended each line."""
    named = len(_trimmed(header)) if header else 0
    blank = {
        name for name in frame.columns[named:] if (header or len(frame)) and not frame[name].notna().any()
    }
    kept = [remark for remark in remarks if remark.get("field") not in blank]
    return frame.drop(columns=list(blank)), kept

"""How a text table is written: delimiter, quote, escape, blanks after the delimiter.

Every candidate is tried on a sample. A dialect is good when its rows have the same number of cells
and its cells look like values (numbers, dates, mail addresses, words) instead of like joined
remains; both ideas are those of van den Burg, Nazabal and Sutton, "Wrangling messy CSV files by
detecting row and type patterns" (2019). Where the table begins and ends is `layout`'s question.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

__all__ = ["Dialect", "find_dialect", "lines_of", "records_of"]

_USUAL = ",;\t|"
_OTHER = ":^~#&*!%$§¦\x1f\x1e\x01\x02 "
_LONG = ("||", "::", ";;", "~|~", "|~|", "^|^", "##", "\t\t")
_STAND_IN = "\ue000"
"""A private character that takes the place of a delimiter of several characters."""
_PRIOR = {",": 1.0, ";": 1.0, "\t": 1.0, "|": 0.8, ":": 0.6, "^": 0.7, "~": 0.7, "¦": 0.7, "§": 0.7}
_SAMPLE_ROWS = 400
_SAMPLE_CHARS = 60_000
_CLEAN = re.compile(
    r"""\s*(?:
      [+-]?[\d.,'\u00a0 ]*\d\s?(?:[%€$£]|[a-zA-Z]{1,4})?             # 1.234,50 EUR
    | [€$£]\s?[\d.,]+
    | [+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+
    | \d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:[T\s]\d{1,2}:\d\d.*)?        # dates and times
    | \d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?:\s?[apAP][mM])?
    | [+(]?[\d][\d\s()/.-]{4,}                                       # telephone numbers
    | [^\s@;|,]+@[^\s@;|,]+\.[a-zA-Z]{2,}
    | (?:https?|ftp)://\S+ | www\.\S+
    | [\w.+/_:#\[\]-]+                                               # codes and single words
    | [^\W\d_][^;|\t"]*                                              # words
    )?\s*""",
    re.VERBOSE,
)
_JOINED = re.compile(r"[,;\t|](?=[^\s,;|\t])|,,|;;|\|\|")
"""A delimiter without a blank after it: rather two cells than one."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the cells of a text table are told apart.

    Args:
        delimiter: One or more characters; empty for a single column.
        quote: Character around cells that hold delimiters or line breaks; empty for none.
        escape: Character before a quote inside a quoted cell, beside the doubled quote.
        skip_blanks: Whether blanks after a delimiter belong to nothing.
        columns: Most frequent number of cells in a row.
        score: 0 to 1.
        rival: The next best delimiter, where its score comes near; else empty.
    """

    delimiter: str
    quote: str = '"'
    escape: str = ""
    skip_blanks: bool = False
    columns: int = 1
    score: float = 0.0
    rival: str = ""


def records_of(text: str | Iterable[str], dialect: Dialect) -> Iterator[list[str]]:
    """The rows of a text or of its lines (with their line ends) in a dialect, nothing repaired."""
    lines = lines_of(text) if isinstance(text, str) else text
    delimiter = dialect.delimiter
    if len(delimiter) > 1:
        lines = (line.replace(dialect.delimiter, _STAND_IN) for line in lines)
        delimiter = _STAND_IN
    return csv.reader(
        lines,
        delimiter=delimiter or _STAND_IN,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        escapechar=dialect.escape or None,
        doublequote=True,
        skipinitialspace=dialect.skip_blanks,
        strict=False,
    )


def lines_of(text: str) -> list[str]:
    """Physical lines with their line ends, whichever those are; other separators are text."""
    return list(io.StringIO(text, newline=""))


def find_dialect(text: str, *, delimiter: str = "") -> Dialect:
    """The dialect of a sample of whole lines.

    Args:
        text: First lines of the file, without a ``sep=`` line.
        delimiter: The delimiter where it is known.
    """
    sample = "".join(islice(lines_of(text[:_SAMPLE_CHARS]), _SAMPLE_ROWS))
    options = [delimiter] if delimiter else _candidates(sample)
    tried = [_best_quoting(sample, candidate) for candidate in options]
    tried.sort(key=lambda d: -d.score)
    many = [d for d in tried if d.columns > 1]
    if delimiter and tried:
        return tried[0]
    if not many or many[0].score < _ONE_COLUMN:
        return Dialect("", _quote_of_one(sample), columns=1, score=1.0 if not many else 1 - many[0].score)
    best = many[0]
    if best.delimiter == "," and best.columns == 2 and _holds_names(sample):
        return Dialect("", _quote_of_one(sample), columns=1, score=1 - best.score)
    rival = many[1].delimiter if len(many) > 1 and many[1].score > 0.8 * best.score else ""
    return replace(best, rival=rival)


_ONE_COLUMN = 0.12
"""Below this no delimiter makes a table of the sample (measured: prose and single columns)."""


def _holds_names(sample: str) -> bool:
    """Whether a list of ``Meyer, Hans`` stands under one word: every comma is followed by a blank."""
    lines = [line.strip() for line in sample.splitlines() if line.strip()]
    if len(lines) < 2 or "," in lines[0] or len(lines[0].split()) > 2:
        return False
    return all(line.count(",") <= 2 and line.count(",") == line.count(", ") for line in lines[1:])


def _candidates(sample: str) -> list[str]:
    seen = set(sample)
    found = [c for c in _USUAL if c in seen]
    found += [c for c in _OTHER if c in seen and (c != " " or _blank_in_header(sample))]
    return [d for d in _LONG if d in sample] + found


def _blank_in_header(sample: str) -> bool:
    """Whether a blank may tell cells apart: a list of full names under one word is one column."""
    first = next((line.strip() for line in sample.splitlines() if line.strip()), "")
    return " " in first


def _quote_of_one(sample: str) -> str:
    return '"' if sample.lstrip().startswith('"') or '\n"' in sample else ""


def _best_quoting(sample: str, delimiter: str) -> Dialect:
    """The best quote and escape for a delimiter; the usual double quote wins ties."""
    edge = re.escape(delimiter)
    plain = Dialect(delimiter)
    if delimiter != " " and re.search(rf'{edge} +"', sample):
        plain = replace(plain, skip_blanks=True)
    variants = [plain]
    if "'" in sample and re.search(rf"(?:^|{edge})'[^'\n]*'(?:{edge}|\r?$)", sample, re.MULTILINE):
        variants.append(replace(plain, quote="'"))
    if '"' in sample and not re.search(rf'(?:^|{edge})"[^"\n]*"(?:{edge}|\r?$)', sample, re.MULTILINE):
        variants.append(replace(plain, quote=""))  # inches and the like, no cell is quoted
    variants += [replace(plain, escape=escape) for escape in ("\\", "\0") if escape + '"' in sample]
    scored = [_scored(sample, variant) for variant in variants]
    return max(scored, key=lambda d: d.score)  # the first of equals


def _scored(sample: str, dialect: Dialect) -> Dialect:
    try:
        rows = [row for row in records_of(sample, dialect) if row and any(c.strip() for c in row)]
    except csv.Error:
        return dialect
    if not rows:
        return dialect
    lengths = Counter(len(row) for row in rows)
    columns = max(lengths, key=lambda n: lengths[n])  # the first of equals: the header's
    if columns < 2 or (len(rows) < 2 and dialect.delimiter not in _USUAL):
        return replace(dialect, columns=1, score=0.0)
    share = lengths[columns] / len(rows)
    kept = [row for row in rows if len(row) == columns]
    cells = [cell for row in kept[:200] for cell in row]
    value = sum(map(_looks, cells)) / len(cells)
    weight = _weight(dialect.delimiter, agrees=len(rows[0]) == columns)
    return replace(dialect, columns=columns, score=share * value * value * weight)


def _weight(delimiter: str, *, agrees: bool) -> float:
    """How likely a delimiter is beforehand; signs that prices and times hold need the header."""
    if delimiter in _USUAL:
        return _PRIOR[delimiter] * (1.0 if agrees else 0.8)
    prior = 1.0 if len(delimiter) > 1 or delimiter < " " else _PRIOR.get(delimiter, 0.5)
    return prior * (1.0 if agrees else 0.4)


def _looks(cell: str) -> float:
    """How much a cell looks like one value: 1, less for joined remains and stray quotes."""
    if not cell:
        return 1.0
    short = cell[:400]
    if short[0] in "\"'" or short[-1] == '"':
        return 0.2
    if _JOINED.search(short):
        return 0.6 if len(_JOINED.findall(short)) < 3 else 0.3
    return 1.0 if _CLEAN.fullmatch(short) else 0.8

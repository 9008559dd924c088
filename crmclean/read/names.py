"""Names of sources: from the configuration, the caller, or the file's stem without its version.

``erp_2024-05-01 (1).csv`` is ``erp``, ``Kopie von outlook.csv`` is ``outlook``. Files of one stem in
one folder with the same columns are one source; in two folders the folder is put in front; else the
stem is left as it is, and at last the ending tells them apart. Does not depend on the files' order.
"""

from __future__ import annotations

import fnmatch
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath

from crmclean.config import SourceConfig
from crmclean.read.raw import RawTable

__all__ = ["clean_stem", "source_names", "tidy_name"]

_YEAR = r"(?:19|20)\d{2}"
_DATE = rf"(?:{_YEAR}[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])[-_.]?(?:0[1-9]|1[0-2])[-_.]?{_YEAR}|{_YEAR}[-_.](?:0[1-9]|1[0-2])|(?:q[1-4]|kw\d{{1,2}})[-_ ]?{_YEAR}|{_YEAR}[-_ ]?(?:q[1-4]|kw\d{{1,2}})|{_YEAR})"
_TIME = r"(?:[ _\-t]+\d{2}[-_.h:]?\d{2}(?:[-_.:]?\d{2})?z?)?"
_PARTS = (
    re.compile(r"^(?:kopie\s+von|copy\s+of|kopie|copy)[\s_\-]+", re.IGNORECASE),
    re.compile(r"[\s_\-]*(?:-\s*)?\b(?:kopie|copy)(?:\s*\(?\d*\)?)?$", re.IGNORECASE),
    re.compile(r"[\s_\-]*[([]\s*(?:\d{1,3}|kopie|copy)\s*[)\]]$", re.IGNORECASE),
    re.compile(rf"(?:^|[\s_\-.]+){_DATE}{_TIME}(?=$|[\s_\-.(])", re.IGNORECASE),
    re.compile(r"[\s_\-.]+(?:v?\d{1,3})$", re.IGNORECASE),
)


def tidy_name(text: str) -> str:
    """A name that can stand in front of a colon and in a file name: blanks become underscores."""
    return re.sub(r"_{2,}", "_", re.sub(r"[\s:/\\|]+", "_", text.strip())).strip("_-.") or "source"


def clean_stem(stem: str) -> str:
    """The stem without dates, counters and marks of copies; never empty.

    Example:
        >>> clean_stem("Kopie von kunden_2024-05-01 (2)")
        'kunden'
        >>> clean_stem("2024-05-01")
        '2024-05-01'
    """
    text = stem.strip()
    for _ in range(4):
        before = text
        for part in _PARTS:
            shorter = part.sub("", text).strip(" _-.")
            text = shorter if re.search(r"[^\W\d_]", shorter) else text
        if text == before:
            break
    return tidy_name(text)


def source_names(tables: Sequence[RawTable], sources: Mapping[str, SourceConfig]) -> list[str]:
    """The source of each table, in order; equal names mean: one source in several files."""
    names = [_said(table, sources) for table in tables]
    sheets = Counter((t.folder, t.file) for t in tables if t.sheet)
    stems = [
        f"{clean_stem(t.stem)}_{tidy_name(t.sheet)}" if sheets[t.folder, t.file] > 1 else clean_stem(t.stem)
        for t in tables
    ]
    open_ones = [i for i, name in enumerate(names) if not name]
    taken = {name for name in names if name}
    steps: tuple[Callable[[int], str], ...] = (
        lambda i: stems[i],
        lambda i: _with_folder(tables[i], stems[i]),
        lambda i: tidy_name(tables[i].stem),
        lambda i: _with_folder(tables[i], tidy_name(tables[i].stem)),
        lambda i: _with_folder(
            tables[i], tidy_name(f"{tables[i].file or tables[i].stem}_{tables[i].sheet}".replace(".", "_"))
        ),
        lambda i: tidy_name(f"{tables[i].folder}_{tables[i].file}_{tables[i].sheet}".replace(".", "_")),
    )
    for last, step in enumerate(steps, start=1 - len(steps)):
        proposed = {i: step(i) for i in open_ones}
        for name in sorted(set(proposed.values())):
            same = [i for i in open_ones if proposed[i] == name]
            if name not in taken and (_one_source([tables[i] for i in same]) or not last):
                taken.add(name)
                for i in same:
                    names[i] = name
        open_ones = [i for i in open_ones if not names[i]]
    return [name or f"{stems[i]}_{i + 1}" for i, name in enumerate(names)]


def _said(table: RawTable, sources: Mapping[str, SourceConfig]) -> str:
    if table.named:
        return table.named
    path = (PurePath(table.folder) / table.file).as_posix()
    for name, said in sources.items():
        if any(fnmatch.fnmatchcase(t, p.replace("\\", "/")) for p in said.files for t in (table.file, path)):
            return name
    for name, said in sources.items():
        if not said.files and name in {clean_stem(table.stem), tidy_name(table.stem)}:
            return name
    return ""


def _with_folder(table: RawTable, stem: str) -> str:
    folder = PurePath(table.folder).name
    return tidy_name(f"{folder}_{stem}") if folder else stem


def _one_source(tables: Sequence[RawTable]) -> bool:
    """Whether these are parts of one source: one folder, same columns, each file once."""
    kinds = {(t.folder, tuple(sorted(map(str, t.frame.columns)))) for t in tables}
    return len(kinds) == 1

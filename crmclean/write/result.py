"""The result of the main job as a folder of files: csv, jsonl, workbook, report.

The tables come ready; here each gets its file, the workbook its sheets, and the folder is
replaced as a whole. Columns of the csv files are English codes in every language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import pandas as pd
import pyarrow as pa

from crmclean.config import WriteConfig
from crmclean.messages import Lang, say
from crmclean.write.csv_files import csv_chunks
from crmclean.write.folder import Folder, Writer
from crmclean.write.jsonl import jsonl_lines
from crmclean.write.nested import Owned, document_lines, object_lines
from crmclean.write.sheets import result_sheets
from crmclean.write.words import issue_sentences
from crmclean.write.xlsx import write_workbook

__all__ = ["ResultFolder", "write_result"]

_ENDS = (".csv", "customers.jsonl", ".jsonl", ".xlsx", ".html")


def write_result(  # noqa: PLR0913  each argument is a part of the result or a choice of the user
    tables: Mapping[str, pd.DataFrame | pa.Table],
    target: Path | str,
    *,
    config: WriteConfig | None = None,
    lang: Lang = "en",
    force: bool = False,
    report_html: str = "",
    documents: Iterable[Mapping[str, object]] | None = None,
    nested: Callable[[], tuple[pd.DataFrame, dict[str, Owned]]] | None = None,
    notes: tuple[str, ...] = (),
    workbook: bool = True,
    threads: int = 2,
) -> list[str]:
    """Writes every table to its csv file, the documents, the workbook and the report.

    Args:
        tables: File stem -> table: customers, crosswalk, parties, pairs, issues, consent,
            relations, touchpoints; others are written too. `issues` gets its column `message`;
            `changes` is also written as jsonl, a change per line, for programs that follow. The texts of
            consent may be codes.
        target: Folder to make or replace.
        config: Section `[write]`.
        lang: Language of sentences, of the workbook and of its name.
        force: Take a folder that holds other files.
        report_html: Text of report.html; empty: no report.
        documents: Rows of customers.jsonl; None: no such file.
        nested: What the rows of customers.jsonl are made of, where the documents are not given: heads, and
            the rows of each list (`document_lines`).
        notes: Sentences for the last sheet of the workbook.
        workbook: Write one, unless the configuration says no.
        threads: Files that are written at once.

    Returns:
        The names of the files, in the order of writing.

    Raises:
        StoreError: See `write_folder`.
    """
    with ResultFolder(target, config=config, lang=lang, force=force, threads=threads) as folder:
        if documents is not None:
            folder.add({"customers.jsonl": partial(_bytes, jsonl_lines(documents))})
        elif nested is not None:
            folder.add_documents(nested)
        folder.add_tables(tables, notes=notes, workbook=workbook, report_html=report_html)
        return folder.complete()


class ResultFolder:
    """The folder of a result, of which some files can be written while others are still being found.

    Used as a context manager: what was not completed is gone at its end, and the target as it was.

    Args:
        target: See `write_result`, as the others.
        config: Likewise.
        lang: Likewise.
        force: Likewise.
        threads: Likewise.

    Raises:
        StoreError: See `write_folder`.
    """

    def __init__(
        self,
        target: Path | str,
        *,
        config: WriteConfig | None = None,
        lang: Lang = "en",
        force: bool = False,
        threads: int = 2,
    ) -> None:
        self._config = WriteConfig() if config is None else config
        self._lang: Lang = lang
        self._names: list[str] = []
        self._folder = Folder(target, force=force, threads=threads)
        self._folder.check(())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.__exit__(kind, error, trace)

    def add(self, writers: Mapping[str, Writer]) -> None:
        """Begins to write these files."""
        self._names += writers
        self._folder.add(writers)

    def add_documents(self, nested: Callable[[], tuple[pd.DataFrame, dict[str, Owned]]]) -> None:
        """Begins to write customers.jsonl; see `write_result`."""
        self.add({"customers.jsonl": partial(_documents, nested)})

    def add_tables(
        self,
        tables: Mapping[str, pd.DataFrame | pa.Table],
        *,
        notes: tuple[str, ...] = (),
        workbook: bool = False,
        report_html: str = "",
    ) -> None:
        """Begins to write the files of these tables, the workbook of them and the report; see `write_result`."""
        ready = {name: _with_sentences(name, table, self._lang) for name, table in tables.items()}
        writers: dict[str, Writer] = {
            f"{name}.csv": partial(_csv, table, self._config) for name, table in ready.items()
        }
        if "changes" in tables:
            writers["changes.jsonl"] = partial(_bytes, object_lines(tables["changes"]))
        if workbook and self._config.workbook:
            book = partial(_workbook, ready, self._config, self._lang, notes)
            writers[say("write.file.workbook", self._lang)] = book
        if report_html:
            writers["report.html"] = partial(_bytes, [report_html.encode("utf-8")])
        self.add(writers)

    def complete(self) -> list[str]:
        """Waits for all files and puts them in their place at once; gives their names.

        Raises:
            StoreError: See `write_folder`.
        """
        return self._folder.complete(sorted(self._names, key=_kind))


def _kind(name: str) -> int:
    """Tables first, then documents, workbook and report."""
    return next((place for place, end in enumerate(_ENDS) if name.endswith(end)), len(_ENDS))


def _documents(nested: Callable[[], tuple[pd.DataFrame, dict[str, Owned]]], path: Path) -> None:
    heads, parts = nested()
    values = parts.pop("values")
    _bytes(document_lines(heads, values, parts, threads=1), path)


def _csv(table: pd.DataFrame | pa.Table, config: WriteConfig, path: Path) -> None:
    _bytes(csv_chunks(table, config.csv_format), path)


def _bytes(chunks: Iterable[bytes | memoryview], path: Path) -> None:
    with path.open("wb") as file:
        file.writelines(chunks)


def _workbook(
    tables: Mapping[str, pd.DataFrame | pa.Table],
    config: WriteConfig,
    lang: Lang,
    notes: tuple[str, ...],
    path: Path,
) -> None:
    sheets = result_sheets(tables, lang, rows=config.workbook_rows)
    write_workbook(path, sheets, lang, notes=notes)


def _with_sentences(name: str, table: pd.DataFrame | pa.Table, lang: Lang) -> pd.DataFrame | pa.Table:
    if (
        name != "issues"
        or not isinstance(table, pd.DataFrame)
        or "message" in table.columns
        or "code" not in table.columns
    ):
        return table
    return table.assign(message=issue_sentences(table, lang))

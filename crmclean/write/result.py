"""The result of the main job as a folder of files: csv, jsonl, workbook, report.

The tables come ready; here each gets its file, the workbook its sheets, and the folder is
replaced as a whole. Columns of the csv files are English codes in every language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa

from crmclean.config import WriteConfig
from crmclean.messages import Lang, say
from crmclean.write.csv_files import csv_chunks
from crmclean.write.folder import Writer, write_folder
from crmclean.write.jsonl import jsonl_lines
from crmclean.write.nested import Owned, document_lines, object_lines
from crmclean.write.sheets import result_sheets
from crmclean.write.words import issue_sentences
from crmclean.write.xlsx import write_workbook

__all__ = ["write_result"]


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
    chosen = WriteConfig() if config is None else config
    ready = {name: _with_sentences(name, table, lang) for name, table in tables.items()}
    writers: dict[str, Writer] = {
        f"{name}.csv": partial(_csv, table, chosen) for name, table in ready.items()
    }
    if documents is not None:
        writers["customers.jsonl"] = partial(_bytes, jsonl_lines(documents))
    elif nested is not None:
        writers["customers.jsonl"] = partial(_documents, nested)
    if "changes" in tables:
        writers["changes.jsonl"] = partial(_bytes, object_lines(tables["changes"]))
    if workbook and chosen.workbook:
        book = partial(_workbook, ready, chosen, lang, notes)
        writers[say("write.file.workbook", lang)] = book
    if report_html:
        writers["report.html"] = partial(_bytes, [report_html.encode("utf-8")])
    return write_folder(target, writers, force=force, threads=threads)


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

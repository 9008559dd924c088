"""The result of the main job as a folder of files: csv, jsonl, workbook, report.

The tables come ready; here each gets its file, the workbook its sheets, and the folder is
replaced as a whole. Columns of the csv files are English codes in every language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

import pandas as pd

from crmclean.config import WriteConfig
from crmclean.messages import Lang, say
from crmclean.write.csv_files import csv_chunks
from crmclean.write.folder import Writer, write_folder
from crmclean.write.jsonl import jsonl_lines
from crmclean.write.sheets import result_sheets
from crmclean.write.words import issue_sentences
from crmclean.write.xlsx import write_workbook

__all__ = ["write_result"]

_MANY = 50_000


def write_result(  # noqa: PLR0913  each argument is a part of the result or a choice of the user
    tables: Mapping[str, pd.DataFrame],
    target: Path | str,
    *,
    config: WriteConfig | None = None,
    lang: Lang = "en",
    force: bool = False,
    report_html: str = "",
    documents: Iterable[Mapping[str, object]] | None = None,
    notes: tuple[str, ...] = (),
    workbook: bool = True,
) -> list[str]:
    """Writes every table to its csv file, the documents, the workbook and the report.

    Args:
        tables: File stem -> table: customers, crosswalk, parties, pairs, issues, consent,
            relations, touchpoints; others are written too. `issues` gets its column `message`;
            `changes` is also written as jsonl, a change per line, for programs that follow.
        target: Folder to make or replace.
        config: Section `[write]`.
        lang: Language of sentences, of the workbook and of its name.
        force: Take a folder that holds other files.
        report_html: Text of report.html; empty: no report.
        documents: Rows of customers.jsonl; None: no such file.
        notes: Sentences for the last sheet of the workbook.
        workbook: Write one, unless the configuration says no.

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
    if "changes" in tables:
        writers["changes.jsonl"] = partial(_bytes, jsonl_lines(_objects(tables["changes"])))
    if workbook and chosen.workbook:
        book = partial(_workbook, ready, chosen, lang, notes)
        writers[say("write.file.workbook", lang)] = book
    if report_html:
        writers["report.html"] = partial(_bytes, [report_html.encode("utf-8")])
    return write_folder(target, writers, force=force)


def _objects(table: pd.DataFrame) -> Iterator[dict[str, object]]:
    """Each row as an object without what is missing."""
    names = [str(name) for name in table.columns]
    for start in range(0, len(table), _MANY):
        columns = [table[name].iloc[start : start + _MANY].tolist() for name in names]
        for row in zip(*columns, strict=True):
            yield {name: value for name, value in zip(names, row, strict=True) if not pd.isna(value)}


def _csv(table: pd.DataFrame, config: WriteConfig, path: Path) -> None:
    _bytes(csv_chunks(table, config.csv_format), path)


def _bytes(chunks: Iterable[bytes], path: Path) -> None:
    with path.open("wb") as file:
        file.writelines(chunks)


def _workbook(
    tables: Mapping[str, pd.DataFrame], config: WriteConfig, lang: Lang, notes: tuple[str, ...], path: Path
) -> None:
    sheets = result_sheets(tables, lang, rows=config.workbook_rows)
    write_workbook(path, sheets, lang, notes=notes)


def _with_sentences(name: str, table: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    if name != "issues" or "message" in table.columns or "code" not in table.columns:
        return table
    return table.assign(message=issue_sentences(table, lang))

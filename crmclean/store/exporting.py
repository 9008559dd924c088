"""All tables into a folder, or into a plain database, for programs that know neither us nor Arrow."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from crmclean.schema import Table
from crmclean.store.batches import arrow_of
from crmclean.store.statements import create_row_table, quote
from crmclean.tables import TABLES

__all__ = ["Format", "export_tables"]

Format = Literal["csv", "jsonl", "parquet", "sqlite"]
Load = Callable[[str], pd.DataFrame]
_MANY = 50_000
_ASKED = ("customer_id", "party")
"""Columns by which rows are asked for; in the plain database they have an index."""


def export_tables(load: Load, folder: Path, kind: Format) -> list[str]:
    """Writes every table that has rows; answers the names of the files.

    Args:
        load: Gives the frame of a table.
        folder: Made, or replaced as a whole when everything is written; `sqlite` makes one file in it.
        kind: Of the files.
    """
    beside = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        written = _sqlite(load, beside) if kind == "sqlite" else _files(load, beside, kind)
        if folder.exists():
            shutil.rmtree(folder)
        beside.replace(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return written


def _files(load: Load, folder: Path, kind: Format) -> list[str]:
    written = []
    for table in TABLES:
        frame = load(table.name)
        if not len(frame):
            continue
        target = folder / f"{table.name}.{kind}"
        if kind == "parquet":
            pq.write_table(arrow_of(table, frame), target, compression="zstd")
        elif kind == "csv":
            frame.to_csv(target, index=False, encoding="utf-8", lineterminator="\n")
        else:
            with target.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in _objects(frame))
        written.append(target.name)
    return written


def _objects(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Each row without what is missing."""
    for start in range(0, len(frame), _MANY):
        rows = pa.Table.from_pandas(frame.iloc[start : start + _MANY], preserve_index=False).to_pylist()
        for row in rows:
            yield {name: value for name, value in row.items() if value is not None}


def _sqlite(load: Load, folder: Path) -> list[str]:
    target = folder / "crmclean.sqlite"
    with closing(sqlite3.connect(target, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        for table in TABLES:
            _fill(connection, table, load(table.name))
        connection.execute("COMMIT")
    return [target.name]


def _fill(connection: sqlite3.Connection, table: Table[Any], frame: pd.DataFrame) -> None:
    names = [str(name) for name in frame.columns]
    connection.execute(create_row_table(table, names))
    marks = ", ".join("?" * len(names))
    statement = f"INSERT INTO {quote(table.name)} VALUES ({marks})"  # noqa: S608  a declared name
    for start in range(0, len(frame), _MANY):
        part = pa.Table.from_pandas(frame.iloc[start : start + _MANY], preserve_index=False)
        connection.executemany(statement, zip(*(column.to_pylist() for column in part.columns), strict=True))
    for name in _ASKED:
        if name in names:
            index = quote(f"{table.name}_{name}")
            connection.execute(f"CREATE INDEX {index} ON {quote(table.name)} ({quote(name)})")

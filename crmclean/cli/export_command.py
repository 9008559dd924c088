"""``crmclean export``: what a store holds, for other programs, and back to where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click
import pandas as pd

from crmclean.cli.console import Progress, tell, tell_json
from crmclean.cli.options import common_options, configured, inputs_of, store_path
from crmclean.config import Config
from crmclean.errors import ConfigError, StoreError
from crmclean.messages import Lang, say
from crmclean.store import Store

__all__ = ["command"]

_FORMATS = ("csv", "jsonl", "xlsx", "parquet", "vcard", "sql", "writeback")
_FOLDERS = ("csv", "parquet")
_FLAT = ("customers", "members", "parties", "relations", "permissions", "records")
_NEEDED = {
    "vcard": ("customers", "members", "relations"),
    "jsonl": ("customers", "members", "contacts", "addresses", "relations", "permissions"),
}
_WRITEBACK = (
    "sources", "mappings", "records", "parties", "contacts", "addresses", "members", "customers",
    "scores", "decisions",
)  # fmt: skip
_SHEETS = {
    "customers": "customers",
    "crosswalk": "crosswalk",
    "consent": "permissions",
    "relations": "relations",
}
_SHEET_NAMES = {
    "customers": "customers",
    "crosswalk": "crosswalk",
    "consent": "consents",
    "relations": "relations",
}


@click.command("export")
@click.argument("files", nargs=-1, metavar="[FILES]...")
@click.option(
    "--store", type=click.Path(dir_okay=False, path_type=Path), help="Store; default: crmclean.db here."
)
@click.option(
    "--format", "kind", type=click.Choice(_FORMATS), required=True, help="What is written; see above."
)
@click.option(
    "--output",
    "-o",
    required=True,
    metavar="PATH|URL",
    help="Folder or file to write; for sql a database URL.",
)
@click.option(
    "--csv-format",
    type=click.Choice(["standard", "excel-de"]),
    help="excel-de: what a spreadsheet would damage is guarded.",
)
@click.option("--force", is_flag=True, help="Replace an output folder that holds other files.")
@common_options
def command(files: tuple[str, ...], store: Path | None, kind: str, output: str, **options: Any) -> None:
    """Write the customers of a store for other programs, or back to their sources.

    csv and parquet make a folder of customers, crosswalk, consent, relations; xlsx the same as sheets;
    jsonl a document and vcard a card per customer; sql changes and adds rows in a database;
    writeback makes a file per source with its own rows and what is known of them. FILES, for
    writeback alone, are the sources' original files: then columns come along that the store does
    not keep.
    """
    from dataclasses import replace

    config = configured(options["config"], lang=options["lang"], store=store)
    if options["csv_format"]:
        config = replace(config, write=replace(config.write, csv_format=options["csv_format"]))
    if files and kind != "writeback":
        raise ConfigError(say("write.export.files_only", config.lang))
    _refuse_store(output, store_path(store), config.lang)
    quiet = options["quiet"] or options["as_json"]
    progress = Progress(quiet=quiet, named=lambda stage: say(f"cli.stage.{stage}", config.lang))
    progress("read")
    needed = _WRITEBACK if kind == "writeback" else _NEEDED.get(kind, _FLAT)
    with Store(store_path(store), create=False, read_only=True, lang=config.lang) as opened:
        tables = {name: opened.load(name) for name in needed}
    if not len(tables["members"]):
        raise StoreError(
            say("write.export.none", config.lang), hint=say("write.export.none_hint", config.lang)
        )
    progress("write")
    if kind == "writeback":
        told = _write_back(tables, files, output, config, force=options["force"])
    elif kind == "sql":
        told = _write_sql(tables, output, config)
    else:
        told = _write_files(tables, kind, output, config, force=options["force"])
    progress("")
    if options["as_json"]:
        tell_json(told)
    elif not quiet:
        _tell(told, config.lang)


def _refuse_store(output: str, store: Path, lang: Lang) -> None:
    """The store itself is no place for an export."""
    place = Path(output.removeprefix("sqlite:///"))
    if place.exists() and store.exists() and place.samefile(store):
        raise StoreError(
            say("write.export.itself", lang, file=store.name), hint=say("write.export.itself_hint", lang)
        )


def _flat(tables: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """The tables of an export, as the files of a run have them."""
    from crmclean.common_tables import crosswalk_of
    from crmclean.merge import flat_customers

    permissions = tables["permissions"].drop(columns="events")
    relations = tables["relations"].rename(columns={"left": "customer_id_l", "right": "customer_id_r"})
    keys = ["source", "record_id"]
    records, known = tables["records"][keys], tables["members"][keys]
    nobody = records[~pd.MultiIndex.from_frame(records).isin(pd.MultiIndex.from_frame(known))]
    return {
        "customers": flat_customers(tables["customers"], tables["members"], tables["parties"]),
        "crosswalk": crosswalk_of(tables["members"], nobody),
        "consent": permissions.sort_values(list(permissions.columns[:4])).reset_index(drop=True),
        "relations": relations[["customer_id_l", "customer_id_r", "kind", "evidence"]],
    }


def _write_files(
    tables: Mapping[str, Any], kind: str, output: str, config: Config, *, force: bool
) -> dict[str, Any]:
    from crmclean.merge import customer_documents
    from crmclean.write import (
        Sheet,
        write_csv,
        write_file,
        write_folder,
        write_jsonl,
        write_parquet,
        write_vcard,
        write_workbook,
    )

    target = Path(output)
    if kind in _FOLDERS:
        writer = write_parquet if kind == "parquet" else partial(_csv, write_csv, config.write.csv_format)
        flat = _flat(tables)
        writers = {f"{name}.{kind}": partial(writer, frame) for name, frame in flat.items()}
        return {"output": output, "files_written": write_folder(target, writers, force=force)}
    if kind == "xlsx":
        sheets = [_sheet(Sheet, name, frame, config.lang) for name, frame in _flat(tables).items()]
        write_file(target, lambda path: write_workbook(path, sheets, config.lang))
    elif kind == "vcard":
        write_file(
            target,
            lambda path: write_vcard(tables["customers"], tables["members"], tables["relations"], path),
        )
    else:
        named = ("contacts", "addresses", "relations", "permissions")
        documents = customer_documents(
            tables["customers"], tables["members"], **{name: tables[name] for name in named}
        )
        write_file(target, lambda path: write_jsonl(documents, path))
    return {"output": output, "files_written": [target.name]}


def _csv(write: Any, csv_format: str, frame: pd.DataFrame, path: Path) -> None:
    write(frame, path, csv_format)


def _sheet(make: Any, name: str, frame: pd.DataFrame, lang: Lang) -> Any:
    about = say(f"write.about.{_SHEETS[name]}", lang)
    return make(say(f"write.sheet.{_SHEET_NAMES[name]}", lang), frame, about)


def _write_sql(tables: Mapping[str, Any], url: str, config: Config) -> dict[str, Any]:
    from crmclean.write import SQL_TABLES, upsert_tables

    flat = _flat(tables)
    done = upsert_tables({name: flat[name] for name in SQL_TABLES}, url, lang=config.lang)
    return {"tables": [{"table": t.table, "rows": t.rows, "gone": t.gone} for t in done]}


def _write_back(
    tables: Mapping[str, Any], files: tuple[str, ...], output: str, config: Config, *, force: bool
) -> dict[str, Any]:
    from crmclean.read import load_tables
    from crmclean.write import source_files, write_folder

    originals = load_tables(inputs_of(files, ()), config.read) if files else []
    read = set(tables["sources"]["sha256"])
    foreign = next((o.file for o in originals if o.sha256 not in read), None)
    if foreign is not None:
        raise ConfigError(
            say("write.back.foreign", config.lang, file=foreign),
            hint=say("write.back.foreign_hint", config.lang),
        )
    made = source_files(tables, config.write, originals=originals, lang=config.lang)
    writers = {file.name: file.dialect.writer(file.frame) for file in made}
    write_folder(Path(output), {name: writer for name, (writer, _) in writers.items()}, force=force)
    return {
        "output": output,
        "files": [
            {
                "source": file.source,
                "name": file.name,
                "rows": len(file.frame),
                "duplicates": file.duplicates,
                "corrected": file.corrected,
                "left_out": list(file.left_out),
                "encoding": file.dialect.encoding if file.dialect.ending == "csv" else None,
                "encoding_changed": writers[file.name][1],
            }
            for file in made
        ],
    }


def _tell(told: Mapping[str, Any], lang: Lang) -> None:
    for table in told.get("tables", []):
        tell(say("write.export.sql", lang, **table))
    for file in told.get("files", []):
        tell(
            say("write.back.file", lang, **{k: file[k] for k in ("name", "rows", "duplicates", "corrected")})
        )
        if file["encoding_changed"]:
            tell("  " + say("write.back.encoding", lang, name=file["name"], encoding=file["encoding"]))
        if file["left_out"]:
            tell(
                "  "
                + say("write.back.left_out", lang, name=file["name"], columns=", ".join(file["left_out"]))
            )
    if "output" in told:
        names = told.get("files_written") or [file["name"] for file in told["files"]]
        tell(
            say("write.export.written", lang, target=Path(told["output"]).as_posix(), files=", ".join(names))
        )

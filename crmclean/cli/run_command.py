"""``crmclean run``: exports in, consolidated customers out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from crmclean.cli.console import Progress, table_text, tell, tell_json
from crmclean.cli.doubts import doubt_lines, doubts_json
from crmclean.cli.limits import limited, limits_options, tell_timings, timings_json
from crmclean.cli.matching import matching_config, matching_options, models_of
from crmclean.cli.options import common_options, configured, inputs_of, store_path
from crmclean.cli.output import Output
from crmclean.cli.understood import mapping_json, understood_lines
from crmclean.config import Config
from crmclean.errors import CrmcleanError
from crmclean.messages import say
from crmclean.result import Result

__all__ = ["command"]

_PERMISSION_COLUMNS = ("channel", "purpose", "consent", "other", "claims", "denied", "rest")


@click.command("run")
@click.argument("files", nargs=-1, metavar="[FILES]...")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Folder of the results; replaced as a whole.",
)
@click.option(
    "--store", type=click.Path(dir_okay=False, path_type=Path), help="Store; default: crmclean.db here."
)
@click.option("--source", "sources", multiple=True, metavar="NAME=FILE", help="Name the source of a file.")
@click.option("--as-of", help="Day of all decisions, as 2026-06-30; default: today.")
@click.option(
    "--csv-format",
    type=click.Choice(["standard", "excel-de"]),
    help="excel-de: semicolon, BOM, decimal comma.",
)
@click.option("--columns", is_flag=True, help="List what every column was taken for.")
@click.option("--allow-loss", is_flag=True, help="Take all records as gone that a snapshot lacks.")
@click.option(
    "--max-merge-share",
    type=click.FloatRange(0, 1),
    metavar="X",
    help="Share of the known customers that may be merged into others; default: 0.1.",
)
@click.option("--full", is_flag=True, help="Consolidate all records of the store anew.")
@click.option("--increment", is_flag=True, help="Take only what is new or changed, however much that is.")
@click.option(
    "--only-changes", is_flag=True, help="After an increment write the files of the touched customers alone."
)
@click.option("--strict", is_flag=True, help="End with exit code 5 if a cluster is implausible.")
@click.option("--force", is_flag=True, help="Replace an output folder that holds other files.")
@matching_options
@limits_options
@common_options
def command(
    files: tuple[str, ...], output: Path, store: Path | None, sources: tuple[str, ...], **options: Any
) -> None:
    """Read exports, find duplicates, decide consents, write consolidated customers.

    FILES are exports of any kind: CSV, Excel, vCard, JSON, Parquet; - reads standard input. With a store
    of earlier runs they are taken in over what it holds; without FILES what it holds is written anew.
    """
    from crmclean.memory import keep_pages
    from crmclean.pipeline import run
    from crmclean.store import Store
    from crmclean.write import check_folder

    config = configured(options["config"], lang=options["lang"], as_of=options["as_of"], store=store)
    if options["csv_format"]:
        config = replace(config, write=replace(config.write, csv_format=options["csv_format"]))
    config = limited(_monthly(matching_config(config, options), options), options)
    models = models_of(options["model"])
    if not files and not sources and not store_path(store).exists():
        raise click.MissingParameter(param_hint="FILES...", param_type="argument")
    check_folder(output, force=options["force"])
    keep_pages()
    progress = Progress(
        quiet=options["quiet"] or options["as_json"],
        named=lambda stage: say(f"cli.stage.{stage}", config.lang),
    )
    inputs = inputs_of(files, sources)
    with Output(output, config, force=options["force"]) as out:
        with new_store_undone(store_path(store)), Store(store_path(store), lang=config.lang) as opened:
            result = run(
                inputs,
                config,
                store=opened,
                models=models,
                progress=progress,
                strict=options["strict"],
                lean=True,
                how="full" if options["full"] else "increment" if options["increment"] else "",
                only_changes=options["only_changes"],
                found=out.begin,
            )
        progress("write")
        written = out.complete(result)
    progress("")
    if options["timings"] and not options["as_json"]:
        tell_timings(progress, config)
    if options["as_json"]:
        _print_json(result, output, written, timings_json(progress, options))
    elif not options["quiet"]:
        _print_text(result, output, written, columns=options["columns"], store=store_path(store))


def _monthly(config: Config, options: dict[str, Any]) -> Config:
    """The configuration with what this run may lose and merge."""
    if options["allow_loss"]:
        config = replace(config, read=replace(config.read, allow_loss=1.0))
    if options["max_merge_share"] is not None:
        config = replace(config, match=replace(config.match, max_merge_share=options["max_merge_share"]))
    return config


@contextmanager
def new_store_undone(path: Path) -> Iterator[None]:
    """Takes a store away again that did not exist before and has nothing in it after an error.

    Another program may have made it meanwhile and saved in it: then it stays.
    """
    before = path.exists()
    try:
        yield
    except BaseException:
        if not before and _nothing_in(path):
            for leftover in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
                leftover.unlink(missing_ok=True)
        raise


def _nothing_in(path: Path) -> bool:
    """Whether a store holds neither a run nor an event of consent; one that cannot be asked may hold some."""
    from crmclean.store import Store

    if not path.exists():
        return False
    try:
        with Store(path, read_only=True, wait=0) as store:
            return store.last_run() is None and not len(store.ledger.events())
    except CrmcleanError:
        return path.stat().st_size == 0


def _print_json(result: Result, output: Path, written: list[str], timings: dict[str, object]) -> None:
    from crmclean.summary import counts_of, riskiest_merges

    risky = riskiest_merges(result).to_dict("records")
    tell_json(
        {
            **counts_of(result),
            "doubts": doubts_json(result.issues),
            **mapping_json(result.read),
            "taken": result.taken,
            "because": result.because,
            "only_changes": result.partial,
            "intake": [] if result.intake is None else result.intake.to_dict("records"),
            "riskiest": risky,
            **timings,
            "output": str(output),
            "files_written": written,
        }
    )


def _print_text(result: Result, output: Path, written: list[str], *, columns: bool, store: Path) -> None:
    from crmclean.summary import (
        not_understood,
        permission_rows,
        riskiest_merges,
        summary_lines,
        taken_lines,
    )

    for line in understood_lines(result.read, result.lang, columns=columns):
        tell(line)
    tell()
    if result.intake is not None and len(result.intake):
        header = say("cli.summary.intake", result.lang).split()
        tell(table_text(header, result.intake.to_numpy().tolist()))
        tell()
    for line in [
        *doubt_lines(result.issues, result.lang),
        *taken_lines(result),
        *summary_lines(result),
        *not_understood(result),
    ]:
        tell(line)
    tell()
    tell(say("cli.summary.permissions", result.lang))
    header = [say(f"cli.permission.{name}", result.lang) for name in _PERMISSION_COLUMNS]
    tell(table_text(header, permission_rows(result)))
    risky = riskiest_merges(result)
    if len(risky):
        tell()
        tell(say("cli.summary.risky", result.lang))
        rows = [
            (
                f"{r.source_l}:{r.record_id_l}",
                f"{r.source_r}:{r.record_id_r}",
                f"{r.probability:.2f}",
                r.reason,
            )
            for r in risky.itertuples(index=False)
        ]
        tell(table_text(["", "", "", ""], rows, most=110).lstrip("\n"))
    tell()
    tell(say("cli.summary.written", result.lang, target=output.as_posix(), files=", ".join(written)))
    tell(say("cli.summary.store", result.lang, store=store.as_posix()))

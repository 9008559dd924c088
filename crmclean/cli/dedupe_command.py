"""``crmclean dedupe``: matching alone, for any table of people or companies."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from crmclean.cli.console import Progress, tell, tell_json
from crmclean.cli.doubts import doubt_lines, doubts_json
from crmclean.cli.leaving import keep
from crmclean.cli.limits import limited, limits_options, tell_timings, timings_json
from crmclean.cli.matching import matching_config, matching_options, models_of
from crmclean.cli.options import common_options, configured, inputs_of
from crmclean.cli.understood import mapping_json, understood_lines
from crmclean.config import thread_count
from crmclean.messages import say

__all__ = ["command"]


@click.command("dedupe")
@click.argument("files", nargs=-1, required=True, metavar="FILES...")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Folder of the results; replaced as a whole.",
)
@click.option("--source", "sources", multiple=True, metavar="NAME=FILE", help="Name the source of a file.")
@click.option("--columns", is_flag=True, help="List what every column was taken for.")
@click.option("--strict", is_flag=True, help="End with exit code 5 if a cluster is implausible.")
@click.option("--force", is_flag=True, help="Replace an output folder that holds other files.")
@matching_options
@limits_options
@common_options
def command(files: tuple[str, ...], output: Path, sources: tuple[str, ...], **options: Any) -> None:
    """Find duplicates within and across tables; writes crosswalk.csv and pairs.csv."""
    from crmclean.duplicates import dedupe
    from crmclean.write import ResultFolder, check_folder

    config = limited(matching_config(configured(options["config"], lang=options["lang"]), options), options)
    models = models_of(options["model"])
    progress = Progress(
        quiet=options["quiet"] or options["as_json"],
        named=lambda stage: say(f"cli.stage.{stage}", config.lang),
    )
    check_folder(output, force=options["force"])
    threads, force = thread_count(config.limits), options["force"]
    with ResultFolder(output, config=config.write, lang=config.lang, force=force, threads=threads) as folder:
        found = dedupe(
            inputs_of(files, sources),
            config,
            models=models,
            progress=progress,
            strict=options["strict"],
            lean=True,
            found=partial(_write, folder),
        )
        progress("write")
        folder.complete()
    written = [f"{name}.csv" for name in ("crosswalk", "pairs", "issues")]
    progress("")
    keep(found)
    if options["timings"] and not options["as_json"]:
        tell_timings(progress, config)
    counts = {
        "records": len(found.crosswalk),
        "customers": found.customers,
        "match": int((found.pairs["band"] == "match").sum()),
        "review": int((found.pairs["band"] == "review").sum()),
    }
    if options["as_json"]:
        tell_json(
            {
                **counts,
                "doubts": doubts_json(found.issues),
                **mapping_json(found.read),
                **timings_json(progress, options),
                "output": str(output),
                "files_written": written,
            }
        )
    elif not options["quiet"]:
        for line in understood_lines(found.read, config.lang, columns=options["columns"]):
            tell(line)
        tell()
        for line in doubt_lines(found.issues, config.lang):
            tell(line)
        tell(say("cli.dedupe.summary", config.lang, **counts))
        tell(say("cli.summary.written", config.lang, target=output.as_posix(), files=", ".join(written)))


def _write(folder: Any, name: str, table: Any) -> None:
    """Begins to write a table of the result."""
    from crmclean.common_tables import PAIR_COLUMNS

    folder.add_tables({name: table[PAIR_COLUMNS] if name == "pairs" else table})

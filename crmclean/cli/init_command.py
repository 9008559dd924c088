"""``crmclean init``: crmclean.toml with what was recognised, to be corrected line by line."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from crmclean.cli.console import tell, tell_json
from crmclean.cli.options import PROJECT_FILE, common_options, configured, inputs_of
from crmclean.cli.understood import mapping_json, understood_lines
from crmclean.errors import ConfigError
from crmclean.messages import say

__all__ = ["command"]


@click.command("init")
@click.argument("files", nargs=-1, required=True, metavar="FILES...")
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path(PROJECT_FILE),
    show_default=True,
    help="File to write.",
)
@click.option("--source", "sources", multiple=True, metavar="NAME=FILE", help="Name the source of a file.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@common_options
def command(files: tuple[str, ...], output: Path, sources: tuple[str, ...], **options: Any) -> None:
    """Write crmclean.toml with what was recognised in FILES."""
    from crmclean.read import read_records, toml_settings
    from crmclean.write import write_file

    if output.exists() and not options["force"]:
        raise ConfigError.of("errors.init.there", name=output.name)
    config = configured(options["config"], lang=options["lang"])
    read = read_records(inputs_of(files, sources), config.read)
    write_file(output, partial(_save, toml_settings(read)))
    if options["as_json"]:
        tell_json({**mapping_json(read), "file": str(output)})
    elif not options["quiet"]:
        for line in understood_lines(read, config.lang, columns=True):
            tell(line)
        tell(say("cli.init.written", config.lang, file=output.as_posix()))


def _save(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")

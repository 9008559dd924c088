"""Options that several commands share, and how they become a configuration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from crmclean.config import DEFAULT, Config, load_config
from crmclean.errors import ConfigError
from crmclean.read.raw import Input

__all__ = ["PROJECT_FILE", "STORE_FILE", "common_options", "configured", "inputs_of", "store_path"]

PROJECT_FILE = "crmclean.toml"
STORE_FILE = "crmclean.db"
F = TypeVar("F", bound=Callable[..., Any])


def common_options(function: F) -> F:
    """--config, --lang, --quiet, --json."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON for machines."),
        click.option("--quiet", "-q", is_flag=True, help="No progress and no summary."),
        click.option("--lang", type=click.Choice(["en", "de"]), help="Language of sentences."),
        click.option(
            "--config",
            "-c",
            type=click.Path(dir_okay=False, path_type=Path),
            help=f"Configuration; default: {PROJECT_FILE} here, if it is there.",
        ),
    ):
        function = option(function)
    return function


def configured(
    path: Path | None, *, lang: str | None = None, as_of: str | None = None, store: Path | None = None
) -> Config:
    """The configuration of a command: file, then options.

    Without --config, crmclean.toml is taken from the store's folder, else from the current one.

    Raises:
        ConfigError: The named file is missing or wrong, or --as-of is no ISO date.
    """
    found = path or _project_file(store)
    config = load_config(found) if found else DEFAULT
    if lang is not None:
        config = replace(config, lang="de" if lang == "de" else "en")
    if as_of is not None:
        config = replace(config, as_of=_iso_date(as_of))
    return config


def _project_file(store: Path | None) -> Path | None:
    folder = store.parent if store else Path()
    target = folder / PROJECT_FILE
    return target if target.is_file() else None


def _iso_date(text: str) -> str:
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ConfigError.of("errors.config.as_of", value=text) from error


def store_path(given: Path | None) -> Path:
    """The store: as given, else crmclean.db in the current folder."""
    return given if given is not None else Path(STORE_FILE)


def inputs_of(files: Sequence[str], sources: Sequence[str]) -> list[Input]:
    """Files and --source NAME=FILE options as inputs; a file named twice is read once.

    Raises:
        ConfigError: A --source is not of the form NAME=FILE.
    """
    named: dict[str, str] = {}
    for entry in sources:
        name, sign, file = entry.partition("=")
        if not sign or not name or not file:
            raise ConfigError.of("errors.config.source", value=entry)
        named[file] = name
    once = {Path(file).absolute() if file != "-" else file: file for file in reversed(files)}
    inputs: list[Input] = [
        (named.pop(file), file) if file in named else file for file in reversed(once.values())
    ]
    return [*inputs, *((name, file) for file, name in named.items())]

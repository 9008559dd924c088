"""Options of matching that `run`, `dedupe`, `train` and `evaluate` share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from crmclean.config import Config
from crmclean.errors import ModelError
from crmclean.match.labels import models_from_text
from crmclean.match.model import Model

__all__ = ["matching_config", "matching_options", "models_of"]

F = TypeVar("F", bound=Callable[..., Any])


def matching_options(function: F) -> F:
    """--model, --link-only, --no-duplicates, --source-column, --cost-of-false-merge, --review-pairs."""
    for option in (
        click.option(
            "--review-pairs",
            type=click.IntRange(0),
            metavar="N",
            help="Pairs a steward can settle: the N most valuable go to review.",
        ),
        click.option(
            "--cost-of-false-merge",
            type=click.FloatRange(0, min_open=True),
            metavar="X",
            help="How many missed merges a false one weighs; sets the threshold.",
        ),
        click.option("--source-column", metavar="NAME", help="Column that names each row's source."),
        click.option(
            "--no-duplicates", multiple=True, metavar="SOURCE", help="Source without duplicates; repeatable."
        ),
        click.option("--link-only", is_flag=True, help="Only across sources, one row to one row."),
        click.option(
            "--model", type=click.Path(dir_okay=False, path_type=Path), help="Model of crmclean train."
        ),
    ):
        function = option(function)
    return function


def matching_config(config: Config, options: Mapping[str, Any]) -> Config:
    """The configuration with the options of `matching_options`.

    Args:
        config: File and defaults.
        options: Values of the options as click passes them.
    """
    match = config.match
    if options["review_pairs"] is not None:
        match = replace(match, review_pairs=options["review_pairs"])
    if options["cost_of_false_merge"] is not None:
        match = replace(match, cost_of_false_merge=options["cost_of_false_merge"])
    free = (*match.no_duplicates, *options["no_duplicates"])
    match = replace(match, no_duplicates=tuple(dict.fromkeys(free)))
    if options["link_only"]:
        match = replace(match, link_only=True)
    read = config.read
    if options["source_column"] is not None:
        read = replace(read, source_column=options["source_column"])
    return replace(config, match=match, read=read)


def models_of(path: Path | None) -> dict[str, Model] | None:
    """The models of a file that `crmclean train` wrote; None without a file.

    Raises:
        ModelError: The file is missing or is no model.
    """
    if path is None:
        return None
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError.of("match.model_unreadable", file=path.name) from error
    return models_from_text(text)

"""What a command may take of the machine, and what it took: --threads, --memory-limit, --timings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import click

from crmclean.cli.console import Progress, table_text
from crmclean.config import Config
from crmclean.messages import say

__all__ = ["limited", "limits_options", "tell_timings", "timings_json"]

F = TypeVar("F", bound=Callable[..., Any])


def limits_options(function: F) -> F:
    """--threads, --memory-limit, --timings."""
    for option in (
        click.option("--timings", is_flag=True, help="Time and memory of each stage at the end."),
        click.option(
            "--memory-limit", metavar="SIZE", help="Memory the run may take, as 2GB; the result is the same."
        ),
        click.option(
            "--threads", type=click.IntRange(1), metavar="N", help="Threads at once; default: one per core."
        ),
    ):
        function = option(function)
    return function


def limited(config: Config, options: Mapping[str, Any]) -> Config:
    """The configuration with the options of `limits_options`.

    Raises:
        ConfigError: The memory limit is no size.
    """
    from crmclean.memory import byte_count

    limits = config.limits
    if options["threads"] is not None:
        limits = replace(limits, threads=options["threads"])
    if options["memory_limit"] is not None:
        limits = replace(limits, memory=options["memory_limit"])
    byte_count(limits.memory)
    return replace(config, limits=limits)


def tell_timings(progress: Progress, config: Config) -> None:
    """Time and peak memory of each stage, on standard error."""
    rows = [
        (name, round(seconds, 2), round(peak / (1 << 20)) if peak else "")
        for name, seconds, peak in progress.spent
    ]
    total = sum(seconds for _, seconds, _ in progress.spent)
    most = max((peak for _, _, peak in progress.spent), default=0)
    rows.append(
        (say("cli.timings.total", config.lang), round(total, 2), round(most / (1 << 20)) if most else "")
    )
    header = [say(f"cli.timings.{name}", config.lang) for name in ("stage", "seconds", "memory")]
    click.echo(table_text(header, rows), err=True)


def timings_json(progress: Progress, options: Mapping[str, Any]) -> dict[str, object]:
    """The stages for --json with --timings: name, seconds, peak memory in MiB."""
    if not options["timings"]:
        return {}
    rows = [
        {"stage": name, "seconds": round(seconds, 2), "peak_mib": round(peak / (1 << 20))}
        for name, seconds, peak in progress.spent
    ]
    return {"timings": rows}

"""What the commands of ``crmclean consent`` share: options, the day and the time of a booking."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from crmclean.config import Config

__all__ = ["STORE", "now", "today"]

STORE = click.option(
    "--store", type=click.Path(dir_okay=False, path_type=Path), help="Store; default: crmclean.db here."
)


def now() -> str:
    """The time of the booking, ISO in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def today(config: Config) -> Config:
    """The configuration with a day of all decisions: as said, else today."""
    return replace(config, as_of=config.as_of or datetime.now(UTC).date().isoformat())

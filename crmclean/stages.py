"""The first stages as `run` and `dedupe` share them: what is read, and which of it becomes customers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from crmclean.config import Config, thread_count
from crmclean.errors import ReadError
from crmclean.memory import room_for_helpers
from crmclean.normalize.admission import Admitted, admit_records
from crmclean.normalize.records import Normalized, Slim, normalize_records
from crmclean.read import Input, KnownSource, ReadResult, read_records

__all__ = ["Progress", "admit", "read_inputs", "silent"]

Progress = Callable[[str], None]


def silent(_stage: str) -> None:
    """Progress that nobody watches."""


def read_inputs(
    inputs: Sequence[Input], config: Config, known: Sequence[KnownSource], progress: Progress
) -> ReadResult:
    """Everything that was given.

    Args:
        inputs: As `run` takes them.
        config: The section read is used.
        known: Sources of the runs before.
        progress: Told that reading begins.

    Raises:
        ReadError: A file cannot be read, or none of them was understood.
    """
    progress("read")
    read = read_records(inputs, config.read, known=known)
    _refuse_nothing(read)
    return read


def _refuse_nothing(read: ReadResult) -> None:
    """A run in which no file was understood is an error, not an empty result.

    Raises:
        ReadError: No source holds customers, events or orders, and there are rows.
    """
    sources = read.sources
    if len(sources) and (sources["roles"] == "unknown").all() and sources["rows"].sum():
        files = ", ".join(sorted(set(sources["file"].dropna()))[:5])
        raise ReadError.of(
            "errors.read.unknown", files=files or "DataFrame", shape="{Spalte = 'family_name'}"
        )


def admit(
    read: ReadResult, config: Config, progress: Progress, *, slim: Slim | None = None, lean: bool = False
) -> tuple[Normalized, Admitted]:
    """All records normalised, and those of them that become customers.

    Args:
        read: The records.
        config: Sections normalize, read, consent (the time zone) and limits are used.
        progress: Told that normalising begins.
        slim: Takes the tables to what is needed of them; then the records are used up.
        lean: Fork helpers where memory allows; for programs, which have no threads of others.
    """
    progress("normalize")
    zone = config.consent.timezone or config.normalize.timezone  # one zone for all times of a run
    section, threads = replace(config.normalize, timezone=zone), thread_count(config.limits)
    fork = lean and room_for_helpers(config.limits, threads)
    sources = read.sources
    every = normalize_records(
        read.records, section, sources=sources, slim=slim, threads=threads, fork=fork, consume=bool(slim)
    )
    today = config.as_of or datetime.now(UTC).date().isoformat()
    return every, admit_records(every, config.read.sources, as_of=today)

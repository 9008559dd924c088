"""``crmclean store``: is the store whole, what ran, and all of it for other programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import click

from crmclean.cli.console import table_text, tell, tell_json
from crmclean.cli.options import common_options, configured, store_path
from crmclean.errors import StoreError
from crmclean.messages import say
from crmclean.store import Store

__all__ = ["command"]

F = TypeVar("F", bound=Callable[..., Any])
_STORE = click.option(
    "--store", type=click.Path(dir_okay=False, path_type=Path), help="Store; default: crmclean.db here."
)


@click.group("store")
def command() -> None:
    """Check, shrink, export the store, and list what ran."""


@command.command("check")
@_STORE
@common_options
def check(store: Path | None, **options: Any) -> int:
    """Say whether the store is whole and its tables fit together; exit code 1 if not.

    A store of an earlier version is brought up to date first.
    """
    lang = configured(options["config"], lang=options["lang"], store=store).lang
    path = store_path(store)
    with Store(path, create=False, lang=lang) as opened:
        problems = opened.check()
        counts = opened.counts()
    if options["as_json"]:
        tell_json({"store": path.as_posix(), "problems": problems, "rows": counts})
    elif not options["quiet"]:
        for problem in problems:
            tell(problem)
        tables, rows = len(counts), sum(counts.values())
        whole = say("store.checked", lang, path=path.as_posix(), tables=tables, rows=rows)
        tell(say("store.problems", lang, path=path.as_posix(), count=len(problems)) if problems else whole)
    return 1 if problems else 0


@command.command("vacuum")
@_STORE
@click.option(
    "--keep", type=click.IntRange(min=0), metavar="N", help="Only the latest N runs can be undone afterwards."
)
@common_options
def vacuum(store: Path | None, keep: int | None, **options: Any) -> None:
    """Give room back that is no longer needed."""
    lang = configured(options["config"], lang=options["lang"], store=store).lang
    path = store_path(store)
    with Store(path, create=False, lang=lang) as opened:
        before = path.stat().st_size
        opened.vacuum(keep=keep)
    after = path.stat().st_size
    if options["as_json"]:
        tell_json({"store": path.as_posix(), "bytes_before": before, "bytes": after})
    elif not options["quiet"]:
        sizes = {"before": f"{before / 1e6:.1f}", "after": f"{after / 1e6:.1f}"}
        tell(say("store.vacuumed", lang, path=path.as_posix(), **sizes))


@command.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@_STORE
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "jsonl", "parquet", "sqlite"]),
    default="csv",
    show_default=True,
    help="A file per table; sqlite: one database with plain tables.",
)
@click.option("--force", is_flag=True, help="Replace a folder that is not empty.")
@common_options
def export(folder: Path, store: Path | None, kind: str, *, force: bool, **options: Any) -> None:
    """Write all tables into FOLDER, for other programs."""
    lang = configured(options["config"], lang=options["lang"], store=store).lang
    if folder.exists() and any(folder.iterdir()) and not force:
        raise StoreError(
            say("store.export_taken", lang, folder=folder.as_posix()),
            hint=say("store.export_taken_hint", lang),
        )
    with Store(store_path(store), create=False, read_only=True, lang=lang) as opened:
        written = opened.export(folder, cast("Literal['csv', 'jsonl', 'parquet', 'sqlite']", kind))
    if options["as_json"]:
        tell_json({"folder": folder.as_posix(), "files_written": written})
    elif not options["quiet"]:
        tell(say("store.exported", lang, files=len(written), folder=folder.as_posix()))


@command.command("history")
@_STORE
@common_options
def history(store: Path | None, **options: Any) -> None:
    """List the runs: when, what, how many customers, and what each changed."""
    lang = configured(options["config"], lang=options["lang"], store=store).lang
    with Store(store_path(store), create=False, read_only=True, lang=lang) as opened:
        runs, counts, standing = opened.history(), opened.change_counts(), set(opened.standing())
    changes: dict[str, dict[str, int]] = {}
    for run_id, change, count in counts.itertuples(index=False, name=None):
        changes.setdefault(run_id, {})[change] = count
    rows = [
        {
            "run_id": run["run_id"],
            "at": run["at"] if isinstance(run["at"], str) else None,
            "command": run["command"] if isinstance(run["command"], str) else None,
            "records": run["records"],
            "customers": run["customers"],
            "changes": changes.get(run["run_id"], {}),
            "undone": run["run_id"] not in standing and not str(run["command"]).startswith("undo"),
        }
        for run in runs.to_dict("records")
    ]
    if options["as_json"]:
        tell_json(rows)
        return
    shown = [
        (
            *(
                row[name] if row[name] is not None else ""
                for name in ("run_id", "at", "command", "records", "customers")
            ),
            " ".join(f"{change}={count}" for change, count in sorted(row["changes"].items())),
            say("store.undone", lang) if row["undone"] else "",
        )
        for row in rows
    ]
    tell(table_text(say("store.history", lang).split(), shown, most=110))

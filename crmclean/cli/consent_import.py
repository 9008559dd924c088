"""``crmclean consent import``: files of consent events into the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pandas as pd

from crmclean.cli.consent_options import STORE, today
from crmclean.cli.console import Progress, tell, tell_json
from crmclean.cli.options import common_options, configured, inputs_of, store_path
from crmclean.cli.run_command import new_store_undone
from crmclean.messages import Lang, say

__all__ = ["command"]

_MOST = 20


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILES...")
@STORE
@click.option("--source", "sources", multiple=True, metavar="NAME=FILE", help="Name the source of a file.")
@click.option("--as-of", help="Day of the import, as 2026-06-30; default: today.")
@click.option("--all-or-nothing", is_flag=True, help="One refused event refuses them all.")
@click.option("--event", help="Kind of event of rows that name none: bounced, suppressed, external_list ...")
@click.option("--channel", help="Channel of rows that name none.")
@click.option("--purpose", help="Purpose of rows that name none.")
@click.option(
    "--list",
    "kind",
    type=click.Choice(["robinson", "ecg", "star", "bounce"]),
    help="FILES are a list of those who want no advertising, or of addresses that failed.",
)
@click.option("--listing", help="List of external_list entries that name none: robinson, ecg, star.")
@common_options
def command(files: tuple[str, ...], store: Path | None, sources: tuple[str, ...], **options: Any) -> None:
    """Add consent events to the ledger; what is there already changes nothing.

    FILES hold one event per row, in the words people use. Events that cannot be understood are
    refused one by one, with file and line; the others are added, all in one step. With --list they
    are entries of a list: addresses, numbers, or names with postal address.
    """
    from crmclean.ledger.importing import import_events
    from crmclean.ledger.listing import import_list
    from crmclean.store import Store

    config = today(configured(options["config"], lang=options["lang"], as_of=options["as_of"], store=store))
    said = {name: options[name] for name in ("event", "channel", "purpose", "listing") if options[name]}
    progress = Progress(quiet=options["quiet"] or options["as_json"])
    progress(say("cli.stage.consent", config.lang))
    path = store_path(store)
    with new_store_undone(path), Store(path, lang=config.lang) as opened:
        inputs = inputs_of(files, sources)
        if options["kind"]:
            done = import_list(inputs, opened, options["kind"], config, said=said)
        else:
            done = import_events(inputs, opened, config, said=said, all_or_nothing=options["all_or_nothing"])
    progress("")
    counts = {
        "read": done.read,
        "added": done.added,
        "known": len(done.events) - done.added,
        "refused": done.refused,
        "unmatched": done.unmatched,
        "head": done.head,
    }
    if options["as_json"]:
        issues = done.issues.astype(object).where(done.issues.notna(), None)
        tell_json({**counts, "issues": issues.drop(columns="raw").to_dict("records")})
        return
    if options["quiet"]:
        return
    for line in _issue_lines(done.issues, config.lang):
        tell(line)
    tell(say("ledger.imported", config.lang, **{k: v for k, v in counts.items() if k != "head"}))
    if done.unmatched:
        tell(say("ledger.unmatched", config.lang, number=done.unmatched))
    tell(say("ledger.head", config.lang, events=done.total, head=done.head))


def _issue_lines(issues: pd.DataFrame, lang: Lang) -> list[str]:
    """Refused rows one by one, the first of them; weak ones as counts."""
    from crmclean.write import issue_sentence

    errors = issues[issues["severity"] == "error"].drop_duplicates(["file", "row"])
    rows = errors.head(_MOST)[["file", "row", "code"]].itertuples(index=False, name=None)
    lines = [
        say("ledger.line", lang, file=f, row=int(n), code=c, sentence=issue_sentence(str(c), lang))
        for f, n, c in rows
    ]
    if len(errors) > _MOST:
        lines.append(say("ledger.more", lang, number=len(errors) - _MOST))
    weak = issues[issues["severity"] != "error"]["code"].value_counts().sort_index()
    lines += [f"{code}: {number} - {issue_sentence(str(code), lang)}" for code, number in weak.items()]
    return lines

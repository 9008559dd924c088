"""``crmclean undo``: what the last run, or any, did is taken back."""

from __future__ import annotations

from typing import Any

import click

from crmclean.cli.console import table_text, tell, tell_json
from crmclean.cli.deciding import deciding_options, effects_json, effects_lines, word_of
from crmclean.cli.options import configured, store_path
from crmclean.config import Config
from crmclean.errors import ConfigError
from crmclean.messages import say

__all__ = ["command"]


@click.command("undo")
@click.argument("run", metavar="[RUN]", required=False)
@click.option("--list", "listed", is_flag=True, help="Show the runs, the last one first, and do nothing.")
@deciding_options
def command(run: str | None, listed: bool, **options: Any) -> None:
    """Take back the last run, or the RUN with this id or beginning of an id.

    What a steward said in it is withdrawn, whatever was said of others since. A run over files goes back with
    all runs after it. Undoing an undo does it again. Without --apply it shows what would change.
    """
    from crmclean.store import Store

    config = configured(options["config"], lang=options["lang"], store=options["store"])
    path = store_path(options["store"])
    reading = listed or not options["apply_it"]
    with Store(path, create=False, read_only=reading, lang=config.lang) as store:
        if listed:
            _list(store, config, as_json=options["as_json"])
        else:
            _undo(store, run, config, options)


def _list(store: Any, config: Config, *, as_json: bool) -> None:
    columns = ["run_id", "at", "command", "records", "customers"]
    rows = store.history()[columns].iloc[::-1]
    if as_json:
        tell_json(rows.astype(object).where(rows.notna(), None).to_dict("records"))
    else:
        tell(table_text(say("steward.runs_columns", config.lang).split(), rows.to_numpy().tolist()))


def _undo(store: Any, run: str | None, config: Config, options: dict[str, Any]) -> None:
    from crmclean.steward import apply, preview, propose_undo, run_to_undo

    proposal = propose_undo(store, run, word_of(options), config)
    if proposal is None:
        _back(store, run_to_undo(store, run, lang=config.lang), config, options)
        return
    effects = (apply if options["apply_it"] else preview)(store, proposal, config)
    if options["as_json"]:
        tell_json(effects_json(proposal, effects, done=options["apply_it"]))
        return
    if options["quiet"]:
        return
    for line in effects_lines(proposal, effects, config.lang):
        tell(line)
    _end(config, options)


def _back(store: Any, meant: dict[str, str], config: Config, options: dict[str, Any]) -> None:
    """A run over files, taken back by the journal."""
    from crmclean.ledger.refreshing import take_back

    if options["apply_it"] and not options["actor"].strip():
        raise ConfigError(
            say("steward.no_actor", config.lang), hint=say("steward.no_actor_hint", config.lang)
        )
    ids = store.history()["run_id"].tolist()
    later = len(ids) - 1 - ids.index(meant["run_id"])
    if options["apply_it"]:
        take_back(store, meant["run_id"], config, actor=options["actor"] or None)
    if options["as_json"]:
        tell_json({"command": "undo", "run": meant["run_id"], "later": later, "applied": options["apply_it"]})
        return
    if options["quiet"]:
        return
    tell(say("steward.back", config.lang, run=meant["run_id"], at=meant["at"], count=later))
    _end(config, options)


def _end(config: Config, options: dict[str, Any]) -> None:
    tell(say("steward.done" if options["apply_it"] else "steward.dry", config.lang))

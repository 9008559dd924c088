"""``crmclean review``: doubtful pairs, decided in the terminal or in a workbook."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from crmclean.cli.console import table_text, tell, tell_json
from crmclean.cli.deciding import deciding_options, effects_json, effects_lines, word_of
from crmclean.cli.options import common_options, configured, store_path
from crmclean.config import Config
from crmclean.errors import ConfigError, GateError
from crmclean.messages import Lang, say

__all__ = ["command"]

_ANSWERS = {
    "s": "same", "same": "same", "g": "same", "gleich": "same", "d": "different", "different": "different",
    "v": "different", "verschieden": "different", "k": "skip", "skip": "skip", "": "skip", "u": "undo", "undo": "undo",
    "z": "undo", "q": "quit", "quit": "quit", "ende": "quit",
}  # fmt: skip
Decided = list[tuple[tuple[str, str], str]]


@click.group("review", invoke_without_command=True)
@click.option(
    "--limit", type=click.IntRange(1), metavar="N", help="Most pairs asked, the most valuable first."
)
@click.option("--actor", default="", metavar="NAME", help="Who decides; needed.")
@click.option("--reason", default="", help="Why; kept with the decisions.")
@click.option(
    "--store", type=click.Path(dir_okay=False, path_type=Path), help="Store; default: crmclean.db here."
)
@common_options
@click.pass_context
def command(ctx: click.Context, /, limit: int | None, store: Path | None, **options: Any) -> None:
    """Decide doubtful pairs one by one; the decisions are saved at the end.

    Answers are s (same), d (different), k or nothing (skip), u (undo the last), q (quit); they are read from
    standard input, so a pipe works too. In a workbook: review export, then review import.
    """
    if ctx.invoked_subcommand is not None:
        return
    from crmclean.steward import doubts_of
    from crmclean.store import Store

    config = configured(options["config"], lang=options["lang"], store=store)
    if not options["actor"].strip():
        raise ConfigError(
            say("steward.no_actor", config.lang), hint=say("steward.no_actor_hint", config.lang)
        )
    with Store(store_path(store), create=False, lang=config.lang) as opened:
        doubts = doubts_of(opened, lang=config.lang, most=limit or 0)
        decided: Decided = []
        try:
            _ask(doubts, decided, config.lang)
        finally:  # what was decided before an interruption is kept
            _save(opened, decided, config, options)


def _ask(doubts: Sequence[Any], decided: Decided, lang: Lang) -> None:
    """Asks for each pair; answers go to `decided`, in order."""
    if not doubts:
        tell(say("steward.review.none", lang))
    at = 0
    while at < len(doubts):
        doubt = doubts[at]
        tell(_shown(doubt, at + 1, len(doubts), lang))
        answer = _answer(lang)
        if answer == "quit":
            return
        if answer == "undo":
            if decided:
                gone = decided.pop()[0]
                at = next(i for i, d in enumerate(doubts) if d.parties == gone)
            continue
        if answer != "skip":
            decided.append((doubt.parties, answer))
        at += 1


def _answer(lang: Lang) -> str:
    """The next answer; the end of the input ends it."""
    while True:
        tell(say("steward.review.ask", lang))
        line = sys.stdin.readline()
        if not line:
            return "quit"
        if (word := _ANSWERS.get(line.strip().lower())) is not None:
            return word


def _shown(doubt: Any, number: int, count: int, lang: Lang) -> str:
    fields = list(doubt.values[0] | doubt.values[1])
    left, right = doubt.values
    rows = [(say(f"view.field.{f}", lang), left.get(f, ""), right.get(f, "")) for f in fields]
    rows.append((say("steward.records", lang), " ".join(doubt.records[0]), " ".join(doubt.records[1])))
    chance = f"{doubt.probability:.2f}"
    title = say(
        "steward.review.pair", lang, number=number, all=count, probability=chance, reason=doubt.reason
    )
    return "\n".join(["", title, table_text(["", "A", "B"], rows, most=44)])


def _save(store: Any, decided: Decided, config: Config, options: dict[str, Any]) -> None:
    from crmclean.steward import apply, propose_review

    counts = _counts([word for _, word in decided])
    if decided:
        tell(say("steward.review.saving", config.lang, count=len(decided)))
        proposal = propose_review(store, decided, word_of(options))
        effects = apply(store, proposal, config)
        if options["as_json"]:
            tell_json(effects_json(proposal, effects, done=True))
    tell(say("steward.review.said", config.lang, **counts, open=0))


def _counts(words: Sequence[str]) -> dict[str, int]:
    return {name: sum(word == name for word in words) for name in ("same", "different")}


@command.command("export")
@click.argument("file", metavar="FILE.xlsx", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--limit", type=click.IntRange(1), metavar="N", help="Most pairs written, the most valuable first."
)
@click.option(
    "--store", type=click.Path(dir_okay=False, path_type=Path), help="Store; default: crmclean.db here."
)
@common_options
def export(file: Path, limit: int | None, store: Path | None, **options: Any) -> None:
    """Write the doubtful pairs side by side, with a column to decide in."""
    from crmclean.steward import doubts_of, write_workbook_of
    from crmclean.store import Store

    config = configured(options["config"], lang=options["lang"], store=store)
    with Store(store_path(store), create=False, read_only=True, lang=config.lang) as opened:
        doubts = doubts_of(opened, lang=config.lang, most=limit or 0)
    write_workbook_of(doubts, file, config.lang)
    if options["as_json"]:
        tell_json({"file": str(file), "pairs": len(doubts)})
    elif not options["quiet"]:
        column = say("steward.review.column.decision", config.lang)
        tell(
            say("steward.review.written", config.lang, pairs=len(doubts), file=file.as_posix(), column=column)
        )


@command.command("import")
@click.argument("file", metavar="FILE.xlsx", type=click.Path(dir_okay=False, path_type=Path))
@deciding_options
def import_(file: Path, **options: Any) -> None:
    """Read the decisions of a workbook, checked row by row; one wrong row and nothing is applied.

    Without --apply it shows what would change.
    """
    from crmclean.steward import apply, preview, propose_review, read_workbook
    from crmclean.store import Store

    config = configured(options["config"], lang=options["lang"], store=options["store"])
    doing = options["apply_it"]
    with Store(store_path(options["store"]), create=False, read_only=not doing, lang=config.lang) as store:
        read = read_workbook(store, file, config.lang)
        if read.findings:
            _refuse(read, file, config, as_json=options["as_json"])
        words = [(pair, word) for _, pair, word, _ in read.decided]
        proposal = propose_review(store, words, word_of(options), reasons=[r for *_, r in read.decided])
        effects = (apply if doing else preview)(store, proposal, config)
    counts = {**_counts([word for _, word in words]), "open": read.left_open}
    if options["as_json"]:
        tell_json({**effects_json(proposal, effects, done=doing), **counts})
    elif not options["quiet"]:
        for line in effects_lines(proposal, effects, config.lang):
            tell(line)
        tell(say("steward.review.said", config.lang, **counts))
        tell(say("steward.done" if doing else "steward.dry", config.lang))


def _refuse(read: Any, file: Path, config: Config, *, as_json: bool) -> None:
    """Says what is wrong, row by row.

    Raises:
        GateError: Always.
    """
    if as_json:
        tell_json({"findings": [{"row": f.row, "code": f.code, "detail": f.detail} for f in read.findings]})
    else:
        for finding in read.findings:
            tell(finding.sentence(config.lang))
    raise GateError(say("steward.review.refused", config.lang, count=len(read.findings), file=file.name))

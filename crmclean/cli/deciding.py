"""What the commands of a steward share: who and why, looking first, and how effects are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click

from crmclean.cli.console import table_text, tell, tell_json
from crmclean.cli.options import common_options, configured, store_path
from crmclean.config import Config
from crmclean.messages import Lang, catalogue, say

__all__ = ["deciding_options", "effects_json", "effects_lines", "word_of", "worked"]

F = TypeVar("F", bound=Callable[..., Any])
_ORDER = (
    "salutation", "title", "given_name", "family_name", "organization", "legal_form", "birth_date", "street",
    "house_number", "postal_code", "city", "country", "email", "phone", "mobile", "customer_no",
)  # fmt: skip
MOST = 12
"""Rows shown of a list; the rest is counted."""


def deciding_options(function: F) -> F:
    """--apply, --actor, --reason, --store and those that all commands have."""
    for option in (
        click.option(
            "--store",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Store; default: crmclean.db here.",
        ),
        click.option("--reason", default="", help="Why; kept with the decision."),
        click.option("--actor", default="", metavar="NAME", help="Who decides; needed with --apply."),
        click.option(
            "--apply", "apply_it", is_flag=True, help="Do it; without it only what would change is shown."
        ),
    ):
        function = option(function)
    return common_options(function)


def word_of(options: Mapping[str, Any]) -> Any:
    """Who says it and why, of the options."""
    from crmclean.steward import Word

    return Word(actor=options["actor"], reason=options["reason"])


def worked(propose: Callable[[Any, Config], Any], options: Mapping[str, Any]) -> None:
    """Makes a proposal on the store, shows what it changes and does it if asked to.

    Args:
        propose: Store and configuration to the proposal.
        options: Values of `deciding_options`.
    """
    from crmclean.steward import apply, preview
    from crmclean.store import Store

    config = configured(options["config"], lang=options["lang"], store=options["store"])
    path = store_path(options["store"])
    with Store(path, create=False, read_only=not options["apply_it"], lang=config.lang) as store:
        proposal = propose(store, config)
        effects = (apply if options["apply_it"] else preview)(store, proposal, config)
    if options["as_json"]:
        tell_json(effects_json(proposal, effects, done=options["apply_it"]))
    elif not options["quiet"]:
        for line in effects_lines(proposal, effects, config.lang):
            tell(line)
        tell(say("steward.done" if options["apply_it"] else "steward.dry", config.lang))


def effects_json(proposal: Any, effects: Any, *, done: bool) -> dict[str, Any]:
    """A proposal and its effects for machines."""
    return {
        "command": proposal.command,
        "applied": done,
        "decisions": _rows(proposal.decisions),
        "locks": _rows(proposal.locks),
        "replaced": _rows(proposal.replaced),
        "before": [asdict(golden) for golden in effects.before],
        "after": [asdict(golden) for golden in effects.after],
        "ids": _rows(effects.ids),
        "permissions": _rows(effects.permissions),
        "moved": effects.moved,
        "others": list(effects.others),
    }


def _rows(frame: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return rows


def effects_lines(proposal: Any, effects: Any, lang: Lang) -> Iterator[str]:
    """The effects in lines: golden values now and then, ids, permissions, what follows."""
    if effects.nothing and not effects.others:
        yield say("steward.unchanged", lang)
    else:
        yield from _golden_lines(effects, lang)
        for row in effects.ids.fillna("").itertuples(index=False):
            yield say(f"steward.id.{row.change}", lang, id=row.customer_id, other=row.other_id)
        yield from _permission_lines(effects, lang)
        moved = [
            f"{count} {say(f'steward.table.{name}', lang)}" for name, count in effects.moved.items() if count
        ]
        if moved:
            yield say("steward.moved", lang, tables=", ".join(moved))
        if effects.others:
            yield say("steward.others", lang, count=len(effects.others))
    if len(proposal.replaced):
        yield say("steward.replaced", lang, count=len(proposal.replaced))


def _golden_lines(effects: Any, lang: Lang) -> Iterator[str]:
    """A table: a row per field, a column per customer, now and then; only what is not the same in all."""
    shown = [*effects.before[:MOST], *effects.after[:MOST]]
    order = {name: place for place, name in enumerate(_ORDER)}
    named = {field for golden in shown for field in golden.values}
    fields = sorted(named, key=lambda f: (order.get(f, len(order)), f))
    keep = [
        f
        for f in fields
        if len({g.values.get(f) for g in shown}) > 1 or f in {"given_name", "family_name", "organization"}
    ]
    heads = [f"{say('steward.as_is', lang)} {g.customer_id[:8]}" for g in effects.before[:MOST]]
    heads += [f"{say('steward.to_be', lang)} {g.customer_id[:8]}" for g in effects.after[:MOST]]
    for head, golden in zip(heads, shown, strict=True):
        yield f"{head}: {' '.join(golden.records)}"
    yield ""
    rows = [(_field(f, lang), *(g.values.get(f, "") for g in shown)) for f in keep]
    yield table_text([say("steward.field", lang), *heads], rows, most=36)
    rest = max(0, len(effects.before) - MOST) + max(0, len(effects.after) - MOST)
    if rest:
        yield say("steward.more", lang, count=rest)
    yield ""


def _field(name: str, lang: Lang) -> str:
    key = f"view.field.{name}"
    return say(key, lang) if key in catalogue() else name


def _permission_lines(effects: Any, lang: Lang) -> Iterator[str]:
    changed = effects.permissions.fillna("-")
    if not len(changed):
        return
    yield say("steward.permissions", lang)
    rows = [
        (row.customer_id[:8], row.channel, row.purpose, row.contact_point, row.before, row.after)
        for row in changed.head(MOST).itertuples(index=False)
    ]
    yield table_text(say("steward.permission_columns", lang).split(), rows)
    if len(changed) > MOST:
        yield say("steward.more", lang, count=len(changed) - MOST)

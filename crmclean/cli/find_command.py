"""``crmclean find``: who is this number, address, name? And: is somebody new known already?"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from crmclean.cli.console import tell, tell_json
from crmclean.cli.options import common_options, configured, store_path
from crmclean.config import Config
from crmclean.errors import ConfigError, ReadError
from crmclean.messages import Lang, say
from crmclean.store import Store
from crmclean.view import Candidate, Finder, permission_text, why_text
from crmclean.view.check import Checked, Known, check_new

__all__ = ["command"]

EXIT_LIKELY, EXIT_SURE = 10, 11
_SHAPE = '{"name": "...", "phone": "..."}'
_FACTS = (
    "name",
    "organization",
    "phone",
    "email",
    "street",
    "house_number",
    "postal_code",
    "city",
    "birth_date",
)


@click.command("find")
@click.argument("query", metavar="[QUERY]", required=False)
@click.option("--new", "is_new", is_flag=True, help="Check before create: is this customer known already?")
@click.option("--name", help="Name of a person (of the new customer, or as part of the question).")
@click.option("--organization", help="Name of a company.")
@click.option("--phone", help="Phone number in any spelling.")
@click.option("--email", help="E-mail address.")
@click.option("--street", help="Street, with or without number.")
@click.option("--house-number", help="House number, where it is apart.")
@click.option("--postal-code", help="Postcode.")
@click.option("--city", help="Town.")
@click.option("--birth-date", help="Date of birth; with --new only.")
@click.option(
    "--store", type=click.Path(dir_okay=False, path_type=Path), help="Store; default: crmclean.db here."
)
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="Most candidates shown."
)
@common_options
def command(query: str | None, is_new: bool, store: Path | None, limit: int, **options: Any) -> None:
    """Find a customer by phone number, e-mail, user name, customer number, or words of name and place.

    Exit code 1 if nobody is found. With --new the answer is sure (exit code 11), likely (10) or none (0);
    QUERY - reads the new record as a JSON object from standard input.
    """
    config = configured(options["config"], lang=options["lang"], store=store)
    facts = {name: options[name] for name in _FACTS if options.get(name)}
    if is_new:
        found = _checked(store_path(store), _new_record(query, facts), config, limit)
        _tell_checked(found, config.lang, as_json=options["as_json"])
        code = {"none": 0, "likely": EXIT_LIKELY, "sure": EXIT_SURE}[found.answer]
        if code:
            raise click.exceptions.Exit(code)
        return
    asked = _question(query, facts)
    finder = Finder(store_path(store), country=config.normalize.default_country or None)
    candidates = finder.find(asked, limit=limit)
    if options["as_json"]:
        tell_json([_as_json(c, config.lang) for c in candidates])
    elif candidates:
        for number, candidate in enumerate(candidates, 1):
            tell(_block(number, candidate, config.lang))
    else:
        tell(say("cli.find.none", config.lang))
    if not candidates:
        raise click.exceptions.Exit(1)


def _question(query: str | None, facts: dict[str, str]) -> str | dict[str, str]:
    if query and facts:
        raise ConfigError.of("errors.find.both")
    if not query and not facts:
        raise ConfigError.of("errors.find.nothing")
    return query or facts


def _new_record(query: str | None, facts: dict[str, str]) -> dict[str, str]:
    """The facts of the new record: from the options, and from standard input where QUERY is -.

    Raises:
        ReadError: Standard input is no JSON object.
        ConfigError: A QUERY that is not -.
    """
    if query is None:
        return facts
    if query != "-":
        raise ConfigError.of("errors.find.new")
    try:
        given = json.loads(sys.stdin.read())
    except ValueError as error:
        raise ReadError.of("errors.find.json", shape=_SHAPE) from error
    if not isinstance(given, dict):
        raise ReadError.of("errors.find.object", shape=_SHAPE)
    return {str(k): str(v) for k, v in given.items() if v is not None} | facts


def _checked(path: Path, new: dict[str, str], config: Config, limit: int) -> Checked:
    with Store(path, create=False, read_only=True, lang=config.lang) as opened:
        return check_new(opened, new, config, limit=limit)


def _tell_checked(found: Checked, lang: Lang, *, as_json: bool) -> None:
    if as_json:
        rows = [[_known_json(k, lang) for k in part] for part in (found.known, found.companies)]
        tell_json({"answer": found.answer, "known": rows[0], "companies": rows[1]})
        return
    tell(say(f"view.check.{found.answer}", lang))
    for known in found.known:
        _tell_known(known, lang)
    if found.companies:
        tell(say("view.check.companies", lang))
    for company in found.companies:
        _tell_known(company, lang)


def _tell_known(known: Known, lang: Lang) -> None:
    chance = "" if known.probability is None else f" {100 * known.probability:.0f} %"
    tell(f"  {say(f'view.check.word.{known.answer}', lang)}{chance}: {_line(known.candidate, lang)}")
    tell(f"    {known.reason or why_text(' '.join(known.candidate.why), lang)}")


def _known_json(known: Known, lang: Lang) -> dict[str, Any]:
    told = {"answer": known.answer, "probability": known.probability, "reason": known.reason}
    return told | _as_json(known.candidate, lang)


def _line(candidate: Candidate, lang: Lang) -> str:
    name = candidate.name or say("view.hidden" if candidate.hidden else "view.unnamed", lang)
    place = " ".join(p for p in (candidate.street, candidate.postal_code, candidate.city) if p)
    return ", ".join(p for p in (name, place, candidate.customer_id) if p)


def _as_json(candidate: Candidate, lang: Lang) -> dict[str, Any]:
    return asdict(candidate) | {"reason_found": why_text(" ".join(candidate.why), lang)}


def _block(number: int, candidate: Candidate, lang: Lang) -> str:
    """A candidate in lines of its own: terminals are narrow."""
    name = candidate.name or say("view.hidden" if candidate.hidden else "view.unnamed", lang)
    place = " ".join(p for p in (candidate.street, candidate.postal_code, candidate.city) if p)
    allowed = permission_text(candidate.permissions, lang)
    last = f"{(candidate.last_contact or '')[:10]} {candidate.last_channel or ''}".strip()
    lines = [
        f"{number:>2}  {name} ({say('view.' + candidate.kind, lang)})  {candidate.score:.2f}  {candidate.customer_id}",
        place,
        why_text(" ".join(candidate.why), lang),
        f"{say('cli.find.consent', lang)}: {allowed}" if allowed else "",
        f"{say('cli.find.last', lang)}: {last}" if last else "",
    ]
    return "\n    ".join(line for line in lines if line)

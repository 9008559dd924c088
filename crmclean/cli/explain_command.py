"""``crmclean explain``: why two records are one customer, or why not."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from crmclean.cli.console import table_text, tell, tell_json
from crmclean.cli.options import common_options, configured, store_path
from crmclean.errors import NotFoundError
from crmclean.match.explain import Explanation, explain_pair
from crmclean.match.model import model_from_text
from crmclean.messages import Lang, say
from crmclean.store import Store
from crmclean.tables import Addresses, Contacts, Parties

__all__ = ["command"]


@click.command("explain")
@click.argument("left", metavar="SOURCE:RECORD")
@click.argument("right", metavar="SOURCE:RECORD")
@click.option(
    "--store", type=click.Path(dir_okay=False, path_type=Path), help="Store; default: crmclean.db here."
)
@common_options
def command(left: str, right: str, store: Path | None, **options: Any) -> None:
    """Say why two records of the store are one customer, or why not."""
    config = configured(options["config"], lang=options["lang"], store=store)
    with Store(store_path(store), create=False) as opened:
        explanation, together = explain(opened, left, right, config.lang)
    if options["as_json"]:
        tell_json({**asdict(explanation), "one_customer": together})
        return
    for line in explanation_lines(explanation, config.lang, together=together):
        tell(line)


def explain(store: Store, left: str, right: str, lang: Lang) -> tuple[Explanation, bool]:
    """The explanation of two records of a store, and whether they are one customer.

    Raises:
        NotFoundError: A record is not in the store, or the two have no kind of party in common.
    """
    parties, members = store.load("parties"), store.load("members")
    kinds = [_parties_of(parties, record) for record in (left, right)]
    common = [kind for kind in ("person", "organization") if all(kind in found for found in kinds)]
    if not common:
        raise NotFoundError(
            f"{left} and {right} are of different kinds",
            hint="one names a person, the other only an organization: they are related, never merged",
        )
    a, b = (found[common[0]] for found in kinds)
    customer = members.set_index("party")["customer_id"]
    tables = (Parties(parties), Contacts(store.load("contacts")), Addresses(store.load("addresses")))
    model = model_from_text(store.load("models").set_index("kind")["text"][common[0]])
    try:
        return explain_pair(a, b, tables, model, lang=lang), bool(customer[a] == customer[b])
    except KeyError as error:
        raise NotFoundError(f"{left} or {right} is a test row: test rows are never compared") from error


def _parties_of(parties: Any, record: str) -> dict[str, str]:
    source, sign, key = record.partition(":")
    rows = parties[(parties["source"] == source) & (parties["record_id"] == key)]
    if not sign or not len(rows):
        raise NotFoundError(
            f"no record {record} in the store", hint="write it as source:record_id, for example erp:10002"
        )
    first = rows.sort_values("party", ascending=False)
    return dict(zip(first["kind"].tolist(), first["party"].tolist(), strict=True))


def explanation_lines(explanation: Explanation, lang: Lang, *, together: bool) -> list[str]:
    """The explanation as lines: the answer, the steps as a table, weight and probability."""
    answer = say("cli.explain.why" if together else "cli.explain.why_not", lang, reason=explanation.sentence)
    rows = [
        (s.comparison, s.level, f"{s.bits:+.1f}", f"{s.bits_related:+.1f}", s.sentence)
        for s in explanation.steps
    ]
    rows.insert(0, ("prior", "", f"{explanation.prior:+.1f}", "", ""))
    lines = [answer, "", table_text(["comparison", "level", "bits", "bits_related", ""], rows), ""]
    lines.append(f"weight {explanation.weight:+.2f}  probability {explanation.probability:.4f}")
    if together and explanation.probability < 0.5:
        lines.append(say("cli.explain.indirect", lang))
    if not together:
        lines.append(say("cli.explain.apart", lang))
    if explanation.related > 0.5:
        lines.append(say("cli.explain.related", lang, probability=f"{explanation.related:.2f}"))
    return lines

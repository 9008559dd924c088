"""``crmclean explain``: why two records are one customer, or why not; how a customer grew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import pandas as pd

from crmclean.cli.console import table_text, tell, tell_json
from crmclean.cli.options import common_options, configured, store_path
from crmclean.config import Config
from crmclean.errors import NotFoundError
from crmclean.match.explain import Explanation, explain_pair, waterfall
from crmclean.match.growth import Apart, Growth, Link, explain_apart, explain_cluster
from crmclean.match.meeting import Meeting
from crmclean.match.model import Model, model_from_text
from crmclean.match.tune import threshold_bits
from crmclean.messages import Lang, say
from crmclean.store import Store
from crmclean.tables import Addresses, Contacts, Parties

__all__ = ["command"]

Tables = tuple[Parties, Contacts, Addresses]
CLOSEST = 5
"""Blocking rules named where none brought two records together."""


@click.command("explain")
@click.argument("left", metavar="RECORD|CUSTOMER")
@click.argument("right", metavar="[RECORD]", required=False)
@click.option(
    "--store", type=click.Path(dir_okay=False, path_type=Path), help="Store; default: crmclean.db here."
)
@common_options
def command(left: str, right: str | None, store: Path | None, **options: Any) -> None:
    """Say why two records are one customer, or why not; of one customer, how it grew.

    A RECORD is written source:record_id. With one RECORD or CUSTOMER (its id): the order in which its
    records joined, its weakest bridge, and what contradicts within it.
    """
    config = configured(options["config"], lang=options["lang"], store=store)
    with Store(store_path(store), create=False, read_only=True, lang=config.lang) as opened:
        if right is None:
            value, lines = _customer(opened, left, config)
        else:
            value, lines = _pair(opened, left, right, config)
    if options["as_json"]:
        tell_json(value)
        return
    for line in lines:
        tell(line)


def _pair(store: Store, left: str, right: str, config: Config) -> tuple[dict[str, Any], list[str]]:
    """The explanation of two records, for machines and for people.

    Raises:
        NotFoundError: A record is not in the store, or the two have no kind of party in common.
    """
    tables, members = _tables(store), store.load("members")
    kinds = [_parties_of(tables[0], record) for record in (left, right)]
    common = [kind for kind in ("person", "organization") if all(kind in found for found in kinds)]
    if not common:
        raise NotFoundError(
            f"{left} and {right} are of different kinds",
            hint="one names a person, the other only an organization: they are related, never merged",
        )
    a, b = (found[common[0]] for found in kinds)
    customer = members.set_index("party")["customer_id"]
    model = _model(store, common[0])
    try:
        explained = explain_pair(a, b, tables, model, lang=config.lang)
        together = bool(customer[a] == customer[b])
        apart = None if together else _apart((a, b), members, tables, model, config)
    except KeyError as error:
        raise NotFoundError(f"{left} or {right} is a test row: test rows are never compared") from error
    bars = [asdict(bar) for bar in waterfall(explained)]
    value = {**asdict(explained), "one_customer": together, "waterfall": bars}
    value["apart"] = None if apart is None else asdict(apart)
    lines = explanation_lines(explained, config.lang, together=together)
    if apart is not None:
        lines += apart_lines(apart, explained, config)
    return value, lines


def _apart(
    pair: tuple[str, str], members: pd.DataFrame, tables: Tables, model: Model, config: Config
) -> Apart:
    customer = members.set_index("party")["customer_id"]
    alike = members[members["kind"] == model.kind]
    ones, others = (alike.loc[alike["customer_id"] == customer[party], "party"].tolist() for party in pair)
    return explain_apart(pair, (ones, others), tables, model, cap=config.match.block_cap, lang=config.lang)


def _customer(store: Store, asked: str, config: Config) -> tuple[dict[str, Any], list[str]]:
    """How a customer grew; asked by its id or by one of its records.

    Raises:
        NotFoundError: No such customer or record.
    """
    tables, members = _tables(store), store.load("members")
    if ":" in asked:
        found = _parties_of(tables[0], asked)
        party = found.get("person") or found["organization"]
        known = members.set_index("party")["customer_id"]
        if party not in known:
            raise NotFoundError(f"{asked} belongs to no customer")
        customer_id = str(known[party])
    else:
        customer_id = store.resolve(asked)
    own = members[members["customer_id"] == customer_id]
    if not len(own):
        raise NotFoundError(f"customer {customer_id} has no records", hint="its id is retired")
    model = _model(store, str(own["kind"].iloc[0]))
    try:
        growth = explain_cluster(
            own["party"].tolist(),
            tables,
            model,
            threshold=threshold_bits(config.match),
            lang=config.lang,
        )
    except KeyError as error:
        raise NotFoundError(f"{asked} is a test row: test rows are never compared") from error
    return {"customer_id": customer_id, **asdict(growth)}, growth_lines(customer_id, growth, config.lang)


def _tables(store: Store) -> Tables:
    return (
        Parties(store.load("parties")),
        Contacts(store.load("contacts")),
        Addresses(store.load("addresses")),
    )


def _model(store: Store, kind: str) -> Model:
    return model_from_text(store.load("models").set_index("kind")["text"][kind])


def _parties_of(parties: pd.DataFrame, record: str) -> dict[str, str]:
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
    ends = {bar.name: bar.end for bar in waterfall(explanation)}
    rows = [
        (
            s.comparison,
            s.level,
            f"{s.bits:+.1f}",
            f"{s.bits_related:+.1f}",
            f"{ends[s.comparison]:+.1f}",
            s.sentence,
        )
        for s in explanation.steps
    ]
    rows.insert(0, ("prior", "", f"{explanation.prior:+.1f}", "", f"{explanation.prior:+.1f}", ""))
    header = ["comparison", "level", "bits", "bits_related", "sum", ""]
    lines = [answer, "", table_text(header, rows), ""]
    lines.append(f"weight {explanation.weight:+.2f}  probability {explanation.probability:.4f}")
    if together and explanation.probability < 0.5:
        lines.append(say("cli.explain.indirect", lang))
    if explanation.related > 0.5:
        lines.append(say("cli.explain.related", lang, probability=f"{explanation.related:.2f}"))
    return lines


def apart_lines(apart: Apart, explanation: Explanation, config: Config) -> list[str]:
    """Why not: what pulled down, which rules missed the pair, what contradicts between the customers."""
    lang = config.lang
    lines = []
    down = sorted(
        (s for s in explanation.steps if min(s.bits, s.bits_related) < 0),
        key=lambda s: (min(s.bits, s.bits_related), s.comparison),
    )
    if down:
        facts = ", ".join(f"{s.sentence} ({min(s.bits, s.bits_related):+.1f})" for s in down)
        lines.append(say("cli.explain.down", lang, facts=facts))
    if not apart.compared:
        lines.append(say("cli.explain.missed", lang))
        lines += [f"  {_meeting_line(m, lang)}" for m in apart.meetings[:CLOSEST]]
    elif explanation.weight >= threshold_bits(config.match):
        lines.append(say("cli.explain.strong", lang))
    else:
        lines.append(say("cli.explain.below", lang))
    if apart.contradictions:
        lines.append(say("cli.explain.contradiction", lang))
        lines += [f"  {_link_line(link)}" for link in apart.contradictions[:CLOSEST]]
    return lines


def _meeting_line(meeting: Meeting, lang: Lang) -> str:
    if meeting.cut:
        return say("cli.explain.rule_cut", lang, rule=meeting.rule, block=meeting.block)
    facts = {"differing": ", ".join(meeting.differing) or "-", "missing": ", ".join(meeting.missing) or "-"}
    return say("cli.explain.rule", lang, rule=meeting.rule, **facts)


def _record(party: str) -> str:
    return party.rpartition("/")[0]


def _link_line(link: Link) -> str:
    return f"{_record(link.party_l)} - {_record(link.party_r)}: {link.sentence} ({link.weight:+.1f})"


def growth_lines(customer_id: str, growth: Growth, lang: Lang) -> list[str]:
    """How a customer grew, as lines: the links in order, the weakest bridge, contradictions."""
    lines = [say("cli.explain.grew", lang, customer=customer_id, records=len(growth.parties))]
    if growth.weakest is None:
        return [*lines, say("cli.explain.alone", lang, record=_record(growth.parties[0]))]
    lines += ["", _links_table(growth.links), ""]
    weakest = growth.weakest
    lines.append(say("cli.explain.bridge", lang, link=_link_line(weakest)))
    if not all(link.certain for link in growth.links):
        lines.append(say("cli.explain.by_others", lang))
    if growth.contradictions:
        lines.append(say("cli.explain.inside", lang))
        lines += [f"  {_link_line(link)}" for link in growth.contradictions]
    return lines


def _links_table(links: Sequence[Link]) -> str:
    rows = [
        (
            i,
            _record(k.party_l),
            _record(k.party_r),
            f"{k.sizes[0]}+{k.sizes[1]}",
            f"{k.weight:+.1f}",
            f"{k.probability:.3f}",
            k.sentence,
        )
        for i, k in enumerate(links, start=1)
    ]
    return table_text(["#", "", "", "records", "bits", "probability", ""], rows, most=90)

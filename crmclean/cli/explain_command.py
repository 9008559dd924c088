"""``crmclean explain``: why two records are one customer, or why not; how a customer grew."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click
import pandas as pd

from crmclean.cli.console import tell, tell_json
from crmclean.cli.explain_text import apart_lines, growth_lines, pair_lines, values_of, values_table
from crmclean.cli.options import common_options, configured, store_path
from crmclean.config import Config
from crmclean.errors import NotFoundError
from crmclean.match.explain import explain_pair, waterfall
from crmclean.match.growth import Apart, Basis, explain_apart, explain_cluster
from crmclean.match.model import Model, model_from_text
from crmclean.match.tune import decision_threshold
from crmclean.messages import say
from crmclean.store import Store
from crmclean.tables import Addresses, Contacts, Decisions, Parties

__all__ = ["command"]

Tables = tuple[Parties, Contacts, Addresses]


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
        raise NotFoundError.of("errors.explain.kinds", left=left, right=right)
    explained = [
        _of_kind(store, kind, (kinds[0][kind], kinds[1][kind]), (tables, members), config) for kind in common
    ]
    value, lines = explained[0]
    for further, said in explained[1:]:
        value["companies"] = further
        lines += ["", say("explain.companies", config.lang), *said]
    return value, lines


def _of_kind(
    store: Store, kind: str, pair: tuple[str, str], held: tuple[Tables, pd.DataFrame], config: Config
) -> tuple[dict[str, Any], list[str]]:
    """The explanation of two parties of one kind.

    Raises:
        NotFoundError: One of the two is a test row.
    """
    (tables, members), (a, b) = held, sorted(pair)
    basis = _basis(store, kind, tables, config)
    customer = members.set_index("party")["customer_id"]
    ends = (a.rpartition("/")[0], b.rpartition("/")[0])
    try:
        explained = explain_pair(a, b, tables, basis.model, lang=config.lang)
        together = bool(customer[a] == customer[b])
        apart = None if together else _apart(store, (a, b), members, basis)
    except KeyError as error:
        raise NotFoundError.of("errors.explain.test_row", record=", ".join(ends)) from error
    values = (values_of(a, tables, config.lang), values_of(b, tables, config.lang))
    bars = [asdict(bar) for bar in waterfall(explained)]
    value = {**asdict(explained), "one_customer": together, "waterfall": bars, "values": values}
    value["apart"] = None if apart is None else asdict(apart)
    answer = say(f"explain.{'why' if together else 'why_not'}", config.lang, reason=explained.sentence)
    lines = [answer, "", values_table(ends, values, config.lang)]
    threshold = decision_threshold(basis.config)
    lines += pair_lines(explained, config.lang, together=together, threshold=threshold)
    if apart is not None:
        lines += apart_lines(apart, explained, config.lang, threshold=threshold)
    return value, lines


def _apart(store: Store, pair: tuple[str, str], members: pd.DataFrame, basis: Basis) -> Apart:
    customer = members.set_index("party")["customer_id"]
    alike = members[members["kind"] == basis.model.kind]
    ones, others = (alike.loc[alike["customer_id"] == customer[party], "party"].tolist() for party in pair)
    near = _near(store, alike, [*ones, *others], basis)
    return explain_apart(pair, (ones, others), basis, near=near)


def _near(store: Store, members: pd.DataFrame, own: list[str], basis: Basis) -> list[str]:
    """Parties of the further customers that one of these parties fits."""
    scores = store.load("scores")
    strong = scores[scores["probability"] >= decision_threshold(basis.config)]
    touched = strong[strong["party_l"].isin(own) | strong["party_r"].isin(own)]
    parties = {*touched["party_l"], *touched["party_r"]}
    customers = members.loc[members["party"].isin(parties), "customer_id"]
    found = members.loc[members["customer_id"].isin(customers), "party"]
    tests = basis.tables[0].loc[basis.tables[0]["is_test"], "party"]
    return sorted(set(found) - set(own) - set(tests))


def _basis(store: Store, kind: str, tables: Tables, config: Config) -> Basis:
    """Records, model, settings and decisions of the store."""
    free = {name for name, source in config.read.sources.items() if source.no_duplicates}
    match = replace(config.match, no_duplicates=tuple(sorted({*config.match.no_duplicates, *free})))
    return Basis(tables, _model(store, kind), match, Decisions(store.load("decisions")), config.lang)


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
            raise NotFoundError.of("errors.explain.no_customer", record=asked)
        customer_id = str(known[party])
    else:
        customer_id = store.resolve(asked)
    own = members[members["customer_id"] == customer_id]
    if not len(own):
        raise NotFoundError.of("errors.explain.retired", customer=customer_id)
    kind, parties = str(own["kind"].iloc[0]), own["party"].tolist()
    basis = _basis(store, kind, tables, config)
    near = _near(store, members[members["kind"] == kind], parties, basis)
    try:
        growth = explain_cluster(parties, basis, near=near)
    except KeyError as error:
        raise NotFoundError.of("errors.explain.test_row", record=asked) from error
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
        raise NotFoundError.of("errors.explain.no_record", record=record)
    first = rows.sort_values("party", ascending=False)
    return dict(zip(first["kind"].tolist(), first["party"].tolist(), strict=True))

"""The stage: members and their records -> customers, one row per value with its origin."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa

from crmclean.config import MergeConfig
from crmclean.merge.address import address_pieces
from crmclean.merge.columns import Book, open_book
from crmclean.merge.conflicts import CONFLICT_FIELDS, STREET_FIELDS, value_conflicts
from crmclean.merge.defaults import chains_of, functions_of
from crmclean.merge.derived import followed_fields, made_rules, winners_of, without_follow
from crmclean.merge.groups import company_pieces, name_pieces
from crmclean.merge.locked import apply_locks
from crmclean.merge.locks import GROUPS, check_locks, pins_of, with_pins
from crmclean.merge.pieces import Piece, compact, customers_table
from crmclean.merge.population import Population
from crmclean.merge.rules import RULES, Rule
from crmclean.merge.single import contact_pieces, single_pieces
from crmclean.schema import frame_of_rows
from crmclean.tables import (
    CUSTOMERS,
    ISSUES,
    LOCKS,
    Addresses,
    Contacts,
    Customers,
    Issues,
    Locks,
    Members,
    Parties,
)

__all__ = ["merge_clusters", "merge_coded"]

_DEFAULT = MergeConfig()
_THREADS = 2  # columns are worked on without the lock of Python
Chains = Mapping[str, Sequence[str]]


def merge_clusters(  # noqa: PLR0913  four tables, the section, and what the caller may add to it
    members: Members,
    parties: Parties,
    contacts: Contacts,
    addresses: Addresses,
    config: MergeConfig = _DEFAULT,
    *,
    priority: Sequence[str] = (),
    rules: Mapping[str, Rule] | None = None,
    locks: Locks | None = None,
    population: Population | None = None,
    day: str = "",
) -> tuple[Customers, Issues]:
    """The customers, value by value, and the conflicts between their records.

    Each distinct value of a customer is a row; the one to show is primary. Name, company and
    address come from one record each, other values by their chain of rules; every value names the
    record it stands in and the rule that chose it. Neither the order of rows nor of tables matters.

    Args:
        members: Uses customer_id, party, kind, is_primary.
        parties: All columns.
        contacts: Uses party, kind, value, key, type, field, valid.
        addresses: All columns.
        config: Chains of rules and the order of sources.
        priority: Sources, best first, where the configuration names none.
        rules: Further rules by name: pure functions from evidence to a key per row.
        locks: What stewards pinned, as far as it holds now; obeyed before all rules.
        population: How common values are among all customers, where these are but some of them.
        day: The day of the run: addresses that ended before it come last; "": every end that is said counts.

    Raises:
        ConfigError: A chain or a lock names a field or rule that does not exist.
    """
    rows, conflicts = merge_coded(
        members, parties, contacts, addresses, config, priority=priority, rules=rules, locks=locks,
        population=population, day=day,
    )  # fmt: skip
    return CUSTOMERS.check(frame_of_rows(rows)), conflicts


def merge_coded(  # noqa: PLR0913  as `merge_clusters`
    members: Members,
    parties: Parties,
    contacts: Contacts,
    addresses: Addresses,
    config: MergeConfig = _DEFAULT,
    *,
    priority: Sequence[str] = (),
    rules: Mapping[str, Rule] | None = None,
    locks: Locks | None = None,
    population: Population | None = None,
    day: str = "",
) -> tuple[pa.Table, Issues]:
    """As `merge_clusters`, the customers with texts as codes: a quarter of the room."""
    known = {**RULES, **functions_of(config), **(rules or {})}
    chains: Chains = chains_of(config, known)
    order = (*config.source_priority, *(s for s in priority if s not in config.source_priority))
    book = replace(open_book(members, parties, order, population), day=day)
    held = LOCKS.empty() if locks is None else locks
    check_locks(held)
    rows = customers_table(book, _all_pieces(book, (contacts, addresses), (chains, known), config, held))
    former = _former(addresses, parties, day)
    if not len(held):
        return rows, value_conflicts(_contested(rows), members, former)
    rows, found = apply_locks(rows, book, addresses, held)
    both = [table for table in (value_conflicts(_contested(rows), members, former), found) if len(table)]
    return rows, ISSUES.check(pd.concat(both, ignore_index=True)) if both else ISSUES.empty()


def _former(addresses: Addresses, parties: Parties, day: str) -> pd.DataFrame:
    """The streets of addresses that have ended by a day, with their records."""
    over = addresses["valid_to"].notna() & ((addresses["valid_to"] < day) if day else True)
    ended = addresses.loc[over, ["party", "street"]].rename(columns={"street": "value"})
    records = parties.loc[parties["party"].isin(ended["party"]), ["party", "source", "record_id"]]
    return ended.merge(records, on="party")


def _contested(rows: pa.Table) -> Customers:
    """Of the fields that can have one value only the rows of the customers that have several."""
    fields = rows["field"].combine_chunks()
    names = fields.dictionary.to_pylist()
    looked_at = (*CONFLICT_FIELDS, *STREET_FIELDS)
    asked = np.array([*(name in looked_at for name in names), False])[fields.indices.to_numpy()]
    primary = rows["is_primary"].combine_chunks().to_numpy(zero_copy_only=False)
    owner = rows["customer_id"].combine_chunks()
    several = np.zeros(len(owner.dictionary) + 1, dtype=bool)
    codes = owner.indices.to_numpy()
    several[codes[asked & ~primary]] = True
    return CUSTOMERS.check(frame_of_rows(rows.take(np.flatnonzero(asked & several[codes]))))


def _all_pieces(
    book: Book,
    tables: tuple[Contacts, Addresses],
    law: tuple[Chains, Mapping[str, Rule]],
    config: MergeConfig,
    held: Locks,
) -> list[Piece]:
    """The values of all fields; what follows another field is chosen after it."""
    chains, known = law
    following = followed_fields(chains)
    first = without_follow(chains) if following else chains
    rules = {**known, **made_rules(book, first, config)}
    pins = pins_of(book, held)
    pieces = _pieces(book, tables, with_pins(first, rules, pins))
    if not following:
        return pieces
    winners = winners_of(book, pieces, {name for said in following.values() for name in said})
    rules = {**rules, **made_rules(book, chains, config, winners)}
    after = {field for name in following for field in GROUPS.get(name, (name,))}
    again = _pieces(book, tables, with_pins(chains, rules, pins))
    return [new if new.field in after else old for old, new in zip(pieces, again, strict=True)]


def _pieces(
    book: Book, tables: tuple[Contacts, Addresses], law: tuple[Chains, Mapping[str, Rule]]
) -> list[Piece]:
    contacts, addresses = tables
    chains, rules = law
    groups: tuple[Callable[[], list[Piece]], ...] = (
        lambda: name_pieces(book, chains, rules),
        lambda: company_pieces(book, chains, rules),
        lambda: single_pieces(book, chains, rules),
        lambda: address_pieces(book, addresses, chains, rules),
        lambda: contact_pieces(book, contacts, chains, rules),
    )
    with ThreadPoolExecutor(_THREADS) as pool:  # what takes longest is begun first
        waiting = [pool.submit(_compacted, group) for group in reversed(groups)]
        name, company, single, address, contact = [one.result() for one in reversed(waiting)]
    return [*name, *company, *address, *contact, *single]


def _compacted(group: Callable[[], list[Piece]]) -> list[Piece]:
    return [compact(piece) for piece in group()]

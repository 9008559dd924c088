"""The properties of survivorship and identity, for the tables of any store whose raw rows are known.

Each is told by what the sources said (`Row`), not by what another table of ours says. docs/merge.md
lists which sentence each stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from crmclean.decisions import standing
from crmclean.merge.origin import raw_cells
from crmclean.store import Store
from crmclean.tables import Customers, Decisions, Identities, Locks, Records
from tests.steward.rows import Row

Key = tuple[str, str]
ADDRESS = ("street", "house_number", "postal_code", "city")
SINGLE = ("given_name", "family_name", "birth_date")


@dataclass(frozen=True)
class State:
    """The tables at one moment, each loaded once, and the rows of the sources."""

    load: Callable[[str], pd.DataFrame]
    locks: Locks
    rows: Mapping[Key, Row]

    @cached_property
    def values(self) -> Customers:
        """Values of all customers."""
        return Customers(self.load("customers"))

    @cached_property
    def primary(self) -> Customers:
        """Those that are shown."""
        return Customers(self.values[self.values["is_primary"]])

    @cached_property
    def records(self) -> Records:
        """Raw records."""
        return Records(self.load("records"))

    @cached_property
    def known(self) -> Identities:
        """All ids ever issued."""
        return Identities(self.load("identities").set_index("customer_id"))

    def resolve(self, customer: str) -> str:
        """The id that stands for one that was ever issued."""
        step = self.known["merged_into"].dropna().to_dict()
        for _ in range(len(self.known)):
            if customer not in step:
                break
            customer = step[customer]
        return customer

    @cached_property
    def said(self) -> Decisions:
        """The last word on each pair."""
        return standing(Decisions(self.load("decisions")))

    @cached_property
    def customer_of(self) -> dict[str, str]:
        """Party -> customer."""
        members = self.load("members")
        return dict(zip(members["party"], members["customer_id"], strict=True))

    @cached_property
    def rows_of(self) -> dict[str, list[Row]]:
        """Customer -> what its records say."""
        members = self.load("members")
        found: dict[str, list[Row]] = {}
        for customer, source, record in members[["customer_id", "source", "record_id"]].itertuples(
            index=False
        ):
            found.setdefault(customer, []).append(self.rows[source, record])
        return found

    @cached_property
    def shown(self) -> dict[tuple[str, str], str]:
        """(customer, field) -> the value that is shown."""
        rows = self.primary[["customer_id", "field", "value"]].itertuples(index=False)
        return {(customer, field): value for customer, field, value in rows}

    @cached_property
    def locked(self) -> set[tuple[str, str]]:
        """(customer, field) that a steward pinned."""
        return set(zip(self.locks["customer_id"], self.locks["field"], strict=True))

    @cached_property
    def stewards(self) -> dict[tuple[str, str], str]:
        """(customer, field) -> the value that a steward said himself."""
        pinned = self.locks[self.locks["value"].notna()]
        return {(lock.customer_id, lock.field): lock.value for lock in pinned.itertuples()}


def records_are_those_of_the_sources(state: State) -> None:
    """Every row is there once, and none that is gone."""
    there = list(zip(state.records["source"], state.records["record_id"], strict=True))
    assert sorted(there) == sorted(state.rows)


def each_record_has_one_customer(state: State) -> None:
    """No record is in two customers, or in none."""
    held = sorted(row.key for rows in state.rows_of.values() for row in rows)
    assert held == sorted(state.rows)


def every_id_resolves(state: State, issued: Iterable[str]) -> None:
    """Every id ever issued has an answer, and nobody with records is called gone."""
    known = state.known
    assert set(issued) <= set(known.index)
    alive = set(state.rows_of)
    assert set(known.index[known["status"] == "active"]) == alive
    for one in known.index:
        end = state.resolve(one)
        assert end in alive or known.loc[end, "status"] == "retired"


def words_hold(state: State) -> None:
    """What was told apart is never together; what was told one is, unless that would join what was told apart."""
    told = [
        (state.customer_of[a] == state.customer_of[b], word)
        for a, b, word in state.said[["party_l", "party_r", "decision"]].itertuples(index=False)
        if a in state.customer_of and b in state.customer_of
    ]
    assert not any(together for together, word in told if word == "different")
    if all(word == "same" for _, word in told):
        assert all(together for together, _ in told)


def one_value_is_primary(state: State) -> None:
    """Of each customer and field exactly one value is primary: kinds and types of contact points are fields.

    Of an address, which is chosen as a whole, a part may be silent where another address has it.
    """
    primary = list(zip(state.primary["customer_id"], state.primary["field"], strict=True))
    assert len(primary) == len(set(primary))
    alone = state.values[~state.values["field"].isin(ADDRESS)]
    assert set(zip(alone["customer_id"], alone["field"], strict=True)) <= set(primary)


def empty_never_wins(state: State) -> None:
    """No value is empty, and what one record says is shown though all others are silent."""
    assert state.values["value"].notna().all()
    assert state.values["value"].str.strip().ne("").all()
    for customer, rows in state.rows_of.items():
        for field, said in (("email", "mail"), ("birth_date", "birth"), ("revenue", "revenue")):
            told = any(getattr(row, said) for row in rows) or (customer, field) in state.stewards
            assert ((customer, field) in state.shown) == told, field
        for field, part in zip(ADDRESS, range(4), strict=True):
            if all(row.place[part] for row in rows):
                assert (customer, field) in state.shown, field


def values_have_their_cells(state: State) -> None:
    """Each value names a record of its own customer and the cell it was read from."""
    own = {(customer, *row.key) for customer, rows in state.rows_of.items() for row in rows}
    said = state.values[state.values["record_id"].notna()]
    assert set(said[["customer_id", "source", "record_id"]].itertuples(index=False, name=None)) <= own
    assert set(state.values.loc[state.values["record_id"].isna(), "rule"]) <= {"sum", "locked"}
    assert raw_cells(Customers(said), state.records)["raw"].notna().all()


def values_stand_in_their_rows(state: State) -> None:
    """Each value is what its record says in the field named, letter by letter; for rows that were not normalised."""
    said = state.values[state.values["record_id"].notna() & state.values["rule"].ne("locked")]
    for source, record, field, value in said[["source", "record_id", "source_field", "value"]].itertuples(
        index=False
    ):
        row = state.rows[source, record]
        stands = dict(zip(ADDRESS, row.place, strict=True))
        stands |= {"given_name": row.given, "family_name": row.family, "birth_date": row.birth}
        stands |= {"email": row.mail, "revenue": row.revenue.replace(",", "."), "customer_no": row.record_id}
        assert stands[field] == value, (field, value, row)


def addresses_are_not_mixed(state: State) -> None:
    """Records that give parts of the address that is shown say nothing else of its other parts."""
    parts = state.primary[state.primary["field"].isin(ADDRESS) & state.primary["record_id"].notna()]
    for customer, source, record in set(
        parts[["customer_id", "source", "record_id"]].itertuples(index=False, name=None)
    ):
        row = state.rows[source, record]
        for field, said in zip(ADDRESS, row.place, strict=True):
            if said and (customer, field) not in state.locked:
                assert state.shown[customer, field].rstrip(".") == said.rstrip("."), (field, row)


def locks_win(state: State) -> None:
    """A value that a steward pinned is the one that is shown, through every match."""
    for lock in state.locks.itertuples():
        if lock.customer_id in state.rows_of and isinstance(lock.value, str):
            assert state.shown[lock.customer_id, lock.field] == lock.value


def sums_count_each_number_once(state: State) -> None:
    """Revenue is the sum over the distinct records of the customer."""
    for customer, rows in state.rows_of.items():
        known = [float(row.revenue.replace(",", ".")) for row in rows if row.revenue]
        if known:
            assert abs(float(state.shown[customer, "revenue"]) - sum(known)) < 0.005


def conflicts_are_those_of_the_records(state: State) -> None:
    """A field that can have one value and of which the records say several is a finding, and only then."""
    issues = state.load("issues")
    found = issues[issues["code"].eq("value_conflict") & issues["field"].isin(SINGLE)]
    told = set(zip(found["detail"].str.extract(r"customer=(\S+)")[0], found["field"], strict=True))
    want = set()
    for customer, rows in state.rows_of.items():
        for field, said in zip(SINGLE, ("given", "family", "birth"), strict=True):
            values = {getattr(row, said) for row in rows} | {state.stewards.get((customer, field), "")}
            if len(values - {""}) > 1:
                want.add((customer, field))
    assert told == want


def check_all(state: State, issued: Iterable[str]) -> None:
    """All that hold for any store."""
    records_are_those_of_the_sources(state)
    values_have_their_cells(state)
    check_merged(state, issued)


def check_merged(state: State, issued: Iterable[str]) -> None:
    """All of them that need no raw records."""
    each_record_has_one_customer(state)
    every_id_resolves(state, issued)
    words_hold(state)
    one_value_is_primary(state)
    empty_never_wins(state)
    addresses_are_not_mixed(state)
    locks_win(state)
    sums_count_each_number_once(state)
    conflicts_are_those_of_the_records(state)


def golden(store: Store) -> pd.DataFrame:
    """All values without the ids of their customers: these are named by their smallest record."""
    values, members = store.load("customers"), store.load("members")
    first = (members["source"] + ":" + members["record_id"]).groupby(members["customer_id"]).min()
    named = values.assign(customer_id=values["customer_id"].map(first))
    return named.sort_values(named.columns.tolist()).reset_index(drop=True)

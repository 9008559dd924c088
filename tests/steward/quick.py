"""The laws of identity and survivorship without reading and matching: thousands of random histories.

Clusters are those of a matcher of three lines: a common address, or what stewards said. Ids, golden
values, locks and conflicts are those of the product. The whole product walks in machine.py.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import ClassVar

import pandas as pd
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from crmclean.merge import identify_clusters, merge_clusters
from crmclean.store import holding
from crmclean.tables import (
    ADDRESSES,
    CLUSTERS,
    CONTACTS,
    DECISIONS,
    IDENTITIES,
    LOCKS,
    MEMBERS,
    PARTIES,
    Clusters,
    Identities,
    Members,
)
from tests.steward.laws import State, check_merged, values_stand_in_their_rows
from tests.steward.rows import WAYS, Row, row_of

PICK = st.integers(0, 255)
ROWS = st.lists(st.integers(0, WAYS - 1), min_size=1, max_size=3)
Pair = tuple[str, str]
PRIORITY = ("erp", "shop")


def party_of(row: Row) -> str:
    """The party of a row."""
    return f"{row.source}:{row.record_id}/person"


def tables_of(rows: list[Row]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Parties, contacts and addresses of rows, as normalising would make them."""
    names = [party_of(row) for row in rows]
    parties = {
        "party": names,
        "source": [row.source for row in rows],
        "record_id": [row.record_id for row in rows],
        "kind": ["person"] * len(rows),
        "given_name": [row.given or None for row in rows],
        "family_name": [row.family or None for row in rows],
        "birth_date": [row.birth or None for row in rows],
        "customer_no": [row.record_id for row in rows],
        "revenue": [float(row.revenue.replace(",", ".")) if row.revenue else None for row in rows],
    }
    mails = [row for row in rows if row.mail]
    contacts = {
        "party": [party_of(row) for row in mails],
        "kind": ["email"] * len(mails),
        "field": ["email"] * len(mails),
        "valid": [True] * len(mails),
        **{name: [row.mail for row in mails] for name in ("value", "key", "raw")},
    }
    places = [row for row in rows if any(row.place)]
    addresses = {
        "party": [party_of(row) for row in places],
        "field": [""] * len(places),
        "raw": [""] * len(places),
    }
    for position, name in enumerate(("street", "house_number", "postal_code", "city")):
        addresses[name] = [row.place[position] or None for row in places]
    return (
        PARTIES.check(pd.DataFrame(parties)),
        CONTACTS.check(pd.DataFrame(contacts)),
        ADDRESSES.check(pd.DataFrame(addresses)),
    )


def clusters_of(rows: list[Row], words: dict[Pair, str]) -> Clusters:
    """Parties with a common address, or told to be one, unless that joins what was told apart."""
    group = {party_of(row): {party_of(row)} for row in rows}
    apart = {frozenset(pair) for pair, word in words.items() if word == "different"}
    said = sorted(pair for pair, word in words.items() if word == "same")
    mails: dict[str, list[str]] = {}
    for row in sorted(rows, key=party_of):
        if row.mail:
            mails.setdefault(row.mail, []).append(party_of(row))
    found = [(one, two) for same in mails.values() for one, two in pairwise(same)]
    for one, two in [*said, *found]:
        left, right = group.get(one), group.get(two)
        if left is None or right is None or left is right:
            continue
        if any(frozenset((a, b)) in apart for a in left for b in right):
            continue
        left |= right
        for party in right:
            group[party] = left
    frame = {"party": list(group), "cluster": [min(parties) for parties in group.values()]}
    return CLUSTERS.check(pd.DataFrame(frame))


class Registry(RuleBasedStateMachine):
    """Customers over months: all rules of `Months`, of which a step takes milliseconds."""

    done: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[tuple[str, str], Row] = {}
        self.words: dict[Pair, list[str]] = {}
        self.said: list[list[Pair]] = []
        self.locks: list[dict[str, str]] = []
        self.members: Members = MEMBERS.empty()
        self.known: Identities = IDENTITIES.empty()
        self.issued: set[str] = set()
        self.groups: dict[frozenset[str], str] = {}
        self.tables: dict[str, pd.DataFrame] = {}
        self.clock = 0
        self.idle = False

    @initialize(rows=st.lists(st.integers(0, WAYS - 1), min_size=3, max_size=10))
    def begin(self, rows: list[int]) -> None:
        """The first run."""
        self.idle = not any(rows)  # the simplest history of all, with which hypothesis begins each search
        self.change([row_of(number) for number in rows])

    def count(self, what: str) -> None:
        """Notes that a step did something."""
        Registry.done[what] += 1

    def change(self, rows: list[Row]) -> None:
        """Rows come or change."""
        self.rows |= {row.key: row for row in rows}
        self.settle()

    def standing(self) -> dict[Pair, str]:
        """The last word on each pair."""
        return {pair: words[-1] for pair, words in self.words.items() if words}

    def settle(self, turn: int = 0) -> None:
        """Ids and values anew, from rows in any order."""
        self.clock += 1
        year, day = divmod(self.clock, 336)  # time never goes back
        at = f"{2026 + year}-{1 + day // 28:02}-{1 + day % 28:02}T00:00:00Z"
        rows = list(self.rows.values())
        rows = rows[turn % len(rows) :] + rows[: turn % len(rows)] if rows else rows
        parties, contacts, addresses = tables_of(rows)
        clusters = clusters_of(rows, self.standing())
        self.members, self.known = identify_clusters(
            clusters, parties, known=self.known, known_members=self.members, at=at
        )
        held = self.held()
        values, issues = merge_clusters(
            self.members, parties, contacts, addresses, priority=PRIORITY, locks=held
        )
        said = [(*pair, word) for pair, word in self.standing().items()]
        decisions = pd.DataFrame(said, columns=["party_l", "party_r", "decision"])
        self.tables = {
            "members": self.members,
            "identities": self.known,
            "customers": values,
            "issues": issues,
            "decisions": DECISIONS.check(decisions) if len(decisions) else DECISIONS.empty(),
        }
        self.now = State(self.load, held, dict(self.rows))

    def held(self):
        """The locks that hold."""
        if not self.locks:
            return LOCKS.empty()
        return holding(LOCKS.check(pd.DataFrame(self.locks)), self.known)

    def load(self, name: str) -> pd.DataFrame:
        """A table."""
        return self.tables[name]

    def outcome(self) -> tuple[str, str, str]:
        """Members, values and conflicts as text."""
        return tuple(self.tables[name].to_csv(index=False) for name in ("members", "customers", "issues"))  # type: ignore[return-value]

    def customers(self) -> list[str]:
        """Ids that have records."""
        return sorted(self.now.rows_of)

    @rule(rows=ROWS)
    def month(self, rows: list[int]) -> None:
        """New and changed records."""
        self.count("month")
        self.change([row_of(number) for number in rows])

    @precondition(lambda self: len(self.rows) > 2)
    @rule(which=PICK)
    def remove(self, which: int) -> None:
        """A record is gone."""
        self.count("remove")
        del self.rows[sorted(self.rows)[which % len(self.rows)]]
        self.settle()

    @rule(turn=PICK)
    def again(self, turn: int) -> None:
        """The same in another order: no byte changes, of the registry neither."""
        if self.idle:
            return
        self.count("again")
        before, known = self.outcome(), self.known.to_csv(index=False)
        self.settle(turn)
        assert self.outcome() == before
        assert self.known.to_csv(index=False) == known

    @rule(row=st.integers(0, WAYS - 1))
    def joins(self, row: int) -> None:
        """A record added to a customer leaves it its id, unless somebody said before whose it is."""
        self.count("join")
        customer = self.customers()[row % len(self.now.rows_of)]
        mail = next((r.mail for r in self.now.rows_of[customer] if r.mail), "")
        new = row_of(row)
        if not mail or new.key in self.rows:
            return
        shared = {r.mail for rows in self.now.rows_of.values() for r in rows}
        self.change([Row(new.source, new.record_id, new.given, new.family, new.place, mail, new.birth, "")])
        told = any(party_of(new) in pair for pair in self.standing())
        if mail in shared and not told:
            self.count("join by mail")
            assert customer in self.now.rows_of

    def say(self, pairs: list[tuple[str, str]], word: str) -> None:
        """A word on each pair."""
        for one, two in pairs:
            self.words.setdefault((min(one, two), max(one, two)), []).append(word)
        self.said.append([(min(pair), max(pair)) for pair in pairs])
        self.settle()

    def unsay(self) -> None:
        """The last word is taken back."""
        for pair in self.said.pop():
            self.words[pair].pop()
        self.settle()

    def across(self, one: str, two: str) -> list[Pair]:
        """The pairs of parties of two customers."""
        left, right = ([party_of(row) for row in self.now.rows_of[c]] for c in (one, two))
        return [(a, b) for a in left for b in right]

    @precondition(lambda self: len(self.now.rows_of) > 1)
    @rule(one=PICK, two=PICK, back=st.booleans())
    def link(self, one: int, two: int, back: bool) -> None:  # noqa: FBT001  drawn
        """Two customers are one; taken back, everything is as it was."""
        left, right = two_of(self.customers(), one, two)
        self.count("link and undo" if back else "link")
        before = self.outcome()
        self.say(self.across(left, right), "same")
        assert self.now.resolve(left) == self.now.resolve(right)
        if back:
            self.unsay()
            assert self.outcome() == before

    @precondition(lambda self: len(self.now.rows_of) > 2)
    @rule(one=PICK, two=PICK, three=PICK)
    def link_in_any_order(self, one: int, two: int, three: int) -> None:
        """(A + B) + C is A + (B + C)."""
        self.count("link three")
        left, right = two_of(self.customers(), one, two)
        rest = [c for c in self.customers() if c not in (left, right)]
        third = rest[three % len(rest)]
        before, found = self.outcome(), []
        for (first, second), then in (((left, right), third), ((right, third), left)):
            self.say(self.across(first, second), "same")
            self.say(self.across(self.now.resolve(first), then), "same")
            found.append(nameless(self.now))
            self.unsay()
            self.unsay()
            assert self.outcome() == before
        assert found[0] == found[1]

    @precondition(lambda self: any(len(rows) > 1 for rows in self.now.rows_of.values()))
    @rule(which=PICK, record=PICK, back=st.booleans())
    def split(self, which: int, record: int, back: bool) -> None:  # noqa: FBT001  drawn
        """A record is somebody else's; taken back, the customer is as it was."""
        self.count("split and undo" if back else "split")
        large = sorted(c for c, rows in self.now.rows_of.items() if len(rows) > 1)
        parties = sorted(party_of(row) for row in self.now.rows_of[large[which % len(large)]])
        out = parties[record % len(parties)]
        before = self.outcome()
        self.say([(out, party) for party in parties if party != out], "different")
        if back:
            self.unsay()
            assert self.outcome() == before

    @precondition(lambda self: self.said)
    @rule()
    def undo(self) -> None:
        """The last word is taken back, whatever happened since."""
        self.count("undo")
        self.unsay()

    def pin(self, customer: str, field: str, **said: str) -> None:
        """A lock, or its end."""
        self.clock += 1
        self.locks.append(
            {"customer_id": customer, "field": field, "at": f"2020-01-01T00:{self.clock:06}", **said}
        )
        self.settle()

    @rule(
        which=PICK,
        what=st.sampled_from((("city", "Bern"), ("given_name", "Ole"), ("email", "z@four.example"))),
    )
    def lock(self, which: int, what: tuple[str, str]) -> None:
        """A value holds, whatever the sources say."""
        self.count("lock")
        customers = self.customers()
        self.pin(customers[which % len(customers)], what[0], value=what[1], state="locked")

    @rule(which=PICK, record=PICK, field=st.sampled_from(("address", "name", "birth_date")))
    def lock_record(self, which: int, record: int, field: str) -> None:
        """What one record says holds."""
        self.count("pin")
        customers = self.customers()
        customer = customers[which % len(customers)]
        rows = sorted(self.now.rows_of[customer], key=party_of)
        row = rows[record % len(rows)]
        self.pin(customer, field, source=row.source, record_id=row.record_id, state="locked")
        if field == "name" and not {(customer, "given_name"), (customer, "family_name")} & self.now.locked:
            assert self.now.shown[customer, "given_name"] == row.given
        if field == "birth_date" and row.birth:
            assert self.now.shown[customer, "birth_date"] == row.birth

    @precondition(lambda self: self.now.locked)
    @rule(which=PICK)
    def unlock(self, which: int) -> None:
        """The sources decide again."""
        self.count("unlock")
        held = sorted(self.now.locked)
        customer, field = held[which % len(held)]
        self.pin(customer, field, state="unlocked")
        assert (customer, field) not in self.now.locked

    @invariant()
    def laws_hold(self) -> None:
        """All laws."""
        if self.rows:
            check_merged(self.now, self.issued)
            values_stand_in_their_rows(self.now)
            self.issued = set(self.now.known.index)

    @invariant()
    def untouched_customers_keep_their_ids(self) -> None:
        """A customer with the same records as before has the same id as before."""
        groups: dict[str, set[str]] = {}
        for customer, rows in (self.now.rows_of if self.rows else {}).items():
            groups[customer] = {party_of(row) for row in rows}
        found = {frozenset(parties): customer for customer, parties in groups.items()}
        for parties, customer in self.groups.items():
            assert found.get(parties, customer) == customer
        self.groups = found


def nameless(state: State) -> str:
    """All values, customers named by their smallest record."""
    first = {customer: min(row.key for row in rows) for customer, rows in state.rows_of.items()}
    values = state.values.assign(customer_id=state.values["customer_id"].map(lambda c: ":".join(first[c])))
    return values.sort_values(["customer_id", "field", "value"]).to_csv(index=False)


def two_of(items: list[str], one: int, two: int) -> Pair:
    """Two different ones."""
    left = items[one % len(items)]
    rest = [item for item in items if item != left]
    return left, rest[two % len(rest)]

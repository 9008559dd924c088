"""Random months of a customer base: records come, change and go, stewards link, split, lock and undo.

After every step the laws of survivorship and identity (laws.py) must hold; a step that breaks one is
shrunk by hypothesis to the shortest history that does. Run short by test_machine.py, long by
tests/benchmark/search_identity.py.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from crmclean.config import Config, ReadConfig, SourceConfig
from crmclean.errors import ConfigError
from crmclean.increment import How
from crmclean.pipeline import run
from crmclean.steward import (
    Word,
    apply,
    link_customers,
    lock_value,
    preview,
    split_customer,
    undo,
    unlock_field,
)
from crmclean.store import Store
from tests.steward.laws import State, check_all, golden
from tests.steward.rows import MAILS, WAYS, Row, contacts_of, events_of, inputs_of, row_of

T = TypeVar("T")
CONFIG = Config(as_of="2026-06-30")
WORD = Word("Steward", "because")
WORDS = ("link", "split", "lock", "unlock", "undo")
STATE = (
    "members",
    "customers",
    "clusters",
    "orders",
    "permissions",
    "touchpoints",
    "relations",
    "identities",
)
PICK = st.integers(0, 255)
ROWS = st.lists(st.integers(0, WAYS - 1), min_size=1, max_size=3)


class Months(RuleBasedStateMachine):
    """A store over months; `rows` is what its sources hold."""

    done: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="months-")
        self.store = Store(Path(self.folder.name) / "crmclean.db")
        self.rows: dict[tuple[str, str], Row] = {}
        self.issued: set[str] = set()
        self.groups: dict[frozenset[str], str] = {}
        self.before: dict[str, tuple[dict[str, str], dict[tuple[str, str], Row]]] = {}
        self.days = 0
        self.idle = False
        self.seen: tuple[str, State | None] = ("", None)

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @property
    def now(self) -> State:
        """The store as it is, loaded once per change."""
        stamp = self.store.stamp()
        if self.seen[0] != stamp or self.seen[1] is None:
            self.seen = (stamp, State(self.store.load, self.store.locks(), dict(self.rows)))
        state = self.seen[1]
        assert state is not None
        return state

    def last(self) -> str:
        """The run made last."""
        run = self.store.last_run()
        return str(run["run_id"]) if run else ""

    def count(self, what: str) -> None:
        """Notes that a step did something."""
        Months.done[what] += 1

    @initialize(rows=st.lists(st.integers(0, WAYS - 1), min_size=4, max_size=8))
    def begin(self, rows: list[int]) -> None:
        """The first run."""
        self.idle = not any(rows)  # the simplest history of all, with which hypothesis begins each search
        self.deliver([row_of(0), *map(row_of, rows)])

    def deliver(self, rows: list[Row], *, deleted: bool = False, how: How = "") -> None:
        """A run over these rows; the last of a number counts."""
        before = ({}, dict(self.rows)) if not self.rows else (self.state(), dict(self.rows))
        last = {row.key: row for row in rows}
        run(inputs_of(rows, deleted=deleted), CONFIG, store=self.store, how=how)
        for key, row in last.items():
            if deleted:
                self.rows.pop(key, None)
            else:
                self.rows[key] = row
        self.note(before)

    def note(self, before: tuple[dict[str, str], dict[tuple[str, str], Row]]) -> None:
        """Keeps what was before the run just made."""
        self.before.setdefault(self.last(), before)

    @rule(rows=ROWS, how=st.sampled_from(("", "increment", "full")))
    def month(self, rows: list[int], how: How) -> None:
        """New and changed records, taken as an increment or in a full run."""
        self.count(f"month {how}".strip())
        self.deliver([row_of(number) for number in rows], how=how)

    @precondition(lambda self: len(self.rows) > 3)
    @rule(which=PICK)
    def remove(self, which: int) -> None:
        """A record says that it is gone."""
        self.count("remove")
        self.deliver([chosen(sorted(self.rows.items()), which)[1]], deleted=True)

    @precondition(lambda self: len(self.rows) > 3)
    @rule(which=PICK)
    def snapshot(self, which: int) -> None:
        """A whole source, without one of its records: that one is gone."""
        self.count("snapshot")
        lost, row = chosen(sorted(self.rows.items()), which)
        rest = [r for key, r in self.rows.items() if key[0] == row.source and key != lost]
        if not rest:
            return
        before = (self.state(), dict(self.rows))
        sources = {row.source: SourceConfig(mode="snapshot")}
        config = replace(CONFIG, read=ReadConfig(sources=sources, allow_loss=1.0))
        run(inputs_of(rest), config, store=self.store)
        del self.rows[lost]
        self.note(before)

    @rule(turn=PICK)
    def again(self, turn: int) -> None:
        """All rows once more, in another order, or none: no byte changes."""
        if self.idle:
            return
        self.count("again")
        before = self.state()
        rows = [row for _, row in sorted(self.rows.items())]
        turned = rows[turn % len(rows) :] + rows[: turn % len(rows)]
        inputs = inputs_of(reversed(turned)) if turn % 4 else []
        run(inputs[::-1] if turn % 2 else inputs, CONFIG, store=self.store)
        assert self.state() == before, "the same data again changed something"
        if turn % 8 == 0:
            stamp = self.store.stamp()
            run(inputs[::-1] if turn % 2 else inputs, CONFIG, store=self.store)
            assert self.store.stamp() == stamp, "the same files again wrote something"

    @rule(mails=st.integers(0, 15), grant=st.booleans())
    def declare(self, mails: int, grant: bool) -> None:  # noqa: FBT001  drawn
        """Consents and contacts of somebody with an address."""
        self.count("declare")
        self.days += 1
        day = f"20{10 + self.days // 300:02}-{1 + self.days // 28 % 12:02}-{1 + self.days % 28:02}"
        mail, other = MAILS[1 + mails % 3], MAILS[1 + mails // 4 % 3]
        events = events_of([(mail, "granted" if grant else "withdrawn")], day)
        run([("consents", events), ("mailbox", contacts_of([other], day))], CONFIG, store=self.store)

    @precondition(lambda self: len(self.customers()) > 1)
    @rule(one=PICK, two=PICK, back=st.booleans())
    def link(self, one: int, two: int, back: bool) -> None:  # noqa: FBT001  drawn
        """Two customers are one; taken back, everything is as it was."""
        left, right = chosen_two(self.customers(), one, two)
        self.count("link and undo" if back else "link")
        before = self.state()
        proposal = link_customers(self.store, left, right, WORD, config=CONFIG)
        if not back:
            preview(self.store, proposal, CONFIG)
            assert self.state() == before, "a preview changed something"
        apply(self.store, proposal, CONFIG)
        assert self.store.resolve(left) == self.store.resolve(right)
        if back:
            self.take_back(before)

    @precondition(lambda self: len(self.customers()) > 2)
    @rule(one=PICK, two=PICK, three=PICK)
    def link_in_any_order(self, one: int, two: int, three: int) -> None:
        """(A + B) + C is A + (B + C)."""
        self.count("link three")
        left, right = chosen_two(self.customers(), one, two)
        third = chosen([c for c in self.customers() if c not in (left, right)], three)
        apart = self.linked_apart((left, right), third)
        before = self.state()
        self.link_three(self.store, (right, third), left)
        assert golden(self.store).to_csv(index=False) == apart
        undo(self.store, None, WORD, CONFIG)
        undo(self.store, self.last_standing_link(), WORD, CONFIG)
        assert like(self.state(), before), "two merges, then un-merged, left a trace"

    def linked_apart(self, first: tuple[str, str], then: str) -> str:
        """What three customers are as one, found in a copy of the store."""
        home = self.store.path.parent
        with tempfile.TemporaryDirectory(prefix="months-") as folder:
            shutil.copytree(home, folder, dirs_exist_ok=True)
            with Store(Path(folder) / self.store.path.name) as store:
                self.link_three(store, first, then)
                return golden(store).to_csv(index=False)

    def link_three(self, store: Store, first: tuple[str, str], then: str) -> None:
        """Two customers are one, and so is a third."""
        apply(store, link_customers(store, *first, WORD, config=CONFIG), CONFIG)
        apply(store, link_customers(store, first[0], then, WORD, config=CONFIG), CONFIG)

    def last_standing_link(self) -> str:
        """The run before the one just undone."""
        runs = self.store.history()
        return str(runs.loc[runs["command"].eq("link"), "run_id"].iloc[-2])

    def take_back(self, before: dict[str, str]) -> None:
        """Undoes the last run: all is as it was, but that ids issued in between stay known."""
        undo(self.store, None, WORD, CONFIG)
        assert like(self.state(), before), "done, then undone, left a trace"

    @precondition(lambda self: any(len(rows) > 1 for rows in self.now.rows_of.values()))
    @rule(which=PICK, record=PICK, each=st.booleans(), back=st.booleans())
    def split(self, which: int, record: int, each: bool, back: bool) -> None:  # noqa: FBT001  drawn
        """A record is somebody else's; taken back, the customer is as it was."""
        self.count("split and undo" if back else "split")
        large = sorted(c for c, rows in self.now.rows_of.items() if len(rows) > 1)
        customer = chosen(large, which)
        out = ":".join(chosen(sorted(row.key for row in self.now.rows_of[customer]), record))
        before = self.state()
        apply(self.store, split_customer(self.store, customer, [out], WORD, config=CONFIG, each=each), CONFIG)
        if back:
            self.take_back(before)

    @rule(which=PICK, town=st.sampled_from(("Potsdam", "Bern")), back=st.booleans())
    def lock(self, which: int, town: str, back: bool) -> None:  # noqa: FBT001  drawn
        """A town holds, whatever the sources say."""
        self.count("lock and undo" if back else "lock")
        customer, before = chosen(self.customers(), which), self.state()
        apply(self.store, lock_value(self.store, customer, "city", WORD, value=town, config=CONFIG), CONFIG)
        if back:
            self.take_back(before)

    @rule(which=PICK, record=PICK, field=st.sampled_from(("address", "name", "email")))
    def pin(self, which: int, record: int, field: str) -> None:
        """What one record says of a group or a field holds."""
        self.count("pin")
        customer = chosen(self.customers(), which)
        row = chosen(sorted(self.now.rows_of[customer], key=lambda row: row.key), record)
        proposal = lock_value(self.store, customer, field, WORD, record=":".join(row.key), config=CONFIG)
        apply(self.store, proposal, CONFIG)
        if field == "name" and not self.pinned_apart(customer):
            assert self.now.shown[customer, "family_name"] == row.family
            assert self.now.shown[customer, "given_name"] == row.given

    def pinned_apart(self, customer: str) -> bool:
        """Whether parts of the name are pinned, too."""
        return bool({(customer, "given_name"), (customer, "family_name")} & self.now.locked)

    @precondition(lambda self: self.held())
    @rule(which=PICK)
    def unlock(self, which: int) -> None:
        """The sources decide again."""
        self.count("unlock")
        customer, field = chosen(self.held(), which)
        apply(self.store, unlock_field(self.store, customer, field, WORD, config=CONFIG), CONFIG)
        assert (customer, field) not in self.now.locked

    def held(self) -> list[tuple[str, str]]:
        """Locks of customers that have records."""
        return sorted(lock for lock in self.now.locked if lock[0] in self.now.rows_of)

    @precondition(lambda self: self.words())
    @rule(which=PICK)
    def undo_word(self, which: int) -> None:
        """Any word of a steward is taken back, unless it was said anew since."""
        self.count("undo a word")
        try:
            undo(self.store, chosen(self.words(), which), WORD, CONFIG)
        except ConfigError as error:
            assert "said anew" in str(error)  # noqa: PT017  the only way in which it may be refused

    def words(self) -> list[str]:
        """Runs of stewards, the latest first."""
        runs = self.store.history()
        return runs.loc[runs["command"].isin(WORDS), "run_id"].tolist()[::-1]

    @precondition(lambda self: self.last() in self.before and len(self.before) > 1)
    @rule(redo=st.booleans())
    def undo_month(self, redo: bool) -> None:  # noqa: FBT001  drawn
        """The last run over files is taken back, and perhaps done again."""
        last = self.last()
        before, rows = self.before[last]
        if not before:  # the first run of all
            return
        self.count("undo a month")
        after, had = self.state(), dict(self.rows)
        undo(self.store, last, WORD, CONFIG)
        self.rows = rows
        assert like(self.state(), before), "a month taken back left a trace"
        if redo:
            undo(self.store, None, WORD, CONFIG)
            self.rows = had
            assert self.state() == after, "a month done again is another one"

    def customers(self) -> list[str]:
        """Ids that have records."""
        return sorted(self.now.rows_of)

    def state(self) -> dict[str, str]:
        """All tables that follow from records and words, as text."""
        return {name: self.store.load(name).to_csv(index=False) for name in STATE}

    @invariant()
    def laws_hold(self) -> None:
        """All laws."""
        if self.rows and not self.idle:
            check_all(self.now, self.issued)
            self.issued = set(self.now.known.index)

    @invariant()
    def untouched_customers_keep_their_ids(self) -> None:
        """A customer with the same records as before has the same id as before."""
        if not self.rows:
            return
        groups: dict[str, set[str]] = {}
        for party, customer in self.now.customer_of.items():
            groups.setdefault(customer, set()).add(party)
        found = {frozenset(parties): customer for customer, parties in groups.items()}
        for parties, customer in self.groups.items():
            assert found.get(parties, customer) == customer
        self.groups = found


def chosen(items: list[T], number: int) -> T:
    """One of them."""
    return items[number % len(items)]


def chosen_two(items: list[str], one: int, two: int) -> tuple[str, str]:
    """Two different ones."""
    left = chosen(items, one)
    return left, chosen([item for item in items if item != left], two)


def like(now: dict[str, str], before: dict[str, str]) -> bool:
    """Whether two states are alike.

    Ids issued in between stay known, so that they resolve; of an id that was taken up and ended again
    the registry tells the last time.
    """
    same = all(now[name] == before[name] for name in STATE if name != "identities")
    known, was = ({line.rsplit(",", 4)[0] for line in s["identities"].splitlines()} for s in (now, before))
    return same and was <= known

"""Random months of a customer base: records come, change and go, stewards link, split, lock and undo.

After every step the properties of survivorship and identity must hold; a step that breaks one is
shrunk by hypothesis to the shortest history that does. Run short by test_machine.py, long by
tests/benchmark/search_identity.py.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from pathlib import Path

import pandas as pd
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from crmclean.config import Config
from crmclean.decisions import standing
from crmclean.pipeline import run
from crmclean.steward import Word, apply, link_customers, lock_value, split_customer, undo, unlock_field
from crmclean.store import Store

CONFIG = Config(as_of="2026-06-30")
WORD = Word("Steward", "because")
GIVEN, FAMILY = ("Ida", "Ole", "Uwe", "Eva"), ("Köhler", "Brandt", "Winter")
TOWNS = (
    ("10115", "Berlin", "Lindenweg 4"),
    ("20095", "Hamburg", "Hafenstr. 12"),
    ("50667", "Köln", "Domplatz 1"),
)
SOURCES = ("erp", "shop")
STATE = ("members", "customers", "clusters", "orders", "permissions", "touchpoints", "relations")
CONFLICTS = ("given_name", "family_name", "birth_date")
THEN = st.sampled_from(("stay", "undo"))
ROW = st.tuples(
    st.sampled_from(SOURCES),
    st.integers(1, 8),
    st.sampled_from(GIVEN),
    st.sampled_from(FAMILY),
    st.sampled_from((0, 1, 2)),
    st.sampled_from(("", "a@one.example", "b@two.example", "c@three.example")),
    st.sampled_from(("", "1980-05-01", "1991-12-24")),
    st.sampled_from(("", "10,00", "25,50")),
)


def frame_of(rows: list[tuple]) -> pd.DataFrame:
    """Rows as a source has them."""
    columns = [
        "Kundennummer",
        "Vorname",
        "Nachname",
        "Straße",
        "PLZ",
        "Ort",
        "E-Mail",
        "Geburtsdatum",
        "Umsatz",
    ]
    made = []
    for source, number, given, family, town, mail, birth, revenue in rows:
        code, city, street = TOWNS[town]
        key = f"{'K' if source == 'erp' else 'S'}{1000 + number}"
        made.append((key, given, family, street, code, city, mail, birth, revenue if source == "erp" else ""))
    return pd.DataFrame(made, columns=columns)


class Months(RuleBasedStateMachine):
    """A store over months; `rows` is what its sources hold."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="months-"))
        self.store = Store(self.folder / "crmclean.db")
        self.rows: dict[tuple[str, int], tuple] = {}
        self.ids: set[str] = set()
        self.groups: dict[frozenset[str], str] = {}

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @initialize(rows=st.lists(ROW, min_size=4, max_size=8))
    def begin(self, rows: list[tuple]) -> None:
        """The first run."""
        self.deliver([*rows, ("erp", 1, "Ida", "Köhler", 0, "a@one.example", "", "10,00")])

    def deliver(self, rows: list[tuple], *, deleted: bool = False) -> None:
        """A run over these rows; the last of a number counts."""
        last = {(row[0], row[1]): row for row in rows}
        inputs = []
        for source in SOURCES:
            frame = frame_of([row for key, row in sorted(last.items()) if key[0] == source])
            if len(frame):
                inputs.append((source, frame.assign(_deleted="ja") if deleted else frame))
        run(inputs, CONFIG, store=self.store)
        for key, row in last.items():
            if deleted:
                self.rows.pop(key, None)
            else:
                self.rows[key] = row

    @rule(rows=st.lists(ROW, min_size=1, max_size=3))
    def month(self, rows: list[tuple]) -> None:
        """New and changed records."""
        self.deliver(rows)

    @precondition(lambda self: len(self.rows) > 3)
    @rule(pick=st.randoms(use_true_random=False))
    def remove(self, pick: random.Random) -> None:
        """A record says that it is gone."""
        self.deliver([self.rows[pick.choice(sorted(self.rows))]], deleted=True)

    @rule(pick=st.randoms(use_true_random=False))
    def again(self, pick: random.Random) -> None:
        """All rows once more, in another order: no byte changes."""
        before = self.state()
        rows = list(self.rows.values())
        pick.shuffle(rows)
        inputs = [(s, frame_of([r for r in rows if r[0] == s])) for s in SOURCES]
        run([(s, f) for s, f in inputs if len(f)], CONFIG, store=self.store)
        assert self.state() == before, "the same data again changed something"

    @rule(pick=st.randoms(use_true_random=False), then=THEN)
    def link(self, pick: random.Random, then: str) -> None:
        """Two customers are one; taken back, everything is as it was."""
        ids = self.customers()
        if len(ids) < 2:
            return
        one, two = pick.sample(ids, 2)
        before = self.state()
        apply(self.store, link_customers(self.store, one, two, WORD, config=CONFIG), CONFIG)
        assert self.store.resolve(one) == self.store.resolve(two)
        if then == "undo":
            undo(self.store, None, WORD, CONFIG)
            assert self.state() == before, "merge, then un-merge, left a trace"

    @rule(pick=st.randoms(use_true_random=False), then=THEN, how=st.sampled_from(("together", "each")))
    def split(self, pick: random.Random, then: str, how: str) -> None:
        """A record is somebody else's; taken back, the customer is as it was."""
        members = self.store.load("members")
        large = members[members["customer_id"].duplicated(keep=False)]
        if not len(large):
            return
        customer = pick.choice(sorted(set(large["customer_id"])))
        own = large[large["customer_id"] == customer]
        record = pick.choice(sorted(own["source"] + ":" + own["record_id"]))
        before = self.state()
        apply(
            self.store,
            split_customer(self.store, customer, [record], WORD, config=CONFIG, each=how == "each"),
            CONFIG,
        )
        if then == "undo":
            undo(self.store, None, WORD, CONFIG)
            assert self.state() == before, "split, then undone, left a trace"

    @rule(pick=st.randoms(use_true_random=False), town=st.sampled_from(("Potsdam", "Bern")))
    def lock(self, pick: random.Random, town: str) -> None:
        """A town holds, whatever the sources say."""
        customer = pick.choice(self.customers())
        apply(self.store, lock_value(self.store, customer, "city", WORD, value=town, config=CONFIG), CONFIG)

    @rule(pick=st.randoms(use_true_random=False))
    def unlock(self, pick: random.Random) -> None:
        """The sources decide again."""
        held = [c for c in self.store.locks()["customer_id"] if c in self.customers()]
        if held:
            apply(
                self.store, unlock_field(self.store, pick.choice(held), "city", WORD, config=CONFIG), CONFIG
            )

    @rule(pick=st.randoms(use_true_random=False))
    def undo_any(self, pick: random.Random) -> None:
        """Any word of a steward is taken back, unless it was said anew since."""
        runs = self.store.history()
        mine = runs.loc[runs["command"].isin(["link", "split", "lock", "unlock", "undo"]), "run_id"].tolist()
        if not mine:
            return
        try:
            undo(self.store, pick.choice(mine), WORD, CONFIG)
        except ValueError as error:
            assert "said anew" in str(error)  # noqa: PT017  the only way in which it may be refused

    def customers(self) -> list[str]:
        """Ids that have records."""
        return sorted(set(self.store.load("members")["customer_id"]))

    def state(self) -> dict[str, str]:
        """All tables that follow from records and words, as text."""
        return {name: self.store.load(name).to_csv(index=False) for name in STATE}

    @invariant()
    def every_id_resolves(self) -> None:
        """Every id ever issued has an answer, and nobody with records is called gone."""
        known = self.store.load("identities").set_index("customer_id")
        assert self.ids <= set(known.index)
        self.ids = set(known.index)
        alive = set(self.customers())
        assert set(known.index[known["status"] == "active"]) == alive
        for one in known.index:
            end = self.store.resolve(one)
            assert end in alive or known.loc[end, "status"] == "retired"

    @invariant()
    def untouched_customers_keep_their_ids(self) -> None:
        """A customer with the same records as before has the same id as before."""
        members = self.store.load("members")
        groups = {frozenset(rows["party"]): str(c) for c, rows in members.groupby("customer_id")}
        for parties, customer in self.groups.items():
            assert groups.get(parties, customer) == customer
        self.groups = groups

    @invariant()
    def words_hold(self) -> None:
        """What was told apart is apart; what is one is one, unless that would join what was told apart."""
        members = self.store.load("members").set_index("party")["customer_id"]
        held = standing(self.store.load("decisions"))
        held = held[held["party_l"].isin(members.index) & held["party_r"].isin(members.index)]
        same = held["party_l"].map(members).eq(held["party_r"].map(members))
        assert not (same & held["decision"].eq("different")).any()
        if not held["decision"].eq("different").any():
            assert same.all()

    @invariant()
    def golden_values_are_sound(self) -> None:
        """One primary value per field, never empty, from a record of the customer; places from one record."""
        values = self.store.load("customers")
        members = self.store.load("members")
        assert values["value"].notna().all()
        assert values["value"].str.strip().ne("").all()
        primary = values[values["is_primary"]]
        assert not primary.duplicated(["customer_id", "field"]).any()
        assert set(map(tuple, values[["customer_id", "field"]].to_numpy())) == set(
            map(tuple, primary[["customer_id", "field"]].to_numpy())
        )
        said = values[values["rule"].ne("locked") & values["record_id"].notna()]
        own = set(map(tuple, members[["customer_id", "source", "record_id"]].to_numpy()))
        assert set(map(tuple, said[["customer_id", "source", "record_id"]].to_numpy())) <= own
        place = primary[
            primary["field"].isin(["street", "postal_code", "city"]) & primary["rule"].ne("locked")
        ]
        place = place[place["rule"].ne("filled")]
        assert place.groupby("customer_id")["record_id"].nunique().le(1).all()

    @invariant()
    def locks_win(self) -> None:
        """A locked value is the one that is shown."""
        values = self.store.load("customers")
        shown = values[values["is_primary"] & values["field"].eq("city")].set_index("customer_id")["value"]
        alive = set(self.customers())
        for lock in self.store.locks().itertuples():
            if lock.customer_id in alive:
                assert shown[lock.customer_id] == lock.value

    @invariant()
    def sums_count_each_number_once(self) -> None:
        """Revenue is the sum over the records of the customer."""
        members = self.store.load("members")
        values = self.store.load("customers")
        shown = values[values["field"].eq("revenue") & values["is_primary"]].set_index("customer_id")["value"]
        told = {f"K{1000 + key[1]}": row[7] for key, row in self.rows.items() if key[0] == "erp"}
        for customer, rows in members[members["source"].eq("erp")].groupby("customer_id"):
            known = [float(told[r].replace(",", ".")) for r in rows["record_id"] if told.get(r)]
            if known:
                assert abs(float(shown[customer]) - sum(known)) < 0.005

    @invariant()
    def contradictions_are_told(self) -> None:
        """A field that can have one value and has several is a finding, and only then."""
        values = self.store.load("customers")
        values = values[values["field"].isin(CONFLICTS)]
        several = values.groupby(["customer_id", "field"]).size()
        issues = self.store.load("issues")
        found = issues.loc[issues["code"].eq("value_conflict") & issues["field"].isin(CONFLICTS), "detail"]
        told = set(found.str.extract(r"customer=(\S+)")[0])
        assert told == {str(c) for c, _ in several.index[several.gt(1)]}

    @invariant()
    def records_are_those_of_the_sources(self) -> None:
        """Every row is there once, and none that is gone."""
        records = self.store.load("records")
        want = {(s, f"{'K' if s == 'erp' else 'S'}{1000 + n}") for s, n in self.rows}
        assert set(map(tuple, records[["source", "record_id"]].to_numpy())) == want
        assert len(records) == len(want)

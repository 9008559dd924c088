"""What stewards say holds for ever, changes what it must, and can be taken back byte for byte."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from crmclean.config import Config
from crmclean.errors import ConfigError, NotFoundError
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

pytestmark = pytest.mark.slow  # each runs the whole pipeline several times
CONFIG = Config(as_of="2026-06-30")
WORD = Word("Steward A", "seen the contract", "2026-07-01T10:00:00Z")
ERP = pd.DataFrame(
    [
        ("1", "Ida", "Köhler", "ida@koehler.example", "10115", "Berlin", "0171 2345678"),
        ("2", "Ida", "Koehler", "ida@koehler.example", "10115", "Berlin", ""),
        ("3", "Ole", "Brandt", "ole@brandt.example", "20095", "Hamburg", "0160 9988776"),
        ("4", "Ida", "Winter", "i.winter@post.example", "80331", "München", "0151 1234567"),
    ],
    columns=["Kundennummer", "Vorname", "Nachname", "E-Mail", "PLZ", "Ort", "Mobil"],
)
ORDERS = pd.DataFrame(
    [("A1", "1", "03.01.2026", "10,00"), ("A2", "4", "05.02.2026", "7,50")],
    columns=["Auftragsnr", "Kundennummer", "Datum", "Betrag"],
)
EVENTS = pd.DataFrame(
    [
        ("E1", "erp", "4", "E-Mail", "Werbung", "withdrawn", "2026-03-01T10:00:00", "Brief"),
        ("E2", "erp", "1", "Telefon", "Werbung", "granted", "2026-02-01T10:00:00", "Formular 7"),
    ],
    columns=[
        "event_id",
        "source",
        "record_id",
        "channel",
        "purpose",
        "event_type",
        "occurred_at",
        "evidence",
    ],
)
STATE = (
    "members", "customers", "permissions", "touchpoints", "orders", "clusters", "scores", "relations", "identities",
    "issues",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with four records of three people, two orders and two consent events."""
    path = tmp_path_factory.mktemp("steward") / "crmclean.db"
    with Store(path) as opened:
        run([("erp", ERP), ("orders", ORDERS), ("events", EVENTS)], CONFIG, store=opened)
    return path


@pytest.fixture
def store(made: Path, tmp_path: Path):
    """A copy of it."""
    with Store(shutil.copy(made, tmp_path / "crmclean.db")) as opened:
        yield opened


def state(store: Store) -> dict[str, str]:
    """All tables that a word may change, as text; but not what ids are remembered to have stood for."""
    return {
        name: store.load(name).drop(columns="stood_for", errors="ignore").to_csv(index=False)
        for name in STATE
    }


def customer(store: Store, record: str) -> str:
    """The customer of a record of erp."""
    rows = store.load("members", where={"source": ["erp"], "record_id": [record]})
    return str(rows["customer_id"].iloc[0])


def link(store: Store, left: str, right: str):
    """Links two customers by records."""
    return apply(store, link_customers(store, f"erp:{left}", f"erp:{right}", WORD, config=CONFIG), CONFIG)


def test_looking_changes_nothing(store: Store) -> None:
    """A preview shows golden values before and after, ids and permissions, and saves nothing."""
    before, runs = state(store), len(store.history())
    proposal = link_customers(store, customer(store, "1"), "erp:4", WORD, config=CONFIG)
    effects = preview(store, proposal, CONFIG)
    assert len(effects.before) == 2
    assert [g.records for g in effects.after] == [("erp:1", "erp:2", "erp:4")]
    assert {g.values["family_name"] for g in effects.before} == {"Köhler", "Winter"}
    assert effects.ids["change"].tolist() == ["merged"]
    assert effects.moved["orders"] == 1
    assert len(effects.permissions)
    assert state(store) == before
    assert len(store.history()) == runs
    assert store.count("decisions") == 0


def test_a_link_holds(store: Store) -> None:
    """Linked customers are one, orders and all, also after the next run over the files."""
    older = customer(store, "1")
    other = customer(store, "4")
    link(store, "1", "4")
    assert customer(store, "4") == customer(store, "1") == store.resolve(older) == store.resolve(other)
    assert store.load("orders")["customer_id"].tolist() == [customer(store, "1")] * 2
    told = store.load("decisions")
    assert set(told["actor"]) == {"Steward A"}
    assert set(told["reason"]) == {"seen the contract"}
    before = state(store)
    run([("erp", ERP), ("orders", ORDERS), ("events", EVENTS)], CONFIG, store=store)
    assert state(store) == before


def test_undo_gives_everything_back(store: Store) -> None:
    """Merge, then un-merge: golden records, consents, orders and ids are what they were, byte for byte."""
    before = state(store)
    link(store, "1", "4")
    assert state(store) != before
    undo(store, None, Word("Steward B"), CONFIG)
    assert state(store) == before
    run([], CONFIG, store=store)
    assert state(store) == before


def test_undo_of_the_undo(store: Store) -> None:
    """Taking back what was taken back says it again."""
    link(store, "1", "4")
    linked = state(store)
    undo(store, None, WORD, CONFIG)
    undo(store, None, WORD, CONFIG)
    again = state(store)
    del linked["identities"], again["identities"]  # they hold when an id was merged
    assert again == linked


def test_any_run_can_be_undone(store: Store) -> None:
    """An earlier word is taken back alone; later ones stay."""
    link(store, "1", "4")
    first = str(store.history()["run_id"].iloc[-1])
    link(store, "1", "3")
    undo(store, first, WORD, CONFIG)
    assert customer(store, "1") == customer(store, "3")
    assert (
        customer(store, "4") != customer(store, "1")
        or len(store.load("decisions").query("decision == 'same'")) > 4
    )


def test_a_split_holds_even_through_third_records(store: Store) -> None:
    """A record that was split off never comes back, also when another record would bridge the two."""
    old = customer(store, "1")
    split = split_customer(store, old, ["erp:2"], WORD, config=CONFIG)
    effects = preview(store, split, CONFIG)
    assert sorted(len(g.records) for g in effects.after) == [1, 1]
    apply(store, split, CONFIG)
    assert customer(store, "1") != customer(store, "2")
    assert old in {customer(store, "1"), customer(store, "2")}
    bridge = ERP.iloc[[0]].assign(Kundennummer="9")
    run([("erp", bridge)], CONFIG, store=store)
    assert customer(store, "1") != customer(store, "2")
    assert customer(store, "9") in {customer(store, "1"), customer(store, "2")}


def test_split_then_undo(store: Store) -> None:
    """Undoing a split gives the customer back; the id that was made meanwhile leads to it."""
    before = store.load("customers").to_csv(index=False)
    old = customer(store, "1")
    apply(store, split_customer(store, old, ["erp:2"], WORD, config=CONFIG), CONFIG)
    fresh = ({customer(store, "1"), customer(store, "2")} - {old}).pop()
    undo(store, None, WORD, CONFIG)
    assert store.load("customers").to_csv(index=False) == before
    assert store.resolve(fresh) == old


def test_the_last_word_holds(store: Store) -> None:
    """Linking what was split overrules the earlier word, and says so."""
    apply(store, split_customer(store, "erp:1", ["2"], WORD, config=CONFIG), CONFIG)
    again = link_customers(store, "erp:1", "erp:2", WORD, config=CONFIG)
    assert again.replaced["decision"].tolist() == ["different"]
    apply(store, again, CONFIG)
    assert customer(store, "1") == customer(store, "2")


def test_a_locked_value_wins_until_it_is_unlocked(store: Store) -> None:
    """A value that a steward pins survives the next run; unlocking gives the old one back."""

    def town() -> str:
        rows = store.load("customers", where={"customer_id": [customer(store, "1")], "field": ["city"]})
        return str(rows.loc[rows["is_primary"], "value"].iloc[0])

    before = store.load("customers").to_csv(index=False)
    apply(store, lock_value(store, "erp:1", "city", WORD, value="Potsdam", config=CONFIG), CONFIG)
    assert town() == "Potsdam"
    run([("erp", ERP)], CONFIG, store=store)
    assert town() == "Potsdam"
    apply(store, unlock_field(store, "erp:1", "city", WORD, config=CONFIG), CONFIG)
    assert store.load("customers").to_csv(index=False) == before
    undo(store, None, WORD, CONFIG)
    assert town() == "Potsdam"


def test_what_cannot_be(store: Store) -> None:
    """A customer with itself, records that are not there, all records, a field nobody has, nobody who decides."""
    with pytest.raises(ConfigError, match="already"):
        link_customers(store, "erp:1", "erp:2", WORD, config=CONFIG)
    with pytest.raises(NotFoundError):
        link_customers(store, "erp:1", "erp:77", WORD, config=CONFIG)
    with pytest.raises(NotFoundError) as refused:
        split_customer(store, "erp:1", ["erp:3"], WORD, config=CONFIG)
    assert "erp:1, erp:2" in refused.value.hint
    with pytest.raises(ConfigError, match="no record would be left"):
        split_customer(store, "erp:1", ["1", "2"], WORD, config=CONFIG)
    with pytest.raises(ConfigError, match="no field"):
        lock_value(store, "erp:1", "shoe_size", WORD, value="43", config=CONFIG)
    with pytest.raises(ConfigError, match="not locked"):
        unlock_field(store, "erp:1", "city", WORD, config=CONFIG)
    with pytest.raises(ConfigError, match="nobody"):
        apply(store, link_customers(store, "erp:1", "erp:3", Word(""), config=CONFIG), CONFIG)
    assert store.count("decisions") == 0


def test_a_link_with_a_test_row_is_refused(tmp_path: Path) -> None:
    """A word that no run would obey is not taken: the error names the record and says what to do."""
    rows = pd.concat([ERP, ERP.head(1).assign(Kundennummer="5", Vorname="Max", Nachname="Mustermann")])
    with Store(tmp_path / "crmclean.db") as opened:
        run([("erp", rows)], CONFIG, store=opened)
        for one, two in (("1", "5"), ("5", "1")):
            with pytest.raises(ConfigError, match="erp:5") as caught:
                link_customers(opened, f"erp:{one}", f"erp:{two}", WORD, config=CONFIG)
            assert caught.value.hint
        assert link_customers(opened, "erp:1", "erp:4", WORD, config=CONFIG).customers


def test_a_word_brought_back_holds_from_its_first_day(store: Store) -> None:
    """A value locked twice, the second time taken back: the first word holds again, from when it was said."""
    berlin = str(store.load("members").loc[lambda m: m["record_id"].eq("1"), "customer_id"].iloc[0])
    apply(store, lock_value(store, berlin, "city", WORD, value="Potsdam", config=CONFIG), CONFIG)
    before = state(store)
    apply(store, lock_value(store, berlin, "city", WORD, value="Bern", config=CONFIG), CONFIG)
    undo(store, None, WORD, CONFIG)
    assert state(store) == before
    undo(store, None, WORD, CONFIG)  # the undoing
    undo(store, None, WORD, CONFIG)  # and that
    assert state(store) == before


def test_a_lock_of_a_merged_customer_taken_back(store: Store) -> None:
    """Two customers with a locked town each, made one, locked anew, and that taken back: the later of both holds."""
    members = store.load("members").set_index("record_id")["customer_id"]
    one, two = str(members["3"]), str(members["4"])
    apply(store, lock_value(store, one, "city", WORD, value="Potsdam", config=CONFIG), CONFIG)
    apply(store, lock_value(store, two, "city", WORD, value="Bern", config=CONFIG), CONFIG)
    apart = state(store)
    apply(store, link_customers(store, one, two, WORD, config=CONFIG), CONFIG)
    before = state(store)
    for town in ("Wien", "Linz"):
        apply(store, lock_value(store, one, "city", WORD, value=town, config=CONFIG), CONFIG)
    undo(store, None, WORD, CONFIG)
    runs = store.history()
    undo(store, str(runs.loc[runs["command"].eq("lock"), "run_id"].iloc[-2]), WORD, CONFIG)
    assert state(store)["customers"] == before["customers"]
    undo(store, str(runs.loc[runs["command"].eq("link"), "run_id"].iloc[-1]), WORD, CONFIG)
    assert state(store)["customers"] == apart["customers"]

"""A run that takes only what is new comes out as one that takes everything; docs/pipeline.md, "Increments"."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from crmclean import steward
from crmclean.config import Config, MatchConfig, MergeConfig, NormalizeConfig, ReadConfig, SourceConfig
from crmclean.increment import full_because, settings_of
from crmclean.pipeline import run
from crmclean.store import Store

pytestmark = pytest.mark.slow  # each runs the whole pipeline several times
CONFIG = Config(as_of="2026-06-30", match=MatchConfig(max_merge_share=1.0))
GIVEN = ["Ida", "Ole", "Karla", "Jens", "Lotte", "Enno", "Maren", "Till"]
FAMILIES = [
    "Adlerhorst",
    "Bachmaier",
    "Conradi",
    "Dornbusch",
    "Eckermann",
    "Falkenau",
    "Gerberding",
    "Hornung",
]
TABLES = ("values", "members", "permissions", "relations", "touchpoints", "orders", "identities")


def person(number: int, **changes: str) -> dict[str, str]:
    """An invented person by number; every eighth shares the family name, every fourth the household."""
    family = FAMILIES[number % 8]
    return {
        "Kundennummer": f"K{1000 + number}",
        "Vorname": GIVEN[(number // 8) % 8],
        "Nachname": family,
        "Geburtsdatum": f"{1950 + number % 40}-0{1 + number % 9}-1{number % 10}",
        "Strasse": f"Lindenweg {1 + number // 16}",
        "PLZ": f"{10115 + number % 4}",
        "Ort": "Berlin",
        "E-Mail": f"{GIVEN[(number // 8) % 8].lower()}.{family.lower()}{number}@post.example",
        **changes,
    }


def table(rows: list[dict[str, str]]) -> pd.DataFrame:
    """Rows as an export."""
    return pd.DataFrame(rows, dtype="str")


BASE = table([person(n) for n in range(48)])
LEADS = table(
    [
        {
            "Vorname": p["Vorname"],
            "Nachname": p["Nachname"],
            "PLZ": p["PLZ"],
            "E-Mail": p["E-Mail"],
            "Firma": f,
        }
        for p, f in ((person(n), "Hornung Gartenbau GmbH" if n % 3 else "") for n in range(0, 48, 5))
    ]
)


def seen(result, *, without=()) -> dict[str, list[str]]:
    """The tables of a result, rows in order, as text."""
    return {
        name: sorted(map(str, getattr(result, name).fillna("").itertuples(index=False, name=None)))
        for name in TABLES
        if name not in without
    }


def clusters(result) -> set[frozenset[str]]:
    """The sets of parties that are one customer."""
    return {frozenset(rows["party"]) for _, rows in result.members.groupby("customer_id")}


def first(store: Store, *tables, config: Config = CONFIG) -> None:
    """A first run."""
    run(list(tables), config, store=store)


def rerun(store: Store, models=None):
    """What the store holds, consolidated anew; nothing of it is saved."""
    return run([], CONFIG, store=store, models=models)


@pytest.fixture
def store(tmp_path):
    """A store with a first run of two sources."""
    with Store(tmp_path / "crmclean.db") as opened:
        first(opened, ("erp", BASE), ("leads", LEADS))
        yield opened


def test_new_records_are_taken_as_by_a_full_run(store):
    """A person who is known already and one who is not: all tables are those of a full rerun."""
    again = person(7, Kundennummer="K2001", **{"E-Mail": "ida.h@anders.example"})
    found = run([("erp", table([again, person(60)]))], CONFIG, store=store)
    assert (found.taken, found.because) == ("increment", "")
    assert store.last_run()["taken"] == "increment"
    assert store.check() == []
    owner = found.members.set_index("record_id")["customer_id"]
    assert owner["K2001"] == owner["K1007"]
    assert seen(found) == seen(rerun(store))


def test_changed_and_deleted_records(store):
    """A record that changes leaves its customer, one that goes retires it; all as by a full rerun."""
    moved = person(3, Vorname="Wanda", Geburtsdatum="2001-02-03", **{"E-Mail": "wanda@neu.example"})
    rows = table([{**moved, "_deleted": ""}, {**person(9), "_deleted": "ja"}])
    found = run([("erp", rows)], CONFIG, store=store)
    assert found.taken == "increment"
    assert "K1009" not in set(found.members["record_id"])
    assert "Wanda" in set(found.values["value"])
    assert store.check() == []
    assert seen(found) == seen(rerun(store))


def test_the_same_delta_twice_changes_no_byte(store, tmp_path):
    """What was taken already touches nobody."""
    delta = [("erp", table([person(60), person(2, Ort="Potsdam")]))]
    one = run(delta, CONFIG, store=store)
    before = (tmp_path / "crmclean.db").read_bytes()
    two = run(delta, CONFIG, store=store)
    assert (tmp_path / "crmclean.db").read_bytes() == before
    assert seen(one) == seen(two)
    assert two.taken == "increment"


def test_order_of_rows_changes_nothing(tmp_path):
    """The same new rows in another order give the same store, group by group."""
    rows = [person(n) for n in (50, 51, 52, 3)]
    found = []
    for number, some in enumerate((rows, rows[::-1])):
        with Store(tmp_path / f"{number}.db") as store:
            first(store, ("erp", BASE))
            run([("erp", table(some))], CONFIG, store=store)
            names = set(store.counts()) - {"sources"}  # the digest of a file is that of its bytes
            found.append({n: store.load(n).drop(columns="row", errors="ignore").to_csv() for n in names})
    assert found[0] == found[1]


def test_only_the_touched_customers_on_request(store):
    """only_changes hands back whom the new rows touch, and the store holds everybody."""
    found = run([("erp", table([person(60)]))], CONFIG, store=store, only_changes=True)
    assert found.partial
    assert "K1060" in set(found.members["record_id"])
    assert found.members["customer_id"].nunique() < store.load("members")["customer_id"].nunique()
    assert set(found.changes["change"]) == {"created"}


def test_what_stewards_said_holds(store):
    """Two who were linked and two who were split stay so when one of their records changes."""
    members = store.load("members").set_index("record_id")["customer_id"]
    word = steward.Word(actor="eva", reason="asked", at="2026-06-30T10:00:00Z")
    steward.apply(
        store, steward.link_customers(store, members["K1001"], members["K1030"], word, config=CONFIG), CONFIG
    )
    found = run([("erp", table([person(1, Ort="Potsdam"), person(61)]))], CONFIG, store=store)
    assert found.taken == "increment"
    owner = found.members.set_index("record_id")["customer_id"]
    assert owner["K1001"] == owner["K1030"]
    assert seen(found) == seen(rerun(store))


def test_an_undone_increment_is_as_if_it_had_not_been(store):
    """Undoing gives back every table."""
    names = ("members", "customers", "permissions", "scores", "clusters", "parties", "issues", "relations")
    before = {name: store.load(name).to_csv() for name in names}
    run([("erp", table([person(60), person(2, Vorname="Uta")]))], CONFIG, store=store)
    assert store.load("customers").to_csv() != before["customers"]
    store.undo_run()
    assert {name: store.load(name).to_csv() for name in names} == before
    assert store.check() == []


def test_consents_and_touchpoints_of_a_later_file(store):
    """Events and touchpoints of new files reach customers that no new record touches."""
    events = table(
        [
            {
                "id": "e1",
                "E-Mail": BASE["E-Mail"][4],
                "Kanal": "E-Mail",
                "Ereignis": "Widerruf",
                "Datum": "2026-05-02",
            },
            {
                "id": "e2",
                "E-Mail": BASE["E-Mail"][5],
                "Kanal": "E-Mail",
                "Ereignis": "Einwilligung",
                "Datum": "2026-05-03",
            },
        ]
    )
    run([("einwilligungen", events)], CONFIG, store=store)
    found = run([("erp", table([person(60)]))], CONFIG, store=store)
    assert found.taken == "increment"
    owner = found.members.set_index("record_id")["customer_id"]["K1004"]
    mine = found.permissions[
        (found.permissions["customer_id"] == owner) & (found.permissions["channel"] == "email")
    ]
    assert not mine["allowed"].any()
    assert seen(found) == seen(rerun(store))


def test_another_day_decides_anew(store):
    """Permissions are those of the day of the run, of untouched customers, too."""
    found = run([("erp", table([person(60)]))], replace(CONFIG, as_of="2026-07-31"), store=store)
    assert found.taken == "increment"
    assert set(found.permissions["as_of"]) == {"2026-07-31"}
    assert set(store.load("permissions")["as_of"]) == {"2026-07-31"}
    assert store.check() == []


@pytest.mark.parametrize(
    ("config", "because"),
    [
        (CONFIG, ""),
        (replace(CONFIG, match=MatchConfig(max_merge_share=0.5)), ""),
        (replace(CONFIG, match=MatchConfig(match_threshold=0.9)), "settings"),
        (replace(CONFIG, normalize=NormalizeConfig(default_country="AT")), "settings"),
        (replace(CONFIG, merge=MergeConfig(source_priority=("leads",))), "settings"),
        (replace(CONFIG, read=ReadConfig(sources={"erp": SourceConfig(max_age=12)})), "settings"),
    ],
)
def test_what_everybody_depends_on_asks_for_a_full_run(store, config, because):
    """Settings of results make a full run, those of one run do not."""
    assert full_because(store, config, settings_of(config), "") == because


def test_many_new_records_make_a_full_run(store):
    """A fifth of the store anew is no increment, unless it is asked for; a full run can be asked for."""
    rows = table([person(n) for n in range(100, 130)])
    assert run([("erp", rows)], CONFIG, store=store).because == "large"
    rows = table([person(n) for n in range(200, 230)])
    assert run([("erp", rows)], CONFIG, store=store, how="increment").taken == "increment"
    assert run([("erp", table([person(230)]))], CONFIG, store=store, how="full").because == "asked"


def test_a_run_without_a_store_is_a_full_one():
    """Nothing is known, everything is new."""
    assert run([("erp", BASE)], CONFIG).because == "first"


change = st.tuples(st.integers(0, 63), st.sampled_from(["new", "name", "place", "mail", "gone", "double"]))


def row_of(number: int, what: str) -> dict[str, str]:
    """A row of a delta: a person as known, changed, gone, or once more under another number."""
    said = {
        "name": {"Vorname": GIVEN[(number + 3) % 8]},
        "place": {"Strasse": "Ahornallee 5", "PLZ": "20095", "Ort": "Hamburg"},
        "mail": {"E-Mail": f"familie.{FAMILIES[number % 8].lower()}@post.example"},
        "double": {"Kundennummer": f"K{3000 + number}", "E-Mail": ""},
    }
    return {**person(number, **said.get(what, {})), "_deleted": "ja" if what == "gone" else ""}


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a run takes a second: shrinking takes minutes
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    deltas=st.lists(
        st.lists(change, min_size=1, max_size=4, unique_by=lambda c: c[0]), min_size=1, max_size=3
    )
)
def test_any_increments_come_out_as_a_full_run(tmp_path_factory, deltas):
    """Whatever is added, changed and deleted, step by step: customers and values are those of a full rerun."""
    with Store(tmp_path_factory.mktemp("increments") / "s.db") as store:
        first(store, ("erp", BASE), ("leads", LEADS))
        for delta in deltas:
            rows = table([row_of(*said) for said in delta])
            found = run([("erp", rows)], CONFIG, store=store, how="increment")
        assert store.check() == []
        whole = rerun(store)
        assert clusters(found) == clusters(whole)
        assert seen(found, without=("identities",)) == seen(whole, without=("identities",))
        for known in store.load("identities")["customer_id"]:
            assert store.resolve(known)

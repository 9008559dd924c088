"""What a run changes is kept, told, and can be taken back."""

from __future__ import annotations

import sqlite3

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmclean.errors import NotFoundError
from crmclean.store import Store, groups
from crmclean.tables import CUSTOMERS, IDENTITIES, MEMBERS, PERMISSIONS, RECORDS

NOTE = {"version": "0.1.0", "command": "run"}


def tables_of(owners, names=None, day="2026-01-31"):
    """Tables of a run in which each record (its number) belongs to a customer.

    Args:
        owners: Record number -> customer.
        names: Customer -> family name; else the customer's own name.
        day: Day of the permissions.
    """
    records = sorted(owners, key=str)
    customers = sorted(set(owners.values()))
    return {
        "records": RECORDS.check(
            pd.DataFrame(
                {"source": "a", "record_id": pd.Series([str(r) for r in records], dtype="str"), "email": "x"}
            )
        ),
        "members": MEMBERS.check(
            pd.DataFrame(
                {
                    "customer_id": pd.Series([owners[r] for r in records], dtype="str"),
                    "party": pd.Series([f"a:{r}/person" for r in records], dtype="str"),
                    "source": "a",
                    "record_id": pd.Series([str(r) for r in records], dtype="str"),
                    "kind": "person",
                    "is_primary": True,
                }
            ).sort_values(["customer_id", "party"])
        ),
        "customers": CUSTOMERS.check(
            pd.DataFrame(
                {
                    "customer_id": pd.Series(customers, dtype="str"),
                    "field": "family_name",
                    "value": pd.Series([(names or {}).get(c, c.title()) for c in customers], dtype="str"),
                    "is_primary": True,
                    "source": "a",
                    "record_id": pd.Series(
                        [next(str(r) for r in records if owners[r] == c) for c in customers], dtype="str"
                    ),
                    "rule": "only",
                }
            )
        ),
        "permissions": PERMISSIONS.check(
            pd.DataFrame(
                {
                    "customer_id": pd.Series(customers, dtype="str"),
                    "channel": "post",
                    "purpose": "marketing",
                    "allowed": True,
                    "reason": "R",
                    "as_of": day,
                    "policy": "p",
                }
            )
        ),
    }


def identities(*rows):
    """Identities written (id, status, merged_into, split_from)."""
    return IDENTITIES.check(
        pd.DataFrame(
            [
                {
                    "customer_id": i,
                    "kind": "person",
                    "anchor": f"a:{i}/person",
                    "status": s,
                    "merged_into": m,
                    "split_from": f,
                }
                for i, s, m, f in rows
            ]
        )
    )


def state(store):
    """All that a reader can see of the tables that a run replaces, and the views."""
    found = {
        name: store.load(name).to_csv()
        for name in ("records", "members", "customers", "permissions", "identities")
    }
    connection = sqlite3.connect(store.path)
    for view in ("customer", "crosswalk", "permission"):
        found[view] = str(connection.execute(f"SELECT * FROM {view} ORDER BY 1, 2, 3").fetchall())  # noqa: S608  names of views
    connection.close()
    return found


def save(store, owners, at, **more):
    """A run of these owners."""
    return store.save_run(tables_of(owners, **more), {**NOTE, "at": at, "records": len(owners)})


@pytest.fixture
def store(tmp_path):
    """A new store."""
    with Store(tmp_path / "crmclean.db") as opened:
        yield opened


def test_undo_takes_back_the_last_run(store):
    """Tables and views are what they were, byte for byte; the undone run stays in the history."""
    save(store, {1: "ada", 2: "ada", 3: "bob"}, "2026-01-31")
    before = state(store)
    second = save(store, {1: "ada", 3: "bob", 4: "eve"}, "2026-02-28", day="2026-02-28")
    assert state(store) != before
    undone = store.undo_run()
    assert state(store) == before
    assert store.history()["run_id"].tolist()[1:] == [second, undone]
    assert store.last_run()["at"] == "2026-01-31"
    assert store.check() == []


def test_undo_of_an_undo_brings_the_run_back(store):
    """And the next undo takes it back again."""
    save(store, {1: "ada"}, "2026-01-31")
    first = state(store)
    save(store, {1: "ada", 2: "bob"}, "2026-02-28")
    second = state(store)
    undone = store.undo_run()
    store.undo_run(undone)
    assert state(store) == second
    assert store.last_run()["at"] == "2026-02-28"
    store.undo_run()
    assert state(store) == first


def test_undo_of_a_run_undoes_what_came_after_it(store):
    """The tables of before that run; one more undo goes back one more."""
    save(store, {1: "ada"}, "2026-01-31")
    first = state(store)
    second = save(store, {1: "ada", 2: "bob"}, "2026-02-28")
    save(store, {1: "eve", 2: "eve"}, "2026-03-31")
    store.undo_run(second)
    assert state(store) == first
    with pytest.raises(NotFoundError, match=second):
        store.undo_run(second)
    store.undo_run()
    assert store.count("records") == 0
    with pytest.raises(NotFoundError):
        store.undo_run()


def test_the_same_run_again_writes_nothing(store):
    """No byte changes, also after many openings; another day alone is a run without changes."""
    run = save(store, {1: "ada", 2: "bob"}, "2026-01-31")
    content = store.path.read_bytes()
    assert save(store, {1: "ada", 2: "bob"}, "2026-01-31") == run
    assert store.path.read_bytes() == content
    later = save(store, {1: "ada", 2: "bob"}, "2026-02-28", day="2026-02-28")
    assert later != run
    assert len(store.changes(later)) == 0
    journal = store._connection.execute("SELECT name, kind FROM journal WHERE step > 1").fetchall()
    assert journal == [("permissions", "constant")]
    assert store.load("permissions")["as_of"].tolist() == ["2026-02-28"] * 2


def test_another_run_with_the_same_note_has_its_own_id(store):
    """Notes are not contents: nothing of the history is lost."""
    first = save(store, {1: "ada", 2: "bob"}, "2026-01-31")
    second = save(store, {1: "ada", 2: "eve"}, "2026-01-31")
    assert first != second
    assert store.history()["run_id"].tolist() == [first, second]


def test_change_log_says_what_became_of_customers(store):
    """Created, merged, split, retired; records that moved; primary values that changed."""
    tables = tables_of({1: "ada", 2: "bob", 3: "eve"})
    first = store.save_run(
        {**tables, "identities": identities(*((c, "active", None, None) for c in ("ada", "bob", "eve")))},
        {"at": "1"},
    )
    assert store.changes(first)["change"].tolist() == ["created"] * 3
    tables = tables_of({1: "ada", 2: "ada", 4: "flo"}, {"ada": "Ada-Maria"})
    second = store.save_run(
        {
            **tables,
            "identities": identities(
                ("ada", "active", None, None), ("bob", "merged", "ada", None), ("eve", "retired", None, None),
                ("flo", "active", None, "ada"),
            ),
        },
        {"at": "2"},
    )  # fmt: skip
    found = store.changes(second)[["change", "customer_id", "other_id", "record_id", "field", "old", "new"]]
    assert [tuple(v for v in row if isinstance(v, str)) for row in found.itertuples(index=False)] == [
        ("moved", "ada", "bob", "2"),
        ("changed", "ada", "family_name", "Ada", "Ada-Maria"),
        ("merged", "bob", "ada"),
        ("retired", "eve"),
        ("split", "flo", "ada"),
    ]
    undone = store.changes(store.undo_run())
    said = set(zip(undone["change"], undone["customer_id"], strict=True))
    assert {
        ("split", "bob"),
        ("created", "eve"),
        ("retired", "flo"),
        ("moved", "bob"),
        ("changed", "ada"),
    } == said


def test_some_entities_can_be_replaced(store):
    """With `only` the others stay as they are, and undo knows what was there."""
    save(store, {n: f"c{n:02}" for n in range(20)}, "2026-01-31")
    before = state(store)
    part = tables_of({3: "c03", 30: "c30"}, {"c03": "New"})
    store.save_run(
        {"customers": part["customers"], "permissions": part["permissions"]},
        {"at": "2026-02-01"},
        only={"customers": ["c03", "c05"], "permissions": ["c03"]},
    )
    values = store.load("customers").set_index("customer_id")["value"]
    assert values["c03"] == "New"
    assert "c05" not in values.index
    assert "c30" in values.index
    assert len(values) == 20
    store.undo_run()
    assert state(store) == before


def test_permissions_of_different_days_stand_beside_each_other(store):
    """A day that all share is kept once; where a part is decided anew, each keeps its own."""
    save(store, {1: "ada", 2: "bob"}, "2026-01-31")
    before = state(store)
    part = tables_of({2: "bob"}, day="2026-02-28")["permissions"]
    store.save_run({"permissions": part}, {"at": "2026-02-28"}, only={"permissions": ["bob"]})
    assert store.load("permissions")["as_of"].tolist() == ["2026-01-31", "2026-02-28"]
    rows = store._connection.execute("SELECT customer_id, as_of FROM permission ORDER BY 1").fetchall()
    assert rows == [("ada", "2026-01-31"), ("bob", "2026-02-28")]
    store.undo_run()
    assert state(store) == before


def test_ids_that_a_run_issued_stay_known_when_it_is_taken_back(store):
    """They lead to whoever has their record then, or are retired; said again, the run has them as it had."""
    first = tables_of({1: "ada", 2: "ada"}) | {"identities": identities(("ada", "active", None, None))}
    store.save_run(first, {**NOTE, "at": "2026-01-31"})
    split = identities(
        ("ada", "active", None, None), ("2", "active", None, "ada"), ("3", "active", None, None)
    )
    split.loc[split["customer_id"].eq("2"), "anchor"] = store.load("members")["party"].iloc[1]
    store.save_run(
        tables_of({1: "ada", 2: "2", 3: "3"}) | {"identities": split}, {**NOTE, "at": "2026-02-28"}
    )
    after = state(store)
    undone = store.undo_run()
    known = store.load("identities").set_index("customer_id")
    assert known.loc["2", ["status", "merged_into"]].tolist() == ["merged", "ada"]
    assert known.loc["3", "status"] == "retired"
    assert store.check() == []
    store.undo_run(undone)
    assert state(store) == after


def test_resolve_knows_ids_of_undone_runs(store):
    """Every id ever issued has an answer."""
    store.save_run({"identities": identities(("ada", "active", None, None))}, {"at": "1"})
    store.undo_run()
    assert len(store.load("identities")) == 0
    assert store.resolve("ada") == "ada"


OWNERS = st.dictionaries(
    st.integers(0, 40), st.sampled_from(["ada", "bob", "eve", "flo", "gus"]), max_size=25
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    runs=st.lists(st.tuples(OWNERS, st.sampled_from(["2026-01-31", "2026-02-28"])), min_size=1, max_size=5),
    data=st.data(),
)
def test_any_run_can_be_undone(tmp_path_factory, monkeypatch, runs, data):
    """Whatever the runs, in however small groups: undo gives the state of before, undoing that the one of after."""
    monkeypatch.setattr(groups, "ROWS", 4)
    with Store(tmp_path_factory.mktemp("store") / "crmclean.db") as store:
        states, ids = [state(store)], []
        for number, (owners, day) in enumerate(runs):
            ids.append(save(store, owners, f"2026-03-{number:02}", day=day))
            states.append(state(store))
            frames = tables_of(owners, day=day)
            assert store.load("members").equals(frames["members"])
        target = data.draw(st.integers(0, len(runs) - 1))
        undone = store.undo_run(ids[target])
        assert state(store) == states[target]
        assert store.check() == []
        store.undo_run(undone)
        assert state(store) == states[-1]

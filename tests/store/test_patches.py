"""A few entities of a group replaced: as if the group had been written anew."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.store import Store, groups
from crmclean.tables import CONTACTS, SCORES

NOTE = {"version": "0.1.0", "command": "run"}
KEYS = [f"a:{number:03d}/person" for number in range(120)]


def contacts(rows):
    """Contacts written party -> keys."""
    pairs = [(party, key) for party in sorted(rows) for key in rows[party]]
    frame = pd.DataFrame({"party": [p for p, _ in pairs], "key": [k for _, k in pairs]}, dtype="str")
    return CONTACTS.check(frame.assign(kind="email", field="email", valid=True))


def rows_of(store, **where):
    """Party -> keys, as the store has them."""
    frame = store.load("contacts", where={name: list(values) for name, values in where.items()} or None)
    return {party: rows["key"].tolist() for party, rows in frame.groupby("party", sort=True)}


def patches(store):
    """How many groups have a patch."""
    return store._connection.execute("SELECT COUNT(*) FROM patch").fetchone()[0]


@pytest.fixture(autouse=True)
def small_groups(monkeypatch):
    """Groups of a few rows, so that a table has many."""
    monkeypatch.setattr(groups, "ROWS", 24)


change = st.dictionaries(
    st.sampled_from(KEYS), st.lists(st.sampled_from("abcdef"), max_size=3), min_size=1, max_size=6
)


@settings(max_examples=15, deadline=None)
@given(changes=st.lists(change, min_size=1, max_size=6))
def test_any_changes_are_as_if_all_had_been_written(tmp_path_factory, changes):
    """Rows, keys, counts, check and undo are those of a table written whole, whatever was replaced."""
    have = {party: ["x", party[2:5]] for party in KEYS[::2]}
    with Store(tmp_path_factory.mktemp("patches") / "s.db") as store:
        states = [dict(have)]
        store.save_run({"contacts": contacts(have)}, NOTE)
        for number, said in enumerate(changes):
            have = {p: k for p, k in {**have, **said}.items() if k}
            given_rows = contacts({p: k for p, k in said.items() if k})
            store.save_run({"contacts": given_rows}, {**NOTE, "at": str(number)}, only={"contacts": said})
            states.append(dict(have))
            assert rows_of(store) == dict(sorted(have.items()))
            assert store.count("contacts") == sum(map(len, have.values()))
            for key in "ax":
                named = {p for p, keys in have.items() if key in keys}
                assert set(rows_of(store, key=[key])) == named
            assert rows_of(store, party=sorted(said)) == {p: k for p, k in sorted(said.items()) if k}
            assert store.check() == []
        for before in reversed(states[:-1]):
            store.undo_run()
            assert rows_of(store) == dict(sorted(before.items()))
        assert store.check() == []


def test_a_small_change_leaves_the_groups_as_they_are(tmp_path):
    """One entity of a hundred: its group gets a patch, and vacuum writes the group anew."""
    have = {party: ["x"] for party in KEYS}
    with Store(tmp_path / "s.db") as store:
        store.save_run({"contacts": contacts(have)}, NOTE)
        bodies = store._connection.execute("SELECT id, body FROM chunk ORDER BY id").fetchall()
        changed = {KEYS[5]: ["y", "z"], KEYS[60]: []}
        store.save_run(
            {"contacts": contacts({KEYS[5]: ["y", "z"]})}, {**NOTE, "at": "1"}, only={"contacts": changed}
        )
        assert patches(store) == 2
        assert store._connection.execute("SELECT id, body FROM chunk ORDER BY id").fetchall() == bodies
        wanted = {p: k for p, k in {**have, **changed}.items() if k}
        assert rows_of(store) == wanted
        store.vacuum()
        assert patches(store) == 0
        assert rows_of(store) == wanted
        assert store.check() == []


def test_the_whole_table_after_patches_changes_nothing(tmp_path):
    """A run that brings all rows as they are writes nothing, patched or not."""
    have = {party: ["x"] for party in KEYS}
    with Store(tmp_path / "s.db") as store:
        store.save_run({"contacts": contacts(have)}, NOTE)
        note = {**NOTE, "at": "1"}
        last = store.save_run({"contacts": contacts({KEYS[5]: ["y"]})}, note, only={"contacts": [KEYS[5]]})
        before = (tmp_path / "s.db").read_bytes()
        assert store.save_run({"contacts": contacts({**have, KEYS[5]: ["y"]})}, note) == last
        assert (tmp_path / "s.db").read_bytes() == before
        assert (
            store.save_run({"contacts": contacts({KEYS[5]: ["y"]})}, note, only={"contacts": [KEYS[5]]})
            == last
        )


def test_a_damaged_patch_is_told(tmp_path):
    """A patch is checked like the group it belongs to."""
    have = {party: ["x"] for party in KEYS}
    with Store(tmp_path / "s.db") as store:
        store.save_run({"contacts": contacts(have)}, NOTE)
        store.save_run(
            {"contacts": contacts({KEYS[5]: ["y"]})}, {**NOTE, "at": "1"}, only={"contacts": [KEYS[5]]}
        )
        store._connection.execute("UPDATE patch SET digest = x'00'")
        assert len(store.check()) == 1


def test_scores_of_a_patch_are_found_by_their_other_party(tmp_path):
    """What is looked up by a column that is not the entity is found in patches, too."""

    def scores(pairs):
        frame = pd.DataFrame(
            {"party_l": [a for a, _ in pairs], "party_r": [b for _, b in pairs]}, dtype="str"
        )
        return SCORES.check(
            frame.assign(weight=1.0, probability=0.9, band="match", levels="", outcome="merged")
        )

    with Store(tmp_path / "s.db") as store:
        store.save_run({"scores": scores(list(pairwise(KEYS)))}, NOTE)
        store.save_run(
            {"scores": scores([(KEYS[3], "b:1/person")])}, {**NOTE, "at": "1"}, only={"scores": [KEYS[3]]}
        )
        assert patches(store) == 1
        found = store.load("scores", where={"party_r": ["b:1/person"]})
        assert found["party_l"].tolist() == [KEYS[3]]
        assert not len(store.load("scores", where={"party_l": [KEYS[3]], "party_r": [KEYS[4]]}))

"""Runs over a store: what they change is told, can be taken back, and what a steward locked holds."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pandas as pd
import pytest

from crmclean.config import Config, MergeConfig
from crmclean.increment.plan import settings_of
from crmclean.pipeline import run
from crmclean.store import Store
from crmclean.tables import LOCKS
from tests.conftest import ROOT

PEOPLE = [
    ("1", "Annegret", "Köhler", "Lindenweg 4", "80331", "München", "annegret.koehler@web.de", "0171 2345678"),
    ("2", "Bernd", "Aydin", "Marktplatz 1", "70173", "Stuttgart", "bernd.aydin@gmx.de", "0160 9988776"),
    ("3", "Annegret", "Koehler", "Lindenweg 4", "80331", "München", "annegret.koehler@web.de", ""),
    ("4", "Carla", "Brandt", "Hafenstr. 12", "20457", "Hamburg", "carla@brandt-bau.example", "040 1234567"),
]
COLUMNS = ["Kundennummer", "Vorname", "Nachname", "Strasse", "PLZ", "Ort", "E-Mail", "Telefon"]
TABLES = (
    "records",
    "parties",
    "contacts",
    "addresses",
    "members",
    "customers",
    "identities",
    "permissions",
    "scores",
)


def erp(*changed):
    """The export of the ERP; rows with a known number replace theirs."""
    rows = {row[0]: row for row in (*PEOPLE, *changed)}
    return ("erp", pd.DataFrame(rows.values(), columns=COLUMNS))


def month(store, number, *changed):
    """The run of a month."""
    return run([erp(*changed)], Config(as_of=f"2026-{number:02}-28"), store=store)


def tables(store):
    """What the store holds."""
    return {name: store.load(name) for name in TABLES}


@pytest.fixture(scope="module")
def january(tmp_path_factory):
    """The file of a store with the run of January, and what that run found."""
    path = tmp_path_factory.mktemp("january") / "crmclean.db"
    with Store(path) as opened:
        return path, month(opened, 1)


@pytest.fixture
def store(january, tmp_path):
    """A store with the run of January."""
    with Store(shutil.copy(january[0], tmp_path / "crmclean.db")) as opened:
        yield opened


def customer_of(store, record):
    """The id of a record's customer."""
    return store.load("members", where={"source": ["erp"], "record_id": [record]})["customer_id"].iloc[0]


def test_first_run_creates_all(january):
    """With a store and without: every customer is new."""
    found = january[1]
    for result in (found, run([erp()], Config(as_of="2026-01-28"))):
        assert result.changes["change"].tolist() == ["created"] * 3
        assert set(result.changes["customer_id"]) == set(result.members["customer_id"])
    assert set(found.changes["run_id"]) != {""}


def test_same_run_again_changes_no_byte(store):
    """Neither of the store nor of the change log."""
    content = store.path.read_bytes()
    again = month(store, 1)
    assert store.path.read_bytes() == content
    assert again.changes["change"].tolist() == ["created"] * 3
    assert len(store.history()) == 1
    assert store.check() == []


def test_change_of_a_value_is_told_and_undone(store):
    """A street that changed; afterwards every table is what it was."""
    before = tables(store)
    moved = month(
        store, 2, ("4", "Carla", "Brandt", "Ringstr. 7", "20457", "Hamburg", "carla@brandt-bau.example", "")
    )
    told = {(row.change, row.field, row.old, row.new) for row in moved.changes.itertuples()}
    assert ("changed", "street", "Hafenstr.", "Ringstr.") in told
    assert set(moved.changes["change"]) == {"changed"}
    assert store.check() == []
    undone = store.undo_run()
    for name, frame in tables(store).items():
        pd.testing.assert_frame_equal(frame, before[name])
    assert ("street", "Ringstr.", "Hafenstr.") in set(
        store.changes(undone)[["field", "old", "new"]].itertuples(index=False, name=None)
    )


def test_locked_value_survives_every_run(store):
    """Until it is unlocked; newer records that disagree are findings."""
    customer = customer_of(store, "2")
    row = {
        "customer_id": customer,
        "field": "given_name",
        "value": "Bernhard",
        "state": "locked",
        "actor": "eva",
    }
    store.save_locks(LOCKS.check(pd.DataFrame([{**row, "at": "2026-01-30T00:00:00Z"}])))

    def shown(result):
        values = result.values
        mine = values["customer_id"].eq(customer) & values["field"].eq("given_name") & values["is_primary"]
        return values.loc[mine, ["value", "rule"]].to_numpy().tolist()

    assert shown(month(store, 2)) == [["Bernhard", "locked"]]
    assert shown(
        month(store, 3, ("2", "Bernd", "Aydin", "Weg 3", "70173", "Stuttgart", "bernd.aydin@gmx.de", ""))
    ) == [["Bernhard", "locked"]]
    store.save_locks(LOCKS.check(pd.DataFrame([{**row, "state": "unlocked", "at": "2026-03-30T00:00:00Z"}])))
    assert shown(month(store, 4))[0][0] == "Bernd"


def test_lock_expires(store):
    """On the day it says."""
    customer = customer_of(store, "2")
    row = {
        "customer_id": customer,
        "field": "given_name",
        "value": "Bernhard",
        "state": "locked",
        "at": "2026-01-30",
    }
    store.save_locks(LOCKS.check(pd.DataFrame([{**row, "expires": "2026-03-01"}])))
    assert "Bernhard" in set(month(store, 2).values["value"])
    assert "Bernhard" not in set(month(store, 3).values["value"])


def longest_first(evidence):
    """A rule of ours."""
    return -evidence.letters


def test_a_function_is_a_setting_by_its_name() -> None:
    """The digest of the settings does not depend on where a function lies in memory."""
    config = Config(merge=MergeConfig(rules={"email": (longest_first, "most_recent")}))
    code = (
        "from tests.test_pipeline_store import *; from crmclean.increment.plan import settings_of;"
        "print(settings_of(Config(merge=MergeConfig(rules={'email': (longest_first, 'most_recent')}))))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert said.stdout.strip() == settings_of(config)

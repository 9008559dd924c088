"""An erased record is nowhere in the file: not in tables, journal, change log, views or freed pages."""

from __future__ import annotations

import pandas as pd
import pytest

from crmclean.store import Store
from crmclean.store.batches import decode
from crmclean.tables import (
    CLUSTERS,
    CONTACTS,
    CUSTOMERS,
    IDENTITIES,
    ISSUES,
    MEMBERS,
    PARTIES,
    RECORDS,
    SCORES,
)

SECRET = "zaphod"  # noqa: S105  a name


def tables(mail):
    """Ada has record 1 and, of somebody who wants to be forgotten, record 2; Bob has record 3."""
    parties = [f"a:{n}/person" for n in (1, 2, 3)]
    owner = ["ada", "ada", "bob"]
    key = {"source": "a", "record_id": ["1", "2", "3"]}
    return {
        "records": RECORDS.check(pd.DataFrame({**key, "name": ["Ada", f"{SECRET} two", "Bob"], "email": ["x", mail, "y"]})),
        "parties": PARTIES.check(
            pd.DataFrame({"party": parties, **key, "kind": "person", "given_name": ["Ada", SECRET, "Bob"]})
        ),
        "contacts": CONTACTS.check(
            pd.DataFrame({"party": parties[1:], "kind": "email", "value": [mail, "y"], "key": [mail, "y"], "valid": True})
        ),
        "scores": SCORES.check(pd.DataFrame({"party_l": [parties[0]], "party_r": [parties[1]], "weight": 1.0})),
        "clusters": CLUSTERS.check(pd.DataFrame({"party": parties, "cluster": [parties[1], parties[1], parties[2]]})),
        "members": MEMBERS.check(
            pd.DataFrame({"customer_id": owner, "party": parties, **key, "kind": "person", "is_primary": True})
        ),
        "customers": CUSTOMERS.check(
            pd.DataFrame(
                {
                    "customer_id": owner, "field": ["given_name", "email", "given_name"], "value": ["Ada", mail, "Bob"],
                    "is_primary": True, "rule": "only", **key,
                }
            )
        ),
        "identities": IDENTITIES.check(
            pd.DataFrame({"customer_id": ["ada", "bob"], "kind": "person", "anchor": [parties[1], parties[2]], "status": "active", "stood_for": ["12", "34"]})
        ),
        "issues": ISSUES.check(
            pd.DataFrame(
                {
                    "source": "a", "record_id": ["1", "2", "3"], "code": "value_conflict", "raw": ["x", SECRET, "y"],
                    "proposal": [SECRET, "x", None], "detail": ["customer=ada record=a:2", "customer=ada record=a:1", None],
                }
            )
        ),
    }  # fmt: skip


def everything(store):
    """All texts that the file holds: blocks unpacked, rows and pages as they are."""
    texts = [store.path.read_bytes().decode("latin-1")]
    for (body,) in store._connection.execute(
        "SELECT body FROM chunk UNION ALL SELECT body FROM journal"
    ).fetchall():
        if body is not None:
            texts.append(str(decode(body).to_pydict()))
    for (added,) in store._connection.execute("SELECT added FROM journal WHERE kind = 'rows'").fetchall():
        if added is not None:
            texts.append(str(decode(added).to_pydict()))
    rows = "SELECT * FROM {}"
    views = ("customer_row", "crosswalk_row", "permission_row")
    texts.extend(str(store._connection.execute(rows.format(name)).fetchall()) for name in views)
    return "\n".join(texts)


@pytest.fixture
def store(tmp_path):
    """Two runs; between them the mail of record 2 changed."""
    with Store(tmp_path / "crmclean.db") as opened:
        opened.save_run(tables(f"{SECRET}@old.example"), {"at": "2026-01-31"})
        opened.save_run(tables(f"{SECRET}@new.example"), {"at": "2026-02-28"})
        yield opened


def test_erased_record_is_nowhere(store):
    """The others stay, the views fit, and undoing does not bring it back."""
    assert SECRET in everything(store)
    assert store.erase([("a", "2")]) > 0
    assert SECRET not in everything(store)
    assert store.load("records")["record_id"].tolist() == ["1", "3"]
    assert store.load("members")["record_id"].tolist() == ["1", "3"]
    assert store.load("customers")["value"].tolist() == ["Ada", "Bob"]
    assert store.load("clusters")["cluster"].tolist() == ["a:1/person", "a:3/person"]
    assert store.load("identities")["anchor"].tolist() == ["", "a:3/person"]
    assert store.load("identities")["stood_for"].fillna("").tolist() == ["", "34"]
    assert store.load("issues")["record_id"].tolist() == ["3"]
    assert store.check() == []
    log = store.load("changes")
    assert log[["old", "new"]].isna().all(axis=None)
    assert log["change"].tolist().count("changed") == 1
    store.undo_run()
    assert SECRET not in everything(store)
    assert store.check() == []


def test_erased_customer_leaves_its_id(store):
    """Of a customer nothing stays but the id, which still has an answer."""
    store.erase([("a", "1"), ("a", "2")], ["ada"])
    assert store.load("customers")["customer_id"].tolist() == ["bob"]
    assert store.resolve("ada") == "ada"
    assert set(store.load("changes")["customer_id"]) == {"bob"}
    rows = store._connection.execute("SELECT customer_id FROM customer").fetchall()
    assert rows == [("bob",)]
    assert store.check() == []


def test_erasing_nobody_changes_nothing(store):
    """A record that is not there is no error."""
    before = store.load("records")
    assert store.erase([("a", "99")]) == 0
    pd.testing.assert_frame_equal(store.load("records"), before)

"""The consent ledger: what is sealed cannot be changed unnoticed, and what is erased is gone."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from crmclean.store import Store
from crmclean.store.ledger_verify import Verification, verify_ledger

RUN = {"at": "2026-01-31", "version": "0.1.0", "command": "run", "records": 2, "customers": 1}
RECORDS = pd.DataFrame(
    {"source": "erp", "record_id": ["1", "2"], "email": ["ida@example.org", "ole@example.org"]}
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store lies."""
    return tmp_path / "crmclean.db"


def events(number: int, first: int = 0) -> pd.DataFrame:
    """Grants and withdrawals of invented people."""
    ids = range(first, first + number)
    return pd.DataFrame(
        {
            "event_id": [f"event-{n:04}" for n in ids],
            "at": [f"2026-01-01T00:00:{n % 60:02}Z" for n in ids],
            "event": ["withdrawn" if n % 3 == 0 else "granted" for n in ids],
            "channel": "email",
            "purpose": "marketing.newsletter",
            "contact_point": [f"person{n}@example.org" for n in ids],
            "row": list(ids),
        }
    )


def verified(path: Path, *heads: str) -> Verification:
    """What `verify` finds in a store."""
    with Store(path, read_only=True) as store:
        return verify_ledger(store.ledger.connection, heads=heads)


def tampered(path: Path, statement: str, *values: object) -> Verification:
    """What `verify` finds after somebody wrote into the file."""
    connection = sqlite3.connect(path)
    connection.execute(statement, values)
    connection.commit()
    connection.close()
    return verified(path)


def test_a_ledger_verifies_and_grows(path: Path) -> None:
    """Every batch of events leads to a new head, and all earlier heads stay part of the chain."""
    with Store(path) as store:
        assert store.ledger.head == ""
        assert store.ledger.append(events(5)) == 5
        first = store.ledger.head
        assert store.ledger.append(events(7, first=3)) == 5
        assert store.ledger.head != first
    found = verified(path, first)
    assert (found.broken, found.events) == ("", 10)


def test_the_same_events_again_change_nothing(path: Path) -> None:
    """Importing twice leaves the file's chain as it is."""
    with Store(path) as store:
        store.ledger.append(events(5))
        head = store.ledger.head
        assert store.ledger.append(events(5)) == 0
        assert store.ledger.head == head


@pytest.mark.parametrize(
    ("statement", "code", "seq"),
    [
        ("UPDATE consents SET event = 'granted' WHERE event_id = 'event-0003'", "changed", 4),
        ("UPDATE consents SET at = NULL WHERE event_id = 'event-0001'", "changed", 2),
        ("DELETE FROM consents WHERE event_id = 'event-0002'", "missing", 3),
        ("DELETE FROM ledger WHERE event_id = 'event-0002'", "gap", 3),
        ("UPDATE ledger SET digest = x'00' WHERE seq = 5", "link", 5),
        ("UPDATE ledger SET salt = NULL, event_id = NULL WHERE seq = 5", "missing", 5),
        ("INSERT INTO consents (event_id, event) VALUES ('new', 'granted')", "unsealed", 0),
    ],
)
def test_tampering_is_found(path: Path, statement: str, code: str, seq: int) -> None:
    """Whatever is changed, added or taken away past the ledger is named, the first place first."""
    with Store(path) as store:
        store.ledger.append(events(9))
    found = tampered(path, statement)
    assert (found.broken, found.seq) == (code, seq)


def test_a_ledger_cut_short_is_found(path: Path) -> None:
    """Events taken from the end, with their entries: the head that the run noted is missing."""
    with Store(path) as store:
        store.save_run({"records": RECORDS, "consents": events(9)}, RUN)
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM ledger WHERE seq = 9")
    connection.execute("DELETE FROM consents WHERE event_id = 'event-0008'")
    connection.commit()
    connection.close()
    assert verified(path).broken == "head"


def test_a_head_from_elsewhere_is_looked_for(path: Path) -> None:
    """A head kept outside shows that the whole file was exchanged."""
    with Store(path) as store:
        store.ledger.append(events(3))
    assert verified(path, "ab" * 32).broken == "head"


def test_a_run_notes_the_head(path: Path) -> None:
    """The head of a run is that of the ledger, the same for the same run in another store."""
    heads = set()
    for name in ("one.db", "two.db"):
        with Store(path.with_name(name)) as store:
            rows = RECORDS if name == "one.db" else RECORDS.iloc[::-1]
            store.save_run({"records": rows, "consents": events(9)}, RUN)
            run = store.last_run()
            assert run is not None
            assert run["head"] == store.ledger.head
            heads.add(store.ledger.head)
    assert len(heads) == 1


def test_the_head_depends_on_everything_read(path: Path) -> None:
    """Who does not know all records of the first run cannot make the salts again."""
    heads = set()
    for name, mail in (("one.db", "ida@example.org"), ("two.db", "ina@example.org")):
        with Store(path.with_name(name)) as store:
            records = RECORDS.assign(email=[mail, "ole@example.org"])
            store.save_run({"records": records, "consents": events(9)}, RUN)
            heads.add(store.ledger.head)
    assert len(heads) == 2


def test_a_store_of_before_is_sealed_as_it_is(path: Path) -> None:
    """Events written by a version without ledger are sealed with the next thing written."""
    with Store(path) as store:
        store.ledger.append(events(4))
    tampered(path, "DROP TABLE ledger")
    connection = sqlite3.connect(path)
    connection.execute("DROP TABLE ledger_key")
    connection.commit()
    connection.close()
    assert verified(path).broken == "unsealed"
    with Store(path) as store:
        store.ledger.append(events(1, first=9))
    found = verified(path)
    assert (found.broken, found.events) == ("", 5)


def test_line_numbers_are_not_sealed(path: Path) -> None:
    """A file sorted anew says the same."""
    heads = set()
    for name, lines in (("one.db", [1, 2, 3]), ("two.db", [3, 1, 2])):
        with Store(path.with_name(name)) as store:
            store.save_run({"records": RECORDS, "consents": events(3).assign(row=lines)}, RUN)
            heads.add(store.ledger.head)
    assert len(heads) == 1

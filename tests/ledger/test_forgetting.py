"""Who is erased is gone, stays out, and can come back by a declaration of his own alone."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from crmclean.errors import ConfigError
from crmclean.ledger.booking import Declaration, book
from crmclean.ledger.forgetting import Erasure, forget, plan_erasure
from crmclean.ledger.importing import import_events
from crmclean.ledger.marks import postal_mark
from crmclean.pipeline import run
from crmclean.store import Store
from crmclean.store.keys import KeyRing, key_file, read_keys, rotate_key
from crmclean.store.ledger_erase import drop_locked, locked_events
from crmclean.store.ledger_verify import verify_ledger
from crmclean.tables import MEMBERS, TABLES
from tests.ledger.conftest import CONFIG, ERP, EVENTS, SHOP, customer_of, inputs

CARLA = ("carla.brandt@posteo.de", "+491725556667", "carla", "hafenstr")
COUPLE = (("max", "person"), ("eva", "person2"))
AT = "2026-06-30T12:00:00Z"


def erased(path: Path, record_id: str) -> Erasure:
    """The store after the customer of an ERP record was forgotten."""
    with Store(path) as store:
        plan = plan_erasure(store, customer_of(path, record_id), CONFIG)
        ring = read_keys(create=True)
        assert ring is not None
        return forget(store, plan, ring, at=AT)


def found_in(path: Path, *words: str) -> list[str]:
    """Places of the store, decoded, and of the file's bytes that hold one of the words."""
    raw = path.read_bytes().lower()
    places = [f"bytes: {word}" for word in words if word.encode() in raw]
    with Store(path, read_only=True) as store:
        for table in TABLES:
            frame = store.load(table.name).astype("str")
            for name in frame.columns:
                text = frame[name].str.lower()
                places += [
                    f"{table.name}.{name}: {w}" for w in words if text.str.contains(w, regex=False).any()
                ]
    return places


def test_nothing_of_the_person_is_left(path: Path) -> None:
    """Before the erasure the values are there, afterwards neither in a table nor in the file's bytes."""
    assert found_in(path, *CARLA)
    done = erased(path, "4")
    assert done.remains == ()
    assert found_in(path, *CARLA) == []
    assert (
        not path.with_name("crmclean.db-wal").exists() or not path.with_name("crmclean.db-wal").stat().st_size
    )


def test_undo_brings_nothing_back(path: Path) -> None:
    """What a run replaced before the erasure is gone from the journal, too."""
    with Store(path) as store:
        moved = ERP.assign(Strasse=ERP["Strasse"].replace("Hafenstr. 12", "Deichgasse 99"))
        run([("erp", moved), ("shop", SHOP), ("log", EVENTS)], CONFIG, store=store)
    erased(path, "4")
    with Store(path) as store:
        store.undo_run()
    assert found_in(path, *CARLA, "deichgasse") == []


def test_the_chain_holds_and_names_the_erasure(path: Path) -> None:
    """Earlier heads stay part of the chain; the event counts as erased."""
    with Store(path) as store:
        head = store.ledger.head
    erased(path, "4")
    with Store(path) as store:
        found = verify_ledger(store.ledger.connection, heads=[head])
    assert (found.broken, found.erased) == ("", 1)


def test_an_erasure_cannot_be_faked(path: Path) -> None:
    """An event that is blanked without a note is missing."""
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM consents WHERE record_id = '4'")
    connection.execute("UPDATE ledger SET salt = NULL, event_id = NULL WHERE seq = 1")
    connection.commit()
    connection.close()
    with Store(path) as store:
        assert verify_ledger(store.ledger.connection).broken == "missing"


def test_the_salt_cannot_be_made_again(path: Path) -> None:
    """After an erasure the key of the ledger is another one."""
    keys = []
    for _ in range(2):
        connection = sqlite3.connect(path)
        keys.append(connection.execute("SELECT key FROM ledger_key").fetchone()[0])
        connection.close()
        if len(keys) == 1:
            erased(path, "4")
    assert keys[0] != keys[1]
    assert keys[0] not in path.read_bytes()


def test_the_next_import_stays_without_the_person(path: Path) -> None:
    """The same files again: the record is kept out, named by its id alone, nothing of it is stored."""
    erased(path, "4")
    with Store(path) as store:
        result = run(inputs(), CONFIG, store=store)
        assert verify_ledger(store.ledger.connection).broken == ""
    assert result.excluded.to_dict("records") == [{"source": "erp", "record_id": "4", "reason": "suppressed"}]
    assert set(result.issues.loc[result.issues["record_id"] == "4", "code"]) == {
        "record_suppressed",
        "consent_suppressed",
    }
    assert found_in(path, *CARLA) == []
    assert result.crosswalk.set_index("record_id").loc["4"].isna()["customer_id"]


@pytest.mark.parametrize(
    "bought",
    [
        {"E-Mail": "CARLA.BRANDT@posteo.de "},
        {"Telefon": "+49 172 555 66 67"},
        {
            "Vorname": "Carla",
            "Nachname": "BRANDT",
            "Strasse": "Hafenstraße 12",
            "PLZ": "20457",
            "Ort": "Hamburg",
        },
    ],
)
def test_an_address_bought_again_stays_blocked(path: Path, bought: dict[str, str]) -> None:
    """From another source under another number, by mail, by phone or by letter: the record is kept out."""
    erased(path, "4")
    blank = dict.fromkeys(ERP.columns, "")
    named = {"Vorname": "C.", "Nachname": "Neu", "Ort": "Ulm"}
    rows = pd.DataFrame([{**blank, **named, "Kundennummer": "900", **bought}])
    with Store(path) as store:
        result = run([("adressen", rows)], CONFIG, store=store)
    assert ("adressen", "900") in set(
        result.excluded[["source", "record_id"]].itertuples(index=False, name=None)
    )


def test_whoever_shares_a_number_stays(path: Path) -> None:
    """Ida is erased; Ole, who has the same telephone, stays with it, and Ida stays out by name."""
    erased(path, "1")
    with Store(path) as store:
        result = run(inputs(), CONFIG, store=store)
    out = set(result.excluded[["source", "record_id"]].itertuples(index=False, name=None))
    assert out == {("erp", "1"), ("shop", "s1")}
    ole = result.customers[result.customers["given_name"] == "Ole"]
    assert ole["mobile"].tolist() == ["+491712345678"]


def test_a_consent_of_later_brings_the_person_back(path: Path) -> None:
    """A declaration after the erasure is a new beginning; one of before is not."""
    erased(path, "4")
    grant = EVENTS[EVENTS["record_id"] == "4"]
    for day, back in (("2026-06-01T10:00:00Z", False), ("2026-07-02T10:00:00Z", True)):
        with Store(path) as store:
            given = grant.assign(at=day)
            result = run([("erp", ERP), ("log", given)], replace(CONFIG, as_of="2026-07-03"), store=store)
        assert ("4" in set(result.members["record_id"])) == back


def test_a_consent_booked_by_hand_brings_the_person_back(path: Path) -> None:
    """The ledger's own events count as well; so do the person's contacts of later."""
    erased(path, "4")
    said = Declaration(
        event="granted",
        channel="email",
        purpose="marketing.newsletter",
        at="2026-07-02T10:00:00Z",
        written="2026-07-02T10:00:00Z",
        evidence={"text_version": "v1", "origin": "form"},
    )
    calls = pd.DataFrame(
        [("t1", "2026-01-05T10:00:00Z"), ("t2", "2026-07-03T10:00:00Z")], columns=["touchpoint_id", "at"]
    ).assign(channel="email", direction="in", identifier="carla.brandt@posteo.de", subject="Hallo", agent="a")
    later = replace(CONFIG, as_of="2026-07-03")
    files = [("erp", ERP), ("mails", calls)]
    with Store(path) as store:
        assert not len(run(files, later, store=store).touchpoints)
        book(store, "carla.brandt@posteo.de", said, later)
        result = run(files, later, store=store)
    assert "4" in set(result.members["record_id"])
    assert result.touchpoints["touchpoint_id"].tolist() == ["t2"]


def test_perhaps_the_same_person(path: Path) -> None:
    """Who has the same name and a common address is named, when two customers may be one person."""
    with Store(path) as store:
        plan = plan_erasure(store, customer_of(path, "1"), CONFIG)
        assert plan.alike == ()
        members = store.load("members")
        split = members.assign(customer_id=members["customer_id"].mask(members["source"] == "shop", "other"))
        store.save_run({"members": split}, {"at": AT, "command": "split"})
        assert plan_erasure(store, customer_of(path, "1"), CONFIG).alike == ("other",)


def test_proof_of_a_consent_to_calls_is_locked_away(path: Path) -> None:
    """It leaves the events that decisions are made of, verifies, and goes when its five years are over."""
    done = erased(path, "1")
    assert sorted(done.locked.values()) == ["2030-02-01"]
    with Store(path) as store:
        connection = store.ledger.connection
        assert [said["channel"] for _, said, _ in locked_events(connection)] == ["phone"]
        assert "1" not in set(store.ledger.events()["record_id"].dropna())
        found = verify_ledger(connection)
        assert (found.broken, found.locked) == ("", 1)
        connection.execute("BEGIN")
        assert drop_locked(connection, day="2030-02-02", at="2030-02-02T00:00:00Z") == 1
        connection.execute("COMMIT")
        found = verify_ledger(connection)
        assert (found.broken, found.locked) == ("", 0)


def test_an_erasure_can_be_called_again(path: Path) -> None:
    """What was broken off is finished; what was done is not done twice."""
    with Store(path) as store:
        plan = plan_erasure(store, customer_of(path, "4"), CONFIG)
        ring = read_keys(create=True)
        assert ring is not None
        forget(store, plan, ring, at=AT)
        head = store.ledger.head
        forget(store, plan, ring, at=AT)
        assert store.ledger.head == head


def test_an_event_file_brings_nobody_back(path: Path, tmp_path: Path) -> None:
    """Events of before the erasure are refused by `consent import`; later ones are a new beginning."""
    erased(path, "4")
    file = tmp_path / "log.csv"
    head = "source,record_id,contact,channel,purpose,event,at,text_version,origin\n"
    rows = [
        "erp,4,,email,newsletter,granted,2026-01-01T10:00:00Z,v1,form\n",
        ",,carla.brandt@posteo.de,email,newsletter,used,2026-01-01T10:00:00Z,,\n",
        ",,carla.brandt@posteo.de,email,newsletter,granted,2026-07-01T10:00:00Z,v1,form\n",
    ]
    file.write_text(head + "".join(rows), encoding="utf-8")
    with Store(path) as store:
        done = import_events([file], store, replace(CONFIG, as_of="2026-07-02"))
    assert done.added == 1
    assert done.issues.loc[done.issues["code"] == "consent_suppressed", "row"].tolist() == [2, 3]


def test_who_stands_on_the_same_record_is_named(path: Path) -> None:
    """A couple on one row: the row goes with the one who is erased, and the plan says whom else it names."""
    rows = [(who, f"paare:9/{kind}", "paare", "9", "person", True) for who, kind in COUPLE]
    with Store(path) as store:
        store.save_run({"members": pd.DataFrame(rows, columns=MEMBERS.names)}, {"at": AT, "command": "run"})
        plan = plan_erasure(store, "max", CONFIG)
    assert plan.others == ("eva",)


def test_without_the_key_nobody_comes_back_unseen(path: Path) -> None:
    """A run whose key is missing is refused, not run past the suppressions."""
    erased(path, "4")
    key_file().unlink()
    with Store(path) as store, pytest.raises(ConfigError, match="key"):
        run(inputs(), CONFIG, store=store)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_the_key_is_the_users_alone(path: Path) -> None:
    """It is made outside the project, readable by its owner; a file that others may read is refused."""
    erased(path, "4")
    file = key_file()
    assert path.parent not in file.parents or "settings" in file.parts
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text(encoding="utf-8").split(":")[1].strip().encode() not in path.read_bytes()
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="others"):
        read_keys(create=False)


def test_a_new_key_leaves_the_old_entries_readable(path: Path) -> None:
    """After a rotation who was erased before stays out, and new entries are made with the new key."""
    erased(path, "4")
    old = read_keys(create=False)
    new = rotate_key()
    assert old is not None
    assert new.current[0] != old.current[0]
    assert set(old.keys) < set(new.keys)
    erased(path, "3")
    with Store(path) as store:
        result = run(inputs(), CONFIG, store=store)
    assert {"3", "4"} <= set(result.excluded["record_id"])


def test_a_key_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several keys, the first is the one in use; a short one is refused."""
    monkeypatch.setitem(os.environ, "CRMCLEAN_SUPPRESSION_KEY", "b:" + "x" * 32 + ", a:" + "y" * 32)
    ring = read_keys(create=True)
    assert isinstance(ring, KeyRing)
    assert (ring.current[0], list(ring.keys)) == ("b", ["b", "a"])
    with pytest.raises(ConfigError, match="16"):
        read_keys(create=True, environment={"CRMCLEAN_SUPPRESSION_KEY": "short"})


def test_postal_marks_are_spelled_one_way() -> None:
    """Street and number are compared without spelling."""
    one = postal_mark("ida koehler", "Lindenstraße", "4 A", "80331")
    assert one == postal_mark("ida koehler", "LINDENSTR.", "4a", "80 331")
    assert one != postal_mark("ole koehler", "Lindenstr.", "4a", "80331")

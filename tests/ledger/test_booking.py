"""Declarations booked by hand: whom they reach, where they stand, and that the next run knows them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from crmclean.errors import ConsentError, NotFoundError
from crmclean.ledger.booking import Booked, Declaration, book, correct
from crmclean.ledger.outbound import denials_of
from crmclean.ledger.refreshing import take_back
from crmclean.ledger.standing import decisions_of
from crmclean.pipeline import run
from crmclean.store import Store
from tests.ledger.conftest import CONFIG, EVENTS, config, customer_of, inputs

PROOF = {"text_version": "v2", "origin": "phone call", "actor": "agent 7"}


def booked(path: Path, who: str, event: str, channel: str = "email", **said: str) -> Booked:
    """A declaration of 20 June 2026 in the ledger."""
    declaration = Declaration(
        event=event,
        channel=channel,
        purpose=said.get("purpose", "marketing.newsletter"),
        at=said.get("at", "2026-06-20T10:00:00Z"),
        written="2026-06-20T10:00:00Z",
        contact_point=said.get("contact_point", ""),
        evidence=PROOF if event == "granted" else {},
    )
    with Store(path) as store:
        return book(store, who, declaration, CONFIG)


def reason(path: Path, record_id: str, channel: str = "email") -> set[str]:
    """The reasons that hold now for the customer of a record."""
    with Store(path, read_only=True) as store:
        rows = decisions_of(store, CONFIG, channels=[channel], purposes=["marketing.newsletter"])
    return set(rows.loc[rows["customer_id"] == customer_of(path, record_id), "reason"])


@pytest.mark.parametrize("who", ["erp:1", "ida.koehler@web.de", "Ida Köhler"])
def test_a_withdrawal_stands_on_every_record(path: Path, who: str) -> None:
    """Whoever names the customer: after a split it still reaches every part."""
    assert reason(path, "1") == {"CONSENT"}
    done = booked(path, who, "withdrawn")
    assert set(done.events["source"] + ":" + done.events["record_id"]) == {"erp:1", "shop:s1"}
    assert len(set(done.events["declaration"])) == 1
    assert reason(path, "1") == {"WITHDRAWN"}


def test_a_withdrawal_outlives_the_next_run(path: Path) -> None:
    """The run unites its files with the ledger."""
    booked(path, "erp:1", "withdrawn")
    with Store(path) as store:
        result = run(inputs(), CONFIG, store=store)
    mail = result.permissions[result.permissions["contact_point"] == "ida.koehler@web.de"]
    assert not mail["allowed"].any()


def test_a_shared_number_is_closed_for_all(path: Path) -> None:
    """Two customers have it: it is booked on the number alone."""
    done = booked(path, "0171 2345678", "objected", "phone")
    assert (done.customer_id, done.carriers) == ("", 2)
    assert done.events["record_id"].isna().all()
    assert reason(path, "1", "phone") == reason(path, "2", "phone") == {"OBJECTED"}


def test_a_refusal_of_an_unknown_address_is_kept(path: Path) -> None:
    """Nobody has it yet; it holds as soon as somebody does."""
    done = booked(path, "neu@example.org", "objected")
    assert (done.customer_id, done.carriers, done.added) == ("", 0, 1)


def test_nobody_is_meant(path: Path) -> None:
    """A name that nobody has is an error, no event."""
    with pytest.raises(NotFoundError):
        booked(path, "Zacharias Zöpfl", "withdrawn")


def test_a_grant_names_its_address(path: Path) -> None:
    """It stands on the record that has the address and allows that address."""
    booked(path, "erp:1", "withdrawn", at="2026-06-19T10:00:00Z")
    done = booked(path, "erp:1", "granted")
    assert done.events["contact_point"].tolist() == ["ida.koehler@web.de"]
    assert len(done.events) == 1
    assert reason(path, "1") == {"CONSENT"}


def test_a_date_to_come_is_refused(path: Path) -> None:
    """Nothing is booked ahead."""
    with pytest.raises(ConsentError, match="future"):
        booked(path, "erp:1", "granted", at="2026-08-01T10:00:00Z")


def test_sources_are_told_of_refusals(path: Path) -> None:
    """Each source gets its own records, with the source that the refusal came from."""
    booked(path, "erp:1", "withdrawn")
    with Store(path, read_only=True) as store:
        rows = denials_of(store, CONFIG, "shop")
    assert rows[["source", "record_id", "reason"]].drop_duplicates().to_numpy().tolist() == [
        ["shop", "s1", "WITHDRAWN"]
    ]


def test_a_wrong_booking_is_corrected_by_an_event(path: Path) -> None:
    """The withdrawal stays in the ledger and no longer counts."""
    done = booked(path, "ole.koehler@gmx.de", "withdrawn")
    assert reason(path, "2") == {"WITHDRAWN"}
    said = {"grounds": "meant somebody else", "actor": "agent 7"}
    with Store(path) as store:
        for event_id in done.events["event_id"]:
            correct(store, event_id, said, written="2026-06-21T10:00:00Z", config=CONFIG)
        assert set(done.events["event_id"]) <= set(store.ledger.events()["event_id"])
        with pytest.raises(NotFoundError, match="no-such"):
            correct(store, "no-such", said, written="2026-06-21T10:00:00Z", config=CONFIG)
    assert reason(path, "2") == {"CONSENT"}


def stored(path: Path, record_id: str, channel: str = "email") -> set[str]:
    """The reasons that plain SQL finds for the customer of a record."""
    asked = (customer_of(path, record_id), channel, "marketing.newsletter")
    with closing(sqlite3.connect(path)) as plain:
        rows = plain.execute(
            "SELECT reason FROM permission WHERE customer_id = ? AND channel = ? AND purpose = ?", asked
        )
        return {str(row[0]) for row in rows}


@pytest.mark.parametrize(
    ("who", "channel", "touched"),
    [
        ("erp:1", "email", ["1"]),
        ("0171 2345678", "phone", ["1", "2"]),
        ("ida.koehlar@web.de", "email", ["1"]),
    ],
)
def test_a_refusal_is_in_the_tables_at_once(path: Path, who: str, channel: str, touched: list[str]) -> None:
    """By record, by a number that two have, by an address one letter away: plain SQL sees it."""
    booked(path, who, "objected", channel)
    for record_id in touched:
        assert stored(path, record_id, channel) == {"OBJECTED"}
    with Store(path, read_only=True) as store:
        now, kept = decisions_of(store, CONFIG), store.load("permissions")
        assert not store.check()
    pd.testing.assert_frame_equal(now, kept, check_like=True)


def test_undo_and_the_next_run_know_refreshed_permissions(path: Path) -> None:
    """Decided on another day than the others: the file holds together, and undoing takes both back."""
    later = config(as_of="2026-07-15")
    said = Declaration(
        event="withdrawn", channel="email", purpose="marketing.newsletter", at="2026-07-01",
        written="2026-07-01T10:00:00Z", evidence={},
    )  # fmt: skip
    with Store(path) as store:
        book(store, "erp:1", said, later)
        days = store.load("permissions").groupby("customer_id")["as_of"].unique().str[0]
        mine = customer_of(path, "1")
        assert days[mine] == "2026-07-15"
        assert "2026-06-30" in set(days)
        run(inputs(), later, store=store)
        assert set(store.load("permissions")["as_of"]) == {"2026-07-15"}
        store.undo_run()
        assert not store.check()
        assert len(set(store.load("permissions")["as_of"])) > 1
        store.undo_run(str(store.load("runs")["run_id"].iloc[0]))
        assert not store.check()
        assert store.load("permissions").empty


def test_undo_never_brings_back_a_yes_that_was_taken_back(path: Path) -> None:
    """A withdrawal booked after a run holds when that run is taken back, for plain SQL too."""
    with Store(path) as store:
        run(inputs(), config(as_of="2026-07-15"), store=store)
    booked(path, "erp:1", "withdrawn")
    with Store(path) as store:
        take_back(store, None, CONFIG)
        assert not store.check()
        assert set(store.load("permissions")["as_of"]) == {"2026-06-30"}
    assert stored(path, "1") == {"WITHDRAWN"}
    assert stored(path, "2") == {"CONSENT"}


def test_undo_of_the_first_run_decides_nothing(path: Path) -> None:
    """Nobody is left to decide on; what was said stays in the ledger."""
    with Store(path) as store:
        take_back(store, None, CONFIG)
        assert store.load("permissions").empty
        assert store.ledger.events().shape[0] >= len(EVENTS)

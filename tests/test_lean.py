"""Matching alone with what it does not need let go of."""

from __future__ import annotations

import pandas as pd

from crmclean.duplicates import dedupe
from crmclean.lean import for_matching
from crmclean.normalize.records import normalize_records
from crmclean.read import read_records

ROWS = pd.DataFrame(
    {
        "Vorname": ["Ida", "Ida", "Ole", "Frida"],
        "Nachname": ["Brandt", "Brandt", "Sommer", "Sommer"],
        "Firma": [None, None, "Sommer Gartenbau GmbH", "Sommer Gartenbau"],
        "Straße": ["Am Wall 3", "Am Wall 3", "Ring 8", "Ring 8"],
        "PLZ": ["28195", "28195", "89073", "89073"],
        "Ort": ["Bremen", "Bremen", "Ulm", "Ulm"],
        "E-Mail": ["ida@brandt.example", "ida@brandt.example", None, "frida@sommer.example"],
        "Telefon": ["0421 5550101", None, "0731 5550102", "0731 5550102"],
        "Notiz": ["a", "b", "c", "d"],
    }
)


def test_the_outcome_is_the_same() -> None:
    """Pairs, customers and findings do not depend on what is kept; relations, which no file shows, are left out."""
    whole, lean = dedupe(("crm", ROWS)), dedupe(("crm", ROWS), lean=True)
    pd.testing.assert_frame_equal(whole.pairs, lean.pairs)
    pd.testing.assert_frame_equal(whole.crosswalk, lean.crosswalk)
    pd.testing.assert_frame_equal(whole.matches.scores, lean.matches.scores)
    pd.testing.assert_frame_equal(whole.matches.clusters, lean.matches.clusters)
    pd.testing.assert_frame_equal(whole.issues, lean.issues)
    assert len(whole.matches.relations)
    assert not len(lean.matches.relations)


def test_nothing_is_held_that_is_not_needed() -> None:
    """Raw records and facts of golden records alone are gone; how files were understood is not."""
    whole, lean = dedupe(("crm", ROWS)), dedupe(("crm", ROWS), lean=True)
    assert len(whole.read.records) == len(ROWS)
    assert not len(lean.read.records)
    assert not lean.read.frames
    assert "salutation" in whole.normal.parties
    assert "salutation" not in lean.normal.parties
    pd.testing.assert_frame_equal(whole.read.mappings, lean.read.mappings)


def test_spellings_are_held_where_they_matter() -> None:
    """Of several contact points, and of a mailbox without @; a party's only ones are left out."""
    frame = ROWS.assign(**{"E-Mail 2": ["i.brandt@brandt.example", None, None, None]})
    frame.loc[1, "E-Mail"] = "Bremen-Mitte"
    contacts = dedupe(("crm", frame), lean=True).normal.contacts
    assert not len(contacts)  # matched: let go of
    read = read_records([("crm", frame)])
    contacts = normalize_records(read.records, sources=read.sources, slim=for_matching).contacts
    held = contacts[contacts["raw"].notna()]
    assert held["raw"].tolist() == ["ida@brandt.example", "i.brandt@brandt.example", "Bremen-Mitte"]
    assert contacts["key"].notna().sum() == len(contacts) - 1


def test_records_are_taken_where_the_caller_says_so() -> None:
    """Normalising with `consume` finds the same and leaves a frame without columns behind."""
    kept, taken = (read_records([("crm", ROWS)]) for _ in range(2))
    whole = normalize_records(kept.records, sources=kept.sources)
    same = normalize_records(taken.records, sources=taken.sources, consume=True)
    for name in ("parties", "contacts", "addresses", "issues"):
        pd.testing.assert_frame_equal(getattr(whole, name), getattr(same, name))
    assert len(same.issues)
    assert "given_name" in kept.records
    assert not list(taken.records.columns)


def test_tables_are_told_as_they_are_found():
    """Each table of the result is told by its name, once, in an order that no race changes."""
    frame = pd.DataFrame({"Name": ["Eva Kern", "Eva Kern", "Uwe Tann"], "Ort": ["Ulm", "Ulm", "Kiel"]})
    told: list[tuple[str, pd.DataFrame]] = []
    found = dedupe(frame, found=lambda name, table: told.append((name, table)))
    assert [name for name, _ in told] == ["pairs", "issues", "crosswalk"]
    for (_, table), whole in zip(told, (found.pairs, found.issues, found.crosswalk), strict=True):
        assert table is whole
    assert found.customers == found.crosswalk["customer_id"].nunique()

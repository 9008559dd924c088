"""Doubtful pairs: in the order of their worth, side by side, and checked row by row when they come back."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from crmclean.cli import main
from crmclean.config import Config
from crmclean.errors import ReadError
from crmclean.pipeline import run
from crmclean.steward import (
    Word,
    apply,
    doubts_of,
    propose_review,
    read_workbook,
    write_workbook_of,
)
from crmclean.steward.bridges import sides_of
from crmclean.store import Store
from crmclean.tables import SCORES

pytestmark = pytest.mark.slow  # each runs the whole pipeline several times
CONFIG = Config(as_of="2026-06-30")
WORD = Word("Steward A", at="2026-07-01T10:00:00Z")
PEOPLE = pd.DataFrame(
    [
        ("1", "Ida", "Köhler", "ida@koehler.example", "Berlin"),
        ("2", "Ole", "Brandt", "ole@brandt.example", "Hamburg"),
        ("3", "Ida", "Winter", "i.winter@post.example", "München"),
        ("4", "Uwe", "Sommer", "uwe@sommer.example", "Köln"),
    ],
    columns=["Kundennummer", "Vorname", "Nachname", "E-Mail", "Ort"],
)


def party(number: int) -> str:
    """A person of the file."""
    return f"erp:{number}/person"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four people, and three pairs of them that matching was in doubt about."""
    path = tmp_path_factory.mktemp("review") / "crmclean.db"
    with Store(path) as opened:
        run([("erp", PEOPLE)], CONFIG, store=opened)
        pairs = [(1, 2, 0.3), (1, 3, 0.45), (2, 3, 0.4)]
        rows = [
            {"party_l": party(a), "party_r": party(b), "probability": p, "weight": 0.0, "band": "review"}
            for a, b, p in pairs
        ]
        scores = SCORES.check(pd.DataFrame(rows).assign(levels="given=equal", outcome="below_threshold"))
        opened.save_run({"scores": scores}, {"command": "run", "at": "2026-06-30", "records": 4})
    return path


@pytest.fixture
def store(made: Path, tmp_path: Path):
    """A copy of it."""
    with Store(shutil.copy(made, tmp_path / "crmclean.db")) as opened:
        yield opened


def filled(path: Path, changes: dict[str, str]) -> Path:
    """The workbook with some cells filled in."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet is not None
    for cell, text in changes.items():
        sheet[cell] = text
    book.save(path)
    return path


def exported(store: Store, path: Path, lang: str = "en") -> Path:
    """The workbook of all doubtful pairs."""
    write_workbook_of(doubts_of(store, lang=lang), path, lang)
    return path


def customers(store: Store) -> dict[str, str]:
    """Record -> customer."""
    rows = store.load("members")
    return dict(zip(rows["record_id"], rows["customer_id"], strict=True))


def test_the_most_valuable_comes_first(store: Store) -> None:
    """Pairs stand in the order of probability times the records that would meet; both sides are shown."""
    doubts = doubts_of(store)
    assert [d.probability for d in doubts] == [0.45, 0.4, 0.3]
    assert doubts[0].values[0]["name"] == "Ida Köhler"
    assert doubts[0].values[1]["city"] == "München"
    assert doubts[0].records == (("erp:1",), ("erp:3",))
    assert len(doubts_of(store, most=1)) == 1


@pytest.mark.parametrize(
    ("lang", "words"), [("en", ("same", "different")), ("de", ("gleich", "verschieden"))]
)
def test_a_workbook_comes_back(store: Store, tmp_path: Path, lang: str, words: tuple[str, str]) -> None:
    """What is filled in is done, in either language, with the reason of the row; the other rows stay open."""
    path = exported(store, tmp_path / "review.xlsx", lang)
    read = read_workbook(
        store, filled(path, {"B2": words[0], "C2": "phone call", "B3": words[1].upper()}), "en"
    )
    assert read.findings == ()
    assert read.left_open == 1
    decided = [(pair, said) for _, pair, said, _ in read.decided]
    apply(store, propose_review(store, decided, WORD, reasons=[r for *_, r in read.decided]), CONFIG)
    found = customers(store)
    assert found["1"] == found["3"]
    assert found["2"] != found["3"]
    told = store.load("decisions").set_index(["party_l", "party_r"])
    assert told.loc[(party(1), party(3)), "reason"] == "phone call"
    assert told.loc[(party(2), party(3)), "decision"] == "different"


def test_the_workbook_is_a_form(store: Store, tmp_path: Path) -> None:
    """Only decision and reason can be changed; the decision has a drop-down; keys are out of sight."""
    sheet = openpyxl.load_workbook(exported(store, tmp_path / "review.xlsx")).active
    assert sheet is not None
    assert sheet.protection.sheet
    unlocked = {c.column_letter for row in sheet.iter_rows(min_row=2) for c in row if not c.protection.locked}
    assert unlocked == {"B", "C"}
    assert [str(v.sqref) for v in sheet.data_validations.dataValidation] == ["B2:B4"]
    titles = {c.value: c.column_letter for c in sheet[1]}
    assert sheet.column_dimensions[titles["Pair"]].hidden


def test_wrong_rows_are_said_with_their_number(store: Store, tmp_path: Path) -> None:
    """An unknown word, a changed key, a pair decided in two ways."""
    path = exported(store, tmp_path / "review.xlsx")
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    at = {c.value: c.column_letter for c in sheet[1]}
    again = {f"{c.column_letter}5": c.value for c in sheet[2] if c.value is not None}
    changes = {**again, "B2": "same", "B5": "different", "B3": "perhaps", f"{at['Records A']}4": "erp:4"}
    read = read_workbook(store, filled(path, {k: str(v) for k, v in changes.items()}), "en")
    assert [(f.row, f.code) for f in read.findings if f.code != "contradiction"] == [
        (3, "unknown_word"),
        (4, "changed"),
        (5, "twice"),
    ]
    assert read.findings[0].sentence("de").startswith("Zeile 3: perhaps")


def test_contradictions_through_third_rows(store: Store, tmp_path: Path) -> None:
    """1 is 3, 3 is 2, but 1 is not 2: the row that says so is named with the others."""
    path = exported(store, tmp_path / "review.xlsx")
    read = read_workbook(store, filled(path, {"B2": "same", "B3": "same", "B4": "different"}), "en")
    assert [(f.row, f.code, f.detail) for f in read.findings] == [(4, "contradiction", "2, 3")]


def test_another_workbook_is_refused(store: Store, tmp_path: Path) -> None:
    """A file without the columns of the form is no review."""
    path = tmp_path / "other.xlsx"
    pd.DataFrame({"Name": ["Ida"], "Ort": ["Ulm"]}).to_excel(path, index=False)
    with pytest.raises(ReadError, match="not a workbook"):
        read_workbook(store, path, "en")


def test_what_was_told_apart_is_not_asked_again(store: Store) -> None:
    """A pair of two customers that a steward called different is no doubt any more."""
    apply(store, propose_review(store, [((party(1), party(3)), "different")], WORD), CONFIG)
    assert all(set(d.parties) != {party(1), party(3)} for d in doubts_of(store))


def test_in_the_terminal(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Answers out of a pipe: same, taken back, then different, skip; what was decided is saved at the end."""
    monkeypatch.setattr("sys.stdin", io.StringIO("what\ns\nu\nd\nk\n"))
    with pytest.raises(SystemExit) as ended:
        main(["review", "--actor", "Steward A", "--store", str(store.path)])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert "Pair 1 of 3" in said
    assert "0 same, 1 different" in said
    told = store.load("decisions")
    assert told["decision"].tolist() == ["different"]
    assert told["actor"].tolist() == ["Steward A"]


def test_nothing_is_half_applied(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One wrong row, exit code 1, and no decision of the workbook is kept."""
    path = filled(exported(store, tmp_path / "review.xlsx"), {"B2": "same", "B3": "maybe"})
    with pytest.raises(SystemExit) as ended:
        main(["review", "import", str(path), "--apply", "--actor", "A", "--store", str(store.path)])
    assert ended.value.code == 1
    assert "row 3: maybe" in capsys.readouterr().out
    assert store.count("decisions") == 0


@pytest.fixture
def merged(tmp_path: Path):
    """Three records of two people who are one customer by a link that is none too strong."""
    rows = [
        ("1", "Ida", "Köhler", "ida@koehler.example", "Berlin"),
        ("2", "Ida", "Köhler", "ida@koehler.example", "Berlin"),
        ("3", "Ida", "Koehler", "ida@koehler.example", "Hamburg"),
    ]
    with Store(tmp_path / "merged.db") as opened:
        run([("erp", pd.DataFrame(rows, columns=PEOPLE.columns))], CONFIG, store=opened)
        assert len(set(opened.load("members")["customer_id"])) == 1
        pairs = [(1, 2, 0.999), (1, 3, 0.93), (2, 3, 0.92)]
        scores = [
            {"party_l": party(a), "party_r": party(b), "probability": p, "weight": 4.0, "band": "match"}
            for a, b, p in pairs
        ]
        table = SCORES.check(pd.DataFrame(scores).assign(levels="given=equal", outcome="merged"))
        opened.save_run({"scores": table}, {"command": "run", "at": "2026-06-30", "records": 3})
        yield opened


def test_a_weak_merge_is_asked_like_a_doubtful_pair(merged: Store, tmp_path: Path) -> None:
    """Both sides of the weakest link, with what would be lost; taken apart there, or confirmed and not asked again."""
    [doubt] = doubts_of(merged)
    assert doubt.parties == (party(1), party(3))
    assert doubt.records == (("erp:1", "erp:2"), ("erp:3",))
    assert doubt.worth == pytest.approx(0.07 * 2)
    assert (doubt.values[0]["city"], doubt.values[1]["city"]) == ("Berlin", "Hamburg")
    assert "one customer now" in doubt.reason
    read = read_workbook(merged, filled(exported(merged, tmp_path / "r.xlsx"), {"B2": "different"}), "en")
    apply(merged, propose_review(merged, [(p, w) for _, p, w, _ in read.decided], WORD), CONFIG)
    found = customers(merged)
    assert found["1"] == found["2"] != found["3"]


def test_a_confirmed_merge_is_not_asked_again(merged: Store) -> None:
    """A weak merge of which a steward said that it is right."""
    [doubt] = doubts_of(merged)
    apply(merged, propose_review(merged, [(doubt.parties, "same")], WORD), CONFIG)
    assert all(d.parties != doubt.parties for d in doubts_of(merged))
    found = customers(merged)
    assert found["1"] == found["2"] == found["3"]


def test_doubts_and_merges_stand_in_one_order() -> None:
    """What is expected to be lost decides; the strongest links hold the sides together."""
    edges = [(0.99, "a", "b"), (0.9, "b", "c"), (0.95, "c", "d"), (0.8, "a", "d")]
    assert sides_of(edges, "b", "c") == (("a", "b"), ("c", "d"))

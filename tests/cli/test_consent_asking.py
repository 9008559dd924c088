"""``crmclean consent proof, conflicts, renewals, reach, select, texts``: what they list and write."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.conftest import Example

EVENTS = """source,record_id,channel,purpose,event,at,method,text_version,origin,actor
erp,10010,phone,marketing,granted,2026-02-03T10:15:30Z,oral_recorded,ph-2,call:4711,agent-17
erp,10010,phone,marketing,used,2026-03-03T10:15:30Z,,,,
"""
TEXTS = 'id;sprache;wortlaut;von\nph-2;de;"Ja, rufen Sie mich an.";2024-01-01\n'
DAY = ("--as-of", "2026-06-30")


@pytest.fixture
def store(example: Example, project: Path, monkeypatch: pytest.MonkeyPatch, call: Call) -> Path:
    """The store of the example run, a copy, with a proven consent to calls and its wording."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(project / "settings"))
    place = Path(shutil.copy(example.store, project / "crmclean.db"))
    (project / "events.csv").write_text(EVENTS, encoding="utf-8")
    (project / "texts.csv").write_text(TEXTS, encoding="utf-8")
    assert call("consent", "import", "events.csv", "--as-of", "2026-06-30").code == 0
    return place


def test_proof_as_json_and_page(store: Path, call: Call) -> None:
    """The wording in full once it was read, five years from the last call, the chain checked."""
    assert "1 of them new" in call("consent", "texts", "texts.csv").out
    assert "0 of them new" in call("consent", "texts", "texts.csv").out
    done = call("consent", "proof", "erp:10010", "--channel", "phone", *DAY)
    proof = json.loads(done.out)
    held = [d for d in proof["declarations"] if d["holds"]]
    assert [d["notice"]["wording"] for d in held] == ["Ja, rufen Sie mich an."]
    assert held[0]["keep_proof_until"] == "2031-03-03T10:15:30Z"
    assert proof["ledger"]["ok"]
    assert "erp:10010" in proof["principal"]["records"]
    assert call("consent", "proof", "erp:10010", "-o", "proof.html", "--lang", "de", *DAY).code == 0
    page = (store.parent / "proof.html").read_text(encoding="utf-8")
    assert "Ja, rufen Sie mich an." in page
    assert "Nachweis der Einwilligungen" in page


def test_texts_without_wording_are_refused(store: Path, call: Call) -> None:
    """The column that is missing is named."""
    (store.parent / "bad.csv").write_text("id;sprache\nx;de\n", encoding="utf-8")
    done = call("consent", "texts", "bad.csv")
    assert (done.code, "'wording'" in done.err) == (3, True)


def test_conflicts_show_both_events(store: Path, call: Call) -> None:
    """Each with source and event, what holds, and why."""
    assert store.exists()
    rows = json.loads(call("consent", "conflicts", "--json", *DAY).out)
    assert rows
    for row in rows:
        assert row["yes_event_id"] != row["no_event_id"]
        assert row["holds"] in {"yes", "no"}
        assert row["why"]
    assert "was gilt" in call("consent", "conflicts", "--lang", "de", *DAY).out


def test_renewals_say_how_one_may_ask(store: Path, call: Call) -> None:
    """Claims without proof; letters are permitted, so one may ask by letter unless that was denied."""
    assert store.exists()
    rows = json.loads(call("consent", "renewals", "--channel", "email", "--json", *DAY).out)
    assert rows
    assert {row["channel"] for row in rows} == {"email"}
    assert not {row["reason"] for row in rows} & {"CONSENT", "WITHDRAWN", "OBJECTED", "NO_CONSENT"}
    assert any("post" in (row["ask_by"] or "").split() for row in rows)


def test_reach_counts_every_customer_once(store: Path, call: Call) -> None:
    """Per channel and purpose the counts add up to all customers."""
    assert store.exists()
    rows = json.loads(call("consent", "reach", "--channel", "email", "--channel", "post", "--json", *DAY).out)
    sums: dict[tuple[str, str], int] = {}
    for row in rows:
        sums[row["channel"], row["purpose"]] = (
            sums.get((row["channel"], row["purpose"]), 0) + row["customers"]
        )
    assert {channel for channel, _ in sums} == {"email", "post"}
    assert len(set(sums.values())) == 1


def test_select_leaves_out_whom_a_list_names(store: Path, call: Call) -> None:
    """An address on an external list stays in only by consent; everybody left out has a reason."""
    command = ("consent", "select", "--channel", "phone", "--purpose", "marketing", "--json", *DAY)
    rows = json.loads(call(*command).out)["rows"]
    assert rows
    assert all(row["allowed"] for row in rows)
    every = json.loads(call(*command, "--all").out)
    assert every["customers"] == every["allowed"] + sum(every["excluded"].values())
    assert all(row["reason_text"] for row in every["rows"])
    letters = ("consent", "select", "--channel", "post", "--purpose", "marketing", *DAY)
    done = call(*letters, "-o", "list.xlsx", "--lang", "de")
    assert (done.code, "dürfen kontaktiert werden" in done.err) == (0, True)
    assert (store.parent / "list.xlsx").stat().st_size > 1000

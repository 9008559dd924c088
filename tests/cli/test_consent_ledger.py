"""``crmclean consent import, withdraw, verify, forget ...``: what they say, and their exit codes."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Call, rows_of
from tests.conftest import Example

EVENTS = """source,record_id,channel,purpose,event,at
erp,10004,E-Mail,Newsletter,Widerruf,2026-05-01T10:00:00Z
erp,10004,Brieftaube,Newsletter,Widerruf,2026-05-01T10:00:00Z
"""


@pytest.fixture
def ledger(example: Example, project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The store of the example run, a copy; keys lie in a home of their own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(project / "settings"))
    monkeypatch.delenv("CRMCLEAN_SUPPRESSION_KEY", raising=False)
    (project / "events.csv").write_text(EVENTS, encoding="utf-8")
    return Path(shutil.copy(example.store, project / "crmclean.db"))


def test_import_says_what_was_refused(ledger: Path, call: Call) -> None:
    """Counts, the refused line with its reason, and the head; a second time nothing is new."""
    assert ledger.exists()
    done = call("consent", "import", "events.csv")
    assert done.code == 0
    assert "events.csv, line 3: consent_no_channel" in done.out
    assert "2 events read: 1 new, 0 known already, 1 refused" in done.out
    again = json.loads(call("consent", "import", "events.csv", "--json").out)
    assert (again["added"], again["known"]) == (0, 1)


def test_a_failed_import_leaves_no_store(call: Call, project: Path) -> None:
    """Where there was none before."""
    done = call("consent", "import", "nowhere.csv", "--store", "new.db")
    assert (done.code, (project / "new.db").exists()) == (3, False)


def test_all_or_nothing_fails(ledger: Path, call: Call) -> None:
    """Exit code 1, nothing imported."""
    assert ledger.exists()
    done = call("consent", "import", "events.csv", "--all-or-nothing")
    assert (done.code, "line 3" in done.err) == (1, True)


def test_a_withdrawal_holds_at_once(ledger: Path, call: Call) -> None:
    """Before the next run."""
    assert ledger.exists()
    assert (
        "LEGITIMATE_INTEREST"
        in call("consent", "check", "erp:10010", "--channel", "post", "--lang", "de").out
    )
    booked = call("consent", "withdraw", "erp:10010", "--objection", "--at", "2026-06-01", "--lang", "de")
    assert (booked.code, "Gebucht: widersprochen auf any" in booked.out) == (0, True)
    checked = call("consent", "check", "erp:10010", "--channel", "post")
    assert (checked.code, "OBJECTED" in checked.out) == (1, True)
    again = call("consent", "withdraw", "erp:10010", "--objection", "--at", "2026-06-01")
    assert "nothing new" in again.out


def test_grant_and_confirm(ledger: Path, call: Call) -> None:
    """A consent with its proof and its confirmation allows what it says."""
    assert ledger.exists()
    said = ("--channel", "email", "--purpose", "marketing.events", "--contact-point", "neu@example.org")
    proof = ("--text-version", "v1", "--origin", "https://example.org/form", "--method", "web_form")
    assert call("consent", "grant", "erp:10004", *said, *proof, "--at", "2026-06-01T10:00:00Z").code == 0
    done = call("consent", "confirm", "erp:10004", *said, "--at", "2026-06-01T10:05:00Z", "--json")
    assert json.loads(done.out)["events"][0]["event"] == "confirmed"


def test_verify_names_the_first_broken_entry(ledger: Path, call: Call) -> None:
    """Exit code 0 and 1."""
    assert call("consent", "verify").code == 0
    connection = sqlite3.connect(ledger)
    connection.execute("UPDATE consents SET event = 'granted' WHERE event = 'withdrawn'")
    connection.commit()
    connection.close()
    broken = call("consent", "verify", "--lang", "de")
    assert (broken.code, "verletzt bei Eintrag" in broken.out) == (1, True)
    assert json.loads(call("consent", "verify", "--json").out)["broken"] == "changed"


def test_the_run_prints_the_head(example: Example, call: Call) -> None:
    """It is the one that verify finds."""
    found = json.loads(call("consent", "verify", "--store", example.store, "--json").out)
    assert f"head {found['head']}" in example.said


def test_forget_says_what_remains(ledger: Path, call: Call) -> None:
    """A trial changes nothing; the erasure names the key file, records, hashes and what is not ours."""
    before = ledger.read_bytes()
    trial = call("consent", "forget", "erp:10004", "--dry-run")
    assert (trial.code, "nothing is erased yet" in trial.out, ledger.read_bytes() == before) == (
        0,
        True,
        True,
    )
    done = call("consent", "forget", "erp:10004")
    assert done.code == 0
    for part in ("suppression.key", "record erp:10004", "keyed hashes", "not ours to erase"):
        assert part in done.out
    assert call("consent", "check", "erp:10004", "--channel", "post").code == 4
    assert call("consent", "verify").code == 0


def test_key_is_never_shown(ledger: Path, call: Call, project: Path) -> None:
    """Ids and place only; a new key goes before the old one."""
    assert ledger.exists()
    assert "no key yet" in call("consent", "key").out
    call("consent", "forget", "erp:10004")
    one = json.loads(call("consent", "key", "--json").out)
    two = json.loads(call("consent", "key", "--rotate", "--json").out)
    assert two["ids"][1:] == one["ids"]
    secrets = (project / "settings" / "crmclean" / "suppression.key").read_text(encoding="utf-8").split()
    assert not any(line.partition(":")[2] in call("consent", "key").out for line in secrets)


def test_retention_lists_rules(ledger: Path, call: Call) -> None:
    """Per rule how many events, how many may go; deleting leaves the chain whole."""
    assert ledger.exists()
    listed = json.loads(call("consent", "retention", "--as-of", "2026-06-30", "--json").out)["rules"]
    assert {row["rule"] for row in listed} >= {"refusal", "active"}
    rows = rows_of(call("consent", "retention", "--as-of", "2026-06-30", "-o", "-").out)
    due = sum(row["due"] == "yes" for row in rows)
    assert due == sum(row["due"] for row in listed) > 0
    done = json.loads(call("consent", "retention", "--as-of", "2026-06-30", "--delete", "--json").out)
    assert done["deleted"] == due
    assert call("consent", "verify").code == 0


def test_denials_of_a_source(ledger: Path, call: Call) -> None:
    """The records of that source alone."""
    assert ledger.exists()
    rows = rows_of(call("consent", "denials", "--source", "erp", "--as-of", "2026-06-30").out)
    assert rows
    assert {row["source"] for row in rows} == {"erp"}
    assert {row["reason"] for row in rows} <= {"WITHDRAWN", "OBJECTED", "DECLINED", "SUPPRESSED"}

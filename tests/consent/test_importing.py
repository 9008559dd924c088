"""Events out of files: what is understood, what is refused, what is the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from crmclean.config import config_from
from crmclean.consent import events_of, import_consents
from crmclean.errors import ConsentError
from crmclean.tables import CONSENTS, Consents, Issues

ROW = {
    "source": "erp",
    "record_id": "10",
    "channel": "E-Mail",
    "purpose": "Werbung",
    "event": "erteilt",
    "at": "07.07.2020 18:53:59",
    "recorded_at": "2020-07-08",
    "evidence_ref": "Formular 7",
    "file": "log.csv",
}


def load(*rows: dict[str, Any], as_of: str = "2024-05-01", **keys: Any) -> tuple[Consents, Issues]:
    """Rows, each ROW with changes, imported."""
    frame = pd.DataFrame([{**ROW, "row": n + 2, **row} for n, row in enumerate(rows)])
    return import_consents(frame, config_from({"consent": keys}).consent, as_of=as_of)


def test_words_and_times_are_understood() -> None:
    """German words become ours, local times UTC."""
    consents, issues = load({})
    event = consents.iloc[0]
    assert (event["channel"], event["purpose"], event["event"]) == ("email", "marketing", "granted")
    assert event["at"] == "2020-07-07T16:53:59Z"
    assert event["recorded_at"] == "2020-07-08"
    assert issues.empty


def test_own_words_go_first() -> None:
    """The configuration's maps before the list."""
    consents, _ = load({"purpose": "Werbung"}, purpose_map={"werbung": "marketing.offers"})
    assert consents["purpose"].tolist() == ["marketing.offers"]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"record_id": "", "source": ""}, "consent_no_person", "record_id"),
        ({"channel": ""}, "consent_no_channel", "channel"),
        ({"channel": "Brieftaube"}, "consent_no_channel", "channel"),
        ({"event": "vielleicht"}, "consent_unknown_event", "event"),
        ({"purpose": "Quatsch"}, "consent_unknown_purpose", "purpose"),
        ({"at": "gestern"}, "consent_bad_date", "at"),
        ({"at": "31.02.2020"}, "consent_bad_date", "at"),
        ({"valid_until": "bald"}, "consent_bad_date", "valid_until"),
        ({"at": "2024-06-01", "recorded_at": "2024-04-01"}, "consent_future", "at"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(change: dict[str, str], code: str, field: str) -> None:
    """One finding with file and line; the other rows are imported."""
    consents, issues = load({}, change, {"record_id": "11"})
    assert sorted(consents["record_id"]) == ["10", "11"]
    found = issues[issues["severity"] == "error"]
    assert found[["code", "field", "file", "row"]].values.tolist() == [[code, field, "log.csv", 3]]


def test_an_event_after_the_day_asked_about_is_no_mistake() -> None:
    """A run for an earlier day keeps what was written down later; the decision leaves it out."""
    consents, issues = load({"at": "2024-06-01", "recorded_at": "2024-06-02"}, as_of="2024-05-01")
    assert len(consents) == 1
    assert issues.empty


def test_the_same_declaration_twice_is_one_event() -> None:
    """Whatever its id in the file, the time zone's spelling and when it was written down."""
    consents, issues = load(
        {"source_event_id": "E1", "at": "2020-07-07T16:53:59Z"},
        {"source_event_id": "E2", "at": "2020-07-07T18:53:59+02:00", "recorded_at": "2020-07-09"},
    )
    assert consents["source_event_id"].tolist() == ["E1"]
    assert issues["code"].tolist() == ["consent_duplicate"]
    assert issues["detail"].tolist() == ["E2"]


def test_two_undated_withdrawals_are_two() -> None:
    """Else the later one would be lost behind a consent given in between."""
    rows = [{"event": "widerrufen", "at": "", "recorded_at": day} for day in ("2021-01-01", "2023-01-01")]
    assert len(load(*rows)[0]) == 2


def test_weak_events_are_kept_and_said() -> None:
    """Undated, without evidence, for all channels, imported."""
    _, issues = load(
        {"at": ""}, {"evidence_ref": "k.A."}, {"channel": "alle"}, {"event": "importiert", "evidence_ref": ""}
    )
    assert sorted(issues["code"]) == [
        "consent_any_grant",
        "consent_legacy_claim",
        "consent_no_evidence",
        "consent_undated_grant",
    ]
    assert set(issues["severity"]) == {"warning", "info"}


def test_ids_are_those_of_the_dataclass() -> None:
    """A CRM that builds its events itself and the import agree."""
    consents, _ = load(
        {},
        {"channel": "tel", "at": ""},
        {"event": "imported"},
        {"event": "Kunde", "notice_at_collection": "ja"},
    )
    assert [replace(e, event_id="").event_id for e in events_of(consents)] == consents["event_id"].tolist()


def test_importing_the_result_again_changes_nothing() -> None:
    """A ledger written and read is the same ledger, in any order of rows."""
    rows = [{"record_id": str(n), "at": f"2020-07-{n + 1:02d}"} for n in range(9)]
    once, _ = load(*rows)
    config = config_from({}).consent
    again, _ = import_consents(once.iloc[::-1], config, as_of="2024-05-01")
    pd.testing.assert_frame_equal(once, again)


def test_an_empty_file_is_an_empty_ledger() -> None:
    """No rows, no error; a missing day is the caller's mistake."""
    consents, issues = import_consents(CONSENTS.empty(), config_from({}).consent, as_of="2024-05-01")
    assert consents.empty
    assert issues.empty
    with pytest.raises(ConsentError):
        import_consents(CONSENTS.empty(), config_from({}).consent, as_of="someday")

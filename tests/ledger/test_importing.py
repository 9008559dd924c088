"""Event files into the ledger: what is sound is kept, what is not is named, and nothing counts twice."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from crmclean.errors import ConsentError
from crmclean.ledger.importing import Imported, import_events
from crmclean.store import Store
from crmclean.store.ledger_verify import verify_ledger
from tests.benchmark.kill import measure
from tests.ledger.conftest import CONFIG, config

LOG = """Quelle;Datensatz;Kontakt;Kanal;Zweck;Ereignis;am
erp;1;;E-Mail;Newsletter;Widerruf;12.03.2026
erp;1;;Brieftaube;Newsletter;Widerruf;12.03.2026
;;;E-Mail;Newsletter;erteilt;12.03.2026
erp;1;;Fax;Werbung;erteilt;31.02.2026
erp;1;;Fax;Werbung;Widerruf;31.02.2026
erp;1;;SMS;Werbung;vielleicht;12.03.2026
erp;77;;SMS;Werbung;abgemeldet;12.03.2026
erp;1;;SMS;Werbung;erteilt;12.03.2030
;;0171 2345678;Telefon;Werbung;Widerspruch;12.03.2026
"""


def imported(path: Path, file: Path, **said: str) -> Imported:
    """What becomes of a file."""
    with Store(path) as store:
        return import_events([file], store, CONFIG, said=said)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log with sound and broken lines."""
    file = tmp_path / "log.csv"
    file.write_text(LOG, encoding="utf-8")
    return file


def test_bad_lines_are_refused_one_by_one(path: Path, log: Path) -> None:
    """Each with its line and its reason; the others are in the ledger."""
    done = imported(path, log)
    errors = done.issues[done.issues["severity"] == "error"]
    assert dict(zip(errors["row"], errors["code"], strict=True)) == {
        3: "consent_no_channel",
        4: "consent_no_person",
        5: "consent_bad_date",
        6: "consent_bad_date",
        7: "consent_unknown_event",
        9: "consent_future",
    }
    assert set(errors["file"]) == {"log.csv"}
    assert (done.read, done.added, done.refused) == (9, 4, 5)


def test_a_refusal_without_readable_date_is_kept(path: Path, log: Path) -> None:
    """A grant with a wrong date is refused; an objection is not lost over its date."""
    fax = [e for e in imported(path, log).events.to_dict("records") if e["channel"] == "fax"]
    assert [(e["event"], pd.isna(e["at"])) for e in fax] == [("withdrawn", True)]


def test_whose_event_is_unknown_is_told(path: Path, log: Path) -> None:
    """The event of a record that nobody has is kept, and named."""
    issues = imported(path, log).issues
    assert issues.loc[issues["code"] == "consent_unknown_person", "record_id"].tolist() == ["77"]


def test_all_or_nothing(path: Path, log: Path) -> None:
    """One refused line refuses the file; the ledger is as before."""
    with Store(path) as store:
        head = store.ledger.head
        with pytest.raises(ConsentError, match=r"log\.csv, line 3"):
            import_events([log], store, CONFIG, all_or_nothing=True)
        assert store.ledger.head == head


def test_importing_twice_changes_nothing(path: Path, log: Path) -> None:
    """Not a byte of the chain."""
    first = imported(path, log)
    second = imported(path, log)
    assert (second.added, second.head, second.total) == (0, first.head, first.total)


def test_numbers_are_understood_as_on_the_records(path: Path, log: Path) -> None:
    """A number in national spelling is the contact point in the form of the records."""
    events = imported(path, log).events
    assert "+491712345678" in set(events["contact_point"].dropna())


def test_sources_are_called_as_in_the_store(path: Path, tmp_path: Path) -> None:
    """A log's own word for a source is tied by its record ids."""
    file = tmp_path / "log.csv"
    rows = "".join(f"Warenwirtschaft,{n},post,werbung,widerspruch,2026-01-02\n" for n in (1, 2, 3, 4))
    file.write_text("source,record_id,channel,purpose,event,at\n" + rows, encoding="utf-8")
    assert set(imported(path, file).events["source"]) == {"erp"}


def test_a_mere_list_of_addresses(path: Path, tmp_path: Path) -> None:
    """Hard bounces and suppression lists hold addresses alone: the options say the rest."""
    file = tmp_path / "bounces.csv"
    file.write_text("email\nida.koehler@web.de\nneu@example.org\n", encoding="utf-8")
    events = imported(path, file, event="bounced", channel="email").events
    assert events["event"].tolist() == ["bounced"] * 2
    assert set(events["contact_point"]) == {"ida.koehler@web.de", "neu@example.org"}


def test_a_file_without_events_is_an_error(path: Path, tmp_path: Path) -> None:
    """It says which columns are needed."""
    file = tmp_path / "orders.csv"
    file.write_text("order,amount\n1,2.50\n", encoding="utf-8")
    with pytest.raises(ConsentError, match=r"orders\.csv"):
        imported(path, file)


def test_older_than_the_refusal(path: Path, tmp_path: Path) -> None:
    """A source's older yes that comes in after a no is told, and changes nothing."""
    file = tmp_path / "feed.csv"
    file.write_text(
        "source,record_id,channel,purpose,event,at,recorded_at,text_version,origin\n"
        "erp,3,email,newsletter,granted,2024-05-01T10:00:00Z,2026-05-01T10:00:00Z,v1,form\n",
        encoding="utf-8",
    )
    issues = imported(path, file).issues
    found = issues[issues["code"] == "consent_import_ignored_denial_stands"]
    assert found["record_id"].tolist() == ["3"]
    assert "denial=" in found["detail"].iloc[0]


def test_a_store_is_made_where_there_is_none(tmp_path: Path, log: Path) -> None:
    """The ledger may come before the customers."""
    with Store(tmp_path / "new.db") as store:
        done = import_events([log], store, config(as_of="2026-04-01"))
        assert done.added == 4
        assert verify_ledger(store.ledger.connection).broken == ""


def test_killed_imports_leave_nothing_half() -> None:
    """A few kills at random moments; tests/benchmark/kill.py does it a hundred times."""
    report = measure(times=4, batches=3, seed=7)
    assert report["ok"], report

"""Month two: sources stay themselves, missing is not deleted, the same file twice changes nothing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from crmclean.config import Config, MatchConfig, ReadConfig, SourceConfig
from crmclean.errors import GateError, ModelError, ReadError
from crmclean.pipeline import run
from crmclean.result import Result
from crmclean.store import Store

pytestmark = pytest.mark.slow  # each runs the whole pipeline several times
FAMILIES = [
    "Adler",
    "Bach",
    "Conrad",
    "Dorn",
    "Eck",
    "Falk",
    "Gerber",
    "Horn",
    "Immel",
    "Jost",
    "Kern",
    "Lang",
    "Moser",
    "Noll",
    "Ott",
    "Pohl",
    "Quast",
    "Renz",
    "Sauer",
    "Thoma",
    "Ulmer",
    "Vogt",
    "Weber",
    "Zorn",
]
SHOP = SourceConfig(mode="snapshot")


def people(*numbers: int, **changes: str) -> pd.DataFrame:
    """Rows of invented people by number; changes are "city_3=Bern"."""
    rows = [
        {
            "Kundennummer": str(1000 + n),
            "Vorname": "Ida" if n % 2 else "Ole",
            "Nachname": FAMILIES[n],
            "PLZ": f"{10115 + n}",
            "Ort": changes.get(f"city_{n}", "Berlin"),
            "E-Mail": f"{FAMILIES[n].lower()}@{FAMILIES[n].lower()}.example",
        }
        for n in numbers
    ]
    return pd.DataFrame(rows)


def written(frame: pd.DataFrame, path: Path) -> Path:
    """The rows as a csv file."""
    frame.to_csv(path, sep=";", index=False, encoding="utf-8")
    return path


@pytest.fixture
def store(tmp_path: Path):
    """An empty store."""
    with Store(tmp_path / "crmclean.db") as opened:
        yield opened


def config(**sections: object) -> Config:
    """The configuration of a run on a fixed day."""
    return Config(as_of="2026-06-30", **sections)


def files_of(result: Result) -> dict[str, str]:
    """The tables as written."""
    return {name: frame.to_csv(index=False) for name, frame in result.tables().items()}


def sources_of(result: Result) -> set[str]:
    """Sources of the records."""
    return set(result.read.records["source"])


def test_missing_never_means_deleted(store: Store, tmp_path: Path) -> None:
    """A file that holds only some customers leaves the others as they were, ids included."""
    first = run([written(people(*range(10)), tmp_path / "Kunden_2026-11.csv")], config(), store=store)
    delta = people(2, 3, 11, city_2="Bern")
    second = run([written(delta, tmp_path / "Kunden_2026-12 (1).csv")], config(), store=store)
    assert sources_of(second) == {"Kunden"}
    assert len(second.crosswalk) == 11
    assert second.intake is not None
    assert second.intake.to_dict("records") == [
        {"source": "Kunden", "mode": "delta", "new": 1, "changed": 1, "unchanged": 1, "gone": 0}
    ]
    before = first.crosswalk.set_index("record_id")["customer_id"]
    after = second.crosswalk.set_index("record_id")["customer_id"]
    assert after[before.index].equals(before)
    assert second.customers.set_index("customer_id").loc[after["1002"], "city"] == "Bern"


def test_the_same_delta_twice_changes_no_byte(store: Store, tmp_path: Path) -> None:
    """Taking in a file again gives the same tables."""
    run([written(people(*range(10)), tmp_path / "erp.csv")], config(), store=store)
    delta = written(people(2, 3, 11, city_2="Bern"), tmp_path / "erp_2026-12.csv")
    once = files_of(run([delta], config(), store=store))
    assert files_of(run([delta], config(), store=store)) == once
    assert files_of(run([], config(), store=store)) == once


def test_a_row_says_itself_that_it_is_gone(store: Store, tmp_path: Path) -> None:
    """A column _deleted takes records away, and their ids are retired, not given on."""
    first = run([written(people(*range(4)), tmp_path / "erp.csv")], config(), store=store)
    delta = people(1).assign(_deleted="ja")
    second = run([written(delta, tmp_path / "erp_2026-12.csv")], config(), store=store)
    assert len(second.crosswalk) == 3
    gone = first.crosswalk.set_index("record_id")["customer_id"]["1001"]
    known = second.identities.set_index("customer_id")
    assert known.loc[gone, "status"] == "retired"
    assert store.resolve(gone) == gone


def test_a_snapshot_says_what_is_gone(store: Store) -> None:
    """Of a snapshot, records that are missing are gone; half an export stops the run."""
    shop = config(read=ReadConfig(sources={"shop": SHOP}))
    run([("shop", people(*range(20)))], shop, store=store)
    second = run([("shop", people(*range(19)))], shop, store=store)
    assert len(second.crosswalk) == 19
    with pytest.raises(GateError, match="lost 10 of 19"):
        run([("shop", people(*range(9)))], shop, store=store)
    assert len(store.load("records")) == 19
    allowed = config(read=ReadConfig(sources={"shop": SHOP}, allow_loss=1.0))
    assert len(run([("shop", people(*range(9)))], allowed, store=store).crosswalk) == 9


def test_a_renamed_file_is_known_by_its_ids(store: Store, tmp_path: Path) -> None:
    """Another file name, the same columns and ids: the same source."""
    run([written(people(*range(10)), tmp_path / "erp.csv")], config(), store=store)
    second = run([written(people(1, 2, 3, 12), tmp_path / "Abzug neu.csv")], config(), store=store)
    assert sources_of(second) == {"erp"}


def test_doubt_is_asked_not_guessed(store: Store, tmp_path: Path) -> None:
    """The same columns without common ids may be the next part or a new source; the hint says how to say it."""
    run([written(people(*range(10)), tmp_path / "erp.csv")], config(), store=store)
    file = written(people(15, 16, 17), tmp_path / "Abzug.csv")
    with pytest.raises(ReadError) as refused:
        run([file], config(), store=store)
    assert "--source erp=Abzug.csv" in refused.value.hint
    assert sources_of(run([("erp", file)], config(), store=store)) == {"erp"}
    other = written(people(18, 19), tmp_path / "fair.csv")
    assert sources_of(run([("fair", other)], config(), store=store)) == {"erp", "fair"}


def test_a_name_with_other_columns_is_asked(store: Store, tmp_path: Path) -> None:
    """export.csv that is quite another table than last month is not taken for the same source."""
    run([written(people(*range(10)), tmp_path / "export.csv")], config(), store=store)
    other = pd.DataFrame(
        {"UID": ["a", "b"], "FN": ["Ida Noll", "Ole Ott"], "TEL": ["0171 2345678", "0160 9988776"]}
    )
    with pytest.raises(ReadError, match="other columns"):
        run([written(other, tmp_path / "export.csv")], config(), store=store)


def test_columns_keep_their_meaning(store: Store, tmp_path: Path) -> None:
    """A column that was corrected by configuration once is read so from then on, in files of any size."""
    frame = people(*range(10)).rename(columns={"Ort": "Gebiet"})
    said = config(read=ReadConfig(sources={"erp": SourceConfig(columns={"Gebiet": "city"})}))
    run([written(frame, tmp_path / "erp.csv")], said, store=store)
    second = run(
        [written(frame.head(2).assign(Gebiet="Bern"), tmp_path / "erp_2026-12.csv")], config(), store=store
    )
    assert second.read.records["city"].tolist().count("Bern") == 2


def test_a_run_that_would_merge_far_more_stops(store: Store) -> None:
    """A file that would merge most known customers into others is refused before anything is saved."""
    one = people(*range(24))
    others = one.assign(Vorname="Xaver", Nachname=one["Nachname"].str[::-1], Ort="Wien", PLZ="1010")
    others["E-Mail"] = others["Nachname"].str.lower() + "@elsewhere.example"
    run([("a", one), ("b", others)], config(), store=store)
    before = store.load("members")
    with pytest.raises(ModelError, match=r"would merge 2\d of 4\d"):
        run([("b", one)], config(), store=store)
    pd.testing.assert_frame_equal(store.load("members"), before)
    allowed = config(match=MatchConfig(max_merge_share=1.0))
    assert len(run([("b", one)], allowed, store=store).customers) == 24


def test_touchpoints_of_earlier_months_stay(store: Store, tmp_path: Path) -> None:
    """Orders and touchpoints of this month are added to those before; the same number replaces its row."""
    erp = written(people(*range(4)), tmp_path / "erp.csv")
    columns = ["Auftragsnr", "Kundennummer", "Datum", "Betrag", "Status"]
    first = pd.DataFrame([["A1", "1001", "03.01.2026", "10,00", "offen"]], columns=columns)
    later = pd.DataFrame(
        [["A1", "1001", "03.01.2026", "10,00", "geliefert"], ["A2", "1002", "05.02.2026", "7,50", "offen"]],
        columns=columns,
    )
    run([erp, written(first, tmp_path / "orders_2026-01.csv")], config(), store=store)
    result = run([written(later, tmp_path / "orders_2026-02.csv")], config(), store=store)
    assert result.orders["order_id"].tolist() == ["A1", "A2"]
    assert result.orders["status"].tolist() == ["geliefert", "offen"]
    assert result.orders["customer_id"].notna().all()


def test_consents_alone_find_their_source(store: Store, tmp_path: Path) -> None:
    """A later file of consent events that calls a source by another name is tied to the one in the store."""
    run([("contacts", people(*range(10)))], config(), store=store)
    columns = ["event_id", "source", "record_id", "channel", "purpose", "event_type", "occurred_at"]
    rows = [
        (f"E{n}", "Adressbuch", str(1000 + n), "E-Mail", "Werbung", "withdrawn", "2026-05-01T10:00:00")
        for n in range(10)
    ]
    events = written(pd.DataFrame(rows, columns=columns), tmp_path / "consent_events.csv")
    result = run([events], config(), store=store)
    assert set(result.consents["source"]) == {"contacts"}
    assert "source_untied" not in set(result.issues["code"])

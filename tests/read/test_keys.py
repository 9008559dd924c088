"""Record ids come from the id column, else from the content."""

from __future__ import annotations

import pandas as pd
import pytest

from crmclean.config import ReadConfig, SourceConfig
from crmclean.errors import ReadError
from crmclean.read import ReadResult, read_records


def read(frame: pd.DataFrame, **said: object) -> ReadResult:
    """One source read."""
    config = ReadConfig(sources={"crm": SourceConfig(**said)}) if said else ReadConfig()
    return read_records([("crm", frame)], config)


PEOPLE = {"Vorname": ["Ida", "Ole", "Ute"], "Nachname": ["Berg", "Fels", "Tal"]}


@pytest.mark.parametrize(
    "header", ["Kundennummer", "Lead-ID", "account_id", "UID", "ticket_id", "id", "Kd-Nr", "Mitgliedsnr"]
)
def test_id_columns(header):
    """Usual id columns are recognised when their values are unique."""
    result = read(pd.DataFrame({header: ["a1", "a2", "a3"], **PEOPLE}))
    assert result.records["record_id"].tolist() == ["a1", "a2", "a3"]
    assert result.sources["id_column"].tolist() == [header]


def test_outlook_user_field():
    """The user field of Outlook is an id if it is filled and unique, otherwise it is nothing."""
    frame = pd.DataFrame(
        {
            "Weitere Vornamen": [None] * 3,
            "Straße geschäftlich": ["Ring 1"] * 3,
            "E-Mail-Adresse": [None] * 3,
            **PEOPLE,
        }
    )
    assert read(frame.assign(**{"Benutzer 1": ["o1", "o2", "o3"]})).records["record_id"].tolist() == [
        "o1",
        "o2",
        "o3",
    ]
    assert "no_id_column" in set(read(frame.assign(**{"Benutzer 1": ["x", "x", "x"]})).issues["code"])


def test_shared_number_is_no_key():
    """A customer number that several rows share stays a field and a content key is made."""
    result = read(pd.DataFrame({"Kundennummer": ["7", "7", "7"], **PEOPLE}))
    assert result.records["customer_no"].tolist() == ["7", "7", "7"]
    assert result.records["record_id"].is_unique
    assert "no_id_column" in set(result.issues["code"])


def test_content_keys_are_stable():
    """Keys depend on the row alone: not on other rows, their order, or the order of columns."""
    frame = pd.DataFrame(PEOPLE)
    ids = read(frame).records.set_index("family_name")["record_id"]
    turned = read(frame.iloc[::-1][["Nachname", "Vorname"]]).records.set_index("family_name")["record_id"]
    assert ids.sort_index().equals(turned.sort_index())
    assert read(frame.iloc[[1]]).records["record_id"].tolist() == [ids["Fels"]]


def test_identical_rows_get_an_occurrence_number():
    """Equal rows without an id are told apart by a number and reported."""
    result = read(pd.DataFrame({"Vorname": ["Ida", "Ida"], "Nachname": ["Berg", "Berg"]}))
    first, second = sorted(result.records["record_id"])
    assert second == f"{first}#2"
    assert "identical_rows" in set(result.issues["code"])


def test_duplicate_ids_are_numbered_by_content():
    """Rows with one id are numbered the same in any order, and reported by row."""
    frame = pd.DataFrame(
        {"id": [*map(str, range(30)), "5"], "Nachname": [*(f"Berg{i}" for i in range(30)), "Tal"]}
    )
    there = read(frame)
    back = read(frame.iloc[::-1])
    pairs = lambda r: set(zip(r.records["record_id"], r.records["family_name"], strict=True))  # noqa: E731  read once
    assert pairs(there) == pairs(back)
    found = there.issues[there.issues["code"] == "duplicate_record_id"]
    assert found["record_id"].tolist() == ["5#2"]
    assert found["raw"].tolist() == ["5"]


def test_configured_column():
    """A named id column is taken; one that is not there is an error."""
    frame = pd.DataFrame({"Kürzel": ["x", "y", "z"], **PEOPLE})
    assert read(frame, id_column="Kürzel").records["record_id"].tolist() == ["x", "y", "z"]
    with pytest.raises(ReadError, match="Nummer"):
        read(frame, id_column="Nummer")


def test_an_id_that_repeats_is_told_with_its_rows():
    """A column that should number the rows and does not is named; a file without one is not blamed for it."""
    frame = pd.DataFrame(
        {"id": ["1", "2", "1", "3"], "Vorname": list("ABCD"), "Nachname": ["Adler", "Bock", "Cerny", "Dorn"]}
    )
    found = read(frame).issues
    told = found[found["code"] == "ids_repeated"]
    assert list(zip(told["field"], told["detail"], strict=True)) == [("id", "2")]
    assert "ids_repeated" not in set(read(frame.drop(columns="id")).issues["code"])
    assert "ids_repeated" not in set(read(frame.assign(id=list("1234"))).issues["code"])

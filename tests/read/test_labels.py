"""Google's labels and DATEV's kinds of addressee decide row by row; Outlook's telephones by kind."""

from __future__ import annotations

import pandas as pd
import pytest

from crmclean.config import ReadConfig, SourceConfig
from crmclean.normalize import normalize_records
from crmclean.read import read_records
from crmclean.read.labels import field_of_label

_HEAD = {"First Name": ["Ida", "Ole"], "Last Name": ["Berg", "Fels"], "Labels": ["* myContacts"] * 2}


def _google(**columns: list[str | None]) -> pd.DataFrame:
    """A Google export of two people; ``phone_1_label`` stands for ``Phone 1 - Label``."""
    names = {c: c.replace("_", " ", 1).replace("_", " - ").replace("x", "-") for c in columns}
    return pd.DataFrame({**_HEAD, **{names[c].title(): v for c, v in columns.items()}})


def _records(frame: pd.DataFrame, config: ReadConfig | None = None) -> pd.DataFrame:
    return read_records([("g", frame)], *([config] if config else [])).records.fillna("")


def test_labels_decide_per_row():
    """One column holds a mobile number on one row and a fax number on the next."""
    records = _records(
        _google(
            phone_1_label=["Mobile", "Work Fax"],
            phone_1_value=["+49 151 23456789", "+49 30 12345610"],
            phone_2_label=["Work", "Home"],
            phone_2_value=["+49 30 12345611", "+49 30 12345612"],
        )
    )
    assert records[["mobile", "phone_work", "fax", "phone_home"]].to_numpy().tolist() == [
        ["+49 151 23456789", "+49 30 12345611", "", ""],
        ["", "", "+49 30 12345610", "+49 30 12345612"],
    ]
    assert "phone" not in records


def test_types_of_contacts():
    """The kind reaches the contacts table."""
    read = read_records(
        [
            (
                "g",
                _google(
                    phone_1_label=["Work", "Work Fax"], phone_1_value=["+49 30 12345611", "+49 30 12345610"]
                ),
            )
        ]
    )
    contacts = normalize_records(read.records, sources=read.sources).contacts
    assert sorted(zip(contacts["kind"], contacts["type"], strict=True)) == [("fax", "fax"), ("phone", "work")]


def test_several_values_with_one_label_or_their_own():
    """Values of a cell share its label, or have each their own; the preferred one comes first."""
    records = _records(
        _google(
            phone_1_label=["Work", "Home ::: Mobile"],
            phone_1_value=["+49 30 1234561 ::: +49 30 1234562", "+49 30 1234563 ::: +49 151 23456789"],
            phone_2_label=["* Work", None],
            phone_2_value=["+49 30 1234564", None],
        )
    )
    assert records.loc[0, ["phone_work", "phone_work_2", "phone_work_3"]].tolist() == [
        "+49 30 1234564",
        "+49 30 1234561",
        "+49 30 1234562",
    ]
    assert records.loc[1, ["phone_home", "mobile"]].tolist() == ["+49 30 1234563", "+49 151 23456789"]


def test_a_label_among_the_values_is_reported_and_no_value():
    """``Mobile`` in the column of numbers is a finding with its row, not a number."""
    read = read_records(
        [
            (
                "g",
                _google(
                    phone_1_label=["Mobile", "Hof"], phone_1_value=["* Mobile", "+49 30 1234563 ::: Hof"]
                ),
            )
        ]
    )
    found = read.issues[read.issues["code"].eq("value_in_wrong_field")]
    assert found[["field", "raw", "detail"]].to_numpy().tolist() == [
        ["Phone 1 - Value", "* Mobile", "label"],
        ["Phone 1 - Value", "Hof", "label"],
    ]
    assert found["record_id"].tolist() == read.records["record_id"].tolist()
    assert "Mobile" not in read.records.to_numpy().tolist()
    assert read.records["phone"].dropna().tolist() == ["+49 30 1234563"]


def test_addresses_have_the_place_of_their_label():
    """Work addresses stand under work, a further one of a kind under the plain place."""
    frame = _google(
        address_1_label=["Work", "Home"],
        address_1_street=["Am Ring 1", "Weg 2"],
        address_1_city=["Ulm", "Kiel"],
        address_2_label=["Work", None],
        address_2_street=["Am Ring 9", None],
        address_2_city=["Bonn", None],
    )
    records = _records(frame)
    assert records.loc[0, ["work_street", "work_city", "street", "city"]].tolist() == [
        "Am Ring 1", "Ulm", "Am Ring 9", "Bonn",
    ]  # fmt: skip
    assert records.loc[1, ["home_street", "home_city", "street"]].tolist() == ["Weg 2", "Kiel", ""]


def test_configuration_is_stronger_than_labels():
    """A column that a steward mapped stays what the steward said."""
    frame = _google(phone_1_label=["Mobile", "Work"], phone_1_value=["+49 151 23456789", "+49 30 12345611"])
    config = ReadConfig(sources={"g": SourceConfig(columns={"Phone 1 - Value": "phone_home"})})
    assert _records(frame, config)["phone_home"].tolist() == ["+49 151 23456789", "+49 30 12345611"]


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("* Work", "phone_work"),
        ("Geschäftlich", "phone_work"),
        ("Privat", "phone_home"),
        ("Work Mobile", "mobile"),
        ("Home Fax", "fax"),
        ("Handy", "mobile"),
        ("Company Main", "phone_central"),
        ("Main", "phone"),
        ("Networkers", "phone"),
        ("", "phone"),
    ],
)
def test_words_of_labels(label: str, field: str):
    """English and German labels; what does not tell is a telephone."""
    assert field_of_label(label) == field


_DATEV = {
    "Konto": ["010000", "010001", "010002", "010003", "010004"],
    "Name (Adressattyp Unternehmen)": ["Groth GmbH", None, None, "Fels, Ole", "Tal GmbH"],
    "Name (Adressattyp natürl. Person)": [None, "Berg", None, "Fels", "Tal"],
    "Vorname (Adressattyp natürl. Person)": [None, "Ida", None, "Ole", "Ute"],
    "Name (Adressattyp keine Angabe)": [None, None, "Verein der Freunde", None, None],
    "Adressattyp": ["2", "1", "0", None, "1"],
    "EU-Land": ["DE", None, None, "AT", "FR"],
    "EU-UStID": ["136695976", None, None, "U12345675", "AB123456789"],
}


@pytest.mark.parametrize("word", ["Adressattyp", "Adressatentyp"])
def test_datev_kind_of_addressee(word: str):
    """The kind says which name holds; the number keeps its zeros, the VAT id gets its country."""
    frame = pd.DataFrame(_DATEV).rename(columns=lambda c: c.replace("Adressattyp", word))
    read = read_records([("datev", frame)])
    records = read.records.fillna("")
    assert records[["organization", "given_name", "family_name", "full_name"]].to_numpy().tolist() == [
        ["Groth GmbH", "", "", ""],
        ["", "Ida", "Berg", ""],
        ["", "", "", "Verein der Freunde"],
        ["", "Ole", "Fels", ""],
        ["", "Ute", "Tal", ""],
    ]
    assert records["customer_no"].tolist() == records["record_id"].tolist() == _DATEV["Konto"]
    assert records["vat_id"].tolist() == ["DE136695976", "", "", "ATU12345675", "FRAB123456789"]
    found = read.issues[read.issues["code"].eq("value_in_wrong_field")]
    assert found[["record_id", "field", "raw"]].to_numpy().tolist() == [
        ["010004", "organization", "Tal GmbH"]
    ]


def test_datev_file_with_its_first_line(tmp_path):
    """The EXTF line stands above the header; bytes are cp1252."""
    lines = (
        '"EXTF";700;16;"Debitoren/Kreditoren";5;20261101120000000;;"RE";"";"";1001;1;20260101;4;;;"";"";;;"";;;""',
        ";".join(_DATEV),
        *(";".join(f'"{v or ""}"' for v in row) for row in zip(*_DATEV.values(), strict=True)),
    )
    file = tmp_path / "EXTF_Debitoren.csv"
    file.write_bytes("\r\n".join(lines).encode("cp1252"))
    read = read_records([str(file)])
    assert read.sources["profile"].tolist() == ["datev_debitoren"]
    assert read.records["customer_no"].tolist() == _DATEV["Konto"]
    assert "preamble_skipped" in set(read.issues["code"])


_OUTLOOK_DE = {
    "Fax geschäftlich": "fax", "Telefon geschäftlich": "phone_work", "Telefon geschäftlich 2": "phone_work",
    "Rückmeldung": "phone", "Autotelefon": "mobile", "Telefon Firma": "phone_central", "Fax privat": "fax",
    "Telefon privat": "phone_home", "Telefon privat 2": "phone_home", "ISDN": "phone", "Mobiltelefon": "mobile",
    "Mobiltelefon 2": "mobile", "Weiteres Fax": "fax", "Weiteres Telefon": "phone", "Haupttelefon": "phone",
    "Telefon Assistent": "", "Pager": "", "Telex": "",
}  # fmt: skip
_OUTLOOK_EN = {
    "Business Fax": "fax", "Business Phone": "phone_work", "Business Phone 2": "phone_work", "Callback": "phone",
    "Car Phone": "mobile", "Company Main Phone": "phone_central", "Home Fax": "fax", "Home Phone": "phone_home",
    "Home Phone 2": "phone_home", "ISDN": "phone", "Mobile Phone": "mobile", "Other Fax": "fax",
    "Other Phone": "phone", "Primary Phone": "phone", "Radio Phone": "mobile", "Assistant's Phone": "",
    "Pager": "", "Telex": "", "TTY/TDD Phone": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("kinds", "name"),
    [
        (_OUTLOOK_DE, ["Vorname", "Nachname", "Weitere Vornamen", "Straße geschäftlich", "E-Mail-Adresse"]),
        (
            _OUTLOOK_EN,
            ["First Name", "Last Name", "Business Street", "E-mail Address", "E-mail Display Name"],
        ),
    ],
    ids=["de", "en"],
)
def test_telephones_of_outlook(kinds: dict[str, str], name: list[str]):
    """Each of Outlook's columns of numbers by its kind; other people's numbers and pagers are left out."""
    numbers = {c: [f"+49 30 12345{i}{j}" for j in range(2)] for i, c in enumerate(kinds, 10)}
    given = {c: [f"Wort{i}", f"Wert{i}"] for i, c in enumerate(name)}
    mapped = read_records([("outlook", pd.DataFrame({**given, **numbers}))]).mappings.set_index("column")[
        "field"
    ]
    found = {c: str(mapped[c]).rstrip("_23456789") if isinstance(mapped[c], str) else "" for c in kinds}
    assert found == kinds

"""Inputs become records and raw events, the same in any order."""

from __future__ import annotations

import pandas as pd
from pandas.testing import assert_frame_equal

from crmclean.config import ReadConfig, SourceConfig
from crmclean.read import read_records

ERP = pd.DataFrame(
    {"Kundennummer": ["10", "11", "12", "13", "14"], "Anrede": ["Frau", "Herr", None, "Frau", "Herr"],
     "Vorname": ["Ida", "Ole", None, "Ute", "Jan"], "Nachname": ["Berg", "Fels", None, "Tal", "Wald"],
     "Firma 1": [None, None, "Groth GmbH", None, None], "Firma 2": [None] * 5, "Kunde seit": ["01.02.2020"] * 5}
)  # fmt: skip
CHAT = pd.DataFrame(
    {"session_id": ["CH1", "CH2"], "started_at": ["2020-01-01T10:00:00"] * 2, "platform": ["webchat", "whatsapp"],
     "nickname": ["Hase4711", None], "email": [None, "ida@web.de"], "phone": [None, None], "display_name": [None, "Ida"],
     "text": ["Danke!", "Kundennummer 10"]}
)  # fmt: skip
CONSENTS = pd.DataFrame(
    {"event_id": ["E1", "E2", "E3", "E4"], "source": ["erp", "erp", "crm alt", None], "record_id": ["10", "11", "77", None],
     "contact": [None, None, None, "+49301234567"], "channel": ["email"] * 4, "purpose": ["werbung"] * 4,
     "event_type": ["granted", "withdrawn", "granted", "objected"], "occurred_at": ["2020-01-01T00:00:00"] * 4}
)  # fmt: skip
INPUTS = [("erp", ERP), ("chat", CHAT), ("log", CONSENTS)]


def test_records_hold_raw_text_under_field_names():
    """Values are untouched; the ERP's number is the id and a field."""
    records = read_records([("erp", ERP)]).records
    first = records.iloc[0].dropna().to_dict()
    assert first["record_id"] == first["customer_no"] == "10"
    assert (first["salutation"], first["created_at"]) == ("Frau", "01.02.2020")
    assert records["organization"].dropna().tolist() == ["Groth GmbH"]
    assert records["row"].tolist() == [2, 3, 4, 5, 6] or records["row"].is_monotonic_increasing


def test_chat_is_record_and_touchpoint():
    """A session is both; its identifier is the first contact point that it has."""
    result = read_records([("chat", CHAT)])
    assert len(result.records) == len(result.touchpoints) == 2
    assert result.touchpoints["identifier"].tolist() == ["Hase4711", "ida@web.de"]
    assert (
        result.touchpoints["record_id"].tolist()
        == result.touchpoints["touchpoint_id"].tolist()
        == ["CH1", "CH2"]
    )
    assert result.records["subject"].tolist() == ["Danke!", "Kundennummer 10"]


def test_consents_cite_our_sources():
    """Cited sources are tied to ours; one that is not there is told, an event without source stays."""
    result = read_records(INPUTS)
    assert result.consents["source"].fillna("").tolist() == ["erp", "erp", "crm alt", ""]
    assert result.consents["event"].tolist() == ["granted", "withdrawn", "granted", "objected"]
    untied = result.issues[result.issues["code"] == "source_untied"]
    assert (untied["source"].tolist(), untied["detail"].tolist()) == (["crm alt"], ["1"])


def test_order_of_files_and_rows_does_not_matter():
    """Shuffled files and rows give the same records."""
    turned = [(name, frame.iloc[::-1].reset_index(drop=True)) for name, frame in reversed(INPUTS)]
    there, back = read_records(INPUTS), read_records(turned)
    keys = ["source", "record_id"]
    drop = ["row"]
    assert_frame_equal(
        there.records.sort_values(keys, ignore_index=True).drop(columns=drop),
        back.records.sort_values(keys, ignore_index=True).drop(columns=drop),
    )
    assert_frame_equal(there.mappings, back.mappings)


def test_input_is_unchanged():
    """The caller's frames stay as they are."""
    before = ERP.copy()
    read_records([("erp", ERP)])
    assert_frame_equal(ERP, before)


def test_frames_are_raw():
    """Frames keep the source's headers and cells, found by record id."""
    frame = read_records(INPUTS).frames["erp"]
    assert frame.loc["12", "Firma 1"] == "Groth GmbH"
    assert list(frame.columns) == list(ERP.columns)


def test_rows_of_several_sources():
    """A column source gives each row its source; ids are unique within it."""
    frame = pd.DataFrame(
        {"id": ["1", "1", "2"], "source": ["a", "b", "b"], "surname": ["berg", "fels", "tal"]}
    )
    result = read_records([("all", pd.concat([frame, frame.assign(id=["3", "4", "5"])]))])
    assert result.records[["source", "record_id"]].iloc[:2].to_numpy().tolist() == [["a", "1"], ["b", "1"]]
    assert sorted(result.sources["source"]) == ["a", "b"]


def test_numbers_that_mean_other_customers():
    """Equal numbers for other customers: only one source keeps them; a mirror of the ERP keeps them too."""
    names = ["Berg", "Fels", "Tal", "Wald", "Feld", "Moor"]
    numbers = [str(n) for n in range(100, 106)]
    erp = pd.DataFrame({"Kundennummer": numbers, "Nachname": names})
    shop = pd.DataFrame(
        {"Kundennummer": numbers, "Nachname": ["Koch", "Bauer", "Weber", "Horn", "Lang", "Kurz"]}
    )
    orders = pd.DataFrame(
        {"Auftragsnr": ["A1", "A2"], "Kundennummer": ["100", "101"], "Betrag": ["1,00", "2,00"]}
    )
    both = read_records([("erp", erp), ("shop", shop), ("orders", orders)]).records
    with_number = both[both["customer_no"].notna()]["source"].unique().tolist()
    assert with_number in (["erp"], ["shop"])
    same = read_records([("erp", erp), ("mirror", erp)]).records
    assert same["customer_no"].notna().all()


def test_postcode_and_town_in_one_column():
    """``PLZ Ort`` is taken apart."""
    frame = pd.DataFrame({"Nachname": ["Berg", "Fels"], "PLZ Ort": ["89073 Ulm", "D-28195 Bremen"]})
    records = read_records([("x", frame)]).records
    assert records["postal_code"].tolist() == ["89073", "D-28195"]
    assert records["city"].tolist() == ["Ulm", "Bremen"]


def test_several_values_in_a_google_cell():
    """Joined values become numbered fields."""
    frame = pd.DataFrame(
        {
            "First Name": ["Ida"],
            "Last Name": ["Berg"],
            "Labels": ["* x"],
            "E-mail 1 - Value": ["a@b.de ::: c@d.de"],
        }
    )
    records = read_records([("g", frame)]).records
    assert (records["email"][0], records["email_2"][0]) == ("a@b.de", "c@d.de")


def test_display_name_only_where_parts_are_missing():
    """A formatted name repeats the parts: it is kept for rows without them."""
    frame = pd.DataFrame(
        {
            "UID": ["v1", "v2"],
            "FN": ["Ida Berg", "Groth GmbH"],
            "N.family": ["Berg", None],
            "N.given": ["Ida", None],
        }
    )
    assert read_records([("c", frame)]).records["full_name"].fillna("").tolist() == ["", "Groth GmbH"]


def test_excluded_source():
    """A source that is not to be included is read all the same: its records are left out later."""
    config = ReadConfig(sources={"erp": SourceConfig(include=False)})
    result = read_records([("erp", ERP)], config)
    assert len(result.records) == 5
    assert result.sources["rows"].tolist() == [5]


def test_nothing_to_read():
    """An empty frame is a finding; no input at all gives empty tables."""
    empty = read_records([("x", pd.DataFrame({"Nachname": pd.Series(dtype="str")}))])
    assert "no_rows" in set(empty.issues["code"])
    assert empty.records.empty
    assert read_records([]).sources.empty


def test_what_is_not_understood_is_told():
    """A table of products is unknown, and its columns are named."""
    result = read_records([("p", pd.DataFrame({"sku": ["1"], "price": ["2,00"]}))])
    assert result.sources["roles"].tolist() == ["unknown"]
    assert {"file_not_understood", "columns_unknown"} <= set(result.issues["code"])

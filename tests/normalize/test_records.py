"""The stage: records become parties, contacts, addresses and issues."""

from __future__ import annotations

import gc

import pandas as pd
import pytest

from crmclean.config import NormalizeConfig
from crmclean.errors import TableError
from crmclean.normalize import records as stage
from crmclean.normalize.contact_point import normalize_contact_point
from crmclean.normalize.records import normalize_records
from crmclean.tables import RECORDS, SOURCES


def records(*rows, source="erp"):
    """A records table of these rows; ids count from 1 unless given."""
    filled = [{"source": source, "record_id": str(i), "row": i + 1, **row} for i, row in enumerate(rows, 1)]
    return RECORDS.check(pd.DataFrame(filled))


def parties_of(*rows, **kwargs):
    return normalize_records(records(*rows), **kwargs).parties.set_index("party")


def contacts_of(*rows, **kwargs):
    return normalize_records(records(*rows), **kwargs).contacts


def codes_of(*rows, **kwargs):
    return set(normalize_records(records(*rows), **kwargs).issues["code"])


PERSON = {"salutation": "Frau", "given_name": "Erika", "family_name": "Beispiel"}


def test_person_organization_or_both():
    """A row makes the parties that it names, under keys that say which."""
    found = parties_of(
        PERSON, {"organization": "Nordlicht GmbH"}, {**PERSON, "organization": "Nordlicht GmbH"}
    )
    assert list(found.index) == ["erp:1/person", "erp:2/organization", "erp:3/organization", "erp:3/person"]
    assert found.loc["erp:1/person", ["given_name", "family_name", "gender"]].tolist() == [
        "Erika",
        "Beispiel",
        "f",
    ]
    assert found.loc["erp:2/organization", ["org_base", "legal_form"]].tolist() == ["Nordlicht", "GmbH"]
    assert found.loc["erp:3/person", "organization"] == "Nordlicht GmbH"
    assert pd.isna(found.loc["erp:3/person", "legal_form"])


def test_couple_makes_two_persons():
    """A couple on one row is two persons with the same contact points; the birth date is the first's."""
    row = {"full_name": "Peter und Petra Beispiel", "email": "beispiele@web.de", "birth_date": "1.2.1970"}
    result = normalize_records(records(row))
    assert result.parties["party"].tolist() == ["erp:1/person", "erp:1/person2"]
    assert result.parties["given_name"].tolist() == ["Peter", "Petra"]
    assert result.parties["birth_date"].isna().tolist() == [False, True]
    assert result.contacts["party"].tolist() == ["erp:1/person", "erp:1/person2"]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"salutation": "Herr", "organization": "Uwe Hoffmann"}, "person"),
        ({"organization": "Uwe Hoffmann"}, "person"),
        ({"salutation": "Firma", "organization": "Uwe Hoffmann"}, "organization"),
        ({"organization": "Metallbau Hoffmann"}, "organization"),
        ({"family_name": "Nordlicht GmbH"}, "organization"),
        ({"full_name": "Nordlicht GmbH", "organization": "Nordlicht GmbH"}, "organization"),
        ({"full_name": "Firma", "organization": "Nordlicht GmbH"}, "organization"),
        ({"email": "irgendwer@web.de"}, "person"),
        ({"contact_any": "Hasi4711"}, "person"),
        ({"given_name": "k.A.", "family_name": "-"}, "person"),
        ({"given_name": "Erika", "family_name": "Beispie1"}, "person"),
    ],
)
def test_what_a_row_names(row, kind):
    """Persons in the company field, companies in the name field, and rows that name nobody."""
    assert parties_of(row)["kind"].tolist() == [kind]


def test_every_record_has_a_party():
    """A record without anything is still a party: the crosswalk names each record."""
    assert parties_of({}, {"email": "k.A."}).index.tolist() == ["erp:1/person", "erp:2/person"]


def test_contacts_of_person_and_organization():
    """The person gets all; the organization beside it what is its own and the mailbox's domain."""
    row = {
        **PERSON, "organization": "Nordlicht GmbH", "email": "e.beispiel@nordlicht.example.de",
        "email_2": "info@nordlicht-gmbh.de", "mobile": "0151 23456789", "phone_work": "030 998408-12",
        "phone_home": "030 8765432", "website": "https://www.nordlicht-gmbh.de/start", "country": "D",
    }  # fmt: skip
    found = contacts_of(row)
    person = found[found["party"] == "erp:1/person"]
    firm = found[found["party"] == "erp:1/organization"]
    assert set(person["field"]) == {"email", "email_2", "mobile", "phone_work", "phone_home", "website"}
    assert set(zip(firm["kind"], firm["key"], strict=True)) == {
        ("email", "info@nordlicht-gmbh.de"), ("phone", "+493099840812"), ("web", "nordlicht-gmbh.de"),
        ("web", "nordlicht.example.de"),
    }  # fmt: skip


def test_freemail_is_no_web_domain():
    """A provider's domain says nothing about the company."""
    found = contacts_of({"organization": "Nordlicht GmbH", "email": "nordlicht@web.de"})
    assert found["kind"].tolist() == ["email"]


def test_several_numbers_in_a_cell():
    """Each number of a cell is a contact point of its own, typed by the numbering plan."""
    found = contacts_of({**PERSON, "phone": "030 998408-0 / 0171 3920060", "country": "DE"})
    assert found["value"].tolist() == ["+49309984080", "+491713920060"]
    assert found["type"].tolist() == ["landline", "mobile"]


def test_keys_that_must_not_link():
    """Placeholders are no contact, premium numbers have no key, a wrong number has its digits."""
    found = contacts_of(
        {"phone": "0000", "email": "k.A.", "country": "DE"},
        {"phone": "0900 1234567", "country": "DE"},
        {"mobile": "0151/2757567", "email": "Erika@web.de.", "country": "DE"},
    ).set_index(["party", "kind"])
    assert ("erp:1/person", "phone") not in found.index
    assert pd.isna(found.loc[("erp:2/person", "phone"), "key"])
    wrong = found.loc[("erp:3/person", "phone")]
    assert (wrong["valid"], wrong["key"]) == (False, "+491512757567")
    assert pd.isna(wrong["value"])
    assert found.loc[("erp:3/person", "email"), "key"] == "erika@web.de"


def test_mistyped_domain_links_by_the_right_one():
    """The stored address stays as written; its key is the one that was surely meant."""
    found = contacts_of({"email": "erika@gmial.com"})
    assert (found["value"][0], found["key"][0]) == ("erika@gmial.com", "erika@gmail.com")


@pytest.mark.parametrize(
    ("text", "kind", "key"),
    [
        ("Erika@Web.de", "email", "erika@web.de"),
        ("0171 3920060", "phone", "+491713920060"),
        ("@Hasi_4711", "handle", "hasi_4711"),
    ],
)
def test_contact_of_any_kind(text, kind, key):
    """A column that holds whatever the channel knows is read by content."""
    found = contacts_of({"contact_any": text})
    assert (found["kind"][0], found["key"][0]) == (kind, key)


def test_country_of_a_number():
    """The row's country, else the source's, else the default, which is reported."""
    number = {"phone": "0664 1234567"}
    assert contacts_of({**number, "country": "Österreich"})["value"][0] == "+436641234567"
    config = NormalizeConfig(source_countries={"erp": "AT"})
    assert contacts_of(number, config=config)["value"][0] == "+436641234567"
    assert "phone_region_assumed" in codes_of({"phone": "030 998408-0"})
    assert "phone_region_missing" in codes_of(number, config=NormalizeConfig(default_country=""))


def test_states_name_the_country_of_a_source():
    """Rows with Australian states are not read as German ones."""
    rows = [{"region": state, "phone": "02 9374 4000"} for state in ("nsw", "vic", "qld", "wa", "tas")]
    assert set(contacts_of(*rows)["value"]) == {"+61293744000"}


def test_same_postcode_names_the_country():
    """A row without a country takes that of the records with its postcode, if they agree."""
    rows = [
        {"postal_code": "8010", "country": "A", "phone": "0316 872-0"},
        {"postal_code": "8010", "phone": "0664 1234567"},
    ]
    assert contacts_of(*rows)["value"].tolist() == ["+433168720", "+436641234567"]


def test_addresses_per_place():
    """Each place is an address; the organization does not get the private one."""
    row = {
        **PERSON, "organization": "Nordlicht GmbH", "work_street": "Tulpenweg 3", "work_postal_code": "10115",
        "work_city": "Berlin", "home_full_address": "Rosenweg 12a\n04109 Leipzig",
    }  # fmt: skip
    found = normalize_records(records(row)).addresses
    assert list(zip(found["party"], found["type"], strict=True)) == [
        ("erp:1/organization", "work"), ("erp:1/person", "home"), ("erp:1/person", "work"),
    ]  # fmt: skip
    home = found[found["type"] == "home"].iloc[0]
    assert home[["street", "house_number", "postal_code", "city"]].tolist() == [
        "Rosenweg",
        "12a",
        "04109",
        "Leipzig",
    ]
    assert home["raw"] == "Rosenweg 12a\n04109 Leipzig"


@pytest.mark.parametrize("text", ["1-3", "1 - 3", "1\u20133", "1 bis 3"])
def test_ranges_keep_their_hyphen(text):
    """A range of house numbers is written one way, so that no key of it is that of number 13."""
    row = {"street": "Gartenweg", "house_number": text, "postal_code": "73728", "city": "Esslingen"}
    assert normalize_records(records(row)).addresses["house_number"].tolist() == ["1-3"]


@pytest.mark.parametrize(
    "text", ["eva@gmial.com", "eva@firma..org", "Eva 92@freenet.de.", "eva@web.de", "Eva+x@gmx.de"]
)
def test_contact_point_has_the_key_of_the_stage(text):
    """A consent or a call knows a mailbox by the key that the records have."""
    assert contacts_of({"email": text})["key"].tolist() == [normalize_contact_point(text).key]


def test_lost_zero_is_put_back_and_said():
    """The table gets a usable postcode, the finding says so; the configuration can forbid it."""
    row = {"street": "Tulpenweg 3", "postal_code": "1067", "city": "Dresden", "country": "D"}
    result = normalize_records(records(row))
    assert result.addresses["postal_code"].tolist() == ["01067"]
    said = result.issues[result.issues["code"] == "postcode_leading_zero_lost"].iloc[0]
    assert said[["raw", "proposal", "field"]].tolist() == [
        "Tulpenweg 3|1067|Dresden|D",
        "01067",
        "postal_code",
    ]
    strict = normalize_records(records(row), NormalizeConfig(restore_postcodes=False))
    assert strict.addresses["postal_code"].isna().all()


def test_dates():
    """A placeholder is no birth date; split dates are joined; the source's order is obeyed."""
    found = parties_of(
        {"birth_date": "01.01.1900"},
        {"birth_date": "3.4.1985"},
        {"birth_year": "1985", "birth_month": "4", "birth_day": "3"},
    )
    assert found["birth_date"].fillna("").tolist() == ["", "1985-04-03", "1985-04-03"]
    sources = SOURCES.check(pd.DataFrame({"source": ["erp"], "file": ["erp.csv"], "date_order": ["MDY"]}))
    assert parties_of({"birth_date": "03/04/1985"}, sources=sources)["birth_date"].tolist() == ["1985-03-04"]


def test_customer_number_from_subject():
    """A number that a contact names is its customer number; an id column of that name is one too."""
    found = parties_of(
        {"subject": "Frage zu Kundennummer 10522"},
        {"subject": "KdNr. 10523, bitte melden"},
        {"subject": "Rechnung 4711"},
    )
    assert found["customer_no"].fillna("").tolist() == ["10522", "10523", ""]
    sources = SOURCES.check(
        pd.DataFrame({"source": ["erp"], "file": ["erp.csv"], "id_column": ["Kundennummer"]})
    )
    assert parties_of(PERSON, sources=sources)["customer_no"].tolist() == ["1"]


def test_test_rows_are_marked():
    """Max Mustermann is a test row."""
    found = parties_of({"given_name": "Max", "family_name": "Mustermann"}, PERSON)
    assert found["is_test"].tolist() == [True, False]


def test_quality_is_the_share_of_expected_facts():
    """More valid facts, more quality; an invalid one does not count."""
    full = {
        **PERSON, "birth_date": "3.4.1985", "email": "e@web.de", "phone": "030 998408-0", "street": "Tulpenweg 3",
        "postal_code": "10115", "city": "Berlin", "country": "DE",
    }  # fmt: skip
    found = parties_of(full, {**full, "phone": "123"}, {})["quality"].tolist()
    assert found == [1.0, 0.9, 0.0]


def test_issues_name_record_and_value():
    """A finding has its record, file row, field, raw value and proposal."""
    issues = normalize_records(records({"email": "erika@gmial.com"})).issues
    found = issues[issues["code"] == "email_domain_typo"].iloc[0]
    expected = ["erp", "1", "email", "warning", "erika@gmial.com", "erika@gmail.com", 2]
    assert found[["source", "record_id", "field", "severity", "raw", "proposal", "row"]].tolist() == expected


def test_systematic_findings_are_said_once():
    """What all rows of a source share is about the column, not the records."""
    rows = [{"phone": f"030 9984{i:02d}-0", "city": "Berlin"} for i in range(30)]
    issues = normalize_records(records(*rows)).issues
    assumed = issues[issues["code"] == "phone_region_assumed"]
    assert (len(assumed), assumed["detail"].tolist(), assumed["row"].tolist()) == (1, ["30"], [0])
    assert "postcode_missing" not in set(issues["code"])


def sample():
    """Rows of all kinds in two sources."""
    mixed = [
        {**PERSON, "organization": "Nordlicht GmbH", "email": "info@nordlicht-gmbh.de", "country": "D"},
        {"organization": "Uwe Hoffmann", "phone": "030 998408-0 / 0171 3920060"},
        {
            "full_name": "Peter und Petra Beispiel",
            "full_address": "Tulpenweg 3, 1067 Dresden",
            "country": "DE",
        },
        {"contact_any": "Hasi4711", "subject": "Kundennummer 10522"},
        {
            "birth_date": "31.02.1980",
            "street": "c/o Meier, Tulpenweg 3",
            "postal_code": "8001",
            "city": "Zürich",
        },
    ]
    return pd.concat([records(*mixed), records(*mixed, source="shop")], ignore_index=True)


def test_order_of_rows_does_not_matter():
    """Shuffled records give the same tables, byte for byte."""
    first = normalize_records(sample())
    second = normalize_records(sample().sample(frac=1, random_state=7))
    for name in ("parties", "contacts", "addresses", "issues"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("step", [1, 3])
def test_stretches_do_not_show(monkeypatch, step, threads):
    """However the records are cut, and by how many threads they are read: the same tables."""
    whole = normalize_records(sample())
    monkeypatch.setattr(stage, "_SHORTEST", step)
    monkeypatch.setattr(stage, "_STRETCH", step)
    cut = normalize_records(sample(), threads=threads)
    for name in ("parties", "contacts", "addresses", "issues"):
        pd.testing.assert_frame_equal(getattr(whole, name), getattr(cut, name))


def test_a_smaller_table_is_asked_for():
    """What is not asked for is let go of; the rest and the findings stay."""
    whole = normalize_records(sample())
    slim = normalize_records(sample(), slim=lambda p, c, a: (p[["party", "kind"]], c[["party"]], a))
    pd.testing.assert_frame_equal(slim.parties, whole.parties[["party", "kind"]])
    pd.testing.assert_frame_equal(slim.contacts, whole.contacts[["party"]])
    pd.testing.assert_frame_equal(slim.issues, whole.issues)


def test_input_is_not_changed_and_collector_is_back():
    """The stage leaves the records and the process as they were."""
    frame = sample()
    before = frame.copy()
    normalize_records(frame)
    pd.testing.assert_frame_equal(frame, before)
    assert gc.isenabled()


def test_empty_table_works():
    """No records, no parties."""
    result = normalize_records(RECORDS.empty())
    assert not len(result.parties)
    assert not len(result.issues)


def test_wrong_frame_is_refused():
    """A frame without record ids is the caller's bug."""
    with pytest.raises(TableError):
        normalize_records(pd.DataFrame({"source": ["erp"]}))

"""Columns become fields by configuration, profile, words and values."""

from __future__ import annotations

import pandas as pd
import pytest

from crmclean.config import ReadConfig, SourceConfig
from crmclean.errors import ConfigError
from crmclean.read.mapping import map_table

NAMES = ["Anna", "Peter", "Ingrid", "Thomas", "Monika", "Stefan"]
FAMILIES = ["Müller", "Weber", "Schmidt", "Becker", "Koch", "Bauer"]
TOWNS = ["Ulm", "Bremen", "Köln", "Berlin", "Leipzig", "Kiel"]
CODES = ["89073", "28195", "50667", "10115", "04109", "24103"]
STREETS = ["Moosweg 1", "Hauptstraße 7", "Ring 3", "Am Markt 12", "Lindenallee 4", "Gartenweg 9a"]
FIRMS = ["Groth GmbH", "Fels AG", "Berg & Co. KG", "Tal e.K.", "Wald UG", "Feld OHG"]
BIRTHS = ["01.02.1950", "13.04.1961", "05.06.1972", "07.08.1983", "09.10.1944", "11.12.1995"]


def fields(table: dict[str, list[str | None]], **said: object) -> dict[str, str | None]:
    """Header -> field of a table."""
    frame = pd.DataFrame(table, dtype="str")
    found = map_table(frame, ReadConfig(), SourceConfig(**said))
    return {g.column: g.field for g in found.guesses}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (["Herr", "Frau", "Frau"], "salutation"),
        (["Dr.", "Prof. Dr.", None], "title"),
        (["CEO", "Sales Manager", "Buyer"], "role"),
    ],
)
@pytest.mark.parametrize("header", ["Title", "Titel"])
def test_title_is_decided_by_values(header, values, field):
    """A title is a salutation, a degree or a job."""
    assert fields({"Nachname": ["Berg", "Fels", "Tal"], header: values})[header] == field


def test_name_depends_on_its_neighbours():
    """Name is a family name beside Vorname, a company where firms stand, else a person."""
    assert fields({"Vorname": NAMES, "Name": FAMILIES})["Name"] == "family_name"
    assert fields({"Name": FIRMS, "Ort": TOWNS})["Name"] == "organization"
    whole = [f"{g} {f}" for g, f in zip(NAMES, FAMILIES, strict=True)]
    assert fields({"Name": whole, "Ort": TOWNS})["Name"] == "full_name"
    assert fields({"Vorname": NAMES, "Nachname": FAMILIES, "Name": whole})["Name"] is None


def test_zusatz_belongs_to_the_column_before():
    """An addition stands behind the company or the street that it adds to."""
    assert fields({"Firma": FIRMS, "Zusatz": ["Nord"] * 6})["Zusatz"] == "organization_2"
    assert fields({"Straße": STREETS, "Zusatz": ["Hinterhaus"] * 6})["Zusatz"] == "address_addition"


def test_address_in_one_field():
    """Anschrift is a street or all of it."""
    whole = [f"{s}, {c} {t}" for s, c, t in zip(STREETS, CODES, TOWNS, strict=True)]
    assert fields({"Name": NAMES, "Anschrift": whole})["Anschrift"] == "full_address"
    assert fields({"Anschrift": STREETS, "PLZ": CODES, "Ort": TOWNS})["Anschrift"] == "street"


def test_split_birth_date_with_odd_headers():
    """Year, month and day of birth are taken only together and if the numbers fit."""
    parts = {"by": ["1950", "1961", "1972"], "bm": ["2", "4", "12"], "bd": ["1", "31", "5"]}
    found = fields({"fname_c1": NAMES[:3], "lname_c1": FAMILIES[:3], **parts})
    assert [found[c] for c in ("by", "bm", "bd")] == ["birth_year", "birth_month", "birth_day"]
    assert found["fname_c1"] == "given_name"
    assert fields({"id": ["1", "2", "3"], "lname": FAMILIES[:3], "by": parts["by"]})["by"] is None


def test_american_and_australian_addresses():
    """The number has a column of its own, the suburb is the town, the unit an addition."""
    found = fields(
        {"street_number": ["12"], "address_1": ["oak street"], "address_2": ["rose villa"], "suburb": ["kew"],
         "state": ["vic"], "unit_number": ["4"], "zipcode": ["3101"], "soc_sec_id": ["7206933"]}
    )  # fmt: skip
    assert list(found.values()) == [
        "house_number", "street", "address_addition", "city", "region", "address_addition_2", "postal_code", "national_id",
    ]  # fmt: skip


def test_without_headers_values_decide():
    """A table whose columns have made-up names is understood by its values."""
    found = fields(
        {"column_1": ["Frau", "Herr"] * 3, "column_2": NAMES, "column_3": FAMILIES, "column_4": STREETS, "column_5": CODES,
         "column_6": TOWNS, "column_7": [f"{n.lower()}@web.de" for n in NAMES], "column_8": ["030 1234567"] * 6,
         "column_9": BIRTHS, "column_10": FIRMS}
    )  # fmt: skip
    assert list(found.values()) == [
        "salutation", "given_name", "family_name", "street", "postal_code", "city", "email", "phone", "birth_date",
        "organization",
    ]  # fmt: skip


def test_values_overrule_a_wrong_header():
    """Mail addresses below Telefon are mail addresses."""
    found = fields({"Telefon": [f"{n.lower()}@web.de" for n in NAMES], "Nachname": FAMILIES})
    assert found["Telefon"] == "email"


def test_dates_of_contact_are_no_identity():
    """Last contact, opt-in and unknown dates never become a birth date."""
    found = fields(
        {"Nachname": FAMILIES, "Letzter Kontakt": BIRTHS, "Opt-in-Datum": BIRTHS, "Gründung": BIRTHS}
    )
    assert found["Letzter Kontakt"] is None
    assert found["Opt-in-Datum"] == "consent_given_at"
    assert found["Gründung"] is None


def test_other_peoples_columns():
    """Mail and names of our agents or of an emergency contact are not the customer's."""
    found = fields(
        {"Nachname": FAMILIES, "Betreuer E-Mail": [f"{n}@wir.de" for n in NAMES], "Emergency Contact": NAMES}
    )
    assert found["Betreuer E-Mail"] is None
    assert found["Emergency Contact"] is None


def test_twice_the_same_field():
    """Contact points are numbered; of a single fact the better column is kept."""
    found = fields(
        {
            "E-Mail": ["a@b.de"],
            "email2": ["c@d.de"],
            "Mail privat": ["e@f.de"],
            "erstellt am": ["x"],
            "Datum": ["y"],
        }
    )
    assert [found[c] for c in ("E-Mail", "email2", "Mail privat")] == ["email", "email_2", "email_3"]
    assert (found["erstellt am"], found["Datum"]) == ("created_at", None)


def test_unknown_shared_identifier():
    """An unknown number of one pattern that rows share is kept; a code of few values is not."""
    cards = [f"K{i // 2:06d}" for i in range(40)]
    found = fields(
        {"Nachname": FAMILIES * 6 + FAMILIES[:4], "Kartennr": cards, "Filialnr": ["10001", "10002"] * 20}
    )
    assert found["Kartennr"] == "other_id"
    assert found["Filialnr"] is None


def test_configuration_wins():
    """A configured field is taken, an empty one leaves the column out, an unknown one is an error."""
    columns = {"Vorname": NAMES, "Nachname": FAMILIES, "Spitz": NAMES}
    found = fields(columns, columns={"Spitz": "handle", "Vorname": ""})
    assert (found["Spitz"], found["Vorname"]) == ("handle", None)
    with pytest.raises(ConfigError, match="unknown field") as error:
        fields(columns, columns={"Spitz": "familyname"})
    assert "family_name" in error.value.hint


@pytest.mark.parametrize("column", ["doi_bestaetigt_am", "abgemeldet_am"])
def test_sign_up_means_consent_where_consent_is_spoken_of(column):
    """The same sign-up date is a consent in a newsletter and the start of an account elsewhere."""
    newsletter = {
        "email": ["a@b.de"],
        "angemeldet_am": ["2020-01-01"],
        column: ["2020-01-02"],
        "quelle": ["Web"],
    }
    found = fields(newsletter)
    assert (found["angemeldet_am"], found["quelle"]) == ("consent_given_at", "consent_origin")
    account = fields({"email": ["a@b.de"], "angemeldet_am": ["2020-01-01"], "quelle": ["Web"]})
    assert (account["angemeldet_am"], account["quelle"]) == ("created_at", None)


def test_source_column():
    """A column source with a few short names names each row's source."""
    assert fields({"id": ["1", "2"], "source": ["a", "b"], "surname": FAMILIES[:2]})["source"] == "source"
    texts = ["found us at the fair", "was recommended by a friend"]
    assert fields({"id": ["1", "2"], "source": texts, "surname": FAMILIES[:2]})["source"] is None


def test_lines_of_a_british_address():
    """The third address line is the town where no column says so."""
    found = fields(
        {
            "Surname": FAMILIES,
            "Addr1": STREETS,
            "Addr2": [None] * 6,
            "Addr3": TOWNS,
            "Postcode": ["SW1A 1AA"] * 6,
        }
    )
    assert [found[f"Addr{i}"] for i in (1, 2, 3)] == ["street", "address_addition", "city"]


@pytest.mark.parametrize("header", ["Bestellnr.", "NI Nr", "Billing Nam", "Patient Ref"])
def test_near_spellings_are_not_stretched(header):
    """A header that is only vaguely like a known one is not taken for it."""
    assert fields({"Nachname": FAMILIES, header: [f"#{i}" for i in range(6)]})[header] in {None, "record_id"}


def test_billing_and_delivery_names():
    """The person who pays is the customer, the one who is sent something may be another."""
    whole = [f"{g} {f}" for g, f in zip(NAMES, FAMILIES, strict=True)]
    found = fields(
        {"Billing Name": whole, "Shipping Name": whole, "Billing City": TOWNS, "Shipping City": TOWNS}
    )
    assert list(found.values()) == ["full_name", None, "billing_city", "delivery_city"]


def test_more_columns_of_a_field_than_have_numbers():
    """From the hundredth on they are left out."""
    frame = pd.DataFrame({"E-Mail" if not i else f"E-Mail.{i + 1}": [f"a{i}@b.de"] for i in range(103)})
    guesses = map_table(frame, ReadConfig(), SourceConfig()).guesses
    assert [g.field for g in guesses[:3]] == ["email", "email_2", "email_3"]
    assert [(g.field, g.reason) for g in guesses[98:100]] == [("email_99", "alias"), (None, "duplicate")]


def test_birth_parts_with_a_few_wrong_values():
    """A month column in which few rows hold 13 or 19 is still the month: rows count, not distinct values."""
    months = ["1", "2", "3", "4"] * 10 + ["13", "19", "0"]
    table = {"nn": FAMILIES * 7 + ["Berg"], "by": ["1950", "1961", "1972"] * 14 + ["1980"], "bm": months}
    assert fields({**table, "bd": ["7"] * 43})["bm"] == "birth_month"


def test_headers_with_unknown_words_in_front():
    """``pat_`` and ``residential_`` are not known, the rest of the header is; another person's is not read."""
    found = fields(
        {"pat_first_name": NAMES, "pat_last_name": FAMILIES, "residential_city": TOWNS, "spouse_city": TOWNS}
    )
    assert list(found.values()) == ["given_name", "family_name", "city", None]


def test_numbered_lines_of_an_address():
    """add1 to add3 are street, town and postcode where the values say so."""
    codes = ["SW1A 1AA", "M1 1AE", "B33 8TH", "CR2 6XH", "DN55 1PT", "EC1A 1BB"]
    found = fields({"lname": FAMILIES, "add1": STREETS, "add2": TOWNS, "add3": codes})
    assert list(found.values())[1:] == ["street", "city", "postal_code"]


def test_names_under_each_others_header():
    """Where every family name is a given name and the reverse, the headers are taken as swapped."""
    found = fields({"first_name": FAMILIES, "last_name": NAMES})
    assert found == {"first_name": "family_name", "last_name": "given_name"}
    assert fields({"first_name": NAMES, "last_name": FAMILIES})["first_name"] == "given_name"


def test_a_number_that_follows_the_names_is_an_identifier():
    """A column of unknown header is an identifier where its repeated values stand beside one name."""
    copies = [f"KX{10000 + i}" for i in range(12) for _ in range(2)]
    names = [f"{name}{i}" for i, name in enumerate(NAMES * 2) for _ in range(2)]
    assert fields({"Nachname": names, "kdref": copies})["kdref"] == "other_id"
    mixed = names[::2] + names[1::2]
    assert fields({"Nachname": mixed, "kdref": copies})["kdref"] is None


def test_numbers_of_another_kind_are_no_telephone():
    """A social security number of a dependant is no telephone number, whatever its form."""
    numbers = ["123-45-6789", "234-56-7890", "345-67-8901", "456-78-9012", "567-89-0123", "678-90-1234"]
    found = fields({"last_name": FAMILIES, "dependent_1_ssn": numbers, "provider id": numbers})
    assert "phone" not in found.values()


def test_a_list_of_restaurants_is_no_list_of_people():
    """Names without any known given or family name, with words of trade, are businesses; strange names are people."""
    places = [
        f"{word} {i}" for i in range(8) for word in ("the blue grill", "café luz", "art's delicatessen")
    ]
    assert fields({"name": places, "city": TOWNS * 4})["name"] == "organization"
    strange = [
        f"{a}o {b}u" for a in ("Xil", "Vor", "Tek", "Ruz", "Pol") for b in ("Zam", "Qir", "Wek", "Dov", "Hul")
    ]
    assert fields({"name": strange, "city": (TOWNS * 5)[:25]})["name"] == "full_name"

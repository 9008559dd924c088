"""Addresses, postcodes, house numbers: parts as written, nothing lost, nothing invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmclean.normalize import address as module
from crmclean.normalize.address import Address, normalize_address
from crmclean.normalize.address_keys import city_key, street_key
from crmclean.normalize.address_street import split_street
from crmclean.normalize.house_number import normalize_house_number
from crmclean.normalize.layout import address_lines
from crmclean.normalize.postcode import postcode_info


def parts(text=None, **fields):
    value = normalize_address(text, **fields).value
    return {name: getattr(value, name) for name in Address.__slots__ if getattr(value, name)} if value else {}


def codes(text=None, **fields):
    return [f.code for f in normalize_address(text, **fields).issues]


@pytest.mark.parametrize(
    ("line", "country", "street", "number", "addition"),
    [
        ("Tulpenstr. 75", "DE", "Tulpenstr.", "75", ""),
        ("Tulpenstr.75", "DE", "Tulpenstr.", "75", ""),
        ("Mittelweg", "DE", "Mittelweg", "", ""),
        ("Von-der-Heyde-Straße 47", "DE", "Von-der-Heyde-Straße", "47", ""),
        ("Platz des 18. März 3", "DE", "Platz des 18. März", "3", ""),
        ("Platz des 18. März", "DE", "Platz des 18. März", "", ""),
        ("Steiler Weg 6 b", "DE", "Steiler Weg", "6 b", ""),
        ("Ringstraße 1 1/2", "DE", "Ringstraße", "1 1/2", ""),
        ("Rosenweg 1 bis 3", "DE", "Rosenweg", "1 bis 3", ""),
        ("Straße 9 Nr. 4", "DE", "Straße 9", "4", ""),
        ("Straße 9", "DE", "Straße 9", "", ""),
        ("E 5, 14", "DE", "E 5", "14", ""),
        ("Lerchengasse 44/3/12", "AT", "Lerchengasse", "44/3/12", ""),
        ("Lerchengasse 4 Stiege 2 Top 5", "AT", "Lerchengasse", "4", "Stiege 2 Top 5"),
        ("Tulpenstr. 12 Hinterhaus", "DE", "Tulpenstr.", "12", "Hinterhaus"),
        ("Tulpenstr. 12, 2. OG links", "DE", "Tulpenstr.", "12", "2. OG links"),
        ("Tulpenstr. 12 // W 43", "DE", "Tulpenstr.", "12", "W 43"),
        ("88, chemin des Vignes", "CH", "chemin des Vignes", "88", ""),
        ("12C Harbour Road", "GB", "Harbour Road", "12C", ""),
        ("40 Elm St # 600", "US", "Elm St", "40", "# 600"),
        ("40 E 7th Street", "US", "E 7th Street", "40", ""),
        ("ul. Polna 12 m. 5", "PL", "ul. Polna", "12", "m. 5"),
        ("Paseo del Rey, 18 - 5º", "ES", "Paseo del Rey", "18", "5º"),
        ("Plaza Vieja s/n", "ES", "Plaza Vieja", "", ""),
        ("7 Rue du 11 Novembre 1918", "FR", "Rue du 11 Novembre 1918", "7", ""),
        ("Rantatie 5 A 12", "FI", "Rantatie", "5 A 12", ""),
        ("25th avenue southeast", None, "25th avenue southeast", "", ""),
    ],
)
def test_street_line(line, country, street, number, addition):
    """A street line is split as its country writes it."""
    found = split_street(line, country)
    assert (found.street, found.house_number, found.addition) == (street, number, addition)


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("Tulpenstr. 3, 04109 Leipzig", "DE", ("Tulpenstr.", "3", "04109", "Leipzig")),
        ("Tulpenstr. 3\n04109 Leipzig", None, ("Tulpenstr.", "3", "04109", "Leipzig")),
        ("Tulpenstr. 3 04109 Leipzig", "DE", ("Tulpenstr.", "3", "04109", "Leipzig")),
        ("04109 Leipzig, Tulpenstr. 3", "DE", ("Tulpenstr.", "3", "04109", "Leipzig")),
        ("TULPENSTR. 3; 04109 LEIPZIG; DEUTSCHLAND", None, ("TULPENSTR.", "3", "04109", "LEIPZIG")),
        (
            "Brandenburg (Havel), 14770, Tulpenstr. 3",
            "DE",
            ("Tulpenstr.", "3", "14770", "Brandenburg (Havel)"),
        ),
        ("Dorfgasse 9 9000 St. Gallen", "CH", ("Dorfgasse", "9", "9000", "St. Gallen")),
        ("Firma Nord Tulpenweg 3 28195 Bremen", "DE", ("Tulpenweg", "3", "28195", "Bremen")),
        ("E 5, 14, 68159 Mannheim", "DE", ("E 5", "14", "68159", "Mannheim")),
        ("9 Elm Street, Salem, OR 97301, USA", None, ("Elm Street", "9", "97301", "Salem")),
        ("9 Elm Street, New York, NY 10001", "US", ("Elm Street", "9", "10001", "New York")),
        ("9 Mill Lane, Leeds LS1 4AP", "GB", ("Mill Lane", "9", "LS1 4AP", "Leeds")),
        ("9 Mill Lane, Hove, East Sussex, England, BN3 1AA", "GB", ("Mill Lane", "9", "BN3 1AA", "Hove")),
        ("9 Bay Road, Cairns QLD 4870", "AU", ("Bay Road", "9", "4870", "Cairns")),
        ("9 rue Haute, 69001 Lyon, France", None, ("rue Haute", "9", "69001", "Lyon")),
        ("Dijkstraat 9, 2011 ab Haarlem", "NL", ("Dijkstraat", "9", "2011 AB", "Haarlem")),
        ("Via Lunga 9/B, 40100 Bologna BO", "IT", ("Via Lunga", "9/B", "40100", "Bologna")),
        ("Calle Larga, 9, 41001 Sevilla Sevilla", "ES", ("Calle Larga", "9", "41001", "Sevilla")),
        ("ul. Polna 9, 80-001 Gdańsk", "PL", ("ul. Polna", "9", "80-001", "Gdańsk")),
    ],
)
def test_address_in_one_field(text, country, expected):
    """An address written into one field comes apart, whatever separates its parts."""
    value = normalize_address(text, country=country).value
    assert (value.street, value.house_number, value.postal_code, value.city) == expected


def test_what_is_beside_the_street_has_its_place():
    """c/o, box, locker, Ortsteil and rear building are parts of their own; the rest is kept."""
    block = "Alpha GmbH\nc/o Erika Beispiel\nTulpenweg 3 Hinterhaus\n01234 Musterstadt OT Kleindorf"
    assert parts(block) == {
        "care_of": "Erika Beispiel",
        "street": "Tulpenweg",
        "house_number": "3",
        "addition": "Hinterhaus",
        "postal_code": "01234",
        "city": "Musterstadt",
        "district": "Kleindorf",
        "rest": "Alpha GmbH",
    }
    assert parts("Postfach 10 34 99, 68131 Mannheim")["po_box"] == "10 34 99"
    assert parts("Packstation 123, 53113 Bonn")["addition"] == "Packstation 123"
    assert "street_missing" not in codes("Packstation 123, 53113 Bonn")


def test_several_fields():
    """Fields that hold one another's content are put right; what is right stays."""
    assert parts(street="Tulpenweg 3", postal_code="D-01234", city="Musterstadt") == {
        "street": "Tulpenweg",
        "house_number": "3",
        "postal_code": "01234",
        "city": "Musterstadt",
        "country": "DE",
    }
    assert parts(street="Tulpenweg", house_number="3", city="01234 Musterstadt")["postal_code"] == "01234"
    assert parts(street="Tulpenweg 3", house_number="3")["street"] == "Tulpenweg"
    assert parts(street="Tulpenweg 3, 01234 Musterstadt")["city"] == "Musterstadt"
    assert parts(street="c/o Erika Beispiel, Tulpenweg 3", city="Ulm")["care_of"] == "Erika Beispiel"
    assert parts(street="k. A.", city="-") == {}


def test_no_country_is_invented():
    """An Australian or American address does not become German."""
    fields = {"street": "Bay Road", "house_number": "9", "postal_code": "2550", "region": "nsw"}
    assert parts(**fields) == fields
    found = normalize_address("Tulpenweg 3, 04109 Leipzig")
    assert found.value.country == ""
    assert [f.proposal for f in found.issues if f.code == "country_assumed"] == ["DE"]


def test_lost_leading_zero_is_a_proposal():
    """1067 in Germany is no value but proposes 01067; in Austria and without a country it stays."""
    found = normalize_address(postal_code="1067", city="Dresden", country="D")
    assert found.value.postal_code == ""
    assert [f.proposal for f in found.issues if f.code == "postcode_leading_zero_lost"] == ["01067"]
    assert parts(postal_code="1067", country="AT")["postal_code"] == "1067"
    assert parts(postal_code="1067")["postal_code"] == "1067"


@pytest.mark.parametrize(
    ("text", "country", "code"),
    [
        ("30167", "DE", "30167"), ("D-30167", None, "30167"), ("30167.0", "DE", "30167"),
        ("A-1010", "AT", "1010"), ("1017ab", "NL", "1017 AB"), ("ec1a1bb", "GB", "EC1A 1BB"),
        ("80001", "PL", "80-001"), ("12345-6789", "US", "12345-6789"), ("0800", "AU", "0800"),
        ("77", "ZZ", "77"),
    ],
)  # fmt: skip
def test_postcode_in_its_usual_form(text, country, code):
    """A postcode comes out as its country writes it; of unknown countries it is kept."""
    assert postcode_info(text, country).value.code == code


@pytest.mark.parametrize(
    ("text", "country", "issue"),
    [
        ("301678", "DE", "postcode_format"), ("00000", "DE", "placeholder"), ("5300", "DE", "pre_1993_postcode"),
        ("0101", "AT", "postcode_format"), ("30167", "AT", "postcode_country_mismatch"), ("k.A.", None, "placeholder"),
        ("4109", "DE", "postcode_leading_zero_lost"), ("", "DE", "empty"),
    ],
)  # fmt: skip
def test_postcode_refused(text, country, issue):
    """What cannot be a postcode has no value and says why."""
    found = postcode_info(text, country)
    assert found.value is None
    assert found.issues[-1].code == issue


def test_postcode_regions_and_unused_ranges():
    """The first digits name the states; a range that was never given out is reported."""
    assert postcode_info("04109", "DE").value.regions == ("SN", "ST", "TH", "BB")
    assert postcode_info("6900", "CH").value.regions[-2:] == ("TI", "GR")
    assert [f.code for f in postcode_info("62123", "DE").issues] == ["postcode_unknown"]


@pytest.mark.parametrize(
    ("text", "number", "suffix"),
    [
        ("12", "12", ""),
        ("12 A", "12", "A"),
        ("Nr. 12/B3", "12", "B3"),
        ("16-18", "16", "18"),
        ("4/3/12", "4", "3/12"),
    ],
)
def test_house_number(text, number, suffix):
    """Number and suffix come apart; a label goes."""
    value = normalize_house_number(text).value
    assert (value.number, value.suffix) == (number, suffix)


def test_compare_forms():
    """Spellings of one street or town share a key; different ones do not."""
    assert len({street_key(s) for s in ("Grüne-Au-Straße", "Gruene Au Str.", "GRÜNE AU STRASSE")}) == 1
    assert street_key("Elm St") == street_key("elm street")
    assert street_key("Rosenweg") != street_key("Rosengasse")
    assert len({city_key(c) for c in ("Frankfurt am Main", "Frankfurt a. M.", "FRANKFURT/Main")}) == 1
    assert city_key("St. Gallen") == city_key("Sankt Gallen")
    assert city_key("Köln") == city_key("Koeln") != city_key("Ulm")


def test_layouts():
    """Germany, Austria and Switzerland print street before number, others as they do at home."""
    graz = Address(
        street="Tulpenweg", house_number="3", addition="Top 4", postal_code="8010", city="Graz", country="AT"
    )
    assert address_lines(graz, names=("Erika Beispiel",)) == (
        "Erika Beispiel", "Tulpenweg 3 // Top 4", "8010 Graz", "ÖSTERREICH",
    )  # fmt: skip
    assert address_lines(graz, sender_country="AT")[-1] == "8010 Graz"
    leeds = Address(street="Mill Lane", house_number="9", postal_code="LS1 4AP", city="Leeds", country="GB")
    assert address_lines(leeds, sender_country="GB") == ("9 Mill Lane", "Leeds LS1 4AP")
    box = Address(po_box="10 34 99", postal_code="68131", city="Mannheim", country="DE")
    assert address_lines(box) == ("Postfach 10 34 99", "68131 Mannheim")
    block = Address(street="E 5", house_number="14", postal_code="68159", city="Mannheim", country="DE")
    assert address_lines(block)[0] == "E 5, 14"


NAMES = st.sampled_from(
    ["Tulpenweg", "Grüner Weg", "Am Alten Markt", "Haus 9", "Poststr.", "Top", "St.-Georg-Str."]
)
NUMBERS = st.sampled_from(["1", "12a", "12 a", "3-5", "7/2", "0", "", "Whg 3", "Nr. 5"])
CITIES = st.sampled_from(["Ulm", "Bad Urach", "Ulm OT Au", "Halle (Saale)", "Postau", "k.A.", "12", ""])


@given(
    NAMES,
    NUMBERS,
    st.sampled_from(["89073", "1010", "1067", "x", ""]),
    CITIES,
    st.sampled_from([None, "D", "AT", "US"]),
)
def test_short_way_is_the_long_way(name, number, code, city, country):
    """The quick reading of plain lines gives what the thorough one gives."""
    fields = {"street": f"{name} {number}", "postal_code": code, "city": city, "country": country}
    quick = normalize_address(**fields)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_plain_line", lambda _given, _country: None)
        assert normalize_address(**fields) == quick

"""What whole columns and pairs of fields show: HTML, mixed scripts, freemail, kinds of numbers, places."""

from __future__ import annotations

import json

import pandas as pd
import pyarrow as pa
import pytest

from crmclean.normalize import place_register
from crmclean.normalize.place_register import check_place
from crmclean.normalize.records import normalize_records
from crmclean.normalize.records_checks import _has_signs
from crmclean.tables import RECORDS


def issues(**columns: object) -> pd.DataFrame:
    """Findings of records with these columns."""
    size = len(next(iter(columns.values())))  # type: ignore[call-overload]  # lists of one length
    frame = pd.DataFrame(
        {"source": "crm", "record_id": [f"{n}" for n in range(size)], "file": "crm.csv", "row": 1}
    )
    return normalize_records(RECORDS.check(frame.assign(**columns))).issues


def codes(table: pd.DataFrame) -> set[str]:
    return set(table["code"])


def test_html_and_scripts():
    """HTML comes with the text that was meant; a Cyrillic letter in a Latin word is named."""
    found = issues(organization=["M&uuml;ller &amp; Sohn GmbH", "Meyer<br>Handel", "Müller & Sohn GmbH"])
    html = found[found["code"] == "html_remnant"]
    assert html["proposal"].tolist() == ["Müller & Sohn GmbH", "Meyer Handel"]
    assert "mixed_script" in codes(issues(family_name=["Mеyer"], given_name=["Hans"]))
    assert "mixed_script" not in codes(issues(family_name=["Müller", "Петров"], given_name=["Hans", "Иван"]))


def test_freemail_of_a_company():
    """A firm that is reached under a provider's mailbox is noted; a person beside it is not."""
    firm = issues(organization=["Nordlicht GmbH"], email=["nordlicht@gmx.de"])
    assert "email_freemail_for_company" in codes(firm)
    both = issues(organization=["Nordlicht GmbH"], full_name=["Hans Meyer"], email=["h.meyer@gmx.de"])
    assert "email_freemail_for_company" not in codes(both)


@pytest.mark.parametrize("number", ["+49 30 901820", "030 901820 App. 12"])
def test_landline_under_mobile(number):
    """Plain and other spellings alike: a landline in the column of mobiles is noted."""
    assert "phone_type_mismatch" in codes(issues(mobile=[number], country=["DE"]))
    assert "phone_type_mismatch" not in codes(issues(phone=[number], country=["DE"]))


def test_several_websites():
    """Two sites in a cell are two points."""
    frame = pd.DataFrame(
        {"source": ["crm"], "record_id": ["1"], "file": ["f"], "row": [1], "website": ["www.a-b.de; c-d.de"]}
    )
    result = normalize_records(RECORDS.check(frame))
    assert result.contacts["key"].tolist() == ["a-b.de", "c-d.de"]
    assert "multiple_values" in codes(result.issues)


@pytest.fixture
def register(tmp_path, monkeypatch):
    """A register of three German towns in the form of the optional package."""
    package = tmp_path / "countrystatecity_postal_codes"
    folder = package / "data" / "by-country" / "DE"
    folder.mkdir(parents=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    rows = [("10115", "Berlin"), ("80331", "München"), ("60313", "Frankfurt am Main"), ("50374", "Erftstadt")]
    entries = [{"code": code, "localityName": town} for code, town in rows]
    (folder / "postcodes.json").write_text(json.dumps(entries), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    functions = (place_register.has_register, place_register._places, place_register._regions_of, check_place)
    for function in functions:
        function.cache_clear()
    yield
    monkeypatch.undo()
    for function in functions:
        function.cache_clear()


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize(
    ("code", "city", "expected"),
    [
        ("10115", "Berlin", None),
        ("60313", "Frankfurt/Main", None),
        ("80331", "Munchen", None),
        ("50374", "Lechenich", None),
        ("10115", "Milano", None),
        ("10115", "München", "postcode_city_mismatch"),
        ("50374", "Erfstadt", "city_spelling"),
        ("11011", "Berlin", "large_recipient_postcode"),
    ],
)
def test_places(code, city, expected):
    """A town the register does not know is no finding; one that lies elsewhere is."""
    found = check_place(code, city, "DE")
    assert (found.code if found else None) == expected


@pytest.mark.usefixtures("register")
def test_places_of_records():
    """The stage says it of plain and of odd addresses; post office boxes have codes of their own."""
    found = issues(
        street=["Hauptstr. 5", "Haupt-Str. 5 HH", "Postfach 12"],
        postal_code=["10115", "10115", "11011"],
        city=["München", "München", "Berlin"],
        country=["DE", "DE", "DE"],
    )
    told = found[found["code"].isin(["postcode_city_mismatch", "large_recipient_postcode"])]
    assert told["code"].tolist() == ["postcode_city_mismatch"] * 2
    assert set(told["field"]) == {"postal_code"}


def test_columns_without_signs_are_passed_over_at_no_loss():
    """A column of plain Latin text is not searched; one sign or foreign letter in it is enough, in a slice too."""
    plain = pa.array(["Müller", None, "Żółć", "Straße 5"], type=pa.large_string())
    assert not _has_signs(plain)
    assert not _has_signs(pa.array([], type=pa.large_string()))
    for odd in ("A&amp;B", "<br>", "C\u043ennor", "\u0391\u03b8\u03ae\u03bd\u03b1"):
        mixed = pa.chunked_array([plain, pa.array([odd], type=pa.large_string())])
        assert _has_signs(mixed)

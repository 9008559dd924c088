"""Single facts, a line each, in ``facts/*.csv``: what a text is, told apart by public rules and by usage.

Sources: DIN 5008, Art. 109 WRV and PartGG for names and forms, notations of spreadsheets and databases for
dates, the addressing guides of the national posts, ISO 3166, own observations of dirty exports. Persons and
firms are invented, historical or public institutions.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from crmclean.normalize import (
    normalize_address,
    normalize_company,
    normalize_country,
    normalize_date,
    normalize_email,
    normalize_person,
    normalize_phone,
    postcode_info,
)
from crmclean.normalize.company import normalize_legal_form
from crmclean.normalize.person import full_family_name

FACTS = Path(__file__).parent / "facts"
Case = Mapping[str, str]


def _tight(text: str | None) -> str:
    return re.sub(r"[\s.,]", "", text or "").casefold()


def _name(case: Case) -> dict[str, str | None]:
    people = normalize_person(case["input"]).value
    first = people[0] if people else None
    if first is None or people is None:
        return {}
    given = [" ".join(n for n in (p.given_name, p.middle_names) if n) for p in people]
    return {
        "title": first.title,
        "given": " und ".join(g for g in given if g),
        "last": full_family_name(first),
        "suffix": first.name_suffix,
        "nickname": first.nickname,
        "birth_name": first.birth_name,
    }


def _date(case: Case) -> dict[str, str | None]:
    order = case["order"] or None
    return {"expected": normalize_date(case["input"], order=order).value}  # type: ignore[arg-type]  # from the file


def _address(case: Case) -> dict[str, str | None]:
    found = normalize_address(case["input"], country=case["country"] or None)
    if found.value is None:
        return {}
    value = found.value
    lost = [f.proposal for f in found.issues if f.code == "postcode_leading_zero_lost"]
    said = {
        "street": value.street,
        "house_number": value.house_number,
        "postcode": value.postal_code or (lost[0] if lost else ""),
        "city": value.city,
    }
    return said | ({"po_box": value.po_box} if case["po_box"] else {})


def _company(case: Case) -> dict[str, str | None]:
    value = normalize_company(case["input"], country=case["country"] or None).value
    return {} if value is None else {"base": value.base, "legal_form": value.legal_form}


def _form(case: Case) -> dict[str, str | None]:
    return {"legal_form": normalize_legal_form(case["input"])}


def _phone(case: Case) -> dict[str, str | None]:
    value = normalize_phone(case["input"], country=case["region"] or None).value
    return (
        {"valid": "0"}
        if value is None
        else {"valid": "1", "e164": value[0].e164, "extension": value[0].extension}
    )


def _email(case: Case) -> dict[str, str | None]:
    cleaned = normalize_email(case["input"])
    said: dict[str, str | None] = {"valid": "1" if cleaned.value else "0"}
    if cleaned.value is not None and case["normalized"]:
        said["normalized"] = cleaned.value[0].address
    if cleaned.value is not None and case["is_role"]:
        said["is_role"] = "1" if cleaned.value[0].is_role else "0"
    if case["suggestion"]:
        said["suggestion"] = next((f.proposal for f in cleaned.issues if f.proposal), "-")
    return said


def _country(case: Case) -> dict[str, str | None]:
    return {"expected": normalize_country(case["input"]).value}


def _postcode(case: Case) -> dict[str, str | None]:
    cleaned = postcode_info(case["input"], case["country"])
    if cleaned.value is not None:
        return {"valid_format": "1", "normalized": cleaned.value.code}
    lost = [f.proposal for f in cleaned.issues if f.code == "postcode_leading_zero_lost"]
    said: dict[str, str | None] = {"valid_format": "0"}
    return said | ({"normalized": lost[0] if lost else ""} if case["normalized"] else {})


READ: dict[str, Callable[[Case], Mapping[str, str | None]]] = {
    "names": _name,
    "dates": _date,
    "addresses": _address,
    "companies": _company,
    "legal_forms": _form,
    "phones": _phone,
    "emails": _email,
    "countries": _country,
    "postcodes": _postcode,
}


def _cases() -> list[tuple[str, Case]]:
    found: list[tuple[str, Case]] = []
    for suite in sorted(READ):
        with (FACTS / f"{suite}.csv").open(encoding="utf-8", newline="") as stream:
            found += [(suite, row) for row in csv.DictReader(stream)]
    return found


@pytest.mark.parametrize(
    ("suite", "case"), _cases(), ids=lambda v: v if isinstance(v, str) else v["input"][:40]
)
def test_fact(suite, case):
    """Every part that a line names comes out as it says; what it leaves empty stays empty."""
    found = READ[suite](case)
    for key, value in found.items():
        assert _tight(value) == _tight(case[key]), key
    assert found or not any(v for k, v in case.items() if k not in {"input", "order", "country"})

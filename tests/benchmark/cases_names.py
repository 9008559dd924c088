"""Case suites names, companies, legal_forms and gender: a row in, a prediction out.

Used by `cases.py` and by hand; the suites' fields are described beside the cases.
"""

from __future__ import annotations

from collections.abc import Mapping

from crmclean.normalize.company import normalize_company, normalize_legal_form
from crmclean.normalize.person import Person, full_family_name, normalize_person
from crmclean.normalize.person_words import COUPLE_WORDS, given_gender
from crmclean.normalize.salutation import Salutation, split_salutation

__all__ = ["SUITES", "predict"]

SUITES = ("names", "companies", "legal_forms", "gender")
_BY_CODE = {"mr": "Herr", "ms": "Frau"}
_COUNTRIES = {"Germany": "DE", "Austria": "AT", "Switzerland": "CH", "Liechtenstein": "LI", "Italy": "IT"}


def predict(suite: str, row: Mapping[str, str]) -> dict[str, str | None]:
    """The fields of a prediction for one case.

    Raises:
        KeyError: The suite is none of `SUITES`.
    """
    return {"names": _name, "companies": _company, "legal_forms": _form, "gender": _gender}[suite](row)


def _name(row: Mapping[str, str]) -> dict[str, str | None]:
    people = normalize_person(row["input"]).value
    if people is None:
        return {}
    first = people[0]
    salutation, _ = split_salutation(row["input"].split())
    return {
        "salutation": _salutation(first, salutation),
        "title": first.title,
        "given": _all_given(people, row["input"]),
        "last": full_family_name(first),
        "suffix": first.name_suffix,
        "nickname": first.nickname,
        "birth_name": first.birth_name,
    }


def _salutation(person: Person, in_front: Salutation | None) -> str:
    """As the text has it in front; what stands elsewhere is known by its code only."""
    if person.salutation is None:
        return ""
    return in_front.text if in_front is not None else _BY_CODE.get(person.salutation, "")


def _all_given(people: tuple[Person, ...], text: str) -> str:
    """All given names; those of a couple joined by the word of the source, as the suite has it."""
    joiner = next((w for w in text.split() if w.lower() in COUPLE_WORDS), "und")
    each = [" ".join(p for p in (person.given_name, person.middle_names) if p) for person in people]
    return f" {joiner} ".join(e for e in each if e)


def _company(row: Mapping[str, str]) -> dict[str, str | None]:
    country = row.get("country", "")
    value = normalize_company(row["input"], country=_COUNTRIES.get(country, country) or None).value
    return {} if value is None else {"base": value.base, "legal_form": value.legal_form}


def _form(row: Mapping[str, str]) -> dict[str, str | None]:
    return {"legal_form": normalize_legal_form(row["input"])}


def _gender(row: Mapping[str, str]) -> dict[str, str | None]:
    return {"gender": given_gender(row["input"]) or "u"}

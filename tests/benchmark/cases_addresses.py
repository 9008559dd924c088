"""Predictions for the case suites addresses, postcodes and house_numbers.

``predict(suite, row)`` gives the fields that the suite scores, from what the value functions return.
Where a postcode cannot be right, the proposal counts as the answer: that is what a steward is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from crmclean.normalize.address import normalize_address
from crmclean.normalize.country import normalize_country
from crmclean.normalize.house_number import normalize_house_number
from crmclean.normalize.postcode import postcode_info
from crmclean.values import Finding

__all__ = ["SUITES", "predict"]


def _proposal(issues: tuple[Finding, ...]) -> str:
    lost = (f.proposal for f in issues if f.code == "postcode_leading_zero_lost")
    return next(lost, None) or ""


def _country(row: Mapping[str, str]) -> str | None:
    return normalize_country(row["country"]).value if row.get("country") else None


def _addresses(row: Mapping[str, str]) -> dict[str, object]:
    cleaned = normalize_address(row["input"], country=_country(row))
    found = cleaned.value
    if found is None:
        return {}
    return {
        "street": found.street,
        "house_number": found.house_number,
        "postcode": found.postal_code or _proposal(cleaned.issues),
        "city": found.city,
        "po_box": found.po_box,
        "country": found.country,
    }


def _postcodes(row: Mapping[str, str]) -> dict[str, object]:
    cleaned = postcode_info(row["input"], _country(row))
    if cleaned.value is None:
        return {"valid_format": "0", "normalized": _proposal(cleaned.issues)}
    return {"valid_format": "1", "normalized": cleaned.value.code}


def _house_numbers(row: Mapping[str, str]) -> dict[str, object]:
    found = normalize_house_number(row["input"]).value
    return {"number": found.number, "suffix": found.suffix} if found is not None else {}


SUITES: dict[str, Callable[[Mapping[str, str]], dict[str, object]]] = {
    "addresses": _addresses,
    "postcodes": _postcodes,
    "house_numbers": _house_numbers,
}


def predict(suite: str, row: Mapping[str, str]) -> dict[str, object]:
    """The prediction for a row of a suite, without its id.

    Raises:
        KeyError: The suite is not one of `SUITES`.
    """
    return SUITES[suite](row)

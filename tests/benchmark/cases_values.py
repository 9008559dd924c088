"""Predictions for case suites of single values: phones, emails, dates, ids, countries, text_repair.

``predict(suite, row)`` gives the fields that the suite scores, from what the value functions return
and nothing else. Where a suite asks for what a CRM would be told (a repaired text, an address that
was probably meant), a proposal counts as the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from crmclean.normalize.country import normalize_country
from crmclean.normalize.date import normalize_date
from crmclean.normalize.email import normalize_email
from crmclean.normalize.identifier import normalize_identifier
from crmclean.normalize.phone import normalize_phone
from crmclean.normalize.text import repair_text

__all__ = ["SUITES", "predict"]

_PHONE_TYPES = {
    "landline": "fixed_line",
    "landline_or_mobile": "fixed_line_or_mobile",
    "freephone": "toll_free",
    "premium": "premium_rate",
    "personal": "personal_number",
}
# the kind and country under which a suite's type of identifier is asked for
_IDS: dict[str, tuple[Any, str | None]] = {
    "de_idnr": ("national", "DE"),
    "de_stnr": ("tax", "DE"),
    "de_wkn": ("wkn", None),
    "de_hrb": ("register", "DE"),
    "de_leitweg": ("leitweg", None),
    "at_uid": ("vat", "AT"),
    "at_fn": ("register", "AT"),
    "at_tin": ("tax", "AT"),
    "at_svnr": ("national", "AT"),
    "ch_uid": ("register", "CH"),
    "ch_vat": ("vat", "CH"),
    "ch_ahv": ("national", "CH"),
    "li_peid": ("tax", "LI"),
    "iban": ("iban", None),
    "bic": ("bic", None),
    "lei": ("lei", None),
    "eu_vat": ("vat", None),
    "eu_eic": ("eic", None),
    "isin": ("isin", None),
}


def _phones(row: Mapping[str, str]) -> dict[str, object]:
    found = normalize_phone(row["input"], country=row.get("region") or None).value
    if found is None:
        return {"valid": "0"}
    first = found[0]
    kind = _PHONE_TYPES.get(first.kind, first.kind)
    return {"valid": "1", "e164": first.e164, "type": kind, "extension": first.extension or ""}


def _emails(row: Mapping[str, str]) -> dict[str, object]:
    cleaned = normalize_email(row["input"])
    suggestion = next((f.proposal for f in cleaned.issues if f.proposal), "")
    if cleaned.value is None:
        return {"valid": "0", "suggestion": suggestion, "is_role": "0", "is_disposable": "0"}
    first = cleaned.value[0]
    return {
        "valid": "1",
        "normalized": first.address,
        "suggestion": suggestion,
        "is_role": first.is_role,
        "is_disposable": bool(first.is_disposable),
    }


def _dates(row: Mapping[str, str]) -> dict[str, object]:
    order: Any = row.get("order") or None
    return {"expected": normalize_date(row["input"], order=order).value or ""}


def _ids(row: Mapping[str, str]) -> dict[str, object]:
    kind, country = _IDS.get(row["type"], ("other", None))
    found = normalize_identifier(row["input"], kind=kind, country=country).value
    if found is None:
        return {"valid": "0"}
    # the suite writes the Austrian UID in its national form, without AT
    national = row["type"] == "at_uid" and found.compact.startswith("AT")
    return {"valid": "1", "normalized": found.compact[2:] if national else found.compact}


def _countries(row: Mapping[str, str]) -> dict[str, object]:
    return {"expected": normalize_country(row["input"]).value or ""}


def _text_repair(row: Mapping[str, str]) -> dict[str, object]:
    cleaned = repair_text(row["input"])
    proposal = next((f.proposal for f in cleaned.issues if f.proposal is not None), None)
    return {"expected": cleaned.value or "" if proposal is None else proposal}


SUITES: dict[str, Callable[[Mapping[str, str]], dict[str, object]]] = {
    "phones": _phones,
    "emails": _emails,
    "dates": _dates,
    "ids": _ids,
    "countries": _countries,
    "text_repair": _text_repair,
}


def predict(suite: str, row: Mapping[str, str]) -> dict[str, object]:
    """The prediction for one case: the suite's fields, without suite and id."""
    return SUITES[suite](row)

"""Records become parties, contacts, addresses and issues; value functions, one per kind.

A value function takes one text and returns `Cleaned`: what it means and what was noticed. Names load
on first use (PEP 562), so that importing the package stays fast.
"""

from __future__ import annotations

import importlib

_HOME: dict[str, str] = {
    "Address": "address",
    "Company": "company",
    "ContactPoint": "contact_point",
    "Email": "email",
    "HouseNumber": "house_number",
    "Identifier": "identifier",
    "Normalized": "records",
    "Person": "person",
    "Phone": "phone",
    "Postcode": "postcode",
    "Salutation": "salutation",
    "address_lines": "layout",
    "city_key": "address_keys",
    "contact_points": "contact_point",
    "date_order_of": "date_order",
    "dialled": "phone",
    "handle_key": "contact_point",
    "is_placeholder": "text",
    "letter_salutation": "letter",
    "looks_like_company": "person",
    "looks_like_person": "person",
    "nickname_key": "nicknames",
    "normalize_address": "address",
    "normalize_amount": "amount",
    "normalize_company": "company",
    "normalize_consents": "events",
    "normalize_contact_point": "contact_point",
    "normalize_country": "country",
    "normalize_date": "date",
    "normalize_email": "email",
    "normalize_house_number": "house_number",
    "normalize_identifier": "identifier",
    "normalize_legal_form": "legal_form",
    "normalize_opportunities": "events",
    "normalize_orders": "events",
    "normalize_person": "person",
    "normalize_phone": "phone",
    "normalize_qualifications": "events",
    "normalize_records": "records",
    "normalize_salutation": "salutation",
    "normalize_tasks": "events",
    "normalize_time": "time",
    "normalize_touchpoints": "events",
    "postcode_info": "postcode",
    "read_contact_point": "contact_point",
    "repair_text": "text",
    "street_key": "address_keys",
}
__all__ = sorted(_HOME)  # noqa: PLE0605  built from the map above


def __getattr__(name: str) -> object:
    """A public name, loaded from its module on first use."""
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'crmclean.normalize' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"crmclean.normalize.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__

"""The canonical fields of a customer record: the words in which the stages speak of columns.

`read` maps a file's columns to these names, `normalize` reads them. A field that a file has twice
gets a number (`email`, `email_2`). Address fields exist plain and per place (`work_street`).
Source of the model: vCard 4 (RFC 6350), schema.org, and what CRM exports hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["ADDRESS_PARTS", "CHANNELS", "FIELDS", "PLACES", "Field", "base_field", "is_field"]

CHANNELS = ("email", "phone", "sms", "messenger", "fax", "robocall", "post", "push", "visit")
PLACES = ("", "work_", "home_", "billing_", "delivery_")
ADDRESS_PARTS = (
    "full_address",
    "care_of",
    "street",
    "house_number",
    "address_addition",
    "po_box",
    "postal_code",
    "city",
    "district",
    "region",
    "country",
)


@dataclass(frozen=True, slots=True)
class Field:
    """A canonical field: its name, its group and what it holds."""

    name: str
    group: str
    doc: str


_PLAIN: tuple[tuple[str, str, str], ...] = (
    ("record_id", "key", "identifier of the row within its source"),
    ("source", "key", "name of the source the row came from, where one table holds several"),
    ("salutation", "name", "Herr, Frau, Mr, Ms, Firma, Familie ..."),
    ("title", "name", "academic or professional title"),
    ("given_name", "name", "first given name, or all of them"),
    ("middle_names", "name", "further given names or initials"),
    ("name_prefix", "name", "particle or former noble title (von, zu, Freiherr)"),
    ("family_name", "name", "family name"),
    ("name_suffix", "name", "jun., sen., III, MBA"),
    ("birth_name", "name", "name at birth, also an earlier family name"),
    ("full_name", "name", "a person's or a company's name in one field, in any order"),
    ("sex", "name", "sex or gender; serves matching and salutation, shown nowhere else"),
    ("birth_date", "birth", "date of birth"),
    ("birth_year", "birth", "year of birth where the date is split"),
    ("birth_month", "birth", "month of birth where the date is split"),
    ("birth_day", "birth", "day of birth where the date is split"),
    ("organization", "organization", "company name, first line"),
    ("organization_2", "organization", "company name, second line or addition"),
    ("department", "organization", "department"),
    ("role", "organization", "position or job title"),
    ("email", "contact", "e-mail address"),
    ("phone", "contact", "telephone number of unknown place"),
    ("phone_work", "contact", "telephone number at work"),
    ("phone_home", "contact", "telephone number at home"),
    ("phone_central", "contact", "switchboard"),
    ("mobile", "contact", "mobile number"),
    ("fax", "contact", "fax number"),
    ("website", "contact", "web address"),
    ("handle", "contact", "user name, nickname or social handle"),
    ("contact_any", "contact", "address, number or handle, whatever the channel knows"),
    ("customer_no", "identifier", "number of the customer in the ERP"),
    ("vat_id", "identifier", "VAT identification number"),
    ("tax_no", "identifier", "national tax number"),
    ("register_no", "identifier", "commercial register number"),
    ("iban", "identifier", "international bank account number"),
    ("bic", "identifier", "bank identifier"),
    ("lei", "identifier", "legal entity identifier"),
    ("national_id", "identifier", "social security or identity number of a person"),
    ("other_id", "identifier", "an identifier of unknown kind that several records may share"),
    ("language", "meta", "language of correspondence"),
    ("category", "meta", "categories, tags, customer group"),
    ("created_at", "meta", "when the record was created"),
    ("modified_at", "meta", "when the record was last changed"),
    ("address_valid_from", "meta", "since when the address holds"),
    ("address_valid_to", "meta", "until when the address held; a filler such as 31.12.9999: it still does"),
    ("last_order", "meta", "date of the last order"),
    ("revenue", "meta", "revenue figure kept on the record"),
    ("occurred_at", "event", "when the contact took place"),
    ("channel", "event", "channel of the contact"),
    ("direction", "event", "in or out"),
    ("subject", "event", "subject or text of the contact; may name a customer number"),
    ("agent", "event", "who of ours took part"),
)
_CONSENT: tuple[tuple[str, str], ...] = (
    ("consent_given_at", "when a consent was declared (newsletter sign-up)"),
    ("consent_confirmed_at", "when it was confirmed (double opt-in click)"),
    ("consent_withdrawn_at", "when it was withdrawn (unsubscribed)"),
    ("consent_origin", "where it was declared"),
    ("consent_evidence", "proof: IP address, form, wording"),
)
_ADDRESS_DOC = {
    "full_address": "a whole address in one field",
    "care_of": "c/o",
    "street": "street, may hold the house number",
    "house_number": "house number with suffix",
    "address_addition": "further address line",
    "po_box": "post office box",
    "postal_code": "postcode, as text",
    "city": "town",
    "district": "part of the town",
    "region": "state, canton, region",
    "country": "country in any spelling",
}
FIELDS: dict[str, Field] = {n: Field(n, g, d) for n, g, d in _PLAIN}
for _name, _text in _CONSENT:
    FIELDS[_name] = Field(_name, "consent", _text)
for _place in PLACES:
    for _part in ADDRESS_PARTS:
        _doc = _ADDRESS_DOC[_part] + (f" ({_place.rstrip('_')})" if _place else "")
        FIELDS[_place + _part] = Field(_place + _part, "address", _doc)
for _channel in (*CHANNELS, "any"):
    FIELDS[f"optin_{_channel}"] = Field(
        f"optin_{_channel}", "flag", f"yes allows {_channel}: a claim without proof"
    )
    FIELDS[f"optout_{_channel}"] = Field(f"optout_{_channel}", "flag", f"yes forbids {_channel}")
for _name, _text in (
    ("optin_newsletter", "yes asks for the newsletter by e-mail: a claim without proof"),
    ("optout_newsletter", "yes forbids the newsletter by e-mail, and nothing else"),
):
    FIELDS[_name] = Field(_name, "flag", _text)

_NUMBERED = re.compile(r"^(?P<base>.+?)_(?P<n>[2-9]|[1-9]\d)$")


def base_field(name: str) -> str:
    """The field without its number: ``email_2`` is ``email``; ``organization_2`` is itself."""
    if name in FIELDS:
        return name
    found = _NUMBERED.match(name)
    return found["base"] if found and found["base"] in FIELDS else name


def is_field(name: str) -> bool:
    """Whether the name is a canonical field, numbered or not."""
    return base_field(name) in FIELDS

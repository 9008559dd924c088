"""Alias tables: which field a header means, for customers and for every other table.

The words are in crmclean/data/column_aliases.txt, those of further languages in column_aliases_eu.txt.
A header is looked up whole, then without a
trailing number, then without a place (``Straße privat``), then without words that only say whose
the value is (``customer_email``), and at last, by `find_spelling`, as misspelt (``Nachnahme``). Ambiguous words (Name,
Titel, Konto ...) are in no table: `ambiguous` decides them by values and neighbours.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache

from crmclean.data import read_list
from crmclean.fields import ADDRESS_PARTS
from crmclean.read.headers import Header, split_place, without_noise
from crmclean.read.words import word_list

__all__ = [
    "AMBIGUOUS",
    "KNOWN_UNUSED",
    "Hit",
    "aliases",
    "ambiguous_word",
    "find_alias",
    "find_spelling",
    "find_tail",
]

KNOWN_UNUSED = "-"
"""The field of a column that is known and that nothing is made of (last login, password)."""
AMBIGUOUS: dict[str, str] = {
    "title": "title", "titel": "title", "prefix": "title", "praefix": "title", "nameprefix": "title",
    "honorificprefix": "title", "position": "position", "pos": "position",
    "name": "name", "namen": "name", "name1": "name", "kontakt": "contact", "contact": "contact",
    "name2": "name2", "name3": "name2", "bezeichnung": "name",
    "kunde": "customer", "customer": "customer", "client": "customer", "klient": "customer",
    "konto": "account", "account": "account", "kontonr": "account", "kto": "account", "ktonr": "account",
    "accountno": "account", "accountnumber": "account", "kontonummer": "account",
    "zusatz": "addition", "zusatz1": "addition", "zusatz2": "addition", "addition": "addition",
    "nummer": "number", "nr": "number", "number": "number", "no": "number", "lfdnr": "number", "lfd": "number",
    "add2": "line", "add3": "line", "add4": "line", "add5": "line", "addr2": "line", "code": "number", "key": "number", "index": "number", "schluessel": "number", "matchcode": "nothing",
    "datum": "date", "date": "date", "zeitpunkt": "date", "timestamp": "date", "datumzeit": "date", "datetime": "date",
    "at": "date", "time": "date", "eventdate": "date", "zeitstempel": "date", "uhrzeit": "date",
    "status": "nothing", "adresse": "address", "address": "address", "anschrift": "address", "addr": "address",
    "adr": "address", "wohnadresse": "address", "location": "city_or_address", "standort": "city_or_address",
    "sitz": "city_or_address", "plzort": "postal_city", "ortplz": "postal_city", "plzstadt": "postal_city",
    "zipcity": "postal_city", "postcodecity": "postal_city", "plzwohnort": "postal_city", "cityzip": "postal_city",
    "by": "birth_year", "bm": "birth_month", "bd": "birth_day", "year": "birth_year", "month": "birth_month",
    "day": "birth_day", "jahr": "birth_year", "monat": "birth_month", "tag": "birth_day",
    "angemeldetam": "signup", "anmeldedatum": "signup", "angemeldet": "signup", "eingetragenam": "signup",
    "signupdate": "signup", "signedupat": "signup", "signup": "signup", "datumanmeldung": "signup",
    "subscribed": "signup", "abonniertam": "signup", "anmeldungam": "signup", "eintragungsdatum": "signup",
    "registered": "signup", "quelle": "origin", "herkunft": "origin", "leadquelle": "origin",
    "source": "source", "sourcesystem": "source", "quellsystem": "source", "datenquelle": "source",
    "datasource": "source", "dataset": "source", "herkunftssystem": "source", "src": "source", "srcsystem": "source",
    "recordsource": "source", "sourcename": "source", "system": "source",
    "text": "text", "nachricht": "text", "message": "text", "inhalt": "text", "anliegen": "text", "body": "text",
    "anfrage": "text", "request": "text", "mobileoptin": "nothing", "m": "nothing", "ip": "ip",
    "web": "web", "patient": "customer", "mandant": "customer", "gast": "customer", "guest": "customer", "interessent": "customer", "lead": "customer", "person": "customer", "kundin": "customer", "addr3": "line", "address3": "line", "addressline3": "line", "addrline3": "line", "adresszeile3": "line", "addr4": "line", "address4": "line", "addressline4": "line", "addrline4": "line", "addressline5": "line", "address5": "line", "addr5": "line",
    "kontaktperson1": "name", "sonstiges": "nothing",
}  # fmt: skip
"""Compact header -> the question that `ambiguous` answers."""
_PHONES = {"phone": {"work_": "phone_work", "home_": "phone_home"}}
_ALONE = frozenset({"email", "mobile", "fax", "website", "phone_work", "phone_home", "handle"})
_PERSON = frozenset({"given_name", "family_name", "full_name", "salutation", "title", "organization"})
_SECTION = re.compile(r"^\[(\w+)\]$")


@dataclass(frozen=True, slots=True)
class Hit:
    """A field that a header means, and how sure its words make it (0 to 1)."""

    field: str
    confidence: float


@cache
def aliases(role: str = "customers") -> dict[str, str]:
    """Compact header -> field, as the alias list has it for a table."""
    section, found = "", dict[str, str]()
    for line in (*read_list("column_aliases_eu.txt"), *read_list("column_aliases.txt")):
        mark = _SECTION.match(line.strip())
        if mark:
            section = mark[1]
        elif section == role:
            field, _, words = line.partition(": ")
            found |= {re.sub(r"[^a-z0-9]", "", word): field.strip() for word in words.split("|")}
    return found


def ambiguous_word(header: Header) -> str:
    """The question that decides this header, empty if it is none of the ambiguous words."""
    if header.compact in AMBIGUOUS:
        return AMBIGUOUS[header.compact]
    for form in without_noise(header):
        if form in AMBIGUOUS:
            return AMBIGUOUS[form]
    return "name" if ("billing_", "name") in split_place(header) else ""


def find_alias(header: Header) -> Hit | None:
    """The customer field that the header's words mean, or None.

    The field is "-" (`KNOWN_UNUSED`) for a known column that is not used.

    Example:
        >>> from crmclean.read.headers import parse_header
        >>> find_alias(parse_header("Postleitzahl privat"))
        Hit(field='home_postal_code', confidence=0.93)
    """
    if header.nameless:
        return None
    table = aliases()
    if header.compact in table:
        return Hit(table[header.compact], 0.97)
    if header.number is not None and header.stem in table and header.stem not in AMBIGUOUS:
        return Hit(table[header.stem], 0.9)
    dated = re.sub(r"(?:19|20)\d\d$", "", header.compact)
    if dated != header.compact and table.get(dated) == "revenue":
        return Hit("revenue", 0.6)
    return _placed(header, table) or _cleared(header, table)


def _placed(header: Header, table: dict[str, str]) -> Hit | None:
    for place, rest in split_place(header):
        field = table.get(rest) or table.get(re.sub(r"\d+$", "", rest))
        if field is None and rest in {"adresse", "address", "anschrift"}:
            field = "street"
        if place == "delivery_" and rest in {"name", "title", "titel"}:
            return Hit(KNOWN_UNUSED, 0.9)
        placed = _with_place(place, field) if field else None
        if placed:
            return Hit(placed, 0.93)
    return None


def _with_place(place: str, field: str) -> str | None:
    if field in ADDRESS_PARTS:
        return place + field
    if field in _PHONES:
        return _PHONES[field].get(place, field)
    if field in _ALONE:
        return field
    if field in _PERSON and place in {"", "billing_"}:
        return field
    return KNOWN_UNUSED if field in _PERSON else None


def _cleared(header: Header, table: dict[str, str]) -> Hit | None:
    for form in without_noise(header):
        if form in table and form not in AMBIGUOUS:
            return Hit(table[form], 0.88)
        stem = re.sub(r"\d+$", "", form)
        if stem != form and stem in table and stem not in AMBIGUOUS:
            return Hit(table[stem], 0.83)
    return None


def find_tail(header: Header) -> Hit | None:
    """The field of a header whose first word is unknown: ``pat_first_name``, ``residential_city``.

    One or two words in front and one behind may be unknown, if no word says that the column is about
    another person. What is left must be a word for a person's or company's own data.

    Example:
        >>> from crmclean.read.headers import parse_header
        >>> find_tail(parse_header("res_city_desc"))
        Hit(field='city', confidence=0.6)
    """
    words = header.words
    if len(words) < 2 or set(words) & _SOMEONE_ELSE:
        return None
    for first, last in ((1, 0), (2, 0), (0, 1), (1, 1)):
        rest = "".join(words[first : len(words) - last])
        if len(words) - first - last < 1 or len(rest) < 3:
            continue
        if last and words[-1] in _NUMBERED:  # default_address_id numbers an address
            continue
        field = aliases().get(rest) or (_WHOLE.get(rest) if first else None)
        if field in _OWN:
            return Hit(field, 0.6)
    return None


_SOMEONE_ELSE = word_list("someone_else")
_NUMBERED = frozenset({"id", "ids", "nr", "no", "nummer", "number", "key", "code"})
_WHOLE = {"address": "street", "addr": "street", "adresse": "street", "anschrift": "street"}
_OWN = frozenset(
    [
        "given_name",
        "middle_names",
        "family_name",
        "name_suffix",
        "birth_name",
        "birth_date",
        "email",
        "phone",
        "mobile",
        "street",
        "house_number",
        "postal_code",
        "city",
        "region",
        "country",
        "national_id",
        "website",
    ]
)
"""Fields that a header with unknown words may mean: what a record says of its own person or company."""


def find_spelling(header: Header) -> Hit | None:
    """The customer field of the known header that this one is nearly spelled as, or None.

    Example:
        >>> from crmclean.read.headers import parse_header
        >>> find_spelling(parse_header("Nachnahme"))
        Hit(field='family_name', confidence=0.7)
    """
    if len(header.compact) < 6 or header.nameless:
        return None
    same = [word for word in _long_words() if word[0] == header.compact[0]]
    near = difflib.get_close_matches(header.compact, same, n=1, cutoff=0.92)
    found = aliases()[near[0]] if near else KNOWN_UNUSED
    return None if found == KNOWN_UNUSED else Hit(found, 0.7)


@cache
def _long_words() -> tuple[str, ...]:
    return tuple(sorted(word for word in aliases() if len(word) >= 6))

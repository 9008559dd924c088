"""What is known of somebody who is looked for: keys and words, read from a line of text or from fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from crmclean.errors import ConfigError
from crmclean.merge.attach import number_in_text
from crmclean.normalize.email import normalize_email
from crmclean.normalize.phone import normalize_phone
from crmclean.normalize.phone_model import Phone
from crmclean.text.fold import fold
from crmclean.view.ranking import Terms
from crmclean.view.terms import query_terms

__all__ = ["ASKED", "Query", "read_fields", "read_query"]

ASKED = (
    "name", "given_name", "family_name", "organization", "phone", "email", "handle", "customer_no",
    "street", "house_number", "postal_code", "city",
)  # fmt: skip
"""Fields by which a customer can be looked for."""
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_NUMBER = re.compile(r"[+(]?[\d\s()/.\-+]{5,}")
# within other words only what is dialled as written: with plus or trunk zero
_NUMBER_INSIDE = re.compile(r"(?<![\w@.+-])(?:\+|\(?0)[\d\s()/.\-]{5,}\d(?![\w@])")
_EMAIL_INSIDE = re.compile(r"[^\s<>,;]+@[^\s<>,;]+\.[^\s<>,;]+")
_NOT_WORD = re.compile(r"[\W_]+")
_LOCAL = 7
# plus, two digits of the country and seven of the number: shorter heads belong to too many
_SHORTEST = 10


@dataclass(frozen=True, slots=True)
class Query:
    """A query, taken in every way that it can be meant.

    Args:
        text: As typed; fields joined by blanks.
        customer_id: Where it looks like one.
        record: Source and record key, where it is written source:record_id.
        emails: Match keys of the e-mail addresses in it.
        phones: E.164 numbers in it.
        trunks: E.164 numbers of the switchboards these may belong to.
        local: Last digits of a number without its area code.
        number: Compact form, for customer numbers.
        handle: Folded form, for handles; None if it has blanks.
        terms: Its words.
    """

    text: str
    customer_id: str | None
    record: tuple[str, str] | None
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    trunks: tuple[str, ...]
    local: str | None
    number: str | None
    handle: str | None
    terms: Terms


def read_query(text: str, *, country: str | None = "DE") -> Query:
    """The query in all its meanings; never an error.

    Args:
        text: As typed.
        country: Country of numbers without a country code.

    Example:
        >>> read_query("0171 2345678").phones
        ('+491712345678',)
        >>> read_query("Maier, Hauptstr. 5, 0171/2345678").terms.words
        ('maier', 'hauptstr')
    """
    shown = text.strip()
    source, colon, record = shown.partition(":")
    rest = shown
    emails: list[str] = []
    for found in _EMAIL_INSIDE.findall(shown):
        emails += _emails(found)
        rest = rest.replace(found, " ")
    whole = bool(_NUMBER.fullmatch(rest.strip()))
    numbers = [rest.strip()] if whole else [m.group() for m in _NUMBER_INSIDE.finditer(rest)]
    phones = [phone for number in numbers for phone in _phones(number, country)]
    for number in numbers:
        rest = rest.replace(number, " ")
    compact = _NOT_WORD.sub("", shown).upper()
    digits = _NOT_WORD.sub("", shown) if whole else ""
    words, houses, initials = query_terms(rest)
    alone = " " not in shown
    return Query(
        text=shown,
        customer_id=shown.lower() if _ID.fullmatch(shown) else None,
        record=(source, record) if colon and source and record else None,
        emails=tuple(dict.fromkeys(emails)),
        phones=tuple(dict.fromkeys(p.e164 for p in phones)),
        trunks=tuple(dict.fromkeys(t for p in phones for t in _trunks(p))),
        local=digits[-_LOCAL:] if _LOCAL <= len(digits) <= 11 and digits[0] != "0" else None,
        number=compact if alone and any(c.isdigit() for c in compact) else number_in_text(shown),
        handle=fold(shown).lstrip("@") or None if alone else None,
        terms=Terms(tuple(words), tuple(houses), tuple(initials)),
    )


def read_fields(fields: Mapping[str, str], *, country: str | None = "DE") -> Query:
    """The query of named facts; words of a name are looked for in names, those of a place in places.

    Args:
        fields: Texts by name, see `ASKED`; empty ones are as good as missing.
        country: Country of numbers without a country code.

    Raises:
        ConfigError: A field is unknown.
    """
    given = {name: text.strip() for name, text in fields.items() if text and text.strip()}
    unknown = sorted(set(given) - set(ASKED))
    if unknown:
        raise ConfigError.of("errors.find.field", name=unknown[0], known=", ".join(ASKED))
    phones = _phones(given["phone"], country) if "phone" in given else []
    named = [given[n] for n in ("name", "given_name", "family_name", "organization") if n in given]
    placed = [given[n] for n in ("street", "house_number", "postal_code", "city") if n in given]
    names, _, initials = query_terms(" ".join(named))
    places, houses, _ = query_terms(" ".join(placed))
    return Query(
        text=" ".join(given.values()),
        customer_id=None,
        record=None,
        emails=tuple(_emails(given["email"])) if "email" in given else (),
        phones=tuple(dict.fromkeys(p.e164 for p in phones)),
        trunks=tuple(dict.fromkeys(t for p in phones for t in _trunks(p))),
        local=None,
        number=_NOT_WORD.sub("", given["customer_no"]).upper() if "customer_no" in given else None,
        handle=fold(given["handle"]).lstrip("@").replace(" ", "") if "handle" in given else None,
        terms=Terms(
            tuple(dict.fromkeys([*names, *places])), tuple(houses), tuple(initials),
            frozenset(names), frozenset(places),
        ),
    )  # fmt: skip


def _emails(text: str) -> list[str]:
    found = normalize_email(text.strip("<>(),;")).value
    return [e.key for e in found or ()]


def _phones(text: str, country: str | None) -> list[Phone]:
    return list(normalize_phone(text, country=country).value or ())


def _trunks(phone: Phone) -> list[str]:
    """Numbers without the direct dialling digits, bare and with the 0 of the switchboard."""
    if phone.kind == "mobile":
        return []
    heads = [phone.e164[: len(phone.e164) - digits] for digits in range(1, 5)]
    written = [phone.trunk] if phone.trunk else []
    both = [*written, *(h + "0" for h in written), *(n for head in heads for n in (head + "0", head))]
    return [n for n in dict.fromkeys(both) if len(n) >= _SHORTEST and n != phone.e164]

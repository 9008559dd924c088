"""What a person typed to find a customer: an id, a record, a number, an address, a name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crmclean.normalize.email import normalize_email
from crmclean.normalize.phone import normalize_phone
from crmclean.text.fold import fold, tokens

__all__ = ["Query", "read_query"]

_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_NUMBER = re.compile(r"[+(]?[\d\s()/.\-+]{5,}")
_NOT_WORD = re.compile(r"[\W_]+")
# plus, two digits of the country and seven of the number: shorter heads belong to too many
_SHORTEST = 10


@dataclass(frozen=True, slots=True)
class Query:
    """A query, taken in every way that it can be meant.

    Args:
        text: As typed.
        customer_id: Where it looks like one.
        record: Source and record key, where it is written source:record_id.
        emails: Match keys of the e-mail addresses in it.
        phones: E.164 numbers in it.
        trunks: E.164 numbers of the switchboards these may belong to.
        number: Compact form, for customer numbers.
        handle: Folded form, for handles; None if it has blanks.
        words: Its folded words.
    """

    text: str
    customer_id: str | None
    record: tuple[str, str] | None
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    trunks: tuple[str, ...]
    number: str | None
    handle: str | None
    words: tuple[str, ...]


def read_query(text: str, *, country: str | None = "DE") -> Query:
    """The query in all its meanings; never an error.

    Args:
        text: As typed.
        country: Country of numbers without a country code.

    Example:
        >>> read_query("0171 2345678").phones
        ('+491712345678',)
    """
    shown = text.strip()
    source, colon, record = shown.partition(":")
    emails = normalize_email(shown).value if "@" in shown[1:] else None
    phones = normalize_phone(shown, country=country).value if _NUMBER.fullmatch(shown) else None
    numbers = tuple(p.e164 for p in phones or ())
    compact = _NOT_WORD.sub("", shown).upper()
    return Query(
        text=shown,
        customer_id=shown.lower() if _ID.fullmatch(shown) else None,
        record=(source, record) if colon and source and record else None,
        emails=tuple(e.key for e in emails or ()),
        phones=numbers,
        trunks=tuple(dict.fromkeys(t for n in numbers for t in _trunks(n))),
        number=compact if compact and any(c.isdigit() for c in compact) else None,
        handle=fold(shown).lstrip("@") or None if " " not in shown else None,
        words=tuple(dict.fromkeys(tokens(shown))),
    )


def _trunks(e164: str) -> list[str]:
    """Numbers without the direct dialling digits, bare and with the 0 of the switchboard."""
    heads = [e164[: len(e164) - digits] for digits in range(1, 5)]
    return [n for head in heads for n in (head + "0", head) if len(n) >= _SHORTEST and n != e164]

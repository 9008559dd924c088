"""Contact points of unknown kind: an address, a number, a handle or a customer number.

Help desks, call logs and consent records know a customer by whatever the channel knows. The kind is
read off the value: an @ inside makes an e-mail address, a valid number with plus or trunk zero a
telephone number, bare digits without one (up to eight) a customer number, the rest is a handle.
`handle_key` is how handles are compared everywhere.
"""

from __future__ import annotations

import re
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from crmclean.normalize.contact_keys import email_key
from crmclean.normalize.email import normalize_email
from crmclean.normalize.identifier import normalize_identifier
from crmclean.normalize.phone import dialled, normalize_phone
from crmclean.normalize.text import empty_or_placeholder
from crmclean.text.fold import collapse, fold, visible
from crmclean.values import Cleaned

__all__ = [
    "ContactKind",
    "ContactPoint",
    "contact_points",
    "handle_key",
    "normalize_contact_point",
    "read_contact_point",
]

ContactKind = Literal["email", "phone", "handle", "customer_no"]
_SCHEME = re.compile(r"^(?:whatsapp|sms|callto|sip|signal|telegram)\s*:\s*", re.IGNORECASE)
_CUSTOMER_NO = re.compile(
    r"^(?:(?:kunden?|kd|deb(?:itor)?|cust(?:omer)?|client)[\s.\-]*(?:nummer|nr|no|number|id)?[\s.:#\-]*|#\s*|[kc][\s.\-]?)(?=\d{3,}$)",
    re.IGNORECASE,
)
_DIALLED = re.compile(r"^[\s(]*(?:\+|0)[\d\s()/.\-+]*$")
_DIGITS = re.compile(r"^[\d\s()/.\-]{3,}$")
_NOT_WORD = re.compile(r"[\W_]+")


class ContactPoint(NamedTuple):
    """What a contact point is: its kind, its normalised value and the key it is matched by.

    All three are None where the text holds nothing; the value is None where it is invalid. A
    telephone number outside the numbering plan still has a key: the digits as dialled.
    """

    kind: ContactKind | None
    value: str | None
    key: str | None


def normalize_contact_point(text: str, *, country: str | None = None) -> ContactPoint:
    """Kind, value and match key of a contact point of unknown kind.

    Args:
        text: As found in the source; may be empty. Of several points the first is taken.
        country: Alpha-2 by which national telephone numbers are read.

    Example:
        >>> normalize_contact_point("0152/28817386", country="DE")
        ContactPoint(kind='phone', value='+4915228817386', key='+4915228817386')
        >>> normalize_contact_point("10522", country="DE").kind
        'customer_no'
    """
    return read_contact_point(text, country=country).value or ContactPoint(None, None, None)


def read_contact_point(text: str, *, country: str | None = None) -> Cleaned[ContactPoint]:
    """As `normalize_contact_point`, with what was noticed."""
    empty = empty_or_placeholder(text)
    if empty is not None:
        return Cleaned(text, None, empty.status, empty.issues)
    clean = _SCHEME.sub("", collapse(visible(text)))
    if "@" in clean[1:] and not clean.startswith("@"):
        return _email(text, clean)
    named = _CUSTOMER_NO.match(clean)
    if named:
        return _customer(text, clean)
    if _DIGITS.match(clean) or _DIALLED.match(clean):
        return _number(text, clean, country)
    return Cleaned(text, ContactPoint("handle", clean, handle_key(clean)), "ok")


def _email(text: str, clean: str) -> Cleaned[ContactPoint]:
    found = normalize_email(clean)
    if found.value is None:
        if found.status == "empty":
            return Cleaned(text, None, "empty", found.issues)
        key = email_key(clean, found.issues, None)
        return Cleaned(text, ContactPoint("email", None, key), "invalid", found.issues)
    first = found.value[0]
    key = email_key(clean, found.issues, first.key) if len(found.value) == 1 else first.key
    return Cleaned(text, ContactPoint("email", first.address, key), found.status, found.issues)


def _customer(text: str, clean: str) -> Cleaned[ContactPoint]:
    found = normalize_identifier(clean, kind="customer_no")
    if found.value is None:
        return Cleaned(text, None, found.status, found.issues)
    key = _NOT_WORD.sub("", found.value.compact).upper()
    return Cleaned(text, ContactPoint("customer_no", found.value.compact, key), "ok")


def _number(text: str, clean: str, country: str | None) -> Cleaned[ContactPoint]:
    """A telephone number if it is dialled as written, else a customer number if it can be one."""
    found = normalize_phone(clean, country=country)
    restored = any(f.code in {"leading_zeros_lost", "phone_plus_lost"} for f in found.issues)
    digits = sum(c.isdigit() for c in clean)
    is_dialled = _DIALLED.match(clean) is not None
    if not is_dialled and (digits <= 6 or (digits <= 8 and restored) or found.value is None):
        return _customer(text, clean)
    if found.value is not None:
        number = found.value[0].e164
        return Cleaned(text, ContactPoint("phone", number, number), found.status, found.issues)
    if found.status == "empty":
        return Cleaned(text, None, "empty", found.issues)
    return Cleaned(text, ContactPoint("phone", None, dialled(found.issues)), "invalid", found.issues)


def handle_key(text: str) -> str:
    """The form in which handles are compared: folded, without @ in front and blanks.

    Example:
        >>> handle_key("@Max Müller_77")
        'maxmueller_77'
    """
    return fold(text).lstrip("@").replace(" ", "")


def contact_points(series: pd.Series[Any], *, country: str | pd.Series[Any] | None = None) -> pd.DataFrame:
    """Kind, value and key of each contact point; asked once per distinct text and country.

    Args:
        series: Texts; missing where there is none.
        country: One alpha-2 for all, or one per row.

    Returns:
        Columns kind, value, key with the index of `series`; missing where nothing is known.
    """
    codes, texts = pd.factorize(series)
    regions, names = pd.factorize(country) if isinstance(country, pd.Series) else (0, [country or ""])
    pairs, distinct = pd.factorize(np.where(codes < 0, -1, codes * (len(names) + 1) + regions + 1))
    found: list[ContactPoint] = []
    for pair in distinct.tolist():
        text, region = divmod(pair, len(names) + 1) if pair >= 0 else (0, 0)
        asked = str(names[region - 1]) or None if region else None
        found.append(
            normalize_contact_point(str(texts[text]), country=asked)
            if pair >= 0
            else ContactPoint(None, None, None)
        )
    columns = {
        name: pd.Series(
            np.array([*(getattr(p, name) for p in found), None], dtype=object)[pairs],
            index=series.index,
            dtype="str",
        )
        for name in ContactPoint._fields
    }
    return pd.DataFrame(columns, index=series.index)

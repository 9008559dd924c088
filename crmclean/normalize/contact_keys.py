"""Match keys of e-mail addresses that are not valid: the same wrong address twice is still evidence.

The key is never shown and never stored as an address. (Numbers outside the numbering plan have their
digits in the proposal of `normalize_phone`'s finding.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from crmclean.normalize.email import normalize_email
from crmclean.text.fold import fold
from crmclean.values import Finding

__all__ = ["NO_KEY", "email_key", "loose_email_key"]

# Findings of values that must link nobody, however alike they are.
NO_KEY = frozenset({"email_reserved_domain", "phone_emergency", "phone_scientific_notation", "phone_letters"})
_SURE = 0.7

_LOCAL = re.compile(r"^[^@]+@[^@]+\.[a-z]{2,}$")


def loose_email_key(text: str) -> str | None:
    """A folded address without blanks and dots at its ends, or None where it is no address at all.

    Example:
        >>> loose_email_key("Nicole 92@freenet.de.")
        'nicole92@freenet.de'
    """
    key = re.sub(r"\s", "", fold(text)).strip(".,;<>")
    return key if _LOCAL.match(key) else None


def email_key(text: str, issues: Iterable[Finding], key: str | None) -> str | None:
    """The key by which an address links: of the right domain where it is surely mistyped.

    Args:
        text: The address as found.
        issues: What was noticed about it.
        key: Its own key, None where it is not valid.

    Example:
        >>> email_key("max@gmial.com", normalize_email("max@gmial.com").issues, "max@gmial.com")
        'max@gmail.com'
    """
    found = tuple(issues)
    sure = [f.proposal for f in found if f.proposal and "@" in f.proposal and (f.confidence or 0) >= _SURE]
    better = normalize_email(sure[0]).value if sure else None
    if better:
        return better[0].key
    if key is not None or {f.code for f in found} & (NO_KEY | {"placeholder", "empty"}):
        return key
    return loose_email_key(text)

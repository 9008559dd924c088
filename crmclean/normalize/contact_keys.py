"""Match keys of e-mail addresses that are not valid: the same wrong address twice is still evidence.

The key is never shown and never stored as an address. (Numbers outside the numbering plan have their
digits in the proposal of `normalize_phone`'s finding.)
"""

from __future__ import annotations

import re

from crmclean.text.fold import fold

__all__ = ["loose_email_key"]

_LOCAL = re.compile(r"^[^@]+@[^@]+\.[a-z]{2,}$")


def loose_email_key(text: str) -> str | None:
    """A folded address without blanks and dots at its ends, or None where it is no address at all.

    Example:
        >>> loose_email_key("Nicole 92@freenet.de.")
        'nicole92@freenet.de'
    """
    key = re.sub(r"\s", "", fold(text)).strip(".,;<>")
    return key if _LOCAL.match(key) else None

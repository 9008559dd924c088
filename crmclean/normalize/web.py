"""Web addresses: the domain that a website stands for."""

from __future__ import annotations

import re

from crmclean.text.fold import collapse, visible

__all__ = ["domain_of"]

_HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?(?:[^/@\s]*@)?(?P<host>[^/:?#\s]+)", re.IGNORECASE)
_DOMAIN = re.compile(r"^(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}$")


def domain_of(text: str) -> str | None:
    """The domain of a web address in lower case, without www; None where it is none.

    Example:
        >>> domain_of("https://www.Beispiel.de/kontakt")
        'beispiel.de'
    """
    found = _HOST.match(collapse(visible(text)))
    if not found:
        return None
    host = found["host"].lower().rstrip(".").removeprefix("www.")
    return host if _DOMAIN.match(host) else None

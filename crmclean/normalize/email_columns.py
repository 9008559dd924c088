"""Plain e-mail addresses of a whole column at once: letters, digits, ``.``, ``_``, ``-``, one @.

Agrees with `normalize_email` (property test). What says more - a mailbox of a function, a +tag, a
mistyped or throw-away domain, an unknown one - is read value by value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.normalize.email import PLACEHOLDER_DOMAINS, PLACEHOLDER_LOCALS, DomainFacts, domain_facts
from crmclean.normalize.email_domain import ROLE_HEADS, role_names
from crmclean.normalize.records_arrow import Bools, Ints, matches, taken, texts

__all__ = ["PlainEmails", "plain_emails"]

_PAIR = r"^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*@[A-Za-z0-9.-]+$"
_LONGEST_LOCAL, _LONGEST_DOMAIN, _SHORTEST_DOMAIN = 64, 120, 3


@dataclass(frozen=True, slots=True)
class PlainEmails:
    """Plain addresses: their rows, and per row address, key, whether private, and own domain."""

    rows: Ints
    address: Any
    key: Any
    freemail: Bools
    domain: Any


def plain_emails(column: Any) -> PlainEmails:
    """The plain addresses of a column (Arrow texts)."""
    rows = np.flatnonzero(matches(column, _PAIR))
    halves = pc.split_pattern(column.take(pa.array(rows)), "@").flatten()
    local, domain = (halves.take(pa.array(np.arange(n, len(halves), 2))) for n in (0, 1))
    domain = domain.dictionary_encode()
    facts = [domain_facts(d) for d in domain.dictionary.to_pylist()]
    lengths = pc.utf8_length(domain.dictionary).to_numpy(zero_copy_only=False)
    fits = (lengths >= _SHORTEST_DOMAIN) & (lengths <= _LONGEST_DOMAIN)
    usual = np.array([*map(_is_usual, facts)], dtype=np.bool_) & fits
    places = domain.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    kept = usual[places] & (pc.utf8_length(local).to_numpy(zero_copy_only=False) <= _LONGEST_LOCAL)
    lower = pc.utf8_lower(local)
    kept &= ~matches(lower, _says_more())
    mask = pa.array(kept)
    rows, local, lower, places = rows[kept], local.filter(mask), lower.filter(mask), places[kept]
    known = [f for f in facts if isinstance(f, DomainFacts)]
    at = np.cumsum([isinstance(f, DomainFacts) for f in facts])[places] - 1 if facts else places
    names = [f.unicode for f in known]
    shown = taken(texts(names), at)
    host = taken(texts(["gmail.com" if n == "googlemail.com" else n for n in names]), at)
    private = np.array([f.freemail for f in known], dtype=np.bool_)
    own = texts([None if f.freemail or f.disposable else f.unicode for f in known])
    sign = pa.scalar("@", pa.large_string())
    address, key = (pc.binary_join_element_wise(*pair, sign) for pair in ((local, shown), (lower, host)))
    return PlainEmails(rows, address, key, private[at], taken(own, at))


def _is_usual(facts: DomainFacts | str) -> bool:
    return (
        isinstance(facts, DomainFacts)
        and facts.suggestion is None
        and facts.tld
        and not facts.disposable
        and facts.unicode == facts.ascii
        and facts.unicode not in PLACEHOLDER_DOMAINS
    )


@cache
def _says_more() -> str:
    """The part before the @, in small letters, that is more than a name: a function, a filler."""
    roles = "|".join(re.escape(n) for n in sorted(role_names()) if not n[-1:].isdigit())
    exact = "|".join(re.escape(n) for n in sorted(role_names()) if n[-1:].isdigit())
    fillers = "|".join("[._-]*".join(map(re.escape, n)) for n in sorted(PLACEHOLDER_LOCALS))
    heads = "|".join(sorted(ROLE_HEADS))
    return f"^(?:(?:{roles})[0-9]*|{exact or 'info'}|[._-]*(?:{fillers})[._-]*)$|^(?:{heads})[-_.]"

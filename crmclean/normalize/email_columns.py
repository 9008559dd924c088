"""Plain e-mail addresses of a whole column at once: letters, digits, ``.``, ``_``, ``-``, one @.

Agrees with `normalize_email` (property test). What says more - a mailbox of a function, a +tag, a
mistyped or throw-away domain, an unknown one - is read value by value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.normalize.email import PLACEHOLDER_DOMAINS, PLACEHOLDER_LOCALS, DomainFacts, domain_facts
from crmclean.normalize.email_domain import ROLE_HEADS, role_names
from crmclean.normalize.records_arrow import Bools, Ints, flags, join, matches, replaced, taken, texts

__all__ = ["PlainEmails", "plain_emails"]

_LOCAL = r"^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$"
_PAIR = r"^(?P<local>[A-Za-z0-9._-]{1,64})@(?P<domain>[A-Za-z0-9.-]{3,120})$"
_ROLE = f"^(?:{'|'.join(sorted(ROLE_HEADS))})[-_.]"


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
    pair = pc.extract_regex(column, _PAIR)
    local, domain = pc.struct_field(pair, "local"), pc.struct_field(pair, "domain").dictionary_encode()
    facts = [domain_facts(d) for d in domain.dictionary.to_pylist()]
    usual = np.array([*map(_is_usual, facts), False])
    places = pc.fill_null(domain.indices, len(facts)).to_numpy(zero_copy_only=False).astype(np.int64)
    kept = usual[places]
    kept[kept] = _says_no_more(local.filter(pa.array(kept)))
    rows = np.flatnonzero(kept)
    local, places = local.take(pa.array(rows)), places[rows]
    known = [f for f in facts if isinstance(f, DomainFacts)]
    at = np.cumsum([isinstance(f, DomainFacts) for f in facts])[places] - 1 if facts else places
    names = [f.unicode for f in known]
    shown = taken(texts(names), at)
    host = taken(texts(["gmail.com" if n == "googlemail.com" else n for n in names]), at)
    private = np.array([f.freemail for f in known], dtype=np.bool_)
    own = texts([None if f.freemail or f.disposable else f.unicode for f in known])
    lower = pc.utf8_lower(local)
    return PlainEmails(rows, join((local, shown), "@"), join((lower, host), "@"), private[at], taken(own, at))


def _is_usual(facts: DomainFacts | str) -> bool:
    return (
        isinstance(facts, DomainFacts)
        and facts.suggestion is None
        and facts.tld
        and not facts.disposable
        and facts.unicode == facts.ascii
        and facts.unicode not in PLACEHOLDER_DOMAINS
    )


def _says_no_more(local: Any) -> Bools:
    """Whether the part before the @ is a plain name: no function, no filler."""
    lower = pc.utf8_lower(local)
    bare = replaced(lower, "[._-]", "")
    roles = pa.array(sorted(role_names()), pa.large_string())
    role = pc.or_(pc.is_in(lower, roles), pc.is_in(replaced(lower, "[0-9]+$", ""), roles))
    filler = pc.is_in(bare, pa.array(sorted(PLACEHOLDER_LOCALS), pa.large_string()))
    plain: Bools = matches(local, _LOCAL) & ~flags(role) & ~flags(filler) & ~matches(lower, _ROLE)
    return plain

"""Contact points as facts: their values in slots, and who shares them.

A mailbox or number that people of unlike given names use is shared: a family's mailbox, a
switchboard. Spellings, short forms, initials and swapped fields of one name count once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd

from crmclean.data import read_table
from crmclean.match.codes import Codes, Ints, encode, recode, slots
from crmclean.text.fold import fold
from crmclean.text.nicknames import nickname_keys
from crmclean.text.phonetics import cologne_words
from crmclean.text.similarity import jaro_winkler

__all__ = ["contact_facts", "trunk"]

_KINDS = (("email", "email", 3), ("phone", "phone", 4), ("handle", "handle", 1), ("web", "web", 1))
_FAMILY_MAILBOX = re.compile(r"(familie|family|fam|die|haus)[._-]|familie|family")
"""Mailboxes that call themselves a family's, whoever has used them so far."""
ATTESTED = 3
"""Bearers from which an unlisted given name counts as a name and not as a garbled one."""
_ALIKE = 0.84
"""Jaro-Winkler similarity from which two given names on one mailbox are spellings of one."""


def trunk(number: str) -> str:
    """The number without its extension, as far as digits tell: -0, else the last two digits.

    German switchboards answer at -0 and their extensions mostly have two digits (DIN 5008 writes
    both behind a hyphen, which exports lose).
    """
    if len(number) < 10:
        return ""
    return number[:-1] if number.endswith("0") else number[:-2]


def contact_facts(
    rows: pd.DataFrame, n: int, facts: Mapping[str, Codes]
) -> tuple[dict[str, Codes], dict[str, Ints]]:
    """E-mail, phone, handle and web domain as slots, with what is known of each value.

    Args:
        rows: Contacts with their row number in `_row`.
        n: Number of parties.
        facts: Names of the parties.

    Returns:
        Facts email, email_local, domain, phone, trunk, handle, web, and parts of addresses and
        numbers by which a slip elsewhere in them still meets; masks per distinct value:
        email_names and so on (how many unlike names carry it), mobile.
    """
    result: dict[str, Codes] = {}
    masks: dict[str, Ints] = {}
    linking = rows[rows["key"].notna()]
    for fact, kind, width in _KINDS:
        part = linking[linking["kind"] == kind]
        column = encode(part["key"])
        result[fact] = slots(part["_row"].to_numpy(dtype=np.int64), column, n, width)
        masks[f"{fact}_names"] = _names_per_value(result[fact], facts)
        if fact == "phone":
            masks["mobile"] = _is_type(part, column, "mobile")
    family = [bool(_FAMILY_MAILBOX.match(value)) for value in result["email"].values]
    masks["email_names"] = np.where(np.array(family, dtype=bool), 2, masks["email_names"]).astype(np.int64)
    result["email_local"] = recode(result["email"], lambda v: v.partition("@")[0])
    result["domain"] = recode(result["email"], lambda v: v.partition("@")[2])
    result["phone_start"] = recode(result["phone"], lambda v: v[:-3] if len(v) >= 10 else "")
    result["phone_end"] = recode(result["phone"], lambda v: v[-6:] if len(v) >= 10 else "")
    result["email_start"] = recode(
        result["email"], lambda v: v.partition("@")[0][:7] if len(v.partition("@")[0]) >= 8 else ""
    )
    result["email_digits"] = recode(result["email"], _digits)
    result["trunk"] = recode(result["phone"], trunk)
    return result, masks


def _digits(address: str) -> str:
    """The digits of the local part, where there are at least four."""
    digits = "".join(c for c in address.partition("@")[0] if c.isdigit())
    return digits if len(digits) >= 4 else ""


def _is_type(part: pd.DataFrame, column: Codes, wanted: str) -> Ints:
    flags = np.zeros(len(column.values), dtype=np.int64)
    flags[column.codes[(part["type"] == wanted).to_numpy()]] = 1
    return flags


def _names_per_value(column: Codes, facts: Mapping[str, Codes]) -> Ints:
    """How many unlike given names (for organizations: names) carry each value."""
    person = "given" in facts
    names = facts["given"] if person else facts["name_sound"]
    family = facts["family"].codes if person else np.full(len(names.codes), -1, dtype=np.int64)
    rows = np.arange(len(names.codes))
    triples = [
        np.stack([column.codes[rows, slot], names.codes, family], axis=1)[
            (column.codes[:, slot] >= 0) & (names.codes >= 0)
        ]
        for slot in range(column.codes.shape[1])
    ]
    distinct = np.unique(np.concatenate(triples), axis=0)
    counts = np.zeros(len(column.values), dtype=np.int64)
    np.add.at(counts, np.unique(distinct[:, :2], axis=0)[:, 0], 1)
    if person:
        _merge_spellings(counts, distinct, facts)
    return counts


def _merge_spellings(counts: Ints, distinct: Ints, facts: Mapping[str, Codes]) -> None:
    """Counts the names of a value again where it has several, spellings of one name once."""
    given_name = facts["given"]
    known = [
        times >= ATTESTED or name in _listed()
        for name, times in zip(given_name.values, given_name.counts, strict=True)
    ]
    several = distinct[counts[distinct[:, 0]] > 1]
    given, family = facts["given"].values, facts["family"].values
    if not len(several):
        return
    starts = np.flatnonzero(np.r_[True, several[1:, 0] != several[:-1, 0]]).tolist()
    for start, end in zip(starts, [*starts[1:], len(several)], strict=True):
        names = [
            (given[g], family[f] if f >= 0 else "") for _, g, f in several[start:end].tolist() if known[g]
        ]
        counts[several[start, 0]] = _unlike(names)


@cache
def _listed() -> frozenset[str]:
    """Given names that people are known to have, folded."""
    return frozenset(fold(row[0]) for row in read_table("given_names.txt"))


def _unlike(names: list[tuple[str, str]]) -> int:
    """How many of these (given, family) names no other, earlier one explains."""
    found: list[tuple[str, str]] = []
    for name in sorted(set(names), key=lambda v: (-len(v[0]), v)):
        if len(name[0].rstrip(".")) > 1 and not any(_same_name(name, other) for other in found):
            found.append(name)
    return max(1, len(found))


def _same_name(one: tuple[str, str], two: tuple[str, str]) -> bool:
    (a, family_a), (b, family_b) = one, two
    if a in (family_b, b) or b == family_a or not nickname_keys(a).isdisjoint(nickname_keys(b)):
        return True
    if a.rstrip("h").endswith("a") != b.rstrip("h").endswith("a"):
        return False
    return cologne_words(a) == cologne_words(b) or float(jaro_winkler([a], [b])[0]) >= _ALIKE

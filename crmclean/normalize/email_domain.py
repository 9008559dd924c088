"""What a mail domain says: private mailbox, throw-away address, likely typing error.

Typing errors are proposals only. A domain that exists as a provider is never "corrected" (gmx.net
is not a misspelt cox.net), nor is one whose top-level domain exists and whose name is more than one
keystroke away from every widely used provider.
"""

from __future__ import annotations

import importlib
import importlib.util
from functools import cache, lru_cache

from crmclean.data import read_list

__all__ = [
    "ROLE_HEADS",
    "is_disposable",
    "is_freemail",
    "is_role",
    "known_tld",
    "role_names",
    "suggest_domain",
]

_COMMON_TLDS = ("com", "de", "net", "at", "ch", "org", "eu", "info", "fr", "it", "li", "biz")
_ROWS = ("qwertzuiop", "asdfghjkl", "yxcvbnm", "qwertyuiop", "zxcvbnm")
_FAR = 9  # more than two edits, not counted
ROLE_HEADS = frozenset(
    [
        "info",
        "kontakt",
        "contact",
        "office",
        "service",
        "support",
        "sales",
        "vertrieb",
        "verkauf",
        "buchhaltung",
        "mail",
        "post",
        "team",
    ]
)


@cache
def _providers() -> tuple[frozenset[str], tuple[str, ...]]:
    """All provider domains, and those so common that a near miss is a typing error."""
    words = [word for line in read_list("mail_providers.txt") for word in line.split()]
    common = dict.fromkeys(word[1:] for word in words if word.startswith("!"))
    return frozenset(word.lstrip("!") for word in words), tuple(common)


@cache
def _tlds() -> frozenset[str]:
    return frozenset(read_list("tlds.txt"))


@cache
def role_names() -> frozenset[str]:
    """Names of mailboxes that belong to a function."""
    return frozenset(read_list("role_mailboxes.txt"))


@cache
def _throw_away() -> frozenset[str] | None:
    """The domains of the optional package disposable-email-domains, None without it."""
    if importlib.util.find_spec("disposable_email_domains") is None:
        return None
    return frozenset(importlib.import_module("disposable_email_domains").blocklist)


def is_freemail(domain: str) -> bool:
    """Whether private persons have mailboxes under the domain."""
    return domain in _providers()[0]


def is_disposable(domain: str) -> bool | None:
    """Whether the domain gives throw-away addresses; None without the optional package.

    Subdomains of a listed domain count too.
    """
    listed = _throw_away()
    if listed is None:
        return None
    labels = domain.split(".")
    return any(".".join(labels[n:]) in listed for n in range(len(labels) - 1))


def is_role(local: str) -> bool:
    """Whether the mailbox belongs to a function: info, buchhaltung, info-berlin, kontakt2.

    Not: infotainment, m.info.
    """
    name = local.lower().partition("+")[0]
    if name in role_names() or name.rstrip("0123456789") in role_names():
        return True
    head = name.replace("_", "-").replace(".", "-").partition("-")
    return len(head[2]) >= 3 and head[0] in ROLE_HEADS


def known_tld(domain: str) -> bool:
    """Whether the top-level domain exists (domain in its ASCII form)."""
    return domain.rpartition(".")[2] in _tlds()


@lru_cache(maxsize=100_000)
def suggest_domain(domain: str) -> tuple[str, float] | None:
    """The domain that was probably meant and how sure that is, None if none is.

    Example:
        >>> suggest_domain("gmial.com")
        ('gmail.com', 0.9)
        >>> suggest_domain("gmx.net") is None
        True
    """
    known, common = _providers()
    if domain in known or "." not in domain:
        return None
    exists = known_tld(domain)
    name, _, tld = domain.rpartition(".")
    kin = [d for d in common if d.rpartition(".")[0] == name and _cut_short(tld, d.rpartition(".")[2])]
    if exists and kin:
        return kin[0], 0.7
    targets = common if exists else (*common, *sorted(known - set(common)))
    near = min(
        (_distance(domain, target), not _swapped(domain, target), n, target)
        for n, target in enumerate(targets)
    )
    reach = 2 if not exists or len(near[3]) >= 11 else 1
    if near[0] <= reach and _plausible(domain, near[3], exists=exists):
        return near[3], 0.9 if near[0] == 1 and (len(near[3]) >= 8 or not exists) else 0.7
    if exists:
        return None
    name, _, tld = domain.rpartition(".")
    fixes = sorted((_distance(tld, t), not _swapped(tld, t), n, t) for n, t in enumerate(_COMMON_TLDS))
    return (f"{name}.{fixes[0][3]}", 0.8) if fixes[0][0] <= 1 else None


def _cut_short(tld: str, whole: str) -> bool:
    """A top-level domain without its last letter: gmx.ne for gmx.net, gmail.co for gmail.com."""
    return len(whole) == 3 and whole[:2] == tld


def _plausible(domain: str, target: str, *, exists: bool) -> bool:
    """Whether the difference is one of typing, not another company with a short name.

    Names of up to four letters (web, gmx, aol, live) have real neighbours: there only swapped,
    doubled or neighbouring keys count, and the top-level domain must be the same.
    """
    name, _, tld = domain.rpartition(".")
    wanted, _, wanted_tld = target.rpartition(".")
    if not exists:
        return name == wanted or len(wanted) > 4 or _slip(name, wanted)
    if tld != wanted_tld:
        return name == wanted and len(wanted) > 4
    return len(wanted) > 4 or _slip(name, wanted)


def _slip(name: str, wanted: str) -> bool:
    """Whether one key was doubled, swapped with its neighbour or missed by one place."""
    if _swapped(name, wanted):
        return True
    if len(name) == len(wanted) + 1:
        return any(
            name[:n] + name[n + 1 :] == wanted and name[n] in {name[n - 1 : n], name[n + 1 : n + 2]}
            for n in range(len(name))
        )
    different = [(a, b) for a, b in zip(name, wanted, strict=False) if a != b]
    return len(name) == len(wanted) and len(different) == 1 and _neighbours(*different[0])


def _neighbours(a: str, b: str) -> bool:
    return any(a in row and b in row and abs(row.index(a) - row.index(b)) == 1 for row in _ROWS)


def _swapped(a: str, b: str) -> bool:
    if len(a) != len(b):
        return False
    places = [n for n in range(len(a)) if a[n] != b[n]]
    return len(places) == 2 and places[1] - places[0] == 1 and a[places[0]] == b[places[1]]


def _distance(a: str, b: str) -> int:
    """Edits between two words, a swap of neighbours being one (optimal string alignment)."""
    if abs(len(a) - len(b)) > 2 or len(set(a) ^ set(b)) > 4:
        return _FAR
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]

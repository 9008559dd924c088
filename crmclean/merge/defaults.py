"""The chains of rules that hold where crmclean.toml says nothing, and which types come first.

Why: a name that most sources write wins over the newest one, because typing errors are new too;
an address and an employer change, so there the newest complete one wins. See docs/merge.md.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from crmclean.config import Link, MergeConfig
from crmclean.errors import ConfigError
from crmclean.merge.rules import RULES, Rule, check_chain

__all__ = ["CHAINS", "PLACES", "chains_of", "functions_of", "place_rank"]

_IDENTIFIER = ("union", "most_frequent", "source_priority", "most_recent")
_CONTACT = ("union", "preferred_type", "most_recent", "most_frequent", "source_priority", "best_written")
CHAINS: Mapping[str, tuple[str, ...]] = {
    "name": (
        "most_complete",
        "most_frequent",
        "most_records",
        "most_common",
        "best_written",
        "source_priority",
        "most_recent",
    ),
    "company": (
        "most_frequent",
        "most_complete",
        "most_common",
        "best_written",
        "source_priority",
        "most_recent",
    ),
    "employer": ("most_recent", "most_complete", "best_written", "source_priority"),
    "address": (
        "current_first",
        "most_complete",
        "preferred_type",
        "most_recent",
        "most_frequent",
        "most_records",
        "most_common",
        "longest",
        "source_priority",
        "best_written",
    ),
    "email": _CONTACT,
    "phone": _CONTACT,
    "mobile": _CONTACT,
    "fax": _CONTACT,
    "handle": _CONTACT,
    "web": _CONTACT,
    "birth_date": ("most_complete", "most_frequent", "most_records", "source_priority", "most_recent"),
    "birth_name": ("most_recent", "most_frequent", "best_written", "source_priority"),
    "nickname": ("union", "most_frequent", "most_recent", "best_written", "source_priority"),
    "language": ("most_frequent", "most_recent", "source_priority"),
    "customer_no": _IDENTIFIER,
    "vat_id": _IDENTIFIER,
    "tax_no": _IDENTIFIER,
    "register_no": _IDENTIFIER,
    "iban": _IDENTIFIER,
    "national_id": _IDENTIFIER,
    "other_id": _IDENTIFIER,
    "last_order": ("max",),
    "revenue": ("sum",),
}
TEXTS = ("birth_name", "language", "nickname", "other_id")  # what may stand in one text, separated
# field -> type -> rank for a person, rank for an organization; unnamed types and none: rank 1
PLACES: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "address": {"home": (0, 4), "work": (2, 0), "billing": (3, 2), "delivery": (4, 3)},
    "email": {"home": (0, 4), "work": (1, 1), "role": (5, 0), "central": (5, 0)},
    "phone": {
        "home": (0, 4),
        "landline": (0, 1),
        "central": (4, 0),
        "role": (4, 0),
        "work": (2, 1),
        "premium": (9, 9),
    },
    "mobile": {"mobile": (0, 0), "home": (0, 2), "work": (1, 0), "premium": (9, 9)},
}


def place_rank(field: str, type_: str, *, organization: bool) -> int:
    """The rank of a type for a person or an organization, 0 is best."""
    return PLACES.get(field, {}).get(type_, (1, 1))[organization]


def chains_of(config: MergeConfig, rules: Mapping[str, Rule]) -> dict[str, tuple[str, ...]]:
    """The chain of each field or group: the configured one, else the default.

    Raises:
        ConfigError: A field, a group or a rule is not known.
    """
    said = {field: tuple(map(_name, chain)) for field, chain in config.rules.items()}
    for field, chain in said.items():
        if field not in CHAINS:
            near = difflib.get_close_matches(field, CHAINS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(sorted(CHAINS))}"
            raise ConfigError(f"unknown key {field!r} in [merge.rules]", hint=hint)
        check_chain(field, chain, rules)
        if "sum" in chain and field != "revenue":
            raise ConfigError(f"merge.rules.{field}: 'sum' is for revenue only")
        if "concat" in chain and field not in TEXTS:
            raise ConfigError(f"merge.rules.{field}: 'concat' is for {', '.join(TEXTS)}")
    return {**CHAINS, **said}


def functions_of(config: MergeConfig) -> dict[str, Rule]:
    """The functions that stand in chains as rules, by their names.

    Raises:
        ConfigError: A link is neither text nor function, or a name is that of another rule.
    """
    found: dict[str, Rule] = {}
    for field, chain in config.rules.items():
        for link in chain:
            if isinstance(link, str):
                continue
            if not callable(link):
                raise ConfigError(
                    f"merge.rules.{field}: a rule is a name, not {type(link).__name__}",
                    hint='for example ["most_complete", "most_recent"]',
                )
            name = _name(link)
            if name in RULES or found.setdefault(name, link) is not link:
                raise ConfigError(
                    f"merge.rules.{field}: there is another rule {name!r}", hint="rename the function"
                )
    return found


def _name(link: Link) -> str:
    return link if isinstance(link, str) else str(getattr(link, "__name__", type(link).__name__))

"""What a table is: customers, consents, touchpoints, orders, opportunities, tasks, qualifications.

Decided by columns that occur together, for consents by values as well. Help desk and chat tables
are customers and touchpoints at once. The columns of the other tables carry the names of their
declarations in `tables`; their words are sections of the alias list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crmclean.fields import base_field
from crmclean.read.aliases import aliases
from crmclean.read.content import Content
from crmclean.read.headers import Header, without_noise
from crmclean.read.words import word_list
from crmclean.text.fold import fold

__all__ = ["ROLES", "ROLE_KEYS", "find_roles", "role_columns", "speaks_of_events"]

ROLES = (
    "customers", "consents", "touchpoints", "orders", "opportunities", "tasks", "qualifications", "unknown",
)  # fmt: skip
ROLE_KEYS = {
    "consents": "source_event_id", "touchpoints": "touchpoint_id", "orders": "order_id",
    "opportunities": "opportunity_id", "tasks": "task_id",
}  # fmt: skip
"""Role -> the column of its table that identifies a row."""
_EVENT_WORDS = word_list("event_value")
_GROUPS: dict[str, frozenset[str]] = {
    "name": frozenset({"given_name", "family_name", "full_name", "organization"}),
    "contact": frozenset(
        {"email", "phone", "phone_work", "phone_home", "phone_central", "mobile", "handle", "fax"}
    ),
    "address": frozenset({"street", "full_address", "postal_code", "po_box"}),
}


def role_columns(headers: Sequence[Header], role: str) -> dict[str, int]:
    """Column of the role's table -> position of the column that holds it.

    Where several columns mean the same, the word that stands first in the alias list wins, then
    the first column. A column is used once.
    """
    order = {word: rank for rank, word in enumerate(aliases(role))}
    found: list[tuple[int, int, int, str]] = []
    for position, header in enumerate(headers):
        for loose, form in enumerate((header.compact, *without_noise(header))):
            if form in order:
                found.append((int(loose > 0), order[form], position, aliases(role)[form]))
                break
    chosen: dict[str, int] = {}
    for _, _, position, column in sorted(found):
        if column not in chosen and position not in chosen.values():
            chosen[column] = position
    return chosen


def speaks_of_events(headers: Sequence[Header]) -> bool:
    """Whether the headers name a time and a channel: each row is a contact, or an event."""
    return {"at", "channel"} <= set(role_columns(headers, "touchpoints"))


def find_roles(
    headers: Sequence[Header], contents: Sequence[Content], fields: Sequence[str | None]
) -> tuple[str, ...]:
    """The roles of a table, in the order of `ROLES`; ("unknown",) if nothing fits.

    Args:
        headers: Its headers.
        contents: What its columns hold.
        fields: The customer fields that its columns were taken for.
    """
    columns = {role: role_columns(headers, role) for role in ROLES[1:-1]}
    groups = _groups(fields)
    other = _other_role(columns, contents, groups)
    if other == "touchpoints":  # the identifier alone, whatever it is, names nobody
        named = columns["touchpoints"].get("identifier", -1)
        groups = _groups([field for i, field in enumerate(fields) if i != named])
    if other is None:
        return ("customers",) if groups else ("unknown",)
    if other == "touchpoints":
        return ("customers", other) if groups & {"name", "contact"} else (other,)
    enough = "name" in groups and len(groups) >= 2 and other in {"orders", "touchpoints"}
    return ("customers", other) if enough else (other,)


def _groups(fields: Sequence[str | None]) -> set[str]:
    plain = {_unplaced(base_field(field)) for field in fields if field}
    return {name for name, members in _GROUPS.items() if members & plain}


def _unplaced(field: str) -> str:
    for place in ("work_", "home_", "billing_", "delivery_"):
        field = field.removeprefix(place)
    return field


def _other_role(
    columns: Mapping[str, Mapping[str, int]], contents: Sequence[Content], groups: set[str]
) -> str | None:
    have = {role: set(found) for role, found in columns.items()}
    person = bool(groups & {"name", "contact"})
    if _are_consents(columns["consents"], contents):
        return "consents"
    if {"order_id", "amount"} <= have["orders"] and ("customer_no" in have["orders"] or person):
        return "orders"
    if {"order_id", "at", "customer_no"} <= have["orders"] and not groups:
        return "orders"
    sales = have["opportunities"]
    if (
        sales & {"probability", "expected_at"}
        and len(sales & {"stage", "volume", "probability", "expected_at"}) >= 2
    ):
        return "opportunities"
    if {"due_to", "subject"} <= have["tasks"] and len(have["tasks"]) >= 3 and "address" not in groups:
        return "tasks"
    touch = have["touchpoints"]
    if (
        {"at", "channel"} <= touch
        and touch & {"subject", "direction", "agent"}
        and ("identifier" in touch or person)
    ):
        return "touchpoints"
    facts = have["qualifications"]
    if {"customer_no", "name", "value"} <= facts and len(contents) <= 6 and "contact" not in groups:
        return "qualifications"
    return None


def _are_consents(found: Mapping[str, int], contents: Sequence[Content]) -> bool:
    if "event" not in found or not {"channel", "purpose"} & set(found):
        return False
    if not {"contact_point", "record_id"} & set(found):
        return False
    words = [fold(value) for value in contents[found["event"]].sample]
    known = sum(
        bool(_EVENT_WORDS & {word, *word.replace("-", "_").split("_"), *word.split()}) for word in words
    )
    return bool(words) and known >= 0.5 * len(words)

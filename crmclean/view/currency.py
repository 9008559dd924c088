"""How current a value is: its age, a class and a score by the half-life of its kind.

What failed last (a bounce, a returned letter, a number out of service) is stale at once; what came in
from an address or a number confirms it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crmclean.config import ViewConfig

__all__ = [
    "ADDRESS_FIELDS",
    "HALF_LIFE",
    "age_months",
    "currency_of",
    "customer_currency",
    "half_life",
    "kind_of",
]

# months until a value of this kind is half as current; other fields do not age
HALF_LIFE: Mapping[str, int] = {"address": 24, "phone": 24, "email": 18, "role": 12}
ADDRESS_FIELDS = ("street", "house_number", "postal_code", "city", "po_box", "care_of", "addition")
_KINDS = {
    **dict.fromkeys(ADDRESS_FIELDS, "address"),
    **dict.fromkeys(("phone", "mobile", "fax"), "phone"),
    **dict.fromkeys(("role", "department"), "role"),
    "email": "email",
}


def kind_of(field: str) -> str | None:
    """The kind of value that a field holds: address, phone, email, role; None for what does not age."""
    return _KINDS.get(field)


def half_life(field: str, config: ViewConfig) -> int | None:
    """Months until a value of the field is half as current; None for what does not age."""
    kind = _KINDS.get(field)
    if kind is None:
        return config.half_life_months.get(field)
    return config.half_life_months.get(field, config.half_life_months.get(kind, HALF_LIFE[kind]))


def age_months(seen: str | None, as_of: str) -> int | None:
    """Full months from a date or time to a day; partial dates count from their start.

    Example:
        >>> age_months("2025-01-31", "2025-03-30"), age_months("2024", "2025-01-01"), age_months(None, "2025-01-01")
        (1, 12, None)
    """
    if not seen or len(as_of) < 10:
        return None
    parts = (seen[:10] + "-01-01"[len(seen[:10]) - 4 :])[:10] if len(seen) < 10 else seen[:10]
    try:
        year, month, day = (int(p) for p in parts.split("-"))
        now = [int(p) for p in as_of[:10].split("-")]
    except ValueError:
        return None
    return max(0, (now[0] - year) * 12 + now[1] - month - (now[2] < day))


def currency_of(age: int | None, months: int | None) -> tuple[str, float | None]:
    """Class and score: fresh up to the half-life, ageing up to twice of it, then stale.

    The score halves with each half-life: 1 now, 0.5 after one. A value without a date is
    "undated" and has no score, a field that does not age neither.
    """
    if months is None:
        return "", None
    if age is None:
        return "undated", None
    state = "fresh" if age <= months else "ageing" if age <= 2 * months else "stale"
    return state, round(0.5 ** (age / months), 3)


def customer_currency(master: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The mean of the scores of address, phones, e-mail and role, with its parts and their reasons.

    Args:
        master: The primary values, each with currency, state, age_months and failed_at where known.
    """
    parts: dict[str, dict[str, Any]] = {}
    for value in master:
        if "currency" not in value:
            continue
        # the parts of one address are one fact: the oldest of them counts
        name = "address" if kind_of(str(value["field"])) == "address" else str(value["field"])
        part = {k: value[k] for k in ("currency", "state", "age_months", "failed_at") if k in value}
        known = parts.get(name)
        if known is None or part["currency"] < known["currency"]:
            parts[name] = part
    return {
        "score": _mean(part["currency"] for part in parts.values()),
        "parts": {name: part["currency"] for name, part in sorted(parts.items())},
        "reasons": dict(sorted(parts.items())),
    }


def _mean(scores: Iterable[float]) -> float | None:
    listed = list(scores)
    return round(sum(listed) / len(listed), 3) if listed else None

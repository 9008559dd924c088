"""The view of a customer as plain text, in German or English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from crmclean.messages import Lang, catalogue, number, say

__all__ = ["customer_text"]

_ORDER = (
    "salutation", "title", "given_name", "middle_names", "name_prefix", "family_name", "name_suffix", "birth_name",
    "organization", "legal_form", "department", "role", "care_of", "street", "house_number", "addition", "po_box",
    "postal_code", "city", "district", "region", "country", "email", "phone", "mobile", "fax", "web", "handle",
    "birth_date", "customer_no", "vat_id",
)  # fmt: skip
_LONGEST = 20  # rows of a history


def customer_text(view: Mapping[str, Any], lang: Lang = "en") -> str:
    """The view as text: a block per part, parts without content left out.

    Args:
        view: From `view_customer`.
        lang: Language of the labels; values stay as they are.
    """
    blocks = [
        _head(view, lang),
        *(
            _block(f"heading.{part}", list(lines), lang)
            for part, lines in (
                ("master", _values(view["master"], lang)),
                ("others", _values(view["others"], lang)),
                ("relations", _relations(view["relations"], lang)),
                ("permissions", _permissions(view["permissions"], lang)),
                ("tasks", _plain(view["tasks"], ("due_to", "subject", "owner", "status"))),
                (
                    "opportunities",
                    _plain(view["opportunities"], ("expected_at", "title", "volume", "currency", "stage")),
                ),
                ("qualifications", _plain(view["qualifications"], ("name", "value", "observed_at"))),
                ("orders", _orders(view["orders"], lang)),
                ("touchpoints", _touchpoints(view["touchpoints"], lang)),
                ("possible", _touchpoints(view["possible"], lang)),
                ("conflicts", _conflicts(view["conflicts"], lang)),
                ("members", (f"{m['source']}:{m['record_id']}" for m in view["members"])),
            )
        ),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _label(field: str, lang: Lang) -> str:
    key = f"view.field.{field}"
    return say(key, lang) if key in catalogue() else field


def _head(view: Mapping[str, Any], lang: Lang) -> str:
    name = view["name"] or say("view.unnamed", lang)
    lines = [f"{name} ({say('view.' + view['kind'], lang)})", str(view["customer_id"])]
    if view["asked"]:
        lines.append(say("view.former", lang, id=view["asked"]))
    day = say("view.as_of", lang, day=view["as_of"]) if view["as_of"] else ""
    score = view["currency"]["score"]
    fresh = "" if score is None else say("view.currency", lang, percent=round(100 * score))
    lines.append(", ".join(part for part in (day, fresh) if part))
    return "\n".join(line for line in lines if line)


def _block(key: str, lines: list[str], lang: Lang) -> str:
    if not lines:
        return ""
    kept = lines[:_LONGEST]
    if len(lines) > len(kept):
        kept.append(say("view.more", lang, count=len(lines) - len(kept)))
    return "\n".join([say(f"view.{key}", lang), *(f"  {line}" for line in kept)])


def _values(values: Iterable[Mapping[str, Any]], lang: Lang) -> Iterable[str]:
    rank = {field: position for position, field in enumerate(_ORDER)}
    for row in sorted(values, key=lambda v: rank.get(v["field"], len(rank))):
        shown = str(row["value"]) + (f" ({row['type']})" if row.get("type") else "")
        yield f"{_label(row['field'], lang) + ':':<26}{shown:<40} {_origin(row, lang)}".rstrip()


def _origin(row: Mapping[str, Any], lang: Lang) -> str:
    if "source" not in row:
        return say("view.calculated", lang, records=row.get("records", 0))
    seen = str(row.get("last_seen", ""))[:10] or "-"
    state = say(f"view.{row.get('state', 'undated')}", lang) if "state" in row else ""
    text = say("view.from", lang, record=f"{row['source']}:{row['record_id']}", seen=seen, state=state)
    return text.rstrip(", ")


def _relations(rows: Iterable[Mapping[str, Any]], lang: Lang) -> Iterable[str]:
    for row in rows:
        key = f"view.{row['kind']}"
        kind = say(key, lang) if key in catalogue() else row["kind"]
        yield f"{kind} {row['name'] or say('view.unnamed', lang)} ({row['customer_id']})"


def _permissions(rows: Iterable[Mapping[str, Any]], lang: Lang) -> Iterable[str]:
    for row in rows:
        key = f"consent.reason.{row.get('reason')}"
        reason = say(key, lang) if key in catalogue() else str(row.get("reason", ""))
        answer = say("view.allowed" if row["allowed"] else "view.denied", lang)
        point = f" {row['contact_point']}" if row.get("contact_point") else ""
        yield f"{row['channel']}, {row['purpose']}{point}: {answer}. {reason}".rstrip()


def _orders(orders: Mapping[str, Any], lang: Lang) -> Iterable[str]:
    if not orders["count"]:
        return
    yield say("view.order_facts", lang, count=orders["count"], last=orders["last"] or "-")
    for year, sums in orders["revenue_by_year"].items():
        yield f"{year}: " + ", ".join(
            f"{_money(amount, lang)} {currency}".rstrip() for currency, amount in sums.items()
        )


def _money(amount: float, lang: Lang) -> str:
    cents = round(abs(amount) * 100)
    point = "." if lang == "en" else ","
    return f"{'-' if amount < 0 else ''}{number(cents // 100, lang)}{point}{cents % 100:02d}"


def _touchpoints(rows: Iterable[Mapping[str, Any]], lang: Lang) -> Iterable[str]:
    for row in rows:
        key = f"view.{row.get('direction')}"
        way = say(key, lang) if row.get("direction") in {"in", "out"} else ""
        when = str(row.get("at", "-"))[:16].replace("T", " ")
        rest = (row.get("channel"), way, row.get("identifier"), row.get("subject"), row.get("agent"))
        yield f"{when:<16}  " + "  ".join(str(part) for part in rest if part)


def _conflicts(rows: Iterable[Mapping[str, Any]], lang: Lang) -> Iterable[str]:
    for row in rows:
        other = f"{row['source']}:{row['record_id']}"
        yield f"{_label(row['field'], lang)}: {row['proposal']} / {row['raw']} ({other})"


def _plain(rows: Iterable[Mapping[str, Any]], names: tuple[str, ...]) -> Iterable[str]:
    for row in rows:
        yield "  ".join(str(row[name]) for name in names if row.get(name) is not None)

"""The view of a customer, or of a sales case, as plain text, in German or English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from crmclean.messages import Lang, catalogue, number, say
from crmclean.write.words import word

__all__ = ["customer_text", "opportunity_text"]

_ORDER = (
    "salutation", "title", "given_name", "middle_names", "name_prefix", "family_name", "name_suffix", "birth_name",
    "organization", "legal_form", "department", "role", "care_of", "street", "house_number", "addition", "po_box",
    "postal_code", "city", "district", "region", "country", "email", "phone", "mobile", "fax", "web", "handle",
    "birth_date", "customer_no", "vat_id",
)  # fmt: skip
_LONGEST = 20  # rows of a history
View = Mapping[str, Any]


def customer_text(view: View, lang: Lang = "en") -> str:
    """The view as text: a block per part, parts without content left out; what is to be done comes first.

    Args:
        view: From `view_customer`.
        lang: Language of the labels; values stay as they are.
    """
    parts: tuple[tuple[str, Iterable[str]], ...] = (
        ("tasks", _tasks(view["tasks"], lang)),
        ("unanswered", _unanswered(view["unanswered"], lang)),
        ("master", _values(view["master"], lang)),
        ("others", _values(view["others"], lang)),
        ("qualifications", _plain(view["qualifications"], ("name", "value", "observed_at"))),
        ("opportunities", _opportunities(view["opportunities"], lang)),
        ("orders", _orders(view["orders"], lang)),
        ("channels", _channels(view["channels"], lang)),
        ("permissions", _permissions(view["permissions"], lang)),
        ("relations", _relations(view["relations"], lang)),
        ("cases", _cases(view["cases"], lang)),
        ("touchpoints", _touchpoints(view["touchpoints"], lang)),
        ("possible", _touchpoints(view["possible"], lang)),
        ("conflicts", _conflicts(view["conflicts"], lang)),
        ("members", (f"{m['source']}:{m['record_id']}" for m in view["members"])),
    )
    blocks = [_head(view, lang), *(_block(f"heading.{name}", list(lines), lang) for name, lines in parts)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def opportunity_text(sale: View, lang: Lang = "en") -> str:
    """A sales case as text.

    Args:
        sale: From `view_opportunity`.
        lang: Language of the labels; values stay as they are.
    """
    head = [f"{sale.get('title') or sale['opportunity_id']} ({sale['opportunity_id']})", _stake(sale, lang)]
    people = [
        "  ".join(str(part) for part in (p["name"] or p.get("customer_no") or "–", p.get("buying_role"), p.get("customer_id")) if part)
        for p in sale["participants"]
    ]  # fmt: skip
    blocks = [
        "\n".join(line for line in head if line),
        _block("column.participants", people, lang),
        _block("heading.unanswered", list(_unanswered(sale["unanswered"], lang)), lang),
        _block("heading.cases", list(_cases(sale["cases"], lang)), lang),
        _block("heading.line", list(_touchpoints(sale["touchpoints"], lang)), lang),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _label(field: str, lang: Lang) -> str:
    key = f"view.field.{field}"
    return say(key, lang) if key in catalogue() else field


def _way(code: object, lang: Lang) -> str:
    key = f"view.way.{code or ''}"
    return say(key, lang) if key in catalogue() else word("channel", str(code), lang)


def _head(view: View, lang: Lang) -> str:
    name = view["name"] or say("view.unnamed", lang)
    lines = [f"{name} ({say('view.' + view['kind'], lang)})", str(view["customer_id"])]
    if view["asked"]:
        lines.append(say("view.former", lang, id=view["asked"]))
    day = say("view.as_of", lang, day=view["as_of"]) if view["as_of"] else ""
    score = view["currency"]["score"]
    fresh = "" if score is None else say("view.currency", lang, percent=round(100 * score))
    abc = view["orders"]["abc"]
    letter = f"{say('view.card.abc', lang)} {abc['class']}" if abc and abc["class"] else ""
    lines.append(", ".join(part for part in (day, fresh, letter) if part))
    return "\n".join(line for line in lines if line)


def _block(key: str, lines: list[str], lang: Lang) -> str:
    if not lines:
        return ""
    kept = lines[:_LONGEST]
    if len(lines) > len(kept):
        kept.append(say("view.more", lang, count=len(lines) - len(kept)))
    return "\n".join([say(f"view.{key}", lang), *(f"  {line}" for line in kept)])


def _values(values: Iterable[View], lang: Lang) -> Iterable[str]:
    rank = {field: position for position, field in enumerate(_ORDER)}
    for row in sorted(values, key=lambda v: rank.get(v["field"], len(rank))):
        shown = str(row["value"]) + (f" ({row['type']})" if row.get("type") else "")
        yield f"{_label(row['field'], lang) + ':':<26}{shown:<40} {_origin(row, lang)}".rstrip()


def _origin(row: View, lang: Lang) -> str:
    if "source" not in row:
        return say("view.calculated", lang, records=row.get("records", 0))
    seen = str(row.get("last_seen", ""))[:10] or "-"
    state = say(f"view.{row.get('state', 'undated')}", lang) if "state" in row else ""
    if row.get("failed_at"):
        state = say("view.failed_at", lang, day=str(row["failed_at"])[:10])
    if row.get("status") == "former":
        state = say("view.former_address", lang, day=row.get("valid_to", "-"))
    elif row.get("valid_from"):
        state = ", ".join(p for p in (state, say("view.holds_since", lang, day=row["valid_from"])) if p)
    text = say("view.from", lang, record=f"{row['source']}:{row['record_id']}", seen=seen, state=state)
    return text.rstrip(", ")


def _relations(rows: Iterable[View], lang: Lang) -> Iterable[str]:
    for row in rows:
        key = f"view.{row['kind']}"
        kind = say(key, lang) if key in catalogue() else row["kind"]
        yield f"{kind} {row['name'] or say('view.unnamed', lang)} ({row['customer_id']})"


def _permissions(rows: Iterable[View], lang: Lang) -> Iterable[str]:
    for row in rows:
        key = f"consent.reason.{row.get('reason')}"
        reason = say(key, lang) if key in catalogue() else str(row.get("reason", ""))
        answer = say("view.allowed" if row["allowed"] else "view.denied", lang)
        point = f" {row['contact_point']}" if row.get("contact_point") else ""
        yield f"{row['channel']}, {row['purpose']}{point}: {answer}. {reason}".rstrip()


def _channels(answers: View, lang: Lang) -> Iterable[str]:
    preferred = answers["preferred"]
    if preferred:
        basis = say(f"view.basis.{answers['basis']}", lang)
        usable = say("view.usable" if answers["usable"] else "view.not_usable", lang)
        yield say("view.preference", lang, channel=_way(preferred, lang), basis=basis, usable=usable)
    for channel, answer in answers["channels"].items():
        allowed = answer["allowed"]
        told = "–" if allowed is None else say("view.yes" if allowed else "view.no", lang)
        reach = say(f"view.reach.{answer['why']}", lang)
        share = answers["observed"].get(channel)
        used = "" if share is None else f", {say('view.column.observed_share', lang)} {round(100 * share)} %"
        yield f"{_way(channel, lang) + ':':<14}{say('view.column.allowed', lang)} {told}, {reach}{used}"


def _tasks(rows: Iterable[View], lang: Lang) -> Iterable[str]:
    for row in rows:
        told = "overdue" if row["overdue"] else "open" if row["open"] else "done"
        rest = (row.get("subject"), row.get("owner"))
        text = "  ".join(str(part) for part in rest if part)
        yield f"{row.get('due_to', '-'):<12}{say(f'view.task.{told}', lang):<12}{text}"


def _unanswered(rows: Iterable[View], lang: Lang) -> Iterable[str]:
    for row in rows:
        when = str(row["at"])[:16].replace("T", " ")
        yield f"{when}  {_way(row.get('channel'), lang)}  {row.get('subject', '')}".rstrip()


def _stake(sale: View, lang: Lang) -> str:
    volume = f"{_money(sale['volume'], lang)} {sale.get('currency', '')}".strip() if "volume" in sale else ""
    chance = f"{round(100 * sale['probability'])} %" if "probability" in sale else ""
    parts = (sale.get("expected_at"), volume, chance, sale.get("stage"))
    return "  ".join(str(part) for part in parts if part)


def _opportunities(rows: Iterable[View], lang: Lang) -> Iterable[str]:
    for row in rows:
        yield f"{row.get('title') or row['opportunity_id']}  {_stake(row, lang)}"
        for p in row["participants"]:
            name = p["name"] or p.get("customer_no") or "–"
            yield f"  {name}" + (f" ({p['buying_role']})" if p.get("buying_role") else "")


def _orders(orders: View, lang: Lang) -> Iterable[str]:
    if not orders["count"]:
        return
    yield say("view.order_facts", lang, count=orders["count"], last=orders["last"] or "-")
    for currency, amount in orders["open_items"].items():
        yield say("view.open_items", lang, amount=f"{_money(amount, lang)} {currency}".strip())
    for year, sums in orders["revenue_by_year"].items():
        yield f"{year}: " + ", ".join(
            f"{_money(amount, lang)} {currency}".rstrip() for currency, amount in sums.items()
        )


def _money(amount: float, lang: Lang) -> str:
    cents = round(abs(amount) * 100)
    point = "." if lang == "en" else ","
    return f"{'-' if amount < 0 else ''}{number(cents // 100, lang)}{point}{cents % 100:02d}"


def _cases(rows: Iterable[View], lang: Lang) -> Iterable[str]:
    for row in rows:
        if row["changes"] or row["twice"]:
            ways = " → ".join(_way(way, lang) for way in row["ways"].split())
            twice = f", {say('view.twice', lang)}" if row["twice"] else ""
            count = say("view.contacts_of", lang, count=row["contacts"])
            yield f"{str(row['last'])[:10]}  {row.get('subject', '')}: {ways} ({count}{twice})"


def _touchpoints(rows: Iterable[View], lang: Lang) -> Iterable[str]:
    for row in rows:
        key = f"view.{row.get('direction')}"
        way = say(key, lang) if row.get("direction") in {"in", "out"} else ""
        when = str(row.get("at", "-"))[:16].replace("T", " ")
        failed = say("view.not_arrived", lang) if row.get("failed") else ""
        who = row.get("who") or row.get("identifier")
        rest = (
            row.get("channel"),
            way,
            who,
            row.get("subject"),
            row.get("outcome"),
            failed,
            row.get("agent"),
        )
        yield f"{when:<16}  " + "  ".join(str(part) for part in rest if part)


def _conflicts(rows: Iterable[View], lang: Lang) -> Iterable[str]:
    for row in rows:
        other = f"{row['source']}:{row['record_id']}"
        yield f"{_label(row['field'], lang)}: {row['proposal']} / {row['raw']} ({other})"


def _plain(rows: Iterable[View], names: tuple[str, ...]) -> Iterable[str]:
    for row in rows:
        yield "  ".join(str(row[name]) for name in names if row.get(name) is not None)

"""The parts of a customer's page: each a list of blocks, empty where there is nothing to show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crmclean.messages import Lang, catalogue, say
from crmclean.report.blocks import day
from crmclean.report.charts import bars
from crmclean.report.customer_blocks import label, listing, money, when
from crmclean.report.html import Html, Part, join, tag
from crmclean.write.words import word

__all__ = [
    "channels",
    "conflicts",
    "currency",
    "history",
    "identity",
    "master",
    "opportunities",
    "orders",
    "others",
    "permissions",
    "qualifications",
    "relations",
    "tasks",
    "waiting",
]

View = Mapping[str, Any]
_ORDER = (
    "salutation", "title", "given_name", "middle_names", "name_prefix", "family_name", "name_suffix", "birth_name",
    "organization", "legal_form", "department", "role", "care_of", "street", "house_number", "addition", "po_box",
    "postal_code", "city", "district", "region", "country", "email", "phone", "mobile", "fax", "web", "handle",
    "birth_date", "customer_no", "vat_id",
)  # fmt: skip
_TAGS = {"fresh": "yes", "ageing": "warning", "stale": "error", "undated": ""}
_MOST_CASES = 20


def _state(row: View, lang: Lang) -> Part:
    """Fresh, ageing, stale; what failed says when."""
    if row.get("failed_at"):
        told = say("view.failed_at", lang, day=day(str(row["failed_at"])[:10], lang))
        return tag("span", told, class_="tag error")
    if row.get("status") == "former":
        told = say("view.former_address", lang, day=day(str(row.get("valid_to", "")), lang))
        return tag("span", told, class_="tag warning")
    state = str(row.get("state", ""))
    return tag("span", say(f"view.{state}", lang), class_=f"tag {_TAGS[state]}".strip()) if state else ""


def _values(rows: Iterable[View], lang: Lang) -> Html:
    rank = {field: position for position, field in enumerate(_ORDER)}
    ordered = sorted(rows, key=lambda v: rank.get(v["field"], len(rank)))
    cells = []
    for row in ordered:
        kind = f" ({label('type.' + row['type'], lang)})" if row.get("type") not in {None, "other"} else ""
        origin = (
            f"{row['source']}:{row['record_id']}" if "source" in row else say("view.calculated_short", lang)
        )
        seen = day(str(row.get("last_seen", ""))[:10], lang)
        if row.get("valid_from"):
            seen = f"{seen} ({say('view.holds_since', lang, day=day(str(row['valid_from']), lang))})".strip()
        value = str(row["value"])
        if row["field"] == "salutation":
            value = word("salutation", value, lang)
        elif row["field"] in {"birth_date", "last_order"}:
            value = day(value, lang)
        elif row["field"] == "revenue" and value.lstrip("-").replace(".", "", 1).isdigit():
            value = money(float(value), lang)
        cells.append(
            [label(row["field"], lang), value + kind, origin, seen, _age(row, lang), _state(row, lang)]
        )
    return listing(("field", "value", "origin", "seen", "age", "state"), cells, lang, class_="values")


def _age(row: View, lang: Lang) -> str:
    months = row.get("age_months")
    return "" if months is None or "state" not in row else say("view.months", lang, count=months)


def master(view: View, lang: Lang) -> list[Part]:
    """Master data with origin and age of each value."""
    return [_values(view["master"], lang)] if view["master"] else []


def others(view: View, lang: Lang) -> list[Part]:
    """Values beside the primary ones."""
    return [_values(view["others"], lang)] if view["others"] else []


def currency(view: View, lang: Lang) -> list[Part]:
    """The parts of the currency score."""
    parts = view["currency"]["reasons"]
    if not parts:
        return []
    lead = tag("p", say("view.currency_lead", lang), class_="hint")
    rows = [
        (label(name, lang), p["currency"], f"{round(100 * p['currency'])} %") for name, p in parts.items()
    ]
    return [lead, bars(rows, most=1.0)]


def tasks(view: View, lang: Lang) -> list[Part]:
    """Planned activities, open ones first."""
    rows = []
    for task in view["tasks"]:
        told = "overdue" if task["overdue"] else "open" if task["open"] else "done"
        mark = tag(
            "span",
            say(f"view.task.{told}", lang),
            class_=f"tag {'error' if told == 'overdue' else ''}".strip(),
        )
        rows.append(
            [
                day(str(task.get("due_to", "")), lang),
                task.get("subject"),
                task.get("owner"),
                task.get("status"),
                mark,
            ]
        )
    return [listing(("due", "subject", "owner", "status", "state"), rows, lang)] if rows else []


def waiting(view: View, lang: Lang) -> list[Part]:
    """Contacts that nobody answered."""
    rows = [
        [
            when(row["at"], lang),
            label(f"way.{row.get('channel', '')}", lang),
            row.get("subject"),
            row["waiting"],
        ]
        for row in view["unanswered"]
    ]
    return [listing(("at", "channel", "subject", "waiting"), rows, lang)] if rows else []


def qualifications(view: View, lang: Lang) -> list[Part]:
    """Segmenting facts with their day."""
    rows = [
        [q.get("name"), q.get("value"), day(str(q.get("observed_at", "")), lang), q["source"]]
        for q in view["qualifications"]
    ]
    return [listing(("name", "value", "observed", "source"), rows, lang)] if rows else []


def opportunities(view: View, lang: Lang) -> list[Part]:
    """Sales cases with all who take part and their roles."""
    rows = []
    for sale in view["opportunities"]:
        people = [
            f"{p['name'] or p.get('customer_no') or '–'}"
            + (f" ({p['buying_role']})" if p.get("buying_role") else "")
            for p in sale["participants"]
        ]
        volume = (
            f"{money(sale['volume'], lang)} {sale.get('currency', '')}".strip() if "volume" in sale else ""
        )
        chance = f"{round(100 * sale['probability'])} %" if "probability" in sale else ""
        rows.append(
            [
                sale.get("title") or sale["opportunity_id"], sale.get("stage"), volume, chance,
                day(str(sale.get("expected_at", "")), lang), ", ".join(people), sale["contacts"],
            ]
        )  # fmt: skip
    names = ("title", "stage", "volume", "probability", "expected", "participants", "contacts")
    return [listing(names, rows, lang)] if rows else []


def orders(view: View, lang: Lang) -> list[Part]:
    """Revenue by year, open items, ABC class, the orders."""
    facts = view["orders"]
    if not facts["count"]:
        return []
    told = [say("view.order_facts", lang, count=facts["count"], last=day((facts["last"] or "")[:10], lang))]
    abc = facts["abc"]
    if abc is not None and abc["class"]:
        told.append(
            say(
                "view.abc",
                lang,
                letter=abc["class"],
                since=day(abc["since"], lang),
                until=day(abc["until"], lang),
            )
        )
    told += [
        say("view.open_items", lang, amount=f"{money(a, lang)} {c}".strip())
        for c, a in facts["open_items"].items()
    ]
    years = [
        (year, max(amount, 0.0), f"{money(amount, lang)} {code}".strip())
        for year, sums in sorted(facts["revenue_by_year"].items(), reverse=True)
        for code, amount in sums.items()
    ]
    rows = [
        [day(str(o.get("at", ""))[:10], lang), o["order_id"], money(o["amount"], lang) if "amount" in o else "",
         o.get("currency"), o.get("status"), o.get("sales_channel")]
        for o in facts["rows"]
    ]  # fmt: skip
    listed = listing(("at", "order", "amount", "money", "status", "channel"), rows, lang)
    return [tag("p", "; ".join(t.rstrip(".") for t in told) + "."), bars(years) if years else "", listed]


def channels(view: View, lang: Lang) -> list[Part]:
    """Preferred, allowed and reachable, each for itself; how much came and went by each way."""
    answers = view["channels"]
    if not answers["channels"]:
        return []
    preferred = answers["preferred"]
    told = say("view.no_preference", lang)
    if preferred:
        basis = say(f"view.basis.{answers['basis']}", lang)
        usable = say("view.usable" if answers["usable"] else "view.not_usable", lang)
        told = say(
            "view.preference", lang, channel=label(f"way.{preferred}", lang), basis=basis, usable=usable
        )
    rows = []
    for channel, answer in answers["channels"].items():
        reasons = ", ".join(word("reason", r, lang) for r in answer["reasons"])
        allowed = answer["allowed"]
        share = answers["observed"].get(channel)
        rows.append(
            [
                label(f"way.{channel}", lang), "" if share is None else f"{round(100 * share)} %",
                "–" if allowed is None else _yes(allowed, lang), reasons, _yes(answer["reachable"], lang),
                say(f"view.reach.{answer['why']}", lang),
            ]
        )  # fmt: skip
    listed = listing(("channel", "observed_share", "allowed", "why", "reachable", "because"), rows, lang)
    figures = [
        [
            label(f"way.{f['way']}", lang),
            f["in"],
            f["out"],
            when(f["first"], lang)[:10],
            when(f["last"], lang)[:10],
        ]
        for f in view["channel_figures"]
    ]
    counted = listing(("channel", "in", "out", "first", "last"), figures, lang) if figures else ""
    return [tag("p", told), listed, counted]


def _yes(answer: object, lang: Lang) -> Html:
    return tag(
        "span", say("view.yes" if answer else "view.no", lang), class_=f"tag {'yes' if answer else 'no'}"
    )


def permissions(view: View, lang: Lang) -> list[Part]:
    """The answers of the last run with their reason, and the events they rest on."""
    rows = []
    for row in view["permissions"]:
        key = f"consent.reason.{row.get('reason')}"
        reason = say(key, lang) if key in catalogue() else str(row.get("reason", ""))
        purpose = word("purpose", row["purpose"], lang)
        rows.append(
            [
                label(f"way.{row['channel']}", lang),
                purpose,
                row.get("contact_point"),
                _yes(row["allowed"], lang),
                reason,
            ]
        )
    blocks: list[Part] = []
    if rows:
        blocks.append(listing(("channel", "purpose", "point", "allowed", "why"), rows, lang))
    events = [
        [when(e.get("at") or e.get("recorded_at"), lang), label(f"way.{e.get('channel', '')}", lang),
         word("purpose", str(e.get("purpose", "")), lang), label(f"event.{e.get('event', '')}", lang).removeprefix("event."),
         e.get("contact_point"), e.get("origin") or e.get("source")]
        for e in view["consents"]
    ]  # fmt: skip
    if events:
        blocks += [
            tag("h3", say("view.heading.consents", lang)),
            listing(("at", "channel", "purpose", "event", "point", "origin"), events, lang),
        ]
    return blocks


def history(view: View, lang: Lang) -> list[Part]:
    """The line of time over all channels, the cases in it, and what may belong here."""
    blocks: list[Part] = []
    cases = [c for c in view["cases"] if c["changes"] or c["twice"]][:_MOST_CASES]
    if cases:
        rows = [
            [c.get("subject"), when(c["first"], lang), when(c["last"], lang), c["contacts"],
             " → ".join(label(f"way.{w}", lang) for w in c["ways"].split()), _yes(answer=True, lang=lang) if c["twice"] else ""]
            for c in cases
        ]  # fmt: skip
        names = ("subject", "first", "last", "contacts", "ways", "twice")
        blocks += [tag("h3", say("view.heading.cases", lang)), listing(names, rows, lang)]
    if view["touchpoints"]:
        blocks += [tag("h3", say("view.heading.line", lang)), _contacts(view["touchpoints"], lang)]
    if view["possible"]:
        hint = tag("p", say("view.possible_lead", lang), class_="hint")
        blocks += [tag("h3", say("view.heading.possible", lang)), hint, _contacts(view["possible"], lang)]
    return blocks


def _contacts(rows: Sequence[View], lang: Lang) -> Html:
    cells = []
    for row in rows:
        direction = say(f"view.{row['direction']}", lang) if row.get("direction") in {"in", "out"} else ""
        subject = [p for p in (row.get("subject"), row.get("outcome")) if p]
        failed = [tag("span", say("view.not_arrived", lang), class_="tag error")] if row.get("failed") else []
        cells.append(
            [when(row.get("at"), lang), label(f"way.{row.get('channel', '')}", lang), direction,
             join([", ".join(map(str, subject)), *failed], " "), row.get("who") or row.get("identifier"), row.get("agent")]
        )  # fmt: skip
    return listing(("at", "channel", "direction", "subject", "who", "agent"), cells, lang)


def relations(view: View, lang: Lang) -> list[Part]:
    """Household, employer, colleagues, branches."""
    rows = [
        [label(r["kind"], lang), r["name"] or say("view.unnamed", lang), r["customer_id"], _evidence(r, lang)]
        for r in view["relations"]
    ]
    return [listing(("relation", "who", "id", "evidence"), rows, lang)] if rows else []


def _evidence(relation: View, lang: Lang) -> str:
    codes = str(relation.get("evidence") or "").split()
    return ", ".join(label(f"evidence.{code}", lang).removeprefix("evidence.") for code in codes)


def conflicts(view: View, lang: Lang) -> list[Part]:
    """Records that contradict the shown value."""
    rows = [
        [label(c["field"], lang), c.get("proposal"), c.get("raw"), f"{c['source']}:{c['record_id']}"]
        for c in view["conflicts"]
    ]
    return [listing(("field", "shown", "contradicts", "origin"), rows, lang)] if rows else []


def identity(view: View, lang: Lang) -> list[Part]:
    """The records of the customer and the ids it took over."""
    listed = ", ".join(f"{m['source']}:{m['record_id']}" for m in view["members"])
    former = view["identity"].get("took_over") or []
    blocks: list[Part] = [tag("p", listed, class_="listed")] if listed else []
    if former:
        blocks.append(tag("p", say("view.took_over", lang, ids=", ".join(former)), class_="listed"))
    return blocks

"""One customer on one page that prints: what `view_customer` found, as HTML without script or network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from crmclean.messages import Lang, say
from crmclean.report.access_parts import access_sections
from crmclean.report.blocks import cards, day, decimal
from crmclean.report.customer_blocks import label, money
from crmclean.report.customer_parts import (
    channels,
    conflicts,
    currency,
    history,
    identity,
    master,
    opportunities,
    orders,
    others,
    permissions,
    qualifications,
    relations,
    tasks,
    waiting,
)
from crmclean.report.html import Html, Part, join, tag

__all__ = ["render_customer"]

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_SECTIONS = {
    "tasks": tasks, "unanswered": waiting, "master": master, "currency": currency, "qualifications": qualifications,
    "opportunities": opportunities, "orders": orders, "channels": channels, "permissions": permissions,
    "touchpoints": history, "relations": relations, "conflicts": conflicts, "others": others, "members": identity,
}  # fmt: skip


def render_customer(view: Mapping[str, Any], lang: Lang, *, access: Mapping[str, Any] | None = None) -> str:
    """The page of a customer in a language; the same view gives the same text.

    Args:
        view: From `view_customer`.
        lang: Language of everything but the data.
        access: From `access_request`: adds what Art. 15 GDPR asks for.

    Returns:
        A whole HTML document that loads nothing and runs nothing. Parts without content are left out.
    """
    name = view["name"] or say("view.unnamed", lang)
    title = say("view.page.access", lang) if access is not None else say("view.page.title", lang)
    parts = {key: make(view, lang) for key, make in _SECTIONS.items()}
    if access is not None:
        parts |= access_sections(access, lang)
    sections = [_section(key, content, lang) for key, content in parts.items() if content]
    links = [
        tag("li", tag("a", say(f"view.heading.{key}", lang), href=f"#{key}")) for key, c in parts.items() if c
    ]
    head = tag(
        "head",
        Html('<meta charset="utf-8">'),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="robots", content="noindex"),
        tag("title", f"{title}: {name}"),
        tag("style", Html(_style())),
    )
    body = tag(
        "body",
        tag("header", tag("p", title, class_="meta"), tag("h1", name), _about(view, lang)),
        tag("nav", tag("ol", join(links)), aria_label=say("report.contents", lang)),
        tag("main", _figures(view, lang), join(sections)),
        tag("footer", say("view.page.footer", lang)),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang=lang)}\n"


@cache
def _style() -> str:
    folder = files("crmclean.report")
    return "\n".join(folder.joinpath(n).read_text(encoding="utf-8") for n in ("style.css", "customer.css"))


def _section(key: str, content: Sequence[Part], lang: Lang) -> Html:
    return tag("section", tag("h2", say(f"view.heading.{key}", lang)), join(content), id=key)


def _about(view: Mapping[str, Any], lang: Lang) -> Html:
    """Kind, place, number, day: the lines below the name."""
    shown = {v["field"]: str(v["value"]) for v in view["master"]}
    street = " ".join(shown[f] for f in ("street", "house_number") if f in shown)
    town = " ".join(shown[f] for f in ("postal_code", "city") if f in shown)
    facts = [say(f"view.{view['kind']}", lang), street, town]
    if "customer_no" in shown:
        facts.append(f"{label('customer_no', lang)} {shown['customer_no']}")
    lines = [tag("p", ", ".join(f for f in facts if f)), tag("p", view["customer_id"], class_="meta id")]
    if view["asked"]:
        lines.append(tag("p", say("view.former", lang, id=view["asked"]), class_="meta"))
    if view["as_of"]:
        lines.append(tag("p", say("view.as_of", lang, day=day(view["as_of"], lang)), class_="meta"))
    return join(lines)


def _figures(view: Mapping[str, Any], lang: Lang) -> Html:
    found: list[tuple[Part, str]] = []
    score = view["currency"]["score"]
    if score is not None:
        found.append((f"{round(100 * score)} %", say("view.card.currency", lang)))
    orders = view["orders"]
    abc = orders["abc"]
    if abc is not None and abc["class"]:
        found.append((abc["class"], say("view.card.abc", lang)))
    if abc is not None:
        sum_ = f"{money(abc['revenue'], lang)} {abc['currency']}".strip()
        found.append((sum_, say("view.card.revenue", lang, since=day(abc["since"], lang))))
    if orders["last"]:
        found.append((day(orders["last"][:10], lang), say("view.card.order", lang)))
    if view["touchpoints"]:
        last = view["touchpoints"][0]
        found.append((day(str(last.get("at", ""))[:10], lang), say("view.card.contact", lang)))
    preferred = view["channels"]["preferred"]
    if preferred:
        basis = say(f"view.basis.{view['channels']['basis']}", lang)
        found.append((label(f"way.{preferred}", lang), say("view.card.channel", lang, basis=basis)))
    open_tasks = sum(bool(t["open"]) for t in view["tasks"])
    if open_tasks:
        found.append((decimal(open_tasks, 0, lang), say("view.card.tasks", lang)))
    return cards(found) if found else Html("")

"""The report as one HTML file: no network, no script, style and charts inside, ready to print."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from crmclean.messages import Lang, say
from crmclean.report.blocks import day
from crmclean.report.consents import consents
from crmclean.report.duplicates import duplicates, to_review
from crmclean.report.facts import ReportFacts
from crmclean.report.html import Html, join, tag
from crmclean.report.method import not_understood, rules
from crmclean.report.overview import overview
from crmclean.report.quality import quality
from crmclean.report.sources import understood
from crmclean.report.ties import contacts, relations

__all__ = ["SECTIONS", "page", "render_report"]

SECTIONS = {
    "overview": overview,
    "sources": understood,
    "duplicates": duplicates,
    "review": to_review,
    "quality": quality,
    "consents": consents,
    "relations": relations,
    "contacts": contacts,
    "unclear": not_understood,
    "rules": rules,
}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def render_report(facts: ReportFacts, lang: Lang) -> str:
    """The report in a language; the same facts give the same text.

    Args:
        facts: Tables and figures of a run; empty tables give sections that say so.
        lang: Language of everything but the data.

    Returns:
        A whole HTML document that loads nothing and runs nothing.
    """
    links = [tag("li", tag("a", say(f"report.{key}.title", lang), href=f"#{key}")) for key in SECTIONS]
    about = say("report.meta", lang, as_of=day(facts.as_of, lang), version=facts.version or "–")
    contents = tag("nav", tag("ol", join(links)), aria_label=say("report.contents", lang))
    sections = [make(facts, lang) for make in SECTIONS.values()]
    return page(say("report.title", lang), about, sections, lang, contents=contents)


def page(name: str, about: str, sections: Sequence[Html], lang: Lang, *, contents: Html | None = None) -> str:
    """A whole HTML document of a title, a line about it, and sections; it loads and runs nothing."""
    head = tag(
        "head",
        Html('<meta charset="utf-8">'),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="robots", content="noindex"),
        tag("title", name),
        tag("style", Html(_style())),
    )
    body = tag(
        "body",
        tag("header", tag("h1", name), tag("p", about, class_="meta")),
        *([contents] if contents is not None else []),
        tag("main", join(sections)),
        tag("footer", say("report.footer", lang)),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang=lang)}\n"


@cache
def _style() -> str:
    return files("crmclean.report").joinpath("style.css").read_text(encoding="utf-8")

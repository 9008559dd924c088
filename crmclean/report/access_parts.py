"""What a page of access (Art. 15 GDPR) has beside the customer's own page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crmclean.messages import Lang, catalogue, say
from crmclean.report.blocks import day
from crmclean.report.customer_blocks import listing
from crmclean.report.html import Html, Part, join, tag
from crmclean.write.words import title, word

__all__ = ["access_sections"]

Access = Mapping[str, Any]


def access_sections(access: Access, lang: Lang) -> dict[str, list[Part]]:
    """The sections by the key of their heading; those without content are empty."""
    return {
        "processing": _processing(access, lang),
        "proofs": _proofs(access, lang),
        "records": _records(access, lang),
        "matching": _matching(access, lang),
        "rights": _rights(access, lang),
    }


def _named(heading: str, pairs: Mapping[str, str], lang: Lang, *, group: str = "") -> list[Part]:
    """Two columns, or the sentence that nobody has told."""
    told = tag("h3", say(f"view.access.{heading}", lang))
    if not pairs:
        return [told, tag("p", say("view.access.not_told", lang), class_="hint")]
    rows = [[word(group, name, lang) if group else _word(name, lang), text] for name, text in pairs.items()]
    return [told, listing(("name", f"{heading}_of"), rows, lang)]


def _word(code: str, lang: Lang) -> str:
    key = f"view.access.{code}"
    return say(key, lang) if key in catalogue() else code


def _processing(access: Access, lang: Lang) -> list[Part]:
    sources = [
        [
            row["source"], row.get("file"), row.get("sheet"), say(f"view.access.origin_{row['origin']}", lang),
            day(str(row.get("obtained", "")), lang),
        ]
        for row in access["sources"]
    ]  # fmt: skip
    columns = ("source", "file", "sheet", "origin", "obtained")
    controller = access["controller"] or say("view.access.not_told", lang)
    return [
        tag("p", tag("b", say("view.access.controller", lang)), ": ", controller),
        *_named("purposes", access["purposes"], lang, group="purpose"),
        *_named("recipients", access["recipients"], lang),
        *_named("retention", access["retention"], lang),
        tag("h3", say("view.access.sources", lang)),
        listing(columns, sources, lang),
    ]


def _proofs(access: Access, lang: Lang) -> list[Part]:
    """Every consent event with all that is known of it."""
    blocks: list[Part] = []
    for event in access["consents"]:
        rows = [[title(name, lang), str(value)] for name, value in event.items() if value not in ("", 0)]
        blocks.append(_facts(rows, lang))
    return blocks


def _records(access: Access, lang: Lang) -> list[Part]:
    """The source rows, every column as it was read."""
    blocks: list[Part] = []
    for record in access["records"]:
        name = f"{record['source']}:{record['record_id']}"
        rows = [
            [title(column, lang), str(value)]
            for column, value in record.items()
            if column not in {"file", "row"}
        ]
        blocks += [tag("h3", name), _facts(rows, lang)]
    return blocks


def _facts(rows: Sequence[Sequence[Part]], lang: Lang) -> Html:
    return listing(("field", "value"), rows, lang, class_="values raw")


def _matching(access: Access, lang: Lang) -> list[Part]:
    told = [tag("p", say("view.access.matching", lang))]
    rows = [
        [m["party_l"], m["party_r"], f"{100 * float(m['probability']):.1f} %"] for m in access["matching"]
    ]
    columns = ("record_l", "record_r", "probability")
    listed: list[Part] = [listing(columns, rows, lang)] if rows else []
    if access["shared_contacts"]:
        listed.append(tag("p", say("view.access.shared", lang, count=access["shared_contacts"])))
    return [*told, *listed]


def _rights(access: Access, lang: Lang) -> list[Part]:
    items = [tag("li", say(f"view.access.right_{code}", lang)) for code in access["rights"]]
    automated = say("view.access.automated", lang) if not access["automated_decisions"] else ""
    return [tag("ul", join(items), class_="notes"), tag("p", automated)]

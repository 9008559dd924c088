"""The evidence of a person's consents as a page to print: one HTML file that loads and runs nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crmclean.fields import CHANNELS
from crmclean.messages import Lang, say
from crmclean.report.blocks import day
from crmclean.report.document import page
from crmclean.report.html import Html, Part, join, table, tag

__all__ = ["render_proof"]

_SHOWN = (
    "channel", "purpose", "contact_point", "event_time", "recorded_at", "collection_method", "collected_at",
    "collected_by", "evidence", "pii_controllers", "legal_basis", "guardian", "valid_until", "keep_proof_until", "record",
    "consent_record_id",
)  # fmt: skip
_LISTED = ("event_time", "event_type", "channel", "purpose", "contact_point", "evidence", "record")


def render_proof(proof: Mapping[str, Any], lang: Lang) -> str:
    """The page of a proof (`crmclean.consent.proof.proof_of` with principal and ledger).

    Args:
        proof: As written to JSON.
        lang: Language of everything but the data.
    """
    main = [
        _person(proof, lang),
        _section("declarations", [_declaration(d, lang) for d in proof["declarations"]], lang),
        _section("refusals", _events(proof["refusals"], lang), lang),
        _section("others", _events(proof["other_events"], lang), lang),
        _ledger(proof.get("ledger"), lang),
    ]
    about = say("consent.proof.about", lang, day=day(str(proof["as_of"])[:10], lang))
    return page(say("consent.proof.title", lang), about, main, lang)


def _section(key: str, content: Sequence[Html], lang: Lang) -> Html:
    nothing = [tag("p", say("consent.proof.nothing", lang), class_="hint")]
    return tag("section", tag("h2", say(f"consent.proof.{key}", lang)), *(content or nothing))


def _person(proof: Mapping[str, Any], lang: Lang) -> Html:
    who = proof.get("principal", {})
    rows: list[tuple[str, Part]] = [
        ("name", who.get("name")),
        ("address", who.get("address")),
        ("customer", who.get("pii_principal_id")),
        ("records", ", ".join(who.get("records", ()))),
        ("policy", proof["policy"]),
    ]
    return tag("section", tag("h2", say("consent.proof.person", lang)), _facts(rows, lang))


def _facts(rows: Sequence[tuple[str, Part]], lang: Lang) -> Html:
    """Names and values in two columns; what is not known is left out."""
    shown = [(say(f"consent.proof.{key}", lang), value) for key, value in rows if value not in {None, ""}]
    body = [tag("tr", tag("th", name, scope="row"), tag("td", value)) for name, value in shown]
    return tag("table", tag("tbody", join(body)), class_="facts")


def _declaration(said: Mapping[str, Any], lang: Lang) -> Html:
    verdict = tag(
        "span",
        say(f"consent.proof.{'holds' if said['holds'] else 'ended'}", lang),
        class_="tag yes" if said["holds"] else "tag no",
    )
    title = f"{_channel(str(said.get('channel', '')), lang)} · {said.get('purpose', '')} · {said.get('contact_point', '')}".strip(
        " ·"
    )
    rows: list[tuple[str, Part]] = [(name, _value(said, name, lang)) for name in _SHOWN]
    for name in ("confirmation", "ended_by"):
        rows.insert(-2, (name, _short(said[name], lang)))
    rows.insert(
        -2, ("uses", join([_short(use, lang) for use in said["uses"]], "<br>") if said["uses"] else None)
    )
    return tag(
        "article",
        tag("h3", title, " ", verdict),
        tag("p", _sentence(str(said["reason"]), lang)),
        _notice(said["notice"], lang),
        _facts(rows, lang),
        class_="declaration",
    )


def _sentence(reason: str, lang: Lang) -> str:
    return say("consent.proof.renewed" if reason == "RENEWED" else f"consent.reason.{reason}", lang)


def _channel(code: str, lang: Lang) -> str:
    return say(f"write.word.channel.{code}", lang) if code in CHANNELS else code


def _value(said: Mapping[str, Any], name: str, lang: Lang) -> Part:
    value = said.get(name)
    if name == "event_time" and value is None and said.get("recorded_at"):
        return say("consent.proof.noted", lang, at=_time(str(said["recorded_at"]), lang))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if name in {"event_time", "recorded_at", "valid_until", "keep_proof_until"} and value:
        return _time(str(value), lang)
    if name == "channel" and value:
        return _channel(str(value), lang)
    return None if value is None else str(value)


def _time(iso: str, lang: Lang) -> str:
    clock = f", {iso[11:19]} UTC" if len(iso) > 10 else ""
    return f"{day(iso[:10], lang)}{clock}"


def _short(event: Mapping[str, Any] | None, lang: Lang) -> Part:
    """An event in a line: when, what, where, by what evidence."""
    if event is None:
        return None
    when = (
        _time(str(event["event_time"]), lang) if "event_time" in event else say("cli.consent.undated", lang)
    )
    what = say(f"consent.kind.{event['event_type']}", lang)
    where = [_channel(str(event["channel"]), lang)] if "channel" in event else []
    more = [
        str(event[name]) for name in ("contact_point", "evidence", "collected_at", "record") if name in event
    ]
    return " · ".join([when, what, *where, *more])


def _notice(notice: Mapping[str, Any] | None, lang: Lang) -> Html:
    """The wording in full, or that it is not here."""
    if notice is None:
        return tag("p", say("consent.proof.no_wording", lang), class_="hint")
    version = str(notice["notice_id"])
    if not notice.get("wording"):
        return tag("p", say("consent.proof.wording_missing", lang, version=version), class_="hint")
    open_ = say("consent.proof.open", lang)
    times = [day(str(notice[n])[:10], lang) if notice.get(n) else open_ for n in ("valid_from", "valid_to")]
    about = {
        "version": version,
        "language": notice.get("language") or "–",
        "since": times[0],
        "until": times[1],
    }
    caption = say("consent.proof.version", lang, **about)
    title = tag("b", say("consent.proof.wording", lang))
    quote = tag("blockquote", str(notice["wording"]))
    return tag("div", title, " ", tag("span", f"({caption})", class_="hint"), quote, class_="wording")


def _events(events: Sequence[Mapping[str, Any]], lang: Lang) -> list[Html]:
    if not events:
        return []
    rows = [
        [
            say(f"consent.kind.{e['event_type']}", lang) if n == "event_type" else _value(e, n, lang)
            for n in _LISTED
        ]
        for e in events
    ]
    return [table([say(f"consent.proof.{name}", lang) for name in _LISTED], rows, class_="listed")]


def _ledger(ledger: Mapping[str, Any] | None, lang: Lang) -> Html:
    if ledger is None or not ledger.get("head"):
        sentence = say("consent.proof.ledger_none", lang)
    elif ledger["ok"]:
        sentence = say("consent.proof.ledger_ok", lang, events=ledger["events"], head=ledger["head"])
    else:
        sentence = say("consent.proof.ledger_broken", lang, seq=ledger["seq"])
    signed = tag("p", say("consent.proof.signature", lang), class_="signature")
    return tag("section", tag("h2", say("consent.proof.ledger", lang)), tag("p", sentence), signed)

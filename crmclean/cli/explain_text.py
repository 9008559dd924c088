"""What ``crmclean explain`` says, as lines: two records, what keeps two apart, how a customer grew."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from crmclean.cli.console import table_text
from crmclean.match.explain import Explanation, Step, waterfall
from crmclean.match.growth import Apart, Growth, Held, Link
from crmclean.match.meeting import Meeting
from crmclean.messages import Lang, say
from crmclean.tables import Addresses, Contacts, Parties
from crmclean.write.words import title, word

__all__ = ["apart_lines", "growth_lines", "pair_lines", "values_of", "values_table"]

Tables = tuple[Parties, Contacts, Addresses]
CLOSEST = 5
"""Blocking rules, and contradictions, that are named on a terminal."""
_OPEN = frozenset({"below", "names", "implausible"})
"""Rules by which a pair that nobody compared may yet be one."""
SLIGHT = -0.5
"""Bits from which a fact is said to speak against a pair."""
_NAMES = ("title", "given_name", "middle_names", "name_prefix", "family_name", "name_suffix")
_SHOWN = ("birth_name", "birth_date", "organization", "customer_no", "vat_id", "national_id", "other_id")


def values_of(party: str, tables: Tables, lang: Lang) -> dict[str, str]:
    """What a party holds, field by field, as it was understood."""
    parties, contacts, addresses = tables
    row = parties[parties["party"] == party].iloc[0]
    named = " ".join(str(row[f]) for f in _NAMES if pd.notna(row[f]))
    salutation = word("salutation", str(row["salutation"]), lang) if pd.notna(row["salutation"]) else ""
    found = {"name": f"{salutation} {named}".strip() if row["kind"] == "person" else ""}
    found |= {field: str(row[field]) for field in _SHOWN if pd.notna(row[field])}
    own = contacts[contacts["party"] == party]
    for kind, rows in own.groupby("kind", sort=True):
        found[str(kind)] = ", ".join(sorted(set(rows["value"].fillna(rows["raw"]).dropna().astype(str))))
    homes = addresses[addresses["party"] == party]
    if len(homes):
        found["address"] = "; ".join(dict.fromkeys(_address_line(home) for _, home in homes.iterrows()))
    return {field: value for field, value in found.items() if value}


def _address_line(home: pd.Series[str]) -> str:
    """An address on one line."""
    street, town = (
        " ".join(str(home[f]) for f in fields if pd.notna(home[f]))
        for fields in (("street", "house_number", "po_box"), ("postal_code", "city"))
    )
    return ", ".join(part for part in (street, town) if part)


def values_table(ends: tuple[str, str], values: tuple[dict[str, str], dict[str, str]], lang: Lang) -> str:
    """Two records side by side."""
    fields = list(dict.fromkeys([*values[0], *values[1]]))
    rows = [(_field(field, lang), values[0].get(field, ""), values[1].get(field, "")) for field in fields]
    return table_text(["", *ends], rows, most=44)


def _field(field: str, lang: Lang) -> str:
    """The name of a field or, where it is none, of a fact."""
    return say("explain.fact.address", lang) if field == "address" else title(field, lang)


def pair_lines(explanation: Explanation, lang: Lang, *, together: bool, threshold: float) -> list[str]:
    """The explanation as lines: the steps as a table, weight and probability."""
    ends = {bar.name: bar for bar in waterfall(explanation)}
    rows = [_step_row("prior", ends["prior"].end, ends["prior"].end, lang)]
    rows += [
        (
            say(f"explain.fact.{step.comparison}", lang),
            step.level,
            f"{step.bits:+.1f}",
            f"{step.bits_related:+.1f}",
            f"{ends[step.comparison].end:+.1f}",
            step.sentence,
        )
        for step in explanation.steps
    ]
    for name in ("related", "calibration"):
        if name in ends:
            bar = ends[name]
            rows.append(_step_row(name, bar.end - bar.start, bar.end, lang))
    header = [say(f"explain.head.{name}", lang) for name in ("fact", "level", "bits", "related", "sum")]
    figures = {"weight": f"{explanation.weight:+.2f}", "probability": f"{explanation.probability:.4f}"}
    lines = ["", table_text([*header, ""], rows, most=80), ""]
    lines.append(say("explain.weight", lang, **figures, threshold=f"{threshold:g}"))
    if explanation.one_sided:
        facts = _facts(explanation.one_sided, lang)
        lines.append(say("explain.one_sided", lang, facts=facts))
    if together and explanation.probability < threshold:
        lines.append(say("explain.indirect", lang, record=_record(explanation.party_l)))
    if not together and explanation.related > 0.5:
        lines.append(say("explain.related", lang, probability=f"{explanation.related:.2f}"))
    return lines


def _step_row(name: str, bits: float, total: float, lang: Lang) -> tuple[str, ...]:
    said = say(f"explain.step.{name}.said", lang)
    return (say(f"explain.step.{name}", lang), "", f"{bits:+.1f}", "", f"{total:+.1f}", said)


def _facts(names: Sequence[str], lang: Lang) -> str:
    """The names of facts, each once."""
    return ", ".join(dict.fromkeys(say(f"explain.fact.{name}", lang) for name in names))


def apart_lines(apart: Apart, explanation: Explanation, lang: Lang, *, threshold: float) -> list[str]:
    """Why not: what pulled down, which rules missed the pair, what kept the two customers apart."""
    lines = []
    down = sorted(
        (step for step in explanation.steps if _against(step) < SLIGHT),
        key=lambda step: (_against(step), step.comparison),
    )
    if down:
        facts = ", ".join(f"{step.sentence} ({_against(step):+.1f})" for step in down)
        lines.append(say("explain.down", lang, facts=facts))
    if apart.compared:
        rules = dict.fromkeys(" + ".join(_fact_names(m.shared, lang)) for m in apart.meetings if m.met)
        lines.append(say("explain.met", lang, rules="; ".join(list(rules)[:CLOSEST])))
    else:
        lines += _missed_lines(apart.meetings, lang)
    lines.append(_kept_line(apart, explanation, lang))
    if not apart.compared and apart.rule in _OPEN and explanation.probability >= threshold:
        lines[-1] = say("explain.missed_strong", lang)
    if len(apart.contradictions) > 1:
        lines.append(say("explain.contradiction", lang, count=len(apart.contradictions)))
        lines += [f"  {_link_line(link)}" for link in apart.contradictions[:CLOSEST]]
        lines += _more(len(apart.contradictions), lang)
    return lines


def _missed_lines(meetings: Sequence[Meeting], lang: Lang) -> list[str]:
    """That no rule brought two records together, and which came closest."""
    close = [m for m in meetings if m.shared][:CLOSEST]
    if not close:
        return [say("explain.missed_all", lang)]
    return [say("explain.missed", lang), *(f"  {_meeting_line(m, lang)}" for m in close)]


def _against(step: Step) -> float:
    """The bits with which a fact speaks against a pair, be it chance or a relation."""
    return min(step.bits, step.bits_related)


def _fact_names(facts: Sequence[str], lang: Lang) -> list[str]:
    return list(dict.fromkeys(say(f"explain.fact.{fact}", lang) for fact in facts))


def _more(count: int, lang: Lang) -> list[str]:
    """How many were not named."""
    return [f"  {say('explain.more', lang, count=count - CLOSEST)}"] if count > CLOSEST else []


def _kept_line(apart: Apart, explanation: Explanation, lang: Lang) -> str:
    """What kept the two customers apart."""
    asked = (explanation.party_l, explanation.party_r)
    pairs, joining = apart.across
    if apart.rule == "below":
        if apart.bridge is None or (apart.bridge.party_l, apart.bridge.party_r) == asked:
            return say("explain.kept.below_itself", lang)
        return say("explain.kept.below", lang, pairs=pairs, pair=_link_line(apart.bridge))
    if apart.rule == "decision" and apart.witness is not None:
        return say("explain.kept.decision", lang, pair=_link_line(apart.witness))
    rule = apart.rule
    if rule == "contradiction" and apart.witness == apart.bridge:
        rule = "contradiction_itself"
    if rule == "bridge" and joining < 1:
        rule = "bridge_alone"
    said = {"pair": apart.bridge, "witness": apart.witness}
    shown = {name: _link_line(link) for name, link in said.items() if link is not None}
    if apart.bridge is not None and (apart.bridge.party_l, apart.bridge.party_r) == asked:
        shown["pair"] = say("explain.this_pair", lang)
    return say(f"explain.kept.{rule}", lang, **shown, pairs=pairs, joining=joining)


def _meeting_line(meeting: Meeting, lang: Lang) -> str:
    """How close a rule came."""
    if meeting.cut:
        rule = " + ".join(_fact_names(meeting.shared, lang))
        return say("explain.rule_cut", lang, rule=rule, block=meeting.block)
    said = {"shared": meeting.shared, "differing": meeting.differing, "missing": meeting.missing}
    return "; ".join(
        say(f"explain.rule.{name}", lang, facts=_facts(facts, lang)) for name, facts in said.items() if facts
    )


def _record(party: str) -> str:
    return party.rpartition("/")[0]


def _link_line(link: Link) -> str:
    return f"{_record(link.party_l)} - {_record(link.party_r)}: {link.sentence} ({link.weight:+.1f})"


def growth_lines(customer_id: str, growth: Growth, lang: Lang) -> list[str]:
    """How a customer grew, as lines: the links in order, the weakest bridge, what contradicts, what was kept away."""
    if growth.weakest is None:
        lines = [say("explain.alone", lang, customer=customer_id, record=_record(growth.parties[0]))]
    else:
        lines = [say("explain.grew", lang, customer=customer_id, records=len(growth.parties))]
        lines += ["", _links_table(growth.links, lang), ""]
        lines.append(say("explain.bridge", lang, link=_link_line(growth.weakest)))
        if not all(link.certain or link.decided for link in growth.links):
            lines.append(say("explain.by_others", lang))
    if growth.contradictions:
        lines.append(say("explain.inside", lang))
        lines += [f"  {_link_line(link)}" for link in growth.contradictions[:CLOSEST]]
        lines += _more(len(growth.contradictions), lang)
    if growth.held:
        lines.append(say("explain.held", lang))
        lines += [f"  {_held_line(held, lang)}" for held in growth.held[:CLOSEST]]
        lines += _more(len(growth.held), lang)
    return lines


def _held_line(held: Held, lang: Lang) -> str:
    """A pair that did not join, and why."""
    itself = held.witness is not None and held.witness == held.link
    rule = f"{held.rule}_itself" if itself and held.rule == "contradiction" else held.rule
    rule = "bridge_alone" if rule == "bridge" else rule
    shown = {"pair": _link_line(held.link)}
    if held.witness is not None:
        shown["witness"] = _link_line(held.witness)
    return say(f"explain.kept.{rule}", lang, **shown)


def _links_table(links: Sequence[Link], lang: Lang) -> str:
    rows = [
        (
            i,
            _record(link.party_l),
            _record(link.party_r),
            f"{link.sizes[0]}+{link.sizes[1]}",
            say("explain.by_steward", lang) if link.decided else f"{link.weight:+.1f}",
            f"{link.probability:.3f}",
            link.sentence,
        )
        for i, link in enumerate(links, start=1)
    ]
    heads = [say(f"explain.head.{name}", lang) for name in ("records", "bits", "probability")]
    return table_text(["#", "", "", *heads, ""], rows, most=90)

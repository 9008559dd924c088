"""The parts of a company's name: lead, base, legal form, status, branch, owner, rest."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from crmclean.normalize.legal_form import Form, Word, form_at_end, form_at_front, split_status, split_words
from crmclean.text.fold import collapse
from crmclean.values import Finding

__all__ = ["Parts", "split_parts"]

_LEAD = re.compile(r"^(?:Firma|Fa\.?|Fa\.:|Firma:|Fimra)\s+(?=\S)", re.IGNORECASE)
_OWNER = re.compile(
    r"[\s,;(\-–/]+(?:Inh(?:aber(?:in)?)?\b\.?|Inhab\.|Owner|Prop(?:rietor|\.)|Einzelunternehmer(?:in)?)\s*:?\s*(?P<who>[^()]*)\)?\s*$",
    re.IGNORECASE,
)
_BRANCH = re.compile(
    r"(?P<sep>[\s,;(\-–/]+)(?P<kind>Zweigniederlassung|Niederlassung|NL|Filiale|Fil\.|Zweigstelle|Geschäftsstelle|GS|"
    r"Außenstelle|Aussenstelle|Betriebsstätte|Betriebsstaette|Standort|Repräsentanz|Zweigbetrieb|Hauptniederlassung|"
    r"Branch Office|Branch|Succursale|Sucursal)\b\.?:?\s*(?P<place>[^()]*)\)?\s*$"
)
_USUAL_BRANCH = {"NL": "Niederlassung", "Fil.": "Filiale", "GS": "Geschäftsstelle"}
_SEAT = re.compile(r"^\s*(?:in|mit Sitz in|zu)\s+[A-ZÄÖÜ]\w+(?:[ -][\w.]+){0,3}$")
_GLUED = re.compile(r"(?<=[a-zäöüß]{3})[gG][mM][bB]H\b")
_SPLIT_FORM = re.compile(
    r"^(?P<name>.*\w)\s+(?P<form>GmbH|UG|AG|SE)\s*(?:&|\+|und|u\.)\s*Co\.?\s+(?P<inside>\w[^,;]*?)-?$",
    re.IGNORECASE,
)
# East Asian names are written without blanks around the form.
_GLUED_CJK = re.compile(
    "(株式会社|有限会社|合同会社|一般社団法人|股份有限公司|有限责任公司|有限公司|주식회사|유한회사|㈱|㈜)"
)
_EDGES = " ,;:-–—&+/|_.\t\"'„“”«»"
_ARTICLE = re.compile(r"\s*\((?:The|Die|Der|Das|La|Le|Les|Il|El)\)\s*$", re.IGNORECASE)
# Forms that name a form wherever they stand, so that words may follow them.
_MID = frozenset(
    {"GmbH", "gGmbH", "UG", "OHG", "GbR", "e.K.", "e.V.", "eG", "KGaA", "PartG", "PartG mbB", "LLC", "Inc.",
     "Ltd.", "GmbH & Co. KG", "UG & Co. KG", "AG & Co. KG", "SE & Co. KG", "Ltd. & Co. KG", "AG", "KG", "VVaG",
     "Sagl", "SARL", "SA", "SpA", "Srl", "Sp. z o.o.", "s.r.o.", "d.o.o.", "A/S", "Corp.", "PLC", "AöR", "KdöR"}
)  # fmt: skip
_MID_CASED = frozenset({"AG", "KG", "UG", "SA", "Inc.", "Ltd.", "Corp.", "PLC"})


@dataclass(frozen=True, slots=True)
class Parts:
    """What a company's name is made of, and what was noticed."""

    base: str
    legal_form: str | None = None
    status: str | None = None
    branch: str | None = None
    owner: str | None = None
    form_in_front: bool = False
    findings: tuple[Finding, ...] = ()


def split_parts(text: str) -> Parts:
    """The parts of a company's name; nothing is lost: what is no known part is reported.

    Args:
        text: Visible text without surplus blanks.
    """
    found: list[Finding] = []
    rest = _GLUED.sub(" GmbH", collapse(_unquote(text)))
    rest = collapse(_GLUED_CJK.sub(r" \1 ", rest))
    rest = _LEAD.sub("", rest)
    rest, owner = _take_owner(rest)
    rest, branch = _take_branch(rest)
    rest, status = split_status(rest)
    article = _ARTICLE.search(rest)
    if article is not None:
        rest = rest[: article.start()]
    parts = _with_form(rest, found)
    return replace(parts, status=status, branch=branch, owner=owner, findings=tuple(found))


def _unquote(text: str) -> str:
    if text.count('"') % 2 or (text[:1] == '"' and text[-1:] == '"'):
        text = text.replace('"', "")
    words = text.split()
    if words and '"' in text and form_at_end(split_words(text), len(split_words(text)), text):
        text = text.replace('"', "")
    return text.strip(" „“”«»" if text.count("„") + text.count("«") == 0 else " ")


def _take_owner(text: str) -> tuple[str, str | None]:
    found = _OWNER.search(text)
    if found is None or found.start() == 0:
        return text, None
    who = found["who"].strip(_EDGES.replace(".", ""))
    before = text[: found.start()].rstrip(_EDGES.replace(".", ""))
    words = split_words(who)
    form = form_at_end(words, len(words), who)
    if form is not None and form.first > 0:
        # The form behind the owner is the company's: Inhaber Hans Meyer e.K.
        start = words[form.first].start
        before, who = f"{before} {who[start:]}", who[:start]
    return before, who.strip(_EDGES) or None


def _take_branch(text: str) -> tuple[str, str | None]:
    found = _BRANCH.search(text)
    if found is None or found.start() == 0:
        return text, None
    before, place = (
        text[: found.start()].rstrip(_EDGES.replace(".", "").replace("&", "")),
        found["place"].strip(_EDGES),
    )
    words = split_words(place)
    if form_at_end(words, len(words), place) is not None:
        return text, None
    kind = _USUAL_BRANCH.get(found["kind"], found["kind"])
    if kind in {"Standort", "Branch", "Geschäftsstelle"} and not found["sep"].strip():
        head = split_words(before)
        if form_at_end(head, len(head), before) is None:
            return text, None
    return before, f"{kind} {place}".strip()


def _with_form(text: str, found: list[Finding]) -> Parts:
    words = split_words(text)
    form = form_at_end(words, len(words), text)
    if form is not None and form.first > 0:
        return _cut_at(text, words, form, found)
    front = form_at_front(words, text)
    if front is not None and form is None:
        base = text[words[front.last].start :].strip(' ,;-–"')
        return Parts(_clean(base), front.short, form_in_front=True)
    middle = _form_inside(words, text) if form is None else None
    if middle is not None:
        return _around(text, words, middle, found)
    return Parts(_clean_cut(text, found))


def _cut_at(text: str, words: list[Word], form: Form, found: list[Finding]) -> Parts:
    written = text[words[form.first].start :].strip(" \"'“”)")
    base = _clean(text[: words[form.first].start])
    if form.cut:
        proposal = form.short if form.short.endswith("KG") else f"{form.short} & Co. KG"
        found.append(Finding("legal_form_variant", proposal=proposal, confidence=0.8, field="legal_form"))
    elif written not in {form.short, form.short.replace(".", ""), f"{form.short} (haftungsbeschränkt)"}:
        found.append(Finding("legal_form_variant", proposal=form.short, confidence=1.0, field="legal_form"))
    split = _SPLIT_FORM.match(base) if form.short in {"KG", "KGaA", "OHG"} else None
    if split is not None:
        # GmbH & Co. Betriebs-KG: what stands inside the form belongs to the name.
        return Parts(collapse(f"{split['name']} {split['inside']}"), f"{split['form']} & Co. {form.short}")
    inner = split_words(base)
    second = form_at_end(inner, len(inner), base)
    if second is not None and second.first > 0 and second.short in _MID and second.short != form.short:
        found.append(
            Finding("legal_form_conflict", field="legal_form", detail=f"{second.short} {form.short}")
        )
    return Parts(base, form.short)


def _form_inside(words: list[Word], text: str) -> Form | None:
    """The last sure form that words follow: ``Meyer GmbH Sanitär``, ``X a. G. in Coburg``."""
    for stop in range(len(words) - 1, 1, -1):
        form = form_at_end(words, stop, text)
        if form is None or form.first == 0 or form.short not in _MID or form.cut:
            continue
        before = text[words[form.first].start - 1]
        after = text[words[stop - 1].end : words[stop].start]
        written = text[words[form.first].start : words[stop - 1].end]
        if (
            before == "-"
            or after == "-"
            or (form.short in _MID_CASED and not any(c.isupper() for c in written))
        ):
            continue
        if form.short in {"SA", "AG", "KG"} and written != form.short:
            continue
        if words[stop].key == "of":
            continue  # Potash Corp. of Saskatchewan
        return form
    return None


def _around(text: str, words: list[Word], form: Form, found: list[Finding]) -> Parts:
    before = _clean(text[: words[form.first].start])
    tail = text[words[form.last - 1].end :]
    after = tail.strip(_EDGES + "()")
    if not after:
        return Parts(before, form.short)
    if (
        _SEAT.match(tail.lstrip(". "))
        or tail.lstrip(". ")[:1] in {",", "(", "/", "|", ";", "–"}
        or " - " in tail
    ):
        found.append(Finding("value_in_wrong_field", field="organization", detail=after))
        return Parts(before, form.short)
    found.append(Finding("legal_form_variant", proposal=form.short, confidence=0.7, field="legal_form"))
    return Parts(_clean(f"{before} {after}"), form.short)


def _clean(base: str) -> str:
    cleaned = base.strip(' ,;:-–—&+/|_\t"„“”«»(')
    cleaned = cleaned.removesuffix(" und").removesuffix(" and")
    if cleaned.count("(") > cleaned.count(")"):
        cleaned = cleaned.replace("(", "", 1) if cleaned.count("(") == 1 else cleaned
    return collapse(cleaned) or base.strip()


def _clean_cut(text: str, found: list[Finding]) -> str:
    """The base of a name without a form; a form that was cut off (``Winkler e.``) is reported."""
    cut = re.search(r"\s+(?:e\.|Ges\.|G\.m\.)$", text)
    if cut is not None and cut.start() > 0:
        found.append(Finding("legal_form_unknown", field="legal_form", detail=cut[0].strip()))
        return _clean(text[: cut.start()])
    return _clean(text)

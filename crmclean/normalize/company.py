"""Companies: name, legal form, status, branch, owner; compare form and display form.

A company's name is read from its ends: ``Fa.`` in front; owner, branch, status and legal form
behind. What is left is the base name, spelled as in the source. Traps: a form in the middle of a
name (``Kg-Handel``) is none; ``& Co.`` without a form stays; a wrapped second line is joined
first. Does not ask any register.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from crmclean.normalize.company_parts import Parts, split_parts
from crmclean.normalize.company_words import acronym_of, company_tokens, company_words
from crmclean.normalize.legal_form import normalize_legal_form
from crmclean.normalize.person_or_company import (
    is_name_placeholder,
    is_test_name,
    looks_like_person,
    owner_in,
)
from crmclean.text.fold import collapse, fold, visible
from crmclean.values import Cleaned, Finding

__all__ = [
    "Company",
    "company_tokens",
    "company_words",
    "compare_name",
    "display_name",
    "normalize_company",
    "normalize_legal_form",
]

# The same form has another usual spelling in these countries.
_LOCAL_FORMS = {
    ("SARL", "CH"): "Sàrl", ("SARL", "LU"): "Sàrl", ("Srl", "CH"): "Sàrl", ("Srl", "LU"): "Sàrl", ("Srl", "BE"): "SRL",
    ("AS", "TR"): "A.Ş.", ("AS", "CZ"): "a.s.", ("AS", "SK"): "a.s.",
    ("Srl", "RO"): "SRL", ("SA", "PL"): "S.A.", ("SA", "RO"): "S.A.",
}  # fmt: skip
_LONG = 160
_READINGS = 3
_STATUS_SHOWN = {"in_liquidation": "i.L.", "in_formation": "i.G."}


@dataclass(frozen=True, slots=True)
class Company:
    """A company as named by a record.

    Args:
        name: Display form: base, legal form in its usual short form, status, branch, owner.
        base: Without legal form, status and branch, spelled as in the source.
        legal_form: Usual short form, such as GmbH & Co. KG.
        status: in_liquidation or in_formation.
        branch: Kind and place of a branch, such as ``Niederlassung Ulm``.
        acronym: Given in brackets, the name itself, or made of the initials of three words.
        person: Name of the owner that the company's name holds.
    """

    name: str
    base: str
    legal_form: str | None = None
    status: str | None = None
    branch: str | None = None
    acronym: str | None = None
    person: str | None = None


def normalize_company(
    text: str | None, *, text_2: str | None = None, country: str | None = None
) -> Cleaned[Company]:
    """The company a text names, or None with the reason.

    A legal form is never invented, nor reported missing: sole traders and authorities have none. A person's name (``Uwe Hoffmann``) is kept as the base and
    reported as ``company_is_person``.

    Args:
        text: Company field.
        text_2: Second line of the field, joined with a blank (systems wrap long names).
        country: Two letters where known; some forms are spelled differently there (Sàrl, a.s.).

    Example:
        >>> normalize_company("Fa. Müller & Söhne G.m.b.H.").value.name
        'Müller & Söhne GmbH'
    """
    return _normalize(text or "", text_2 or "", country or "")


@lru_cache(maxsize=65536)
def _normalize(text: str, text_2: str, country: str) -> Cleaned[Company]:
    raw = f"{text} {text_2}".strip() if text_2.strip() else text
    seen = collapse(visible(unicodedata.normalize("NFC", raw)))
    if not seen:
        return Cleaned(raw, None, "empty", (Finding("empty"),))
    lines = [s for s in (collapse(visible(text)), collapse(visible(text_2))) if not is_name_placeholder(s)]
    if not any(lines):
        return Cleaned(raw, None, "invalid", (Finding("placeholder"),))
    joined = collapse(unicodedata.normalize("NFC", _join_lines(lines)))
    parts = _settled(joined, country)
    if not any(c.isalnum() for c in parts.base):
        return Cleaned(raw, None, "invalid", (Finding("placeholder"),))
    value = _company(parts)
    if is_name_placeholder(value.name):
        return Cleaned(raw, None, "invalid", (Finding("placeholder"),))
    issues = _issues(parts, value, raw, seen)
    if any(f.code in {"company_is_person", "legal_form_conflict"} for f in issues):
        return Cleaned(raw, value, "ambiguous", issues)
    return Cleaned(raw, value, "ok" if value.name == raw else "repaired", issues)


def _settled(text: str, country: str) -> Parts:
    """The parts whose display form is read as the same parts again.

    Texts that hold several forms or branches may need a second reading; what never settles is left whole.
    """
    parts = _local(text, country)
    for _ in range(_READINGS):
        name = _company(parts).name
        if name == text:
            return parts
        again = _local(name, country)
        if _company(again).name == name:
            return replace(again, findings=parts.findings) if parts.base != again.base else parts
        parts = replace(again, findings=(*parts.findings, *again.findings))
    return Parts(text, findings=parts.findings)


def _local(text: str, country: str) -> Parts:
    parts = split_parts(text)
    local = _LOCAL_FORMS.get((parts.legal_form or "", country.upper()))
    return parts if local is None else replace(parts, legal_form=local)


def _join_lines(lines: list[str]) -> str:
    """The lines as one; a second line that repeats the first one whole replaces it."""
    if len(lines) == 2 and fold(lines[1]).startswith(fold(lines[0])):
        return lines[1]
    return " ".join(lines)


def _company(parts: Parts) -> Company:
    person = parts.owner or owner_in(parts.base)
    name = parts.base
    if parts.legal_form is not None:
        at_front = parts.form_in_front
        name = f"{parts.legal_form} {parts.base}" if at_front else f"{parts.base} {parts.legal_form}"
    if parts.status is not None:
        name += f" {_STATUS_SHOWN[parts.status]}"
    if parts.branch is not None:
        name += f", {parts.branch}"
    if parts.owner is not None:
        name += f", Inh. {parts.owner}"
    return Company(
        name, parts.base, parts.legal_form, parts.status, parts.branch, acronym_of(parts.base), person
    )


def _issues(parts: Parts, value: Company, raw: str, seen: str) -> tuple[Finding, ...]:
    found = list(parts.findings)
    if raw != seen:
        found.append(Finding("whitespace"))
    if len(seen) > _LONG:
        found.append(Finding("too_long"))
    if is_test_name(parts.base):
        found.append(Finding("test_data"))
    if parts.status is not None:
        found.append(Finding("company_" + parts.status))
    if parts.branch is not None:
        found.append(Finding("branch_in_name", field="branch", detail=parts.branch))
    if parts.legal_form is None and parts.branch is None and parts.owner is None:
        likely = looks_like_person(value.base)
        if likely >= 0.7:
            found.append(Finding("company_is_person", confidence=round(likely, 2)))
    return tuple(found)


def display_name(company: Company) -> str:
    """The name as it is shown: base, usual short legal form, status, branch, owner."""
    return company.name


def compare_name(text: str | None) -> str:
    """The compare form of a company's name: folded words without form, status and branch.

    For matching only, never shown.

    Example:
        >>> compare_name("Fa. Müller & Söhne G.m.b.H.")
        'mueller soehne'
    """
    value = normalize_company(text).value
    return "" if value is None else " ".join(company_tokens(value.base))

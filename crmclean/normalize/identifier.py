"""Identifiers of companies, persons and accounts in compact form, checked.

Source: the norms as python-stdnum implements them (check digits ISO 7064, ISO 13616 for IBAN, ISO
17442 for LEI, national rules for tax and register numbers). Labels in front (USt-IdNr.:) are taken
off. A German register number without its court is kept and flagged: HRB 49263 exists at many courts.
Asks no service whether a number is in use. A valid number is never called invalid for want of a
rule: kinds and countries without one keep their compact form.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from crmclean.normalize.text import empty_or_placeholder
from crmclean.text.fold import INVISIBLE, collapse
from crmclean.values import Cleaned, Finding, Status

__all__ = ["Identifier", "IdentifierKind", "normalize_identifier"]

IdentifierKind = Literal[
    "vat", "iban", "bic", "register", "lei", "tax", "customer_no", "national", "isin", "wkn", "leitweg", "eic",
    "other",
]  # fmt: skip
_MODULES: dict[tuple[str, str], tuple[str, ...]] = {
    ("vat", "CH"): ("ch.vat", "ch.uid"),
    ("vat", "LI"): ("ch.vat", "ch.uid"),
    ("vat", "GB"): ("gb.vat",),
    ("vat", "NO"): ("no.mva",),
    ("register", "DE"): ("de.handelsregisternummer",),
    ("register", "AT"): ("at.businessid",),
    ("register", "CH"): ("ch.uid",),
    ("tax", "DE"): ("de.idnr", "de.stnr"),
    ("tax", "AT"): ("at.tin",),
    ("tax", "LI"): ("li.peid",),
    ("tax", "CH"): ("ch.uid",),
    ("national", "DE"): ("de.idnr",),
    ("national", "AT"): ("at.vnr",),
    ("national", "CH"): ("ch.ssn",),
    ("wkn", ""): ("de.wkn",),
    ("leitweg", ""): ("de.leitweg",),
    ("iban", ""): ("iban",),
    ("bic", ""): ("bic",),
    ("lei", ""): ("lei",),
    ("isin", ""): ("isin",),
    ("eic", ""): ("eu.eic",),
    ("vat", ""): ("eu.vat",),
}
_LABEL = re.compile(
    r"^(?:"
    r"(?:EU-?|EG-)?(?:USt|Umsatzsteuer|MwSt|MWST|VAT|TVA|IVA|UID|TIN|Steuer|St(?![.\s]+(?!nr|id|num)[a-zäöü]{3})|IdNr|Id|SV|AHV|AVS|NAVS13|Sozialversicherungs|"
    r"Versicherungs|Firmenbuch|Handelsregister|Registergericht|HReg|Kunden?|Kd|Debitor(?:en)?|Customer|Client|Konto|"
    r"Mitglieds?|LEI|IBAN|BIC|SWIFT|ISIN|WKN|Leitweg|EIC|ZVR|PEID)"
    r"(?:[\s.\-/]*(?:Ident(?:ifikations)?|Id|numeros?|nummer|number|code|Nr|No|num))*(?:[\s.]*[:#=]+\s*|\.\s*|\s+)"
    r"|Nr\.?\s*:?\s*|#\s*)",
    re.IGNORECASE,
)
_COURT = re.compile(
    r"\b(?:Amtsgerichts?|Registergericht|Handelsregister|AG|beim|am(?=\s+Amtsgericht)|des|Nr\.?|B\.?:)(?=[\s:.])[\s:.]*",
    re.IGNORECASE,
)
# How courts are written, and how the register court's directory writes them.
_COURT_NAMES = (
    (re.compile(r"\s(?:i\.\s?Br(?:\.|eisgau)|im Breisgau)", re.IGNORECASE), " "),
    (re.compile(r"\sv\.?\s?d\.?\s?H(?:öhe|\.)|\svor der Höhe", re.IGNORECASE), " v.d.H."),
    (
        re.compile(r"(?<=Frankfurt)\s?(?:a\.\s?M(?:\.|ain)|/\s?(?:Main|M\.)|\(Main\))", re.IGNORECASE),
        " am Main",
    ),
    (re.compile(r"(?<=Ludwigshafen)\s(?:a\.\s?Rh(?:\.|ein)|am Rhein)", re.IGNORECASE), " a.Rhein"),
)
_REGISTER = re.compile(
    r"(?P<kind>HR\s?[AB]|GnR|PR|VR|GsR)[\s.:]*(?P<number>\d[\d\s]*?)(?P<rest>\s*[A-Z]{1,3})?$", re.IGNORECASE
)
_REGISTER_FIRST = re.compile(
    r"^(?P<kind>HR\s?[AB]|GnR|PR|VR|GsR)[\s.:]*(?P<number>\d+(?:\s?[A-Z]{1,2}(?=[\s,(]))?)[\s,(]+(?P<court>[^\d()]{3,}?)\)?$",
    re.IGNORECASE,
)
_FOREIGN_REGISTER = re.compile(
    r"(?!HR|GN|VR|PR|GS)[A-Z]{0,4}[ .-]?(?=(?:\D?\d){5})\d[\d .-]*[A-Z]?", re.IGNORECASE
)
"""A number of a register we do not know (Companies House, SIREN ...), where no country is named."""
_KINDS = {"HRA": "HRA", "HRB": "HRB", "GNR": "GnR", "PR": "PR", "VR": "VR", "GSR": "GsR"}
_PREFIX = re.compile(r"^\s*([A-Z]{2})[\s.-]*[A-Z0-9]", re.IGNORECASE)
_VAT_PREFIXES = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "EL",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
        "XI",
    ]
)
_SWISS_SUFFIX = re.compile(r"\s*(?:MWST|TVA|IVA|TPV|HR|RC)\.?$", re.IGNORECASE)
_FLOAT = re.compile(r"(\d+)[.,]0+")
_SEPARATORS = re.compile(r"[\s.\-/_]+")


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier: without separators, of which kind and country ("" where it has none)."""

    compact: str
    kind: IdentifierKind
    country: str


def normalize_identifier(
    text: str, *, kind: IdentifierKind, country: str | None = None
) -> Cleaned[Identifier]:
    """The identifier in compact form, or None with the reason.

    Args:
        text: As found in the source; may be empty.
        kind: What the column holds. "customer_no" and "other" have no check digit.
        country: Alpha-2 of the row; decides the rule where the number does not name its country.

    Example:
        >>> normalize_identifier("USt-IdNr.: de 136 695 976", kind="vat").value.compact
        'DE136695976'
        >>> normalize_identifier("HRB 49263", kind="register", country="DE").issues[0].code
        'id_court_missing'
    """
    empty = empty_or_placeholder(text)
    if empty is not None:
        return Cleaned(text, None, empty.status, empty.issues)
    findings: list[Finding] = []
    clean = _unlabelled(collapse(INVISIBLE.sub("", text)), findings)
    if not any(c.isalnum() for c in clean) or set(clean) <= set("0 .-/"):
        return Cleaned(text, None, "empty", (*findings, Finding("placeholder")))
    region = country.upper() if country else ""
    if kind in {"customer_no", "other"}:
        return _built(text, _free(clean), kind, "", findings)
    if kind == "vat":
        region = _vat_region(clean, region, findings)
    if kind == "register" and region in {"", "DE"}:
        return _register(text, clean, region, findings)
    return _checked(text, clean, kind, region, findings)


def _built(
    text: str, compact: str, kind: IdentifierKind, country: str, findings: list[Finding]
) -> Cleaned[Identifier]:
    status: Status = "repaired" if findings else "ok"
    return Cleaned(text, Identifier(compact, kind, country), status, tuple(findings))


def _unlabelled(text: str, findings: list[Finding]) -> str:
    bare = _LABEL.sub("", text, count=1)
    if bare != text and any(c.isdigit() for c in bare):
        findings.append(Finding("id_label_removed"))
        return bare.strip(" :.#")
    return text


def _free(text: str) -> str:
    """A number without rule: no blanks, capitals; the spreadsheet's .0 is taken off."""
    found = _FLOAT.fullmatch(text)
    return found[1] if found else re.sub(r"\s+", "", text).upper()


def _vat_region(text: str, region: str, findings: list[Finding]) -> str:
    """The country of a VAT number: its prefix before the row's country."""
    found = _PREFIX.match(text)
    prefix = found[1].upper() if found else ""
    if text[:3].upper() == "CHE":
        prefix = "CH"
    if prefix not in _VAT_PREFIXES | {"CH", "GB", "NO", "LI"}:
        return region
    prefix = "GR" if prefix == "EL" else prefix
    if region and prefix != region and (prefix, region) != ("CH", "LI"):
        findings.append(Finding("id_country_mismatch", detail=prefix))
    return prefix


@cache
def _module(name: str) -> Any:
    return importlib.import_module(f"stdnum.{name}")


def _checked(
    text: str, clean: str, kind: IdentifierKind, region: str, findings: list[Finding]
) -> Cleaned[Identifier]:
    """The number after the rules of its kind and country; the first rule that holds wins."""
    names = _MODULES.get((kind, region)) or _MODULES.get((kind, ""))
    if names is None:
        if kind in {"tax", "national", "register"}:
            findings.append(Finding("id_type_unclear"))
        return _built(text, _SEPARATORS.sub("", clean).upper(), kind, region, findings)
    number = _SWISS_SUFFIX.sub("", clean) if names == ("ch.uid",) else clean
    if names == ("eu.vat",) and region and not _PREFIX.match(clean):
        number = f"{'EL' if region == 'GR' else region}{clean}"
    elif names == ("eu.vat",) and region == "AT" and clean[:1].upper() == "U":
        number = f"AT{clean}"
    code = "id_format"
    for name in names:
        try:
            compact = str(_module(name).validate(number))
        except ValidationError as error:
            code = _code(error)
            continue
        return _built(text, compact, kind, _country(kind, region, compact), findings)
    return Cleaned(text, None, "invalid", (*findings, Finding(code)))


def _code(error: ValidationError) -> str:
    if isinstance(error, InvalidChecksum):
        return "id_checksum"
    return "id_length" if isinstance(error, InvalidLength) else "id_format"


def _country(kind: IdentifierKind, region: str, compact: str) -> str:
    """The country that the number names itself, else the rule's."""
    if kind in {"iban", "isin"} or (kind == "vat" and not region):
        return compact[:2]
    if kind == "bic":
        return compact[4:6]
    return "" if kind in {"lei", "eic"} else ("DE" if kind in {"wkn", "leitweg"} else region)


def _register(text: str, clean: str, region: str, findings: list[Finding]) -> Cleaned[Identifier]:
    """A German register number; other countries' numbers by their own look if no country is given."""
    if not region and re.match(r"^FN\s?\d+\s?[a-z]$", clean, re.IGNORECASE):
        return _checked(text, clean.lower().replace(" ", ""), "register", "AT", findings)
    if not region and clean[:3].upper() == "CHE":
        return _checked(text, clean, "register", "CH", findings)
    bare = collapse(_COURT.sub(" ", clean).replace(",", " ").replace(";", " "))
    for pattern, usual in _COURT_NAMES:
        bare = collapse(pattern.sub(usual, bare))
    swapped = _REGISTER_FIRST.match(bare)
    if swapped:
        bare = f"{swapped['court'].strip()} {swapped['kind']} {swapped['number']}"
    alone = _REGISTER.match(bare)
    if alone:
        kind = _KINDS[alone["kind"].replace(" ", "").upper()]
        number = re.sub(r"\s", "", alone["number"])
        rest = f" {alone['rest'].strip().upper()}" if alone["rest"] else ""
        return _built(
            text, f"{kind} {number}{rest}", "register", "DE", [*findings, Finding("id_court_missing")]
        )
    if not region and _FOREIGN_REGISTER.fullmatch(bare):
        return _built(
            text, _SEPARATORS.sub("", bare).upper(), "register", "", [*findings, Finding("id_type_unclear")]
        )
    return _checked(text, bare, "register", "DE", findings)

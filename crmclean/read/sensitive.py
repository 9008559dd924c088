"""Columns that are not read: special categories of personal data, private matters, free notes.

Source: GDPR art. 9(1) (religion, health, party, union, ethnic origin ...) and data minimisation,
art. 5(1)(c): family, hobbies, nationality are not needed to know a customer. Such a column reaches
neither records nor frames unless the configuration names it with a purpose (`read.sensitive`,
`read.notes`). Decided by header, and for religion and marital status by values as well.
"""

from __future__ import annotations

from typing import Literal

from crmclean.config import ReadConfig
from crmclean.read.content import Content
from crmclean.read.headers import Header, parse_header
from crmclean.text.fold import fold

__all__ = ["Kept", "is_named", "kept_out", "private_kind"]

Kept = Literal["sensitive", "note"]
_SENSITIVE = frozenset(
    [
        "religion",
        "konfession",
        "konf",
        "glaube",
        "glauben",
        "glaubensbekenntnis",
        "religionszugehoerigkeit",
        "kirchensteuer",
        "kirche",
        "faith",
        "denomination",
        "religious",
        "hobby",
        "hobbys",
        "hobbies",
        "freizeit",
        "kind",
        "kinder",
        "children",
        "child",
        "kids",
        "kinderzahl",
        "anzahlkinder",
        "partner",
        "ehepartner",
        "ehegatte",
        "ehemann",
        "ehefrau",
        "lebenspartner",
        "spouse",
        "husband",
        "wife",
        "gesundheit",
        "health",
        "krankheit",
        "krankheiten",
        "allergie",
        "allergien",
        "diagnose",
        "diagnosis",
        "disability",
        "behinderung",
        "schwerbehinderung",
        "medikamente",
        "krankenkasse",
        "krankenversicherung",
        "blutgruppe",
        "partei",
        "parteimitglied",
        "parteizugehoerigkeit",
        "politics",
        "political",
        "gewerkschaft",
        "gewerkschaftsmitglied",
        "union",
        "nationalitaet",
        "nationality",
        "staatsangehoerigkeit",
        "staatsbuergerschaft",
        "citizenship",
        "ethnicity",
        "ethnie",
        "ethnisch",
        "race",
        "herkunftsland",
        "migration",
        "hautfarbe",
        "familienstand",
        "zivilstand",
        "marital",
        "maritalstatus",
        "sexualitaet",
        "sexuell",
        "orientierung",
        "sexualorientation",
        "lieblingsverein",
        "favouriteclub",
        "rauchverhalten",
        "raucher",
        "smoker",
        "haustier",
        "haustiere",
        "pets",
        "pet",
        "vorstrafen",
        "strafregister",
        "criminal",
        "schufa",
        "biometric",
        "gewicht",
        "weight",
        "koerpergroesse",
    ]
)
_PHRASES = frozenset(
    "sexual orientation|marital status|favourite club|favorite club|trade union|political party|number of children|"
    "anzahl kinder|kinder anzahl|name des partners|name of spouse|health insurance|date of death|government id number|"
    "regierungsnr|ethnic origin|ethnic group|jahrestag partner|hochzeitstag".replace(" ", "").split("|")
)
_NOTES = frozenset(
    [
        "notiz",
        "notizen",
        "note",
        "notes",
        "bemerkung",
        "bemerkungen",
        "bem",
        "anmerkung",
        "anmerkungen",
        "kommentar",
        "kommentare",
        "comment",
        "comments",
        "remark",
        "remarks",
        "memo",
        "freitext",
        "gespraechsnotiz",
        "gespraechsnotizen",
        "beschreibung",
        "description",
        "hinweis",
        "hinweise",
        "info",
        "infos",
        "sonstiges",
        "besonderheiten",
        "kundennotiz",
        "vermerk",
        "vermerke",
        "interne",
        "langtext",
        "infotext",
        "feedback",
        "protokoll",
        "remarque",
        "remarques",
        "annotation",
        "biographie",
        "bio",
        "about",
        "notizfeld",
        "textfeld",
        "wunsch",
        "wuensche",
    ]
)
_RELIGIONS = frozenset(
    [
        "rk",
        "ev",
        "evangelisch",
        "katholisch",
        "roemisch-katholisch",
        "protestantisch",
        "muslimisch",
        "islam",
        "juedisch",
        "buddhistisch",
        "konfessionslos",
        "catholic",
        "protestant",
        "muslim",
        "jewish",
        "hindu",
        "atheist",
        "orthodox",
        "christlich",
        "ohne",
        "vd",
        "isl",
    ]
)
_MARITAL = frozenset(
    [
        "ledig",
        "verheiratet",
        "geschieden",
        "verwitwet",
        "single",
        "married",
        "divorced",
        "widowed",
        "vh",
        "led",
        "gesch",
        "verpartnert",
        "getrennt",
    ]
)


def kept_out(header: Header, content: Content, config: ReadConfig) -> Kept | None:
    """Why the column is left unread, or None if it may be read.

    A column that the configuration names with a purpose (whatever its spelling) is read.
    """
    kind = private_kind(header, content)
    return None if kind is None or is_named(header, config, kind) else kind


def is_named(header: Header, config: ReadConfig, kind: Kept) -> bool:
    """Whether the configuration names the column with a purpose for which it is read."""
    named = config.sensitive if kind == "sensitive" else config.notes
    return header.compact in {parse_header(name).compact for name in named}


def private_kind(header: Header, content: Content) -> Kept | None:
    """What kind of private column it is, whatever the configuration says; None for other columns."""
    if _sensitive_words(header) or _sensitive_values(content):
        return "sensitive"
    words = set(header.words)
    if header.compact in _NOTES or (words & _NOTES and not words & _NOT_NOTES):
        return "note"
    compound = header.words[-1] if header.words else ""
    if compound.endswith(
        ("notiz", "notizen", "bemerkung", "bemerkungen", "anmerkung", "kommentar", "vermerk")
    ):
        return "note"
    return None


_ALONE = frozenset(["partner", "kind", "weight", "gewicht", "race", "union", "child", "kirche"])
"""Words that are sensitive only as the whole header: "Partner-Nr." and "Kind of business" are not."""
_NOT_NOTES = frozenset(
    [
        "email",
        "mail",
        "phone",
        "telefon",
        "id",
        "nr",
        "nummer",
        "adresse",
        "address",
        "kontakt",
        "contact",
        "datum",
        "date",
        "am",
        "at",
    ]
)


def _sensitive_words(header: Header) -> bool:
    if header.compact in _PHRASES or header.compact in _SENSITIVE or header.stem in _SENSITIVE:
        return True
    words = set(header.words)
    return bool(words & (_SENSITIVE - _ALONE)) and not words & _NOT_NOTES


def _sensitive_values(content: Content) -> bool:
    words = [fold(value).rstrip(".") for value in content.sample]
    if not 1 < len(words) <= 40:
        return False
    return max(sum(w in _RELIGIONS for w in words), sum(w in _MARITAL for w in words)) >= 0.8 * len(words)

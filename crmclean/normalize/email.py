"""E-mail addresses.

Source: RFC 5321, 5322, 6531 and IDNA 2008 as email-validator applies them, without asking the DNS.
Stricter where a CRM has to be: no quoted local part, no comment, no address literal, no bare
top-level domain, at most 64 characters before the @. The local part keeps its capitals and its +tag;
only the match key folds them. Does not ask whether a mailbox exists.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from crmclean.normalize.email_domain import is_disposable, is_freemail, is_role, known_tld, suggest_domain
from crmclean.normalize.text import empty_or_placeholder
from crmclean.text.fold import fold
from crmclean.values import Cleaned, Finding, Status

__all__ = [
    "PLACEHOLDER_DOMAINS",
    "PLACEHOLDER_LOCALS",
    "DomainFacts",
    "Email",
    "domain_facts",
    "normalize_email",
]

# format characters that copying leaves behind; control characters inside are an error, not a blemish
_HIDDEN = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9_-]+(?:[.+][A-Za-z0-9_-]+)*")
_ENDS = " \t\n\r\x0b\x0c\x00\u2003\u2002\u202f\u3000"
_DISPLAY = re.compile(
    r"^\s*(?P<name>[^<>@]*|\"[^\"]*\")\s*<\s*(?:mailto:)?(?P<address>[^<>]*)>\s*$", re.IGNORECASE
)
_TRAILING = re.compile(r"^(?P<address>\S+@\S+)\s+\((?P<name>[^()@]*)\)$")
_ENCLOSED = re.compile(
    r"^[\[(<'\"\u2018\u2019\u201c\u201d]+(?P<address>[^\s()<>\"']+@[^\s()<>\"']+?)[\])>'\"\u2018\u2019\u201c\u201d]+$"
)
_SPLIT = re.compile(r"\s*[;,|\n\r]\s*|\s+(?:und|oder|and|or|bzw\.?)\s+|\s+[/&]?\s*|\s*/\s*(?=[^/@\s]+@)")
_MASKED = re.compile(
    r"^(?P<local>[\w.+-]+)\s*(?:[\[({<]\s*(?:at|ät|@)\s*[\])}>]|\s+(?:at|ät|@)\s+)\s*(?P<domain>[\w-]+(?:\s*(?:\.|[\[({<]\s*(?:dot|punkt|\.)\s*[\])}>]|\s(?:dot|punkt)\s)\s*[\w-]+)+)$",
    re.IGNORECASE,
)
_DOT = re.compile(r"\s*(?:[\[({<]\s*(?:dot|punkt|\.)\s*[\])}>]|\s(?:dot|punkt)\s)\s*", re.IGNORECASE)
PLACEHOLDER_LOCALS = frozenset(
    [
        "keine",
        "kein",
        "none",
        "noemail",
        "nomail",
        "no",
        "keinemail",
        "keineemail",
        "unbekannt",
        "unknown",
        "nichtangegeben",
        "na",
        "ohne",
        "dummy",
        "fehlt",
        "xxx",
        "xx",
        "test123",
    ]
)
PLACEHOLDER_DOMAINS = frozenset(
    [
        "angabe.de",
        "angaben.de",
        "email.invalid",
        "keine.de",
        "keineangabe.de",
        "nomail.com",
        "nomail.de",
        "noemail.com",
        "none.com",
        "unbekannt.de",
        "xx.de",
        "xxx.de",
        "xxx.xx",
        "dummy.de",
        "dummy.com",
        "example.invalid",
        "noreply.invalid",
    ]
)


@dataclass(frozen=True, slots=True)
class Email:
    """One address.

    Args:
        address: As stored: domain in lower case and Unicode, local part as written.
        key: Match key: folded, googlemail.com as gmail.com, without +tag.
        local: Part before the @.
        domain: Part after it.
        is_role: Mailbox of a function (info@), not of a person.
        is_freemail: Domain of a provider of private mailboxes.
        is_disposable: Throw-away address; None if the list is not installed.
        display_name: Name that stood with the address.
    """

    address: str
    key: str
    local: str
    domain: str
    is_role: bool
    is_freemail: bool
    is_disposable: bool | None
    display_name: str | None = None


def normalize_email(text: str) -> Cleaned[tuple[Email, ...]]:
    """The addresses of a cell, or None with the reason.

    Example:
        >>> normalize_email("Info@Müller.DE").value[0].address
        'Info@müller.de'
        >>> normalize_email("max@gmial.com").issues[0].proposal
        'max@gmail.com'
    """
    plain = _fast(text)
    if plain is not None:
        return plain
    empty = empty_or_placeholder(text)
    if empty is not None:
        return Cleaned(text, None, empty.status, empty.issues)
    findings: list[Finding] = []
    clean = _prepared(text, findings)
    emails: dict[str, Email] = {}
    for piece, name in _pieces(clean, findings):
        email, found = _one(piece, name)
        findings += found
        if email is not None:
            emails.setdefault(email.address, email)
    if len(emails) > 1:
        findings.append(Finding("email_multiple", detail=str(len(emails))))
    return _cleaned(text, tuple(emails.values()), tuple(dict.fromkeys(findings)))


def _cleaned(
    text: str, emails: tuple[Email, ...], findings: tuple[Finding, ...]
) -> Cleaned[tuple[Email, ...]]:
    if not emails:
        status: Status = "empty" if any(f.code == "placeholder" for f in findings) else "invalid"
        return Cleaned(text, None, status, findings or (Finding("email_syntax"),))
    if any(f.code in _ERRORS for f in findings):
        status = "ambiguous"
    else:
        status = "repaired" if any(f.code in _REPAIRS for f in findings) else "ok"
    return Cleaned(text, emails, status, findings)


_REPAIRS = frozenset({"whitespace", "invisible_characters", "email_display_name", "email_multiple"})
_ERRORS = frozenset(
    {
        "email_syntax", "email_no_at", "email_double_at", "email_blank", "email_dot", "email_domain_invalid",
        "email_reserved_domain", "email_local_too_long", "email_quoted_local", "email_address_literal",
    }
)  # fmt: skip


def _fast(text: str) -> Cleaned[tuple[Email, ...]] | None:
    """The result for a plain address, None for all others; agrees with the full path."""
    local, at, domain = text.partition("@")
    if not at or len(local) > 64 or len(text) > 200 or not _PLAIN_LOCAL.fullmatch(local):
        return None
    facts = domain_facts(domain)
    if isinstance(facts, str) or _is_placeholder(local, facts.unicode):
        return None
    email = _built(local, facts, None)
    return Cleaned(text, (email,), "ok", _notes(email, facts))


@dataclass(frozen=True, slots=True)
class DomainFacts:
    """What is known of a valid domain."""

    unicode: str
    ascii: str
    freemail: bool
    disposable: bool | None
    tld: bool
    suggestion: tuple[str, float] | None


@lru_cache(maxsize=200_000)
def domain_facts(domain: str) -> DomainFacts | str:
    """The facts of a domain, or the code of why it is none; asked once per distinct domain."""
    try:
        checked = validate_email(f"x@{domain}", check_deliverability=False, strict=True)
    except EmailNotValidError as error:
        return _domain_reason(domain, str(error))
    name = str(checked.domain).lower()
    plain = str(checked.ascii_domain or "").lower()
    return DomainFacts(
        name, plain, is_freemail(plain), is_disposable(plain), known_tld(plain), suggest_domain(plain)
    )


def _domain_reason(domain: str, message: str) -> str:
    if domain.startswith("["):
        return "email_address_literal"
    if re.search(r"\s", domain):
        return "email_blank"
    if "special-use" in message or "reserved" in message:
        return "email_reserved_domain"
    if ".." in domain or domain.startswith(".") or domain.endswith("."):
        return "email_dot"
    return "email_domain_invalid"


def _is_placeholder(local: str, domain: str) -> bool:
    """Whether the address only fills the field: keine@angabe.de, noreply@example.invalid."""
    name = local.lower().replace(".", "").replace("-", "").replace("_", "")
    return domain in PLACEHOLDER_DOMAINS or (
        name in PLACEHOLDER_LOCALS
        and (
            domain.partition(".")[0] in {"mail", "email", "e-mail", "test", "domain", "angabe", "adresse"}
            or name in {"noemail", "nomail", "keinemail", "keineemail", "keine", "nichtangegeben"}
        )
    )


def _built(local: str, facts: DomainFacts, name: str | None) -> Email:
    host = "gmail.com" if facts.unicode == "googlemail.com" else facts.unicode
    base = local.partition("+")[0] or local
    key = f"{fold(base) if not base.isascii() else base.lower()}@{host}"
    return Email(
        f"{local}@{facts.unicode}",
        key,
        local,
        facts.unicode,
        is_role(local),
        facts.freemail,
        facts.disposable,
        name,
    )


def _notes(email: Email, facts: DomainFacts) -> tuple[Finding, ...]:
    notes: list[Finding] = []
    if facts.suggestion is not None:
        better, confidence = facts.suggestion
        notes.append(Finding("email_domain_typo", f"{email.local}@{better}", confidence))
    if not facts.tld:
        notes.append(Finding("email_tld_unknown"))
    if email.is_role:
        notes.append(Finding("email_role"))
    if email.is_disposable:
        notes.append(Finding("email_disposable"))
    if facts.unicode != facts.ascii:
        notes.append(Finding("email_idn"))
    if not email.local.isascii():
        notes.append(Finding("email_smtputf8"))
    return tuple(notes)


# What forms and signatures put in front: E-Mail: max@firma.de
_LABEL = re.compile(r"^(?:e-?mail(?:-?adresse)?|mail)\s*:\s*(?=\S+@)", re.IGNORECASE)


def _prepared(text: str, findings: list[Finding]) -> str:
    clean = _HIDDEN.sub("", text)
    if clean != text:
        findings.append(Finding("invisible_characters"))
    trimmed = clean.replace("\u00a0", " ").strip(_ENDS)
    if trimmed != clean:
        findings.append(Finding("whitespace"))
    if trimmed[:7].lower() == "mailto:":
        trimmed = trimmed[7:].partition("?")[0].strip()
    bare = _LABEL.sub("", trimmed)
    if bare != trimmed:
        findings.append(Finding("email_display_name"))
    return bare


def _pieces(text: str, findings: list[Finding]) -> list[tuple[str, str | None]]:
    """The addresses of a cell with the name that stands with each."""
    single = _named(text)
    if single[1] is not None:
        findings.append(Finding("email_display_name"))
        return [single]
    if text.count("@") < 2 or text.startswith('"'):
        return [single]
    parts = (
        [p for p in _SPLIT.split(text) if p and "@" in p]
        if "<" not in text
        else re.split(r"[;,]\s*(?=[^>]*<)", text)
    )
    pieces = [_named(part.strip()) for part in parts]
    return pieces if len(pieces) > 1 and all(p[0].count("@") == 1 for p in pieces) else [single]


def _named(text: str) -> tuple[str, str | None]:
    """The address and its display name; the name is "" where only brackets stood."""
    found = _DISPLAY.match(text) or _TRAILING.match(text)
    if found:
        return found["address"].strip(), found["name"].strip(" \"'") or None
    enclosed = _ENCLOSED.match(text)
    return (enclosed["address"].removeprefix("mailto:"), None) if enclosed else (text, None)


def _one(text: str, name: str | None) -> tuple[Email | None, list[Finding]]:
    """The address of one piece, or the reason why it is none, with what was probably meant."""
    local, at, domain = text.rpartition("@")
    facts = domain_facts(domain) if at else "email_no_at"
    reason = facts if isinstance(facts, str) else _local_reason(local)
    if reason == "email_no_at" or _MASKED.match(text):
        masked = _MASKED.match(text)
        if masked:
            return None, [
                Finding("email_obfuscated", f"{masked['local']}@{_DOT.sub('.', masked['domain'])}", 0.9)
            ]
    if isinstance(facts, str) or reason:
        return None, [_refusal(reason, local, domain)]
    if _is_placeholder(local, facts.unicode):
        return None, [Finding("placeholder")]
    if not _fits(text):
        return None, [Finding("email_syntax", detail="too_long")]
    email = _built(unicodedata.normalize("NFC", local), facts, name)
    return email, list(_notes(email, facts))


def _fits(text: str) -> bool:
    """Whether the whole is within 254 octets (RFC 5321), also with the domain in ASCII."""
    try:
        validate_email(text, check_deliverability=False, strict=True)
    except EmailNotValidError:
        return False
    return True


def _local_reason(local: str) -> str:
    """Why the part before the @ is not valid; empty if it is."""
    try:
        validate_email(f"{local}@example.org", check_deliverability=False, strict=True)
    except EmailNotValidError:
        pass
    else:
        return ""
    if "@" in local and '"' not in local:
        return "email_double_at"
    if '"' in local:
        return "email_quoted_local"
    if re.search(r"\s", local):
        return "email_blank"
    if len(local) > 64:
        return "email_local_too_long"
    if ".." in local or local.startswith(".") or local.endswith("."):
        return "email_dot"
    return "email_syntax"


def _refusal(reason: str, local: str, domain: str) -> Finding:
    """The finding for an address that is not valid, with the address that was probably meant.

    Characters that no domain has are left out (max@#gmail.com), a comma is read as a dot.
    """
    kept = re.sub(r"[^\w.-]", "", domain.lower().replace(",", ".")).strip(".-")
    repaired = re.sub(r"\.{2,}", ".", kept)
    if reason in {"email_domain_invalid", "email_dot", "email_blank"} and repaired != domain.lower():
        facts = domain_facts(repaired)
        if not isinstance(facts, str) and facts.tld and not _local_reason(local):
            return Finding(reason, f"{local}@{repaired}", 0.7)
    return Finding(reason)

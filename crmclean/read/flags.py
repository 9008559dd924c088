"""Consent columns of customer files: flags with their channel and direction, dates and proof.

``Newsletter``, ``Einwilligung Telefon`` say yes; ``Werbesperre``, ``Do Not Call`` say no. A consent
word with dates below it is the time of the declaration, never an identity. Who does not want the
newsletter has not forbidden all e-mail, so it is a field of its own. What a flag is worth is decided by
the consent stage: here it is a claim.
"""

from __future__ import annotations

import re

from crmclean.read.content import Content
from crmclean.read.headers import Header

__all__ = ["consent_field"]

_DENIES = re.compile(
    r"keine?(?:werb|mail|e?mail|post|anruf|telefon|newsletter|kontakt|sms|fax)|werbesperre|sperr(?:e|vermerk)|gesperrt|robinson"
    r"|optout|optedout|unsubscri|abgemeldet|abbestellt|widersp|widerruf|donot|dont|nomail|noemail|nocall|nophone|nopost|nosms"
    r"|blacklist|suppress|nichtanrufen|werbeverbot|nichtkontakt|werbungnein|stopp?mail"
)
_GRANTS = re.compile(
    r"newsletter|rundbrief|infobrief|optin|optedin|einwillig|zustimm|consent|erlaub|permission|einverst|subscri|werbung(?:ja|ok|erwuenscht)?$"
    r"|marketing(?:mail|email|ok|consent|allowed|acceptance)|accepts|darf|agree|werbe(?:einw|erl|zust)|dsgvo|gdpr|mailing(?:ja|ok)?$|doi$|mayemail|maycall|maycontact"
)
_NEWSLETTER = re.compile(r"newsletter|rundbrief|infobrief|^nl|nl$")
_WIDER = re.compile(r"werb|marketing|sms|whatsapp|messenger|fax")
"""A newsletter named together with all advertising, or on another channel than e-mail."""
_CHANNELS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("sms", re.compile(r"sms|mobilemessage")),
    ("messenger", re.compile(r"whatsapp|messenger|signal|telegram")),
    ("fax", re.compile(r"fax")),
    ("email", re.compile(r"e?mail|newsletter|rundbrief|infobrief|^nl|nl$")),
    ("phone", re.compile(r"tele?fon|phone|call|anruf|(?<![a-z])tel")),
    ("post", re.compile(r"post|brief|letter|katalog|catalog|print")),
    ("push", re.compile(r"push")),
    ("visit", re.compile(r"besuch|visit")),
)
_POSTAL_MAIL = re.compile(r"postal|postmail|directmail|briefpost|bulkpostal")
_TIMED = re.compile(r"datum|date|timestamp|zeit(?:punkt)?$|seit$|since|time$|(?:^|[^a-z])(?:am|at|on)$")
_CONFIRMS = re.compile(r"confirm|bestaetig|doi|doubleopt")
_PROOF = re.compile(r"ip$|ipad|nachweis|beleg|proof|evidence|wortlaut|version")
_ORIGIN = re.compile(r"quelle|source|herkunft|formular|origin|kanal|channel|woher")


def consent_field(header: Header, content: Content) -> str | None:
    """The consent field of a column whose header speaks of consent; None if it does not.

    The field is "-" where the words are about consent but the values say nothing that can be used.

    Example:
        >>> from crmclean.read.headers import parse_header
        >>> consent_field(parse_header("Email Opt Out"), Content((), 0.0, 0.0))
        'optout_email'
    """
    compact = header.compact
    denies = bool(_DENIES.search(compact))
    if not denies and not _GRANTS.search(compact):
        return None
    dated = content.share("date", "compact_date") >= 0.5
    if dated or (_is_timed(header) and content.share("flag") < 0.5):
        return _date_field(header, denies=denies)
    if _PROOF.search(compact) or content.share("ip") >= 0.5:
        return "consent_evidence"
    if _ORIGIN.search(compact) and content.share("flag") < 0.5:
        return "consent_origin"
    if not content.empty and content.share("flag") < 0.5 and len(content.sample) > 6:
        return "-"
    return f"{'optout' if denies else 'optin'}_{_channel(compact)}"


def _is_timed(header: Header) -> bool:
    return bool(_TIMED.search(header.compact)) and (
        header.words[-1]
        in {"am", "at", "on", "seit", "datum", "date", "time", "timestamp", "zeit", "zeitpunkt", "since"}
        or "datum" in header.compact
        or "date" in header.compact
    )


def _date_field(header: Header, *, denies: bool) -> str:
    if denies:
        return "consent_withdrawn_at"
    return "consent_confirmed_at" if _CONFIRMS.search(header.compact) else "consent_given_at"


def _channel(compact: str) -> str:
    """The channel a header names; ``newsletter`` where it is about that alone."""
    if _POSTAL_MAIL.search(compact):
        return "post"
    if _NEWSLETTER.search(compact) and not _WIDER.search(compact):
        return "newsletter"
    return next((name for name, pattern in _CHANNELS if pattern.search(compact)), "any")

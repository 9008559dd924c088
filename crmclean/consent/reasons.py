"""Reason codes of decisions, the law they rest on, and what the sender owes.

The codes are a contract: they are never renamed. Their sentences are in `crmclean.messages.consent`.
Source of the legal bases: GDPR; UWG (DE) 7, 7a; TKG 2021 (AT) 174; UWG (CH) 3.
"""

from __future__ import annotations

__all__ = ["DENIED", "NUMBERED", "REASONS", "UNPROVEN", "YES", "basis_of", "obligations_of"]

YES = frozenset(
    {"CONSENT", "CONTRACT", "EXISTING_CUSTOMER", "LEGAL_OBLIGATION", "LEGITIMATE_INTEREST"}
    | {"LIVE_CALL_PERMITTED", "PRESUMED_CONSENT"}
)
DENIED = frozenset({"BLOCKED", "DECLINED", "ERASED", "OBJECTED", "RESTRICTED", "SUPPRESSED", "WITHDRAWN"})
UNPROVEN = frozenset({"LEGACY_UNPROVEN", "NOT_PROVEN", "NOT_SPECIFIC", "PENDING_CONFIRMATION"})
REASONS = tuple(
    sorted(
        YES
        | DENIED
        | UNPROVEN
        | {"CONTACT_POINT_INVALID", "CONTACT_POINT_NOT_COVERED", "CONTROLLER_NOT_COVERED", "EXPIRED"}
        | {"EXTERNAL_OPT_OUT_LIST", "INVALIDATED", "MINOR", "NO_CONSENT", "SHARED_CONTACT_POINT"}
        | {"SOFT_OPT_IN_INCOMPLETE", "STALE"}
    )
)
# Channels whose contact point is a telephone number.
NUMBERED = frozenset({"phone", "sms", "messenger", "fax", "robocall"})
_WRITTEN = frozenset({"email", "sms", "messenger", "fax"})
_CALLS = frozenset({"phone", "robocall"})
_FIXED = {
    "CONTRACT": "GDPR 6(1)(b)",
    "LEGAL_OBLIGATION": "GDPR 6(1)(c)",
    "LEGITIMATE_INTEREST": "GDPR 6(1)(f)",
    "LIVE_CALL_PERMITTED": "UWG-CH 3(1)(u)",
    "PRESUMED_CONSENT": "UWG 7(2) no. 1",
}
_CONSENT = {"DE": "UWG 7(2)", "AT": "TKG 174", "CH": "UWG-CH 3(1)(o)"}
_CUSTOMER = {"DE": "UWG 7(3)", "AT": "TKG 174(4)", "CH": "UWG-CH 3(1)(o)"}


def basis_of(reason: str, channel: str, country: str) -> str | None:
    """The legal basis of a yes; None for a no."""
    if reason == "CONSENT":
        law = _CONSENT.get(country, "ePrivacy 13(1)")
        return "GDPR 6(1)(a)" if channel in {"post", "visit", "push"} else f"GDPR 6(1)(a); {law}"
    if reason == "EXISTING_CUSTOMER":
        return _CUSTOMER.get(country, "ePrivacy 13(2)")
    return _FIXED.get(reason)


def obligations_of(reason: str, channel: str, country: str) -> tuple[str, ...]:
    """What the sender owes with a yes, as codes; nothing for a no.

    record_use: each call to a consumer starts the five years of UWG 7a(2) anew.
    """
    if reason not in YES:
        return ()
    owed: list[str] = []
    if reason not in {"CONTRACT", "LEGAL_OBLIGATION"}:
        if channel in _WRITTEN | {"push"}:
            owed.append("unsubscribe_link")
        if reason != "CONSENT":
            owed.append("right_to_object_notice")
        if channel == "phone" and country == "DE":
            owed.append("record_use")
    if channel in _CALLS:
        owed.append("caller_id_shown")
    if channel in _WRITTEN | {"post"}:
        owed.append("sender_identity")
    return tuple(owed)

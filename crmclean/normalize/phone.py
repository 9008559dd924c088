"""Telephone numbers to E.164.

Source: ITU-T E.164 and the numbering plans as libphonenumber's metadata knows them; spellings of
DIN 5008. A national number needs a country: without one nothing is guessed. The result says where
the region came from, because a wrong country makes valid wrong numbers (Austrian 0664/1234567 is
valid in Germany too). Does not ask whether a number is in service.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import phonenumbers
from phonenumbers.phonemetadata import PhoneMetadata

from crmclean.normalize.phone_fast import read_plain, trunk_of
from crmclean.normalize.phone_model import Phone, PhoneKind, RegionSource
from crmclean.normalize.phone_plan import Plan, Rule, make_plan
from crmclean.normalize.phone_text import Stretch, digits_of, placeholder_digits, scientific, stretches
from crmclean.normalize.text import empty_or_placeholder
from crmclean.values import Cleaned, Finding, Status

__all__ = ["Phone", "PhoneKind", "RegionSource", "dialled", "normalize_phone", "plan_of"]

_KINDS: dict[int, PhoneKind] = {
    0: "landline", 1: "mobile", 2: "landline_or_mobile", 3: "freephone", 4: "premium",
    5: "shared_cost", 6: "voip", 7: "personal", 8: "pager", 9: "uan", 10: "voicemail",
}  # fmt: skip
_ORDER: tuple[tuple[str, PhoneKind], ...] = (
    ("premium_rate", "premium"), ("toll_free", "freephone"), ("shared_cost", "shared_cost"),
    ("voip", "voip"), ("personal_number", "personal"), ("pager", "pager"), ("uan", "uan"),
    ("voicemail", "voicemail"), ("fixed_line", "landline"), ("mobile", "mobile"),
)  # fmt: skip
_SECOND = re.compile(r"\s*[/\\]\s*(?=\+|0|\(0)|(?<=\d)\s*(?=\+)|\s+/\s+")
_BLANK_SECOND = re.compile(r"(?<=\d)\s+(?=\+|0)")
_BRACKETED_CODE = re.compile(r"^\(\s*(\+|00)\s*(\d{1,3})\s*\)")
_ZERO_AFTER_CODE = re.compile(r"^(\+ *\d{1,3}[ /.-]*)\(0\)")
_LONGEST = 11
_NOT_IN_PLAN = frozenset({"phone_invalid_for_region", "phone_too_long", "phone_too_short"})
_EMERGENCY = frozenset({"110", "112", "117", "118", "122", "133", "140", "141", "144", "147", "911", "999"})
_POSSIBLE = phonenumbers.ValidationResult
_REASONS = {
    _POSSIBLE.TOO_SHORT: "phone_too_short",
    _POSSIBLE.TOO_LONG: "phone_too_long",
    _POSSIBLE.IS_POSSIBLE_LOCAL_ONLY: "phone_too_short",
    _POSSIBLE.INVALID_COUNTRY_CODE: "phone_unparseable",
}


def normalize_phone(
    text: str, *, country: str | None = None, assumed: bool = False
) -> Cleaned[tuple[Phone, ...]]:
    """The numbers of a cell in E.164, or None with the reason.

    Several numbers in one cell make several phones. Letters O and l between digits are read as
    0 and 1, a lost plus or trunk zero is put back: then the status is "ambiguous".

    Args:
        text: As found in the source; may be empty.
        country: ISO 3166-1 alpha-2 of the row; without it a national number is
            ``phone_region_missing``.
        assumed: Whether `country` is a default rather than the row's own.

    Example:
        >>> normalize_phone("030 998408-0", country="DE").value[0].e164
        '+49309984080'
        >>> normalize_phone("030 998408-0").issues[0].code
        'phone_region_missing'
    """
    region = country.upper() if country else None
    source: RegionSource = "assumed" if assumed else "country"
    plain = read_plain(text, region, source, plan_of)
    if plain is not None:
        return plain
    empty = empty_or_placeholder(text)
    if empty is not None:
        return Cleaned(text, None, empty.status, empty.issues)
    return _full(text, region if region in phonenumbers.SUPPORTED_REGIONS else None, source)


def _metadata(region: str) -> Any:
    """The metadata of a supported region, loaded by phonenumbers on first use."""
    return PhoneMetadata.metadata_for_region(region)


@cache
def plan_of(region: str) -> Plan:
    """The plan of a region from the metadata of the installed phonenumbers."""
    metadata = _metadata(region)
    descs = ((getattr(metadata, name), kind) for name, kind in _ORDER)
    rules = [_rule(desc, kind) for desc, kind in descs if desc is not None and desc.national_number_pattern]
    fixed = metadata.fixed_line.possible_length or (0,)
    return make_plan(
        region,
        str(metadata.country_code),
        _rule(metadata.general_desc, "other"),
        rules,
        open_lengths=max(fixed) - min(fixed) >= 4,
    )


def _rule(desc: Any, kind: PhoneKind) -> Rule:
    return Rule(kind, desc.national_number_pattern, tuple(desc.possible_length))


def dialled(issues: tuple[Finding, ...]) -> str | None:
    """The number as it would be dialled where it is not in the numbering plan, from its findings.

    No number to store or to call: evidence that two records hold the same digits.

    Example:
        >>> dialled(normalize_phone("0151 2757567", country="DE").issues)
        '+491512757567'
    """
    for finding in issues:
        if finding.code in _NOT_IN_PLAN and finding.proposal is not None:
            return finding.proposal
    return None


def _full(text: str, region: str | None, source: RegionSource) -> Cleaned[tuple[Phone, ...]]:
    """The result for anything; slow and thorough."""
    is_scientific, digits = scientific(text)
    if is_scientific:
        proposal = f"+{digits}" if digits and _valid(f"+{digits}", None) else None
        finding = Finding("phone_scientific_notation", proposal, 0.7 if proposal else None)
        return Cleaned(text, None, "invalid", (finding,))
    if placeholder_digits(text) and not text.strip().startswith("+"):
        return Cleaned(text, None, "empty", (Finding("phone_placeholder"),))
    parts = [part for stretch in stretches(text) for part in _parts(stretch, region)]
    if not parts:
        return Cleaned(text, None, "invalid", (Finding("phone_unparseable"),))
    phones: dict[str, Phone] = {}
    findings: list[Finding] = []
    for part in parts:
        phone, found = _one(part, region, source)
        findings += found
        if phone is not None:
            phones.setdefault(phone.e164, phone)
    if len(phones) > 1:
        findings.append(Finding("phone_multiple", detail=str(len(phones))))
    return _cleaned(text, tuple(phones.values()), tuple(dict.fromkeys(findings)))


_GUESSED = frozenset({"phone_plus_lost", "phone_letters", "leading_zeros_lost"})
_REFUSED = frozenset(
    {
        "phone_unparseable", "phone_too_short", "phone_too_long", "phone_invalid_for_region",
        "phone_region_missing", "phone_emergency", "phone_placeholder",
    }
)  # fmt: skip


def _cleaned(
    text: str, phones: tuple[Phone, ...], findings: tuple[Finding, ...]
) -> Cleaned[tuple[Phone, ...]]:
    codes = {f.code for f in findings}
    if not phones:
        return Cleaned(text, None, "invalid", findings)
    status: Status = "ok" if codes <= {"phone_region_assumed", "phone_premium"} else "repaired"
    if codes & (_GUESSED | _REFUSED):
        status = "ambiguous"
    return Cleaned(text, phones, status, findings)


def _parts(stretch: Stretch, region: str | None) -> Iterator[Stretch]:
    """The stretch, or its parts where it holds two numbers without a word between them.

    The second starts like a number (0, +) and each is valid alone; or it does not, but the whole
    is longer than numbers are (the plan allows 15 digits in Berlin): then only the first is read.
    """
    for pattern in (_SECOND, _BLANK_SECOND):
        pieces = [p for p in pattern.split(stretch.text) if digits_of(p)]
        if len(pieces) < 2:
            continue
        long = _length(stretch.text, region) > _LONGEST
        restart = all(p.lstrip(" (")[:1] in {"+", "0"} for p in pieces[1:])
        if restart and (long or pattern is _SECOND) and all(_valid(p, region) for p in pieces):
            for n, piece in enumerate(pieces, 1):
                yield Stretch(piece, stretch.extension if n == len(pieces) else None, stretch.codes)
            return
        if not restart and long and _valid(pieces[0], region):
            yield Stretch(pieces[0], None, (*stretch.codes, "phone_multiple"))
            return
    yield stretch


def _length(text: str, region: str | None) -> int:
    """Digits of the national number; very many where it cannot be read."""
    parsed = _parse(_international(text, region), region)
    return 99 if isinstance(parsed, str) else len(phonenumbers.national_significant_number(parsed))


def _parse(text: str, region: str | None) -> phonenumbers.PhoneNumber | str:
    """The parsed number, or the code of what is wrong with it."""
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            return (
                "phone_region_missing" if region is None and not text.startswith("+") else "phone_unparseable"
            )
        if error.error_type == phonenumbers.NumberParseException.TOO_LONG:
            return "phone_too_long"
        return "phone_too_short" if digits_of(text) else "phone_unparseable"


def _valid(text: str, region: str | None) -> bool:
    parsed = _parse(_international(text, region), region)
    return not isinstance(parsed, str) and phonenumbers.is_valid_number(parsed)


def _international(text: str, region: str | None) -> str:
    """The number with + for 00 (also without a country) and without (0) behind the country code."""
    clean = _BRACKETED_CODE.sub(r"\1\2 ", text.strip())
    if clean.startswith("00") and (region is None or _prefix(region) == "00"):
        clean = "+" + clean[2:].lstrip(" (/-.")
    return _ZERO_AFTER_CODE.sub(r"\1", clean)


@cache
def _prefix(region: str) -> str:
    return str(_metadata(region).international_prefix)


def _one(part: Stretch, region: str | None, source: RegionSource) -> tuple[Phone | None, list[Finding]]:
    """The phone of one stretch, and what was found on the way."""
    findings = [Finding(code) for code in part.codes]
    digits = digits_of(part.text)
    if digits in _EMERGENCY:
        return None, [*findings, Finding("phone_emergency")]
    if placeholder_digits(part.text):
        return None, [*findings, Finding("phone_placeholder")]
    clean = _international(part.text, region)
    if (
        clean.startswith("+")
        and re.sub(r"^00|[\s]", "", part.text) != re.sub(r"\s", "", clean)
        and "(0)" in part.text
    ):
        findings.append(Finding("phone_trunk_zero"))
    restored = _lost_plus(clean, region)
    if restored is not None:
        findings.append(Finding("phone_plus_lost", confidence=0.95))
        clean = restored
    parsed = _parse(clean, region)
    reason = parsed if isinstance(parsed, str) else _refusal(parsed)
    if isinstance(parsed, str) or reason:
        return None, [*findings, _refused(reason, parsed, digits)]
    return _built(parsed, part, clean, source, findings), findings


def _plus_fits(digits: str) -> bool:
    return len(digits) >= 10 and digits[0] != "0" and _valid(f"+{digits}", None)


def _lost_plus(text: str, region: str | None) -> str | None:
    """The number with its plus where a spreadsheet took it: 4915228817386.

    It starts with the country's own code and has no trunk zero, while the country writes
    national numbers with one.
    """
    if region is None or text[:1] in {"+", "0", "("}:
        return None
    code = str(phonenumbers.country_code_for_region(region))
    digits = digits_of(text)
    if not digits.startswith(code) or not _valid(f"+{digits}", None):
        return None
    parsed = phonenumbers.parse(digits, region)
    if not phonenumbers.is_valid_number(parsed) or _writes_zero(parsed) or len(digits) - len(code) >= 10:
        return f"+{digits}"
    return None


def _writes_zero(parsed: phonenumbers.PhoneNumber) -> bool:
    shown = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return str(shown).lstrip("(").startswith("0")


def _refusal(parsed: phonenumbers.PhoneNumber) -> str:
    """Why the number is not valid; empty if it is."""
    if phonenumbers.is_valid_number(parsed):
        return ""
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    return _REASONS.get(reason, "phone_invalid_for_region")


def _refused(reason: str, parsed: phonenumbers.PhoneNumber | str, digits: str) -> Finding:
    """The finding for a number that is not valid.

    Its proposal is the number as it would be dialled (the plan may be older than the number), or
    the international reading of digits without a country.
    """
    if reason == "phone_region_missing" and _plus_fits(digits):
        return Finding(reason, f"+{digits}", 0.6)
    if isinstance(parsed, str):
        return Finding(reason)
    number = _without_trunk_zero(parsed)
    return Finding(reason) if len(number) < 7 else Finding(reason, f"+{parsed.country_code}{number}", 0.3)


def _without_trunk_zero(parsed: phonenumbers.PhoneNumber) -> str:
    """The national number as dialled from abroad.

    phonenumbers leaves the trunk zero (+41 079 ...) where the number is not in the plan without it.
    """
    number = str(phonenumbers.national_significant_number(parsed))
    region = phonenumbers.region_code_for_country_code(int(parsed.country_code or 0))
    if region not in phonenumbers.SUPPORTED_REGIONS or _metadata(region).national_prefix != "0":
        return number
    return number.removeprefix("0")


def _built(
    parsed: phonenumbers.PhoneNumber, part: Stretch, clean: str, source: RegionSource, findings: list[Finding]
) -> Phone:
    """The phone of a valid number; adds what its kind and notation say to the findings."""
    region = phonenumbers.region_code_for_number(parsed) or "001"
    kind = _KINDS.get(phonenumbers.number_type(parsed), "other")
    origin: RegionSource = "number" if clean.startswith("+") else source
    if origin == "assumed":
        findings.append(Finding("phone_region_assumed"))
    if origin != "number" and clean.lstrip("(")[:1] != "0" and _writes_zero(parsed):
        findings.append(Finding("leading_zeros_lost", confidence=0.9))
    extension = part.extension or parsed.extension or None
    if extension:
        findings.append(Finding("phone_extension"))
    if kind == "premium":
        findings.append(Finding("phone_premium"))
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    number = phonenumbers.national_significant_number(parsed)
    trunk = (
        trunk_of(clean, number, kind, plan_of(region)) if region in phonenumbers.SUPPORTED_REGIONS else None
    )
    return Phone(str(e164), kind, extension, region, origin, trunk)

"""The short way for plain German, Austrian and Swiss numbers, which are most of what a CRM holds.

Nothing but digits and usual separators, one number, no extension: then the digits and the numbering
plan decide. Everything else takes the long way in `phone.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from crmclean.normalize.phone_model import Phone, RegionSource
from crmclean.normalize.phone_plan import Plan
from crmclean.normalize.phone_text import placeholder_digits
from crmclean.values import Cleaned, Finding, Status

__all__ = ["FAST_CODES", "read_plain", "trunk_of"]

_PLAIN = re.compile(r"(?P<prefix>\+|00|\(?0)(?P<rest>[1-9()][\d /().-]*\d)")
FAST_CODES = {"49": "DE", "43": "AT", "41": "CH"}
_TRUNK_ZERO = re.compile(r"^(\+|00)(\d{1,3})([ /.-]*)\(0\)")
_TRUNK = re.compile(r"^(?P<trunk>.*\d.*?[^\d+(]\D*\d{3,})\s*-\s*(?P<extension>\d{1,5})$")
_DOUBTFUL = re.compile(r"/\s*[0-]|--")
_DROP = str.maketrans("", "", " /-.()")


def read_plain(
    text: str, region: str | None, source: RegionSource, plan_of: Callable[[str], Plan]
) -> Cleaned[tuple[Phone, ...]] | None:
    """The result for plain German, Austrian and Swiss numbers, None for all others.

    Agrees with the full path (property test); anything doubtful goes there.

    Args:
        text: As found.
        region: The row's country.
        source: Where that country comes from.
        plan_of: The numbering plan of a region.
    """
    found = _PLAIN.fullmatch(text)
    if not found:
        return None
    findings: tuple[Finding, ...] = ()
    origin: RegionSource = "number"
    if found["prefix"] in {"+", "00"}:
        bare = _TRUNK_ZERO.sub(r"\1\2 ", text) if "(0)" in text else text
        digits = bare.translate(_DROP).lstrip("+")
        if found["prefix"] == "00" and region is not None and region not in FAST_CODES.values():
            return None  # dials abroad otherwise, perhaps
        digits = digits.removeprefix("00") if found["prefix"] == "00" else digits
        target = FAST_CODES.get(digits[:2])
        number = digits[2:]
        if bare is not text:
            findings = (Finding("phone_trunk_zero"),)
    else:
        bare, target = text, region if region in FAST_CODES.values() else None
        number, origin = text.translate(_DROP)[1:], source
        if source == "assumed":
            findings = (Finding("phone_region_assumed"),)
    if target is None or number[:1] == "0" or not _safe(bare, number):
        return None
    plan = plan_of(target)
    kind = plan.kind_of(number)
    if kind is None or kind in {"premium", "landline_or_mobile"}:
        return None
    trunk = trunk_of(bare, number, kind, plan)
    phone = Phone(f"+{plan.code}{number}", kind, None, target, origin, trunk)
    status: Status = "repaired" if origin == "number" and findings else "ok"
    return Cleaned(text, (phone,), status, findings)


def _safe(text: str, number: str) -> bool:
    """Whether the text can only be one number: nothing for the full path to look at."""
    if len(number) > 11 or len(set(number)) < 3 or text.count("(") > 1:
        return False
    if text.isdigit():
        return not placeholder_digits(text)
    return not ("/" in text or "--" in text) or not _DOUBTFUL.search(text)


def trunk_of(text: str, number: str, kind: str, plan: Plan) -> str | None:
    """The switchboard of a number written with a hyphen before the direct dialling digits.

    Only where landline numbers are of open length, and where at least area code and
    subscriber stand before the hyphen: 0231-55201 has none, 0231-55201-0 has.
    """
    if "-" not in text or kind != "landline" or not plan.open_lengths:
        return None
    found = _TRUNK.match(text.removeprefix(f"+{plan.code}").removeprefix(f"00{plan.code}").lstrip(" -/(0"))
    if not found:
        return None
    extension = found["extension"]
    base = number.removesuffix(extension)
    groups = re.findall(r"\d+", found["trunk"])
    if len(groups[-1]) < len(extension) or len(base) < 4:
        return None
    return f"+{plan.code}{base}"

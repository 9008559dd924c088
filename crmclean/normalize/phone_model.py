"""What a telephone number is once it is understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Phone", "PhoneKind", "RegionSource"]

PhoneKind = Literal[
    "mobile", "landline", "landline_or_mobile", "freephone", "premium", "shared_cost", "voip", "personal",
    "pager", "uan", "voicemail", "other",
]  # fmt: skip
RegionSource = Literal["number", "country", "assumed"]


@dataclass(frozen=True, slots=True)
class Phone:
    """One number.

    Args:
        e164: +4930998408012; direct dialling digits after a hyphen belong to it.
        kind: Kind of number as the numbering plan says.
        extension: Extension given in words (App. 12), not dialled through.
        region: ISO 3166-1 alpha-2; "001" for numbers of no country.
        region_source: Whether the number itself, the row's country or an assumption says so.
        trunk: E.164 without the direct dialling digits after the hyphen: the switchboard.
    """

    e164: str
    kind: PhoneKind
    extension: str | None
    region: str
    region_source: RegionSource
    trunk: str | None = None

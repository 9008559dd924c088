"""`Cleaned`: what a value function returns, and `Finding`: one thing it noticed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

__all__ = ["Cleaned", "Finding", "Status"]

T = TypeVar("T")
Status = Literal["ok", "repaired", "ambiguous", "invalid", "empty"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed about a value.

    Args:
        code: Issue code, registered in `crmclean.issues`.
        proposal: A better value, not applied.
        confidence: Of the proposal, 0 to 1.
        field: Part of the value it is about, where the value has parts.
        detail: What completes the sentence (a count, a code), never needed to understand it.
    """

    code: str
    proposal: str | None = None
    confidence: float | None = None
    field: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Cleaned(Generic[T]):
    """What a text means and what was noticed; the raw text is always kept.

    A value of None comes with at least one finding, except for an empty text with status "empty"
    (which carries the finding ``empty``).
    """

    raw: str
    value: T | None
    status: Status
    issues: tuple[Finding, ...] = ()

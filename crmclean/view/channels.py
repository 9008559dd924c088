"""Which channel a customer prefers, which is allowed, and by which one can be reached: three answers.

Preferred is what the customer said, else what was observed: who came in by which way in the last
twelve months, a contact counting half as much after three months. Whether it is allowed is the consent
of the last run; whether it can be used is the matter of a valid contact point that does not fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from crmclean.text.fold import fold
from crmclean.view.ways import channel_of

__all__ = ["channel_answers", "channel_figures"]

_STATED = frozenset(
    {
        "preferred channel", "bevorzugter kanal", "bevorzugter kontaktweg", "wunschkanal", "kontaktwunsch",
        "kontaktweg", "preferred contact method", "preferred contact", "contact preference", "kontaktpraeferenz",
    }
)  # fmt: skip
_HALF_DAYS, _SEEN_DAYS = 91.0, 365.0
_CHANNELS = ("email", "phone", "sms", "messenger", "fax", "post")
_PLACE = ("street", "po_box")


def channel_answers(
    view: Mapping[str, Any], touchpoints: pd.DataFrame, today: float, failed: Mapping[str, str]
) -> dict[str, Any]:
    """Preferred, allowed and reachable channels.

    Keys: preferred (channel or None), basis (stated, observed, or None), observed (channel -> share),
    usable (preferred and allowed and reachable), channels (per channel: allowed, purposes, reasons,
    reachable, why).

    Args:
        view: The view so far: qualifications, permissions, contacts, addresses.
        touchpoints: The customer's contacts, from `with_cases`.
        today: Day of the view, in days since 1970.
        failed: Keys that failed last, with the time; "post" for the address.
    """
    stated = _stated(view["qualifications"])
    observed = _observed(touchpoints, today)
    preferred = stated or next(iter(observed), None)
    channels = {
        channel: _allowed(view["permissions"], channel) | _reachable(view, channel, failed)
        for channel in _CHANNELS
    }
    own = channels.get(preferred or "", {})
    return {
        "preferred": preferred,
        "basis": "stated" if stated else "observed" if preferred else None,
        "observed": observed,
        "usable": bool(own.get("allowed") and own.get("reachable")),
        "channels": channels,
    }


def _stated(qualifications: Iterable[Mapping[str, Any]]) -> str | None:
    said = [q for q in qualifications if fold(str(q.get("name", ""))) in _STATED and q.get("value")]
    said.sort(key=lambda q: str(q.get("observed_at") or ""))
    return channel_of(str(said[-1]["value"])) if said else None


def _observed(touchpoints: pd.DataFrame, today: float) -> dict[str, float]:
    """Share of each way in what came in, weighted by recency, the greatest first."""
    came = touchpoints[touchpoints["direction"].ne("out")]
    age = today - came["days"].to_numpy(dtype=float)
    recent = (age >= -1) & (age <= _SEEN_DAYS)
    weights = pd.Series(0.5 ** (np.maximum(age[recent], 0) / _HALF_DAYS))
    sums = weights.groupby(came.loc[recent, "way"].to_numpy()).sum()
    total = float(sums.sum())
    shares = {str(way): round(float(s) / total, 3) for way, s in sums.items() if way} if total else {}
    return dict(sorted(shares.items(), key=lambda item: (-item[1], item[0])))


def _allowed(permissions: Sequence[Mapping[str, Any]], channel: str) -> dict[str, Any]:
    own = [p for p in permissions if p["channel"] == channel]
    yes = sorted({str(p["purpose"]) for p in own if p["allowed"]})
    reasons = sorted({str(p.get("reason", "")) for p in own if bool(p["allowed"]) == bool(yes)})
    return {"allowed": bool(yes) if own else None, "purposes": yes, "reasons": reasons}


def _reachable(view: Mapping[str, Any], channel: str, failed: Mapping[str, str]) -> dict[str, Any]:
    if channel == "post":
        places = [
            a
            for a in view["addresses"]
            if a.get("status") != "former"
            and any(a.get(p) for p in _PLACE)
            and (a.get("city") or a.get("postal_code"))
        ]
        if not places:
            return {"reachable": False, "why": "no_point"}
        return (
            {"reachable": False, "why": "failed"} if "post" in failed else {"reachable": True, "why": "point"}
        )
    kind = {"sms": "phone", "messenger": "phone"}.get(channel, channel)
    points = [c for c in view["contacts"] if c["kind"] == kind]
    if channel in {"sms", "messenger"}:
        points = [c for c in points if c.get("type") == "mobile"]
    if not points:
        return {"reachable": False, "why": "no_point"}
    valid = [c for c in points if c.get("valid")]
    if not valid:
        return {"reachable": False, "why": "invalid"}
    if all(c.get("value") in failed for c in valid):
        return {"reachable": False, "why": "failed"}
    return {"reachable": True, "why": "point"}


def channel_figures(touchpoints: pd.DataFrame) -> list[dict[str, Any]]:
    """Per way how many contacts came in and went out, the first and the last; the most used first."""
    found: dict[str, dict[str, Any]] = {}
    columns = (touchpoints[name].tolist() for name in ("way", "direction", "at"))
    for way, direction, at in zip(*columns, strict=True):
        row = found.setdefault(str(way), {"way": str(way), "in": 0, "out": 0, "first": None, "last": None})
        row["out" if direction == "out" else "in"] += 1
        if isinstance(at, str):
            row["first"] = min(at, row["first"] or at)
            row["last"] = max(at, row["last"] or at)
    return sorted(found.values(), key=lambda r: (-int(r["in"]) - int(r["out"]), str(r["way"])))

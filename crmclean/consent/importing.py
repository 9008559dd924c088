"""Consent events out of files: words understood, bad rows refused one by one, doubles dropped.

A row that names no person, no channel, an unknown kind or purpose, an unreadable date or a date to
come is refused with its file and line; everything else is kept, also what proves nothing.
"""

from __future__ import annotations

import hashlib
import json
from json.encoder import encode_basestring
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.config import ConsentConfig
from crmclean.consent.clock import DAY, Moment, instant, iso_text
from crmclean.consent.event import CONTENT, NAMESPACE, RESTRICTIVE, present, truth
from crmclean.consent.frames import MISSING, map_distinct, moments
from crmclean.consent.policy import Policy, policy_of
from crmclean.consent.words import channel_of, event_of, purpose_of
from crmclean.errors import ConsentError
from crmclean.issues import issue_table
from crmclean.tables import CONSENTS, ISSUES, Consents, Issues

__all__ = ["finish_consents", "import_consents"]

Mask = npt.NDArray[np.bool_]
# Kinds that speak of the person or of a sale, not of a channel.
_NO_CHANNEL = frozenset(
    {"blocked", "unblocked", "correction", "erased", "existing_customer", "merged", "restricted"}
    | {"unmerged", "unrestricted", "external_list"}
)
_FLAGS = ("value", "address_from_sale", "notice_at_collection")
# Where a text such as 0 or x means what it says and is no placeholder.
_KEYS = frozenset({*_FLAGS, "source", "record_id", "source_event_id", "event_id", "file"})
# Times, numbers and addresses in full are no placeholders; there may be millions of them.
_SURE = r"\d{4}-\d\d-\d\dT[\d:]{8}Z|\+[1-9]\d{7,14}|[\w.+-]+@[\w.-]+\.[A-Za-z]{2,}"
_PROOF = ("text_version", "evidence_ref", "origin")


def import_consents(
    events_frame: pd.DataFrame, config: ConsentConfig, *, as_of: Moment
) -> tuple[Consents, Issues]:
    """The consent events of a file and what was wrong with it.

    Args:
        events_frame: Columns as in the table `consents`; channel, purpose and event in the words
            of the source; times in any form that is read; contact points normalised.
        config: Time zone and own words.
        as_of: The day of the run; an event more than a day after it, and after the day it was
            written down, is refused.

    Returns:
        The events, each once, ordered by time and id; and one finding per refused or weak row.

    Raises:
        ConsentError: `as_of` is unreadable.
    """
    policy = policy_of(config)
    today = instant(as_of, policy.timezone, end=True)
    if today is None:
        raise ConsentError("the day of the import is missing or unreadable", hint="such as 2024-05-01")
    raw = _texts(events_frame)
    frame = raw.copy()
    frame["event"] = map_distinct(raw["event"], lambda t: event_of(t, policy.event_map), None)
    frame["channel"] = map_distinct(raw["channel"], lambda t: channel_of(t, policy.channel_map), None)
    frame["purpose"] = map_distinct(raw["purpose"], lambda t: purpose_of(t, policy.purpose_map), None)
    refused = _refusals(raw, frame, policy, today)
    findings = [_findings(raw, mask, code, field) for code, field, mask in refused]
    kept = frame[~np.logical_or.reduce([mask for _, _, mask in refused])] if len(frame) else frame
    kept = _filled(kept, policy)
    findings += [_findings(kept, mask, code, field) for code, field, mask in _weaknesses(kept)]
    kept = kept.assign(event_id=_ids(kept))
    kept = kept.sort_values(["event_id", "recorded_at", "source_event_id", "file", "row"], kind="stable")
    double = kept.duplicated("event_id").to_numpy()
    findings.append(_findings(kept, double, "consent_duplicate", "event_id"))
    issues = pd.concat(findings, ignore_index=True) if findings else ISSUES.empty()
    return finish_consents(kept[~double]), _ordered(issues)


def finish_consents(events: pd.DataFrame) -> Consents:
    """Events with ids as a checked table, ordered by time and id."""
    events = (
        events.drop_duplicates("event_id") if "event_id" in events else events.assign(event_id=_ids(events))
    )
    events = events.drop_duplicates("event_id").sort_values(["at", "recorded_at", "event_id"], kind="stable")
    return CONSENTS.check(events.reset_index(drop=True))


def _texts(given: pd.DataFrame) -> pd.DataFrame:
    """All declared columns as text without blanks around; what says nothing is missing."""
    frame = pd.DataFrame(index=range(len(given)))
    for name in dict.fromkeys([*CONSENTS.names, *map(str, given.columns)]):
        if name == "row":
            rows = given[name] if name in given else pd.Series(0, index=given.index)
            frame[name] = pd.to_numeric(rows, errors="coerce").fillna(0).astype("int64").to_numpy()
        elif name in given:
            text = given[name].astype("str").str.strip().reset_index(drop=True)
            if name in _KEYS:
                frame[name] = text.where(text != "")
                continue
            sure = text.str.fullmatch(_SURE, na=False).astype(bool)
            said = map_distinct(text.mask(sure), present, missing=False)
            frame[name] = text.where(sure | pd.Series(said, dtype=bool))
        else:
            frame[name] = pd.Series(index=frame.index, dtype="str")
    return frame


def _refusals(
    raw: pd.DataFrame, frame: pd.DataFrame, policy: Policy, today: int
) -> list[tuple[str, str, Mask]]:
    """What refuses a row: code, field and rows; a row is reported for its first reason only."""
    at = moments(raw["at"], policy.timezone)
    recorded = moments(raw["recorded_at"], policy.timezone, end=True)
    until = moments(raw["valid_until"], policy.timezone, end=True)
    needs = ~frame["event"].isin(_NO_CHANNEL).to_numpy()
    reasons: list[tuple[str, str, Mask]] = [
        ("consent_unknown_event", "event", frame["event"].isna().to_numpy()),
        (
            "consent_no_person",
            "record_id",
            (raw["record_id"].isna() & raw["contact_point"].isna()).to_numpy(),
        ),
        (
            "consent_no_channel",
            "channel",
            (frame["channel"].isna() & (needs | raw["channel"].notna())).to_numpy(),
        ),
        ("consent_unknown_purpose", "purpose", (frame["purpose"].isna() & raw["purpose"].notna()).to_numpy()),
        ("consent_bad_date", "at", (at == MISSING) & raw["at"].notna().to_numpy()),
        ("consent_bad_date", "recorded_at", (recorded == MISSING) & raw["recorded_at"].notna().to_numpy()),
        (
            "consent_bad_date",
            "valid_until",
            (until == MISSING) & raw["valid_until"].notna().to_numpy(),
        ),
        ("consent_future", "at", at > np.maximum(recorded, today) + DAY),
    ]
    done = np.zeros(len(raw), dtype=bool)
    first: list[tuple[str, str, Mask]] = []
    for code, field, mask in reasons:
        first.append((code, field, mask & ~done))
        done |= mask
    return first


def _filled(frame: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Times in UTC, a denial without purpose for all, an imported claim a yes."""
    kept = frame.reset_index(drop=True)
    for name in ("at", "recorded_at", "valid_until"):
        texts = map_distinct(kept[name], lambda t: _utc(t, policy.timezone), None)
        kept[name] = pd.Series(texts, index=kept.index, dtype="str")
    for name in ("event", "channel", "purpose"):
        kept[name] = kept[name].astype("str")
    unlimited = kept["purpose"].isna() & kept["event"].isin(RESTRICTIVE)
    kept["purpose"] = kept["purpose"].mask(unlimited, "any")
    for name in _FLAGS:
        said = map_distinct(
            kept[name], lambda t: str(truth(t)).lower() if truth(t) is not None else None, None
        )
        kept[name] = pd.Series(said, index=kept.index, dtype="str")
    claim = (kept["event"] == "imported_flag") & kept["value"].isna()
    kept["value"] = kept["value"].mask(claim, "true")
    return kept


def _utc(text: str, zone: str) -> str | None:
    """The time in UTC; a date stays a date, for the policy says when its day begins."""
    if len(text) == 20 and text.endswith("Z") and text[10] == "T":
        return text
    moment = instant(text, zone)
    if moment is None:
        return None
    if len(text) == 10 and text[4] == "-":
        return text
    if len(text) <= 10:
        day, month, year = text.split(".")
        return f"{year}-{int(month):02d}-{int(day):02d}"
    return iso_text(moment, exact=True)


def _weaknesses(kept: pd.DataFrame) -> list[tuple[str, str, Mask]]:
    grant = kept["event"] == "granted"
    bare = kept[list(_PROOF)].isna().all(axis=1)
    wide = kept["channel"].isin(["any"]) | kept["purpose"].isna() | kept["purpose"].isin(["any"])
    claim = (kept["event"] == "imported_flag") & (kept["value"] != "false")
    return [
        ("consent_undated_grant", "at", (grant & kept["at"].isna()).to_numpy()),
        ("consent_no_evidence", "evidence_ref", (grant & bare).to_numpy()),
        ("consent_any_grant", "channel", (grant & wide).to_numpy()),
        ("consent_legacy_claim", "event", claim.to_numpy()),
    ]


def _findings(frame: pd.DataFrame, mask: Mask, code: str, field: str) -> Issues:
    rows = frame[mask]
    if rows.empty:
        return ISSUES.empty()
    found = rows[["source", "record_id", "file", "row"]].copy()
    found["field"], found["code"] = field, code
    found["raw"] = rows[field]
    found["detail"] = rows["source_event_id"]
    return issue_table(found.to_dict("records"))  # type: ignore[arg-type]  # keys are column names


def _ordered(issues: pd.DataFrame) -> Issues:
    order = ["file", "row", "source", "record_id", "code", "field"]
    return ISSUES.check(issues.sort_values(order, kind="stable").reset_index(drop=True))


def _ids(frame: pd.DataFrame) -> list[str]:
    """The content ids of rows, as `content_id` gives them one by one."""
    content = {name: frame[name] for name in CONTENT if name in frame}
    undated = frame["at"].isna() & (frame["event"] != "imported_flag")
    content["recorded_at"] = frame["recorded_at"].where(undated)
    said = sorted(name for name, values in content.items() if values.notna().any())
    pieces = [_piece(name, content[name]) for name in said]
    return [
        _uuid5("{" + ", ".join([p for p in row if p is not None]) + "}") for row in zip(*pieces, strict=True)
    ] or [_uuid5("{}")] * len(frame)


def _uuid5(text: str) -> str:
    """`uuid.uuid5` in our namespace as text, without the object in between: a million at a time."""
    digest = hashlib.sha1(NAMESPACE.bytes + text.encode("utf-8"), usedforsecurity=False).digest()
    number = digest[:6] + bytes([digest[6] & 0x0F | 0x50, digest[7], digest[8] & 0x3F | 0x80]) + digest[9:16]
    h = number.hex()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def _piece(name: str, values: pd.Series[Any]) -> list[str | None]:
    """A column as the members of JSON objects; missing cells are None."""
    key = json.dumps(name)
    return map_distinct(values, lambda text: f"{key}: {encode_basestring(text)}", None)

"""What is odd about consent events once it is known whose they are: for a steward to look at.

- `consent_unknown_person`: nobody has the record or the address an event names;
- `consent_conflict`: one source still says yes, another says no; the no stands;
- `consent_denial_by_merge`: a no on one record closes a yes on another record of the same customer:
  right if both are one person, to be looked at if they may not be;
- `consent_import_ignored_denial_stands`: a yes that came in after a no, but is older or has no date.

Nothing here decides: that is done by `crmclean.consent.decide` alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.consent.event import DENIALS
from crmclean.consent.frames import MISSING, moments
from crmclean.consent.history import covers_channel, covers_purpose
from crmclean.consent.holdings import holdings_of
from crmclean.consent.owners import assign_events
from crmclean.consent.policy import Policy
from crmclean.issues import severity_of
from crmclean.tables import ISSUES, Consents, Contacts, Issues, Members

__all__ = ["consent_findings", "covering"]

_ABOUT_NOBODY = frozenset({"merged", "unmerged", "correction"})
_WHOSE = ["customer", "channel", "purpose", "source"]
_ALWAYS = 2**62  # a no of which nobody knows when it was said stands against every yes
_SHOWN = ["source", "record_id", "file", "row"]


def consent_findings(
    consents: Consents,
    members: Members,
    contacts: Contacts,
    policy: Policy,
    *,
    among: pd.Series[Any] | None = None,
) -> Issues:
    """The findings about events, given who has which records and addresses.

    Args:
        consents: All events.
        members: Parties and their customers.
        contacts: Addresses and numbers of the parties.
        policy: Its zone reads the times.
        among: Ids of the events to speak of; missing: all.
    """
    if not len(consents) or not len(members):
        return ISSUES.empty()
    holdings = holdings_of(members, contacts)
    told = assign_events(consents, holdings, policy)
    asked = consents if among is None else consents[consents["event_id"].isin(among)]
    pairs = _pairs(told, policy)
    if among is not None:
        near = pairs["event_id"].isin(among) | pairs["event_id_no"].isin(among)
        pairs = pairs[near]
    found = [_unknown(asked, told), _conflicts(pairs), _by_merge(pairs), _ignored(pairs)]
    filled = [part for part in found if len(part)]
    if not filled:
        return ISSUES.empty()
    issues = pd.concat(filled, ignore_index=True)
    issues = issues.sort_values(["code", "source", "record_id", "detail"], kind="stable")
    return ISSUES.check(issues.drop_duplicates(["code", "source", "record_id", "detail"]))


def _unknown(asked: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    lost = ~asked["event_id"].isin(told["event_id"]) & ~asked["event"].isin(_ABOUT_NOBODY)
    rows = asked[lost]
    field = np.where(rows["record_id"].notna(), "record_id", "contact_point")
    return _issues(rows, "consent_unknown_person", rows["event_id"]).assign(field=field)


def _pairs(told: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Every yes with every no of the same customer that covers its channel and purpose."""
    flag = told["event"] == "imported_flag"
    denies = told["event"].isin(DENIALS) | (flag & (told["value"] == "false"))
    grants = (told["event"] == "granted") | (flag & (told["value"] != "false"))
    at = moments(told["at"], policy.timezone)
    recorded = moments(told["recorded_at"], policy.timezone)
    told = told.assign(
        dated=at != MISSING,
        effect=np.where(at != MISSING, at, np.where(recorded != MISSING, recorded, _ALWAYS * denies)),
        written=np.where(recorded != MISSING, recorded, at),
    )
    keep = ["customer", "event_id", "channel", "purpose", "effect", "written", "dated", "other", *_SHOWN]
    yes = told.loc[grants & ~told["other"], keep]
    no = told.loc[denies & ~told["other"], keep]
    yes = yes[yes["customer"].isin(no["customer"])]
    no = no[no["customer"].isin(yes["customer"])]
    joined = yes.merge(no, on="customer", suffixes=("", "_no"))
    return joined[covering(joined)].reset_index(drop=True)


def covering(pairs: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether the no covers the yes; asked once per distinct combination of words.

    Args:
        pairs: channel and purpose of the yes, channel_no and purpose_no of the no.
    """
    names = ["channel_no", "channel", "purpose_no", "purpose"]
    texts = pairs[names].fillna("")
    distinct = texts.drop_duplicates()
    answers = [
        covers_channel(row[0], row[1]) and covers_purpose(row[2], row[3])
        for row in distinct.itertuples(index=False, name=None)
    ]
    merged = texts.merge(distinct.assign(covers=answers), on=names, how="left")
    covers: npt.NDArray[np.bool_] = merged["covers"].to_numpy(dtype=bool)
    return covers


def _conflicts(pairs: pd.DataFrame) -> pd.DataFrame:
    """The last yes of a source that has not said no itself, and the last no of another one."""
    known = pairs[pairs["source"].notna() & pairs["source_no"].notna()]
    same = known["source"] == known["source_no"]
    own = known[same & (known["effect_no"] >= known["effect"])]
    open_ = known[~same & ~known["event_id"].isin(own["event_id"])]
    last = open_.sort_values(["effect", "event_id", "effect_no", "event_id_no"], kind="stable")
    last = last.drop_duplicates(_WHOSE, keep="last")
    return _issues(last, "consent_conflict", _both(last))


def _by_merge(pairs: pd.DataFrame) -> pd.DataFrame:
    """A no on another record of the customer, later than a yes that its own record let stand."""
    keyed = pairs[pairs["record_id"].notna() & pairs["record_id_no"].notna()]
    later = keyed[keyed["effect_no"] >= keyed["effect"]]
    same = (later["source"] == later["source_no"]) & (later["record_id"] == later["record_id_no"])
    crossing = later[~same & ~later["event_id"].isin(later.loc[same, "event_id"])]
    last = crossing.sort_values(["effect", "event_id", "effect_no", "event_id_no"], kind="stable")
    last = last.drop_duplicates([*_WHOSE, "record_id"], keep="last")
    detail = _both(last) + " record=" + last["source_no"] + ":" + last["record_id_no"]
    return _issues(last, "consent_denial_by_merge", detail)


def _ignored(pairs: pd.DataFrame) -> pd.DataFrame:
    """A yes that was written down after the no and is older, or says no date."""
    after = pairs["written"] > pairs["written_no"]
    older = ~pairs["dated"] | (pairs["effect"] <= pairs["effect_no"])
    rows = pairs[after & older].sort_values(["effect_no", "event_id_no"], kind="stable")
    rows = rows.drop_duplicates(["customer", "event_id"], keep="last")
    return _issues(rows, "consent_import_ignored_denial_stands", _both(rows))


def _both(pairs: pd.DataFrame) -> pd.Series[Any]:
    return "denial=" + pairs["event_id_no"].astype("str") + " grant=" + pairs["event_id"].astype("str")


def _issues(rows: pd.DataFrame, code: str, detail: pd.Series[Any]) -> pd.DataFrame:
    return rows[_SHOWN].assign(field="event", code=code, severity=severity_of(code), detail=detail)

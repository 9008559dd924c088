"""Which records become customers: what a steward said of their sources, and bought addresses.

``include = false``, ``min_quality`` and ``max_age`` keep records out of the customers; each is named in
a finding with its reason, and stays in the crosswalk without a customer. A record that says neither
when it was made nor when it was changed is not too old: its age is unknown.
Source of the notice: GDPR Art. 14 (3) (a), one month at the latest after the data were obtained.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from crmclean.config import SourceConfig
from crmclean.errors import ConfigError
from crmclean.issues import issue_table, severity_of
from crmclean.normalize.records import Normalized
from crmclean.tables import ADDRESSES, CONTACTS, ISSUES, PARTIES, Issues

__all__ = ["AGE_AND_QUALITY", "Admitted", "admit_records"]

AGE_AND_QUALITY = ("quality", "created_at", "modified_at")
"""Columns of parties by which records are kept out, beside their source."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """The records that go on, and those that do not.

    Args:
        normal: Parties, contacts, addresses of the records that become customers; findings of all.
        excluded: source, record_id, reason (include, min_quality or max_age) of the others.
        issues: record_excluded per record, purchased_notice per source of bought addresses.
    """

    normal: Normalized
    excluded: pd.DataFrame
    issues: Issues


def admit_records(normal: Normalized, sources: Mapping[str, SourceConfig], *, as_of: str) -> Admitted:
    """Leaves out the records that the configuration keeps from becoming customers.

    Args:
        normal: All records.
        sources: What a steward said, by source.
        as_of: The day from which age is counted, ISO.

    Raises:
        ConfigError: A day is no ISO date, or a quality not between 0 and 1.
    """
    reasons = _reasons(normal.parties, sources, _day(as_of, "as_of"))
    out = reasons.notna()
    parties = normal.parties
    excluded = parties.loc[out, ["source", "record_id"]].assign(reason=reasons[out]).drop_duplicates()
    excluded = excluded.sort_values(["source", "record_id"]).reset_index(drop=True)
    issues = [_findings(excluded), _notices(parties, sources, as_of)]
    found = ISSUES.check(pd.concat(issues, ignore_index=True))
    if not out.any():
        return Admitted(normal, excluded, found)
    kept = parties[~out].reset_index(drop=True)
    tables = (t[t["party"].isin(kept["party"])] for t in (normal.contacts, normal.addresses))
    contacts, addresses = (t.reset_index(drop=True) for t in tables)
    admitted = Normalized(
        PARTIES.check(kept), CONTACTS.check(contacts), ADDRESSES.check(addresses), normal.issues
    )
    return Admitted(admitted, excluded, found)


def _reasons(parties: pd.DataFrame, sources: Mapping[str, SourceConfig], today: date) -> pd.Series[str]:
    """Why the record of a party is left out, missing where it is not."""
    reasons = pd.Series(index=parties.index, dtype="str")
    for name, said in sorted(sources.items()):
        mine = parties["source"] == name
        if not 0 <= said.min_quality <= 1:
            raise ConfigError.of("errors.config.quality", name=name, value=said.min_quality)
        if not said.include:
            reasons[mine] = "include"
        elif mine.any() and (said.min_quality or said.max_age):
            rows = parties[mine]
            best = rows.groupby("record_id")["quality"].transform("max")
            reasons[best.index[best < said.min_quality]] = "min_quality"
            if said.max_age > 0:
                changed = rows["modified_at"].fillna(rows["created_at"]).str.slice(0, 10)
                limit = _months_later(today, -said.max_age).isoformat()
                old = (changed.str.len() == 10) & (changed < limit)
                reasons[old.index[old]] = "max_age"
    return reasons


def _findings(excluded: pd.DataFrame) -> pd.DataFrame:
    code = "record_excluded"
    return excluded.rename(columns={"reason": "detail"}).assign(code=code, severity=severity_of(code), row=0)


def _notices(parties: pd.DataFrame, sources: Mapping[str, SourceConfig], as_of: str) -> pd.DataFrame:
    """The day until which the people of bought addresses must be told."""
    rows: list[dict[str, object]] = []
    for name, said in sorted(sources.items()):
        count = parties.loc[parties["source"] == name, "record_id"].nunique()
        if said.origin == "purchased" and count:
            got = _day(said.obtained or as_of, f"read.sources.{name}.obtained")
            detail = f"until={_months_later(got, 1).isoformat()} records={count}"
            rows.append({"source": name, "code": "purchased_notice", "detail": detail, "row": 0})
    return issue_table(rows)


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise ConfigError.of("errors.config.date", where=where, value=repr(text)) from error


def _months_later(day: date, months: int) -> date:
    """The same day of another month, its last day where it is shorter.

    Example:
        >>> _months_later(date(2026, 1, 31), 1)
        datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return date.min
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))

"""The decisions of `may_contact` for whole tables: the same answers, a million customers at a time.

Customers without any event cost nothing per row; histories that the rules cannot tell apart are
decided once (`crmclean.consent.group`), but those of people who may have been minors one by one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from crmclean.consent import stretches
from crmclean.consent.ages import young
from crmclean.consent.answered import answered_rows
from crmclean.consent.answers import Asking, answers
from crmclean.consent.certain import Certainty, Parts, parts_of
from crmclean.consent.clock import Moment
from crmclean.consent.columns import columns_of
from crmclean.consent.decide import question_of
from crmclean.consent.frames import combine
from crmclean.consent.group import Asked
from crmclean.consent.holdings import Holdings, holdings_of, points_on
from crmclean.consent.owners import assign_events
from crmclean.consent.policy import DEFAULT_POLICY, Policy
from crmclean.consent.since import Since, concerned
from crmclean.errors import TableError
from crmclean.schema import frame_of_rows, joined_rows
from crmclean.tables import CONSENTS, PERMISSIONS, Consents, Contacts, Members, Permissions

__all__ = ["decide_coded", "decide_customers", "may_contact_many"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_THREADS = 2  # columns are worked on without the lock of Python
_WHOSE = ("other", "shared")
_PROFILE = ["country", "party_type", "controller", "birth_date", "invalid"]


def may_contact_many(
    questions: pd.DataFrame,
    events: pd.DataFrame,
    *,
    at: Moment,
    known_at: Moment = None,
    policy: Policy = DEFAULT_POLICY,
) -> pd.DataFrame:
    """The answers to many questions, as `may_contact` would give them one by one.

    Args:
        questions: `customer_id`, `channel`, `purpose`; if wanted `contact_point`, `country`,
            `party_type`, `controller`, `birth_date`.
        events: Columns of the table `consents` and `customer_id`: whose the event is. If wanted
            the flags `other` (somebody else's, counts on its contact point alone) and `shared`
            (keyed by a contact point of several customers).
        at: The time asked about; a date means its end.
        known_at: Only what was written down by then counts.
        policy: See `policy_of`.

    Returns:
        The questions with allowed, reason, basis, since, valid_until and events (ids, separated
        by blanks); index and order as given.

    Raises:
        TableError: A column is missing.
        ConsentError: A channel is unknown, or a time is missing or unreadable.
    """
    for name in ("customer_id", "channel", "purpose"):
        if name not in questions:
            raise TableError(f"questions: column {name!r} is missing")
    if "customer_id" not in events:
        raise TableError("consent events: column 'customer_id' is missing")
    given = _profiled(questions)
    asked_at = _times(given, at, known_at, policy)
    people, _ = pd.factorize(pd.concat([given["customer_id"], events["customer_id"]], ignore_index=True))
    told = _told(events)
    codes, points = pd.factorize(pd.concat([given["point"], told["contact_point"]], ignore_index=True))
    told = told.assign(point_code=codes[len(given) :])
    whose = people[len(given) :].astype(np.int64)
    columns = columns_of(told, whose, policy, at=asked_at[0], known_at=asked_at[1])
    asker = people[: len(given)].astype(np.int64)
    born = given["birth_date"].where(given["birth_date"] != "").groupby(asker).first()
    minors = young(
        columns.customer, columns.effect, born.reindex(range(int(people.max(initial=-1)) + 1)), policy
    )
    profile, profiles = _profile_codes(given, asker, minors)
    asking = Asking(columns, pd.Index(points), None, profiles, policy, asked_at[0])
    found: list[pd.DataFrame] = []
    on = combine(pd.factorize(given["channel"])[0], pd.factorize(given["purpose"])[0])
    for code in range(int(on.max(initial=-1)) + 1):
        rows = np.flatnonzero(on == code)
        channel, purpose = given["channel"].iloc[rows[0]], given["purpose"].iloc[rows[0]]
        asked = Asked(people[rows].astype(np.int64), codes[rows].astype(np.int64), profile[rows])
        found.append(answers(asking, asked, str(channel), str(purpose)).set_axis(rows))
    if not found:
        return questions.assign(allowed=False, reason="", basis="", since="", valid_until="", events="")
    joined = pd.concat(found).sort_index()
    return questions.assign(**{str(name): joined[name].to_numpy() for name in joined})


def _told(events: pd.DataFrame) -> pd.DataFrame:
    """The events with whose they are, their contact points in lower case."""
    told = CONSENTS.check(events[[name for name in CONSENTS.names if name in events]])
    told = told.assign(**{name: events[name].to_numpy(dtype=bool) for name in _WHOSE if name in events})
    lower = told["contact_point"].str.strip().str.lower()
    return told.assign(contact_point=lower.where(lower != ""))


def _profiled(questions: pd.DataFrame) -> pd.DataFrame:
    given = questions.reset_index(drop=True)
    for name in (*_PROFILE[:4], "contact_point"):
        text = given[name].astype("str") if name in given else pd.Series(index=given.index, dtype="str")
        given[name] = text.fillna("")
    lower = given["contact_point"].str.strip().str.lower()
    return given.assign(invalid=False, point=lower.where(lower != ""))


def _profile_codes(given: pd.DataFrame, asker: Ints, minors: Ints) -> tuple[Ints, pd.DataFrame]:
    """Profiles of the questions; whoever may have been a minor has one of his own."""
    may_be = np.isin(asker, minors)
    given = given.assign(birth_date=given["birth_date"].where(may_be, ""))
    profile = combine(*(pd.factorize(given[name])[0] for name in _PROFILE), np.where(may_be, asker, -1))
    first = pd.Series(profile).drop_duplicates().index
    return profile, given.loc[first, _PROFILE].reset_index(drop=True)


def _times(given: pd.DataFrame, at: Moment, known_at: Moment, policy: Policy) -> tuple[int, int | None]:
    """The times in numbers; every channel asked about is checked on the way."""
    for channel in ("email", *given["channel"].unique()):
        asked = question_of(
            str(channel), "", at, contact_point=None, controller=None, known_at=known_at, policy=policy
        )
    return asked.at, asked.known_at


def decide_customers(  # noqa: PLR0913  the tables of the stage and what is asked
    consents: Consents,
    members: Members,
    contacts: Contacts,
    countries: pd.Series[Any],
    *,
    channels: Sequence[str],
    purposes: Sequence[str],
    as_of: Moment,
    policy: Policy = DEFAULT_POLICY,
    certainty: Certainty | None = None,
    births: pd.Series[Any] | None = None,
) -> Permissions:
    """May each customer be contacted, per channel, purpose and contact point of that channel?

    The rows of `decide_coded` as a frame.
    """
    rows = decide_coded(
        consents, members, contacts, countries, channels=channels, purposes=purposes, as_of=as_of, policy=policy,
        certainty=certainty, births=births,
    )  # fmt: skip
    return PERMISSIONS.check(frame_of_rows(rows))


def decide_coded(  # noqa: PLR0913  as `decide_customers`
    consents: Consents,
    members: Members,
    contacts: Contacts,
    countries: pd.Series[Any],
    *,
    channels: Sequence[str],
    purposes: Sequence[str],
    as_of: Moment,
    policy: Policy = DEFAULT_POLICY,
    certainty: Certainty | None = None,
    births: pd.Series[Any] | None = None,
    since: Since | None = None,
) -> pa.Table:
    """The rows of the table `permissions`, texts as codes of distinct texts: a sixth of the room of a frame.

    A customer without a contact point on a channel gets one row without. Channels without contact
    points (letters, visits, push) get one row per customer. sms and messenger use mobile numbers.

    Args:
        consents: The ledger.
        members: Parties and their customers.
        contacts: Addresses and numbers of the parties.
        countries: Customer id = country; missing: the policy's jurisdiction.
        channels: Channels asked about.
        purposes: Purposes asked about, as dotted paths.
        as_of: The day asked about.
        policy: See `policy_of`.
        certainty: What is sure of the merges (`certainty_of`); None: everything. A consent then
            holds for the addresses of its part of the customer; denials reach the others, too.
        births: Customer id = date of birth, for the age at the time of a consent.
        since: What changed since all were decided; only those whom it may concern are answered for.

    Raises:
        ConsentError: A channel is unknown, or the day is unreadable.
    """
    if since is None and not len(consents) and members["customer_id"].nunique() > stretches.STRETCH:
        alike = _Said(countries, channels, purposes, as_of, policy)
        return _in_stretches(consents, members, contacts, certainty, alike)
    parts = parts_of(members, certainty)
    holdings = holdings_of(parts.members, contacts)
    asked_at, _ = _times(pd.DataFrame({"channel": list(channels)}), as_of, None, policy)
    _give_back()
    told = assign_events(consents, holdings, policy, parts)
    told, whom = _anew((told, consents), (holdings, parts), policy, since, str(as_of))
    whose = told["customer"].to_numpy(dtype=np.int64)
    columns = columns_of(told, whose, policy, at=asked_at, known_at=None)
    points = _texts(told, holdings)
    profile, profiles = _people(holdings, countries, parts)
    if births is not None and len(births):
        born = births.reindex(parts.customers_of(holdings.customers)).reset_index(drop=True)
        minors = young(columns.customer, columns.effect, born, policy)
        profile, profiles = _with_births(profile, profiles, born, minors)
    asking = Asking(columns, points, _keys(holdings, len(points)), profiles, policy, asked_at)
    about = (holdings, whom)
    tables = [table for channel in channels for table in _answered(asking, about, profile, channel, purposes)]
    del asking, columns, told
    _give_back()
    said = [(channel, purpose) for channel in channels for purpose in purposes]
    return answered_rows(tables, said, (holdings, parts), as_of, policy)


def _anew(
    events: tuple[pd.DataFrame, pd.DataFrame],
    whose: tuple[Holdings, Parts],
    policy: Policy,
    since: Since | None,
    day: str,
) -> tuple[pd.DataFrame, Mask]:
    """The events of those who are decided anew, and who these are."""
    if since is None:
        return events[0], np.ones(len(whose[0].customers), dtype=bool)
    whom = concerned(events, whose, policy, since, day)
    return events[0][whom[events[0]["customer"]]].reset_index(drop=True), whom


@dataclass(frozen=True, slots=True)
class _Said:
    """What all stretches are asked alike."""

    countries: pd.Series[Any]
    channels: Sequence[str]
    purposes: Sequence[str]
    as_of: Moment
    policy: Policy


def _in_stretches(
    consents: Consents, members: Members, contacts: Contacts, certainty: Certainty | None, said: _Said
) -> pa.Table:
    """The decisions without events, some customers at a time; without a consent no age matters."""

    def decided(own: Members, points: Contacts, sure: Certainty | None) -> pa.Table:
        return decide_coded(
            consents, own, points, said.countries, channels=said.channels, purposes=said.purposes,
            as_of=said.as_of, policy=said.policy, certainty=sure,
        )  # fmt: skip

    found: list[pa.Table] = []
    waiting: deque[Future[pa.Table]] = deque()
    with ThreadPoolExecutor(_THREADS) as pool:
        for some in stretches.stretches_of(members, contacts, certainty):
            waiting.append(pool.submit(decided, *some))
            if len(waiting) > _THREADS:
                found.append(waiting.popleft().result())
        found += [one.result() for one in waiting]
    return joined_rows(found)


def _answered(
    asking: Asking, whose: tuple[Holdings, Mask], profile: Ints, channel: str, purposes: Sequence[str]
) -> list[pd.DataFrame]:
    """The answers of a channel, a table per purpose, for those who are asked about."""
    holdings, whom = whose
    rows = _rows(holdings, channel)
    if not whom.all():
        rows = rows[whom[rows["customer"].to_numpy(dtype=np.int64)]].reset_index(drop=True)
    facts = profile[rows["customer"].to_numpy() * 2 + rows["invalid"].to_numpy()]
    asked = Asked(rows["customer"].to_numpy(dtype=np.int64), rows["code"].to_numpy(dtype=np.int64), facts)
    return [
        answers(asking, asked, channel, purpose).assign(
            customer=rows["customer"], contact_point=rows["value"]
        )
        for purpose in purposes
    ]


def _keys(holdings: Holdings, points: int) -> Ints:
    """Which contact point stands on which record, sorted."""
    on_record = holdings.record_points
    record, point = (on_record[name].to_numpy(dtype=np.int64) for name in ("record", "point"))
    return np.sort(record * points + point)


def _give_back() -> None:
    """Memory that columns have left goes back to the system (200,000 customers: 697 MB at the peak, so 625)."""
    pa.default_memory_pool().release_unused()


def _people(holdings: Holdings, countries: pd.Series[Any], parts: Parts) -> tuple[Ints, pd.DataFrame]:
    """Two profiles per customer: for a contact point that works and for one that does not.

    The code of customer n is at place 2n, that of its failing points behind it.
    """
    country = countries.reindex(parts.customers_of(holdings.customers)).astype("str").fillna("").str.upper()
    codes, names = pd.factorize(country)
    business = (holdings.kinds == "organization").to_numpy().astype(np.int64)
    kinds = (codes.astype(np.int64) * 2 + business) * 2
    profiles = pd.DataFrame(
        [
            {
                "country": str(name),
                "party_type": party,
                "controller": "",
                "birth_date": "",
                "invalid": invalid,
            }
            for name in names
            for party in ("", "business")
            for invalid in (False, True)
        ],
        columns=_PROFILE,
    )
    return np.repeat(kinds, 2) + np.tile(np.array([0, 1], dtype=np.int64), len(kinds)), profiles


def _with_births(
    profile: Ints, profiles: pd.DataFrame, born: pd.Series[Any], minors: Ints
) -> tuple[Ints, pd.DataFrame]:
    """The profiles, and two of their own for each who may have been a minor."""
    places = (minors[:, None] * 2 + np.array([0, 1])).ravel()
    own = profiles.iloc[profile[places]].assign(birth_date=np.repeat(born.iloc[minors].to_numpy(), 2))
    profile = profile.copy()
    profile[places] = np.arange(len(places)) + len(profiles)
    return profile, pd.concat([profiles, own], ignore_index=True)


def _texts(told: pd.DataFrame, holdings: Holdings) -> pd.Index[Any]:
    """The contact point of every code; those that no customer has are told apart, no more."""
    known, highest = len(holdings.texts), int(told["point_code"].max()) if len(told) else -1
    strange = pd.Index([f"#{code}" for code in range(known, highest + 1)], dtype="str")
    return holdings.texts.append(strange) if len(strange) else holdings.texts


def _rows(holdings: Holdings, channel: str) -> pd.DataFrame:
    """The questions of a channel: customer, code of the point, the point as shown, invalid."""
    held = points_on(holdings, channel)
    there = np.zeros(len(holdings.customers), dtype=bool)
    there[held["customer"].to_numpy()] = True
    without = np.flatnonzero(~there)
    rows = pd.DataFrame(
        {
            "customer": np.concatenate([held["customer"].to_numpy(dtype=np.int64), without]),
            "code": np.concatenate([held["point"].to_numpy(dtype=np.int64), np.full(len(without), -1)]),
            "invalid": np.concatenate(
                [(~held["valid"]).to_numpy().astype(np.int64), np.zeros(len(without), int)]
            ),
        }
    )
    none = pd.Series(index=range(len(without)), dtype="str")
    return rows.assign(value=pd.concat([held["value"], none], ignore_index=True))

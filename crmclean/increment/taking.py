"""The stages of an increment, joined: what is new or changed goes through all of them, nothing else does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from crmclean.choices import matching_of, refuse_implausible, sources_by_rank
from crmclean.common_tables import joined_issues
from crmclean.comparing import Compared, modes_of
from crmclean.config import Config
from crmclean.consent.since import Since
from crmclean.continuity import Memory, held_by, models_before, models_table, refuse_merging
from crmclean.following import Followed, follow
from crmclean.increment.base import Base, among, base_of, delivered
from crmclean.increment.finding import findings_now
from crmclean.increment.plan import How, large, outgrown, ranked_otherwise
from crmclean.increment.reach import Reach, members_now, reach_of, relations_of
from crmclean.intake import Stored, joined_mappings, joined_sources, other_followers
from crmclean.ledger.suppressed import keep_out
from crmclean.match import Matches
from crmclean.match.model import Model
from crmclean.match.touched import Before, Touched, match_touched
from crmclean.merge import merge_clusters
from crmclean.merge.population import population_of
from crmclean.normalize.admission import Admitted, admit_records
from crmclean.normalize.records import Normalized, normalize_records
from crmclean.permissions import Permitted, decide
from crmclean.read import ReadResult
from crmclean.result import Result
from crmclean.schema import codes_of
from crmclean.store import Store
from crmclean.tables import (
    LOCKS,
    MODELS,
    RECORDS,
    SCORES,
    Consents,
    Customers,
    Issues,
    Locks,
    Members,
    Models,
    Scores,
    Sources,
)

__all__ = ["Taken", "take_increment"]

_LEFT_OUT = ("field_constant", "numbers_not_unique")
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Taken:
    """What an increment found.

    Args:
        result: Of the touched customers alone; `read` holds what the files brought, new and changed.
        base: All parties.
        reach: The touched customers.
        issues: Findings of all records of which one may have changed.
        told: Keys of these records.
        scores: Scored pairs of the run before.
        models: The models, as they are kept.
        consents: Events that are new.
        everybody: Whether permissions are those of all customers.
        decided: The customers of the permissions; of nobody else they change.
        followed: Whether tables that follow a customer are in the result, whole.
        changed: source, record_id of stored records that are changed or gone.
    """

    result: Result
    base: Base
    reach: Reach
    issues: Issues
    told: list[str]
    scores: Scores
    models: Models
    consents: Consents
    everybody: bool
    decided: pd.Index
    followed: bool
    changed: pd.DataFrame


def take_increment(  # noqa: PLR0913  what was read, what is known, and how to go about it
    read: ReadResult,
    stored: Stored,
    config: Config,
    memory: Memory,
    *,
    how: How = "",
    models: Mapping[str, Model] | None = None,
    progress: Progress,
    strict: bool = False,
) -> Taken | str:
    """What is new or changed, through all stages; or why a full run is needed.

    Args:
        read: What the files hold.
        stored: Sources, findings and followers of the run before; of records the keys and files.
        config: All sections, with its day.
        memory: The store, and what stewards said.
        how: What was asked for.
        models: Models that were handed in.
        progress: Told the name of each stage as it begins.
        strict: Refuse a result of which a part is implausible.
    """
    store = memory.store
    assert store is not None
    found = delivered(store, read, config)
    forced = how == "increment"
    if not forced and large(int(found.fresh.sum() + (~found.stay).sum()), len(stored.records)):
        return "large"
    progress("normalize")
    files = read.sources
    read, changed = _read_now(read, stored, found, config)
    read, every, admitted = keep_out(read, *_normalized(read, config), store, config)
    base = base_of(store, every, changed)
    kept = models_before(store, base.normal.parties)
    if not forced and outgrown(store, kept):
        return "models"
    if not forced and ranked_otherwise(config, base.before, base.normal.parties):
        return "ranks"
    progress("match")
    scores = Scores(store.load("scores"))
    touched = _matched(base, stored, config, memory, ({**kept, **(models or {})}, scores))
    if touched.doubted and not forced:
        return "doubts"
    refuse_implausible(read.issues, touched.issues, strict=strict)
    taken = _customers(
        (read, admitted, found, files), (base, touched, scores), stored, config, memory, progress
    )
    return replace(taken, models=models_table(touched.models, base.normal.parties, store, kept))


def _read_now(
    read: ReadResult, stored: Stored, found: Compared, config: Config
) -> tuple[ReadResult, pd.DataFrame]:
    """What was read with the new and changed records alone; and the stored records that are not as they were."""
    keys = ["source", "record_id"]
    changed = found.old.loc[~found.stay, keys].reset_index(drop=True)
    fresh = RECORDS.check(found.new[found.fresh].reset_index(drop=True))
    rest = stored.records
    if len(changed):
        gone = pd.MultiIndex.from_frame(changed)
        near = rest["record_id"].isin(changed["record_id"])
        lost = pd.MultiIndex.from_frame(rest.loc[near, keys]).isin(gone)
        rest = rest.drop(index=rest.index[near][lost])
    files = pd.concat([rest[["source", "file"]].drop_duplicates(), fresh[["source", "file"]]])
    followers = other_followers(stored, read, modes_of(read, config.read))
    sources = joined_sources(read, stored, files, followers)
    read = replace(read, records=fresh, sources=sources, mappings=joined_mappings(read, stored))
    return read, changed


def _normalized(read: ReadResult, config: Config) -> tuple[Normalized, Admitted]:
    """The new and changed records, normalised."""
    zone = config.consent.timezone or config.normalize.timezone
    every = normalize_records(read.records, replace(config.normalize, timezone=zone), sources=read.sources)
    return every, admit_records(every, {}, as_of=config.as_of)


def _matched(
    base: Base,
    stored: Stored,
    config: Config,
    memory: Memory,
    known: tuple[Mapping[str, Model], Scores],
) -> Touched:
    issues = stored.issues
    told = issues[issues["code"].isin(_LEFT_OUT) & issues["record_id"].isna()]
    changed = pd.concat([base.fresh, base.gone])
    locked = pd.concat([_locked(base, memory), _ended(base, memory, config)])
    touched = pd.concat([changed, locked]).drop_duplicates()
    before = Before(
        touched=touched.astype("str").reset_index(drop=True),
        owners=base.members[["party", "customer_id"]],
        scores=known[1],
        doubts=frozenset(zip(told["code"].tolist(), told["field"].fillna("").tolist(), strict=True)),
        quiet=frozenset(locked) - frozenset(changed),
    )
    return match_touched(
        base.normal.parties,
        base.normal.contacts,
        base.normal.addresses,
        before,
        matching_of(config),
        known[0],
        decisions=memory.decisions,
        limits=config.limits,
    )


def _locked(base: Base, memory: Memory) -> pd.Series[str]:
    """The parties of customers that stewards pinned something of: a lock may have expired."""
    locks = LOCKS.empty() if memory.locks is None else memory.locks
    return base.members.loc[among(base.members["customer_id"], locks["customer_id"]), "party"]


def _ended(base: Base, memory: Memory, config: Config) -> pd.Series[str]:
    """The parties of which an address ended since the last run over files."""
    addresses = base.normal.addresses
    if memory.store is None or not addresses["valid_to"].notna().any():
        return addresses["party"].iloc[:0]
    runs = memory.store.history()
    standing = runs["run_id"].isin(memory.store.standing()) & runs["command"].eq("run")
    days = sorted([*runs.loc[standing, "at"].dropna().str[:10].tolist()[-1:], config.as_of])
    ends = addresses["valid_to"]
    return addresses.loc[ends.notna() & ends.ge(days[0]) & ends.lt(days[-1]), "party"]


def _customers(
    given: tuple[ReadResult, Admitted, Compared, Sources],
    matched: tuple[Base, Touched, Scores],
    stored: Stored,
    config: Config,
    memory: Memory,
    progress: Progress,
) -> Taken:
    """The touched customers: ids, values, permissions, relations."""
    read, admitted, found, files = given
    base, touched, scores = matched
    assert memory.store is not None
    progress("merge")
    known = memory.store.load("identities")
    reach = reach_of(base, touched, known, at=memory.at or config.as_of)  # type: ignore[arg-type]  # declared by load
    refuse_merging(known, reach.identities, config.match, lang=config.lang)  # type: ignore[arg-type]  # likewise
    values, conflicts = _merged(base, reach, config, held_by(memory, reach.registry, config))
    followed = _followed(read, stored, base, reach, config)
    progress("consent")
    everybody, permitted, events = _permitted(read, (base, reach, values), config, memory, (touched, scores))
    matches = Matches(touched.scores, touched.clusters, touched.homes, touched.issues, touched.models)
    result = Result(
        read=read,
        normal=reach.normal,
        matches=matches,
        members=reach.members,
        identities=reach.identities,
        golden=values,
        consents=permitted.consents,
        decided=permitted.decided,
        relations=relations_of(base, reach, touched),
        touchpoints=followed.touchpoints,
        orders=followed.orders,
        followers=followed.others,
        issues=joined_issues(
            read, admitted.normal, admitted, matches, followed, permitted, conflicts=conflicts
        ),
        excluded=admitted.excluded,
        intake=found.counts,
        as_of=config.as_of,
        policy=permitted.policy,
        lang=config.lang,
    )
    issues, told = findings_now(stored.issues, result.issues, files, base, reach, everybody=everybody)
    return Taken(
        result=result,
        base=base,
        reach=reach,
        issues=issues,
        told=told,
        scores=scores,
        models=MODELS.empty(),
        consents=_new_events(permitted.consents, events),
        everybody=permitted.everybody and everybody,
        decided=_customers_of(permitted).union(reach.customers),
        followed=_follows(read, stored),
        changed=found.old.loc[~found.stay, ["source", "record_id"]],
    )


def _merged(base: Base, reach: Reach, config: Config, locks: Locks | None) -> tuple[Customers, Issues]:
    """Golden values of the touched customers; how common a value is counts over all."""
    parties, normal = base.normal.parties, reach.normal
    quality = parties.groupby("source")["quality"].mean()
    own = None if locks is None else LOCKS.check(locks[among(locks["customer_id"], reach.customers)])
    return merge_clusters(
        reach.members,
        normal.parties,
        normal.contacts,
        normal.addresses,
        config.merge,
        priority=sources_by_rank(config, quality),
        locks=own,
        population=population_of(parties, base.normal.addresses, (normal.parties, normal.addresses)),
        day=config.as_of,
    )


def _follows(read: ReadResult, stored: Stored) -> bool:
    """Whether there is anything that follows a customer."""
    return any(len(getattr(read, name)) or len(rows) for name, rows in stored.followers.items())


def _followed(read: ReadResult, stored: Stored, base: Base, reach: Reach, config: Config) -> Followed:
    """Touchpoints, orders and their kin of all customers, where there are any."""
    if not _follows(read, stored):
        return follow(read, reach.normal, reach.members, config)
    before = other_followers(stored, read, modes_of(read, config.read))
    return follow(read, base.normal, members_now(base, reach), config, before=before)


def _permitted(
    read: ReadResult,
    found: tuple[Base, Reach, Customers],
    config: Config,
    memory: Memory,
    matched: tuple[Touched, Scores],
) -> tuple[bool, Permitted, Consents]:
    """Permissions of the customers that may have others now, and whether findings are those of all events.

    Where there are no events, these are the touched customers; else whom the events and the day concern, too.
    """
    (base, reach, values), (touched, stored) = found, matched
    assert memory.store is not None
    events = memory.store.ledger.events()
    if not len(read.consents) and not len(events):
        some = decide(
            read, reach.normal, reach.members, values, config,
            before=events, scores=touched.scores, decisions=memory.decisions,
        )  # fmt: skip
        if not len(some.consents):
            return False, some, events
    members, scores = members_now(base, reach), scores_now(stored, reach, touched)
    whole = decide(
        read, base.normal, members, _all_values(memory.store, reach, values), config,
        before=events, scores=scores, decisions=memory.decisions,
        since=_since(memory.store, base, reach, members, (stored, scores)),
    )  # fmt: skip
    return True, whole, events


def _customers_of(permitted: Permitted) -> pd.Index:
    """The customers that decisions are about."""
    codes, texts = codes_of(permitted.decided["customer_id"])
    found: pd.Index = pd.Index(pd.array(texts.take(pa.array(np.unique(codes))), dtype="str"))
    return found


def _since(
    store: Store, base: Base, reach: Reach, members: Members, pairs: tuple[Scores, Scores]
) -> Since | None:
    """What changed since the permissions of the store were decided; None where they are not of one day."""
    days = store.distinct("permissions", "as_of")
    if len(days) != 1:
        return None
    gone = store.load("contacts", where={"party": base.gone.tolist() or [""]})
    points = pd.concat([frame[name] for frame in (gone, reach.normal.contacts) for name in ("value", "key")])
    near = [
        found.loc[among(found["party_l"], reach.parties) | among(found["party_r"], reach.parties)]
        for found in pairs
    ]
    parties = pd.concat([part[name] for part in near for name in ("party_l", "party_r")]).drop_duplicates()
    kin = members.loc[among(members["party"], parties), "customer_id"].unique()
    return Since(days[0], reach.customers.union(pd.Index(kin)), pd.Index(points.dropna().unique()))


def _all_values(store: Store, reach: Reach, values: Customers) -> Customers:
    """The values of all customers that permissions ask for."""
    asked = ["country", "birth_date", "street", "po_box", "city"]
    stored = store.load("customers", where={"field": asked})
    rest = stored[~among(stored["customer_id"], reach.customers)]
    return Customers(pd.concat([rest, values[values["field"].isin(asked)]], ignore_index=True))


def scores_now(stored: Scores, reach: Reach, touched: Touched) -> Scores:
    """The scored pairs of all parties."""
    inside = among(stored["party_l"], reach.parties) | among(stored["party_r"], reach.parties)
    whole = pd.concat([stored[~inside], touched.scores], ignore_index=True)
    return SCORES.check(whole.sort_values(["party_l", "party_r"], kind="stable").reset_index(drop=True))


def _new_events(now: Consents, before: Consents) -> Consents:
    return Consents(now[~among(now["event_id"], before["event_id"])].reset_index(drop=True))

"""The stages in order: read this first.

    read -> normalize -> match -> merge -> consent -> store

Each stage is a pure function from tables and its section of the configuration to tables; here they
are joined, and nowhere else. `run` is the whole; `dedupe` in
duplicates.py is matching alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pyarrow as pa

import crmclean
from crmclean.choices import matching_of, refuse_implausible, sources_by_rank
from crmclean.common_tables import joined_issues
from crmclean.config import DEFAULT, Config
from crmclean.confined import confined, stored_parties
from crmclean.continuity import Memory, held_by, memory_of, models_before, models_table, refuse_merging
from crmclean.following import follow
from crmclean.increment import (
    How,
    Taken,
    full_because,
    renewed_by,
    save_taken,
    settings_of,
    stored_result,
    take_increment,
)
from crmclean.intake import Intake, known_sources, load_keys, load_stored, take_in
from crmclean.ledger.suppressed import keep_out
from crmclean.match import Matches, match_parties
from crmclean.match.model import Model
from crmclean.memory import Watched, give_back, without_collector
from crmclean.merge import identify_clusters, merge_coded, relate_customers
from crmclean.normalize.records import Normalized
from crmclean.permissions import decide
from crmclean.read import Input, ReadResult
from crmclean.result import Result, stored_tables
from crmclean.stages import Progress, admit, read_inputs, silent
from crmclean.store import Store, first_changes
from crmclean.tables import ISSUES, Consents, Identities, Issues, Locks, Members, Models
from crmclean.view import fresh_index, index_of, renew_index

__all__ = ["consolidate", "run", "save_result"]


def run(  # noqa: PLR0913  what goes in, how it is understood, and how the call behaves
    inputs: Sequence[Input],
    config: Config = DEFAULT,
    *,
    store: Store | None = None,
    models: Mapping[str, Model] | None = None,
    progress: Progress = silent,
    strict: bool = False,
    how: How = "",
    only_changes: bool = False,
    lean: bool = False,
    found: Callable[[Result], None] | None = None,
) -> Result:
    """Exports in, consolidated customers out: all stages in order.

    On a store of earlier runs what is new or changed goes through the stages, and the customers that it
    touches; where that may not be, everything does (docs/pipeline.md).

    Args:
        inputs: Paths, "-" for standard input, DataFrames, or (source name, one of these).
        config: All sections; the default works for German, Austrian and Swiss data.
        store: Where ids and decisions are remembered; without one nothing outlives the call.
        models: Trained models per kind; without them they are learned from the data.
        progress: Told the name of each stage as it begins.
        strict: Refuse a result of which a part is implausible.
        how: "full": everything anew; "increment": only what is touched, however much that is.
        only_changes: An increment hands back the touched customers alone.
        lean: Let go of the tables as they were read (`read.frames`) once normalised; fork helpers.
        found: Told the result of a full run before it is saved, still without its changes.

    Returns:
        The result; `.customers`, `.pairs`, `.crosswalk` and the others are DataFrames.

    Raises:
        ReadError: A file cannot be read.
        ModelError: Data or model are broken; `strict`, and a part of the result is implausible.
        StoreError: The store cannot be used; it holds the run before.
    """
    config = replace(config, as_of=config.as_of or datetime.now(UTC).date().isoformat())
    settings, memory, read = settings_of(config, models), memory_of(store), None
    because = full_because(store, config, settings, how) or ("" if inputs else "no_files")
    if store is not None and not because:
        watched = Watched(progress, config.limits)
        stored = load_keys(store)
        read = read_inputs(inputs, config, known_sources(stored, store), watched)
        taken = take_increment(
            read, stored, config, memory, how=how, models=models, progress=watched, strict=strict
        )
        if not isinstance(taken, str):
            return _saved_increment(store, taken, settings, watched, whole=not only_changes)
        because = taken
    result, weights = consolidate(
        inputs, config, memory, models=models, progress=progress, strict=strict, read=read, lean=lean
    )
    result = replace(result, because=because)
    if found is not None:
        found(result)
    note = {"command": "run", "at": config.as_of, "taken": "full", "why": because, "settings": settings}
    return _saved(store, result, weights, progress, note)


def consolidate(  # noqa: PLR0913  as `run`
    inputs: Sequence[Input],
    config: Config,
    memory: Memory,
    *,
    models: Mapping[str, Model] | None = None,
    progress: Progress = silent,
    strict: bool = False,
    read: ReadResult | None = None,
    lean: bool = False,
) -> tuple[Result, Models]:
    """What `run` finds, and the models to keep; nothing is saved.

    Without inputs what the store holds is consolidated anew. The configuration has its `as_of`; `read` is
    what the inputs hold, where they were read already; the other arguments are those of `run`.
    """
    progress = watched = Watched(progress, config.limits)
    read, intake = _taken_in(inputs, config, memory.store, progress, read)
    refuse_implausible(read.issues, strict=strict)
    if memory.store is not None and memory.within is not None:  # a steward's word: as they are stored
        every, admitted = stored_parties(memory.store)
    else:
        every, admitted = admit(read, config, progress, lean=lean)
    read, every, admitted = keep_out(read, every, admitted, memory.store, config)
    if lean:
        read = replace(read, frames={})
    normal = admitted.normal
    progress("match")
    matches, weights = _matched(normal, config, memory, models, strict=strict, watch=watched.advance)
    progress("merge")
    members, identities = _identified(matches, normal, config, memory)
    values, conflicts = _merged(members, normal, config, held_by(memory, identities, config))
    followed = follow(read, normal, members, config, before=intake.followers if intake else None)
    progress("consent")
    permitted = decide(
        read, normal, members, values, config, every=every, before=_sealed(memory.store),
        scores=matches.scores, decisions=memory.decisions,
    )  # fmt: skip
    result = Result(
        read=read,
        normal=replace(normal, issues=ISSUES.empty()) if lean else normal,  # all are in the result's own
        matches=matches,
        members=members,
        identities=identities,
        golden=values,
        consents=permitted.consents,
        decided=permitted.decided,
        relations=relate_customers(matches.relations, members),
        touchpoints=followed.touchpoints,
        orders=followed.orders,
        followers=followed.others,
        issues=joined_issues(read, normal, admitted, matches, followed, permitted, conflicts=conflicts),
        excluded=admitted.excluded,
        intake=None if intake is None else intake.counts,
        as_of=config.as_of,
        policy=permitted.policy,
        lang=config.lang,
    )
    return result, weights


def _sealed(store: Store | None) -> Consents | None:
    """The consent events of the ledger."""
    return None if store is None else store.ledger.events()


@without_collector()
def _taken_in(
    inputs: Sequence[Input],
    config: Config,
    store: Store | None,
    progress: Progress,
    read: ReadResult | None = None,
) -> tuple[ReadResult, Intake | None]:
    """What was read, over what the store holds; without a run before there is no intake."""
    stored = load_stored(store)
    if read is None:
        known = known_sources(stored, store) if store is not None and stored is not None else ()
        read = read_inputs(inputs, config, known, progress)
    return (read, None) if stored is None else take_in(read, stored, config.read, lang=config.lang)


def _matched(
    normal: Normalized,
    config: Config,
    memory: Memory,
    models: Mapping[str, Model] | None,
    *,
    strict: bool,
    watch: Callable[[int, int], None],
) -> tuple[Matches, Models]:
    """Clusters of this run, and the models as they are kept; decisions of stewards are obeyed.

    Weights stay while the data are about as many as those they were learned from.
    """
    tables = (normal.parties, normal.contacts, normal.addresses)
    known = models_before(memory.store, normal.parties)
    given = {**known, **(models or {})}
    matches = match_parties(
        *tables, matching_of(config), decisions=memory.decisions, models=given, limits=config.limits, watch=watch
    )  # fmt: skip
    if memory.store is not None and memory.within is not None:
        matches = confined(matches, memory.store, memory.within)
    refuse_implausible(matches.issues, strict=strict)
    return matches, models_table(matches.models, normal.parties, memory.store, known)


def _identified(
    matches: Matches, normal: Normalized, config: Config, memory: Memory
) -> tuple[Members, Identities]:
    """Customer ids: those of the run before where there was one."""
    known, known_members = _remembered(memory.store)
    members, identities = identify_clusters(
        matches.clusters,
        normal.parties,
        known=known,
        known_members=known_members,
        at=memory.at or config.as_of,
    )
    refuse_merging(known, identities, config.match, lang=config.lang)
    return members, identities


def _merged(
    members: Members, normal: Normalized, config: Config, locks: Locks | None
) -> tuple[pa.Table, Issues]:
    """Golden values of all customers, and the conflicts between their records."""
    tables = (normal.parties, normal.contacts, normal.addresses)
    quality = normal.parties.groupby("source")["quality"].mean()
    rank = sources_by_rank(config, quality)
    return merge_coded(members, *tables, config.merge, priority=rank, locks=locks, day=config.as_of)


def _remembered(store: Store | None) -> tuple[Identities | None, Members | None]:
    """Ids and members of the run before, or None on a first run."""
    if store is None or store.last_run() is None:
        return None, None
    return Identities(store.load("identities")), Members(store.load("members"))


def _saved_increment(store: Store, taken: Taken, settings: str, progress: Progress, *, whole: bool) -> Result:
    """The increment in the store; its result, or that of all customers."""
    note = {"command": "run", "at": taken.result.as_of, "taken": "increment", "settings": settings}
    progress("store")
    index = fresh_index(store)
    run_id = save_taken(store, taken, note)
    renew_index(store, index, renewed_by(taken))
    result = stored_result(store, taken) if whole else replace(taken.result, partial=True)
    return replace(
        result,
        taken="increment",
        touched=len(taken.reach.customers),
        ledger_head=store.ledger.head,
        changes=store.changes(run_id),
    )


def _saved(
    store: Store | None, result: Result, models: Models, progress: Progress, note: Mapping[str, str]
) -> Result:
    """The result with what it changed, in the store where there is one."""
    if store is None:
        return replace(result, changes=first_changes(result.identities, result.as_of))
    progress("store")
    run_id = save_result(store, result, models, note)
    return replace(result, ledger_head=store.ledger.head, changes=store.changes(run_id))


def save_result(
    store: Store,
    result: Result,
    models: Models,
    note: Mapping[str, str],
    *,
    said: Mapping[str, pd.DataFrame] | None = None,
) -> str:
    """All tables of a result in the store, in one transaction; answers the id of the run.

    Args:
        store: Where to.
        result: As `consolidate` gave it.
        models: Likewise.
        note: Command and time of the run.
        said: What a steward said: rows for `decisions` and `locks`.
    """
    tables = {**stored_tables(result), "models": models, **(said or {})}
    counts = {
        "version": crmclean.__version__,
        "records": len(result.read.records),
        "customers": int(result.members["customer_id"].nunique()),
    }
    run_id = store.save_run(tables, {**note, **counts})
    give_back()
    index_of(store, tables)
    return run_id
